"""How runs stand: from the lock and the record, and from nothing else."""

import threading
from pathlib import Path

import pytest

import zerosum
from zerosum.core.errors import DataError
from zerosum.core.events import append_event
from zerosum.train.folder import RunFolder
from zerosum.train.status import TELLING, State, last_telling, state_after, status


def folder_with(path: Path, *events: str) -> RunFolder:
    for number, event in enumerate(events):
        append_event(path / "events.jsonl", {"event": event, "samples": 8 * number, "seconds": 0.1})
    return RunFolder(path)


@pytest.mark.parametrize(
    ("events", "held", "expected"),
    [
        ([], True, "training"),
        ([], False, "stopped"),
        (["start", "progress", "probe", "checkpoint", "snapshot"], True, "training"),
        (["start", "progress", "probe", "checkpoint", "snapshot"], False, "stopped"),
        (["start", "progress", "paused"], True, "paused"),
        (["start", "progress", "paused", "snapshot", "probe", "checkpoint"], True, "paused"),
        (["start", "progress", "paused"], False, "stopped"),
        (["start", "progress", "paused", "resumed"], True, "training"),
        (["start", "progress", "stopped"], False, "stopped"),
        (["start", "progress", "finished"], False, "finished"),
        (["start", "progress", "finished", "undone"], False, "finished"),
        (["start", "progress", "finished"], True, "training"),
        (["start", "progress", "finished", "start"], False, "stopped"),
        (["start", "failed", "finding"], False, "failed"),
        (["start", "failed", "finding", "treated"], False, "stopped"),
        (["start", "failed", "finding", "treated", "start"], True, "training"),
    ],
)
def test_states(events: list[str], held: bool, expected: State, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, *events)
    last = last_telling(folder)
    if not held:
        assert status(folder) == expected
    else:
        with folder.locked():
            assert status(folder) == expected
    assert state_after(None if last is None else last["event"], held) == expected
    assert last is None or last["event"] in TELLING


def test_damaged_records_still_have_a_state(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "start", "finished")
    with folder.events.open("a") as file:
        file.write('[1]\n"start"\n{"event": ["start"]}\n{"ev')
    assert status(folder) == "finished"


def test_a_lock_is_seen_and_not_taken(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert not folder.held() and not (tmp_path / ".lock").exists(), "a look leaves nothing behind"
    with folder.locked():
        assert folder.held() and folder.held()
        with pytest.raises(DataError, match="Another process is training"), folder.locked():
            pass
    assert not folder.held()
    with folder.locked():
        assert folder.held()


def test_a_look_at_the_lock_does_not_turn_a_training_away(tmp_path: Path) -> None:
    """Whoever looks holds the lock for a moment, and a training waits for longer than that."""
    fcntl = pytest.importorskip("fcntl")
    folder = RunFolder(tmp_path)
    with folder.locked():
        pass
    looking = (tmp_path / ".lock").open()
    fcntl.flock(looking, fcntl.LOCK_SH)
    threading.Timer(0.05, looking.close).start()
    with folder.locked():
        assert folder.held()


def test_a_run_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    seen: list[tuple[str, State]] = []
    folder = RunFolder(tmp_path / "mine")
    assert status(folder) == "stopped"
    zerosum.fit(
        "ring",
        recipe="gan",
        samples=256,
        batch=64,
        out=tmp_path,
        name="mine",
        listener=lambda event: seen.append((event["event"], status(folder))),
    )
    assert {state for _, state in seen} == {"training"} and seen[-1][0] == "finished"
    assert status(folder) == "finished"
