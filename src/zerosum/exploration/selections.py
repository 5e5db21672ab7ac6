"""Chosen samples, or the latents of inverted pictures, kept under a name in the model's folder."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from zerosum.config.base import from_json, to_json
from zerosum.core.errors import DataError, SettingError
from zerosum.core.files import read_json, write_json
from zerosum.data.conditions import Request
from zerosum.exploration.fingerprint import fingerprint
from zerosum.exploration.spaces import Latents, LatentSpace


@dataclass(frozen=True)
class Selection:
    """Samples by their numbers, or latents.

    Attributes:
        seeds: Numbers of the samples.
        condition: What they are asked to be, as a person writes it; None for what their numbers say.
        space: The space of latents that are no numbered samples'.
        shape: Shape of these, (n, ...).
        values: Their numbers, in the order of memory.
        told: The numbers of what they are told to be, likewise; none where nothing is told.
        model: Fingerprint of the weights that made the samples; "" in a file that a person wrote, for any model.
    """

    seeds: tuple[int, ...] = ()
    condition: str | None = None
    space: Literal["z", "w"] | None = None
    shape: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    told: tuple[float, ...] = ()
    model: str = ""

    @classmethod
    def of_seeds(cls, seeds: Sequence[int], condition: Request | None, model: str) -> "Selection":
        """Numbered samples."""
        if isinstance(condition, Mapping):
            condition = ", ".join(f"{name}={'yes' if there else 'no'}" for name, there in condition.items())
        return cls(tuple(seeds), None if condition is None else str(condition), model=model)

    @classmethod
    def of_latents(cls, space: LatentSpace, latents: Latents) -> "Selection":
        """Latents of a space."""
        told = () if latents.conditions is None else tuple(latents.conditions.flatten().tolist())
        values = latents.values
        return cls(
            space=space.name,
            shape=tuple(values.shape),
            values=tuple(values.flatten().tolist()),
            told=told,
            model=fingerprint(space.model),
        )

    def latents(self, space: LatentSpace) -> Latents:
        """The latents of what was selected.

        Raises:
            DataError: They are of another space or another model, or this one was trained on since.
            SettingError: The samples' numbers or their condition mean nothing to the model.
        """
        if self.model and self.model != fingerprint(space.model):
            raise DataError(
                "The selection was made with other weights, whose samples these are not; select again with this model."
            )
        if self.seeds:
            known = space.model.known
            told = known.read(self.condition) if known is not None and self.condition is not None else self.condition
            return space.at(self.seeds, told)
        if self.space != space.name:
            raise DataError(f"The selection is in {self.space} and not in {space.name}; take --space {self.space}.")
        like = space.at([0])
        conditions = None if like.conditions is None else torch.tensor(self.told, dtype=like.conditions.dtype)
        try:
            values = torch.tensor(self.values).reshape(self.shape)
            if conditions is not None and like.conditions is not None:
                conditions = conditions.reshape(len(values), *like.conditions.shape[1:])
        except (RuntimeError, TypeError) as error:
            raise DataError(f"The parts of the selection do not go together: {error}.") from error
        if values.shape[1:] != like.values.shape[1:] or not len(values) or not values.isfinite().all():
            raise DataError("The selection was made with another model: its latents are not of this one's shape.")
        return Latents(values, conditions)


def save_selection(selection: Selection, name: str, folder: Path | None) -> Path:
    """Keep a selection under a name, or in the .json file that the name is; returns where it is."""
    path = place_of(name, folder)
    write_json(path, to_json(selection))
    return path


def load_selection(name: str, folder: Path | None) -> Selection:
    """The selection of a name, or in the .json file that the name is.

    Raises:
        DataError: There is none, or it cannot be read.
    """
    path = place_of(name, folder)
    if not path.is_file():
        kept = sorted(other.stem for other in path.parent.glob("*.json"))
        there = f"There are {', '.join(kept)}" if kept else "Nothing was selected there yet"
        raise DataError(f'There is no selection "{name}", which would be {path}. {there}.')
    try:
        selection = from_json(Selection, read_json(path), str(path))
    except SettingError as error:
        raise DataError(f"{error}") from error
    if bool(selection.seeds) == bool(selection.values):
        raise DataError(f"{path} must have seeds or values, and not both.")
    return selection


def place_of(name: str, folder: Path | None) -> Path:
    """Where a selection is kept: `selections/NAME.json` in the model's folder, or the .json file itself."""
    if name.endswith(".json"):
        return Path(name)
    if not re.fullmatch(r"[\w-]{1,64}", name):
        raise SettingError(f'"{name[:80]}" is no name for a selection: take letters, digits, - and _, or a .json file.')
    if folder is None:
        raise SettingError(f'This model is in no folder, so there is no place for "{name}"; name a .json file.')
    return folder / "selections" / f"{name}.json"
