"""How dates and durations are spelled."""

import datetime

import numpy as np
import pandas as pd
import pytest

from zerosum.data.tables.columns.dates import date_form, digits_of_seconds, offset_of, read_dates, write_dates
from zerosum.data.tables.columns.durations import duration_form, read_durations
from zerosum.data.tables.columns.spelling import Digits

FORMS = {
    "%Y-%m-%d": ["2020-01-31", "2020-02-01"],
    "%d/%m/%Y": ["01/02/2020", "03/04/2020"],
    "%m/%d/%Y": ["01/22/2020", "03/04/2020"],
    "%-m/%-d/%Y": ["1/22/2020", "3/4/2020"],
    "%-m/%-d/%Y %-H:%M": ["1/22/2020 7:05", "3/4/2020 17:05"],
    "%-d.%-m.%Y": ["22.1.2020", "3.4.2020"],
    "%Y-%m-%dT%H:%M:%S.%fZ": ["2020-01-31T01:02:03.125Z", "2020-01-31T01:02:03.250Z"],
    "%Y-%m-%d %H:%M:%S UTC": ["2020-01-31 01:02:03 UTC"] * 2 + ["2021-01-31 01:02:03 UTC"],
    "%Y-%m-%d %H:%M:%S%z": ["2020-01-31 01:02:03+0530", "2020-01-31 01:02:04+0530"],
    "%Y-%m-%dT%H:%M%:z": ["2020-01-31T01:02-08:00", "2020-01-31T01:03-08:00"],
    "%d-%b-%y": ["31-Jan-20", "01-Feb-21"],
    "%B %-d, %Y": ["January 3, 2020", "May 12, 2020"],
    "%m/%d/%Y %I:%M:%S %p": ["01/31/2020 12:30:00 AM", "01/31/2020 01:30:00 PM"],
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_dates(form):
    assert date_form(FORMS[form]) == form


def test_offsets_of_dates():
    form = "%Y-%m-%dT%H:%M%:z"
    assert offset_of(FORMS[form], form) == "-08:00"
    summer_and_winter = ["2020-01-31T01:02+01:00", "2020-07-31T01:03+02:00", "2020-03-29T03:00+02:00"]
    zone = offset_of(summer_and_winter, form)
    assert str(pd.Timestamp("2020-03-29T01:00Z").tz_convert(zone).isoformat()) == "2020-03-29T03:00:00+02:00"
    nowhere = ["2020-01-31T01:02+01:00", "2020-01-31T01:03+07:00", "2020-03-29T03:00+01:00"]
    assert offset_of(nowhere, form) == "+01:00"


def test_forms_of_durations():
    assert duration_form(["7:30", "12:05"], Digits(0, 0)) == "%-H:%M"
    assert duration_form(["07:30:10", "12:05:00"], Digits(0, 0)) == "%H:%M:%S"
    assert digits_of_seconds(["07:30:10.5", "12:05:00.25"]) == Digits(2, 1)
    assert duration_form(["07:30", "12:05:00"], Digits(0, 0)) is None


@pytest.mark.parametrize(
    "texts", [["2020-13-01"], ["yesterday"], ["2020-01-01", "soon"], ["٢٠٢٠-01-01"], [], ["20200131"]]
)
def test_what_is_no_date(texts):
    assert date_form(texts) is None


def test_seconds_are_those_of_python():
    dates = [
        datetime.datetime(year, 3, 5, 7, 8, 9, tzinfo=datetime.UTC) for year in (1000, 1677, 1969, 2000, 2400, 9999)
    ]
    start = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    expected = [(date - start).total_seconds() for date in dates]
    texts = [date.strftime("%Y-%m-%d %H:%M:%S") for date in dates]
    assert read_dates(texts, "%Y-%m-%d %H:%M:%S").tolist() == expected
    assert write_dates(np.array(expected), "%Y-%m-%d %H:%M:%S", Digits(0, 0), "") == texts


def test_seconds_of_durations():
    assert read_durations(["01:30", "-00:00:01.5", "-1 days +23:00:00", "2 days 00:00:01"]).tolist() == [
        5400,
        -1.5,
        -3600,
        172801,
    ]
    assert np.isnan(read_durations(["1h", "01:60", ""])).all()
