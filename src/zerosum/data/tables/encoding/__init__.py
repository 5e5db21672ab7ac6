"""Stored rows as networks see them."""
