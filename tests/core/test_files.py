"""Files are whole or absent."""

import json
import os

import pytest

from zerosum.core import events
from zerosum.core.errors import DataError, nearest_name
from zerosum.core.events import append_event, forget_after, latest_events, note_event, read_events, write_events
from zerosum.core.files import read_json, replacing, write_json


def test_a_file_takes_its_place_only_when_whole(tmp_path):
    path = tmp_path / "deep/er/file.txt"
    with replacing(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
    assert path.read_text() == "half" and os.listdir(path.parent) == ["file.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(error), replacing(path) as temporary:
        temporary.write_text("ne")
        raise error
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["file.txt"]


def test_failure_in_a_folder(tmp_path):
    with pytest.raises(ValueError), replacing(tmp_path / "folder") as temporary:
        temporary.mkdir()
        (temporary / "one").touch()
        raise ValueError
    assert os.listdir(tmp_path) == []


def test_writing_nothing_is_a_failure(tmp_path):
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "file"):
        pass
    assert os.listdir(tmp_path) == []


def test_failed_renaming(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/kept").touch()
    with pytest.raises(OSError), replacing(tmp_path / "folder") as temporary:
        temporary.mkdir()
    assert os.listdir(tmp_path) == ["folder"] and os.listdir(tmp_path / "folder") == ["kept"]


def test_two_writers_of_one_file(tmp_path):
    path = tmp_path / "file"
    with replacing(path) as first, replacing(path) as second:
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first" and os.listdir(tmp_path) == ["file"]


def test_json(tmp_path):
    write_json(tmp_path / "a.json", {"a": [1, None]})
    assert read_json(tmp_path / "a.json") == {"a": [1, None]}
    with pytest.raises(DataError, match=r"no file .*b\.json"):
        read_json(tmp_path / "b.json")
    with pytest.raises(TypeError):
        write_json(tmp_path / "a.json", {"a": object()})
    assert read_json(tmp_path / "a.json") == {"a": [1, None]}
    for content in (b"{", b"\xff\xfe\xff", b""):
        (tmp_path / "c.json").write_bytes(content)
        with pytest.raises(DataError, match=r"c\.json"):
            read_json(tmp_path / "c.json")


def log(path, *samples):
    for number in samples:
        append_event(path, {"event": "progress", "samples": number, "text": "zwölf\u2028\n"})


def test_events(tmp_path):
    path = tmp_path / "events.jsonl"
    assert read_events(path) == []
    log(path, 0, 32)
    log(path, 64)
    assert [event["samples"] for event in read_events(path)] == [0, 32, 64]
    assert len(path.read_text().split("\n")) == 4


@pytest.mark.parametrize("cut", [1, 2, 10, 30])
def test_a_last_line_that_was_cut_short(tmp_path, cut):
    path = tmp_path / "events.jsonl"
    log(path, 0, 32, 64)
    path.write_bytes(path.read_bytes()[:-cut])
    assert [event["samples"] for event in read_events(path)] == ([0, 32, 64] if cut == 1 else [0, 32])
    forget_after(path, 100)
    log(path, 96)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event["samples"] for event in lines] == ([0, 32, 64, 96] if cut == 1 else [0, 32, 96])


def test_forget_after(tmp_path):
    path = tmp_path / "events.jsonl"
    log(path, 0, 32, 64, 64, 96)
    forget_after(path, 64)
    assert [event["samples"] for event in read_events(path)] == [0, 32, 64, 64]
    forget_after(path, 10)
    assert [event["samples"] for event in read_events(path)] == [0]
    forget_after(tmp_path / "new.jsonl", 0)
    assert read_events(tmp_path / "new.jsonl") == []


def test_forget_after_keeps_what_was_done_to_a_run(tmp_path):
    path = tmp_path / "events.jsonl"
    log(path, 0, 32, 64)
    treated = note_event(path, "treated", why="so")
    assert treated == {"event": "treated", "samples": 64, "seconds": 0.0, "why": "so"}
    log(path, 8, 16)
    undone = note_event(path, "undone")
    log(path, 24)
    forget_after(path, 8)
    assert [event["samples"] for event in read_events(path)] == [0, 32, 64, 64, 8, 16]
    assert read_events(path)[3] == treated and read_events(path)[5] == undone
    forget_after(path, None)
    assert read_events(path)[3:] == [treated, undone]
    assert note_event(tmp_path / "new.jsonl", "stopped") == {"event": "stopped", "samples": 0, "seconds": 0.0}


@pytest.mark.parametrize("block", [1, 7, 40, 1 << 16])
def test_latest_events(tmp_path, block, monkeypatch):
    monkeypatch.setattr(events, "BLOCK", block)
    path = tmp_path / "events.jsonl"
    assert list(latest_events(path)) == []
    log(path, 0, 32, 64)
    with path.open("a") as file:
        file.write('nonsense\n{"event": "cut", "sam')
    assert list(latest_events(path)) == read_events(path)[::-1] and len(read_events(path)) == 3
    assert next(latest_events(path))["samples"] == 64
    write_events(path, [])
    assert list(latest_events(path)) == []


def test_nearest_name():
    assert nearest_name("wgan-pg", ["wgan-gp", "gan"]) == 'Did you mean "wgan-gp"? Allowed: gan, wgan-gp'
    assert nearest_name("zzz", iter(["b", "a"])) == "Allowed: a, b"
