"""Who hears how far something has come."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Hears of what is being done, how much of it is done, and of how much."""
