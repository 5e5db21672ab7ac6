"""What can be opened as a table, the types that come out, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pandas
import polars
import pyarrow
import pytest

from zerosum.config.base import from_json, to_json
from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables.formats import frames as module
from zerosum.data.tables.formats.form import Form
from zerosum.data.tables.formats.frames import Frames, is_table, open_frames
from zerosum.data.tables.formats.writing import write_frame

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


def test_polars_is_not_imported() -> None:
    code = """
import sys
import zerosum.data, zerosum.data.tables.formats.frames as frames, zerosum.data.tables.formats.writing
assert not {"pandas", "pyarrow"} & set(sys.modules), "imported too early"
import pandas
list(frames.open_frames(pandas.DataFrame({"a": [1]})).chunks())
assert not {"polars", "duckdb", "sqlalchemy", "openpyxl"} & set(sys.modules), "imported without need"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("missing", ["pandas", "pyarrow"])
def test_missing_packages(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    for attempt in (lambda: open_frames("a.csv"), lambda: open_frames([]), lambda: write_frame(numbers(1), "a.csv")):
        with pytest.raises(DataError, match=r"Tables need pandas and pyarrow: pip install 'zerosum\[tables\]'\."):
            attempt()


@pytest.mark.parametrize(("missing", "name"), [("openpyxl", "a.xlsx"), ("sqlalchemy", "a.db"), ("duckdb", "a.db#t")])
def test_missing_packages_of_some_files(missing: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    for attempt in (lambda: open_frames(name), lambda: write_frame(numbers(1), name)):
        with pytest.raises(DataError, match=rf"need .*{missing}.*: pip install 'zerosum\[tables\]'\."):
            attempt()


def test_frames_of_pandas() -> None:
    named = numbers(3).set_index(pandas.Index(["p", "q", "r"], name="key"))
    assert open_frames(named).columns == ("key", "n", "s")
    levels = numbers(3).set_index(pandas.MultiIndex.from_tuples([(1, 4), (2, 5), (3, 6)], names=["outer", None]))
    frames = open_frames(levels)
    assert frames.columns == ("outer", "n", "s") and read(frames)["outer"].tolist() == [1, 2, 3]
    assert open_frames(pandas.DataFrame([[1, 2]], index=[7])).columns == ("0", "1")
    table = numbers(3)
    piece = next(open_frames(table).chunks())
    piece.loc[0, "n"] = 99
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
        (".csv", "does not look like a table"),
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


def test_forms_travel_as_json() -> None:
    form = Form("csv", "\t", "'", "text", ",", "utf-16", "\r\n", True, True, "?")
    assert from_json(Form, json.loads(json.dumps(to_json(form)))) == form
    assert from_json(Form, {"kind": "sql"}) == Form("sql")
