"""How dates are spelled in text: recognised, read, and written alike, in every year and with their distance from UTC.

A form is that of Python's `strftime`, with "%-d" for a day without a zero in front, and "%:z" for "+01:00".
"""

import re
import zoneinfo
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from zerosum.data.tables.columns.spelling import Digits, ticks_of, trimmed

LOOKED_AT = 2000
"""Different entries that a form is tried on before it is tried on all."""

FEWEST_NUMBERS = 20
"""Different entries of the form 20240131 below which they are numbers."""

_DAYS = {
    r"\d{4}-\d\d?-\d\d?": ("%Y-%m-%d",),
    r"\d{4}/\d\d?/\d\d?": ("%Y/%m/%d",),
    r"\d\d?\.\d\d?\.\d{4}": ("%d.%m.%Y",),
    r"\d\d\.\d\d\.\d\d": ("%d.%m.%y",),
    r"\d\d?/\d\d?/\d{4}": ("%d/%m/%Y", "%m/%d/%Y"),
    r"\d\d?/\d\d?/\d\d": ("%d/%m/%y", "%m/%d/%y"),
    r"\d\d?-\d\d?-\d{4}": ("%d-%m-%Y", "%m-%d-%Y"),
    r"\d\d? [A-Z][a-z]+ \d{4}": ("%d %b %Y", "%d %B %Y"),
    r"\d\d?-[A-Z][a-z]{2}-\d{4}": ("%d-%b-%Y",),
    r"\d\d?-[A-Z][a-z]{2}-\d\d": ("%d-%b-%y",),
    r"[A-Z][a-z]+ \d\d?, \d{4}": ("%b %d, %Y", "%B %d, %Y"),
    r"(?:19|20)\d{6}": ("%Y%m%d",),
}
"""What days look like, and their forms; the day is before the month where both would do."""

_TIME = re.compile(
    r"(?P<gap>[ T])(?P<hour>\d\d?:\d\d)(?P<second>:\d\d(?P<fraction>\.\d{1,9})?)?(?P<half> ?[AP]M)?"
    r"(?P<zone> ?(?:Z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?"
)
_OFFSET = r"([+-]\d\d)(?::?(\d\d))?$"
_MONTHS = "January February March April May June July August September October November December".split()
_TOKEN = re.compile(r"(\.%f|%[-:]?[A-Za-z])")
"""A part of a form that stands for something; a point goes with the fraction behind it, which may be left out."""


def date_form(texts: Sequence[str]) -> str | None:
    """How dates are spelled: a form that all texts have, which gives the same texts back if one does; None if none."""
    few = list(texts[:: max(1, len(texts) // LOOKED_AT)])
    if not few or not all(map(str.isascii, few)):
        return None
    for form in _candidates(max(few, key=len)):
        if form == "%Y%m%d" and len(texts) < FEWEST_NUMBERS:
            continue
        if all(np.isfinite(read_dates(part, form)).all() for part in (few[:1], few, texts)):
            days = [form, form.replace("%d", "%-d").replace("%m", "%-m")]
            unpadded = [[day, day.replace("%H", "%-H").replace("%I", "%-I")] for day in days]
            forms = [one for day in unpadded for one in dict.fromkeys(day)]
            return next((one for one in forms if _written_alike(few, one)), form)
    return None


def read_dates(texts: Sequence[str], form: str) -> np.ndarray:
    """Seconds since 1970 in UTC (n,) of dates spelled in a form; NaN where a text is none."""
    plain = form.replace("%-", "%").replace("%:z", "%z")
    try:
        read = pd.to_datetime(pd.Series(texts, dtype=object), format=plain, errors="coerce", utc=True)
        seconds = seconds_of(read.dt.tz_localize(None))
    except pd.errors.OutOfBoundsDatetime:  # with offsets, years that nanoseconds do not reach are not coerced
        seconds = np.full(len(texts), np.nan)
    if ".%f" in plain and np.isnan(seconds).any():
        rest = np.flatnonzero(np.isnan(seconds)).tolist()
        seconds[rest] = read_dates([texts[place] for place in rest], plain.replace(".%f", ""))
        return seconds
    for place in np.flatnonzero(np.isnan(seconds)).tolist():
        seconds[place] = _read_date(texts[place], plain)
    return seconds


def digits_of_seconds(texts: Sequence[str]) -> Digits:
    """How many digits fractions of seconds have."""
    found = [len(match[1]) if (match := re.search(r":\d\d\.(\d+)", text)) else 0 for text in texts]
    return Digits(max(found, default=0), min(found, default=0))


def offset_of(texts: Sequence[str], form: str) -> str:
    """How far dates are from UTC, as "+01:00", or if that differs, a time zone where it does so; "" if they say none.

    Where there is no such zone, it is the commonest distance.
    """
    if not form.endswith("z"):
        return ""
    few = list(texts[:: max(1, len(texts) // LOOKED_AT)])
    said = pd.Series(few, dtype=object).str.extract(_OFFSET)
    offsets = said[0] + ":" + said[1].fillna("00")
    common = str(offsets.mode().iloc[0])
    if offsets.nunique() == 1:
        return common
    times = times_of(read_dates(few, form))
    wanted = times + pd.to_timedelta(offsets + ":00").astype("timedelta64[us]")
    for zone in sorted(zoneinfo.available_timezones() - {"Factory", "localtime"}):
        if (_local(times, zone) == wanted).all():
            return zone
    return common


def seconds_of(times: Any) -> np.ndarray:
    """Seconds since 1970 (n,) of times without a zone; NaN where there is none."""
    known = times.notna().to_numpy()
    ticks = times.astype("datetime64[us]").to_numpy().astype(np.int64)
    return np.where(known, ticks / 1e6, np.nan)


def times_of(seconds: np.ndarray) -> Any:
    """Times without a zone of seconds since 1970 (n,), to the microsecond; no time where it is NaN."""
    return pd.Series(ticks_of(seconds).astype("datetime64[us]")).where(np.isfinite(seconds))


def write_dates(seconds: np.ndarray, form: str, digits: Digits, offset: str) -> list[str]:
    """Dates of known seconds since 1970 (n,), spelled in a form, in a zone or so far from UTC."""
    utc = times_of(seconds)
    fields = _fields(utc, _local(utc, offset) if offset else utc)
    pieces = [piece for piece in _TOKEN.split(form) if piece]
    columns = [
        _spelled(piece, fields, digits) if _TOKEN.fullmatch(piece) else [piece] * len(seconds) for piece in pieces
    ]
    return ["".join(parts) for parts in zip(*columns, strict=True)]


def _fields(utc: Any, local: Any) -> dict[str, np.ndarray]:
    """What the letters of a form stand for, of times in UTC and as clocks have them: whole numbers (n,) each."""
    times = local.to_numpy()
    days = times.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    ticks = (times - days).astype("timedelta64[us]").astype(np.int64)
    years, month = months.astype("datetime64[Y]").astype(np.int64) + 1970, months.astype(np.int64) % 12 + 1
    hours = ticks // 3_600_000_000
    return {
        **{"Y": years, "y": years % 100, "m": month, "b": month, "B": month},
        **{"d": (days - months.astype("datetime64[D]")).astype(np.int64) + 1},
        **{"H": hours, "I": (hours + 11) % 12 + 1, "p": hours // 12},
        **{"M": ticks // 60_000_000 % 60, "S": ticks // 1_000_000 % 60, "f": ticks % 1_000_000},
        **{"z": (local - utc).dt.total_seconds().to_numpy().astype(np.int64) // 60},
    }


def _spelled(token: str, fields: dict[str, np.ndarray], digits: Digits) -> list[str]:
    """One token of a form, of each time."""
    letter = token[-1]
    numbers = fields[letter].tolist()
    match letter:
        case "b" | "B":
            return [_MONTHS[number - 1][: 3 if letter == "b" else None] for number in numbers]
        case "p":
            return ["PM" if late else "AM" for late in numbers]
        case "f":
            most, fewest = digits.most or 0, digits.fewest
            return [trimmed(f"0.{number:06d}000"[: 2 + most], fewest)[1:] for number in numbers]
        case "z":
            return [_offset_text(number, ":" if ":" in token else "") for number in numbers]
        case _:
            width = 4 if letter == "Y" else 1 if "-" in token else 2
            return [f"{number:0{width}d}" for number in numbers]


def _candidates(text: str) -> Iterator[str]:
    """The forms that one text may have."""
    for pattern, forms in _DAYS.items():
        match = re.match(pattern, text)
        if match is None:
            continue
        rest = text[match.end() :]
        time = _TIME.fullmatch(rest)
        if rest and time is None:
            continue
        yield from (form + (_time_form(time) if time else "") for form in forms)


def _time_form(time: re.Match[str]) -> str:
    half, zone = time["half"] or "", time["zone"] or ""
    hour = "%I:%M" if half else "%H:%M"
    second = "" if not time["second"] else ":%S.%f" if time["fraction"] else ":%S"
    ending = half.replace("AM", "%p").replace("PM", "%p")
    if zone.strip()[:1] in ("+", "-"):
        zone = zone[: len(zone) - len(zone.lstrip())] + ("%:z" if ":" in zone else "%z")
    return f"{time['gap']}{hour}{second}{ending}{zone}"


def _written_alike(texts: Sequence[str], form: str) -> bool:
    """Whether dates that are written in a form are the texts that they were read from."""
    return write_dates(read_dates(texts, form), form, digits_of_seconds(texts), offset_of(texts, form)) == list(texts)


def _read_date(text: str, form: str) -> float:
    try:
        time = datetime.strptime(text, form)
    except ValueError:
        return np.nan
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return (time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


def _local(times: Any, offset: str) -> Any:
    """Times in UTC as the clocks of a zone have them."""
    if offset[0] in "+-":
        return times + pd.Timedelta(f"{offset}:00").as_unit("us")  # nanoseconds end in 2262
    return times.dt.tz_localize("UTC").dt.tz_convert(offset).dt.tz_localize(None)


def _offset_text(minutes: int, gap: str) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{gap}{rest:02d}"
