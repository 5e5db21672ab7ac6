"""The event record: one JSON object a line, appended as it happens and cut back to a checkpoint on resume."""

import json
from pathlib import Path
from typing import Any

from zerosum.core.files import replacing

Event = dict[str, Any]
"""One thing that happened: its name under "event", when under "samples" and "seconds", and its own values."""


class EventLog:
    """Appends events to a file; a line is whole or is dropped by the next reader."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("a", encoding="utf-8")

    def write(self, event: Event) -> None:
        """Append one event and hand it to the operating system at once."""
        self._file.write(json.dumps(event) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_events(path: Path) -> list[Event]:
    """All whole events of a file; a last line that a kill cut short is left out."""
    if not path.exists():
        return []
    events = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:
            break
    return events


def forget_after(path: Path, samples: int) -> None:
    """Drop the events later than `samples` seen samples: the resumed run will write them again."""
    events = [event for event in read_events(path) if event["samples"] <= samples]
    with replacing(path) as temporary:
        temporary.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
