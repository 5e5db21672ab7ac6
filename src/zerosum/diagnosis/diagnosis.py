"""A run examined: what is wrong with it, since when, and what to try."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zerosum.config.base import from_json
from zerosum.core.errors import DataError, SettingError
from zerosum.core.events import Event
from zerosum.core.files import read_json
from zerosum.diagnosis.record import facts, fill_in, since_treatment, whole_events
from zerosum.health.charts import numbered
from zerosum.health.checks import CHECKS
from zerosum.health.doctor import history
from zerosum.health.finding import LEVELS, Finding, worst_first
from zerosum.health.summary import verdict
from zerosum.health.timeline import Timeline
from zerosum.health.weights import Spectrum, spectra
from zerosum.train.folder import RunFolder
from zerosum.train.status import status


@dataclass(frozen=True)
class Diagnosis:
    """All that is known of a run.

    Attributes:
        folder: Where it is.
        facts: What was trained, and for how long: (name, value).
        timeline: The game since the latest treatment.
        findings: Everything that was found, the worst first.
        present: The failures that are still there at the latest look, even if another explains them.
        marked: What was found since the latest treatment and stands in the charts, by its place in `findings` from 1.
        treatments: What was done about findings, by the autopilot or by hand.
        spectra: Largest singular values, from the newest checkpoint.
    """

    folder: RunFolder
    facts: list[tuple[str, str]]
    timeline: Timeline
    findings: list[Finding]
    present: frozenset[str]
    marked: dict[int, Finding]
    treatments: list[Event]
    spectra: list[Spectrum]

    @property
    def name(self) -> str:
        """The run's name."""
        return self.folder.path.resolve().name

    @property
    def verdict(self) -> str:
        """The first thing to know."""
        present = {finding.failure for finding in self.findings} - self.gone
        return verdict(self.timeline, self.findings, present)

    @property
    def gone(self) -> frozenset[str]:
        """Failures that the latest look does not find any more; what was found in the data stays."""
        return frozenset(finding.failure for finding in self.findings if finding.samples) - self.present


def find_run(path: Path) -> RunFolder:
    """The run in a folder, or the one that a file of events belongs to.

    Raises:
        DataError: There is none.
    """
    if not path.exists():
        raise DataError(f"There is no folder {path}. Give the folder of a run, such as runs/00000-digits-light.")
    folder = RunFolder(path.parent if path.is_file() else path)
    if path.is_file() and path != folder.events:
        raise DataError(f"{path} is not a run. Give the folder of a run, or its {folder.events.name}.")
    if not folder.events.exists():
        if folder.config.exists():
            raise DataError(f"The run in {folder.path} has no events yet: it has only just begun. Try again later.")
        raise DataError(f"{folder.path} is not a run: it has no {folder.events.name}. Give the folder of a run.")
    return folder


def diagnose(run: Path | str) -> Diagnosis:
    """Everything that can be said of a run, finished or not, from its folder or its events.jsonl.

    Raises:
        DataError: There is no run, its events are damaged, or there are none yet.
    """
    folder = find_run(Path(run))
    events = whole_events(folder.events)
    config = read_json(folder.config) if folder.config.exists() else {}
    for event in events:
        if event["event"] == "start":
            fill_in(event, config)
    timeline = Timeline(events)
    present = frozenset(finding.failure for check in CHECKS if (finding := check(timeline)))
    found = all_findings(events, folder.events)
    findings = worst_first(sorted(found, key=lambda finding: finding.samples > 0 and finding.failure not in present))
    recent = history(since_treatment(events)) if timeline.treatments else findings
    newest = folder.newest_checkpoint()
    return Diagnosis(
        folder=folder,
        facts=facts(config, events, status(folder)),
        timeline=timeline,
        findings=findings,
        present=present,
        marked={number: finding for number, finding in numbered(findings).items() if finding in recent},
        treatments=timeline.treatments,
        spectra=spectra(newest / "state.safetensors") if newest else [],
    )


def all_findings(events: Sequence[Event], path: Path) -> list[Finding]:
    """What the doctor says of the run, and what was said of its data before, each failure once; the worst first.

    Raises:
        DataError: A finding in the record is damaged.
    """
    found = {finding.failure: finding for finding in history(events)}
    for event in events:
        if event["event"] == "finding" and event["samples"] == 0:
            try:
                values = {name: value for name, value in event.items() if name not in ("event", "seconds")}
                finding = from_json(Finding, values)
            except SettingError as error:
                raise DataError(f"{path} is damaged: {error}") from error
            known = found.get(finding.failure)
            if known is None or LEVELS.index(finding.level) > LEVELS.index(known.level):
                found[finding.failure] = finding
    return worst_first(found.values())
