"""Rules: data that break them are refused, and rows that would are told apart."""

import numpy as np
import pandas as pd
import pytest

from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.data.tables.formats.frames import open_frames
from zerosum.data.tables.language.asked import Rows
from zerosum.data.tables.language.rules import check_rules
from zerosum.data.tables.table import read_table


def trips() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "start": pd.to_datetime(["2020-01-01", "2020-01-05", "2020-01-09", None] * 10),
            "end": pd.to_datetime(["2020-01-03", "2020-01-05", "2020-02-09", "2020-03-01"] * 10),
            "city": ["Bern", "Rome", None, "Basel"] * 10,
            "country": ["CH", "IT", "IT", "CH"] * 10,
            "seat": np.arange(40) * 3.5,
            "price": [10.0, 20.0, np.nan, -1.0] * 10,
            "id": range(40),
            "kind": "trip",
        }
    )


def codec(*rules: str) -> TableCodec:
    return read_table(open_frames(trips()), rules=rules).codec


def accepted(one: TableCodec, rows: np.ndarray) -> list[bool]:
    good = Rows(np.ones(1), one).accepted(rows)
    assert good is not None
    return good.tolist()


def row(start: float, end: float, city: float = 0, country: float = 0, **rest: float) -> list[float]:
    return [start, end, city, country, rest.get("seat", 0), rest.get("price", 0)]


def test_rows_without_rules_are_not_looked_at():
    assert Rows(np.ones(1), codec()).accepted(np.zeros((3, 6))) is None


def test_rows_that_break_an_expression():
    one = codec("start <= end")
    rows = np.array([row(1, 2), row(2, 2), row(3, 2), row(np.nan, 2), row(3, np.nan)])
    assert accepted(one, rows) == [True, True, False, True, True]


def test_several_rules_all_hold():
    one = codec("start <= end", "price < 30 or price is missing", "city != 'Rome' or country = 'IT'")
    levels = one.learned[2].levels
    rome = levels.index("Rome")
    rows = np.array([row(1, 2), row(1, 2, rome, 0), row(1, 2, rome, 1), row(1, 2, price=99), row(1, 2, price=np.nan)])
    assert accepted(one, rows) == [True, False, True, False, True]


def test_unique_columns():
    one = codec("unique(seat)")
    rows = np.array([row(1, 2, seat=seat) for seat in (1, 2, 1, np.nan, np.nan, 2)])
    assert accepted(one, rows) == [True, True, False, True, True, False]
    both = codec("unique(seat, country)")
    rows = np.array([row(1, 2, 0, country, seat=seat) for country, seat in ((0, 1), (1, 1), (0, 1))])
    assert accepted(both, rows) == [True, True, False]


def test_rows_that_are_left_out_do_not_count_for_unique():
    one = codec("start <= end", "unique(seat)")
    assert accepted(one, np.array([row(5, 2, seat=1), row(1, 2, seat=1)])) == [False, True]


def test_unique_identifiers_are_made_so():
    one = codec("unique(id)", "unique(id, city)")
    assert accepted(one, np.zeros((3, 6))) == [True] * 3


def test_fixed_combinations():
    one = codec("fixed(city, country)")
    levels = one.learned[2].levels
    known = {("Bern", "CH"), ("Rome", "IT"), (None, "IT"), ("Basel", "CH")}
    for place, city in enumerate([*levels, None]):
        for number, country in enumerate(one.learned[3].levels):
            rows = np.array([row(1, 2, np.nan if city is None else place, number)])
            assert accepted(one, rows) == [(city, country) in known]


def test_minus_one_is_not_missing():
    one = codec("fixed(price, country)")
    countries = one.learned[3].levels
    rows = np.array([row(1, 2, 0, countries.index("IT"), price=price) for price in (-1.0, np.nan, 20.0)])
    assert accepted(one, rows) == [False, True, True]


def test_rules_are_kept_in_a_model_folder():
    from zerosum.data import codec_from_json

    one = codec("start <= end", "fixed(city, country)")
    again = codec_from_json(one.to_json())
    assert isinstance(again, TableCodec) and again.combinations == one.combinations
    assert accepted(again, np.array([row(3, 2)])) == [False]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("end <= start", 'break the rule "end <= start" in 20 of 40 rows, first in row 1'),
        ("price > 0", "in 10 of 40 rows, first in row 4"),
        ("unique(city)", "27 of 40 rows share their entries with another"),
        ("unique(city, country)", "27 of 40 rows"),
    ],
)
def test_data_that_break_a_rule(rule, sentence):
    with pytest.raises(DataError, match=sentence):
        codec(rule)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("start <=", "start"),
        ("begin <= end", "begin"),
        ("unique()", "unique"),
        ("fixed(city", "fixed"),
        ("city > 5", "city"),
        ("id > 5", 'speaks of the column "id", which is identifier and not learned'),
        ("fixed(id, city)", 'speaks of the column "id"'),
        ("kind = 'trip'", 'speaks of the column "kind", which is constant'),
        ("unique(kind)", 'speaks of the column "kind"'),
    ],
)
def test_rules_that_are_none(rule, sentence):
    with pytest.raises(SettingError, match=sentence):
        codec(rule)


def test_nothing_is_fixed_without_a_rule():
    assert check_rules((), codec(), np.zeros((1, 6))) == ()
