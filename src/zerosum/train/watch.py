"""The doctor at the bedside: after every closer look at a game it says what has become wrong with it."""

from collections.abc import Callable, Iterable

from torch import Tensor

from zerosum.config.base import from_json, to_json
from zerosum.core.events import Event
from zerosum.data.dataset import Dataset
from zerosum.health.data import inspect_data
from zerosum.health.doctor import diagnose
from zerosum.health.finding import LEVELS, Finding
from zerosum.health.timeline import Timeline
from zerosum.train.recorder import Recorder


class Watch:
    """Hears a run's events, and notes a finding when it is new or has become worse.

    Attributes:
        timeline: What was heard.
        alarm: The first finding that the run ends for, once there is one.
    """

    def __init__(self, events: Iterable[Event], recorder: Recorder, ends: Callable[[Finding], bool]) -> None:
        """`ends` says of an alarming finding whether the run ends for it."""
        self._ends = ends
        self.timeline = Timeline(events)
        self.alarm: Finding | None = None
        self._recorder = recorder
        recorder.listeners.append(self.timeline.add)
        self._looks = len(self.timeline.probes)
        self._known = {event["failure"]: event["level"] for event in self.timeline.findings_since_treatment}

    def __call__(self, record: dict[str, Tensor]) -> None:
        """Ask the doctor, if something new was seen."""
        if len(self.timeline.probes) != self._looks:
            self._looks = len(self.timeline.probes)
            self.examine()

    def examine(self) -> None:
        """Ask the doctor now."""
        for finding in diagnose(self.timeline):
            self._note(finding)
            if finding.level == "alarm" and self.alarm is None and self._ends(finding):
                self.alarm = finding

    def examine_data(self, dataset: Dataset) -> None:
        """Look for trouble in the data itself, and tell of it."""
        if self._recorder.main:
            names = dataset.space.classes
            for finding in inspect_data(dataset.space.kind, dataset.rows, dataset.labels, names):
                self._note(finding)

    def remember_data(self) -> None:
        """A run that ends for alarming data ends for it however often it is started."""
        for event in self.timeline.findings:
            if not event["samples"] and event["level"] == "alarm" and self.alarm is None:
                values = {name: value for name, value in event.items() if name not in ("event", "seconds")}
                finding = from_json(Finding, values, "a finding")
                self.alarm = finding if self._ends(finding) else None

    def _note(self, finding: Finding) -> None:
        if self._recorder.main:
            known = self._known.get(finding.failure)
            if known is None or LEVELS.index(finding.level) > LEVELS.index(known):
                self._known[finding.failure] = finding.level
                values = {name: value for name, value in to_json(finding).items() if name != "samples"}
                self._recorder.event("finding", **values)
