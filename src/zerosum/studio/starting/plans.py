"""Trainings that a page asks for: checked, estimated, and started."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from zerosum.api import DEFAULT_MINUTES
from zerosum.config.base import check_numbers, from_json, to_json
from zerosum.config.run import Run
from zerosum.core.errors import SettingError
from zerosum.core.registry import Recipe, find_recipe, recipes
from zerosum.studio.commands import spelled, train_arguments
from zerosum.studio.starting.data import FITTING, Data
from zerosum.studio.starting.forms import Field, fields_of, with_changes
from zerosum.studio.starting.looking import Looked, Trial
from zerosum.studio.starting.places import Places
from zerosum.studio.watching.jobs import Jobs
from zerosum.train.folder import new_folder


@dataclass(frozen=True, kw_only=True)
class PlanAsked:
    """A training that is wanted; of settings, run and options those that are changed, nested as they are.

    Attributes:
        data: Id of the data.
        recipe: The system, or "auto".
        preset: Named settings to start from.
        settings: Of the recipe.
        run: Length, seed, device and the like.
        options: How the data are read.
    """

    data: str
    recipe: str = "auto"
    preset: str | None = None
    settings: dict = field(default_factory=dict)
    run: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """The same, complete.

    Attributes:
        seen: The data.
        source: What a command calls them.
        recipe: The system.
        preset: Named settings that it starts from.
        settings: All of them.
        usual: Those where nothing is said.
        run: Length, seed, device and the like.
    """

    seen: Looked
    source: str
    recipe: Recipe
    preset: str | None
    settings: Any
    usual: Any
    run: Run

    def arguments(self, out: Path | None = None, name: str | None = None) -> list[str]:
        """The arguments of `zerosum` that train so."""
        options = self.seen.look.options
        return train_arguments(
            self.source, self.recipe.name, self.preset, self.settings, self.usual, self.run, options, out, name
        )


class Plans:
    """Makes forms, estimates and runs of what pages ask for.

    Args:
        data: What was looked at.
        places: Know what commands call data.
        jobs: Starts trainings.
        root: The folder that run folders are made in.
    """

    def __init__(self, data: Data, places: Places, jobs: Jobs, root: Path) -> None:
        self._data, self._places, self._jobs, self._root = data, places, jobs, root

    async def form(self, data: str, recipe: str, preset: str | None) -> dict[str, Any]:
        """The fields of a training, with the values that they have where nothing is said, and the recipe's presets."""
        data, seen = await self._data.variant(data, recipe, None)
        found = find_recipe(seen.recipe if recipe == "auto" else recipe)
        usual = seen.look.usual
        unfit = tuple(name for name in vars(usual) if name not in FITTING[seen.space.kind])
        return {
            "data": data,
            "recipe": found.name,
            "preset": preset,
            "presets": list(found.presets),
            "fields": [
                _group("run", "Run", fields_of(Run())),
                _group("settings", found.name, fields_of(found.settings(seen.space, preset))),
                _group("options", "Data", fields_of(usual, unfit)),
            ],
        }

    async def wanted(self, asked: PlanAsked) -> Wanted:
        """What is asked for, checked as far as it can be without training.

        Raises:
            Refusal: The data are not known any more.
            ZerosumError: Something means nothing, or does not go together.
        """
        _, seen = await self._data.variant(asked.data, asked.recipe, asked.options)
        recipe = find_recipe(seen.recipe if asked.recipe == "auto" else asked.recipe)
        usual = recipe.settings(seen.space, asked.preset)
        settings = from_json(recipe.config, with_changes(to_json(usual), asked.settings), recipe.name)
        run = from_json(Run, asked.run, "run")
        await asyncio.to_thread(_check, recipe, settings, seen)
        source = self._places.shown(seen.look.source)
        return Wanted(seen, source, recipe, asked.preset, settings, usual, run)

    async def estimate(self, asked: PlanAsked) -> dict[str, Any]:
        """The command that trains so, and how fast and how long it would, from a trial; errors as for `wanted`."""
        wanted = await self.wanted(asked)
        settings = to_json(wanted.settings)
        trial = Trial(look=wanted.seen.look, recipe=wanted.recipe.name, settings=settings, run=wanted.run)
        speed = await self._data.speed(trial)
        minutes, samples = wanted.run.minutes, wanted.run.samples
        if minutes is None and samples is None:
            minutes = DEFAULT_MINUTES[wanted.seen.space.kind]
        lengths = [60 * minutes] if minutes else []
        lengths += [samples / speed] if samples else []
        seconds = min(lengths)
        return {
            "command": spelled(wanted.arguments()),
            "samples_per_second": speed,
            "seconds": seconds,
            "samples": round(seconds * speed),
        }

    async def start(self, asked: PlanAsked) -> dict[str, str]:
        """Start a training in a folder of its own; returns its id and its command. Errors as for `wanted`."""
        wanted = await self.wanted(asked)

        def started() -> str:
            folder = new_folder(self._root, f"{wanted.seen.told['name']}-{wanted.recipe.name}", numbered=True)
            self._jobs.start(folder, wanted.arguments(self._root, folder.path.name))
            return folder.path.name

        return {"id": await asyncio.to_thread(started), "command": spelled(wanted.arguments())}


def described_recipes(kind: str | None) -> list[dict[str, Any]]:
    """What there is to say of each recipe, or of those that learn a kind of data."""
    return [
        {
            "name": recipe.name,
            "summary": recipe.summary,
            "paper": recipe.paper,
            "kinds": list(recipe.kinds),
            "presets": list(recipe.presets),
            "condition": recipe.condition,
            "needs_condition": recipe.needs_condition,
        }
        for recipe in recipes()
        if kind is None or kind in recipe.kinds
    ]


def _check(recipe: Recipe, settings: Any, seen: Looked) -> None:
    """Refuse numbers that mean nothing, and settings that no game can be made of; its networks get no weights."""
    check_numbers(settings)
    try:
        with torch.device("meta"):
            recipe.build(settings, seen.space)
    except (ValueError, RuntimeError) as error:
        raise SettingError(f"These settings of {recipe.name} make no network: {error}.") from error


def _group(name: str, label: str, fields: list[Field]) -> Field:
    return {"name": name, "label": label, "help": "", "kind": "group", "optional": False, "fields": fields}
