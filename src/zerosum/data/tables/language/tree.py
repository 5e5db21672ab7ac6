"""What an expression about columns is made of, once it is parsed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
OPERATORS: tuple[Operator, ...] = get_args(Operator)


@dataclass(frozen=True)
class Column:
    """A column, by its name."""

    name: str


@dataclass(frozen=True)
class Number:
    """A number, and how it is spelled, for columns of texts."""

    value: float
    spelling: str


@dataclass(frozen=True)
class Text:
    """A text in single quotes; a date, a duration or a number where the column is of these."""

    text: str


@dataclass(frozen=True)
class Flag:
    """The word true or false."""

    value: bool


@dataclass(frozen=True)
class Term:
    """What a sum is made of: an operand and its factor, which is 1 for numbers."""

    factor: float
    operand: Column | Number | Text | Flag


Sum = tuple[Term, ...]


@dataclass(frozen=True)
class Comparison:
    """Two sums and what is said of them; at least one has a column."""

    left: Sum
    operator: Operator
    right: Sum

    @property
    def plain(self) -> bool:
        """Whether nothing is calculated: a column or a value stands on each side."""
        return all(len(side) == 1 and side[0].factor == 1 for side in (self.left, self.right))


@dataclass(frozen=True)
class Missing:
    """That a column has no value."""

    column: str


@dataclass(frozen=True)
class Not:
    """That a part is false."""

    part: "Expression"


@dataclass(frozen=True)
class And:
    """That all parts are true."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Or:
    """That some part is true."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Unique:
    """The rule that no two rows have the same values in these columns."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Fixed:
    """The rule that rows have only such combinations of values in these columns as the data have."""

    columns: tuple[str, ...]


Expression = Comparison | Missing | Not | And | Or
Rule = Expression | Unique | Fixed


def leaves(expression: Expression) -> Iterator[Comparison | Missing]:
    """The parts of an expression that have no parts."""
    match expression:
        case Not(part):
            yield from leaves(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Comparison() | Missing():
            yield expression


def columns_of(rule: Rule) -> frozenset[str]:
    """The names of the columns that an expression or a rule speaks of."""
    if isinstance(rule, Unique | Fixed):
        return frozenset(rule.columns)
    names = set()
    for leaf in leaves(rule):
        if isinstance(leaf, Missing):
            names.add(leaf.column)
        else:
            names.update(term.operand.name for term in leaf.left + leaf.right if isinstance(term.operand, Column))
    return frozenset(names)
