"""How numbers, dates and durations are spelled in text: recognised, read, and written alike."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

Series = Any
"""A column of pandas, which describes its types too loosely for a type checker."""

MISSING = frozenset(["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A"])
"""Spellings of an entry that is not there."""

_NUMBER = re.compile(r"[+-]?(0|[1-9]\d*)?(\.\d*)?([eE][+-]?\d{1,3})?")
"""A number without zeros in front, which codes have; it must have a digit."""

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y")
_TIMES = ("", "%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
_ZONES = ("", "Z", "%z", " %z")
_CLOCK = re.compile(r"(-?)(\d{1,4}):([0-5]\d)(?::([0-5]\d))?")

LOOKED_AT = 2000
"""Different entries that a form of dates is tried on before it is tried on all."""


def decimals_of(texts: Sequence[str], comma: bool) -> int | None:
    """The largest number of digits behind the point, or None where some text is no number."""
    most = 0
    for text in texts:
        text = text.replace(",", ".") if comma else text
        match = _NUMBER.fullmatch(text)
        if match is None or not any(letter.isdigit() for letter in text):
            return None
        if match[3]:
            most = max(most, 17)  # an exponent: as many digits as there are
        elif match[2]:
            most = max(most, len(match[2]) - 1)
    return most


def is_number(text: str, comma: bool) -> bool:
    """Whether a text is spelled as a number."""
    return decimals_of([text], comma) is not None


def read_numbers(texts: Sequence[str], comma: bool) -> np.ndarray:
    """Numbers (n,) of their spellings; NaN where a text is none."""
    series = pd.Series(texts, dtype=object)
    if comma:
        series = series.str.replace(",", ".", regex=False)
    numbers: Any = pd.to_numeric(series, errors="coerce")
    return numbers.to_numpy(np.float64)


def write_numbers(values: np.ndarray, decimals: int | None, comma: bool) -> list[str]:
    """Numbers spelled with so many digits; with as many as they have where that is None or more than 15."""
    if decimals is None or decimals > 15:
        texts = [repr(value) for value in values.tolist()]
    else:
        texts = [f"{value:.{decimals}f}" for value in values.tolist()]
    return [text.replace(".", ",") for text in texts] if comma else texts


def date_form(texts: Sequence[str]) -> str | None:
    """How dates are spelled: the first form that all texts have, day before month where both would do; None if none."""
    few = list(texts[:: max(1, len(texts) // LOOKED_AT)])
    if not few or not all(8 <= len(text) <= 40 and any(map(str.isdigit, text)) for text in few[:10]):
        return None
    first = few[0]
    for day in _DAYS:
        for time in _TIMES:
            for gap in (" ", "T") if time else ("",):
                for zone in _ZONES if time else ("",):
                    form = day + gap + time + zone
                    if all(_read_dates(part, form) is not None for part in ([first], few, texts)):
                        return form
    return None


def read_dates(texts: Sequence[str], form: str) -> np.ndarray:
    """Seconds since 1970 in UTC (n,) of dates spelled in a form; NaN where a text is none."""
    read = pd.to_datetime(pd.Series(texts, dtype=object), format=form, errors="coerce", utc=True)
    return seconds_of(read)


def seconds_of(times: Series) -> np.ndarray:
    """Seconds since 1970 in UTC (n,) of times; NaN where there is none."""
    times = times.dt.tz_convert("UTC").dt.tz_localize(None) if getattr(times.dt, "tz", None) is not None else times
    known = times.notna().to_numpy()
    ticks = times.astype("datetime64[us]").to_numpy().astype(np.int64)
    return np.where(known, ticks / 1e6, np.nan)


def times_of(seconds: np.ndarray) -> Series:
    """Times in UTC of seconds since 1970 (n,), to the microsecond; no time where it is NaN."""
    known = np.isfinite(seconds)
    ticks = np.where(known, np.round(np.where(known, seconds, 0) * 1e6), 0).astype(np.int64)
    return pd.Series(ticks.astype("datetime64[us]")).where(known)


def write_dates(seconds: np.ndarray, form: str, digits: int | None, offset: str) -> list[str]:
    """Times spelled in a form; fractions of seconds with so many digits, and in a zone so far from UTC ("+01:00")."""
    times = times_of(seconds)
    if offset:
        times = times.dt.tz_localize("UTC").dt.tz_convert(offset)
    texts = times.dt.strftime(form.replace("%z", "")).tolist()
    if "%f" in form and digits is not None:
        texts = [text if digits == 6 else _trimmed(text, digits) for text in texts]
    return [text + (offset or "+00:00") for text in texts] if "%z" in form else texts


def clock_seconds(texts: Sequence[str]) -> np.ndarray | None:
    """Seconds (n,) of times spelled as HH:MM or HH:MM:SS; None where some text is no such time."""
    found = [_CLOCK.fullmatch(text) for text in texts]
    if not all(found):
        return None
    return np.array(
        [(-1.0 if m[1] else 1.0) * (3600 * int(m[2]) + 60 * int(m[3]) + int(m[4] or 0)) for m in found if m is not None]
    )


def write_clock(seconds: np.ndarray, with_seconds: bool) -> list[str]:
    """Seconds (n,) spelled as HH:MM:SS or HH:MM."""
    texts = []
    for value in np.round(seconds).astype(np.int64).tolist():
        minutes, rest = divmod(abs(value), 60)
        text = f"{'-' if value < 0 else ''}{minutes // 60:02d}:{minutes % 60:02d}"
        texts.append(f"{text}:{rest:02d}" if with_seconds else text)
    return texts


def _read_dates(texts: Sequence[str], form: str) -> Series | None:
    try:
        return pd.to_datetime(pd.Series(texts, dtype=object), format=form, utc=True)
    except (ValueError, OverflowError):
        return None


def _trimmed(text: str, digits: int) -> str:
    """A time whose fraction, of six digits, is cut to so many."""
    return re.sub(r"\.(\d{6})", lambda match: "." + match[1][:digits], text)
