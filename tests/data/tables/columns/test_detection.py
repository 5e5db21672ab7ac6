"""What columns are taken for: by their type, by how they are spelled, and as a person says."""

import datetime
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars
import pyarrow
import pytest

from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables.columns.column import Column, Kind
from zerosum.data.tables.columns.declared import Declared, parse_declared
from zerosum.data.tables.columns.detection import detect
from zerosum.data.tables.columns.tally import Tally
from zerosum.data.tables.formats.frames import open_frames
from zerosum.data.tables.table import inspect_columns, read_table


def found(values, comma: bool = False, declared: Kind | None = None, name: str = "x", chunks: int = 1) -> Column:
    series = values if isinstance(values, pd.Series) else pd.Series(values, dtype=object)
    tally = Tally(name)
    for part in np.array_split(np.arange(len(series)), chunks):
        tally.add(series.iloc[part])
    return detect(tally, comma, declared)


TEXTS = {
    "whole numbers": (["3", "-7", "12", "3"], "integer"),
    "a sign": (["+3", "-7", "12", "3"], "integer"),
    "decimals": (["1.5", "2.25", "3"], "decimal"),
    "exponents": (["1e-5", "2.5E3", "7"], "decimal"),
    "no number": ([".", "e5", "1.5.2"], "category"),
    "zeros in front": (["01234", "90210", "01234"], "category"),
    "yes and no": (["Yes", "no", "no"], "boolean"),
    "true and false": (["TRUE", "FALSE"], "boolean"),
    "zero and one": (["0", "1", "1"], "boolean"),
    "levels": (["red", "green", "red"], "category"),
    "one level and gaps": (["red", "", "red"], "category"),
    "the same": (["red", "red"], "constant"),
    "nothing": (["", "NA"], "constant"),
    "iso": (["2020-01-31", "1960-12-01"], "date"),
    "beyond nanoseconds": (["0999-01-31", "9999-12-31"], "date"),
    "iso with time": (["2020-01-31T12:30:00", "2020-01-31T12:30:01"], "date"),
    "iso in utc": (["2020-01-31T12:30:00Z", "2020-01-31T12:30:01Z"], "date"),
    "iso with offset": (["2020-01-31T12:30:00+01:00", "2020-01-31T12:30:01+01:00"], "date"),
    "fractions": (["2020-01-31 12:30:00.250", "2020-01-31 12:30:01.125"], "date"),
    "german": (["31.01.2020", "1.2.2020"], "date"),
    "us": (["1/31/2020", "12/1/2020"], "date"),
    "british": (["31/01/2020", "12/01/2020"], "date"),
    "months by name": (["31 Jan 2020", "01 May 2021"], "date"),
    "month first": (["January 31, 2020", "May 01, 2021"], "date"),
    "am and pm": (["01/31/2020 12:30:00 AM", "01/31/2020 01:30:00 PM"], "date"),
    "days without dashes": ([f"202001{day:02d}" for day in range(1, 31)], "date"),
    "no such day": (["2020-02-30", "2020-02-31"], "category"),
    "clock": (["12:30", "07:05"], "duration"),
    "seconds": (["12:30:10", "27:05:00"], "duration"),
    "days and hours": (["1 days 12:30:10", "-1 days +23:59:59.500000"], "duration"),
    "no clock": (["12:75", "07:05"], "category"),
    "codes": ([f"C-{number:04d}" for number in range(0, 90, 3)], "identifier"),
    "mail": ([f"{'abcdefgh'[k % 8] * (1 + k)}@b.org" for k in range(30)], "identifier"),
    "names": ([f"Ann {'bcdefgh'[k % 7] * (1 + k)}" for k in range(30)], "text"),
    "sentences": (["one two three four five six", "a b c d e f g"] * 3 + [f"w {k} w w w w" for k in range(30)], "text"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts(case):
    values, kind = TEXTS[case]
    assert found(values).kind == kind
    assert found(values, chunks=2).kind == kind
    assert found(pd.Series(values, dtype="string")).kind == kind


TIMES = pd.Series(pd.to_datetime(["2020-01-31 10:00", "1931-05-01 11:30", None]))
TYPED = {
    "int64": (pd.Series([3, 1, 2]), "integer", "int64"),
    "Int64": (pd.Series([3, None, 2], dtype="Int64"), "integer", "Int64"),
    "uint8": (pd.Series([3, 1, 2], dtype="uint8"), "integer", "uint8"),
    "float64": (pd.Series([3.5, None, 2]), "decimal", "float64"),
    "float32": (pd.Series([3.5, None, 2], dtype="float32"), "decimal", "float32"),
    "whole float64": (pd.Series([3.0, None, 2]), "integer", "float64"),
    "large float64": (pd.Series([1e300, None, 2]), "decimal", "float64"),
    "bool": (pd.Series([True, False, True]), "boolean", "bool"),
    "boolean": (pd.Series([True, None, False], dtype="boolean"), "boolean", "boolean"),
    "category": (pd.Series(["b", "a", None], dtype="category"), "category", "category"),
    "numbers as category": (pd.Series([7, 5, 7], dtype="category"), "category", "category of int64"),
    "dates as category": (TIMES.astype("category"), "category", "category of datetime64[ns]"),
    "ordered": (pd.Series(pd.Categorical(["b", "a"], ["b", "a", "c"], ordered=True)), "ordinal", "category"),
    "datetime64[ns]": (TIMES, "date", "datetime64[ns]"),
    "datetime64[us]": (TIMES.astype("datetime64[us]"), "date", "datetime64[us]"),
    "zone": (TIMES.dt.tz_localize("Europe/Berlin"), "date", "datetime64[ns, Europe/Berlin]"),
    "timedelta": (TIMES - TIMES[0], "duration", "timedelta64[ns]"),
    "string": (pd.Series(["b", "a", None], dtype="string[python]"), "category", "string[python]"),
    "objects: str": (pd.Series(["b", "a", None]), "category", "text"),
    "objects: bool": (pd.Series([True, None, False]), "boolean", "boolean"),
    "objects: int": (pd.Series([3, None, 2], dtype=object), "integer", "Int64"),
    "objects: date": (pd.Series([datetime.date(2020, 1, 31), datetime.date(9999, 12, 31), None]), "date", "date"),
    "objects: time": (pd.Series([datetime.time(7, 30), datetime.time(9), None]), "duration", "time"),
    "objects: Decimal": (pd.Series([Decimal("1.50"), Decimal("2.25"), None]), "decimal", "decimal(2)"),
    "arrow int64": (pd.Series([3, None, 2], dtype="int64[pyarrow]"), "integer", "int64[pyarrow]"),
    "arrow double": (pd.Series([3.5, None, 2], dtype="double[pyarrow]"), "decimal", "double[pyarrow]"),
    "arrow bool": (pd.Series([True, None, False], dtype="bool[pyarrow]"), "boolean", "bool[pyarrow]"),
    "arrow string": (pd.Series(["b", "a"], dtype=pd.ArrowDtype(pyarrow.string())), "category", "string of pyarrow"),
    "arrow time": (TIMES.astype("timestamp[us][pyarrow]"), "date", "timestamp[us][pyarrow]"),
}


@pytest.mark.parametrize("case", TYPED)
def test_types(case):
    series, kind, dtype = TYPED[case]
    column = found(series)
    assert (column.kind, column.dtype) == (kind, dtype)
    assert column.missing == pytest.approx(series.isna().mean()) and column.distinct == series.nunique()
    assert column.why


def test_frames_of_polars_and_arrow():
    frame = polars.DataFrame(
        {
            "i": [1, 2, None],
            "f": [0.5, 1.5, None],
            "b": [True, False, None],
            "s": ["x", "y", None],
            "d": [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1), None],
            "c": polars.Series(["u", "v", None], dtype=polars.Categorical),
            "m": [Decimal("1.5"), Decimal("2.25"), None],
        }
    )
    kinds = {"i": "integer", "f": "decimal", "b": "boolean", "s": "category", "d": "date", "c": "category"}
    for source in (frame, frame.to_arrow()):
        columns = inspect_columns(open_frames(source), {})
        assert {column.name: column.kind for column in columns} == {**kinds, "m": "decimal"}
        assert all(column.missing == pytest.approx(1 / 3) for column in columns)


def test_missing_spellings_are_counted_and_the_commonest_is_kept():
    column = found(["NA", "1", "NULL", "NA", "2", ""])
    assert (column.kind, column.missing, column.missing_as, column.distinct) == ("integer", 4 / 6, "NA", 2)
    assert found(["NA", None, None, "x", "y"]).missing_as == ""


@pytest.mark.parametrize("mark", ["?", "-", "missing"])
def test_a_mark_among_numbers_or_dates_is_missing(mark):
    numbers, dates = found([mark, "1", "2", mark]), found([mark, "2020-01-01", "2021-01-01", mark])
    assert (numbers.kind, numbers.missing, numbers.missing_as, numbers.distinct) == ("integer", 0.5, mark, 2)
    assert (dates.kind, dates.missing, dates.missing_as) == ("date", 0.5, mark)
    assert found([mark, "red", "green"]).kind == "category"


def test_decimal_commas_only_where_the_table_has_them():
    column = found(["1,5", "2,25", "3"], comma=True)
    assert (column.kind, column.comma, column.decimals, column.fewest) == ("decimal", True, 2, 0)
    assert not found(["1.5", "2.25"], comma=True).comma
    assert found(["1,5", "2,25"]).kind == "category"


def test_digits_behind_the_point():
    assert (found(["1.50", "2.25"]).decimals, found(["1.50", "2.25"]).fewest) == (2, 2)
    assert (found(["1.5", "2.25"]).decimals, found(["1.5", "2.25"]).fewest) == (2, 1)
    assert found(["1e-7", "0.1"]).decimals is None


def test_numbers_that_count_rows_are_identifiers():
    numbers = [str(number) for number in range(100, 160)]
    column = found(numbers)
    assert (column.kind, column.low, column.high, column.step, column.form) == ("identifier", 100, 159, 1, "")
    assert found(numbers + ["170"]).kind == "integer"
    named = found(pd.Series(range(100, 400, 7)), name="customer_id")
    assert (named.kind, named.dtype, named.step) == ("identifier", "int64", 7)
    assert found(pd.Series(range(100, 400, 7)), name="idle").kind == "integer"
    assert found(numbers + ["100"], name="id").kind == "integer"
    assert found(numbers[:10]).kind == "integer"


def test_whole_numbers_beyond_float64():
    large = 2**60 + np.arange(40) * 12345
    assert found(pd.Series(large)).kind == "identifier"
    assert found([str(number) for number in large]).kind == "identifier"
    few = found(pd.Series(np.repeat(large[:5], 4)))
    assert few.kind == "category" and few.levels == tuple(map(str, large[:5]))
    for declared in (None, "integer"):
        with pytest.raises(DataError, match="cannot be learned exactly.*x=identifier"):
            found(pd.Series(np.concatenate([large, large[:3]])), declared=declared)


@pytest.mark.parametrize("values", [[1.5, np.inf, 2], [-np.inf, 1, 2]])
def test_infinite_numbers_are_refused(values):
    with pytest.raises(DataError, match='"x" has infinite values'):
        found(pd.Series(values))


def test_mixed_types_are_refused():
    for values in ([1, "a", 2.5], [datetime.date(2020, 1, 1), 3], [b"x", b"y"], [{}, []]):
        with pytest.raises(DataError, match='"x" holds values of several types'):
            found(values)
    with pytest.raises(DataError, match="mixes types: first its entries are numbers, and later texts"):
        found([1, 2, "a", "b"], chunks=2)
    for odd in (pd.Series([1j, 2j]), pd.Series(pd.period_range("2020", periods=2, freq="Y"))):
        with pytest.raises(DataError, match="is of the type"):
            found(odd)
    with pytest.raises(DataError, match='mixes numbers with other things: 1 of 41 entries are none, such as "abc"'):
        found([*map(str, range(0, 80, 2)), "abc"])


def test_mixed_types_are_texts_where_a_person_says_so():
    frame = pd.DataFrame({"m": [1, "a", 1, "a"], "y": [1, 2, 3, 4]})
    table = read_table(open_frames(frame), {"m": Declared(kind="category")})
    assert table.codec.learned[0].levels == ("1", "a") and table.rows[:, 0].tolist() == [0, 1, 0, 1]
    left_out = read_table(open_frames(frame), {"m": Declared(kind="text")})
    assert [column.name for column in left_out.codec.learned] == ["y"]


def test_types_of_chunks_are_joined():
    tally = Tally("x")
    for chunk in ([None, None], [1, 2], [0.5, None]):
        tally.add(pd.Series(chunk, dtype=None if chunk[0] else object))
    assert (tally.family, tally.dtype, tally.total, tally.missing, tally.distinct) == ("number", "float64", 6, 3, 3)


def test_many_different_entries_are_not_all_counted(monkeypatch):
    monkeypatch.setattr("zerosum.data.tables.columns.tally.MOST_DISTINCT", 50)
    texts = [f"w{k % 90} v" for k in range(200)]
    column = found(texts, chunks=3)
    assert (column.kind, column.why, column.distinct) == ("text", "over 50 different", 50)
    assert found(pd.Series(np.arange(200) % 90 / 4), chunks=3).kind == "decimal"
    with pytest.raises(SettingError, match="cannot be category"):
        found(texts, declared="category")


@pytest.mark.parametrize(
    ("values", "declared", "kind"),
    [
        (["1", "2", "3"], "category", "category"),
        (["1", "2", "3"], "ordinal", "ordinal"),
        (["1", "2", "3"], "decimal", "decimal"),
        (["01", "02"], "identifier", "identifier"),
        ([str(k) for k in range(40)], "integer", "integer"),
        (["a", "b"], "boolean", "boolean"),
        (["a", "b"], "text", "text"),
        (["a", "b", "b"], "constant", "constant"),
        (pd.Series([1.0, 2.0]), "decimal", "decimal"),
        (TIMES, "date", "date"),
    ],
)
def test_declared_kinds(values, declared, kind):
    column = found(values, declared=declared)
    assert (column.kind, column.why) == (kind, "as you say")


def test_declared_kinds_that_cannot_be():
    for values, kind in [(["a", "1"], "integer"), (["1.5"], "integer"), (["a"], "date"), (["1"], "duration")]:
        with pytest.raises(SettingError, match=f'"x" cannot be {kind}'):
            found(values, declared=kind)
    with pytest.raises(SettingError, match="two are allowed"):
        found(["a", "b", "c"], declared="boolean")


def test_schema_files_and_flags(tmp_path: Path):
    path = tmp_path / "schema.json"
    path.write_text(json.dumps({"size": {"kind": "ordinal", "levels": ["S", "M", "L"]}, "zip": "category"}))
    declared = parse_declared(["n=decimal", "zip=identifier"], str(path), ["size", "zip", "n"])
    assert {name: one.kind for name, one in declared.items()} == {
        "size": "ordinal",
        "zip": "identifier",
        "n": "decimal",
    }
    frame = pd.DataFrame({"size": ["M", "S", "M"], "zip": ["a1", "b2", "c3"], "n": [1, 2, 3]})
    size = inspect_columns(open_frames(frame), declared)[0]
    assert size.levels == ("S", "M", "L")
    with pytest.raises(SettingError, match='"size" has the entry "XL", which is not among its declared levels'):
        inspect_columns(open_frames(pd.DataFrame({**frame, "size": ["M", "S", "XL"]})), declared)


@pytest.mark.parametrize("text", ["n", "n=", "=integer", "n=number"])
def test_flags_that_say_nothing(text):
    with pytest.raises(SettingError, match="write NAME=KIND, where the kind is one of integer, decimal"):
        parse_declared([text], None, ["n"])


def test_columns_that_are_not_there():
    with pytest.raises(SettingError, match='There is no column "ages". Did you mean "age"?'):
        parse_declared(["ages=integer"], None, ["age", "job"])


def test_ordered_types_keep_their_order():
    column = found(TYPED["ordered"][0])
    assert column.levels == ("b", "a")
    assert found(["10", "9", "x1"][:2] * 2, declared="ordinal").levels == ("9", "10")


def test_constants_are_noted_and_a_table_of_nothing_else_is_refused():
    frame = pd.DataFrame({"c": ["x"] * 30, "n": [None] * 30, "id": range(30)})
    table = read_table(open_frames(frame.assign(y=np.arange(30) % 7)))
    assert sum("is constant" in note for note in table.notes) == 2
    with pytest.raises(DataError, match='no column that could be learned: "c" is constant, "n" is constant, "id"'):
        read_table(open_frames(frame))
