"""`zerosum diagnose RUN`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from zerosum.diagnosis import Diagnosis, as_json, diagnose, tables, write
from zerosum.diagnosis.files import LOOK_AT
from zerosum.drawing.page import Table
from zerosum.health.charts import numbered
from zerosum.health.report import moment
from zerosum.health.summary import HEALTHY, WORDS

STYLES = {"note": "bold blue", "warn": "bold yellow", "alarm": "bold red"}


@dataclass(frozen=True, kw_only=True)
class Diagnose:
    """Say what is wrong with a run, finished or not: findings with their evidence, charts, and what to try."""

    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """Folder of a run, or its events.jsonl."""
    out: Path | None = None
    """The folder to write diagnosis.png and report.html to; by default the run's."""
    json: bool = False
    """Print one JSON object instead of text."""


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Diagnose, prog="zerosum diagnose", args=arguments)
    diagnosis = diagnose(command.run)
    files = write(diagnosis, command.out or diagnosis.folder.path)
    if command.json:
        print(json.dumps(as_json(diagnosis, files), allow_nan=False))
    else:
        show(diagnosis, Console(highlight=False))
        print(f"\nCharts: {files['diagnosis']}\nReport: {files['report']}")


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
