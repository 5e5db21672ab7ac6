"""What the columns of a table are."""

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "integer", "decimal", "date", "duration", "boolean", "category", "ordinal", "identifier", "constant", "text"
]

KINDS: tuple[Kind, ...] = get_args(Kind)

NUMBERS: tuple[Kind, ...] = ("integer", "decimal", "date", "duration")
"""Kinds that are stored as numbers; dates as seconds since 1970 in UTC, durations as seconds."""

CHOICES: tuple[Kind, ...] = ("boolean", "category", "ordinal")
"""Kinds that are stored as the index of one of their levels."""

TEXT = "text"
"""The type of entries that are str, whatever they mean; see `dtypes` for the names of the others."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes:
        name: As the table has it.
        kind: What it is.
        why: Why it is taken for that, for the person.
        dtype: What its entries are given back as; the names are those of `dtypes`.
        missing: Share of the entries that are not there.
        missing_as: How a missing entry is spelled in text; empty where it is left out.
        distinct: Different entries; of columns that have very many, those that were counted.
        levels: Of choices and constants, what entries can be, as spelled, in their order.
        low: Of numbers, also of those that are identifiers, the smallest.
        high: Likewise, the largest.
        step: Of numbers, what all values are a multiple of apart, None where there is nothing; of identifiers, by how
            much each is above the one before.
        decimals: Most digits behind the decimal point that text and decimals have, also of seconds; None where numbers
            have exponents, or types of their own.
        fewest: Fewest digits behind it: zeros at the end are not written beyond these.
        comma: Whether text has a decimal comma.
        form: Of dates and durations given as text, how they are spelled; of identifiers, their pattern.
        offset: Of dates given as text with their distance from UTC, this distance, as in "+01:00", or the time zone
            that has all the different ones.
    """

    name: str
    kind: Kind
    why: str = ""
    dtype: str = TEXT
    missing: float = 0.0
    missing_as: str = ""
    distinct: int = 0
    levels: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float | None = None
    decimals: int | None = None
    fewest: int = 0
    comma: bool = False
    form: str = ""
    offset: str = ""

    @property
    def learned(self) -> bool:
        """Whether a generator learns it; the others are made when a table is written, or left out."""
        return self.kind in NUMBERS or self.kind in CHOICES

    @property
    def is_number(self) -> bool:
        """Whether it is stored as a number and not as the index of a level."""
        return self.kind in NUMBERS

    @property
    def is_text(self) -> bool:
        """Whether its entries are texts, of one type or another."""
        return self.dtype.startswith((TEXT, "str", "large_str"))
