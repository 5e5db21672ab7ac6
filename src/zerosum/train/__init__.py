"""Training: the engine, the loop, checkpoints, run folders and trained models."""
