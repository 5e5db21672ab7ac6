"""Trainings as processes of their own: started here, and left alone.

A training has its own session, so that neither a signal to the studio nor its end touches it; what it is asked to do it
reads in its run's folder (`train.remote`). The studio only remembers whom it started, to say why a start has failed.
"""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from zerosum.core.errors import DataError
from zerosum.core.files import write_json
from zerosum.train.folder import RunFolder

LOG = ".studio.log"
"""What a training that was started here prints, in its run's folder; hidden, so that the folder still counts as new."""

JOB = ".studio.json"
"""How it was started."""

MOST_LOG = 1 << 16
"""Bytes of the log's end in which the reason for a failure is looked for."""

ORDERLY = (0, *(code for number in (1, 2, 15) for code in (-number, 128 + number)))
"""Exit codes of trainings that came to their end or were asked to stop, by a signal that was caught or was not yet."""

ENDING = 10.0
"""Seconds that a training has to end after it has let go of its folder."""

STOPPING = 120.0
"""Seconds that a training has to play its round to the end, to save and to stop."""


class Jobs:
    """The trainings that this studio has started.

    Args:
        work: The folder that they are started in, which paths in commands are relative to.
    """

    def __init__(self, work: Path) -> None:
        self._work = work
        self._started: dict[Path, tuple[subprocess.Popen[bytes], int]] = {}
        self._lock = threading.Lock()

    def start(self, folder: RunFolder, arguments: Sequence[str]) -> None:
        """Start `zerosum ARGUMENTS` as the training of a folder.

        Raises:
            DataError: A process trains there.
        """
        with self._lock:
            self._let_end(folder)
            if self._alive(folder) or folder.held():
                raise DataError(f"A process is training in {folder.path} already.")
            with (folder.path / LOG).open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "zerosum", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    cwd=self._work,
                )
            self._started[folder.path] = process, _written(folder)
            write_json(folder.path / JOB, {"arguments": list(arguments), "process": process.pid})

    def starting(self, folder: RunFolder) -> bool:
        """Whether a training was started that has not yet written anything."""
        _, before = self._started.get(folder.path, (None, 0))
        return self._alive(folder) and _written(folder) == before

    def trouble(self, folder: RunFolder) -> str | None:
        """Why the latest training that was started here has failed; None where it has not."""
        if folder.path not in self._started:
            began = folder.config.exists() or not (folder.path / JOB).exists()
            return None if began or _running(folder.path / JOB) else _reason(folder)
        code = self._started[folder.path][0].poll()
        if code is None or code in ORDERLY:
            return None
        if code == -signal.SIGKILL:
            return "The system has ended the training, most often because the memory was full: give it a smaller batch."
        return _reason(folder)

    def wait(self, folder: RunFolder) -> None:
        """Wait until nobody trains in a folder any more.

        Raises:
            DataError: Somebody still does after two minutes.
        """
        end = time.monotonic() + STOPPING
        while folder.held() or self._alive(folder):
            if time.monotonic() > end:
                raise DataError(f"The training in {folder.path} does not stop; its rounds take long. Try again later.")
            time.sleep(0.05)

    def let_go(self) -> None:
        """Forget the trainings; they go on."""
        for process, _ in self._started.values():
            if process.poll() is None:
                process.returncode = 0  # or Python would complain that nobody waits for it
        self._started.clear()

    def _alive(self, folder: RunFolder) -> bool:
        process, _ = self._started.get(folder.path, (None, 0))
        return process is not None and process.poll() is None

    def _let_end(self, folder: RunFolder) -> None:
        """A training that is over takes a moment to end."""
        if self._alive(folder) and not self.starting(folder) and not folder.held():
            try:
                self._started[folder.path][0].wait(ENDING)
            except subprocess.TimeoutExpired:
                pass  # it is refused as one that trains


def _written(folder: RunFolder) -> int:
    """When the record was last written to; 0 where there is none."""
    try:
        return folder.events.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _reason(folder: RunFolder) -> str:
    """The last sentence that a training printed."""
    try:
        with (folder.path / LOG).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - MOST_LOG))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        text = ""
    said = re.findall(r"^zerosum: (.+)$", text, re.MULTILINE)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return said[-1] if said else lines[-1] if lines else "The training ended before it began, and said nothing."


def _running(job: Path) -> bool:
    """Whether the process that a file names is there."""
    try:
        os.kill(int(json.loads(job.read_text())["process"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return True
