"""Pictures for people: sheets, curves and charts, drawn with Pillow alone."""
