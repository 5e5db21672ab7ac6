"""Layers that two or more networks use."""
