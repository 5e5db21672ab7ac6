"""How the entry of one column of a table is told to networks."""

from dataclasses import dataclass

from zerosum.core.errors import DataError

FREQUENT, SCARCE = 0.05, 0.1
"""A choice is frequent that so many of the rows have, and lost if it comes less than so many times as often."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A number on [-1, 1], one of several choices as a one-hot vector, or a number and then a choice.

    Attributes:
        number: Whether there is a number.
        choices: How many choices there are; 0 for none.
        counts: How many samples of the data have each, (choices,).
        gated: For each choice, whether the number says something beside it; where it does not, it is 0. Empty without a
            number, or where it always does.
        category: Whether the choices are the entry itself, and not parts of the range of its number.
    """

    number: bool = False
    choices: int = 0
    counts: tuple[int, ...] = ()
    gated: tuple[bool, ...] = ()
    category: bool = False

    def __post_init__(self) -> None:
        # A cell is also read from a model's folder, which anyone may have edited.
        if self.width < 1 or len(self.counts) not in (0, self.choices) or len(self.gated) not in (0, self.choices):
            raise DataError(f"A cell of {self.choices} choices has {len(self.counts)} counts; each choice needs one.")

    @property
    def room(self) -> int:
        """Choices that it is given room for where cells are computed with side by side, in groups of one size."""
        return max(4, 1 << (self.choices - 1).bit_length()) if self.choices else 0

    @property
    def width(self) -> int:
        """How many numbers of a sample belong to it."""
        return self.number + self.choices
