"""Data that pages have looked at, each time in a process of its own, and what is remembered of them."""

import asyncio
import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

from zerosum.config.base import from_json, to_json
from zerosum.config.data import DataOptions
from zerosum.core.errors import SettingError
from zerosum.core.registry import find_recipe
from zerosum.studio.answers import Refusal, unknown
from zerosum.studio.starting.forms import with_changes
from zerosum.studio.starting.looking import Look, Looked, Trial, look, thumb, try_out
from zerosum.studio.starting.places import Places
from zerosum.studio.watching.runs import Runs
from zerosum.studio.workers import once
from zerosum.train.asked import asked_of

MOST_LOOKED = 64
"""Looks that are remembered, the latest ones."""

AT_ONCE = 2
"""Processes that look at data or try something out at the same time."""

NOT_FROM_PAGES = ("encoder", "schema", "query")
"""Options that name files, programs or packages; they belong into a terminal."""

FITTING = {
    "image": ("size", "fit", "background", "channels", "mirror", "conditional", "skip_bad", "hold_out"),
    "points": ("conditional", "hold_out", "sigma"),
    "table": ("column", "rule", "hold_out"),
}
"""Options that mean something for a kind of data."""


@dataclass(frozen=True, kw_only=True)
class DataAsked:
    """Which data to look at: a place, or what a run was trained on.

    Attributes:
        place: Its id.
        run: The run's id.
        recipe: What the data are for, or "auto".
        options: Those options that are changed.
    """

    place: str | None = None
    run: str | None = None
    recipe: str = "auto"
    options: dict = field(default_factory=dict)


class Data:
    """What was looked at.

    Args:
        places: Where data may be chosen from.
        runs: The runs, whose data may be looked at again.
    """

    def __init__(self, places: Places, runs: Runs) -> None:
        self._places, self._runs = places, runs
        self._looked: OrderedDict[str, Looked] = OrderedDict()
        self._speeds: dict[str, float] = {}
        self._thumbs: dict[str, bytes] = {}
        self._free = asyncio.Semaphore(AT_ONCE)

    async def look(self, asked: DataAsked) -> tuple[str, Looked]:
        """Look at data; returns the id that they have from then on.

        Raises:
            Refusal: There is no such place or run, or both or none is named.
            ZerosumError: The data cannot be read so.
        """
        if (asked.place is None) == (asked.run is None):
            raise Refusal(422, "Name the place of data or a run that was trained on them, and not both.")
        if asked.run is not None:
            known = await asyncio.to_thread(lambda: asked_of(self._runs.find(str(asked.run))))
            if known.data.source in ("array", "frame"):
                raise Refusal(422, f"{asked.run} was trained on {known.data.source}s of a program, which are gone.")
            source, usual = known.data.source, known.data.options
        else:
            place = await asyncio.to_thread(self._places.find, str(asked.place))
            source, usual = place.source, DataOptions()
        options = with_options(usual, asked.options)
        return await self._see(Look(source=source, usual=usual, options=options, recipe=asked.recipe))

    def find(self, data: str) -> Looked:
        """What was seen of the data of an id.

        Raises:
            Refusal: There are none; the studio may have been started again since.
        """
        if data not in self._looked:
            raise Refusal(404, "These data are not known here any more; choose them again.")
        return self._looked[data]

    async def variant(self, data: str, recipe: str, options: dict[str, Any] | None) -> tuple[str, Looked]:
        """The same data as a recipe is told of them, read with those options changed; None: as they were read.

        Raises:
            ZerosumError: As `look` does.
        """
        seen = self.find(data)
        changed = seen.look.options if options is None else with_options(seen.look.usual, options)
        name = seen.recipe if recipe == "auto" else recipe
        fits = seen.space.kind in find_recipe(name).kinds and _told(name) == _told(seen.recipe)
        if fits and changed == seen.look.options:
            return data, seen
        return await self._see(replace(seen.look, options=changed, recipe=name))

    async def speed(self, trial: Trial) -> float:
        """Samples a second that a plan would train on here, from a trial of some seconds; remembered.

        Raises:
            ZerosumError: The plan cannot be carried out.
        """
        key = json.dumps([_key(trial.look), trial.recipe, trial.settings, to_json(_without_length(trial))])
        if key not in self._speeds:
            async with self._free:
                self._speeds[key] = await once(try_out, trial)
        return self._speeds[key]

    async def thumb(self, place: str) -> bytes:
        """A small picture of a built-in set, as JPEG.

        Raises:
            Refusal: There is no such set.
        """
        found = await asyncio.to_thread(self._places.find, place)
        if found.kind != "built-in":
            raise unknown("built-in set", place)
        if found.name not in self._thumbs:
            self._thumbs[found.name] = await asyncio.to_thread(thumb, found.name)
        return self._thumbs[found.name]

    async def _see(self, wanted: Look) -> tuple[str, Looked]:
        async with self._free:
            seen = await once(look, wanted)
        data = hashlib.sha256(json.dumps([_key(wanted), _told(seen.recipe)]).encode()).hexdigest()[:16]
        self._looked[data] = seen
        while len(self._looked) > MOST_LOOKED:
            self._looked.popitem(last=False)
        return data, seen


def with_options(base: DataOptions, changes: dict[str, Any]) -> DataOptions:
    """Options with some of them changed by a page.

    Raises:
        SettingError: There is no such option, or its value means nothing, or it is not for pages.
    """
    for name in NOT_FROM_PAGES:
        if name in changes and changes[name] != getattr(base, name):
            raise SettingError(f"--{name} names what lies on this machine; give it to `zerosum train` in a terminal.")
    return from_json(DataOptions, with_changes(to_json(base), changes), "options")


def _told(recipe: str) -> list[Any]:
    """What decides how data are read for a recipe."""
    found = find_recipe(recipe)
    return [found.condition, found.needs_condition, found.numbers]


def _key(asked: Look) -> list[Any]:
    return [asked.source, to_json(asked.usual), to_json(asked.options)]


def _without_length(trial: Trial) -> Any:
    """A trial's run; how long it is to last does not matter for its speed."""
    return replace(trial.run, minutes=None, samples=None)
