"""What every row of a table is to satisfy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zerosum.core.errors import DataError
from zerosum.data.tables.expressions import Expression, Fixed, Rule, Unique, parse_rule
from zerosum.data.tables.truth import Values, true_rows

if TYPE_CHECKING:
    from zerosum.data.tables.codec import TableCodec


@dataclass(frozen=True)
class Combinations:
    """The combinations that some columns have in the data.

    Attributes:
        columns: Places of the columns among the learned ones.
        known: Their stored entries, each combination once; -1 stands for a missing entry of a category.
    """

    columns: tuple[int, ...]
    known: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Rules:
    """The rules of a table, parsed.

    Attributes:
        expressions: Those that speak of single rows.
        unique: For each rule of this kind, the places of its columns.
        fixed: The combinations that are allowed.
    """

    expressions: tuple[Expression, ...]
    unique: tuple[tuple[int, ...], ...]
    fixed: tuple[Combinations, ...]

    @classmethod
    def of(cls, codec: "TableCodec") -> "Rules":
        """The rules that a codec carries."""
        names = [column.name for column in codec.learned]
        parsed = [parse_rule(text, names) for text in codec.rules]
        unique = tuple(tuple(names.index(name) for name in rule.columns) for rule in parsed if isinstance(rule, Unique))
        expressions = tuple(rule for rule in parsed if not isinstance(rule, Unique | Fixed))
        return cls(expressions, unique, codec.combinations)

    def kept(self, rows: np.ndarray, columns: Mapping[str, Values], good: np.ndarray) -> np.ndarray:
        """Which rows (n, columns) keep all rules, bool (n,).

        Args:
            rows: Stored rows.
            columns: The same, as expressions look at them.
            good: Rows that take part: of those that share what is to be unique, the first one is kept.
        """
        good = good.copy()
        for expression in self.expressions:
            good &= not_false(expression, columns)
        for one in self.fixed:
            known = set(one.known)
            good &= np.array([combination in known for combination in combinations(rows, one.columns)], bool)
        for places in self.unique:
            seen: set[tuple[float, ...]] = set()
            for number, combination in enumerate(combinations(rows, places)):
                if good[number]:
                    good[number] = combination not in seen
                    seen.add(combination)
        return good


def combinations(rows: np.ndarray, places: Sequence[int]) -> list[tuple[float, ...]]:
    """The entries that some columns have together in each row; -1 where one is missing."""
    few = rows[:, list(places)]
    return [tuple(row) for row in np.where(np.isnan(few), -1.0, few).tolist()]


def not_false(expression: Expression, columns: Mapping[str, Values]) -> np.ndarray:
    """Where a rule is true, or cannot be decided because an entry is missing, as databases have it; bool (n,)."""
    from zerosum.data.tables.expressions import Not

    return ~true_rows(Not(expression), columns)


def check_rules(
    texts: Sequence[str], names: Sequence[str], rows: np.ndarray, columns: Mapping[str, Values]
) -> tuple[Combinations, ...]:
    """The combinations that rules fix, after a look at whether the data keep the rules.

    Args:
        texts: The rules.
        names: Of the learned columns.
        rows: Stored rows of the data.
        columns: The same, as expressions look at them.

    Raises:
        SettingError: A rule is not written as rules are, or names what is not there.
        DataError: The data break it.
    """
    fixed: list[Combinations] = []
    for text in texts:
        rule: Rule = parse_rule(text, list(names))
        if isinstance(rule, Fixed):
            places = tuple(names.index(name) for name in rule.columns)
            fixed.append(Combinations(places, tuple(sorted(set(combinations(rows, places))))))
            continue
        if isinstance(rule, Unique):
            places = tuple(names.index(name) for name in rule.columns)
            shared = len(rows) - len(set(combinations(rows, places)))
            if shared:
                raise DataError(f'The data break the rule "{text}": {shared:,} rows share their entries with another.')
            continue
        broken = np.flatnonzero(~not_false(rule, columns))
        if len(broken):
            raise DataError(
                f'The data break the rule "{text}" in {len(broken):,} of {len(rows):,} rows, first in row '
                f"{broken[0] + 1:,}. Correct them, or give another rule."
            )
    return tuple(fixed)
