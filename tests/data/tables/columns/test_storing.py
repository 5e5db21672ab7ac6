"""What is stored comes back exactly: spelled as it was, and of the type that it had."""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from zerosum.core.errors import DataError
from zerosum.data.tables.columns.column import Column, Kind
from zerosum.data.tables.columns.detection import detect
from zerosum.data.tables.columns.storing import restored, stored
from zerosum.data.tables.columns.tally import Tally

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def column_of(series: pd.Series, comma: bool = False, declared: Kind | None = None) -> Column:
    tally = Tally("x")
    tally.add(series)
    return detect(tally, comma, declared)


def check_round_trip(series: pd.Series, kind: Kind, spelled: bool = True, comma: bool = False) -> pd.Series:
    column = column_of(series, comma, kind)
    rows = stored(column, series)
    back = restored(column, rows, range(len(series)), spelled)
    pd.testing.assert_series_equal(back, series.rename(None), check_index_type=False)
    again = stored(column, back)
    assert np.array_equal(again, rows, equal_nan=True)
    return back


def texts(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[pd.Series]:
    """Columns of text with gaps, of which at least one entry is there."""
    some = st.lists(st.one_of(strategy, st.just("NA")), min_size=1, max_size=12)
    return some.filter(lambda values: set(values) != {"NA"}).map(lambda values: pd.Series(values, dtype=object))


@quick
@given(texts(st.integers(-(2**53), 2**53).map(str)))
def test_whole_numbers_as_text(series):
    check_round_trip(series, "integer")


@quick
@given(st.data(), st.integers(1, 9), st.booleans())
def test_decimals_as_text(data, digits, comma):
    number = st.integers(-(10**12), 10**12).filter(bool).map(lambda n: f"{Decimal(n).scaleb(-digits):.{digits}f}")
    spelled = number.map(lambda text: text.replace(".", ",")) if comma else number
    check_round_trip(data.draw(texts(spelled)), "decimal", comma=comma)


@quick
@given(texts(st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x != 0).map(repr)))
def test_floats_as_python_spells_them(series):
    known = series[series != "NA"]
    assume(all("." in text for text in known) and len({"e" in text for text in known}) == 1)
    check_round_trip(series, "decimal")


DATES = st.datetimes(datetime.datetime(1000, 1, 1), datetime.datetime(9999, 12, 30))
NEAR = st.datetimes(datetime.datetime(1850, 1, 1), datetime.datetime(2200, 12, 30))
FORMS = ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%dT%H:%M:%SZ", "%d %b %Y", "%B %d, %Y", "%Y-%m-%d %H:%M"]
FORMS += ["%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S+05:30", "%Y-%m-%dT%H:%M:%S-0800", "%d-%b-%Y"]


@quick
@given(st.data(), st.sampled_from(FORMS))
def test_dates_as_text(data, form):
    series = data.draw(texts(DATES.map(lambda date: date.strftime(form))))
    check_round_trip(series, "date")


@quick
@given(texts(NEAR.map(lambda date: f"{date:%Y-%m-%d %H:%M:%S}.{date.microsecond:06d}")))
def test_microseconds_as_text(series):
    column = column_of(series, declared="date")
    back = restored(column, stored(column, series), range(len(series)), True)
    digits = max(len(text.partition(".")[2].rstrip("0")) for text in series)
    assert digits <= 6
    for made, text in zip(back, series, strict=True):
        assert made == text or float(f"0.{made.partition('.')[2]}") == float(f"0.{text.partition('.')[2]}")
        assert made[:19] == text[:19]


def test_dates_around_the_change_of_clocks_keep_their_offset():
    times = pd.date_range("2024-03-30T20:00Z", periods=9, freq="h").append(
        pd.date_range("2024-07-26T21:30Z", periods=9, freq="999h")
    )
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"):
        series = pd.Series([time.isoformat() for time in times.tz_convert(zone)], dtype=object)
        check_round_trip(series, "date")
        column = column_of(series)
        frame = restored(column, stored(column, series), range(len(series)), False)
        assert frame.dtype == "datetime64[us, UTC]" and (frame == times).all()


@quick
@given(texts(st.integers(-(10**6), 10**6).map(lambda s: f"{'-' * (s < 0)}{abs(s) // 60:02d}:{abs(s) % 60:02d}")))
def test_minutes_as_text(series):
    assume("-00:00" not in set(series))
    if all(len(text.lstrip("-")) <= 7 for text in series):
        check_round_trip(series, "duration")


@quick
@given(st.lists(st.timedeltas(datetime.timedelta(-900), datetime.timedelta(900)), min_size=1, max_size=9))
def test_spans_as_pandas_spells_them(values):
    whole = pd.Series(pd.to_timedelta(values)).dt.floor("s")
    check_round_trip(whole.map(str).astype(object), "duration")


@quick
@given(texts(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)))
def test_levels_as_text(series):
    assume(not set(series) & {"", "None", "nan", "null", "NULL", "NaN", "NaT", "N/A", "n/a", "<NA>", "#N/A"})
    check_round_trip(series, "category")
    check_round_trip(series, "ordinal")


TIME = pd.Timestamp("1931-05-01 11:30:00.123456")
TYPED: dict[str, tuple[Kind, Any]] = {
    "int64": ("integer", pd.Series([-5, 2**53, 0])),
    "int8": ("integer", pd.Series([-5, 127, 0], dtype="int8")),
    "Int64": ("integer", pd.Series([-5, None, 0], dtype="Int64")),
    "UInt8": ("integer", pd.Series([255, None, 0], dtype="UInt8")),
    "float64": ("decimal", pd.Series([-0.1, np.nan, 1e300])),
    "whole float64": ("integer", pd.Series([-5.0, np.nan, 3.0])),
    "float32": ("decimal", pd.Series([-0.1, np.nan, 1e30], dtype="float32")),
    "Float64": ("decimal", pd.Series([-0.1, None, 3], dtype="Float64")),
    "bool": ("boolean", pd.Series([True, False, True])),
    "boolean": ("boolean", pd.Series([True, None, False], dtype="boolean")),
    "category": ("category", pd.Series(["b", None, "a"], dtype="category")),
    "category of numbers": ("category", pd.Series([7, None, 5], dtype=pd.CategoricalDtype([5, 7]))),
    "category of truth": ("category", pd.Series([True, None, False], dtype="category")),
    "category of dates": ("category", pd.Series([TIME, None], dtype="category")),
    "ordered": ("ordinal", pd.Series(pd.Categorical(["b", "a", None], ["b", "a"], ordered=True))),
    "datetime64[ns]": ("date", pd.Series([TIME, None])),
    "datetime64[us]": ("date", pd.Series([TIME, None]).astype("datetime64[us]")),
    "zone": ("date", pd.Series([TIME, None]).dt.tz_localize("Europe/Berlin")),
    "fixed zone": ("date", pd.Series([TIME, None]).dt.tz_localize("UTC+01:00")),
    "timedelta": ("duration", pd.Series([TIME - pd.Timestamp(0), None])),
    "date": ("date", pd.Series([datetime.date(1000, 1, 31), None, datetime.date(9999, 12, 31)], dtype=object)),
    "time": ("duration", pd.Series([datetime.time(7, 30, 1, 500), None, datetime.time(0)], dtype=object)),
    "Decimal": ("decimal", pd.Series([Decimal("-1.50"), None, Decimal("12345678.25")], dtype=object)),
    "str": ("category", pd.Series(["b", None, "a"], dtype=object)),
    "dates as str": ("date", pd.Series(["2020-01-31", None, "1950-02-01"], dtype=object)),
    "string": ("category", pd.Series(["b", None, "a"], dtype="string")),
    "string of numbers": ("integer", pd.Series(["5", None, "3"], dtype="string")),
    "arrow string": ("category", pd.Series(["b", None, "a"], dtype=pd.ArrowDtype(pyarrow.string()))),
    "arrow int64": ("integer", pd.Series([5, None, 3], dtype="int64[pyarrow]")),
    "arrow double": ("decimal", pd.Series([5.25, None, 3], dtype="double[pyarrow]")),
    "arrow bool": ("boolean", pd.Series([True, None, False], dtype="bool[pyarrow]")),
    "arrow time": ("date", pd.Series([TIME, None], dtype="timestamp[us][pyarrow]")),
    "arrow date": ("date", pd.Series([datetime.date(2020, 1, 31), None], dtype="date32[day][pyarrow]")),
    "arrow zone": ("date", pd.Series([TIME.tz_localize("UTC"), None], dtype="timestamp[us, tz=UTC][pyarrow]")),
    "arrow span": ("duration", pd.Series([TIME - pd.Timestamp(0), None], dtype="duration[us][pyarrow]")),
    "arrow decimal": ("decimal", pd.Series([Decimal("1.50"), None], dtype=pd.ArrowDtype(pyarrow.decimal128(9, 2)))),
    "numbers as levels": ("category", pd.Series([7, 5, 7])),
    "dates as levels": ("category", pd.Series([TIME, None, TIME])),
    "large levels": ("category", pd.Series([2**62 + 1, None, 2**61 + 3], dtype="Int64")),
}


@pytest.mark.parametrize("case", TYPED)
def test_types(case):
    kind, series = TYPED[case]
    check_round_trip(series, kind)
    check_round_trip(pd.concat([series, series], ignore_index=True), kind)


def test_constants_of_every_type():
    for kind, series in TYPED.values():
        known = series.dropna().head(1).reset_index(drop=True)
        if kind != "ordinal" and series.dtype != "category":
            column = column_of(known)
            assert column.kind == "constant"
            pd.testing.assert_series_equal(restored(column, np.empty(1), [7], True), known, check_index_type=False)


def test_columns_without_any_entry():
    for series in (pd.Series([None, None]), pd.Series([np.nan] * 2), pd.Series([pd.NaT] * 2), pd.Series(["NA", ""])):
        column = column_of(series)
        back = restored(column, np.empty(2), [0, 1], True)
        assert column.kind == "constant" and back.dtype == series.dtype
        assert back.isna().all() or set(back) <= {"NA"}


PLAIN = {
    "int64": ["1", "-2"],
    "Int64": ["1", "NA"],
    "float64": ["1.50", "NA", "2.25"],
    "datetime64[us]": ["2020-01-31", "NA"],
    "datetime64[us, UTC]": ["2020-01-31T01:02:03Z", "2021-01-31T01:02:03Z"],
    "datetime64[us, UTC+01:00]": ["2020-01-31T01:02:03+01:00", "NA"],
    "timedelta64[us]": ["01:30", "NA"],
    "bool": ["True", "False"],
    "boolean": ["true", "NA", "false"],
    "object": ["b", "NA", "a"],
}


@pytest.mark.parametrize("dtype", PLAIN)
def test_what_was_text_as_usual_types(dtype):
    series = pd.Series(PLAIN[dtype], dtype=object)
    column = column_of(series)
    plain = restored(column, stored(column, series), range(len(series)), False)
    assert plain.dtype == dtype
    assert plain.isna().tolist() == [text == "NA" for text in series]
    rows = stored(column, plain)  # which a table of these types is read by, too
    assert np.array_equal(rows, stored(column, series), equal_nan=True)


def test_numbers_that_are_levels_are_numbers_again():
    for texts, dtype in ((["7", "5", "7"], "int64"), (["0", "1"], "int64"), (["07", "05"], object)):
        series = pd.Series(texts, dtype=object)
        column = column_of(series, declared="category")
        assert restored(column, stored(column, series), range(len(series)), False).dtype == dtype


def test_generated_numbers_are_rounded_as_they_were_spelled():
    column = column_of(pd.Series(["1.50", "2.25"], dtype=object))
    assert restored(column, np.array([1.004, -0.001, np.nan]), range(3), True).tolist() == ["1.00", "0.00", None]
    whole = column_of(pd.Series([250, 3], dtype="uint8"))
    assert restored(whole, np.array([2.6, 300.0, -4.0]), range(3), True).tolist() == [3, 255, 0]
    rounded = column_of(pd.Series(["1.5", "2", "2.25"], dtype=object))
    assert restored(rounded, np.array([1.5, 2.0, 0.254]), range(3), True).tolist() == ["1.5", "2", "0.25"]


@pytest.mark.parametrize(
    ("values", "entry", "sentence"),
    [
        (["1", "2"], "abc", 'its entry "abc" in row 12 is no integer'),
        (["1", "2"], "inf", "is infinite"),
        (["2020-01-01", "2020-01-02"], "2020-02-30", "is no date"),
        (["12:00", "13:00"], "25", "is no duration"),
        (["red", "green"], "blue", "is not among its 2 levels"),
    ],
)
def test_entries_that_are_not_what_the_column_is(values, entry, sentence):
    column = column_of(pd.Series(values, dtype=object))
    with pytest.raises(DataError, match=sentence):
        stored(column, pd.Series([values[0], entry], dtype=object), first=10)


def test_identifiers_come_back_in_their_type():
    for series in (pd.Series(range(40, 80)), pd.Series(range(40, 80), dtype="Int32"), pd.Series(np.arange(40.0, 80))):
        column = column_of(series)
        assert column.kind == "identifier"
        pd.testing.assert_series_equal(restored(column, np.empty(40), range(40), True), series)
    spelled = column_of(pd.Series([str(number) for number in range(40, 80)], dtype=object))
    assert restored(spelled, np.empty(3), [0, 1, 41], True).tolist() == ["40", "41", "81"]
    assert restored(spelled, np.empty(2), [0, 1], False).dtype == "int64"


def test_identifiers_are_missing_as_often_as_they_were():
    series = pd.Series([*range(1000), *[None] * 1000], dtype="Int64").sample(frac=1, random_state=0)
    column = column_of(series)
    back = restored(column, np.empty(2000), range(2000), True)
    assert column.kind == "identifier" and back.dtype == "Int64"
    assert abs(back.isna().mean() - 0.5) < 0.05 and back.dropna().is_unique
    assert restored(column, np.empty(5), range(100, 105), True).tolist() == back.iloc[100:105].tolist()
