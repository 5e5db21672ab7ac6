"""Pausing, snapshots and stopping from outside: what is obeyed, when, and that the game is the same in the end."""

import dataclasses
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from zerosum.api import make_plan, open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.errors import DataError, SettingError
from zerosum.core.events import Event, append_event, read_events
from zerosum.train.checkpoint import checkpoints
from zerosum.train.folder import RunFolder
from zerosum.train.recorder import Stopwatch
from zerosum.train.remote import Action, Requests, request
from zerosum.train.session import Interrupted, train
from zerosum.train.status import status

ROUNDS = 24
BATCH = 8
Listener = Callable[[Event], None]


def play(out: Path, listener: Listener = lambda event: None) -> RunFolder:
    """Train a small game on points for some rounds, each of them recorded."""
    dataset, recipe, _ = open_for("ring", DataOptions(), "r3gan", "cpu")
    settings = dataclasses.replace(recipe.settings(dataset.space), width=8, blocks=1)
    run = Run(samples=BATCH * ROUNDS, batch=BATCH, device="cpu", precision="fp32", log_rounds=1, probe_rounds=5)
    return train(make_plan(dataset, DataOptions(), recipe, settings, run, out, "mine"), listener)[1]


def asking(folder: RunFolder, asked: dict[int, list[Action]]) -> Listener:
    """Asks for something at the record of some rounds, by their number."""

    def listener(event: Event) -> None:
        if event["event"] == "progress":
            for action in asked.get(event["rounds"], []):
                request(folder, action)

    return listener


def during_pauses(listener: Listener, do: Callable[[], None]) -> Listener:
    """Does something else in a thread as soon as the training waits."""

    def listen(event: Event) -> None:
        listener(event)
        if event["event"] == "paused":
            threading.Thread(target=do, daemon=True).start()

    return listen


def kinds(folder: RunFolder) -> list[str]:
    return [event["event"] for event in read_events(folder.events)]


def course(folder: RunFolder) -> list[dict]:
    """What was recorded of each round, without the clock on the wall."""
    events = [event for event in read_events(folder.events) if event["event"] == "progress"]
    return [{k: v for k, v in event.items() if k not in ("seconds", "samples_per_second")} for event in events]


def assert_same_game(one: RunFolder, other: RunFolder) -> None:
    first, second = (load_file(folder.newest_checkpoint() / "state.safetensors") for folder in (one, other))
    assert first.keys() == second.keys()
    assert [name for name in first if not torch.equal(first[name], second[name])] == []
    assert course(one) == course(other) and len(course(one)) == ROUNDS
    assert one.sheets()[-1].read_bytes() == other.sheets()[-1].read_bytes()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The game that nobody has disturbed."""
    return play(tmp_path_factory.mktemp("whole"))


def test_a_pause_changes_nothing_and_takes_no_training_time(whole: RunFolder, tmp_path: Path) -> None:
    folder, seen = RunFolder(tmp_path / "mine"), []

    def meanwhile() -> None:
        seen.extend([status(folder), len(read_events(folder.events))])
        time.sleep(0.5)
        seen.append(len(read_events(folder.events)))
        request(folder, "resume")

    play(tmp_path, during_pauses(asking(folder, {7: ["pause"]}), meanwhile))
    assert seen[0] == "paused" and seen[1] == seen[2], "nothing happens"
    assert_same_game(whole, folder)
    paused, resumed = (event for event in read_events(folder.events) if event["event"] in ("paused", "resumed"))
    assert (paused["event"], resumed["event"]) == ("paused", "resumed")
    assert paused["samples"] == resumed["samples"] == 7 * BATCH
    assert 0 <= resumed["seconds"] - paused["seconds"] < 0.25, "half a second was waited"
    assert status(folder) == "finished"


def test_a_pause_that_is_over_before_it_is_seen(whole: RunFolder, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "mine")
    play(tmp_path, asking(folder, {7: ["pause", "resume"], 9: ["resume"]}))
    assert_same_game(whole, folder)
    assert not {"paused", "resumed"} & set(kinds(folder))


@pytest.mark.parametrize("paused", [False, True], ids=["playing", "paused"])
def test_a_snapshot_is_a_sheet_and_a_checkpoint(paused: bool, whole: RunFolder, tmp_path: Path) -> None:
    folder, kept = RunFolder(tmp_path / "mine"), []

    def meanwhile() -> None:
        request(folder, "snapshot")
        while "checkpoint" not in kinds(folder):
            time.sleep(0.01)
        request(folder, "resume")

    def listener(event: Event) -> None:
        asking(folder, {7: ["pause" if paused else "snapshot"]})(event)
        if event["event"] == "checkpoint" and not kept:
            kept.append((Path(event["file"]).exists(), folder.sheets()[-1].stem, event["samples"]))

    play(tmp_path, during_pauses(listener, meanwhile))
    assert kept == [(True, f"{7 * BATCH:012d}", 7 * BATCH)]
    assert [event["samples"] for event in read_events(folder.events) if event["event"] == "snapshot"][0] == 7 * BATCH
    assert_same_game(whole, folder)


@pytest.mark.parametrize("how", ["asked", "asked-while-paused", "signal-while-paused"])
def test_stop_saves_and_the_run_goes_on(how: str, whole: RunFolder, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "mine")

    def meanwhile() -> None:
        os.kill(os.getpid(), signal.SIGINT) if how.startswith("signal") else request(folder, "stop")

    asked: list[Action] = ["stop"] if how == "asked" else ["pause"]
    with pytest.raises(Interrupted) as stopped:
        play(tmp_path, during_pauses(asking(folder, {7: asked}), meanwhile))
    assert stopped.value.exit_code == 128 + (signal.SIGINT if how.startswith("signal") else signal.SIGTERM)
    assert [path.name for path in checkpoints(folder.checkpoints)] == [f"{7 * BATCH:012d}"]
    assert kinds(folder)[-1] == "stopped" and status(folder) == "stopped"
    assert_same_game(whole, play(tmp_path))
    assert status(folder) == "finished"


def test_a_run_that_was_killed_while_it_waited_goes_on(whole: RunFolder, tmp_path: Path) -> None:
    """The record says that it waits, and so may the control file; neither holds the next session up."""
    folder, seen = RunFolder(tmp_path / "mine"), []

    def end(event: Event) -> None:
        asking(folder, {7: ["pause"]})(event)
        if event["event"] == "paused":
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        play(tmp_path, end)
    assert kinds(folder)[-1] == "paused" and status(folder) == "stopped"
    append_event(folder.control, {"action": "stop"})
    assert_same_game(whole, play(tmp_path, lambda event: seen.append((event["event"], status(folder)))))
    assert seen[0] == ("start", "training") and {state for _, state in seen[:-1]} == {"training"}
    assert "paused" not in kinds(folder), "there was no checkpoint: all of it was played again"


def test_a_pause_before_a_checkpoint_stays_in_the_record(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "mine")

    def end(event: Event) -> None:
        asking(folder, {7: ["snapshot", "pause"]})(event)
        if event["event"] == "paused":
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        play(tmp_path, end)
    play(tmp_path)
    told = [event for event in read_events(folder.events) if event["event"] in ("paused", "resumed", "start")]
    assert [event["event"] for event in told] == ["start", "paused", "resumed", "start"]
    assert [event["samples"] for event in told] == [0, 56, 56, 56]


def test_requests_of_an_earlier_session_are_forgotten(whole: RunFolder, tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "mine")
    with pytest.raises(Interrupted):
        play(tmp_path, asking(folder, {7: ["stop"]}))
    assert '"stop"' in folder.control.read_text()
    append_event(folder.control, {"action": "pause"})  # as if it had come too late
    assert_same_game(whole, play(tmp_path))


def test_what_cannot_be_asked(whole: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"No process is training in .*mine.*zerosum resume"):
        request(whole, "pause")
    assert not whole.control.exists()
    with whole.locked(), pytest.raises(SettingError, match='to "puase". Did you mean "pause"'):
        request(whole, "puase")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="No process is training"):
        request(RunFolder(tmp_path / "nowhere"), "stop")


def test_lines_are_read_once_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "control.jsonl"
    requests = Requests(path)
    assert requests.new() == []
    path.write_text('{"action": "pause"}\n{"action": "resume"}\n{"action": "st')
    assert requests.new() == ["pause", "resume"]
    assert requests.new() == []
    with path.open("a") as file:
        file.write('op"}\n[1]\nnonsense\n{"action": "fly"}\n{"action": ["stop"]}\n')
    assert requests.new() == ["stop"]
    assert requests.new() == []
    assert [json.loads(line) for line in path.read_text().splitlines()[:1]] == [{"action": "pause"}], "it is only read"


def test_a_stopwatch_that_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)
    watch = Stopwatch(5.0)
    now += 10
    with watch.standing():
        now += 60
        assert watch.seconds == 15
    assert watch.seconds == 15
    now += 1
    assert watch.seconds == 16
    with pytest.raises(ValueError), watch.standing():
        now += 60
        raise ValueError
    assert watch.seconds == 16
