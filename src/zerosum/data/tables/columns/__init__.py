"""Columns: what kind they are, how their entries are spelled, and how they are stored."""
