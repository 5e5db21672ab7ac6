"""What a person does with a run: pause it, go on with it, treat what was found, and take that back."""

import math
import threading
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zerosum.core.errors import SettingError
from zerosum.core.files import read_json
from zerosum.studio.answers import Refusal
from zerosum.studio.watching.jobs import Jobs
from zerosum.studio.watching.runs import Runs
from zerosum.train.asked import asked_of
from zerosum.train.folder import RunFolder
from zerosum.train.remote import request
from zerosum.train.resume import reached
from zerosum.train.treatment import possible_treatments, treat, treatments, undo


@dataclass(frozen=True, kw_only=True)
class Control:
    """What is asked of a training.

    Attributes:
        action: What to do. What is stopped goes on by "resume" too, as a new process.
        minutes: With "resume", how much longer to train a run that is at its end.
        samples: Likewise, in samples.
    """

    action: Literal["pause", "resume", "snapshot", "stop"]
    minutes: float | None = None
    samples: int | None = None


@dataclass(frozen=True, kw_only=True)
class Treat:
    """Which remedy to apply, of those that `findings` has named.

    Attributes:
        failure: What for.
        remedy: The remedy's number.
    """

    failure: str
    remedy: int


class Controls:
    """Does with runs what a person asks for, one thing at a time with each."""

    def __init__(self, runs: Runs, jobs: Jobs) -> None:
        self._runs, self._jobs = runs, jobs
        self._locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)

    def control(self, run: str, asked: Control) -> None:
        """Pass on what a training is asked to do, or start one that goes on with the run.

        Raises:
            Refusal: The run is only just starting.
            DataError: Nobody trains there who could be asked.
            SettingError: The run is at its end, and it is not said for how much longer to train, or it is no length.
        """
        folder = self._runs.find(run)
        for name, length in (("minutes", asked.minutes), ("samples", asked.samples)):
            if length is not None and not 0 < length < math.inf:
                raise SettingError(f"{name} is {length:g}; it says for how much longer to train, so it is more than 0.")
        with self._locks[folder.path]:
            self._refuse_starting(folder)
            if asked.action != "resume" or folder.held():
                request(folder, asked.action)
            else:
                self._go_on(folder, asked.minutes, asked.samples)

    def findings(self, run: str) -> list[dict[str, Any]]:
        """What was found in a run, with what could be done about it; the worst first."""
        folder, told = self._runs.find(run), []
        for finding in self._runs.findings(run):
            remedies = [
                {"number": one.number, "name": one.remedy, "changes": one.changes, "back_to": one.back_to}
                for one in (possible_treatments(folder, finding.failure) if folder.config.exists() else ())
            ]
            told.append({**vars(finding), "remedies": remedies})
        return told

    def treat(self, run: str, asked: Treat) -> dict[str, Any]:
        """Stop a run, apply a remedy, and go on with it.

        Raises:
            Refusal: The finding or the remedy is not there any more.
            DataError: The training does not stop.
        """
        folder = self._runs.find(run)
        with self._locks[folder.path]:
            self._refuse_starting(folder)
            if asked.remedy not in [one.number for one in possible_treatments(folder, asked.failure)]:
                raise Refusal(409, f"There is no such remedy for {asked.failure} in {run} any more; look at it again.")
            self._stop(folder)
            done = treat(folder, asked.failure, asked.remedy)
            self._go_on(folder, again=True)
        return {"remedy": done.remedy, "changes": done.changes, "back_to": done.back_to}

    def undo(self, run: str) -> dict[str, Any]:
        """Stop a run, take its latest treatment back, and go on if it was trained.

        Raises:
            Refusal: There is nothing to take back.
            DataError: The training does not stop.
        """
        folder = self._runs.find(run)
        with self._locks[folder.path]:
            self._refuse_starting(folder)
            if not treatments(folder):
                raise Refusal(409, f"Nothing was done to {run} that could be taken back.")
            trained = self._stop(folder)
            done = undo(folder)
            if trained and not reached(asked_of(folder).run, folder):
                self._go_on(folder)
        return {"remedy": done.remedy, "changes": done.changes}

    def _stop(self, folder: RunFolder) -> bool:
        """End the training of a folder if there is one; returns whether there was."""
        trained = folder.held()
        if trained:
            request(folder, "stop")
        self._jobs.wait(folder)
        return trained

    def _go_on(
        self, folder: RunFolder, minutes: float | None = None, samples: int | None = None, again: bool = False
    ) -> None:
        """Start a training that goes on with a run.

        Args:
            folder: The run's.
            minutes: How much longer to train, where it is at its end.
            samples: Likewise.
            again: Whether to train for the whole length again where it is at its end.
        """
        arguments = ["resume", str(folder.path)]
        run = asked_of(folder).run
        if reached(run, folder):
            if again:
                minutes, samples = run.minutes, run.samples
            if minutes is None and samples is None:
                raise SettingError("The run has trained for as long as it was asked to; say for how much longer.")
            clock = _clock(folder)
            if minutes is not None:
                arguments += ["--minutes", f"{clock['seconds'] / 60 + minutes:g}"]
            if samples is not None:
                arguments += ["--samples", str(clock["samples"] + samples)]
        self._jobs.start(folder, arguments)

    def _refuse_starting(self, folder: RunFolder) -> None:
        if self._jobs.starting(folder):
            raise Refusal(409, f"The training in {folder.path.name} is only just starting; try again in a moment.")


def _clock(folder: RunFolder) -> dict[str, Any]:
    """Samples and seconds at the newest checkpoint."""
    newest = folder.newest_checkpoint()
    return {"samples": 0, "seconds": 0.0} if newest is None else read_json(newest / "clock.json")
