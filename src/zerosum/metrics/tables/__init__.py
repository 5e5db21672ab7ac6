"""Measures of rows of tables: numbers, and numbers of choices, side by side, with NaN where an entry is missing."""
