"""One file of HTML that opens offline, with everything in it and nothing that runs."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PIL import Image

STYLE = """
:root { color-scheme: light dark; --ink: #222; --soft: #5d6268; --paper: #fff; --card: #f6f7f8; --line: #d9dce0;
  --alarm: #b3261e; --warn: #8a5a00; --note: #2f5f93; --good: #1b7f4b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e7e9; --soft: #a5abb2; --paper: #16181b; --card: #212428; --line: #3a3f45;
    --alarm: #ff8a80; --warn: #f0b95b; --note: #8fbcee; --good: #6fd3a0; }
}
body { margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 76rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); overflow-wrap: break-word; }
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
table { border-collapse: collapse; } th, td { text-align: left; padding: .25rem .9rem .25rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); }
.wide { overflow-x: auto; } dt { font-weight: 600; margin-top: .5rem; } dd { margin: 0; max-width: 46rem; }
.good { border-left-color: var(--good); } .bad { border-left-color: var(--alarm); }
.plain img { width: auto; max-width: 100%; }
"""


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


def page(title: str, facts: Sequence[tuple[str, str]], verdict: str, sections: Sequence[str]) -> str:
    """The page as HTML. It needs no other file, runs no scripts, and asks nobody for anything.

    Args:
        title: What it is about.
        facts: What is said of it below its name: (name, value).
        verdict: The first thing to know.
        sections: HTML, one after the other.
    """
    name = escape(title)
    items = "".join(f'<li><span class="soft">{escape(fact)}</span> {escape(value)}</li>' for fact, value in facts)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">",
        f"<title>{name}</title>",
        f"<style>{STYLE}</style></head>",
        f"<body><main><header><h1>{name}</h1>",
        f'<ul class="facts">{items}</ul>' if items else "",
        f'<p class="verdict">{escape(verdict)}</p></header>',
        *sections,
        "</main></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def table_section(table: Table) -> str:
    """A section with a table; empty where it has no rows."""
    if not table.rows:
        return ""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    return (
        f'<section><h2>{escape(table.title)}</h2><p class="soft">{escape(table.text)}</p>'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def figures_section(title: str, figures: Sequence[tuple[str, bytes]]) -> str:
    """A section with pictures side by side, (caption, PNG file) each; empty where there are none."""
    shown = "\n".join(
        f"<figure>{embedded(data, f'{title}: {caption}')}<figcaption>{escape(caption)}</figcaption></figure>"
        for caption, data in figures
    )
    return f'<section><h2>{escape(title)}</h2><div class="sheets">{shown}</div></section>' if figures else ""


def embedded(data: bytes, alt: str) -> str:
    """A PNG file as an element of a page."""
    return f'<img src="data:image/png;base64,{base64.b64encode(data).decode()}" alt="{escape(alt)}">'


def png(image: Image.Image) -> bytes:
    """The picture as the bytes of a PNG file."""
    file = io.BytesIO()
    image.save(file, format="png")
    return file.getvalue()
