"""How durations and times of the day are spelled in text: as on a clock, or as pandas does, with days before."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from zerosum.data.tables.columns.spelling import Digits, ticks_of, trimmed

FORMS = ("%H:%M:%S", "%-H:%M:%S", "%H:%M", "%-H:%M", "%d days %H:%M:%S")
"""With "%-H" for hours without a zero in front; a fraction of a second may follow."""

_CLOCK = re.compile(r"(-?)(\d{1,4}):([0-5]\d)(?::([0-5]\d(?:\.\d{1,9})?))?", re.ASCII)
_DAYS = re.compile(r"()(\d\d):([0-5]\d):([0-5]\d(?:\.\d{1,9})?)", re.ASCII)
_ZEROS = re.compile(r"(\.\d*?)0+$")
_DAY = re.compile(r"(-?\d{1,6}) days? \+?", re.ASCII)


def duration_form(texts: Sequence[str], digits: Digits) -> str | None:
    """How durations are spelled: the form that gives the same texts back, or all but for zeros at the end; or None."""
    if not texts or np.isnan(read_durations(texts[:1])[0]):
        return None
    seconds = read_durations(texts)
    if np.isnan(seconds).any():
        return None
    for form in FORMS:
        pairs = zip(write_durations(seconds, form, digits), texts, strict=True)
        if all(made in (text, _ZEROS.sub(r"\1", text).rstrip(".")) for made, text in pairs):
            return form
    return None


def read_durations(texts: Sequence[str]) -> np.ndarray:
    """Seconds (n,) of durations; NaN where a text is none."""
    return np.array([_read(text) for text in texts], np.float64)


def write_durations(seconds: np.ndarray, form: str, digits: Digits) -> list[str]:
    """Seconds (n,) spelled in a form."""
    most = digits.most or 0
    ticks = ticks_of(seconds).tolist()
    if form.startswith("%d"):
        return [_with_days(tick, most, digits.fewest) for tick in ticks]
    width = 1 if "%-H" in form else 2
    return [_clock(tick, width, form.endswith("%S"), most, digits.fewest) for tick in ticks]


def spans_of(seconds: np.ndarray) -> pd.Series:
    """Spans of seconds (n,), to the microsecond; no span where it is NaN."""
    return pd.Series(ticks_of(seconds).astype("timedelta64[us]")).where(np.isfinite(seconds))


def _read(text: str) -> float:
    day = _DAY.match(text)
    match = _DAYS.fullmatch(text, day.end()) if day else _CLOCK.fullmatch(text)
    if match is None:
        return np.nan
    seconds = 3600 * int(match[2]) + 60 * int(match[3]) + float(match[4] or 0)
    return 86400 * int(day[1]) + seconds if day else (-seconds if match[1] else seconds)


def _clock(tick: int, width: int, with_seconds: bool, most: int, fewest: int) -> str:
    whole, fraction = divmod(abs(tick), 1_000_000)
    minutes, second = divmod(whole, 60)
    text = f"{'-' if tick < 0 else ''}{minutes // 60:0{width}d}:{minutes % 60:02d}"
    if not with_seconds:
        return text
    return text + ":" + trimmed(f"{second:02d}.{fraction:06d}000"[: 3 + most], fewest)


def _with_days(tick: int, most: int, fewest: int) -> str:
    days, rest = divmod(tick, 86_400_000_000)
    return f"{days} days {'+' if days < 0 else ''}{_clock(rest, 2, True, most, fewest)}"
