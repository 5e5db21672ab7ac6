"""What a list of runs says of one of them, kept up as its record grows."""

from array import array
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from zerosum.core.events import Event
from zerosum.studio.watching.record import event_of
from zerosum.studio.watching.tail import Tail
from zerosum.studio.watching.thinning import thinned
from zerosum.train.status import TELLING

SPARKS = 60
"""Points of a sparkline, at most."""

_PROGRESS = b'{"event": "progress"'
"""How most lines of a record begin; only the last of them is read for a summary."""


class Summary:
    """How far a run has come, how fast and how well.

    Attributes:
        start: The event that its latest session began with; empty before.
        latest: The latest event of any kind; None before there is one.
        telling: Name of the latest event that tells how the run stands, as `train.status` reads it.
        speed: Samples a second, as last recorded.
        reason: Why it failed, if it did.
    """

    def __init__(self, path: Path) -> None:
        self._tail = Tail(path)
        self._forget()

    def update(self) -> None:
        """Read what is new."""
        for lines in self._tail.news(self._forget):
            progress = None
            for line in lines:
                if line.startswith(_PROGRESS):
                    progress = line
                    continue
                if progress is not None and not line.startswith(b'{"event": "probe"'):
                    self._add(progress)  # what comes later may tell something else
                    progress = None
                self._add(line)
            if progress is not None:
                self._add(progress)

    def quality(self) -> dict[str, Any] | None:
        """The distance between samples and the data: its name, smallest and latest value, and what it is by chance."""
        known = [value for value in self._quality if value == value]
        if not known:
            return None
        floor = self.start.get("floor")
        return {"metric": self.start.get("metric"), "best": min(known), "now": known[-1], "floor": floor}

    def sparks(self) -> list[float]:
        """That distance over the run, thinned; smaller is better."""
        known = np.array([value for value in self._quality if value == value])
        values = thinned({"quality": known}, (), SPARKS)["quality"]
        return [float(f"{value:.4g}") for value in values.tolist()]

    def findings(self) -> dict[str, int]:
        """How many failures were found of each level since the latest treatment."""
        counts = Counter(self._levels.values())
        return {level: counts[level] for level in ("alarm", "warn", "note")}

    def _add(self, line: bytes) -> None:
        event = event_of(line)
        if event is None:
            return
        self.latest, name = event, event["event"]
        if name in TELLING:
            self.telling = name
        if name == "start":
            self.start, self.reason = event, None
        elif name == "progress":
            self.speed = event.get("samples_per_second")
        elif name == "probe":
            value = event.get("quality")
            self._quality.append(value if isinstance(value, int | float) else float("nan"))
        elif name == "finding":
            self._levels[str(event.get("failure"))] = str(event.get("level"))
        elif name == "treated":
            self._levels.clear()
        elif name == "failed":
            self.reason = event.get("reason")

    def _forget(self) -> None:
        self.start: Event = {}
        self.latest: Event | None = None
        self.telling: str | None = None
        self.speed: float | None = None
        self.reason: str | None = None
        self._quality = array("d")
        self._levels: dict[str, str] = {}
