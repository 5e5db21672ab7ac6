"""The event record: one JSON object a line, appended as it happens and cut back to a checkpoint on resume."""

import json
from pathlib import Path
from typing import Any

from zerosum.core.files import replacing

Event = dict[str, Any]
"""One thing that happened: its name under "event", when under "samples" and "seconds", and its own values."""


def append_event(path: Path, event: Event) -> None:
    """Add one event to a file; a line that a kill cuts short is dropped by the next reader."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(event) + "\n")


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


def forget_after(path: Path, checkpoint: int | None) -> None:
    """Drop the events after the checkpoint of so many samples: the resumed run will write them again.

    What happened up to a treatment stays; without a checkpoint the game after it begins anew.
    """
    events = read_events(path)
    treated = [number for number, event in enumerate(events, 1) if event["event"] == "treated"]
    begin = treated[-1] if treated else 0  # from there on samples only grow
    known = [] if checkpoint is None else [event for event in events[begin:] if event["samples"] <= checkpoint]
    kept = events[:begin] + known
    with replacing(path) as temporary:
        temporary.write_text("".join(json.dumps(event) + "\n" for event in kept), encoding="utf-8")
