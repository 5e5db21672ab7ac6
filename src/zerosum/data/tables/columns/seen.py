"""The different entries of a column, with what is needed to judge them."""

from dataclasses import dataclass, replace
from functools import cached_property

from zerosum.data.tables.columns.column import Column, Kind
from zerosum.data.tables.columns.tally import Tally


@dataclass(frozen=True)
class Seen:
    """The different entries of a column that are there.

    Attributes:
        tally: How often each came.
        comma: Whether text has a decimal comma.
        judged: Whether it is judged what numbers stand for; otherwise they are taken for what they are.
        mark: A text that stands for missing entries in this column alone.
    """

    tally: Tally
    comma: bool
    judged: bool = True
    mark: str | None = None

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The entries as text."""
        return tuple(str(value) for value in self.tally.counts.index if value != self.mark)

    @property
    def is_categorical(self) -> bool:
        """Whether their type says that they are categories."""
        return self.tally.dtype.startswith("category")

    def without(self, mark: str) -> "Seen":
        """The entries without a text that stands for missing ones."""
        return replace(self, mark=mark)

    def column(self, kind: Kind, why: str, **known: object) -> Column:
        """The column, of this kind for this reason."""
        tally = self.tally
        missing, spelled = tally.missing, tally.spelled_missing.most_common(1)
        if self.mark is not None:
            missing += int(tally.counts[self.mark])
            why += f'; "{self.mark}" is missing'
        facts = {
            "name": tally.name,
            "kind": kind,
            "why": why,
            "dtype": tally.dtype,
            "missing": missing / max(1, tally.total),
            "missing_as": self.mark or (spelled[0][0] if spelled else ""),
            "distinct": tally.distinct - (self.mark is not None),
        }
        return Column(**(facts | known))  # type: ignore[arg-type]
