"""The words of an expression, and sentences that show where one does not belong."""

import math
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, cast

from zerosum.core.errors import SettingError, nearest_name
from zerosum.data.tables.language.tree import OPERATORS

LONGEST = 10_000
"""Letters in an expression, at most."""

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


class Token(NamedTuple):
    """A piece of the text: what it means, and from where to where it goes."""

    kind: Literal["symbol", "rule", "number", "text", "column", "end"]
    content: str
    start: int
    end: int


def tokens_of(text: str, columns: frozenset[str]) -> list[Token]:
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
                tokens.append(Token("number", content, found.start(), start))
            case "text":
                tokens.append(Token("text", content[1:-1].replace(quote * 2, quote), found.start(), start))
            case "quoted":
                tokens.append(Token("column", content[1:-1].replace(quote * 2, quote), found.start(), start))
            case "rule":
                tokens.append(Token("rule", content.lower(), found.start(), start))
            case "symbol":
                tokens.append(Token("symbol", _SPELLINGS.get(content, content), found.start(), start))
            case "word":
                tokens.append(_named(content, found.start(), columns))
                start = tokens[-1].end
            case "unknown" | "number":
                raise _unknown(text, tokens, found)
        if tokens and tokens[-1].kind == "column" and tokens[-1].content not in columns:
            name = tokens.pop()
            sentence = f'No column is called "{shown(name.content)}". {nearest_name(name.content, columns)}.'
            raise refused(f"{sentence} {_advice(text, tokens, *name[2:])}", text, *name[2:])
    return [*tokens, Token("end", "", len(text), len(text))]


def _named(word: str, start: int, columns: frozenset[str]) -> Token:
    """The longest column's name that a word begins with, or a keyword, or the word as it is."""
    for end in range(min(len(word), max(map(len, columns), default=0)), 0, -1):
        ends = end == len(word) or word[end] in ".-"
        if ends and word[:end] in columns and word[:end].lower() not in KEYWORDS:
            return Token("column", word[:end], start, start + end)
    first = re.split("[.-]", word, maxsplit=1)[0]
    if first.lower() in KEYWORDS:
        return Token("symbol", first.lower(), start, start + len(first))
    return Token("column", word, start, start + len(word))


def _unknown(text: str, tokens: Sequence[Token], found: re.Match[str]) -> SettingError:
    """An error about what is no token."""
    if found[0] in ("'", '"', "`"):
        return refused("This quotation mark is not closed.", text, *found.span())
    sentence = f'"{shown(found[0])}" is neither a number nor a column nor a sign that expressions have.'
    if any(map(str.isalnum, found[0])):
        sentence = f"{sentence} {_advice(text, tokens, *found.span())}"
    return refused(sentence, text, *found.span())


def _advice(text: str, tokens: Sequence[Token], start: int, end: int) -> str:
    """How to write it as a text, with the sign before it where that is a part of it, as in income = >50K."""
    signs = [token for token in tokens[-2:] if token.kind == "symbol" and token.content in OPERATORS]
    if len(signs) == 2 and signs[1].end == start:
        start = signs[1].start
    inside = shown(text[start:end]).strip('"`').replace("'", "''")
    return f"If it is a text or a date, write it in single quotes: '{inside}'."


def refused(sentence: str, text: str, start: int, end: int) -> SettingError:
    """An error with the place that it is about, between marks."""
    before = f"...{text[start - 40 : start]}" if start > 40 else text[:start]
    after = f"{text[end : end + 40]}..." if end < len(text) - 40 else text[end:]
    return SettingError(f"In {before}»{shown(text[start:end])}«{after}: {sentence}")


def shown(text: str) -> str:
    """A piece of text, not longer than can be read."""
    return text if len(text) <= 60 else f"{text[:57]}..."
