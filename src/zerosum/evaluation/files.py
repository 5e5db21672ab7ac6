"""An evaluation as files: a report that opens offline, its pictures, and JSON for programs."""

import math
from html import escape
from pathlib import Path
from typing import Any

from zerosum.config.base import to_json
from zerosum.core.files import replacing, write_json
from zerosum.drawing.page import Table, embedded, figures_section, page, png, table_section
from zerosum.evaluation.evaluation import Evaluation
from zerosum.evaluation.measure import Measure

ARROWS = {"lower": "lower is better", "higher": "higher is better", "floor": "best at the floor"}

COLUMNS = ("measure", "value", "95 % interval", "real beside real", "how to read it", "seconds")


def write(evaluation: Evaluation, out: Path) -> dict[str, Path]:
    """Write report.html, evaluation.json and the pictures into a folder; returns where they are."""
    files = {"report": out / "report.html", "json": out / "evaluation.json"}
    pictures = [(figure, png(figure.image)) for figure in evaluation.figures]
    for figure, data in pictures:
        files[figure.name] = out / f"{figure.name}.png"
        with replacing(files[figure.name]) as temporary:
            temporary.write_bytes(data)
    with replacing(files["report"]) as temporary:
        temporary.write_text(
            report(evaluation, [(f.name, f.title, f.caption, d) for f, d in pictures]), encoding="utf-8"
        )
    write_json(files["json"], as_json(evaluation))
    return files


def report(evaluation: Evaluation, pictures: list[tuple[str, str, str, bytes]]) -> str:
    """The report as HTML. Pictures are (name, title, caption, PNG file)."""
    sheets = [(f"{title}. {caption}", data) for name, title, caption, data in pictures if name in ("samples", "reals")]
    others = [picture for picture in pictures if picture[0] not in ("samples", "reals")]
    sections = [
        _verdicts(evaluation),
        figures_section("Samples", sheets),
        table_section(numbers(evaluation)),
        *(_figure(title, caption, data) for _, title, caption, data in others),
        *(table_section(table) for table in evaluation.tables),
        table_section(
            Table("Left out", "What does not apply here.", ("metric", "why"), list(evaluation.left_out.items()))
        ),
    ]
    return page(f"Evaluation of {evaluation.name}", noted(evaluation), evaluation.verdict, sections)


def noted(evaluation: Evaluation) -> list[tuple[str, str]]:
    """The facts, and what else the person should know."""
    return [*evaluation.facts, *(("note", note) for note in evaluation.notes)]


def numbers(evaluation: Evaluation) -> Table:
    """Every number with its interval and its floor, as texts."""
    return Table(
        "Numbers",
        "A number means something only beside another with the same whole name. Intervals say how it would scatter "
        "with other samples of the same generator. Real beside real is what the same measure says of real samples: no "
        "generator can be asked for more.",
        COLUMNS,
        [row(measure) for measure in evaluation.measures],
    )


def row(measure: Measure) -> tuple[str, ...]:
    """One number as texts."""
    between = (
        "" if measure.low is None or measure.high is None else f"{short(measure.low, 3)} to {short(measure.high, 3)}"
    )
    return (
        measure.label,
        short(measure.value)
        + (f" +- {short(measure.error, 2)}" if measure.metric in ("kid", "parzen") and measure.error else ""),
        between,
        "" if measure.floor is None else short(measure.floor),
        f"{measure.title}; {ARROWS[measure.better]}",
        f"{measure.seconds:.1f}",
    )


def short(number: float, digits: int = 4) -> str:
    """A number in a few digits, for a person."""
    if not math.isfinite(number):
        return "not finite"
    if abs(number) >= 10 ** (digits - 1):
        return f"{number:,.0f}"
    return f"{number:.{digits}g}" if number == 0 or abs(number) >= 0.001 else f"{number:.1e}"


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation for a program. Numbers that are not finite become null, which JSON has."""
    return {
        "name": evaluation.name,
        "verdict": evaluation.verdict,
        "facts": dict(evaluation.facts),
        "notes": list(evaluation.notes),
        "reals": evaluation.reals,
        "measures": [_finite(to_json(measure) | {"label": measure.label}) for measure in evaluation.measures],
        "verdicts": [to_json(verdict) for verdict in evaluation.verdicts],
        "left_out": evaluation.left_out,
        "seconds": evaluation.spent,
    }


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in values.items()
    }


def _verdicts(evaluation: Evaluation) -> str:
    cards = "\n".join(
        f'<article class="card {verdict.level}"><h3>{escape(verdict.about.capitalize())}</h3>'
        f"<p>{escape(verdict.text)}</p>"
        + (f'<p class="soft">{escape(verdict.blind)}</p>' if verdict.blind else "")
        + "</article>"
        for verdict in evaluation.verdicts
    )
    return f"<section><h2>What it means</h2>\n{cards}</section>" if cards else ""


def _figure(title: str, caption: str, data: bytes) -> str:
    return (
        f'<section><h2>{escape(title)}</h2><p class="soft">{escape(caption)}</p>'
        f"<figure>{embedded(data, title)}</figure></section>"
    )
