"""Reading a record that grows, is cut back, and is replaced."""

import os
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zerosum.core.errors import SettingError
from zerosum.studio.watching import tail
from zerosum.studio.watching.tail import Place, Tail


def replace(path: Path, text: str) -> None:
    other = path.with_suffix(".other")
    other.write_text(text)
    other.replace(path)


def read_all(reader: Tail) -> list[bytes]:
    lines: list[bytes] = []
    while True:
        anew, more = reader.read()
        assert not anew
        if not more:
            return lines
        lines += more


def test_lines_come_once_and_only_when_they_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    reader = Tail(path)
    assert reader.read() == (False, [])
    path.write_text("one\ntwo\nthr")
    assert reader.read() == (False, [b"one", b"two"]) and reader.read() == (False, [])
    with path.open("a") as file:
        file.write("ee\n\n")
    assert reader.read() == (False, [b"three", b""])
    assert reader.place.offset == path.stat().st_size


def test_a_place_goes_on_in_another_reader(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("one\ntwo\nthree\n")
    places = list(Place().behind([b"one", b"two", b"three"]))
    for count, place in enumerate(places, 1):
        assert Place.parse(str(place)) == place
        assert Tail(path, place).read() == (False, [b"one", b"two", b"three"][count:])
    reader = Tail(path)
    read_all(reader)
    assert reader.place == places[-1]


def test_a_place_is_a_place_in_one_record_alone(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("one\ntwo\n")
    reader = Tail(path)
    read_all(reader)
    replace(path, "one\nTWO\nthree\n")  # longer than before, and its inode may be one that was used before
    assert reader.read() == (True, []), "the line before the place is another one"
    assert read_all(reader) == [b"one", b"TWO", b"three"]
    replace(path, "one\n")
    assert reader.read() == (True, []) and read_all(reader) == [b"one"]
    path.unlink()
    assert reader.read() == (True, []) and reader.read() == (False, [])


def test_the_same_lines_in_a_new_file_are_the_same_record(tmp_path: Path) -> None:
    """A run that goes on from its last event rewrites the record as it was."""
    path = tmp_path / "events.jsonl"
    path.write_text("one\ntwo\n")
    reader = Tail(path)
    read_all(reader)
    replace(path, "one\ntwo\nthree\n")
    assert reader.read() == (False, [b"three"])


def test_a_place_in_the_middle_of_a_line_is_none(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("one\ntwo\n")
    assert Tail(path, Place(6, zlib.crc32(b"tw"))).read() == (True, [])
    assert Tail(path, Place(1000, 5)).read() == (True, [])


@given(st.lists(st.binary(max_size=700).map(lambda line: line.replace(b"\n", b" ")), max_size=20), st.integers(1, 900))
def test_however_much_is_read_at_a_time(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], most: int
) -> None:
    path = tmp_path_factory.mktemp("tail") / "events.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines) + b"cut sho")
    reader, found = Tail(path), []
    while True:
        before = reader.place
        anew, more = reader.read(most)
        assert not anew
        if not more:
            break
        assert [*before.behind(more)][-1] == reader.place
        found += more
    assert found == lines
    assert reader.place.offset == sum(map(len, lines)) + len(lines)


def test_a_line_longer_than_what_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "MOST_BYTES", 64)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"x" * 1000 + b"\ny\n")
    assert read_all(Tail(path)) == [b"x" * 1000, b"y"]


@pytest.mark.parametrize(
    "text", ["", "12", "12.", "12.xyz", "-1.00000000", "../../etc/passwd", "1.0000000g", "１.00000000"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="is no place"):
        Place.parse(text)


def test_nothing_is_read_while_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("one\n")
    reader = Tail(path)
    read_all(reader)
    monkeypatch.setattr(os, "pread", lambda *arguments: pytest.fail("the file was read"))
    assert reader.read() == (False, [])
