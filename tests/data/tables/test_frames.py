"""What can be opened as a table, the types that come out, and what is refused."""

import datetime
import decimal
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas
import polars
import pyarrow
import pyarrow.parquet
import pytest

from zerosum.config.base import from_json, to_json
from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables import frames as module
from zerosum.data.tables.form import Form
from zerosum.data.tables.frames import Frames, is_table, open_frames
from zerosum.data.tables.writing import write_frame

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
FILES = ["a.csv", "a.tsv", "a.csv.gz", "a.parquet", "a.feather", "a.arrow", "a.jsonl", "a.jsonl.gz", "a.xlsx"]
FILES += ["a.db#t", "a.sqlite#t", "a.duckdb#t"]


def read(frames: Frames) -> pandas.DataFrame:
    return pandas.concat(frames.chunks(), ignore_index=True)


def numbers(rows: int) -> pandas.DataFrame:
    return pandas.DataFrame({"n": range(rows), "s": [f"x{row}" for row in range(rows)]})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.csv", True),
        ("A.CSV", True),
        (Path("a.tsv"), True),
        ("a.csv.zst", True),
        ("a.tsv.xz", True),
        ("a.jsonl.gz", True),
        ("a.ndjson", True),
        ("a.xlsx", True),
        ("a.db", True),
        ("shop.db#orders", True),
        ("postgresql://u:p@h/db", True),
        ("postgresql+psycopg://h/db#t", True),
        ("postgres://h/db", True),
        ("mysql://h/db", True),
        ("sqlite:///a.db", True),
        ("duckdb:///a.b", True),
        ("a.txt", False),
        ("a.npz", False),
        ("a.zip", False),
        ("a.parquet.gz", False),
        ("a.csv#t", False),
        ("https://h/a.csv", False),
        ("digits", False),
    ],
)
def test_is_table(source, expected: bool) -> None:
    assert is_table(source) is expected


@pytest.mark.parametrize("name", FILES)
def test_read_in_pieces_as_often_as_one_likes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_frame(numbers(10), str(tmp_path / name))
    monkeypatch.setattr(module, "CHUNK_ROWS", 4)
    frames = open_frames(str(tmp_path / name))
    first, again = list(frames.chunks()), list(frames.chunks())
    assert [len(piece) for piece in first] == [4, 4, 2]
    assert all(a.equals(b) and list(a.index) == list(range(len(a))) for a, b in zip(first, again, strict=True))
    table = pandas.concat(first)
    assert frames.columns == ("n", "s") and table["n"].astype(int).tolist() == list(range(10))
    assert table["s"].tolist() == [f"x{row}" for row in range(10)]
    one, other = frames.chunks(), frames.chunks()  # side by side
    next(one)
    assert next(other).equals(first[0]) and next(one).equals(first[1])
    assert frames.name == ("t" if "#" in name else "a") and frames.source == str(tmp_path / name)


@pytest.mark.parametrize("name", FILES)
def test_only_what_is_asked_for_is_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_frame(numbers(100), str(tmp_path / name))
    monkeypatch.setattr(module, "CHUNK_ROWS", 10)
    monkeypatch.setattr(module, "MOST_CELLS", 59)
    pieces = open_frames(str(tmp_path / name)).chunks()
    assert len(next(pieces)) == 10 and len(next(pieces)) == 10
    with pytest.raises(DataError, match="more than 59 cells: at least 30 rows of 2 columns"):
        next(pieces)


def test_frames_in_memory_are_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_ROWS", 4)
    table = numbers(10)
    batches = pyarrow.RecordBatchReader.from_batches(
        pyarrow.Table.from_pandas(table).schema, pyarrow.Table.from_pandas(table).to_batches()
    )
    for source in (table, polars.DataFrame(table.to_dict("list")), pyarrow.Table.from_pandas(table), batches):
        frames = open_frames(source)
        assert (frames.name, frames.source, frames.form) == ("frame", "frame", Form("frame"))
        assert [len(piece) for piece in frames.chunks()] == [4, 4, 2]
        assert read(frames)["n"].tolist() == list(range(10)) and read(frames)["s"].tolist() == table["s"].tolist()


def test_wide_pieces_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_CELLS", 10)
    assert [len(piece) for piece in open_frames(numbers(12)).chunks()] == [5, 5, 2]


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


def test_polars_is_not_imported() -> None:
    code = """
import sys
import zerosum.data, zerosum.data.tables.frames as frames, zerosum.data.tables.writing
assert not {"pandas", "pyarrow"} & set(sys.modules), "imported too early"
import pandas
list(frames.open_frames(pandas.DataFrame({"a": [1]})).chunks())
assert not {"polars", "duckdb", "sqlalchemy", "openpyxl"} & set(sys.modules), "imported without need"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("missing", ["pandas", "pyarrow"])
def test_missing_packages(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(DataError, match=r"Tables need pandas and pyarrow: pip install 'zerosum\[tables\]'\."):
        open_frames("a.csv")


def test_frames_of_pandas() -> None:
    assert read(open_frames(TYPED)).equals(TYPED)
    named = numbers(3).set_index(pandas.Index(["p", "q", "r"], name="key"))
    assert open_frames(named).columns == ("key", "n", "s")
    levels = numbers(3).set_index(pandas.MultiIndex.from_tuples([(1, 4), (2, 5), (3, 6)], names=["outer", None]))
    frames = open_frames(levels)
    assert frames.columns == ("outer", "n", "s") and read(frames)["outer"].tolist() == [1, 2, 3]
    assert open_frames(pandas.DataFrame([[1, 2]], index=[7])).columns == ("0", "1")
    table = numbers(3)
    next(open_frames(table).chunks()).loc[0, "n"] = 99
    assert table["n"].tolist() == [0, 1, 2]  # what is read belongs to the reader


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (pandas.DataFrame(), "no columns"),
        (pandas.DataFrame({"a": []}), "no rows"),
        (pandas.DataFrame([[1, 2]], columns=["a", "a"]), "several columns with the name 'a'"),
        (pandas.DataFrame([[1, 2]], columns=[0, "0"]), "several columns with the name '0'"),
        (pandas.DataFrame([[1, 2]], columns=["a", " "]), "column 2 of 2 has no name"),
        (pandas.DataFrame([[1, 2]], columns=["a", None]), "column 2 of 2 has no name"),
        (pandas.DataFrame([[1]], columns=pandas.MultiIndex.from_tuples([("a", "b")])), "several levels"),
        (numbers(2).set_index(pandas.Index([1, 2], name="n")), "index cannot become a column"),
        (polars.DataFrame({"a": [[1]]}), 'column "a" is of the type'),
        (polars.DataFrame({"a": [b"x"]}), 'column "a" is of the type'),
        (polars.DataFrame({"a": []}), "no rows"),
        (pyarrow.table({}), "no rows"),
        ([1, 2], "what was given is a list"),
        (3, "what was given is a int"),
        ("a.txt", "does not look like a table"),
        ("nowhere.csv", "There is no file /.*nowhere.csv"),
        ("nowhere.db#t", "There is no file"),
        ("sqlite:///nowhere.db", "There is no file"),
        ("sqlite://", "names no file"),
        ("/tmp/.csv", "no file"),
    ],
)
def test_refused(source, message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_frames(source)


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.xlsx", "a.db", "a.duckdb"])
def test_a_folder_is_no_table(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(DataError, match="is a folder"):
        open_frames(tmp_path / name)


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "a.arrow", "a.xlsx", "a.jsonl", "a.jsonl.gz", "a.csv.zip"])
def test_damaged(name: str, tmp_path: Path) -> None:
    write_frame(numbers(5000), tmp_path / name)
    content = (tmp_path / name).read_bytes()
    for damaged in (content[: len(content) // 2], b"junk" * 50, b""):
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(DataError, match=str(tmp_path / name)):
            list(open_frames(tmp_path / name).chunks())


def test_a_query_goes_with_a_database(tmp_path: Path) -> None:
    write_frame(numbers(2), tmp_path / "a.csv")
    for source in (tmp_path / "a.csv", numbers(2)):
        with pytest.raises(SettingError, match="A query goes with a database"):
            open_frames(source, "select 1")


def test_a_table_that_changes_is_noticed(tmp_path: Path) -> None:
    write_frame(numbers(2), tmp_path / "a.csv")
    frames = open_frames(tmp_path / "a.csv")
    write_frame(numbers(2).rename(columns={"s": "t"}), tmp_path / "a.csv")
    with pytest.raises(DataError, match="other columns than when it was opened"):
        list(frames.chunks())


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
        ("{}\n", "no columns"),
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


def test_forms_travel_as_json() -> None:
    form = Form("csv", "\t", "'", "text", ",", "utf-16", "\r\n", True, True, "?")
    assert from_json(Form, json.loads(json.dumps(to_json(form)))) == form
    assert from_json(Form, {"kind": "sql"}) == Form("sql")
