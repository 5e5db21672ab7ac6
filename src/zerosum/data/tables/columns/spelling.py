"""How numbers are spelled in text: recognised, read, and written alike."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MISSING = frozenset(["", "NA", "N/A", "n/a", "NaN", "nan", "NaT", "NULL", "null", "None", "<NA>", "#N/A"])
"""Spellings of an entry that is not there."""

MARKS = frozenset(["?", "-", "--", ".", "*", "unknown", "missing"])
"""Spellings of an entry that is not there among numbers and dates, where one of them is all that is not one."""

MOST_DIGITS = 15
"""Digits behind the point up to which numbers are rounded to them; beyond, they have as many as they need."""

_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)?(\.\d*)?([eE][+-]?\d{1,3})?", re.ASCII)
"""A number without zeros in front, which codes have; it must have a digit."""


@dataclass(frozen=True)
class Digits:
    """How many digits numbers have behind the decimal point.

    Attributes:
        most: The most; None where there are exponents.
        fewest: The fewest.
    """

    most: int | None
    fewest: int


def digits_of(texts: Sequence[str], comma: bool) -> Digits | None:
    """The digits behind the point of numbers, or None where some text is no number."""
    most, fewest, exponents = 0, 400, False
    for text in texts:
        match = _NUMBER.fullmatch(text.replace(",", ".") if comma else text)
        if match is None or not (match[1] or (match[2] and len(match[2]) > 1)):
            return None
        digits = len(match[2]) - 1 if match[2] else 0
        most, fewest, exponents = max(most, digits), min(fewest, digits), exponents or match[3] is not None
    return Digits(None if exponents else most, min(fewest, most))


def is_number(text: str, comma: bool) -> bool:
    """Whether a text is spelled as a number."""
    return digits_of([text], comma) is not None


def read_numbers(texts: Sequence[str], comma: bool) -> np.ndarray:
    """Numbers (n,) of their spellings; NaN where a text is none."""
    plain = [text.replace(",", ".") for text in texts] if comma else texts
    try:
        return np.array(plain, dtype=np.str_).astype(np.float64)  # unlike pandas' answer, always the nearest
    except ValueError:
        return np.array([float(text) if is_number(text, False) else _endless(text) for text in plain], np.float64)


def _endless(text: str) -> float:
    """Infinity where that is what a text says, or else NaN."""
    return float(text) if text.lower().lstrip("+-") in ("inf", "infinity") else np.nan


def write_numbers(values: np.ndarray, digits: Digits, comma: bool) -> list[str]:
    """Numbers spelled with at most and at least so many digits behind the point, and no zeros more than that."""
    most, fewest = digits.most, digits.fewest
    if most is None:
        texts = [repr(value).removesuffix("" if fewest else ".0") for value in values.tolist()]
    elif most > MOST_DIGITS:
        texts = [np.format_float_positional(value, trim="-", min_digits=fewest) for value in values.tolist()]
    else:
        texts = [f"{value:.{most}f}" for value in values.tolist()]
        texts = [text if text.strip("-0.") else text.removeprefix("-") for text in texts]  # -0, of rounding
        texts = texts if fewest == most else [trimmed(text, fewest) for text in texts]
    return [text.replace(".", ",") for text in texts] if comma else texts


def ticks_of(seconds: np.ndarray) -> np.ndarray:
    """Seconds (n,) as whole microseconds, int64; 0 where they are NaN."""
    known = np.where(np.isfinite(seconds), seconds, 0.0)
    whole = np.floor(known)  # by itself, since a million times as many seconds would be rounded
    return whole.astype(np.int64) * 1_000_000 + np.round((known - whole) * 1e6).astype(np.int64)


def trimmed(text: str, fewest: int) -> str:
    """A number with a decimal point without the zeros at its end, but for so many digits; without the point if none."""
    place = text.index(".")
    kept = max(len(text.rstrip("0")), place + 1 + fewest)
    return text[: kept if kept > place + 1 else place]
