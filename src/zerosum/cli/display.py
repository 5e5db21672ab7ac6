"""What a person sees while training goes on: a live line in a terminal, plain lines elsewhere, or JSON."""

import json
import os
import shlex
import shutil
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from zerosum.core.events import Event
from zerosum.train.devices import orderly_end
from zerosum.train.folder import RunFolder
from zerosum.train.model import Model
from zerosum.train.plan import Plan
from zerosum.train.session import train

ACTIVE = shutil.which("zerosum") is not None
"""Whether the environment is active, so that a person calls us by name and not by the interpreter's path."""

LINE_SECONDS = 10.0
"""Seconds from one plain line to the next."""

SHOWN = {
    "discriminator/adversarial": "D loss",
    "generator/adversarial": "G loss",
    "discriminator/accuracy_real": "D right on real",
    "discriminator/accuracy_fake": "on fake",
    "discriminator/gradient_norm": "D gradient",
    "generator/gradient_norm": "G gradient",
}
"""The scalars of a game of two that everybody wants to see, and what a person calls them; the others follow under their
own names, as all do of a player that is alone."""


STYLES = {
    "alarm": "bold red",
    "warn": "yellow",
    "note": "dim",
    "treated": "bold cyan",
    "paused": "bold",
    "resumed": "bold",
}
"""How a terminal shows what the doctor says, by level, and what else is worth a line, by the event's name."""


class Display(ABC):
    """Hears of a run's events and shows them; used as a context around the training of a plan.

    `command` is the verb and the arguments that the plan came from.
    """

    def __init__(self, plan: Plan, command: Sequence[str] = ("train",)) -> None:
        self.plan, self.command = plan, command

    def __enter__(self) -> "Display":
        return self

    def __exit__(self, *error: object) -> None:
        return None

    @abstractmethod
    def listen(self, event: Event) -> None:
        """Show one event, if it is worth showing."""

    def farewell(self, model: Model, folder: RunFolder) -> None:
        """Say what was made and what to try next."""
        sheet = folder.sheets()[-1]
        print(f"\nContact sheet: {sheet}\nReal samples:  {folder.path / 'reals.png'}\nModel:         {folder.model}")
        print(f"               from {model.facts['samples_seen']:,} samples, {model.facts['chosen']}")
        print(f"Diagnosis:     {shlex.join([*program(), 'diagnose', str(folder.path)])}")
        one_class = [model.known.flag, model.known.words(0)] if model.known else []
        sample = [*program(), "sample", str(folder.path), "--seeds", "0-63", *one_class, "--out", "samples"]
        python = f"import zerosum; print(zerosum.load({json.dumps(str(folder.path))}).sample(64, seed=0).shape)"
        print(f"Try next:\n  {shlex.join(sample)}\n  {shlex.join([interpreter(), '-c', python])}")
        minutes = self.plan.run.minutes
        if minutes and self.plan.run.samples is None:
            command = [*program(), *longer(self.command, 2 * minutes)]
            print(f"  {shlex.join(command)}   (goes on until {2 * minutes:g} min)")


class Nothing(Display):
    """Shows nothing: the other processes of a run."""

    def listen(self, event: Event) -> None:
        """Ignore the event."""

    def farewell(self, model: Model, folder: RunFolder) -> None:
        """Say nothing."""


class JSONLines(Display):
    """Every event as one JSON object a line."""

    def listen(self, event: Event) -> None:
        """Print the event."""
        print(json.dumps(event), flush=True)

    def farewell(self, model: Model, folder: RunFolder) -> None:
        """Say nothing: the last event has it all."""


class PlainLines(Display):
    """A line every few seconds."""

    def __init__(self, plan: Plan, command: Sequence[str] = ("train",)) -> None:
        super().__init__(plan, command)
        self._next = 0.0

    def listen(self, event: Event) -> None:
        """Print a line, if it is time."""
        if event["event"] == "start":
            print(beginning(event), flush=True)
        elif event["event"] == "progress" and time.monotonic() >= self._next:
            self._next = time.monotonic() + LINE_SECONDS
            values = "  ".join(f"{name} {value}" for name, value in readings(event))
            print(f"{headline(event, self.plan)}  {values}", flush=True)
        elif event["event"] == "snapshot":
            print(f"{event['samples']:>11,} samples  {event['file']}", flush=True)
        elif event["event"] == "finding" or event["event"] in STYLES:
            print(notice(event), flush=True)


class LiveTable(Display):
    """A few lines at the bottom of a terminal that are redrawn in place."""

    def __init__(self, plan: Plan, command: Sequence[str] = ("train",)) -> None:
        super().__init__(plan, command)
        self._console = Console(highlight=False)
        self._live = Live(console=self._console, refresh_per_second=4, transient=False)

    def __enter__(self) -> "LiveTable":
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def listen(self, event: Event) -> None:
        """Redraw the table, or print what stays above it."""
        if event["event"] == "start":
            self._console.print(beginning(event))
        elif event["event"] == "progress":
            self._live.update(self._table(event))
        elif event["event"] == "snapshot":
            self._console.print(f"[dim]{event['samples']:>11,} samples  {event['file']}[/dim]")
        elif event["event"] == "finding" or event["event"] in STYLES:
            self._console.print(Text(notice(event), style=STYLES[event.get("level", event["event"])]))

    def _table(self, event: Event) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_row(Text(headline(event, self.plan), style="bold"))
        values = readings(event)
        for row in (values[i : i + 6] for i in range(0, len(values), 6)):
            table.add_row(Text.assemble(*[part for n, v in row for part in ((f"{n} ", "dim"), (f"{v}   ", "cyan"))]))
        return table


def make_display(plan: Plan, command: Sequence[str], as_json: bool, quiet: bool) -> Display:
    """The display for where the output goes, of a plan that came from a verb and its arguments."""
    if quiet:
        return Nothing(plan, command)
    if as_json:
        return JSONLines(plan, command)
    return LiveTable(plan, command) if sys.stdout.isatty() else PlainLines(plan, command)


def show_training(plan: Plan, command: Sequence[str], as_json: bool) -> None:
    """Train as planned and show it; what is shown at the end proposes the command that goes on for longer."""
    display = make_display(plan, command, as_json, quiet=os.environ.get("RANK", "0") != "0")
    with orderly_end():
        with display:
            model, folder = train(plan, display.listen)
        display.farewell(model, folder)


def longer(command: Sequence[str], minutes: float) -> list[str]:
    """The command that goes on with the run that `command` trained, until `minutes` are over."""
    kept: list[str] = []
    words = iter(command)
    for word in words:
        if word == "--minutes":
            next(words)
        elif word != "--new" and not word.startswith("--minutes="):
            kept.append(word)
    return [*kept, "--minutes", f"{minutes:g}"]


def interpreter() -> str:
    """The interpreter as a person here would write it: its name, or its path, from this folder where it lies below."""
    path = Path(sys.executable)
    return "python" if ACTIVE else str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def program() -> list[str]:
    """How a person here calls the command line."""
    return ["zerosum"] if ACTIVE else [interpreter(), "-m", "zerosum"]


def beginning(event: Event) -> str:
    """The first line of a session."""
    verb = f"Going on at {event['samples']:,} samples" if event["resumed"] else "Training"
    return f"{verb} in {event['folder']} ({event['precision']}). Ctrl-C stops and saves."


def notice(event: Event) -> str:
    """What the doctor found, with the numbers and what to do; what the autopilot did; or that a training waits."""
    if event["event"] == "paused":
        return f"{event['samples']:>11,} samples  Paused, as asked from elsewhere."
    if event["event"] == "resumed":
        return f"{event['samples']:>11,} samples  Going on."
    if event["event"] == "treated":
        back = f"from {event['back_to']:,} samples" if event["back_to"] else "from the start"
        return f"AUTOPILOT  {event['failure']}: {event['remedy']}, {back} ({'; '.join(event['changes'])})"
    advice = f"\n           Try: {event['try_this'][0]}" if event["try_this"] else ""
    return f"{event['level'].upper():<9}  {event['failure']}: {event['what']}\n           {event['evidence']}{advice}"


def headline(event: Event, plan: Plan) -> str:
    """How far it is: samples, speed, time left."""
    left = time_left(event, plan)
    return f"{event['samples']:>11,} samples  {event['samples_per_second']:>8,.0f}/s  {left} left"


def time_left(event: Event, plan: Plan) -> str:
    """Minutes and seconds until the first of the run's limits, as far as one can tell."""
    limits = []
    if plan.run.minutes is not None:
        limits.append(plan.run.minutes * 60 - event["seconds"])
    if plan.run.samples is not None:
        limits.append((plan.run.samples - event["samples"]) / max(event["samples_per_second"], 1e-9))
    seconds = int(max(min(limits), 0))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def readings(event: Event) -> list[tuple[str, str]]:
    """The event's scalars for a person: (name, value)."""
    scalars = {name: value for name, value in event.items() if "/" in name}
    shown = SHOWN if any(name.startswith("discriminator/") for name in scalars) else {}
    names = [*[name for name in shown if name in scalars], *[name for name in scalars if name not in shown]]
    return [(shown.get(name, name.split("/", 1)[1].replace("_", " ")), reading(name, scalars[name])) for name in names]


def reading(name: str, value: float | None) -> str:
    """A scalar for a person; events say None of what is infinite or not a number."""
    if value is None:
        return "not finite"
    return f"{value:.0%}" if "accuracy" in name else f"{value:.3g}"
