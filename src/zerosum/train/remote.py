"""Remote control: a training obeys what is written into its run's folder, between two rounds.

Whoever may write there can pause, resume and stop a run and ask for a snapshot, from another process or another machine
that sees the disk. Nothing of it changes the course of the game.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, get_args

from torch import Tensor

from zerosum.core.errors import DataError, SettingError, nearest_name
from zerosum.core.events import append_event, note_event
from zerosum.train.devices import on_main
from zerosum.train.engine import Engine
from zerosum.train.folder import RunFolder
from zerosum.train.recorder import Recorder, Stopwatch
from zerosum.train.status import last_telling

Action = Literal["pause", "resume", "snapshot", "stop"]

ACTIONS: tuple[Action, ...] = get_args(Action)
"""What a training can be asked: to wait, to go on, to draw a contact sheet and save a checkpoint, to save and end."""

POLL_SECONDS = 0.05
"""From one look for requests to the next while a training waits."""


def request(folder: RunFolder, action: Action) -> None:
    """Ask the process that trains in a folder to do something; it does so after the round that it plays.

    Raises:
        SettingError: There is no such action.
        DataError: No process is training there.
    """
    if action not in ACTIONS:
        raise SettingError(f'A training cannot be asked to "{action}". {nearest_name(str(action), ACTIONS)}.')
    if not folder.held():
        raise DataError(f"No process is training in {folder.path}. `zerosum resume {folder.path}` goes on with it.")
    append_event(folder.control, {"action": action})


def forget_requests(folder: RunFolder) -> None:
    """Begin a session: nothing that an earlier one was asked to do is this one's business.

    A session that was killed while it waited has left a record that says so; this one does not wait.
    """
    folder.control.unlink(missing_ok=True)
    last = last_telling(folder)
    if last is not None and last["event"] == "paused":
        note_event(folder.events, "resumed")


class Requests:
    """The lines of a control file, each read once."""

    def __init__(self, path: Path) -> None:
        self._path, self._read = path, 0

    def new(self) -> list[str]:
        """What was asked since the last look, oldest first; where nothing was, it costs a look at the file's size."""
        try:
            if os.stat(self._path).st_size == self._read:
                return []
        except FileNotFoundError:
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            lines = file.read().splitlines(keepends=True)
        whole = [line for line in lines if line.endswith(b"\n")]
        self._read += sum(len(line) for line in whole)
        return [action for line in whole if (action := _action(line))]


class Remote:
    """Obeys requests after each round; with several processes after each recorded round, where all agree on them.

    While a training waits, its stopwatch stands, and a signal ends it as at any other time.
    """

    def __init__(
        self,
        engine: Engine,
        recorder: Recorder,
        watch: Stopwatch,
        requests: Requests,
        stop: list[int],
        snapshot: Sequence[Callable[[], None]],
    ) -> None:
        """`stop` holds the signals that came, and ends the game once it holds one; `snapshot` is what makes one."""
        self._engine, self._recorder, self._watch = engine, recorder, watch
        self._requests, self._stop, self._snapshot = requests, stop, snapshot
        self._paused = False

    def __call__(self, record: dict[str, Tensor]) -> None:
        """Do what was asked, and wait for as long as that is to wait."""
        if self._engine.share.world > 1 and not self._engine.recorded:
            return  # agreeing costs a message among processes, and every round is too often for it
        self._obey()
        if self._paused:
            self._wait()

    def _obey(self) -> None:
        for action in on_main(self._engine.accelerator, self._requests.new):
            if action == "snapshot":
                for step in self._snapshot:
                    step()
            elif action == "stop":
                self._stop.append(signal.SIGTERM)
            else:
                self._paused = action == "pause"

    def _wait(self) -> None:
        with self._watch.standing():
            self._recorder.event("paused")
            while self._paused and not self._engine.any_process(bool(self._stop)):
                time.sleep(POLL_SECONDS)
                self._obey()
        if not self._paused:
            self._recorder.event("resumed")


def _action(line: bytes) -> Action | None:
    """The action that a line asks for; None where it asks for nothing that we know."""
    try:
        asked = json.loads(line)
    except ValueError:
        return None
    action = asked.get("action") if isinstance(asked, dict) else None
    return action if action in ACTIONS else None
