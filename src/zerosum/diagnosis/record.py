"""What a run wrote down about itself, checked: anyone may have cut, edited or mixed up its files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zerosum.core.errors import DataError
from zerosum.core.events import Event, read_events
from zerosum.train.status import State


def fill_in(start: Event, config: Any) -> None:
    """Give a session's beginning what earlier versions did not note there: the batch, and how long the run shall be."""
    minutes = look_up(config, "run", "minutes")
    start.setdefault("batch", look_up(config, "run", "batch"))
    start.setdefault("planned_samples", look_up(config, "run", "samples"))
    start.setdefault("planned_seconds", minutes * 60 if is_number(minutes) else None)


def whole_events(path: Path) -> list[Event]:
    """The events of a run.

    Raises:
        DataError: There are none, or one of them is not what it should be.
    """
    try:
        events = read_events(path)
        empty = not path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is damaged: it is not text ({error.reason}).") from error
    if not events:
        raise DataError(
            f"{path} has no events yet: the run has only just begun. Try again later."
            if empty
            else f"{path} is damaged: no line of it is an event."
        )
    for number, event in enumerate(events, 1):
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            raise DataError(f"{path} is damaged: its event {number} has no name.")
        if not all(is_number(event.get(name)) and event[name] >= 0 for name in ("samples", "seconds")):
            raise DataError(f"{path} is damaged: its event {number} does not say when it was.")
        odd = [name for name, value in event.items() if not (name == "event" or _is_measured(name, value))]
        if event["event"] in ("progress", "probe") and odd:
            raise DataError(f'{path} is damaged: "{odd[0]}" in its event {number} is not a number.')
    return events


def _is_measured(name: str, value: Any) -> bool:
    """Whether a value of a record or a look is what it should be: a number, None for none, or counts of logits."""
    if name.startswith("logits_") and isinstance(value, list):
        return all(is_number(count) for count in value)
    return value is None or is_number(value)


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number; infinity and NaN are."""
    return isinstance(value, float) or (isinstance(value, int) and abs(value) < 1 << 62)


def facts(config: Any, events: Sequence[Event], state: State) -> list[tuple[str, str]]:
    """What was trained, for how long, and how it stands."""
    last = events[-1]
    settings = [
        ("data", look_up(config, "data", "name")),
        ("recipe", look_up(config, "recipe")),
        ("batch", look_up(config, "run", "batch")),
        ("seed", look_up(config, "run", "seed")),
        ("precision", look_up(config, "precision")),
    ]
    known = [(name, str(value)) for name, value in settings if value is not None]
    seconds = round(last["seconds"])
    took = (
        f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d} h"
        if seconds >= 3600
        else (f"{seconds // 60}:{seconds % 60:02d} min")
    )
    return [*known, ("samples", f"{last['samples']:,}"), ("time", took), ("state", state)]


def look_up(values: Any, *keys: str) -> Any:
    """A value in nested JSON objects, or None."""
    for key in keys:
        values = values.get(key) if isinstance(values, dict) else None
    return values


def since_treatment(events: Sequence[Event]) -> list[Event]:
    """The events of the game that is played now."""
    last = max((number for number, event in enumerate(events) if event["event"] == "treated"), default=-1)
    return list(events[last + 1 :])
