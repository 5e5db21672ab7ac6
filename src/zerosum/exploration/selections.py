"""Chosen samples, or the latents of inverted pictures, kept under a name in the model's folder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from zerosum.config.base import from_json, to_json
from zerosum.core.errors import DataError, SettingError
from zerosum.core.files import read_json, write_json
from zerosum.data.conditions import Request
from zerosum.exploration.spaces import Latents, LatentSpace


@dataclass(frozen=True)
class Selection:
    """Samples by their numbers, or latents.

    Attributes:
        seeds: Numbers of the samples.
        condition: What they are asked to be, as for `Model.sample`; None for what their numbers say.
        space: The space of latents that are no numbered samples'.
        values: These, as nested lists of shape (n, ...).
        told: What they are told to be, as nested lists, where something is told.
    """

    seeds: list[int] | None = None
    condition: int | str | dict[str, bool] | None = None
    space: Literal["z", "w"] | None = None
    values: list | None = None
    told: list | None = None

    @classmethod
    def of_seeds(cls, seeds: list[int], condition: Request | None) -> "Selection":
        """Numbered samples."""
        return cls(seeds, dict(condition) if isinstance(condition, Mapping) else condition)

    @classmethod
    def of_latents(cls, space: LatentSpace, latents: Latents) -> "Selection":
        """Latents of a space."""
        told = None if latents.conditions is None else latents.conditions.tolist()
        return cls(space=space.name, values=latents.values.tolist(), told=told)

    def latents(self, space: LatentSpace) -> Latents:
        """The latents of what was selected.

        Raises:
            DataError: They are of another space or another model.
            SettingError: The samples' numbers or their condition mean nothing to the model.
        """
        if self.seeds is not None:
            return space.at(self.seeds, self.condition)
        if self.space != space.name:
            raise DataError(
                f"The selection has latents {self.space}, and {space.name} was asked for; take --space {self.space}."
            )
        try:
            values = torch.tensor(self.values, dtype=torch.float32)
            known = space.at([0])
            told = None if known.conditions is None else torch.tensor(self.told, dtype=known.conditions.dtype)
        except (TypeError, ValueError, RuntimeError) as error:
            raise DataError(f"The selection cannot be read: {error}.") from error
        alike = values.shape[1:] == known.values.shape[1:] and len(values) > 0 and bool(values.isfinite().all())
        if not alike or (told is not None and told.shape != (len(values), *known.conditions.shape[1:])):  # type: ignore[union-attr]
            raise DataError("The selection was made with another model: its latents are not of this one's shape.")
        return Latents(values, told)


def save_selection(selection: Selection, name: str, folder: Path | None) -> Path:
    """Keep a selection under a name, or in the .json file that the name is; returns where it is."""
    path = place_of(name, folder)
    write_json(path, to_json(selection))
    return path


def load_selection(name: str, folder: Path | None) -> Selection:
    """The selection of a name, or in the .json file that the name is.

    Raises:
        DataError: There is none.
    """
    path = place_of(name, folder)
    if not path.is_file():
        kept = sorted(other.stem for other in path.parent.glob("*.json"))
        there = f"There are {', '.join(kept)}" if kept else "Nothing was selected there yet"
        raise DataError(f'There is no selection "{name}", which would be {path}. {there}.')
    selection = from_json(Selection, read_json(path), str(path))
    if (selection.seeds is None) == (selection.values is None):
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
