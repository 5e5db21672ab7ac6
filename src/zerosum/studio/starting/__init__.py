"""What comes before a training: data chosen and looked at, forms, estimates, and the start."""
