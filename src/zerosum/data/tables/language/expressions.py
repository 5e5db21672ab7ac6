"""Expressions about the columns of a table, such as `income = '>50K' and age >= 30`.

    rule:        an expression, unique(column, ...) or fixed(column, ...)
    expression:  comparisons joined with and, or, not and parentheses
    comparison:  sum = sum, also with ==, !=, <>, <, <=, > and >=; sum [not] between sum and sum;
                 sum [not] in (sum, ...); column is [not] missing, or null
    sum:         columns, values, number * sum, and sums in parentheses, with + and - between them
    column:      age, hours-per-week, "capital gain", `capital gain`
    value:       -1.5e3, 'text', '2024-01-31 12:00', '1d12h', true, false

A quotation mark inside of quotes is doubled. A bare name is the longest name of a column that fits: `end-start` is a
difference unless a column is called so.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from zerosum.core.errors import SettingError
from zerosum.data.tables.language.tokens import KEYWORDS, Token, refused, tokens_of
from zerosum.data.tables.language.tree import (
    OPERATORS,
    And,
    Column,
    Comparison,
    Expression,
    Fixed,
    Flag,
    Missing,
    Not,
    Number,
    Operator,
    Or,
    Rule,
    Sum,
    Term,
    Text,
    Unique,
)

DEEPEST = 32
"""Parentheses and nots inside of one another, at most."""

T = TypeVar("T")


def parse(text: str, columns: Sequence[str]) -> Expression:
    """The expression that a person has written about a table with these columns.

    Raises:
        SettingError: It is not written as expressions are, or names a column that is not there.
    """
    return _Parser(text, columns).expression()


def parse_rule(text: str, columns: Sequence[str]) -> Rule:
    """The rule that a person has written: an expression, `unique(...)` or `fixed(...)`.

    Raises:
        SettingError: It is not written as rules are, or names a column that is not there.
    """
    return _Parser(text, columns).rule()


class _Parser:
    """Reads one text from left to right. What it has read is a part: an expression, or the sum of a comparison."""

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        self.text = text
        self.tokens = tokens_of(text, frozenset(columns))
        self.index = 0
        self.depth = 0

    def expression(self) -> Expression:
        """The whole text as an expression."""
        return self._whole(self._truth(self._alternatives()))

    def rule(self) -> Rule:
        """The whole text as a rule."""
        if self.next.kind != "rule":
            return self.expression()
        kind = Unique if self._read().content == "unique" else Fixed
        columns = self._listed(self._column)
        if len(set(columns)) < len(columns):
            raise self.refused("A column is named twice in this rule; name it once.")
        return self._whole(kind(columns))

    @property
    def next(self) -> Token:
        """What is read next."""
        return self.tokens[self.index]

    def _alternatives(self) -> Expression | Sum:
        return self._joined("or", Or, lambda: self._joined("and", And, self._negation))

    def _joined(self, word: str, kind: type[And] | type[Or], part: Callable[[], Expression | Sum]) -> Expression | Sum:
        first = part()
        if not self._sees(word):
            return first
        parts = [self._truth(first)]
        while self._take(word):
            parts.append(self._truth(part()))
        return kind(tuple(parts))

    def _negation(self) -> Expression | Sum:
        return Not(self._truth(self._nested(self._negation))) if self._take("not") else self._comparison()

    def _comparison(self) -> Expression | Sum:
        part = self._sum()
        if isinstance(part, tuple) and self._sees(*OPERATORS, "is", "not", "in", "between"):
            part = self._compared(part)
        if self._sees(*OPERATORS, "is", "in", "between"):
            raise self.refused("A whole comparison stands before this; join two with and, as in 1 < age and age < 9.")
        return part

    def _compared(self, left: Sum) -> Expression:
        if operator := self._take(*OPERATORS):
            return self._related(left, cast(Operator, operator), self._value())
        if self._take("is"):
            negated = self._take("not")
            part = self._missing(left)
        else:
            negated = self._take("not")
            if self._take("between"):
                low, _, high = self._value(), self._expect("and"), self._value()
                part = And((self._related(left, ">=", low), self._related(left, "<=", high)))
            elif self._take("in"):
                part = Or(tuple(self._related(left, "=", value) for value in self._listed(self._value)))
            else:
                raise self.refused("in or between is missing here.")
        return Not(part) if negated else part

    def _related(self, left: Sum, operator: Operator, right: Sum) -> Comparison:
        if not any(isinstance(term.operand, Column) for term in left + right):
            raise self.refused("Two values are compared before this, and no column; name a column on one side.")
        return Comparison(left, operator, right)

    def _missing(self, side: Sum) -> Missing:
        self._expect("missing", "null")
        match side:
            case (Term(1.0, Column(name)),):
                return Missing(name)
        raise self.refused("Only one column can be missing, as in age is missing; join several with and or or.")

    def _sum(self) -> Expression | Sum:
        part = self._product()
        while self._sees("+", "-"):
            sign = 1.0 if self._read().content == "+" else -1.0
            part = self._side(part) + self._scaled(self._side(self._product()), sign)
        return part

    def _product(self) -> Expression | Sum:
        part = self._signed()
        while self._take("*"):
            sides = self._side(part), self._side(self._signed())
            constants = [_constant(side) for side in sides]
            if constants[0] is not None:
                part = self._scaled(sides[1], constants[0])
            elif constants[1] is not None:
                part = self._scaled(sides[0], constants[1])
            else:
                raise self.refused("Neither side of the * before this is a number; one of them must be.")
        return part

    def _signed(self) -> Expression | Sum:
        signs = ""
        while self._sees("+", "-"):
            signs += self._read().content
        part = self._atom()
        if not signs:
            return part
        return self._scaled(self._side(part), -1.0 if signs.count("-") % 2 else 1.0)

    def _atom(self) -> Expression | Sum:
        token = self.next
        if self._take("("):
            part = self._nested(self._alternatives)
            self._expect(")")
            return part
        if token.kind == "rule":
            raise self.refused(
                f"{token.content}(...) is a rule of its own and no part of an expression; give it alone."
            )
        if token.kind == "end" or (token.kind == "symbol" and token.content not in ("true", "false")):
            raise self.refused(
                "A column or a value is missing here. Write texts in single quotes, as in '>50K', and names of columns "
                f"that are no plain words, or {', '.join(KEYWORDS)}, in double quotes."
            )
        self.index += 1
        if token.kind == "column":
            return (Term(1.0, Column(token.content)),)
        if token.kind == "text":
            return (Term(1.0, Text(token.content)),)
        if token.kind == "symbol":
            return (Term(1.0, Flag(token.content == "true")),)
        return (Term(1.0, Number(float(token.content), token.content)),)

    def _value(self) -> Sum:
        return self._side(self._sum())

    def _column(self) -> str:
        if self.next.kind != "column":
            raise self.refused("The name of a column is missing here.")
        return self._read().content

    def _listed(self, item: Callable[[], T]) -> tuple[T, ...]:
        """Items in parentheses, with commas between them."""
        self._expect("(")
        items = [item()]
        while self._take(","):
            items.append(item())
        self._expect(")")
        return tuple(items)

    def _nested(self, part: Callable[[], T]) -> T:
        """What is read one level deeper; the limit keeps the stack from overflowing, also where trees are walked."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.refused(f"More than {DEEPEST} parentheses or nots are inside of one another; use fewer.")
        found = part()
        self.depth -= 1
        return found

    def _truth(self, part: Expression | Sum) -> Expression:
        if isinstance(part, tuple):
            raise self.refused(
                "A comparison is missing before this: a column or a value alone is not true or false. Write, for "
                "example, age > 30 or married = true."
            )
        return part

    def _side(self, part: Expression | Sum) -> Sum:
        if not isinstance(part, tuple):
            raise self.refused("A whole comparison stands before this, where a column or a value is needed.")
        return part

    def _scaled(self, side: Sum, factor: float) -> Sum:
        terms = tuple(_scaled(term, factor) for term in side)
        if not all(math.isfinite(_size(term)) for term in terms):
            raise self.refused("The numbers that are multiplied before this are too large.")
        return terms

    def _whole(self, found: T) -> T:
        if self.next.kind != "end":
            raise self.refused("The expression could end before this; join comparisons with and or or.")
        return found

    def _sees(self, *symbols: str) -> bool:
        return self.next.kind == "symbol" and self.next.content in symbols

    def _take(self, *symbols: str) -> str:
        return self._read().content if self._sees(*symbols) else ""

    def _expect(self, *symbols: str) -> None:
        if not self._take(*symbols):
            raise self.refused(f"{' or '.join(symbols)} is missing here.")

    def _read(self) -> Token:
        self.index += 1
        return self.tokens[self.index - 1]

    def refused(self, sentence: str) -> SettingError:
        return refused(sentence, self.text, self.next.start, self.next.end)


def _scaled(term: Term, factor: float) -> Term:
    """A term times a number; of a number, the product."""
    if not isinstance(term.operand, Number):
        return replace(term, factor=term.factor * factor)
    value, spelling = term.operand.value * factor, term.operand.spelling
    if factor == -1:
        spelling = spelling[1:] if spelling.startswith("-") else f"-{spelling}"
    elif factor != 1:
        spelling = f"{value:.15g}"
    return Term(1.0, Number(value, spelling))


def _size(term: Term) -> float:
    return term.operand.value if isinstance(term.operand, Number) else term.factor


def _constant(side: Sum) -> float | None:
    """The sum of what are numbers only."""
    values = [term.operand.value for term in side if isinstance(term.operand, Number)]
    return sum(values) if len(values) == len(side) else None
