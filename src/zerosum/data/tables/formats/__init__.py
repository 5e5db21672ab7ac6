"""Files, databases and frames: how tables are written, and how they are read again."""
