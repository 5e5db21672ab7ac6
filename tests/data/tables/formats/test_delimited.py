"""Delimited text: told from its bytes, read as it is spelled, and refused where it is broken."""

import bz2
import gzip
import lzma
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas
import pyarrow
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from zerosum.core.errors import DataError
from zerosum.data.tables.formats.form import DELIMITERS, Form
from zerosum.data.tables.formats.frames import Frames, open_frames
from zerosum.data.tables.formats.writing import write_frame

ADULT = Path("/work/shared/data/adult.csv.xz")
SYMBOLS = st.characters(codec="utf-8", exclude_characters="\0")
AWKWARD = st.sampled_from(list(",;\t|\"' \n\r.1a"))
VALUES = st.text(st.one_of(AWKWARD, SYMBOLS), max_size=6)
NAMES = st.text(st.one_of(AWKWARD, SYMBOLS), max_size=6).map(lambda name: f"{name}n").filter(lambda name: name != "\nn")


def opened(path: Path, text: str, encoding: str = "utf-8") -> Frames:
    path.write_bytes(text.encode(encoding))
    return open_frames(path)


def read(frames: Frames) -> pandas.DataFrame:
    return pandas.concat(frames.chunks(), ignore_index=True)


def cells(frames: Frames) -> list[list[str]]:
    return read(frames).to_numpy().tolist()


@st.composite
def tables(draw) -> pandas.DataFrame:
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    rows = draw(st.lists(st.lists(VALUES, min_size=len(names), max_size=len(names)), min_size=1, max_size=5))
    return pandas.DataFrame(rows, columns=names, dtype=object)


@given(
    table=tables(),
    delimiter=st.sampled_from(DELIMITERS),
    quotes=st.sampled_from([('"', "minimal"), ('"', "text"), ('"', "all"), ("'", "all")]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    blanks=st.booleans(),
)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives(table, delimiter, quotes, newline, encoding, blanks, tmp_path: Path) -> None:
    assume(quotes[0] == '"' or (table != "").any(axis=None))  # apostrophes around nothing are just apostrophes
    form = Form("csv", delimiter, *quotes, encoding=encoding, newline=newline, blanks=blanks, name_blanks=blanks)
    write_frame(table, tmp_path / "a.csv", form)
    frames = open_frames(tmp_path / "a.csv")
    pandas.testing.assert_frame_equal(read(frames), table)
    assert frames.form.encoding == encoding or table.map(str.isascii).all(axis=None)
    if len(table.columns) > 1:
        assert frames.form.delimiter == delimiter


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_delimiter_is_told(delimiter: str, tmp_path: Path) -> None:
    lines = ["name%note", "Ann%one", "Bob%two, three; four", "Cid%x"]
    lines = [line.replace(", three; four", "") if delimiter in ",;" else line for line in lines]
    frames = opened(tmp_path / "a.csv", "\n".join(lines).replace("%", delimiter) + "\n")
    assert frames.form.delimiter == delimiter and frames.columns == ("name", "note")
    assert [row[0] for row in cells(frames)] == ["Ann", "Bob", "Cid"]


def test_one_column(tmp_path: Path) -> None:
    frames = opened(tmp_path / "a.csv", "word\nalpha\nbeta\n\ngamma\n")
    assert frames.columns == ("word",) and cells(frames) == [["alpha"], ["beta"], ["gamma"]]
    assert opened(tmp_path / "b.tsv", "word\nalpha\n").form.delimiter == "\t"


def test_nothing_is_interpreted(tmp_path: Path) -> None:
    frames = opened(tmp_path / "a.csv", "a,b,c\nNA,007,\nnull,1e5,NaN\n\n-,True , 1\n")
    assert cells(frames) == [["NA", "007", ""], ["null", "1e5", "NaN"], ["-", "True ", " 1"]]
    assert not frames.form.blanks and frames.form.decimal == "."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    last = "\x81" if encoding == "latin-1" else "ß"  # a byte that cp1252 does not have
    text = "Straße,Größe\nÖd,ä\nü," + last + "\n"
    frames = opened(tmp_path / "a.csv", text, encoding)
    assert frames.form.encoding == encoding and frames.columns == ("Straße", "Größe")
    assert cells(frames) == [["Öd", "ä"], ["ü", last]]


@pytest.mark.parametrize("order", ["le", "be"])
def test_both_orders_of_utf_16(order: str, tmp_path: Path) -> None:
    frames = opened(tmp_path / "a.csv", "\ufeffä;b\nü;1,5\n", f"utf-16-{order}")
    assert frames.columns == ("ä", "b") and cells(frames) == [["ü", "1,5"]] and frames.form.decimal == ","


def test_an_umlaut_behind_the_sample_counts(tmp_path: Path) -> None:
    frames = opened(tmp_path / "a.csv", "a,b\n" + "x,y\n" * 200_000 + "ä,ö\n", "cp1252")
    assert frames.form.encoding == "cp1252"
    *_, last = frames.chunks()
    assert last.iloc[-1].tolist() == ["ä", "ö"]


def test_broken_encodings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("\ufeffa,b\n".encode() + b"x,\xff\n")
    with pytest.raises(DataError, match="is not text in the encoding"):
        open_frames(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(b"a,b\nx,\0\n")
    with pytest.raises(DataError, match="bytes that are zero"):
        open_frames(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("a;b\n1,5;x\n2;y\n;z\nNA;z\n", ","),
        ("a\tb\n-1,5e3\tx\n", ","),
        ("a;b\n1.5;x\n2;y\n", "."),
        ("a;b\n1,5;1.5\n2;2.5\n", "."),
        ("a;b\n1.234,5;x\n", "."),
        ("a;b\n1,2,3;x\n1,5;y\n", "."),
        ("a;b\n1;x\n", "."),
        ('a,b\n"1,5",x\n', "."),
    ],
)
def test_decimal_comma(text: str, decimal: str, tmp_path: Path) -> None:
    frames = opened(tmp_path / "a.csv", text)
    assert frames.form.decimal == decimal
    assert cells(frames)[0][0] in text  # as it is spelled


def test_blanks_after_delimiters(tmp_path: Path) -> None:
    frames = opened(tmp_path / "a.csv", 'a, b, c\n1, x y,"p, q"\n2, "r, s", t\n')
    assert frames.columns == ("a", "b", "c") and frames.form.blanks and frames.form.name_blanks
    assert cells(frames) == [["1", "x y", "p, q"], ["2", "r, s", "t"]]
    names_only = opened(tmp_path / "b.csv", "a, b\n1,x\n2, y\n")
    assert names_only.columns == ("a", "b") and cells(names_only) == [["1", "x"], ["2", " y"]]


@pytest.mark.skipif(not ADULT.exists(), reason="UCI Adult is not here")
def test_adult(tmp_path: Path) -> None:
    frames = open_frames(ADULT)
    table = read(frames)
    with lzma.open(ADULT, "rt") as file:
        lines = file.read().splitlines()
    assert frames.name == "adult" and frames.columns == tuple(lines[0].split(",")) and len(table) == 32_561
    assert frames.form == Form("csv", blanks=True)
    expected = [[value.strip(" ") for value in line.split(",")] for line in lines[1:]]
    assert table.to_numpy().tolist() == expected
    write_frame(table, tmp_path / "again.csv.xz", frames.form)
    again = open_frames(tmp_path / "again.csv.xz")
    assert again.form == frames.form and read(again).equals(table)
    with lzma.open(tmp_path / "again.csv.xz", "rt") as file:
        assert file.readline().strip() == lines[0] and file.readline().startswith("39, State-gov, ")


def test_quotes(tmp_path: Path) -> None:
    frames = opened(tmp_path / "a.csv", 'a,b\n"x, ""y""","one\ntwo"\n5\' 3",it\'s\n')
    assert cells(frames) == [['x, "y"', "one\ntwo"], ["5' 3\"", "it's"]] and frames.form.quote == '"'
    frames = opened(tmp_path / "b.csv", "'a','b'\n'x, y','it''s'\n'z','w'\n")
    assert frames.form.quote == "'" and frames.form.quoting == "all" and frames.columns == ("a", "b")
    assert cells(frames) == [["x, y", "it's"], ["z", "w"]]
    frames = opened(tmp_path / "c.csv", "a,b\n'tis,x\ny,'n\n")
    assert cells(frames) == [["'tis", "x"], ["y", "'n"]]


@pytest.mark.parametrize(
    ("text", "quoting"),
    [("a;b\nx;1\n", "minimal"), ('"a";"b"\n"x";1,5\n', "text"), ('"a";"b"\n"x";"1"\n', "all"), ("a,b\n1,2.5\n", "")],
)
def test_quoting_is_told_and_followed(text: str, quoting: str, tmp_path: Path) -> None:
    if not quoting:
        text, quoting = "a,b\n1,2.5\nx,3\n", "minimal"
    frames = opened(tmp_path / "a.csv", text)
    assert frames.form.quoting == quoting
    table = read(frames)
    if quoting == "text":
        table["b"] = [1.5]
    write_frame(table, tmp_path / "b.csv", frames.form)
    assert (tmp_path / "b.csv").read_bytes().decode() == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,x\n2\n", "line 3 has 1 values, but the first line names 2"),
        ("a,b\n1,x\n\n2,y,z\n", "line 4 has 3 values"),
        ('a,b\n"one\ntwo",x\n"p\nq",y,z\n3,w\n', "line 4 has 3 values"),
        ("\na,b\n\n1,x\n2,y,z\n", "line 5 has 3 values"),
        ("a;b\n1;2;3\n", "line 2 has 3 values"),
        ('a,b\n1,x\n2,"y\n', "line 3 cannot be read: unexpected end of data"),
        ('a,b\n1,"x"y\n', "line 2 cannot be read"),
        ("1,2\n3,4\n5,6\n", "must name the columns"),
        ("1,5;2\n3;4\n", "must name the columns"),
        ("a,b,a\n1,2,3\n", "several columns with the name 'a'"),
        ("a,,c\n1,2,3\n", "column 2 of 3 has no name"),
        ("a,b\n", "has no rows"),
        ("a,b\n\n\n", "has no rows"),
        ("", "is empty"),
        ("\n\n", "nothing but empty lines"),
    ],
)
def test_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message) as caught:
        list(opened(tmp_path / "a.csv", text).chunks())
    assert str(tmp_path / "a.csv") in str(caught.value)


def test_a_ragged_line_far_behind(tmp_path: Path) -> None:
    frames = opened(tmp_path / "a.csv", 'a,b\n"x\nx",y\n' + "x,y\n" * 150_000 + "z\n")
    with pytest.raises(DataError, match=r"line 150004 has 1 values"):
        list(frames.chunks())


def test_names_may_be_numbers_above_text(tmp_path: Path) -> None:
    assert opened(tmp_path / "a.csv", "2019,2020\nx,1\n").columns == ("2019", "2020")


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zip", ".zst"])
def test_compressed(suffix: str, tmp_path: Path) -> None:
    content = b"a,b\n" + b"1,x\n" * 5000
    path = tmp_path / f"shop.csv{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("anything.csv", content)
    elif suffix == ".zst":
        with pyarrow.output_stream(str(path), compression="zstd") as stream:
            stream.write(content)
    else:
        path.write_bytes({".gz": gzip, ".bz2": bz2, ".xz": lzma}[suffix].compress(content))
    frames = open_frames(path)
    assert frames.name == "shop" and len(read(frames)) == 5000
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="cannot be read"):
        list(open_frames(path).chunks())
    path.write_bytes(b"no archive at all")
    with pytest.raises(DataError, match="cannot be read"):
        open_frames(path)


def test_an_archive_holds_one_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("a.csv", "a\nx\n")
        archive.writestr("b.csv", "a\nx\n")
    with pytest.raises(DataError, match="holds 2 files"):
        open_frames(tmp_path / "a.csv.zip")


def test_never_whole_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with open(path, "w") as file:
        file.write("a,b\n")
        for _ in range(60):
            file.write(("x" * 999 + ",y\n") * 1000)  # 60 MB
    measured = """
import resource, sys, zerosum.data.tables.formats.frames as frames
frames.CHUNK_ROWS = 1000
opened = frames.open_frames(sys.argv[1])
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sum(map(len, opened.chunks())), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start)
"""
    done = subprocess.run([sys.executable, "-c", measured, str(path)], capture_output=True, text=True, check=True)
    rows, kilobytes = map(int, done.stdout.split())
    assert rows == 60_000 and kilobytes < 30_000
