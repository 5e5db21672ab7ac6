"""Places among a model's latents, written in JSON: what Python, commands, the studio and its links all understand.

    {"latent": LATENT, "condition": "7", "truncation": 0.7,
     "mix": {"seed": 9, "layers": [0, 1]}, "moves": [{"axes": "pca-w", "index": 0, "strength": 2.5}]}

    LATENT:  {"seed": SEED}
             {"plane": {"seeds": [SEED, SEED, SEED, SEED], "x": 0.3, "y": 0.7}}     top left, top right, then below
             {"between": {"seeds": [SEED, SEED], "t": 0.5}}
             {"sum": [{"factor": 1, "seeds": [SEED, ...]}, {"factor": -1, "seeds": [SEED, ...]}]}
             {"near": {"of": LATENT, "seed": SEED, "amount": 0.2}}                  so much of the way to a sample
    SEED:    7, or "@name" for a selection

Only `latent` is needed. First comes the latent, then layers of another sample are put in, then it moves along
directions that were kept under a name.
"""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from zerosum.core.errors import DataError, SettingError, nearest_name
from zerosum.data.conditions import Attributes, Classes, Request
from zerosum.exploration.axes import Axes, Move, moved
from zerosum.exploration.concepts import total
from zerosum.exploration.selections import load_selection, place_of
from zerosum.exploration.spaces import Latents, LatentSpace
from zerosum.latent.mixing import mixed
from zerosum.latent.paths import bilinear

Place = Mapping[str, Any]
"""A place as JSON has it."""

PARTS = ("latent", "space", "condition", "truncation", "mix", "moves")

MOST_SEEDS = 1000
"""Samples that one term of a sum is the average of, at most."""

MOST_TERMS = 64
"""Terms of a sum, and moves, at most."""

DEEPEST = 4
"""How often a place may be near a place that is near another."""

LARGEST = 100.0
"""Factors and strengths, at most."""


class Places:
    """Reads places for one space of a model; what is kept in the folder is read once, and again when it has changed.

    Args:
        space: Where places lie.
        folder: What has `selections/` and `directions/`; None where nothing is kept.
    """

    def __init__(self, space: LatentSpace, folder: Path | None) -> None:
        self.space, self.folder = space, folder
        self._read: dict[Path, tuple[int, Any]] = {}

    def latents(self, places: Sequence[Place]) -> Latents:
        """The latents (n, ...) of places.

        Raises:
            SettingError: One is not written as places are, or means nothing to this model.
            DataError: There is no such selection, or there are no such directions.
        """
        if not places:
            raise SettingError('No places were given; a place is an object such as {"latent": {"seed": 7}}.')
        return Latents.joined([self._latent(place) for place in places])

    def rows(self, places: Sequence[Place], truncation: float | None = None) -> np.ndarray:
        """What is there, as it is stored: at numbered samples the bytes of `Model.sample`.

        Args:
            places: Some places.
            truncation: Of those that do not say theirs.
        """
        latents = self.latents(places)
        wanted = [truncation_of(place, truncation) for place in places]
        rows: np.ndarray | None = None
        for value in dict.fromkeys(wanted):
            index = [number for number, other in enumerate(wanted) if other == value]
            part = self.space.rows(latents[index], value)
            rows = np.empty((len(places), *part.shape[1:]), part.dtype) if rows is None else rows
            rows[index] = part
        assert rows is not None
        return rows

    def glimpse(self, place: Place) -> np.ndarray:
        """What is there, alone and therefore at once; its numbers may differ in the last bit from those of `rows`."""
        with torch.no_grad():
            made = self.space.make(self.latents([place]), truncation_of(place, None))
            return self.space.model.codec.decode(made)[0]

    def told(self, place: Place) -> str | None:
        """In a person's words what the sample there is told to be; None where nothing is told, or no words say it."""
        model, latent = self.space.model, place.get("latent")
        # Layers of w have in them what their own sample was told.
        if model.known is None or model.space.kind == "table" or (self.space.name == "w" and place.get("mix")):
            return None
        match latent:
            case {"seed": int(seed)}:
                asked = self._asked(place)
                known = model.known if asked is None else model.known.asked(asked)
                return known.words(int(model.prior.choices([seed], known.frequencies)[0]))
        if place.get("condition") is not None:
            return str(place["condition"])
        conditions = self._latent(place).conditions
        if conditions is None:
            return None
        if isinstance(model.known, Classes):
            return model.known.words(int(conditions[0]))
        if isinstance(model.known, Attributes):
            there = zip(model.known.names, conditions[0].tolist(), strict=True)
            return ", ".join(name for name, value in there if value > 0.5)
        return None

    def _latent(self, place: Place) -> Latents:
        """The latent (1, ...) of one place."""
        if not isinstance(place, Mapping) or "latent" not in place:
            raise SettingError(f'A place is an object with a latent, as in {{"latent": {{"seed": 7}}}}; not {place!r}.')
        for name in place:
            if name not in PARTS:
                raise SettingError(f'A place has no "{name}". {nearest_name(str(name), PARTS)}.')
        if place.get("space") not in (None, self.space.name):
            raise SettingError(f"The place is in {place['space']!r}, and this is {self.space.name}; take that space.")
        found = self._found(place["latent"], self._asked(place), DEEPEST)
        if place.get("mix") is not None:
            found = self._mixed(found, place["mix"], self._asked(place))
        return self._moved(found, place.get("moves") or [])

    def _asked(self, place: Place) -> Request | None:
        """What the place's samples are to be."""
        text = place.get("condition")
        if text is None:
            return None
        if not isinstance(text, str):
            raise SettingError(f"What samples are to be is said in words; not by {text!r}.")
        known = self.space.model.known
        return text if known is None else known.read(text)

    def _found(self, latent: Any, asked: Request | None, deep: int) -> Latents:
        """What a LATENT says, (1, ...)."""
        if isinstance(latent, Mapping) and len(latent) == 1:
            match latent:
                case {"seed": seed}:
                    return self._at(seed, asked)
                case {"plane": {"seeds": [_, _, _, _] as seeds, "x": x, "y": y, **others}} if not others:
                    return self._on_plane([self._at(seed, asked) for seed in seeds], share(x, "x"), share(y, "y"))
                case {"between": {"seeds": [first, second], "t": t, **others}} if not others:
                    return self._between(self._at(first, asked), self._at(second, asked), share(t, "t"))
                case {"sum": [_, *_] as terms} if len(terms) <= MOST_TERMS:
                    return self._sum(terms, asked)
                case {"near": {"of": of, "seed": seed, "amount": amount, **others}} if not others and deep:
                    start = self._found(of, asked, deep - 1)
                    end = Latents(self._at(seed, asked).values, start.conditions)
                    return self._between(start, end, share(amount, "amount"))
        raise SettingError(
            f"{str(latent)[:200]} says no latent; write one of seed, plane, between, sum and near, as in "
            '{"seed": 7} or {"between": {"seeds": [7, 8], "t": 0.5}}.'
        )

    def _at(self, seed: Any, asked: Request | None) -> Latents:
        """A numbered sample, or what was kept under a name: its average, if it is several samples."""
        if isinstance(seed, str) and seed.startswith("@"):
            kept = self._kept(place_of(plain_name(seed[1:]), self.folder))
            alone = kept if len(kept) == 1 else total(self.space, [kept], [1.0])
            told = alone.conditions
            return Latents(alone.values, told if asked is None else self.space.at([0], asked).conditions)
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise SettingError(f'{seed!r} is no sample: write a number, or "@name" for a selection.')
        return self.space.at([seed], asked)

    def _on_plane(self, corners: Sequence[Latents], x: float, y: float) -> Latents:
        """Between four latents; a class is that of the nearest, and vectors that say what samples are change evenly."""
        whole = Latents.joined(corners)
        values = bilinear(whole.values, x, y, self.space.between())
        return Latents(values, self._told_on_plane(whole.conditions, x, y))

    def _told_on_plane(self, conditions: Tensor | None, x: float, y: float) -> Tensor | None:
        if conditions is None:
            return None
        if conditions.is_floating_point():
            return bilinear(conditions, x, y, self.space.between("linear"))
        return conditions[[(x >= 0.5) + 2 * (y >= 0.5)]]

    def _between(self, first: Latents, second: Latents, place: float) -> Latents:
        return self._on_plane([first, second, first, second], place, 0.0)

    def _sum(self, terms: Sequence[Any], asked: Request | None) -> Latents:
        """A weighted sum of averages."""
        members, factors = [], []
        for term in terms:
            match term:
                case {"factor": factor, "seeds": [_, *_] as seeds, **others} if not others and len(seeds) <= MOST_SEEDS:
                    factors.append(size(factor, "The factor"))
                    members.append(Latents.joined([self._at(seed, asked) for seed in seeds]))
                case _:
                    raise SettingError(
                        f'{str(term)[:200]} is no term; write {{"factor": 1, "seeds": [1, 2, 3]}}, with at most '
                        f"{MOST_SEEDS:,} samples."
                    )
        return total(self.space, members, factors)

    def _mixed(self, latents: Latents, mix: Any, asked: Request | None) -> Latents:
        """Latents (1, ...) with some layers of another sample."""
        match mix:
            case {"seed": seed, "layers": layers, **others} if not others:
                parts = self.space.layered(latents.values)
                other = self.space.layered(self._at(seed, asked).values)
                taken = self._layers(layers, parts.shape[1])
                return Latents(mixed(parts, other, taken)[:, 0].reshape(latents.values.shape), latents.conditions)
        raise SettingError(f'{str(mix)[:200]} says no mixing; write {{"seed": 9, "layers": [0, 1]}}.')

    def _moved(self, latents: Latents, moves: Any) -> Latents:
        """Latents (1, ...) moved along kept directions, one after the other."""
        if not isinstance(moves, Sequence) or isinstance(moves, str) or len(moves) > MOST_TERMS:
            raise SettingError(f"The moves are no list of at most {MOST_TERMS}: {str(moves)[:200]}.")
        values = latents.values
        for move in moves:
            match move:
                case {"axes": str(name), "index": int(index), "strength": strength, **others} if not set(others) - {
                    "layers"
                }:
                    layers = slice(None)
                    if others.get("layers") is not None:
                        layers = self._layers(others["layers"], self.space.layered(values).shape[1])
                    axes = self._axes(axes_at(name, self.folder))
                    values = moved(self.space, values, Move(axes, index, size(strength, "The strength")), layers)
                case _:
                    raise SettingError(
                        f'{str(move)[:200]} is no move; write {{"axes": "pca-w", "index": 0, "strength": 2.5}}.'
                    )
        return Latents(values, latents.conditions)

    def _layers(self, layers: Any, depth: int) -> slice:
        match layers:
            case [int(first), int(last)] if 0 <= first <= last < depth and depth > 1:
                return slice(first, last + 1)
        if depth < 2:
            raise SettingError(
                f"A model of the recipe {self.space.model.recipe.name} gives its whole latent to one layer; layers "
                "cannot be told apart."
            )
        raise SettingError(
            f"The layers are {layers!r}; write the first and the last of 0 to {depth - 1}, as in [0, 1]."
        )

    def _kept(self, path: Path) -> Latents:
        return self._fresh(path, lambda: load_selection(path.stem, self.folder).latents(self.space))

    def _axes(self, path: Path) -> Axes:
        return self._fresh(path, lambda: Axes.load(path))

    def _fresh(self, path: Path, read: Any) -> Any:
        """What a file holds, read again when it has changed: a drag asks for it thirty times a second."""
        changed = path.stat().st_mtime_ns if path.is_file() else -1
        if path not in self._read or self._read[path][0] != changed:
            self._read[path] = (changed, read())
        return self._read[path][1]


def truncation_of(place: Place, usual: float | None) -> float | None:
    """The truncation that a place says, or else the usual one."""
    value = place.get("truncation")
    if value is None:
        return usual
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < math.inf:
        raise SettingError(f"The truncation is {value!r}; it must be a number from 0 on.")
    return float(value)


def axes_at(name: str, folder: Path | None) -> Path:
    """Where directions are kept under a name: `directions/NAME.safetensors` in the model's folder.

    Raises:
        SettingError: It is no name.
        DataError: The model is in no folder.
    """
    if folder is None:
        raise DataError(f'This model is in no folder, so there are no directions "{name[:80]}".')
    return folder / "directions" / f"{plain_name(name)}.safetensors"


def plain_name(name: str) -> str:
    """A name that is no path.

    Raises:
        SettingError: It has other signs in it, or is too long.
    """
    if not re.fullmatch(r"[\w-]{1,64}", name):
        raise SettingError(f'"{name[:80]}" is no name: take letters, digits, - and _, at most 64.')
    return name


def share(value: Any, name: str) -> float:
    """A number from 0 to 1.

    Raises:
        SettingError: It is none.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise SettingError(f"{name} is {value!r}; it must be a number from 0 to 1.")
    return float(value)


def size(value: Any, what: str) -> float:
    """A number that is not too large.

    Raises:
        SettingError: It is no number, or too large.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= LARGEST:
        raise SettingError(f"{what} is {value!r}; it must be a number from {-LARGEST:g} to {LARGEST:g}.")
    return float(value)
