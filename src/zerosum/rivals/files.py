"""A comparison as files: a report that opens offline, a table for a document, pictures, and JSON."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from zerosum.core.files import replacing, write_json
from zerosum.drawing.canvas import BLACK, CYCLE, GREY, PALE, Canvas
from zerosum.drawing.charts import Band, Chart, Line, draw_charts
from zerosum.drawing.page import Table, embedded, figures_section, page, png, table_section
from zerosum.evaluation import as_json as evaluation_json
from zerosum.evaluation.files import short
from zerosum.rivals.compare import Rival, Standing

HEADINGS = {
    "quality": "quality",
    "utility": "use",
    "detection": "told apart by trees",
    "copies": "copies",
    "membership": "membership attack",
    "fd": "Frechet distance",
    "kid": "KID",
    "energy": "energy distance",
    "precision": "precision",
    "recall": "recall",
    "coverage": "coverage",
    "modes": "modes",
    "good": "on a mode",
    "sharpness": "sharpness",
    "two-sample": "told apart by a fresh classifier",
    "c_t": "copying, C_T",
}
"""The measures that the table shows where they apply, and what it calls them."""

SIDE = 360  # of the plane of precision and recall, pixels


def write(standing: Standing, out: Path) -> dict[str, Path]:
    """Write report.html, table.md, comparison.json and the pictures into a folder; returns where they are."""
    pictures = {"curves": curves(standing), "plane": plane(standing)}
    pictures |= {f"samples-{rival.name.replace('/', '-')}": sheet(rival, "samples") for rival in standing.rivals}
    pictures["reals"] = sheet(standing.rivals[0], "reals")
    drawn = {name: png(image) for name, image in pictures.items() if image is not None}
    files = {name: out / f"{name}.png" for name in drawn}
    for name, data in drawn.items():
        with replacing(files[name]) as temporary:
            temporary.write_bytes(data)
    texts = {"report.html": report(standing, drawn), "table.md": as_markdown(standing)}
    for name, text in texts.items():
        files[Path(name).stem] = out / name
        with replacing(out / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    files["json"] = out / "comparison.json"
    write_json(files["json"], as_json(standing))
    return files


def table(standing: Standing, best: str = " *") -> Table:
    """One row for each rival, and one for what real samples reach; `best` marks the best of each column."""
    shown = [metric for metric in HEADINGS if any(rival.measure(metric) for rival in standing.rivals)]
    rows = [
        (rival.name, *(_cell(standing, rival, metric, best) for metric in shown), *_price(rival))
        for rival in standing.rivals
    ]
    floors = [next((m.floor for r in standing.rivals if (m := r.measure(metric))), None) for metric in shown]
    rows.append(("real samples", *("" if floor is None else short(floor) for floor in floors), "", "", "", ""))
    labels = ", ".join(
        m.label for metric in ("quality", "fd", "kid", "energy") if (m := standing.rivals[0].measure(metric))
    )
    return Table(
        "Standing",
        f"Measured as {labels}. In brackets 95 % intervals;{best} marks the best; the last row is what the same "
        "measure says of real samples beside other real ones. Sharpness is best where real samples have it: noise is "
        "sharper.",
        (
            "system",
            *(HEADINGS[metric] for metric in shown),
            "s per 1,000 samples",
            "parameters",
            "trained on",
            "minutes",
        ),
        rows,
    )


def _cell(standing: Standing, rival: Rival, metric: str, best: str) -> str:
    """A value, a mark on the best, and its interval where there is one."""
    measure = rival.measure(metric)
    if measure is None:
        return ""
    mark = best if metric != "c_t" and standing.best(metric) is rival else ""
    between = ""
    if metric in ("fd", "kid", "energy") and measure.low is not None and measure.high is not None:
        between = f" ({short(measure.low, 3)} to {short(measure.high, 3)})"
    return f"{short(measure.value)}{mark}{between}"


def _price(rival: Rival) -> tuple[str, str, str, str]:
    """What a sample costs, how large the model is, and what its training took."""
    facts = dict(rival.evaluation.facts)
    seen = "" if rival.samples_seen is None else f"{rival.samples_seen:,}"
    minutes = "" if rival.seconds is None else f"{rival.seconds / 60:.1f}"
    return facts.get("seconds per 1,000 samples", ""), facts.get("parameters", ""), seen, minutes


def as_markdown(standing: Standing) -> str:
    """The table for a document."""
    made = table(standing, best=" **best**")

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    lines = [
        summary(standing),
        "",
        made.text,
        "",
        line(made.columns),
        f"|{'---|' * len(made.columns)}",
        *(line(row) for row in made.rows),
    ]
    return "\n".join(lines) + "\n"


def report(standing: Standing, drawn: dict[str, bytes]) -> str:
    """The report as HTML; `drawn` are its pictures as PNG files, by name."""
    sheets = [(rival.name, drawn[f"samples-{rival.name.replace('/', '-')}"]) for rival in standing.rivals]
    sections = [
        table_section(table(standing)),
        figures_section("Samples", sheets + [("Real samples", drawn[name]) for name in ("reals",) if name in drawn]),
        _shown(
            "Fidelity and diversity",
            "Precision falls where samples are blurred or broken, recall where part of the "
            "data is missing. The cross is where real samples are beside other real ones.",
            drawn.get("plane"),
        ),
        _shown(
            "Training at equal time",
            "The distance that the probe sees, in quick features on few samples; the band "
            "is what real samples have among themselves.",
            drawn.get("curves"),
        ),
        _verdicts(standing),
    ]
    return page(f"Comparison on {standing.data}", [("real samples", standing.data)], summary(standing), sections)


def summary(standing: Standing) -> str:
    """The first thing to know."""
    parts = []
    likeness = (("quality", "most like the data"), ("fd", "nearest to the data"))
    for metric, word in (*likeness, ("precision", "most faithful"), ("recall", "most varied")):
        if (best := standing.best(metric)) is not None and (measure := best.measure(metric)) is not None:
            parts.append(f"{word}: {best.name} ({metric} {short(measure.value)})")
    fastest = min(standing.rivals, key=lambda rival: rival.evaluation.spent["generating"])
    parts.append(f"quickest to sample: {fastest.name}")
    text = "; ".join(parts) + "."
    return text[0].upper() + text[1:] + _failures(standing)


def _failures(standing: Standing) -> str:
    """A sentence for each rival whose training broke off."""
    return "".join(
        f" The training of {rival.name} broke off ({rival.failure.rstrip('.')}); what is measured is the model that it "
        "had shipped by then."
        for rival in standing.rivals
        if rival.failure
    )


def curves(standing: Standing) -> Image.Image | None:
    """Quality over the seconds of training, one line for each run; None where none was watched."""
    lines, band, metric = [], 0.0, ""
    for rival in standing.rivals:
        looks = [event for event in rival.events if event["event"] == "probe" and event.get("quality") is not None]
        start = next((event for event in rival.events if event["event"] == "start"), {})
        if looks:
            band, metric = float(start.get("floor") or 0.0), str(start.get("metric", ""))
            # Within the band it is chance how low a value is; and without a bias some are below 0.
            least = band / 3 or 1e-9
            lines.append(Line(rival.name, [e["seconds"] for e in looks], [max(e["quality"], least) for e in looks]))
    if not lines:
        return None
    bands = [Band(0.0, band, "between real samples")] if band > 0 else []
    chart = Chart("Distance to the data", lines, bands=bands, logarithmic=True, caption=f"{metric}; lower is better")
    return draw_charts([chart], columns=1, across="seconds of training")


def plane(standing: Standing) -> Image.Image | None:
    """Precision against recall, a dot for each rival and a cross for real samples; None where neither was measured."""
    found = [
        (rival.name, precision, recall)
        for rival in standing.rivals
        if (precision := rival.measure("precision")) and (recall := rival.measure("recall"))
    ]
    if not found:
        return None
    left, top = 60, 20
    canvas = Canvas(SIDE + left + 200, SIDE + top + 50)
    canvas.frame((left, top, left + SIDE, top + SIDE))
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = left + tick * SIDE, top + (1 - tick) * SIDE
        canvas.line((x, x), (top, top + SIDE), PALE, 1)
        canvas.line((left, left + SIDE), (y, y), PALE, 1)
        canvas.text((x, top + SIDE + 18), f"{tick:g}", 12, GREY, "ms")
        canvas.text((left - 8, y), f"{tick:g}", 12, GREY, "rm")
    canvas.text((left + SIDE / 2, top + SIDE + 40), "recall: how much of the data is met", 13, GREY, "ms")
    canvas.text((left + 6, top + 16), "precision: how true samples are", 13, GREY)
    for number, (name, precision, recall) in enumerate(found):
        colour = CYCLE[number % len(CYCLE)]
        place = np.array([[left + recall.value * SIDE, top + (1 - precision.value) * SIDE]])
        canvas.dots(place, [colour], 6, 1)
        height = top + 20 + 24 * number
        canvas.dots(np.array([[left + SIDE + 24, height]]), [colour], 6, 1)
        canvas.text((left + SIDE + 38, height), name, 13, BLACK, "lm")
    _, precision, recall = found[0]
    if precision.floor is not None and recall.floor is not None:
        x, y = left + recall.floor * SIDE, top + (1 - precision.floor) * SIDE
        canvas.line((x - 7, x + 7), (y, y), BLACK, 2)
        canvas.line((x, x), (y - 7, y + 7), BLACK, 2)
    return canvas.image()


def sheet(rival: Rival, name: str) -> Image.Image | None:
    """The contact sheet of a rival's evaluation; of real rows of a table there is none, they are in each rival's."""
    return next((figure.image for figure in rival.evaluation.figures if figure.name == name), None)


def as_json(standing: Standing) -> dict[str, Any]:
    """The comparison for a program."""
    return {
        "data": standing.data,
        "summary": summary(standing),
        "rivals": [
            evaluation_json(rival.evaluation)
            | {
                "name": rival.name,
                "path": str(rival.path),
                "samples_seen": rival.samples_seen,
                "trained": rival.seconds,
                "failure": rival.failure,
            }
            for rival in standing.rivals
        ],
    }


def _shown(title: str, text: str, data: bytes | None) -> str:
    if data is None:
        return ""
    return (
        f'<section><h2>{escape(title)}</h2><p class="soft">{escape(text)}</p>'
        f'<figure class="plain">{embedded(data, title)}</figure></section>'
    )


def _verdicts(standing: Standing) -> str:
    cards = "\n".join(
        f'<article class="card"><h3>{escape(rival.name)}</h3>'
        + "".join(f"<p>{escape(verdict.text)}</p>" for verdict in rival.evaluation.verdicts)
        + "</article>"
        for rival in standing.rivals
    )
    return f"<section><h2>What it means</h2>\n{cards}</section>"


def show(standing: Standing) -> Sequence[Sequence[str]]:
    """The table's rows with the systems as columns, which fits into a terminal."""
    made = table(standing)
    return [(heading, *(row[number] for row in made.rows)) for number, heading in enumerate(made.columns)]
