"""`zerosum diagnose RUN`."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import tyro
from PIL import Image
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from zerosum.config.base import from_json, to_json
from zerosum.core.errors import DataError, SettingError
from zerosum.core.events import Event, read_events
from zerosum.core.files import read_json, replacing
from zerosum.drawing.charts import draw_charts
from zerosum.health.charts import numbered, run_charts
from zerosum.health.checks import CHECKS
from zerosum.health.doctor import history
from zerosum.health.finding import LEVELS, Finding, worst_first
from zerosum.health.report import Table, moment, report, with_heading
from zerosum.health.summary import HEALTHY, WORDS, standing, verdict
from zerosum.health.timeline import Timeline
from zerosum.health.weights import Spectrum, spectra
from zerosum.train.folder import RunFolder

STYLES = {"note": "bold blue", "warn": "bold yellow", "alarm": "bold red"}

LOOK_AT = (
    "That is no praise: it only means that nothing measured is out of bounds. Look at the samples beside the real "
    "ones, and at these numbers."
)

MOST_BYTES = 8_000_000
"""Larger contact sheets are left out of the report."""


@dataclass(frozen=True, kw_only=True)
class Diagnose:
    """Say what is wrong with a run, finished or not: findings with their evidence, charts, and what to try."""

    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """Folder of a run, or its events.jsonl."""
    out: Path | None = None
    """The folder to write diagnosis.png and report.html to; by default the run's."""
    json: bool = False
    """Print one JSON object instead of text."""


@dataclass(frozen=True)
class Diagnosis:
    """All that is known of a run.

    Attributes:
        name: The run's name.
        facts: What was trained, and for how long: (name, value).
        timeline: The game since the latest treatment.
        findings: Everything that was found, the worst first.
        present: The failures that are still there at the latest look, even if another explains them.
        marked: What was found since the latest treatment and stands in the charts, by its place in `findings` from 1.
        treatments: What the autopilot did.
        spectra: Largest singular values, from the newest checkpoint.
    """

    name: str
    facts: list[tuple[str, str]]
    timeline: Timeline
    findings: list[Finding]
    present: frozenset[str]
    marked: dict[int, Finding]
    treatments: list[Event]
    spectra: list[Spectrum]

    @property
    def verdict(self) -> str:
        """The first thing to know."""
        return verdict(self.timeline, self.findings, self.present)

    @property
    def gone(self) -> frozenset[str]:
        """Failures that the latest look does not find any more; what was found in the data stays."""
        return frozenset(finding.failure for finding in self.findings if finding.samples) - self.present


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Diagnose, prog="zerosum diagnose", args=arguments)
    folder = find_run(command.run)
    diagnosis = examine(folder)
    files = write(diagnosis, folder, command.out or folder.path)
    if command.json:
        print(json.dumps(as_json(diagnosis, folder, files), allow_nan=False))
    else:
        show(diagnosis, Console(highlight=False))
        print(f"\nCharts: {files['diagnosis']}\nReport: {files['report']}")


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


def examine(folder: RunFolder) -> Diagnosis:
    """Everything that can be said of a run.

    Raises:
        DataError: Its events are damaged, or there are none yet.
    """
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
        name=folder.path.resolve().name,
        facts=facts(config, events),
        timeline=timeline,
        findings=findings,
        present=present,
        marked={number: finding for number, finding in numbered(findings).items() if finding in recent},
        treatments=timeline.treatments,
        spectra=spectra(newest / "state.safetensors") if newest else [],
    )


def fill_in(start: Event, config: Any) -> None:
    """Give a session's beginning what earlier versions did not note there: the batch, and how long the run shall be."""
    minutes = look_up(config, "run", "minutes")
    start.setdefault("batch", look_up(config, "run", "batch"))
    start.setdefault("planned_samples", look_up(config, "run", "samples"))
    start.setdefault("planned_seconds", minutes * 60 if is_number(minutes) else None)


def whole_events(path: Path) -> list[Event]:
    """The events of a run.

    Raises:
        DataError: There are none, or one of them is not what it should be.
    """
    try:
        events = read_events(path)
        empty = not path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is damaged: it is not text ({error.reason}).") from error
    if not events:
        raise DataError(
            f"{path} has no events yet: the run has only just begun. Try again later."
            if empty
            else f"{path} is damaged: no line of it is an event."
        )
    for number, event in enumerate(events, 1):
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            raise DataError(f"{path} is damaged: its event {number} has no name.")
        if not all(is_number(event.get(name)) and event[name] >= 0 for name in ("samples", "seconds")):
            raise DataError(f"{path} is damaged: its event {number} does not say when it was.")
        odd = [name for name, value in event.items() if not (is_number(value) or value is None or name == "event")]
        if event["event"] in ("progress", "probe") and odd:
            raise DataError(f'{path} is damaged: "{odd[0]}" in its event {number} is not a number.')
    return events


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number; infinity and NaN are."""
    return isinstance(value, float) or (isinstance(value, int) and abs(value) < 1 << 62)


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


def facts(config: Any, events: Sequence[Event]) -> list[tuple[str, str]]:
    """What was trained, and for how long."""
    last = events[-1]
    ended = {"finished": "finished", "failed": "failed", "stopped": "stopped"}.get(
        last["event"], "under way, or killed"
    )
    settings = [
        ("data", look_up(config, "data", "name")),
        ("recipe", look_up(config, "recipe")),
        ("batch", look_up(config, "run", "batch")),
        ("seed", look_up(config, "run", "seed")),
        ("precision", look_up(config, "precision")),
    ]
    known = [(name, str(value)) for name, value in settings if value is not None]
    seconds = round(last["seconds"])
    took = (
        f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d} h"
        if seconds >= 3600
        else (f"{seconds // 60}:{seconds % 60:02d} min")
    )
    return [*known, ("samples", f"{last['samples']:,}"), ("time", took), ("state", ended)]


def look_up(values: Any, *keys: str) -> Any:
    """A value in nested JSON objects, or None."""
    for key in keys:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def write(diagnosis: Diagnosis, folder: RunFolder, out: Path) -> dict[str, Path]:
    """Write the charts and the report; returns where they are."""
    charts = run_charts(diagnosis.timeline, diagnosis.marked)
    drawn = draw_charts(charts)
    files = {"diagnosis": out / "diagnosis.png", "report": out / "report.html"}
    with replacing(files["diagnosis"]) as temporary:
        with_heading(drawn, diagnosis.name, diagnosis.verdict, diagnosis.findings).save(temporary, format="png")
    text = report(
        title=diagnosis.name,
        facts=diagnosis.facts,
        verdict=f"{diagnosis.verdict} {LOOK_AT}" if diagnosis.verdict == HEALTHY else diagnosis.verdict,
        findings=diagnosis.findings,
        charts=charts,
        sheets=sheets(diagnosis.timeline, folder),
        tables=tables(diagnosis),
        gone=diagnosis.gone,
        drawn=drawn,
    )
    with replacing(files["report"]) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return files


def since_treatment(events: Sequence[Event]) -> list[Event]:
    """The events of the game that is played now."""
    last = max((number for number, event in enumerate(events) if event["event"] == "treated"), default=-1)
    return list(events[last + 1 :])


def sheets(timeline: Timeline, folder: RunFolder) -> list[tuple[str, bytes]]:
    """Contact sheets to see side by side: the first, the nearest to the best look, the latest, and the real samples."""
    drawn = sorted(path for path in folder.samples.glob("*.png") if path.stem.isdigit())
    looks = [event for event in timeline.probes.events if is_number(event.get("quality"))]
    best = min(looks, key=lambda event: (math.isnan(event["quality"]), event["quality"]), default=None)
    chosen: dict[Path, str] = {}
    if drawn:
        chosen[drawn[-1]] = "Latest"
        chosen.setdefault(drawn[0], "First")
    if drawn and best is not None:
        chosen.setdefault(min(drawn, key=lambda path: abs(int(path.stem) - best["samples"])), "Near the best")
    captions = [(path, f"{chosen[path]}: {int(path.stem):,} samples seen") for path in sorted(chosen)]
    captions.append((folder.path / "reals.png", "Real samples"))
    return [(caption, path.read_bytes()) for path, caption in captions if is_picture(path)]


def is_picture(path: Path) -> bool:
    """Whether a file is a whole PNG of moderate size."""
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        return False
    try:
        with Image.open(path, formats=["PNG"]) as image:
            image.verify()
    except (OSError, SyntaxError):  # which Pillow raises for damaged files
        return False
    return True


def tables(diagnosis: Diagnosis) -> list[Table]:
    """The further sections of the report."""
    return [
        Table(
            "What the autopilot did",
            "It changed settings after an alarm. The charts show the game since the last of these treatments.",
            ("at samples", "for", "what", "changes", "went on from"),
            [treatment_row(event) for event in diagnosis.treatments],
        ),
        Table(
            "How things stand",
            "The latest look, and the medians of the last tenth of the record.",
            ("what", "now", "how to read it"),
            [(reading.name, reading.value, reading.meaning) for reading in standing(diagnosis.timeline)],
        ),
        Table(
            "Weights",
            "The largest singular values of each player's largest layers, from the newest checkpoint. They grow slowly "
            "in healthy games; a leap from one diagnosis to the next comes before a collapse.",
            ("player", "layer", "shape", "largest singular values"),
            [spectrum_row(spectrum) for spectrum in diagnosis.spectra],
        ),
    ]


def treatment_row(event: Event) -> tuple[str, str, str, str, str]:
    """One treatment in words."""
    changes, back_to = event.get("changes"), event.get("back_to")
    return (
        f"{event['samples']:,}",
        str(event.get("failure", "")),
        str(event.get("remedy", "")),
        "; ".join(str(change) for change in changes) if isinstance(changes, list) else "",
        f"{back_to:,} samples" if isinstance(back_to, int) and back_to else "the start",
    )


def spectrum_row(spectrum: Spectrum) -> tuple[str, str, str, str]:
    """One layer in words."""
    values = ", ".join(f"{value:.3g}" for value in spectrum.values) or "not finite"
    return spectrum.player, spectrum.layer, " x ".join(str(side) for side in spectrum.shape), values


def show(diagnosis: Diagnosis, console: Console) -> None:
    """Print the diagnosis for a person, the verdict first."""
    worst = diagnosis.findings[0].level if diagnosis.findings else None
    console.print(Text(diagnosis.verdict, style=STYLES[worst] if worst else "bold"))
    if diagnosis.verdict == HEALTHY:
        console.print(Text(LOOK_AT))
    console.print(Text(f"{diagnosis.name}: " + ", ".join(f"{name} {value}" for name, value in diagnosis.facts), "dim"))
    for number, finding in numbered(diagnosis.findings).items():
        gone = "; not found at the latest look any more" if finding.failure in diagnosis.gone else ""
        heading = (f"{number}. {WORDS[finding.level]}", STYLES[finding.level])
        console.print(Text.assemble("\n", heading, f"  {finding.failure}, {moment(finding)}{gone}"))
        console.print(Padding(Text(finding.what), (0, 0, 0, 3)))
        console.print(Padding(Text(finding.evidence, style="dim"), (0, 0, 0, 3)))
        if finding.try_this:
            console.print(Padding(Text("Try this:"), (0, 0, 0, 3)))
        for step in finding.try_this:
            console.print(_bullet(step))
    for table in tables(diagnosis):
        if table.rows:
            console.print(Text(f"\n{table.title}", style="bold"))
            console.print(_grid(table))


def as_json(diagnosis: Diagnosis, folder: RunFolder, files: dict[str, Path]) -> dict[str, Any]:
    """The diagnosis for a program. Numbers that are not finite become null, which JSON has."""
    return finite(
        {
            "run": str(folder.path),
            "verdict": diagnosis.verdict,
            "facts": dict(diagnosis.facts),
            "findings": [
                to_json(finding) | {"present": finding.failure not in diagnosis.gone} for finding in diagnosis.findings
            ],
            "treatments": diagnosis.treatments,
            "standing": [to_json(reading) for reading in standing(diagnosis.timeline)],
            "singular_values": [to_json(spectrum) for spectrum in diagnosis.spectra],
            "files": {name: str(path) for name, path in files.items()},
        }
    )


def finite(value: Any) -> Any:
    """A JSON value in which infinity and NaN are null."""
    if isinstance(value, dict):
        return {name: finite(part) for name, part in value.items()}
    if isinstance(value, list):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _bullet(text: str) -> Grid:
    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text("     -"), Text(text))
    return grid


def _grid(table: Table) -> Grid:
    grid = Grid(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for number, column in enumerate(table.columns):
        grid.add_column(column, style="dim" if number == len(table.columns) - 1 else "", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(cell) for cell in row))
    return grid
