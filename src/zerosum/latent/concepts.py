"""Expressions of concepts, such as `@thick - class:3 + class:7` (Radford et al. 2016, arXiv:1511.06434, Section 6.3.2).

    expression:  [+|-] term, then any number of +|- term, with spaces around the sign
    term:        [factor *] concept
    concept:     seeds:1,5,9-12    class:7    attributes:glasses, beard=no    prompt:red heart    @selection

A concept that has ` + ` or ` - ` in it is put in double quotes: class:"salt + pepper".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from torch import Tensor

from zerosum.core.errors import SettingError

Kind = Literal["seeds", "class", "attributes", "prompt", "selection"]

EXAMPLE = 'Write terms with signs between them, as in "@thick - class:3 + seeds:5,9-12"'

MOST_TERMS = 64
LARGEST_FACTOR = 100.0

LONGEST = 10_000
"""Letters in an expression, at most."""

_SIGN = re.compile(r'(?:^|\s+)([+-])\s+(?=(?:[^"]*"[^"]*")*[^"]*$)')  # one that stands alone, outside of quotes
_FACTOR = re.compile(r"(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*\*\s*(.*)", re.DOTALL | re.ASCII)


@dataclass(frozen=True)
class Term:
    """One concept of an expression.

    Attributes:
        factor: What it is multiplied by; negative where it is taken away.
        kind: How samples of the concept are found.
        text: Their numbers, what they are to be, or the name of the selection.
    """

    factor: float
    kind: Kind
    text: str

    def __str__(self) -> str:
        sign, size = "-" if self.factor < 0 else "", abs(self.factor)
        concept = f"@{self.text}" if self.kind == "selection" else f"{self.kind}:{self.text}"
        return sign + (concept if size == 1 else f"{size:g}*{concept}")


def parse(expression: str) -> list[Term]:
    """The terms of an expression.

    Raises:
        SettingError: It is not written as expressions are.
    """
    if len(expression) > LONGEST:
        raise SettingError(f"The expression has {len(expression):,} letters; {LONGEST:,} are allowed.")
    if expression.count('"') % 2:
        raise SettingError(f'A quotation mark in "{_shown(expression)}" is not closed.')
    first, *others = _SIGN.split(f"{expression.strip()} ")
    signed = [*zip(others[::2], others[1::2], strict=True)]
    if first.strip() or not signed:
        signed = [("+", first), *signed]
    if len(signed) > MOST_TERMS:
        raise SettingError(f"An expression has {MOST_TERMS} terms at most; this one has {len(signed)}.")
    return [_term(1.0 if sign == "+" else -1.0, text.strip(), expression) for sign, text in signed]


def combined(values: Sequence[Tensor], factors: Sequence[float], center: Tensor) -> Tensor:
    """The sum of weighted concepts, each seen from the center: center + sum f_i (x_i - center), of the values' shape.

    Where factors sum to 1, as in A - B + C, the center makes no difference. Where they do not, as in A - B, the result
    is what the concepts have and the average latent has not, put on the average latent.
    """
    return center + sum(factor * (value - center) for factor, value in zip(factors, values, strict=True))


def lengthened(vector: Tensor, length: Tensor) -> Tensor:
    """A vector (d,) brought to a length ().

    Raises:
        SettingError: It has no direction.
    """
    own = vector.norm()
    if not own > 1e-4 * length:
        raise SettingError("The terms of the expression cancel each other, so that it names nothing; change one.")
    return vector * (length / own)


def _term(sign: float, text: str, expression: str) -> Term:
    """One term with its factor."""
    if not text:
        raise SettingError(f'A concept is missing in "{_shown(expression)}". {EXAMPLE}.')
    found = _FACTOR.fullmatch(text)
    factor, concept = (float(found[1]), found[2]) if found else (1.0, text)
    if not 0 < factor <= LARGEST_FACTOR:
        raise SettingError(
            f'The factor in "{_shown(text)}" is {factor:g}; it must be above 0 and at most {LARGEST_FACTOR:g}.'
        )
    kind, content = ("selection", concept[1:]) if concept.startswith("@") else concept.partition(":")[::2]
    if kind not in get_args(Kind) or (kind == "selection") != concept.startswith("@"):
        raise SettingError(
            f'"{_shown(concept)}" in "{_shown(expression)}" names nothing: concepts are seeds:, class:, attributes:, '
            f"prompt: and @selection. {EXAMPLE}."
        )
    content = content.replace('"', "").strip()
    if not content:
        raise SettingError(f'"{_shown(concept)}" does not say which. {EXAMPLE}.')
    return Term(sign * factor, kind, content)  # type: ignore[arg-type]


def _shown(text: str) -> str:
    """A person's text on one line, not longer than can be read."""
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:117]}..."
