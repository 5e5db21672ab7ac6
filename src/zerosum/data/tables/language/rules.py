"""What every row of a table is to satisfy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables.language.expressions import parse_rule
from zerosum.data.tables.language.looking import kinds_of, values_of
from zerosum.data.tables.language.tree import Expression, Fixed, Not, Rule, Unique, columns_of
from zerosum.data.tables.language.truth import Values, check, true_rows

if TYPE_CHECKING:
    from zerosum.data.tables.encoding.codec import TableCodec


@dataclass(frozen=True)
class Combinations:
    """The combinations that some columns have in the data.

    Attributes:
        columns: Places of the columns among the learned ones.
        known: Their stored entries, each combination once; None stands for a missing entry.
    """

    columns: tuple[int, ...]
    known: tuple[tuple[float | None, ...], ...]


@dataclass(frozen=True)
class Rules:
    """The rules of a table, parsed.

    Attributes:
        expressions: Those that speak of single rows.
        unique: For each rule of this kind, the places of its columns. Missing entries are like no other.
        fixed: The combinations that are allowed.
    """

    expressions: tuple[Expression, ...]
    unique: tuple[tuple[int, ...], ...]
    fixed: tuple[Combinations, ...]

    @classmethod
    def of(cls, codec: "TableCodec") -> "Rules":
        """The rules that a codec carries."""
        parsed = [_parsed(text, codec) for text in codec.rules]
        unique = tuple(_places(rule, codec) for rule in parsed if isinstance(rule, Unique) and not _made(rule, codec))
        expressions = tuple(rule for rule in parsed if not isinstance(rule, Unique | Fixed))
        return cls(expressions, unique, codec.combinations)

    @property
    def looked_at(self) -> frozenset[str]:
        """Names of the columns that are looked at where single rows are judged."""
        return frozenset().union(*map(columns_of, self.expressions))

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
            seen: set[tuple[float | None, ...]] = set()
            for number, combination in enumerate(combinations(rows, places)):
                if good[number] and None not in combination:
                    good[number] = combination not in seen
                    seen.add(combination)
        return good


def combinations(rows: np.ndarray, places: Sequence[int]) -> list[tuple[float | None, ...]]:
    """The entries that some columns have together in each row; None where one is missing."""
    few = rows[:, list(places)]
    entries = few.astype(object)
    entries[np.isnan(few)] = None
    return [tuple(row) for row in entries.tolist()]


def not_false(expression: Expression, columns: Mapping[str, Values]) -> np.ndarray:
    """Where a rule is true, or cannot be decided because an entry is missing, as databases have it; bool (n,)."""
    return ~true_rows(Not(expression), columns)


def check_rules(texts: Sequence[str], codec: "TableCodec", rows: np.ndarray) -> tuple[Combinations, ...]:
    """The combinations that rules fix, after a look at whether the data keep the rules.

    Args:
        texts: The rules.
        codec: Of the table.
        rows: Stored rows of the data.

    Raises:
        SettingError: A rule is not written as rules are, or names what is not there or not learned.
        DataError: The data break it.
    """
    fixed: list[Combinations] = []
    for text in texts:
        rule = _parsed(text, codec)
        if isinstance(rule, Fixed):
            places = _places(rule, codec)
            known = sorted(set(combinations(rows, places)), key=lambda one: [(e is not None, e) for e in one])
            fixed.append(Combinations(places, tuple(known)))
        elif isinstance(rule, Unique):
            whole = [] if _made(rule, codec) else combinations(rows, _places(rule, codec))
            whole = [one for one in whole if None not in one]
            shared = len(whole) - len(set(whole))
            if shared:
                raise DataError(
                    f'The data break the rule "{text}": {shared:,} of {len(rows):,} rows share their entries with '
                    "another. Leave out the copies, or the rule."
                )
        else:
            _check_rows(text, not_false(rule, values_of(codec.learned, rows, columns_of(rule))))
    return tuple(fixed)


def _check_rows(text: str, kept: np.ndarray) -> None:
    broken = np.flatnonzero(~kept)
    if len(broken):
        raise DataError(
            f'The data break the rule "{text}" in {len(broken):,} of {len(kept):,} rows, first in row '
            f"{broken[0] + 1:,}. Correct them, or give another rule."
        )


def _parsed(text: str, codec: "TableCodec") -> Rule:
    """A rule, whose columns are learned, or at least made so that it is kept.

    Raises:
        SettingError: It is none, or speaks of other columns.
    """
    rule = parse_rule(text, [column.name for column in codec.columns])
    if isinstance(rule, Unique) and _made(rule, codec):
        return rule
    for column in codec.columns:
        if column.name in columns_of(rule) and not column.learned:
            raise SettingError(
                f'The rule "{text}" speaks of the column "{column.name}", which is {column.kind} and not learned; '
                f"rules can speak of {', '.join(column.name for column in codec.learned[:12])}."
            )
    if not isinstance(rule, Fixed):
        check(rule, kinds_of(codec.learned))
    return rule


def _made(rule: Unique, codec: "TableCodec") -> bool:
    """Whether one of the columns is an identifier, of which no two are the same."""
    return any(column.name in rule.columns and column.kind == "identifier" for column in codec.columns)


def _places(rule: Unique | Fixed, codec: "TableCodec") -> tuple[int, ...]:
    names = [column.name for column in codec.learned]
    return tuple(names.index(name) for name in rule.columns)
