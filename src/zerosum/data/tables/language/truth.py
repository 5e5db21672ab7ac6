"""Where an expression is true of a table's rows.

Logic has three values, as in SQL: a comparison with a missing value is unknown, `not` unknown is unknown, and a row
counts only where the whole is true. So neither `age = 3` nor `age != 3` nor `not age = 3` holds where age is missing.

Numbers are compared exactly where nothing is calculated. Where something is, two sides are equal if they differ by at
most 1e-9 of the largest summand (with dates and durations, by a microsecond), since decimals are rounded; exactly one
of <, = and > then holds, so that `net + tax <= gross` counts sums that are equal but for rounding.

Texts are compared as spelled, also with numbers: `group = 3` means the text "3". true and false match "True" and
"FALSE" too, and are 1 and 0 for numbers. Dates without a time zone are in UTC; the difference of two is a duration,
and numbers among dates and durations are seconds.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal

import numpy as np

from zerosum.core.errors import SettingError, nearest_name
from zerosum.data.tables.language.tokens import shown
from zerosum.data.tables.language.tree import (
    And,
    Column,
    Comparison,
    Expression,
    Flag,
    Missing,
    Not,
    Number,
    Or,
    Rule,
    Sum,
    Term,
    Text,
    columns_of,
    leaves,
)

Kind = Literal["number", "date", "duration", "text"]

RELATIVE = 1e-9
"""How much of the largest summand two calculated sides may differ by and be equal."""

SECONDS = 1e-6
"""How much two calculated sides of dates or durations may differ by and be equal; 1e-9 of a date is seconds."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+")
_AMOUNT = r"([0-9]++(?:\.[0-9]*+)?+)"
_SPAN = re.compile(rf"([+-]?)(?:{_AMOUNT}d(?:ays?)?)?(?:{_AMOUNT}h)?(?:{_AMOUNT}m)?(?:{_AMOUNT}s)?")
_CLOCK = re.compile(r"([+-]?)(?:([0-9]++)d(?:ays?)?)?([0-9]++):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]*+)?+))?")


@dataclass(frozen=True, eq=False)
class Values:
    """What a column has in some rows.

    Attributes:
        kind: What it is.
        numbers: Numbers, dates as seconds since 1970 in UTC, or durations in seconds, float64 (n,), NaN where missing.
        texts: Texts as spelled, object (n,), None where missing; instead of numbers.
    """

    kind: Kind
    numbers: np.ndarray | None = None
    texts: np.ndarray | None = None

    def __post_init__(self) -> None:
        if (self.numbers is None) == (self.texts is None) or (self.texts is None) == (self.kind == "text"):
            raise ValueError(f"A column of kind {self.kind} has either texts or numbers, and what its kind says.")

    @cached_property
    def missing(self) -> np.ndarray:
        """Where there is no value, bool (n,)."""
        if self.texts is not None:
            return np.fromiter((text is None for text in self.texts), bool, len(self.texts))
        return np.isnan(np.asarray(self.numbers, np.float64))


def true_rows(expression: Expression, columns: Mapping[str, Values]) -> np.ndarray:
    """The rows of which an expression is true, bool (n,).

    Args:
        expression: As `parse` gives it.
        columns: At least those that it speaks of, by name, all of n rows.

    Raises:
        SettingError: It compares what cannot be compared, or speaks of a column that is not there.
    """
    check(expression, {name: values.kind for name, values in columns.items()})
    with np.errstate(all="ignore"):  # what overflows is compared as infinite, and unknown where that has no meaning
        return _truth(expression, columns)[0]


def check(rule: Rule, kinds: Mapping[str, Kind]) -> None:
    """Find mistakes before any row is seen.

    Args:
        rule: As `parse` or `parse_rule` gives it.
        kinds: What the columns of the table are, by name.

    Raises:
        SettingError: It compares what cannot be compared, or speaks of a column that is not there.
    """
    for name in sorted(columns_of(rule)):
        if name not in kinds:
            raise SettingError(f'The table has no column "{name}". {nearest_name(name, kinds)}.')
    if isinstance(rule, Expression):
        for leaf in leaves(rule):
            if isinstance(leaf, Comparison):
                resolved(leaf, kinds)


def resolved(comparison: Comparison, kinds: Mapping[str, Kind]) -> Comparison:
    """A comparison whose values are what its columns need: numbers and seconds, or for texts, texts and flags.

    Raises:
        SettingError: Its sides cannot be compared.
    """
    names = [term.operand.name for term in comparison.left + comparison.right if isinstance(term.operand, Column)]
    by_kind: dict[Kind, str] = {kinds[name]: name for name in reversed(names)}
    if "text" in by_kind:
        return _of_texts(comparison, by_kind)
    if "date" in by_kind or "duration" in by_kind:
        return _of_times(comparison, by_kind, kinds)
    return _of_numbers(comparison, names[0])


def _of_texts(comparison: Comparison, by_kind: Mapping[Kind, str]) -> Comparison:
    """A comparison of columns of texts."""
    name = by_kind["text"]
    others = [f'"{other}" has {kind}s' for kind, other in by_kind.items() if kind != "text"]
    if others:
        raise SettingError(f'"{name}" has texts and {others[0]}; the two cannot be compared.')
    advice = "if its values are numbers, declare the column as one of numbers"
    if not comparison.plain:
        raise SettingError(f'"{name}" has texts, and nothing can be calculated with them; {advice}.')
    if comparison.operator not in ("=", "!="):
        raise SettingError(f'"{name}" has texts, which {comparison.operator} cannot order; use = or in, or {advice}.')

    def spelled(side: Sum) -> Sum:
        operand = side[0].operand
        return (Term(1.0, Text(operand.spelling)),) if isinstance(operand, Number) else side

    return replace(comparison, left=spelled(comparison.left), right=spelled(comparison.right))


def _of_numbers(comparison: Comparison, name: str) -> Comparison:
    """A comparison of columns of numbers."""

    def valued(term: Term) -> Term:
        match term.operand:
            case Flag(value):
                return replace(term, operand=Number(float(value), str(value)))
            case Text(text):
                value = _number(text)
                if value is None:
                    raise SettingError(
                        f"\"{name}\" has numbers and cannot be compared with the text '{shown(text)}'; write a number."
                    )
                return replace(term, operand=Number(value, text))
        return term

    return replace(comparison, left=tuple(map(valued, comparison.left)), right=tuple(map(valued, comparison.right)))


def _of_times(comparison: Comparison, by_kind: Mapping[Kind, str], kinds: Mapping[str, Kind]) -> Comparison:
    """A comparison with dates or durations, among which numbers are seconds."""
    name = by_kind.get("date") or by_kind["duration"]

    def valued(term: Term) -> tuple[Term, float]:
        """A term, and how many dates it has in it: a date is one, a duration none, a date less a date none."""
        match term.operand:
            case Column(column):
                return term, term.factor * (kinds[column] == "date")
            case Flag():
                raise SettingError(f'"{name}" has {kinds[name]}s and cannot be compared with true or false.')
            case Text(text):
                date = _date(text) if "date" in by_kind else None
                value = _duration(text) if date is None else date
                if value is None:
                    raise SettingError(
                        f"\"{name}\" has {kinds[name]}s, and '{shown(text)}' is none. Dates are written "
                        "'2024-01-31' or '2024-01-31 12:00', durations '1d12h', '30m' or '01:30:00'."
                    )
                return replace(term, operand=Number(value, text)), term.factor * (date is not None)
        return term, 0.0

    sides = [[valued(term) for term in side] for side in (comparison.left, comparison.right)]
    dates = [sum(weight for _, weight in side) for side in sides]
    if dates[0] != dates[1] or dates[0] not in (0, 1):
        raise SettingError(
            f'"{name}" has dates, which are compared with other columns of dates or with dates in single quotes, as in '
            "'2024-01-31'. Only the difference of two dates is compared with durations, such as '1d12h' or a number of "
            "seconds, and only durations can be added to a date."
        )
    left, right = (tuple(term for term, _ in side) for side in sides)
    return replace(comparison, left=left, right=right)


def _truth(expression: Expression, columns: Mapping[str, Values]) -> tuple[np.ndarray, np.ndarray]:
    """Where it is true and where it is false; elsewhere it is unknown."""
    match expression:
        case Not(part):
            true, false = _truth(part, columns)
            return false, true
        case And(parts):
            truths = [_truth(part, columns) for part in parts]
            return np.logical_and.reduce([t for t, _ in truths]), np.logical_or.reduce([f for _, f in truths])
        case Or(parts):
            truths = [_truth(part, columns) for part in parts]
            return np.logical_or.reduce([t for t, _ in truths]), np.logical_and.reduce([f for _, f in truths])
        case Missing(column):
            missing = columns[column].missing
            return missing, ~missing
        case Comparison():
            comparison = resolved(expression, {name: values.kind for name, values in columns.items()})
            return _compared(comparison, columns)


def _compared(comparison: Comparison, columns: Mapping[str, Values]) -> tuple[np.ndarray, np.ndarray]:
    """Where a comparison, its values resolved, is true and where it is false."""
    operands = [term.operand for term in comparison.left + comparison.right]
    found = [columns[operand.name] for operand in operands if isinstance(operand, Column)]
    missing = np.logical_or.reduce([values.missing for values in found])
    if found[0].texts is not None:
        folded = any(isinstance(operand, Flag) for operand in operands)
        left, right = (_texts(side[0].operand, columns, folded) for side in (comparison.left, comparison.right))
        equal, less = np.asarray(left == right, bool), np.zeros(len(missing), bool)
    else:
        left, largest = _added(comparison.left, columns)
        right, also_largest = _added(comparison.right, columns)
        equal, less = left == right, left < right
        if not comparison.plain:
            timed = any(values.kind != "number" for values in found)
            largest = np.maximum(largest, also_largest)
            near = np.abs(left - right) <= (SECONDS if timed else RELATIVE * largest)
            equal = equal | (near & np.isfinite(largest))
            less = less & ~equal
            missing = missing | np.isnan(left) | np.isnan(right)
    positive = {"=": equal, "!=": ~equal, "<": less, "<=": less | equal, ">": ~(less | equal), ">=": ~less}
    true = positive[comparison.operator] & ~missing
    return true, ~(true | missing)


def _texts(operand: Column | Number | Text | Flag, columns: Mapping[str, Values], folded: bool) -> np.ndarray:
    """A side of a comparison of texts, object (n,) or (); folded, in small letters."""
    if isinstance(operand, Column):
        texts = np.asarray(columns[operand.name].texts, object)
        if not folded:
            return texts
        return np.array([None if text is None else text.lower() for text in texts], object)
    return np.array(operand.text if isinstance(operand, Text) else str(operand.value).lower(), object)


def _added(side: Sum, columns: Mapping[str, Values]) -> tuple[np.ndarray, np.ndarray]:
    """A side of a comparison of numbers, and its largest summand, float64 (n,) or ()."""
    total, largest = np.zeros(()), np.zeros(())
    for term in side:
        match term.operand:
            case Column(name):
                summand = term.factor * np.asarray(columns[name].numbers, np.float64)
            case Number(value, _):
                summand = np.asarray(term.factor * value)
            case Text() | Flag():
                raise TypeError("The comparison is not resolved.")
        total, largest = total + summand, np.maximum(largest, np.abs(summand))
    return total, largest


def _number(text: str) -> float | None:
    """The number that a text is."""
    value = float(text) if _NUMBER.fullmatch(text := text.strip()) else math.nan
    return value if math.isfinite(value) else None


def _date(text: str) -> float | None:
    """The seconds since 1970 of a date."""
    try:
        date = datetime.fromisoformat(text.strip())
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _duration(text: str) -> float | None:
    """The seconds of a duration."""
    spelled = re.sub(r"[\s,]+", "", text).lower()
    found = _CLOCK.fullmatch(spelled) or _SPAN.fullmatch(spelled)
    if found is None or not any(found.groups()[1:]):
        return _number(text)
    days, hours, minutes, seconds = (float(amount or 0) for amount in found.groups()[1:])
    value = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return None if not math.isfinite(value) else -value if found[1] == "-" else value
