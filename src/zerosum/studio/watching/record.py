"""What a run wrote down, parsed once and kept as columns of numbers."""

import json
import math
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zerosum.core.events import Event
from zerosum.studio.watching.tail import Place, Tail
from zerosum.studio.watching.thinning import thinned

AXES = ("samples", "seconds")
"""What other columns are drawn over."""

MOST_HISTOGRAMS = 200
"""Histograms that a page gets at once, spread evenly over the run."""

_DECODER = json.JSONDecoder(parse_constant=lambda word: None)  # infinity and NaN, which pages cannot read


class Columns:
    """Numbers of one kind of event, eight bytes each.

    Events with the same names in the same order are kept one behind the other, which takes a tenth of the time that
    reading them took.
    """

    def __init__(self) -> None:
        self._layouts: dict[tuple[str, ...], tuple[array[float], array[int]]] = {}
        self.count = 0

    def add(self, event: Event) -> None:
        """Take the numbers of the next event."""
        event["event"] = math.nan
        layout = self._layouts.get(tuple(event))
        if layout is None:
            layout = self._layouts[tuple(event)] = array("d"), array("q")
        values, rows = layout
        try:
            values.fromlist(list(event.values()))
        except (TypeError, OverflowError):  # something is no number, or none that fits; nothing was taken
            values.fromlist([value if _is_number(value) else math.nan for value in event.values()])
        rows.append(self.count)
        self.count += 1

    def columns(self) -> dict[str, np.ndarray]:
        """The numbers by name, each (count,), float64; NaN where an event has none. Names without any are left out."""
        found: dict[str, np.ndarray] = {name: np.full(self.count, np.nan) for name in AXES}
        for names, (values, rows) in self._layouts.items():
            matrix = np.frombuffer(values).reshape(-1, len(names)).copy()  # a view would keep the array from growing
            for name, column in zip(names, matrix.T, strict=True):
                column[~np.isfinite(column)] = np.nan  # what JSON can say and pages cannot read, such as 1e999
                if not np.isnan(column).all():
                    found.setdefault(name, np.full(self.count, np.nan))[np.array(rows)] = column
        return found

    def thin(self) -> dict[str, list[float | None]]:
        """The columns as a page gets them: few points, and None where there is no number."""
        return {name: _plain(values) for name, values in thinned(self.columns(), AXES).items()}


class Record:
    """The events of a run; `update` reads what is new.

    Attributes:
        progress: Numbers of recorded rounds of the game that is played now, since the latest treatment.
        probe: Numbers of closer looks at it.
        histograms: Of closer looks at it that have some: samples, where the bins lie, and counts by name.
        notes: All other events, as they were written, from the beginning.
    """

    def __init__(self, path: Path) -> None:
        self._tail = Tail(path)
        self._forget()

    @property
    def place(self) -> Place:
        """Up to where the record was read; a stream goes on there."""
        return self._tail.place

    def update(self) -> None:
        """Read what is new."""
        for lines in self._tail.news(self._forget):
            for line in lines:
                event = event_of(line)
                if event is not None:
                    self._add(event)

    def _add(self, event: Event) -> None:
        if event["event"] == "progress":
            self.progress.add(event)
        elif event["event"] == "probe":
            if any(isinstance(value, list) for value in event.values()):
                logits = {name: value for name, value in event.items() if name.startswith("logit")}
                self.histograms.append({"samples": event["samples"], **logits})
            self.probe.add(event)
        else:
            if event["event"] == "treated":  # another game begins, and its samples are counted anew
                self.progress, self.probe, self.histograms = Columns(), Columns(), []
            self.notes.append(event)

    def _forget(self) -> None:
        self.progress, self.probe = Columns(), Columns()
        self.histograms: list[dict[str, Any]] = []
        self.notes: list[Event] = []


def event_of(line: bytes) -> Event | None:
    """The event of a line; None where a kill cut it short or anyone has damaged it."""
    try:
        text = line.decode()
        event, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if end != len(text) or type(event) is not dict or type(event.get("event")) is not str:
        return None
    return event if _is_amount(event.get("samples")) and _is_amount(event.get("seconds")) else None


def spread_evenly(items: Sequence[Any], most: int) -> list[Any]:
    """At most so many of the items, the first and the last one among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(number * (len(items) - 1) / (most - 1))] for number in range(most)]


def _is_number(value: Any) -> bool:
    return type(value) is float or (type(value) is int and abs(value) < 1 << 62)


def _is_amount(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _plain(values: np.ndarray) -> list[float | None]:
    """Numbers with six digits, which is more than a chart shows; whole ones as they are."""
    return [
        None if math.isnan(value) else int(value) if value.is_integer() and abs(value) < 1e15 else float(f"{value:.6g}")
        for value in values.tolist()
    ]
