"""What happened in a run, as series of numbers."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from zerosum.core.events import Event

LOOKS = 3
"""Looks, or records, in a row that a failure must be seen in."""

COURSE = 0.25
"""The part of a run over which samples must have stopped improving before they are called bad."""

WARM_UP = 0.05
"""The first part of a run, of which nothing is expected yet."""


@dataclass
class Series:
    """Numbers of one kind of event, as they came.

    Attributes:
        events: The events, oldest first.
        done: How much of the run was over at each, from 0 to 1; never less than before.
    """

    events: list[Event] = field(default_factory=list)
    done: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.events)

    def of(self, name: str) -> np.ndarray:
        """The values under a name, shape (events,), float64; not a number where there is none, or an infinite one."""
        values = np.array([event.get(name, np.nan) for event in self.events], np.float64)
        return np.where(np.isfinite(values), values, np.nan)

    def first(self, share: float, least: int) -> "Series":
        """The earliest events: those of the first `share` of the run, or more, until there are `least`."""
        count = max(least, bisect_right(self.done, share))
        return Series(self.events[:count], self.done[:count])

    def median(self, name: str) -> float:
        """The median of the values under a name; not a number where there are none."""
        return of_finite(np.median, self.of(name))

    def lowest(self, name: str) -> float:
        """The smallest value under a name; not a number where there are none."""
        return of_finite(np.min, self.of(name))

    def highest(self, name: str) -> float:
        """The largest value under a name; not a number where there are none."""
        return of_finite(np.max, self.of(name))

    @property
    def samples(self) -> np.ndarray:
        """Samples seen at each event, shape (events,)."""
        return np.array([event["samples"] for event in self.events], np.int64)

    def last(self, share: float = 0.0, least: int = 3, after: float = WARM_UP) -> "Series":
        """The latest events: those of the last `share` of the run, or more, until there are `least`.

        None of them is from before `after`. If there are fewer than `least`, nothing is returned: it is too early.
        """
        if not self.done:
            return Series()
        first, begin = bisect_left(self.done, after), bisect_left(self.done, self.done[-1] - share)
        begin = max(first, min(begin, len(self.done) - least))
        if len(self.done) - begin < least:
            return Series()
        return Series(self.events[begin:], self.done[begin:])


class Timeline:
    """The events of a run, sorted into records of rounds and closer looks.

    After a treatment it begins anew: what was found before belongs to a game that is not played any more.

    Attributes:
        start: The event that the session began with.
        records: What each recorded round measured: losses, accuracies, gradients.
        probes: What each closer look found: distances, recall, copies.
        failure: The event that says that a loss was not finite, if one does.
        findings: The doctor's findings so far, as events.
        findings_since_treatment: Those of the game that is played now.
        treatments: What was done about findings, as events.
        checkpoints: What was saved, as events.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.start: Event = {}
        self.findings: list[Event] = []
        self.treatments: list[Event] = []
        self.checkpoints: list[Event] = []
        self._forget()
        for event in events:
            self.add(event)

    def add(self, event: Event) -> None:
        """Take note of the next event.

        Looks between those that have rounds of their own came when a checkpoint was due by the clock on the wall; what
        the doctor says must not depend on that.
        """
        if event.get("between"):
            return
        kind = event["event"]
        if kind == "start":
            self.start = event
            for series in (self.records, self.probes):  # a run that goes on may be planned to be longer than before
                series.done = [self.done(earlier) for earlier in series.events]
        elif kind == "progress":
            self._append(self.records, event)
        elif kind == "probe":
            self._append(self.probes, event)
        elif kind == "failed":
            self.failure = event
        elif kind == "finding":
            self.findings.append(event)
            self.findings_since_treatment.append(event)
        elif kind == "checkpoint":
            self.checkpoints.append(event)
        elif kind == "treated":
            self.treatments.append(event)
            self._forget()

    @property
    def floor(self) -> float:
        """The distance between real samples and real ones: a distance to the data of a few times that is nothing."""
        return max(self.start.get("floor") or 0.0, 1e-12)

    @property
    def looked_at(self) -> int:
        """Samples of each sort in a closer look, which decides what chance is; 0 if the record does not say."""
        return int(self.start.get("looked_at") or 0)

    @property
    def alone(self) -> bool:
        """Whether a single player plays: there are records, and the latest does not speak of a discriminator."""
        latest = self.records.events[-1:]
        return bool(latest) and not any(name.startswith("discriminator/") for name in latest[0])

    @property
    def now(self) -> int:
        """Samples seen at the latest event that says how the game stands."""
        latest = [series.events[-1]["samples"] for series in (self.records, self.probes) if series.events]
        return max(latest, default=0)

    def done(self, event: Event) -> float:
        """How much of what the session has before it was over at an event, from 0 to 1."""
        begin = self._begin
        parts = [0.0]
        for planned, passed in (("planned_samples", "samples"), ("planned_seconds", "seconds")):
            if self.start.get(planned):
                first = begin.get(passed, 0) if begin else 0
                parts.append((event[passed] - first) / max(1e-9, self.start[planned] - first))
        return min(1.0, max(parts))

    def _append(self, series: Series, event: Event) -> None:
        self._begin = self._begin or event
        series.events.append(event)
        series.done.append(self.done(event))

    def _forget(self) -> None:
        self.records, self.probes = Series(), Series()
        self.failure: Event | None = None
        self.findings_since_treatment: list[Event] = []
        self._begin: Event | None = None


def gain(probes: Series, name: str) -> float:
    """How much higher the median of the later half of some looks is than that of the earlier half."""
    values, half = probes.of(name), len(probes) // 2
    return float(np.median(values[half:]) - np.median(values[:half]))


def improving(probes: Series) -> bool:
    """Whether the later half of some looks is better than the earlier: nearer to the data, or covering more of it."""
    quality, half = probes.of("quality"), len(probes) // 2
    return bool(quality[half:].min() <= 0.85 * quality[:half].min() or gain(probes, "coverage") > 0.05)


def of_finite(function: Callable[[np.ndarray], float], values: np.ndarray) -> float:
    """What a function makes of those values that are finite; not a number where none is."""
    values = values[np.isfinite(values)]
    return float(function(values)) if len(values) else float("nan")
