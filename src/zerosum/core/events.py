"""The event record: one JSON object a line, appended as it happens and cut back to a checkpoint on resume."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from zerosum.core.files import replacing

Event = dict[str, Any]
"""One thing that happened: its name under "event", when under "samples" and "seconds", and its own values."""

BLOCK = 1 << 16
"""Bytes that are read at a time where a file is read from its end."""


def append_event(path: Path, event: Event) -> None:
    """Add one event to a file; a line that a kill cuts short is dropped by the next reader."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(event) + "\n")


def note_event(path: Path, name: str, **values: Any) -> Event:
    """Add an event of a run that is not being played, so that it is of the time of the last one; returns it."""
    last = next(latest_events(path), {})
    event = {"event": name, "samples": last.get("samples", 0), "seconds": last.get("seconds", 0.0), **values}
    append_event(path, event)
    return event


def write_events(path: Path, events: Iterable[Event]) -> None:
    """Write a whole file of events, atomically."""
    with replacing(path) as temporary:
        temporary.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")


def read_events(path: Path) -> list[Event]:
    """All whole events of a file; a line that a kill cut short is left out."""
    if not path.exists():
        return []
    events = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        try:
            events.append(json.loads(line))
        except ValueError:
            continue
    return events


def latest_events(path: Path) -> Iterator[Event]:
    """The whole events of a file, the newest first; no more of it is read than is asked for."""
    if not path.exists():
        return
    with path.open("rb") as file:
        left, rest = file.seek(0, os.SEEK_END), b""
        while left:
            begin = max(0, left - BLOCK)
            file.seek(begin)
            first, *lines = (file.read(left - begin) + rest).split(b"\n")
            left, rest = begin, first
            for line in reversed(lines if left else [first, *lines]):
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                yield event


def forget_after(path: Path, checkpoint: int | None) -> None:
    """Drop the events after the checkpoint of so many samples: the resumed run will write them again.

    What happened up to a treatment stays; without a checkpoint the game after it begins anew. That a treatment was
    undone stays as well: it is the only trace of it.
    """
    events = read_events(path)
    treated = [number for number, event in enumerate(events, 1) if event["event"] == "treated"]
    begin = treated[-1] if treated else 0  # from there on samples only grow
    reached = -1 if checkpoint is None else checkpoint
    known = [event for event in events[begin:] if event["samples"] <= reached or event["event"] == "undone"]
    write_events(path, events[:begin] + known)
