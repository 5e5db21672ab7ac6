"""Tables written whole, as their form says, and read back with the values and types that they had."""

import datetime
import decimal
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas
import polars
import pytest

from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables.formats import delimiting, spreadsheets, writing
from zerosum.data.tables.formats.form import Form
from zerosum.data.tables.formats.frames import Frames, open_frames
from zerosum.data.tables.formats.writing import write_frame

DAY = datetime.date(2024, 2, 29)
NOON = datetime.datetime(2024, 2, 29, 12, 30)
TABLE = pandas.DataFrame(
    {
        "whole": pandas.array([2**53 + 1, None, -3], "Int64"),
        "number": [0.1, np.nan, 1e-9],
        "single": np.array([0.1, np.nan, 2.5], "float32"),
        "text": np.array(["ä, b", None, "=1+1"], object),
        "truth": pandas.array([True, None, False], "boolean"),
        "instant": pandas.Series([NOON, pandas.NaT, NOON], dtype="datetime64[ns]"),
        "midnight": pandas.Series([DAY, None, DAY], dtype="datetime64[ns]"),
        "day": np.array([DAY, None, DAY], object),
        "kind": pandas.Categorical(["u", None, "v"]),
        "price": np.array([decimal.Decimal("1.50"), None, decimal.Decimal("2.25")], object),
    }
)
SPELLED = [
    ["9007199254740993", "0.1", "0.1", "ä, b", "True", "2024-02-29 12:30:00", "2024-02-29", "2024-02-29", "u", "1.50"],
    ["?"] * 10,
    ["-3", "1e-09", "2.5", "=1+1", "False", "2024-02-29 12:30:00", "2024-02-29", "2024-02-29", "v", "2.25"],
]


def read(frames: Frames) -> pandas.DataFrame:
    return pandas.concat(frames.chunks(), ignore_index=True)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.csv.gz", "a.csv.bz2", "a.csv.xz", "a.csv.zip", "a.tsv.zst"])
def test_delimited_text(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimiting, "_SLICE", 2)
    assert write_frame(TABLE, tmp_path / name, Form("parquet", missing="?")) == str(tmp_path / name)
    frames = open_frames(tmp_path / name)
    assert frames.form == Form("csv", delimiter="\t" if "tsv" in name else ",")
    assert frames.columns == tuple(TABLE.columns) and read(frames).to_numpy().tolist() == SPELLED


def test_the_form_is_followed(tmp_path: Path) -> None:
    form = Form("csv", ";", "'", "text", ",", "cp1252", "\r\n", missing="k. A.")
    table = pandas.DataFrame({"größe": [1.5, None], "it's": ["a;b", None], "n": pandas.array([None, 2], "Int64")})
    write_frame(table, tmp_path / "a.csv", form)
    expected = "'größe';'it''s';'n'\r\n1,5;'a;b';k. A.\r\nk. A.;'k. A.';2\r\n"
    assert (tmp_path / "a.csv").read_bytes() == expected.encode("cp1252")
    write_frame(table, tmp_path / "b.csv", replace(form, encoding="utf-16", quoting="minimal", decimal="."))
    assert (tmp_path / "b.csv").read_bytes().startswith(b"\xff\xfe")
    assert read(open_frames(tmp_path / "b.csv")).columns.tolist() == ["größe", "it's", "n"]
    write_frame(table, tmp_path / "c.tsv", replace(form, missing=""))
    assert open_frames(tmp_path / "c.tsv").form == replace(form, delimiter="\t", missing="")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_what_was_read_is_written_alike(encoding: str, tmp_path: Path) -> None:
    content = 'Straße;Wert;Ort\r\nÖd;1,5;a\r\nü;;"b;c"\r\n'.encode(encoding)
    (tmp_path / "a.csv").write_bytes(content)
    frames = open_frames(tmp_path / "a.csv")
    table = read(frames)
    table["Wert"] = [1.5, None]
    write_frame(table, tmp_path / "b.csv", frames.form)
    assert (tmp_path / "b.csv").read_bytes() == content


def test_numbers_that_would_be_split_have_quotes(tmp_path: Path) -> None:
    write_frame(pandas.DataFrame({"a": [1.5], "b": ["x"]}), tmp_path / "a.csv", Form("csv", ",", decimal=","))
    assert read(open_frames(tmp_path / "a.csv")).to_numpy().tolist() == [["1,5", "x"]]


def test_a_character_that_the_encoding_does_not_have(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(DataError, match="cannot hold the character '☃', which the encoding"):
        write_frame(pandas.DataFrame({"a": ["☃"]}), tmp_path / "a.csv", Form("csv", encoding="cp1252"))
    assert (tmp_path / "a.csv").read_text() == "old"


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "a.arrow"])
def test_arrow(name: str, tmp_path: Path) -> None:
    write_frame(TABLE, tmp_path / name)
    table = read(open_frames(tmp_path / name))
    pandas.testing.assert_frame_equal(table, TABLE)
    assert pandas.__version__ < "3" or table["text"].isna().tolist() == [False, True, False]
    other = {"a.parquet": polars.read_parquet, "a.feather": polars.read_ipc, "a.arrow": polars.read_ipc}[name]
    assert other(tmp_path / name)["whole"].to_list() == [2**53 + 1, None, -3]


def test_lines(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.ndjson", "a.jsonl.gz"):
        write_frame(TABLE, tmp_path / name)
        table = read(open_frames(tmp_path / name))
        assert table["whole"].dtype == "Int64" and table["whole"].tolist() == [2**53 + 1, pandas.NA, -3]
        assert table["truth"].dtype == "boolean" and table["truth"].tolist() == [True, pandas.NA, False]
        assert table["number"].tolist()[::2] == [0.1, 1e-9] and table["single"].tolist()[::2] == [0.1, 2.5]
        assert table["instant"].tolist() == ["2024-02-29T12:30:00", None, "2024-02-29T12:30:00"]
        assert table["day"].tolist() == ["2024-02-29", None, "2024-02-29"] and table.iloc[1].isna().all()
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[1]) == dict.fromkeys(TABLE.columns) and "ä, b" in lines[0]
    with pytest.raises(DataError, match="Out of range float values"):
        write_frame(pandas.DataFrame({"a": [np.inf]}), tmp_path / "b.jsonl")
    assert not (tmp_path / "b.jsonl").exists()


def test_excel(tmp_path: Path) -> None:
    write_frame(TABLE.assign(whole=pandas.array([7, None, -3], "Int64")), tmp_path / "a.xlsx")
    table = read(open_frames(tmp_path / "a.xlsx"))
    assert table["whole"].dtype == "Int64" and table["whole"].tolist() == [7, pandas.NA, -3]
    assert table["truth"].dtype == "boolean" and table["number"].tolist()[::2] == [0.1, 1e-9]
    assert table["text"].tolist() == ["ä, b", None, "=1+1"] and table.iloc[1].isna().all()
    assert table["instant"].tolist()[0] == NOON and table["day"].tolist()[2] == datetime.datetime(2024, 2, 29)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.worksheets[0]["D4"].data_type == "s"  # text, and no formula
    book.close()


@pytest.mark.parametrize(
    ("value", "message"),
    [("x" * 32_768, "32,768 characters"), ("\x01", "control characters"), (np.inf, "infinite number"), ([1], "cannot")],
)
def test_what_excel_cannot_hold(value, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        write_frame(pandas.DataFrame({"a": np.array([value, None], object)}), tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


def test_more_rows_than_a_sheet_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="1,048,576 rows .* at most 1,048,575"):
        write_frame(pandas.DataFrame({"a": np.zeros(1_048_576)}), tmp_path / "a.xlsx")
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 2)
    with pytest.raises(DataError, match="3 rows"):
        write_frame(TABLE, tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())


def test_zones_and_early_dates_are_text_in_excel(tmp_path: Path) -> None:
    zoned = pandas.Series([pandas.Timestamp(NOON, tz="UTC")])
    early = np.array([datetime.date(1800, 1, 2)], object)
    write_frame(pandas.DataFrame({"a": zoned, "b": early}), tmp_path / "a.xlsx")
    row = read(open_frames(tmp_path / "a.xlsx")).iloc[0]
    assert row.tolist() == ["2024-02-29 12:30:00+00:00", "1800-01-02"]


@pytest.mark.parametrize("target", ["a.txt", "a", "a.pkl", "a.csv.rar", "a.csv#t", "https://h/a.csv"])
def test_unknown_suffixes(target: str) -> None:
    with pytest.raises(SettingError, match=r"Allowed: \.csv, .*\.duckdb; .*postgresql://"):
        write_frame(TABLE, target)


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.feather", "a.jsonl", "a.xlsx", "a.csv.zip", "a.csv.zst"])
def test_whole_or_not_at_all(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pandas.DataFrame({"a": [1, 2]})
    write_frame(table, tmp_path / name)
    before = (tmp_path / name).read_bytes()

    def broken(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(delimiting, "python_values", broken)
    monkeypatch.setattr("zerosum.data.tables.formats.values.python_values", broken)
    monkeypatch.setattr(spreadsheets, "python_values", broken)
    monkeypatch.setattr(writing, "_write_arrow", lambda frame, path, place: (path.write_bytes(b"half"), broken()))
    with pytest.raises(KeyboardInterrupt):
        write_frame(table, tmp_path / name)
    assert (tmp_path / name).read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_folders_and_names(tmp_path: Path) -> None:
    table = pandas.DataFrame({"a": [1]})
    assert write_frame(table, tmp_path / "new" / "folder" / "a.csv") == str(tmp_path / "new" / "folder" / "a.csv")
    with pytest.raises(DataError, match="several columns"):
        write_frame(pandas.DataFrame([[1, 2]], columns=["a", "a"]), tmp_path / "a.csv")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(DataError, match="is a folder"):
        write_frame(table, tmp_path / "b.csv")
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written"):
        write_frame(table, tmp_path / "file" / "a.csv")
    write_frame(table, tmp_path / "c.csv.zip")
    with zipfile.ZipFile(tmp_path / "c.csv.zip") as archive:
        assert archive.namelist() == ["c.csv"]


def test_what_arrow_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be written to .*a\.parquet"):
        write_frame(pandas.DataFrame({"a": np.array([1, "x"], object)}), tmp_path / "a.parquet")
