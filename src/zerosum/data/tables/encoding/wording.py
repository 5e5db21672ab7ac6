"""What is done with a column, in words."""

from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.encoding.panels import label

MOST_SHOWN, MOST_LETTERS = 3, 16
"""Levels of a category that are named, and letters of each."""


def done(column: Column, choices: int) -> str:
    """What is done with a column, in words.

    Args:
        column: The column.
        choices: How many choices its cell has.
    """
    absent = ", or missing" if column.missing else ""
    if column.kind == "identifier":
        return f"made anew{f' as {column.form}' if column.form else f' from {column.low:.0f}'}"
    if column.kind == "constant":
        return f'written: "{shortened(column.levels[0])}"' if column.levels else "left empty"
    if column.kind == "text":
        return "left out"
    if column.is_number:
        parts = choices - bool(column.missing)
        step = f" by {column.step:g}" if column.step is not None and column.kind in ("integer", "decimal") else ""
        return f"{label(column, column.low)} to {label(column, column.high)}{step}, {parts} parts{absent}"
    named = ", ".join(map(shortened, column.levels[:MOST_SHOWN])) + (", ..." if len(column.levels) > MOST_SHOWN else "")
    return f"{named}{absent}"


def shortened(text: str) -> str:
    """A text, or its beginning."""
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 3]}..."
