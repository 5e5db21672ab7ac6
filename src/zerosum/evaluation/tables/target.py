"""The column of a table that others are to predict."""

from collections.abc import Sequence

from zerosum.core.errors import SettingError, nearest_name
from zerosum.data.tables.columns.column import Column

USUAL = ("target", "label", "class", "income", "y", "outcome")
"""What columns to predict are called, in any case."""

MOST_LEVELS = 20
"""Levels of a column that is predicted where nobody asks for it, at most."""


def find_target(columns: Sequence[Column], asked: str | None) -> int | None:
    """The number of the column to predict, among those that are learned; None where there is none to choose.

    Where nobody asks for one, it is one that is called as such columns usually are, or else the last choice between 2
    to 20 levels, or else the last number.

    Raises:
        SettingError: There is no column of the name that is asked for.
    """
    names = [column.name for column in columns]
    if asked is not None:
        if asked not in names:
            raise SettingError(
                f'There is no column "{asked}" that a model could predict; --target names one that is learned. '
                f"{nearest_name(asked, names)}."
            )
        return names.index(asked)
    usual = [number for number, column in enumerate(columns) if column.name.lower() in USUAL and _fits(column)]
    choices = [number for number, column in enumerate(columns) if not column.is_number and _fits(column)]
    numbers = [number for number, column in enumerate(columns) if column.is_number]
    return next((found[-1] for found in (usual, choices, numbers) if found), None)


def _fits(column: Column) -> bool:
    return column.is_number or 2 <= len(column.levels) <= MOST_LEVELS
