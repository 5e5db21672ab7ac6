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
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, TypeVar, cast, get_args

from zerosum.core.errors import SettingError, nearest_name

Operator = Literal["=", "!=", "<", "<=", ">", ">="]
OPERATORS: tuple[Operator, ...] = get_args(Operator)

LONGEST = 10_000
"""Letters in an expression, at most."""

DEEPEST = 32
"""Parentheses and nots inside of one another, at most."""

KEYWORDS = ("and", "or", "not", "in", "is", "between", "missing", "null", "true", "false")
"""Words that name a column only in double quotes."""

_TOKEN = re.compile(
    r"""(?P<blank>\s+) | (?P<text>'(?:[^']|'')*') | (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
    | (?P<number>(?![0-9]{4}-[0-9]{2}-[0-9]{2}(?!\w)) # a date without quotes is hardly meant to be subtracted
      (?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+(?![\w.]))
    | (?P<rule>(?i:unique|fixed)(?=\s*\()) | (?P<word>[^\W\d][\w.-]*) | (?P<symbol><>|<=|>=|==|!=|[=<>+\-*(),])""",
    re.VERBOSE,
)
_UNKNOWN = re.compile(r"""(?P<unknown>[^\s()=<>!,'"`+*]+|.)""", re.DOTALL)
_SPELLINGS = {"==": "=", "<>": "!="}


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


def shown(text: str) -> str:
    """A piece of text, not longer than can be read."""
    return text if len(text) <= 60 else f"{text[:57]}..."


class _Token(NamedTuple):
    """A piece of the text: what it means, and from where to where it goes."""

    kind: Literal["symbol", "rule", "number", "text", "column", "end"]
    content: str
    start: int
    end: int


class _Parser:
    """Reads one text from left to right. What it has read is a part: an expression, or the sum of a comparison."""

    def __init__(self, text: str, columns: Sequence[str]) -> None:
        self.text = text
        self.tokens = _tokens(text, frozenset(columns))
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
            raise self._refused("A column is named twice in this rule; name it once.")
        return self._whole(kind(columns))

    @property
    def next(self) -> _Token:
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
            raise self._refused("A whole comparison stands before this; join two with and, as in 1 < age and age < 9.")
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
                raise self._refused("in or between is missing here.")
        return Not(part) if negated else part

    def _related(self, left: Sum, operator: Operator, right: Sum) -> Comparison:
        if not any(isinstance(term.operand, Column) for term in left + right):
            raise self._refused("Two values are compared before this, and no column; name a column on one side.")
        return Comparison(left, operator, right)

    def _missing(self, side: Sum) -> Missing:
        self._expect("missing", "null")
        match side:
            case (Term(1.0, Column(name)),):
                return Missing(name)
        raise self._refused("Only one column can be missing, as in age is missing; join several with and or or.")

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
                raise self._refused("Neither side of the * before this is a number; one of them must be.")
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
            raise self._refused(
                f"{token.content}(...) is a rule of its own and no part of an expression; give it alone."
            )
        if token.kind == "end" or (token.kind == "symbol" and token.content not in ("true", "false")):
            raise self._refused(
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
            raise self._refused("The name of a column is missing here.")
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
            raise self._refused(f"More than {DEEPEST} parentheses or nots are inside of one another; use fewer.")
        found = part()
        self.depth -= 1
        return found

    def _truth(self, part: Expression | Sum) -> Expression:
        if isinstance(part, tuple):
            raise self._refused(
                "A comparison is missing before this: a column or a value alone is not true or false. Write, for "
                "example, age > 30 or married = true."
            )
        return part

    def _side(self, part: Expression | Sum) -> Sum:
        if not isinstance(part, tuple):
            raise self._refused("A whole comparison stands before this, where a column or a value is needed.")
        return part

    def _scaled(self, side: Sum, factor: float) -> Sum:
        terms = tuple(_scaled(term, factor) for term in side)
        if not all(math.isfinite(_size(term)) for term in terms):
            raise self._refused("The numbers that are multiplied before this are too large.")
        return terms

    def _whole(self, found: T) -> T:
        if self.next.kind != "end":
            raise self._refused("The expression could end before this; join comparisons with and or or.")
        return found

    def _sees(self, *symbols: str) -> bool:
        return self.next.kind == "symbol" and self.next.content in symbols

    def _take(self, *symbols: str) -> str:
        return self._read().content if self._sees(*symbols) else ""

    def _expect(self, *symbols: str) -> None:
        if not self._take(*symbols):
            raise self._refused(f"{' or '.join(symbols)} is missing here.")

    def _read(self) -> _Token:
        self.index += 1
        return self.tokens[self.index - 1]

    def _refused(self, sentence: str) -> SettingError:
        return _refused(sentence, self.text, self.next.start, self.next.end)


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


def _tokens(text: str, columns: frozenset[str]) -> list[_Token]:
    """The pieces of a text, and its end."""
    if len(text) > LONGEST:
        raise SettingError(f"The expression has {len(text):,} letters; {LONGEST:,} are allowed.")
    tokens, start = [], 0
    while start < len(text):
        found = _TOKEN.match(text, start) or cast(re.Match[str], _UNKNOWN.match(text, start))
        content, quote = found[0], found[0][0]
        start = found.end()
        match found.lastgroup:
            case "number" if math.isfinite(float(content)):
                tokens.append(_Token("number", content, found.start(), start))
            case "text":
                tokens.append(_Token("text", content[1:-1].replace(quote * 2, quote), found.start(), start))
            case "quoted":
                tokens.append(_Token("column", content[1:-1].replace(quote * 2, quote), found.start(), start))
            case "rule":
                tokens.append(_Token("rule", content.lower(), found.start(), start))
            case "symbol":
                tokens.append(_Token("symbol", _SPELLINGS.get(content, content), found.start(), start))
            case "word":
                tokens.append(_named(content, found.start(), columns))
                start = tokens[-1].end
            case "unknown" | "number":
                raise _unknown(text, tokens, found)
        if tokens and tokens[-1].kind == "column" and tokens[-1].content not in columns:
            name = tokens.pop()
            sentence = f'No column is called "{shown(name.content)}". {nearest_name(name.content, columns)}.'
            raise _refused(f"{sentence} {_advice(text, tokens, *name[2:])}", text, *name[2:])
    return [*tokens, _Token("end", "", len(text), len(text))]


def _named(word: str, start: int, columns: frozenset[str]) -> _Token:
    """The longest column's name that a word begins with, or a keyword, or the word as it is."""
    for end in range(min(len(word), max(map(len, columns), default=0)), 0, -1):
        ends = end == len(word) or word[end] in ".-"
        if ends and word[:end] in columns and word[:end].lower() not in KEYWORDS:
            return _Token("column", word[:end], start, start + end)
    first = re.split("[.-]", word, maxsplit=1)[0]
    if first.lower() in KEYWORDS:
        return _Token("symbol", first.lower(), start, start + len(first))
    return _Token("column", word, start, start + len(word))


def _unknown(text: str, tokens: Sequence[_Token], found: re.Match[str]) -> SettingError:
    """An error about what is no token."""
    if found[0] in ("'", '"', "`"):
        return _refused("This quotation mark is not closed.", text, *found.span())
    sentence = f'"{shown(found[0])}" is neither a number nor a column nor a sign that expressions have.'
    if any(map(str.isalnum, found[0])):
        sentence = f"{sentence} {_advice(text, tokens, *found.span())}"
    return _refused(sentence, text, *found.span())


def _advice(text: str, tokens: Sequence[_Token], start: int, end: int) -> str:
    """How to write it as a text, with the sign before it where that is a part of it, as in income = >50K."""
    signs = [token for token in tokens[-2:] if token.kind == "symbol" and token.content in OPERATORS]
    if len(signs) == 2 and signs[1].end == start:
        start = signs[1].start
    inside = shown(text[start:end]).strip('"`').replace("'", "''")
    return f"If it is a text or a date, write it in single quotes: '{inside}'."


def _refused(sentence: str, text: str, start: int, end: int) -> SettingError:
    """An error with the place that it is about, between marks."""
    before = f"...{text[start - 40 : start]}" if start > 40 else text[:start]
    after = f"{text[end : end + 40]}..." if end < len(text) - 40 else text[end:]
    return SettingError(f"In {before}»{shown(text[start:end])}«{after}: {sentence}")
