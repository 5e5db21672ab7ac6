"""Files made of models for others."""
