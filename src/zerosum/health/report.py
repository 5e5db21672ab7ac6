"""A report on a run: one file of HTML that opens offline, with everything in it and nothing that runs."""

import base64
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from PIL import Image

from zerosum.drawing.canvas import BLACK, GREY, PALE, Canvas, shortened, text_width
from zerosum.drawing.charts import Chart, draw_charts
from zerosum.health.charts import COLOURS, READING, numbered
from zerosum.health.finding import Finding
from zerosum.health.summary import WORDS

STYLE = """
:root { color-scheme: light dark; --ink: #222; --soft: #5d6268; --paper: #fff; --card: #f6f7f8; --line: #d9dce0;
  --alarm: #b3261e; --warn: #8a5a00; --note: #2f5f93; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e7e9; --soft: #a5abb2; --paper: #16181b; --card: #212428; --line: #3a3f45;
    --alarm: #ff8a80; --warn: #f0b95b; --note: #8fbcee; }
}
body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 70rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: .4rem 0; max-width: 46rem; }
.soft, figcaption, dd { color: var(--soft); }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0; padding: 0; list-style: none; }
.verdict { font-size: 1.2rem; margin: 1.25rem 0; padding: .75rem 1rem; border-left: .3rem solid var(--line);
  background: var(--card); max-width: none; }
.card { margin: 1rem 0; padding: .9rem 1.1rem; border: 1px solid var(--line); border-left-width: .35rem;
  border-radius: .4rem; background: var(--card); }
.alarm { border-left-color: var(--alarm); } .warn { border-left-color: var(--warn); }
.note { border-left-color: var(--note); }
.level { font-weight: 700; } .alarm .level { color: var(--alarm); } .warn .level { color: var(--warn); }
.note .level { color: var(--note); }
.card ol { margin: .2rem 0 .2rem 1.2rem; padding: 0; }
.sheets { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
figure { margin: 0; } .sheets figure { flex: 1 1 16rem; max-width: 34rem; }
img { display: block; width: 100%; height: auto; border: 1px solid var(--line); border-radius: .3rem; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .25rem 1.25rem .25rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); }
.wide { overflow-x: auto; } dt { font-weight: 600; margin-top: .5rem; } dd { margin: 0; max-width: 46rem; }
"""

MARGIN = 18  # of the heading, pixels


@dataclass(frozen=True)
class Table:
    """A section of a report.

    Attributes:
        title: What the rows are.
        text: A sentence or two before them.
        columns: Headings.
        rows: Texts, as many as there are columns.
    """

    title: str
    text: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def report(
    title: str,
    facts: Sequence[tuple[str, str]],
    verdict: str,
    findings: Sequence[Finding],
    charts: Sequence[Chart],
    sheets: Sequence[tuple[str, bytes]] = (),
    tables: Sequence[Table] = (),
    gone: Collection[str] = (),
    drawn: Image.Image | None = None,
) -> str:
    """The report as HTML. It needs no other file, runs no scripts, and asks nobody for anything.

    Args:
        title: The run's name.
        facts: What is said of it below its name: (name, value).
        verdict: The first thing to know.
        findings: A card each, numbered as in the charts.
        charts: The run's charts.
        sheets: Contact sheets, side by side: (caption, PNG file).
        tables: Further sections.
        gone: Failures that the latest look does not find any more.
        drawn: The charts as a picture, if they are drawn already.
    """
    name = escape(title)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">",
        f"<title>Diagnosis of {name}</title>",
        f"<style>{STYLE}</style></head>",
        f"<body><main><header><h1>Diagnosis of {name}</h1>",
        _facts(facts),
        f'<p class="verdict">{escape(verdict)}</p></header>',
        _findings(findings, gone),
        _sheets(sheets),
        _charts(charts, findings, drawn),
        *(_table(table) for table in tables if table.rows),
        "</main></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def moment(finding: Finding) -> str:
    """When it was found, in words."""
    return f"at {finding.samples:,} samples" if finding.samples else "before the first round"


def with_heading(drawn: Image.Image, title: str, verdict: str, findings: Sequence[Finding]) -> Image.Image:
    """The charts with the run's name, the verdict and the key to the numbers of the findings above them."""
    width = drawn.width
    lines = _wrapped(verdict, 14, width - 2 * MARGIN)
    height = 42 + 20 * len(lines) + 19 * len(findings) + (26 if findings else 18)
    canvas = Canvas(width, height)
    canvas.text((MARGIN, 32), shortened(title, 20, width - 2 * MARGIN), 20, BLACK)
    place = 36
    for line in lines:
        place += 20
        canvas.text((MARGIN, place), line, 14, BLACK)
    place += 8 if findings else 0
    for number, finding in numbered(findings).items():
        place += 19
        word = f"{number}  {WORDS[finding.level]}"
        canvas.text((MARGIN, place), word, 13, COLOURS[finding.level])
        rest = f"{finding.failure}, {moment(finding)}: {finding.what}"
        canvas.text((MARGIN + 100, place), shortened(rest, 13, width - 2 * MARGIN - 100), 13, GREY)
    canvas.fill((0, height - 1, width, height), PALE)
    sheet = Image.new("RGB", (width, height + drawn.height), "white")
    sheet.paste(canvas.image(), (0, 0))
    sheet.paste(drawn, (0, height))
    return sheet


def png(image: Image.Image) -> bytes:
    """The picture as the bytes of a PNG file."""
    file = io.BytesIO()
    image.save(file, format="png")
    return file.getvalue()


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    items = "".join(f'<li><span class="soft">{escape(name)}</span> {escape(value)}</li>' for name, value in facts)
    return f'<ul class="facts">{items}</ul>' if items else ""


def _findings(findings: Sequence[Finding], gone: Collection[str]) -> str:
    if not findings:
        return ""
    cards = []
    for number, finding in numbered(findings).items():
        remedies = "".join(f"<li>{escape(step)}</li>" for step in finding.try_this)
        still = " It was not found at the latest look any more." if finding.failure in gone else ""
        cards.append(
            f'<article class="card {finding.level}"><h3><span class="level">{number}. {WORDS[finding.level]}</span> '
            f"{escape(finding.failure)}</h3>"
            f"<p>{escape(finding.what)}</p>"
            f"<p><strong>Evidence.</strong> {escape(finding.evidence)}</p>"
            + (f"<p><strong>Try this.</strong></p><ol>{remedies}</ol>" if remedies else "")
            + f'<p class="soft">Found {moment(finding)}.{still}</p></article>'
        )
    return f"<section><h2>Findings</h2>\n{chr(10).join(cards)}</section>"


def _sheets(sheets: Sequence[tuple[str, bytes]]) -> str:
    figures = "\n".join(
        f"<figure>{_image(data, f'Contact sheet: {caption}')}<figcaption>{escape(caption)}</figcaption></figure>"
        for caption, data in sheets
    )
    return f'<section><h2>Samples</h2><div class="sheets">{figures}</div></section>' if figures else ""


def _charts(charts: Sequence[Chart], findings: Sequence[Finding], drawn: Image.Image | None) -> str:
    if not charts:
        return '<section><h2>Charts</h2><p class="soft">Nothing was measured yet.</p></section>'
    alt = "Charts over the samples seen: " + ", ".join(chart.title for chart in charts) + ". Explained below."
    numbers = (
        "Dashed lines with numbers are the moments of the findings above. "
        if any(finding.samples for finding in findings)
        else ""
    )
    meanings = "\n".join(
        f"<dt>{escape(chart.title)}</dt><dd>{escape(READING.get(chart.title, chart.caption))}</dd>" for chart in charts
    )
    return (
        f'<section><h2>Charts</h2><p class="soft">{numbers}Shaded heights mean something, as labels and captions say. '
        "Long series are smoothed by a running median, and what is far from it is drawn as it was. Lines leave the "
        "view where a number is absurd.</p>"
        f"<figure>{_image(png(drawn or draw_charts(charts)), alt)}</figure>"
        f"<h3>How to read them</h3><dl>{meanings}</dl></section>"
    )


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return (
        f'<section><h2>{escape(table.title)}</h2><p class="soft">{escape(table.text)}</p>'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def _image(data: bytes, alt: str) -> str:
    return f'<img src="data:image/png;base64,{base64.b64encode(data).decode()}" alt="{escape(alt)}">'


def _wrapped(text: str, size: float, width: float) -> list[str]:
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [shortened(line, size, width) for line in lines]
