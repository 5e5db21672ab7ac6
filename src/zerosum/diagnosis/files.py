"""A diagnosis as files: charts, a report that opens offline, and JSON for programs."""

import math
from pathlib import Path
from typing import Any

from PIL import Image

from zerosum.config.base import to_json
from zerosum.core.events import Event
from zerosum.core.files import replacing
from zerosum.diagnosis.diagnosis import Diagnosis
from zerosum.diagnosis.record import is_number
from zerosum.drawing.charts import draw_charts
from zerosum.drawing.page import Table
from zerosum.health.charts import run_charts
from zerosum.health.report import report, with_heading
from zerosum.health.summary import HEALTHY, standing
from zerosum.health.timeline import Timeline
from zerosum.health.weights import Spectrum
from zerosum.train.folder import RunFolder

LOOK_AT = (
    "That is no praise: it only means that nothing measured is out of bounds. Look at the samples beside the real "
    "ones, and at these numbers."
)

MOST_BYTES = 8_000_000
"""Larger contact sheets are left out of the report."""


def write(diagnosis: Diagnosis, out: Path) -> dict[str, Path]:
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
        sheets=sheets(diagnosis.timeline, diagnosis.folder),
        tables=tables(diagnosis),
        gone=diagnosis.gone,
        drawn=drawn,
    )
    with replacing(files["report"]) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return files


def sheets(timeline: Timeline, folder: RunFolder) -> list[tuple[str, bytes]]:
    """Contact sheets to see side by side: the first, the nearest to the best look, the latest, and the real samples."""
    drawn = folder.sheets()
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
            "What was done about it",
            "The autopilot or a person changed settings. The charts show the game since the last of these treatments.",
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


def as_json(diagnosis: Diagnosis, files: dict[str, Path]) -> dict[str, Any]:
    """The diagnosis for a program. Numbers that are not finite become null, which JSON has."""
    return finite(
        {
            "run": str(diagnosis.folder.path),
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
