"""A report on a run: one file of HTML that opens offline, with everything in it and nothing that runs."""

from collections.abc import Collection, Sequence
from html import escape

from PIL import Image

from zerosum.drawing.canvas import BLACK, GREY, PALE, Canvas, shortened, text_width
from zerosum.drawing.charts import Chart, draw_charts
from zerosum.drawing.page import Table, embedded, figures_section, page, png, table_section
from zerosum.health.charts import COLOURS, READING, numbered
from zerosum.health.finding import Finding
from zerosum.health.summary import WORDS

MARGIN = 18  # of the heading, pixels


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
    sections = [
        _findings(findings, gone),
        figures_section("Samples", sheets),
        _charts(charts, findings, drawn),
        *(table_section(table) for table in tables),
    ]
    return page(f"Diagnosis of {title}", facts, verdict, sections)


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
        f"<figure>{embedded(png(drawn or draw_charts(charts)), alt)}</figure>"
        f"<h3>How to read them</h3><dl>{meanings}</dl></section>"
    )


def _wrapped(text: str, size: float, width: float) -> list[str]:
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return [shortened(line, size, width) for line in lines]
