"""What an expression demands of single columns, for a generator that can be told what they are to be.

Of `age >= 30 and (job = 'cook' or job = 'baker') and hours < age`, the first part concerns the age alone and the second
the job alone; a row of which the whole is true satisfies both. The third is left out: it says nothing of one column.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zerosum.data.tables.language.tree import (
    And,
    Comparison,
    Expression,
    Flag,
    Missing,
    Not,
    Number,
    Or,
    Text,
    columns_of,
    leaves,
)
from zerosum.data.tables.language.truth import Kind, Values, check, resolved, true_rows

EVERYTHING = (-np.inf, np.inf)


@dataclass(frozen=True)
class Allowed:
    """What is demanded of one column.

    Attributes:
        column: Its name.
        demand: The parts that concern no other column.
        bounds: Of numbers, dates and durations, the lowest and the highest that may be allowed, themselves included;
            infinite where open, and (inf, -inf) where no number is allowed. Parts that calculate do not narrow them.
        present: Whether some value may be allowed.
        missing: Whether a missing value is allowed.
    """

    column: str
    demand: Expression
    bounds: tuple[float, float]
    present: bool
    missing: bool

    def holds(self, values: Values) -> np.ndarray:
        """Which of some candidates (n,) are allowed, bool (n,)."""
        return true_rows(self.demand, {self.column: values})


def allowed(expression: Expression, kinds: Mapping[str, Kind]) -> dict[str, Allowed]:
    """What an expression demands of single columns, by their names; columns of which it demands nothing are left out.

    Args:
        expression: As `parse` gives it.
        kinds: What the columns of the table are, by name.

    Raises:
        SettingError: It compares what cannot be compared, or speaks of a column that is not there.
    """
    check(expression, kinds)
    demands: dict[str, list[Expression]] = {}
    for part in _parts(expression):
        name, *others = columns_of(part)
        if not others:
            demands.setdefault(name, []).append(part)
    return {name: _allowed(name, parts, kinds[name]) for name, parts in demands.items()}


def impossible(expression: Expression, kinds: Mapping[str, Kind]) -> str | None:
    """A sentence where what is demanded of one column excludes itself, as in `age > 5 and age < 3`; None elsewhere.

    Parts that calculate, or that concern several columns, are not looked into.

    Args:
        expression: As `parse` gives it.
        kinds: What the columns of the table are, by name.

    Raises:
        SettingError: It compares what cannot be compared, or speaks of a column that is not there.
    """
    for name, demanded in allowed(expression, kinds).items():
        if not demanded.present and not demanded.missing:
            return f'No row can be like this: what is demanded of "{name}" excludes itself. Change a part of it.'
    return None


def _parts(expression: Expression) -> Iterator[Expression]:
    """Parts that are all true where, and only where, an expression is."""
    match expression:
        case And(parts):
            for part in parts:
                yield from _parts(part)
        case Not(Or(parts)):
            for part in parts:
                yield from _parts(Not(part))
        case Not(Not(part)):
            yield from _parts(part)
        case _:
            yield expression


def _allowed(name: str, parts: list[Expression], kind: Kind) -> Allowed:
    """What parts that concern one column demand of it.

    The truth of comparisons with fixed values changes only at these, so that trying them, and something between each
    two of them, finds all there is, however the comparisons are joined.
    """
    demand = And(tuple(parts))
    missing = bool(true_rows(demand, {name: _values(kind, [None])})[0])
    exact = [part for part in parts if all(_is_exact(leaf, kind) for leaf in leaves(part))]
    if not exact:
        return Allowed(name, demand, EVERYTHING, True, missing)
    fixed = [value for part in exact for leaf in leaves(part) for value in _fixed(leaf, {name: kind})]
    if kind == "text":
        candidates = [*fixed, "".join(map(str, fixed)) + "-"]  # the last is longer than any, and so different from each
        found = true_rows(And(tuple(exact)), {name: _values(kind, candidates)})
        return Allowed(name, demand, EVERYTHING, bool(found.any()), missing)
    points = np.unique(np.array(fixed, np.float64))
    with np.errstate(over="ignore"):
        between = np.append(np.nextafter(points[:1], -np.inf), np.nextafter(points, np.inf)) if len(points) else [0.0]
    lows, highs = np.array([*points, -np.inf, *points]), np.array([*points, *points, np.inf])
    found = true_rows(And(tuple(exact)), {name: _values(kind, [*points, *between])})
    bounds = float(lows[found].min(initial=np.inf)), float(highs[found].max(initial=-np.inf))
    return Allowed(name, demand, bounds, bool(found.any()), missing)


def _is_exact(leaf: Comparison | Missing, kind: Kind) -> bool:
    """Whether the truth of a part about one column is known everywhere from the values in it."""
    if isinstance(leaf, Missing):
        return True
    spelled_anyhow = kind == "text" and any(isinstance(side[0].operand, Flag) for side in (leaf.left, leaf.right))
    return leaf.plain and not spelled_anyhow


def _fixed(leaf: Comparison | Missing, kinds: Mapping[str, Kind]) -> list[float | str]:
    """The values in a part."""
    if isinstance(leaf, Missing):
        return []
    comparison = resolved(leaf, kinds)
    operands = [term.operand for term in comparison.left + comparison.right]
    numbers = [operand.value for operand in operands if isinstance(operand, Number)]
    return numbers + [operand.text for operand in operands if isinstance(operand, Text)]


def _values(kind: Kind, candidates: Sequence[float | str | None]) -> Values:
    """Candidates as a column."""
    if kind == "text":
        return Values(kind, texts=np.array(candidates, object))
    return Values(kind, numbers=np.array(candidates, np.float64))
