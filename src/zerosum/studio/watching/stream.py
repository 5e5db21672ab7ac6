"""Events of runs as they happen, sent to a page: one stream for all the runs that a tab follows.

Each message says, as its id, up to where the records of all runs were sent. A browser that has lost the stream says
that id again, to this server or to one that was started since, and hears what it has not heard, once.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote, unquote

from zerosum.core.errors import SettingError
from zerosum.core.events import Event
from zerosum.studio.answers import Refusal
from zerosum.studio.watching.record import event_of
from zerosum.studio.watching.runs import Runs, for_page
from zerosum.studio.watching.tail import Place, Tail
from zerosum.train.folder import RunFolder
from zerosum.train.status import TELLING, last_telling

PAUSE = 0.1
"""Seconds from one look at the records to the next: at most ten batches a second."""

LOOK_AT_STATE = 0.5
"""Seconds from one look at whether a run is trained to the next."""

PING = 15.0
"""Seconds without a message after which the stream shows that it lives."""

TURNS = TELLING - {"progress"}
"""Events after which a run stands otherwise."""

MOST_BYTES = 1 << 18
"""Of one record in one batch."""

MOST_RUNS = 16
"""That one stream follows."""


class Follower:
    """One run of a stream.

    Attributes:
        place: Up to where its record was sent.
    """

    def __init__(self, run: str, folder: RunFolder, place: Place) -> None:
        self.run, self.folder, self.place = run, folder, place
        self._tail: Tail | None = Tail(folder.events, place)
        self._state: str | None = None

    def read(self) -> tuple[bool, list[Event]]:
        """Whether the record was begun anew, and new events; none after that, since its page has to load it again."""
        if self._tail is None:
            return False, []
        anew, lines = self._tail.read(MOST_BYTES)
        if anew:
            self._tail = None
            return True, []
        self.place = self._tail.place
        events = [event for line in lines if (event := event_of(line)) is not None]
        return False, [for_page(self.run, self.folder, event) for event in events]

    def stands(self, runs: Runs) -> dict[str, Any] | None:
        """How the run stands, if that has changed since the last time."""
        last = last_telling(self.folder) or {}
        state = runs.state(self.folder, last.get("event"))
        if state == self._state:
            return None
        self._state = state
        when = {"samples": last.get("samples"), "seconds": last.get("seconds")}
        return {"run": self.run, "state": state, **when, "speed": last.get("samples_per_second")}


def followers(runs: Runs, asked: list[str], last_id: str | None) -> list[Follower]:
    """Whom a stream is to follow, and from where on.

    Args:
        runs: The runs that there are.
        asked: ID:OFFSET of each run, as in the address.
        last_id: What the browser heard last, which it sends when it comes again.

    Raises:
        Refusal: A run is unknown, or there are none or too many.
        SettingError: A place is not written as places are.
    """
    if not 1 <= len(asked) <= MOST_RUNS:
        raise Refusal(422, f"A stream follows 1 to {MOST_RUNS} runs; {len(asked)} were named.")
    places = dict(map(_parted, asked))
    if last_id:
        heard = dict((unquote(run), place) for run, place in map(_parted, last_id.split(",")))
        places |= {run: place for run, place in heard.items() if run in places}
    return [Follower(run, runs.find(run), Place.parse(place)) for run, place in places.items()]


async def stream(runs: Runs, followed: list[Follower], ended: Callable[[], bool]) -> AsyncIterator[str]:
    """The messages of a stream, until `ended` says that the server ends."""
    yield "retry: 500\n\n"
    spoken, looked = time.monotonic(), 0.0
    while not ended():
        now = time.monotonic()
        look, looked = (True, now) if now - looked >= LOOK_AT_STATE else (False, looked)
        text = await asyncio.to_thread(_batch, runs, followed, look)
        if not text and now - spoken >= PING:
            text = ": ping\n\n"
        if text:
            spoken = now
            yield text
        await asyncio.sleep(PAUSE)


def _batch(runs: Runs, followed: list[Follower], look: bool) -> str:
    """What is new in all records, as messages."""
    parts = []
    for one in followed:
        anew, events = one.read()
        if anew:
            parts.append(_message("reset", {"run": one.run}, followed))
        if events:
            parts.append(_message("run", {"run": one.run, "events": events}, followed))
        if (look or anew or any(event["event"] in TURNS for event in events)) and (state := one.stands(runs)):
            parts.append(_message("state", state, followed))
    return "".join(parts)


def _message(name: str, data: dict[str, Any], followed: list[Follower]) -> str:
    heard = ",".join(f"{quote(one.run, safe='')}:{one.place}" for one in followed)
    return f"id: {heard}\nevent: {name}\ndata: {json.dumps(data)}\n\n"


def _parted(text: str) -> tuple[str, str]:
    """A run's id and a place, of ID:OFFSET."""
    run, colon, place = text.rpartition(":")
    if not colon:
        raise SettingError(f'"{text[:80]}" says no place; write ID:OFFSET, with an offset that the server gave.')
    return run, place
