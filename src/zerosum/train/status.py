"""How a run stands: whether a process trains in its folder, and what the last of its events tells."""

from typing import Literal

from zerosum.core.events import Event, latest_events
from zerosum.train.folder import RunFolder

State = Literal["training", "paused", "finished", "stopped", "failed"]

TELLING = frozenset({"start", "progress", "paused", "resumed", "finished", "failed", "stopped", "treated"})
"""The events that say how a run stands; others, such as a finding or a checkpoint, leave it as it is."""


def status(folder: RunFolder) -> State:
    """How a run stands now: from the lock on its folder and the record, of which only the end is read.

    A run whose process was killed is stopped, and so is one that was treated and not gone on with. Where the system has
    no locks for files, no run is seen training.
    """
    held = folder.held()  # first: a process that ends lets go after its last event
    last = last_telling(folder)
    return state_after(None if last is None else last["event"], held)


def state_after(event: str | None, held: bool) -> State:
    """How a run stands.

    Args:
        event: The name of the last telling event; None where there is none yet.
        held: Whether a process holds the run's folder.
    """
    if held:
        return "paused" if event == "paused" else "training"
    return event if event in ("finished", "failed") else "stopped"


def last_telling(folder: RunFolder) -> Event | None:
    """The latest event that says how a run stands; None where there is none yet."""
    return next((event for event in latest_events(folder.events) if _tells(event)), None)


def _tells(event: object) -> bool:
    name = event.get("event") if isinstance(event, dict) else None
    return isinstance(name, str) and name in TELLING
