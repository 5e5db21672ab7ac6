"""The types that come out of each kind of source, and files with values that no table has."""

import datetime
import decimal
import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest

from zerosum.core.errors import DataError
from zerosum.data.tables.formats.form import Form
from zerosum.data.tables.formats.frames import Frames, open_frames
from zerosum.data.tables.formats.writing import write_frame

DAY = datetime.date(2024, 2, 29)
NOON = datetime.datetime(2024, 2, 29, 12, 30)
TYPED = pandas.DataFrame(
    {
        "whole": pandas.array([2**53 + 1, None, -3], "Int64"),
        "small": np.array([1, 2, 3], "uint8"),
        "number": [0.1, np.nan, 2.0],
        "text": np.array(["ä", None, ""], object),
        "truth": pandas.array([True, None, False], "boolean"),
        "instant": pandas.Series([NOON, pandas.NaT, NOON], dtype="datetime64[us]"),
        "day": np.array([DAY, None, DAY], object),
        "kind": pandas.Categorical(["u", None, "v"]),
        "price": np.array([decimal.Decimal("1.50"), None, decimal.Decimal("2.25")], object),
    }
)


def read(frames: Frames) -> pandas.DataFrame:
    return pandas.concat(frames.chunks(), ignore_index=True)


def numbers(rows: int) -> pandas.DataFrame:
    return pandas.DataFrame({"n": range(rows), "s": [f"x{row}" for row in range(rows)]})


def test_types_of_pandas() -> None:
    pandas.testing.assert_frame_equal(read(open_frames(TYPED)), TYPED)


@pytest.mark.parametrize("suffix", ["parquet", "feather", "arrow"])
def test_types_of_arrow_files(suffix: str, tmp_path: Path) -> None:
    write_frame(TYPED, tmp_path / f"a.{suffix}")
    frames = open_frames(tmp_path / f"a.{suffix}")
    assert frames.form == Form(suffix)  # pyright: ignore[reportArgumentType]
    expected = TYPED.astype({"small": "UInt8"})
    pandas.testing.assert_frame_equal(read(frames), expected)


def test_an_arrow_stream_in_a_file(tmp_path: Path) -> None:
    table = pyarrow.Table.from_pandas(numbers(10), preserve_index=False)
    with pyarrow.ipc.new_stream(str(tmp_path / "a.arrow"), table.schema) as writer:
        writer.write_table(table, max_chunksize=3)
    assert read(open_frames(tmp_path / "a.arrow"))["n"].tolist() == list(range(10))


def test_types_of_polars(tmp_path: Path) -> None:
    table = polars.DataFrame(
        {
            "whole": [1, None, 3],
            "text": ["ä", None, ""],
            "day": [DAY, None, DAY],
            "instant": [NOON, None, NOON],
            "truth": [True, None, False],
            "kind": polars.Series(["u", None, "v"], dtype=polars.Categorical),
            "enum": polars.Series(["u", None, "v"], dtype=polars.Enum(["u", "v"])),
        }
    )
    result = read(open_frames(table))
    assert [str(kind) for kind in result.dtypes[["whole", "truth", "kind", "enum"]]] == [
        "Int64",
        "boolean",
        "category",
        "category",
    ]
    assert result["instant"].dtype.kind == "M" and result["day"].tolist() == [DAY, None, DAY]
    assert result["text"].tolist() == ["ä", None, ""] and result["kind"].astype(object).tolist()[::2] == ["u", "v"]


def test_types_of_lines(tmp_path: Path) -> None:
    lines = [
        {"n": 9007199254740993, "x": 1.5, "b": True, "s": "ä", "m": 1},
        {"n": None, "x": 2, "b": None, "late": "y", "m": "one"},
        {"n": -1, "s": None},
    ]
    (tmp_path / "a.jsonl").write_text("\n\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    frames = open_frames(tmp_path / "a.jsonl")
    table = read(frames)
    assert frames.columns == ("n", "x", "b", "s", "m", "late") and frames.form == Form("jsonl")
    assert [str(kind) for kind in table.dtypes] == ["Int64", "float64", "boolean", "object", "object", "object"]
    assert table["n"].tolist() == [9007199254740993, pandas.NA, -1] and table["x"].tolist()[:2] == [1.5, 2.0]
    assert table["s"].tolist() == ["ä", None, None] and table["m"].tolist() == [1, "one", None]
    assert table["late"].tolist() == [None, "y", None]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}\n\n{"a": [1]}\n', 'line 3 has a list as "a"'),
        ('{"a": {"b": 1}}\n', 'line 1 has an object as "a"'),
        ('{"a": 1}\n{"a": \n', "line 2 is no JSON"),
        ('{"a": 1}\n[1]\n', "line 2 is no object"),
        ('{"a": 1, "a": 2}\n', "a key comes twice"),
        ("\n", "has no rows"),
        ("{}\n", "has no rows"),
        ("[" * 100_000, "line 1 is no JSON"),
    ],
)
def test_lines_refused(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(DataError, match=message):
        list(open_frames(tmp_path / "a.jsonl").chunks())


def test_a_key_that_comes_late(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n' * 100_000 + '{"b": 1}\n')
    with pytest.raises(DataError, match='line 100001 has the key "b"'):
        list(open_frames(tmp_path / "a.jsonl").chunks())


def test_excel(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (["n", "x", 2024, "b", "d"], [1, 1.5, "a", True, NOON], [None] * 5, [3, 2, "=1+1", False, None]):
        sheet.append(row)
    sheet["H9"].number_format = "0.00"  # a cell that was formatted and never filled
    workbook.create_sheet("more")
    workbook.save(tmp_path / "a.xlsx")
    frames = open_frames(tmp_path / "a.xlsx")
    table = read(frames)
    assert frames.columns == ("n", "x", "2024", "b", "d") and len(frames.notes) == 1 and '"more"' in frames.notes[0]
    assert [str(kind) for kind in table.dtypes] == ["Int64", "float64", "object", "boolean", "datetime64[us]"]
    assert table["n"].tolist() == [1, pandas.NA, 3] and table["d"].tolist()[0] == NOON
    assert table["2024"].tolist() == ["a", None, None]  # a formula that was never computed has no value


def test_excel_refused(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="is empty"):
        open_frames(tmp_path / "a.xlsx")
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["a", None])
    workbook.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="has no rows"):
        open_frames(tmp_path / "a.xlsx")
    sheet.append([1, 2])
    workbook.save(tmp_path / "a.xlsx")
    with pytest.raises(DataError, match="column 2 of 2 has no name"):
        open_frames(tmp_path / "a.xlsx")
    write_frame(numbers(2), tmp_path / "b.csv")
    (tmp_path / "b.csv").rename(tmp_path / "b.xlsx")
    with pytest.raises(DataError, match="cannot be read as an Excel workbook"):
        open_frames(tmp_path / "b.xlsx")


def test_nested_columns_of_files(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"a": [1], "b": [{"c": 1}]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match='column "b" is of the type struct'):
        open_frames(tmp_path / "a.parquet")


def test_an_index_that_pandas_has_kept(tmp_path: Path) -> None:
    numbers(3).set_index(pandas.Index([5, 6, 7])).to_parquet(tmp_path / "a.parquet")
    assert open_frames(tmp_path / "a.parquet").columns == ("n", "s")
    numbers(3).set_index(pandas.Index([5, 6, 7], name="key")).to_parquet(tmp_path / "b.parquet")
    assert open_frames(tmp_path / "b.parquet").columns == ("n", "s", "key")
