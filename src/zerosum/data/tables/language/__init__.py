"""Expressions about columns: what rows are to satisfy, and what is asked for."""
