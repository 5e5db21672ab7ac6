"""Directions that a model's samples change along: found, kept in a file, and gone along."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from zerosum.core.errors import DataError, SettingError
from zerosum.core.files import replacing
from zerosum.exploration.scores import Score, scored
from zerosum.exploration.spaces import Latents, LatentSpace
from zerosum.latent.directions import (
    Directions,
    closed_form,
    enough,
    first_maps,
    principal,
    principal_by_effect,
    toward_label,
    toward_score,
)

Method = Literal["pca", "sefa"]

LARGEST_EFFECT = 4096
"""Numbers of a sample that principal components are taken of; larger pictures are averaged over squares."""

_MOVE = re.compile(r"(.{1,200}):(\d{1,5})=([+-]?(?:\d{1,6}(?:\.\d{0,6})?|\.\d{1,6}))", re.ASCII)


@dataclass(frozen=True)
class Axes:
    """Directions in a space of a model's latents.

    Attributes:
        space: The name of the space.
        directions: Vectors (k, width), the spread of latents along them (k,), and, if known, their shares (k,).
    """

    space: Literal["z", "w"]
    directions: Directions

    def save(self, path: Path | str) -> Path:
        """Write them as a safetensors file."""
        path = Path(path)
        parts = {name: getattr(self.directions, name) for name in ("vectors", "spread", "shares")}
        tensors = {name: part.contiguous() for name, part in parts.items() if part is not None}
        with replacing(path) as temporary:
            save_file(tensors, temporary, metadata={"space": self.space})
        return path

    @classmethod
    def load(cls, path: Path | str) -> "Axes":
        """Read what `save` wrote.

        Raises:
            DataError: There are no directions in the file.
        """
        if not Path(path).is_file():
            raise DataError(f"There are no directions at {path}. `zerosum explore directions --save FILE` writes some.")
        try:
            with safe_open(str(path), "pt") as file:
                vectors, spread = file.get_tensor("vectors"), file.get_tensor("spread")
                shares = file.get_tensor("shares").float() if "shares" in file.keys() else None  # noqa: SIM118
                space = (file.metadata() or {}).get("space")
        except (OSError, SafetensorError) as error:
            raise DataError(f"{path} cannot be read as directions: {error}.") from error
        fit = spread.shape == vectors.shape[:1] and (shares is None or shares.shape == spread.shape)
        if space not in ("z", "w") or vectors.dim() != 2 or not fit:
            raise DataError(f"{path} holds no directions.")
        return cls(space, Directions(vectors.float(), spread.float(), shares))


@dataclass(frozen=True)
class Move:
    """How far to go along one direction.

    Attributes:
        axes: The directions.
        index: Which of them, from 0.
        strength: How far, in units of the latents' spread along it.
    """

    axes: Axes
    index: int
    strength: float

    @classmethod
    def parse(cls, text: str) -> "Move":
        """What `FILE:index=strength` says.

        Raises:
            SettingError: It is written otherwise.
            DataError: The file holds no directions, or not that many.
        """
        found = _MOVE.fullmatch(text)
        if found is None:
            raise SettingError(f'"{text[:200]}" is no move; write FILE:index=strength, as in pca.safetensors:0=2.5.')
        return cls(Axes.load(found[1]), int(found[2]), float(found[3]))


def moved(space: LatentSpace, values: Tensor, move: Move, layers: slice = slice(None)) -> Tensor:
    """Latents (n, ...) moved along a direction; in w only in some layers, if that is asked.

    Raises:
        SettingError: The direction is of another space, or there is none of that number.
        DataError: It was found with another model.
    """
    vectors, spread = move.axes.directions.vectors, move.axes.directions.spread
    if move.axes.space != space.name:
        raise SettingError(f"These directions are in {move.axes.space}; take --space {move.axes.space}.")
    if not 0 <= move.index < len(vectors):
        raise SettingError(f"There is no direction {move.index}; these are 0 to {len(vectors) - 1}.")
    if vectors.shape[1] != values.shape[-1]:
        raise DataError(
            f"The directions have {vectors.shape[1]} coordinates and the latents {values.shape[-1]}: they were found "
            "with another model."
        )
    step = move.strength * spread[move.index] * vectors[move.index]
    if space.name == "z":
        return values + step
    changed = values.clone()
    changed[:, layers] += step
    return changed


def find_axes(space: LatentSpace, method: str, count: int, seeds: Sequence[int]) -> Axes:
    """Directions that nobody has to name.

    Args:
        space: Where to look.
        method: "pca": those in which latents vary most, or, in z, whose samples do. "sefa": those that the generator's
            first layers stretch most.
        count: How many.
        seeds: Numbers of the samples that are looked at.

    Raises:
        SettingError: There is no such method, or there are not so many directions.
    """
    known = space.at(seeds)
    codes = vectors_of(known)
    if method == "pca" and space.name == "w":
        return Axes(space.name, principal(codes, count))
    if method == "pca":
        return Axes(space.name, principal_by_effect(codes, _effects(space, known), count))
    if method == "sefa":
        enough(codes, count)
        modules = nn.ModuleList(space.model.modules.values())
        maps = first_maps(modules, lambda: space.make(known[:1]), codes[0])
        vectors, stretched = closed_form(maps, count)
        shares = stretched.square() / maps.square().sum()
        return Axes(space.name, Directions(vectors, (codes @ vectors.T).std(0), shares))
    raise SettingError(f'There is no method "{method}"; take pca or sefa, or say what the directions are to lead to.')


def axis_between(space: LatentSpace, having: Latents, lacking: Latents) -> Axes:
    """The direction from latents without something to those with it.

    Raises:
        DataError: The two are the same latents.
    """
    codes = torch.cat([vectors_of(having), vectors_of(lacking)])
    if torch.equal(having.values, lacking.values):
        raise DataError(
            "Both concepts have the same latents: in z, classes differ in what is told and not in z. Take --space w, "
            "or concepts that are selections."
        )
    return Axes(space.name, toward_label(codes, torch.arange(len(codes)) < len(having)))


def axis_of_score(space: LatentSpace, seeds: Sequence[int], score: Score) -> Axes:
    """The direction along which a function of stored samples (n, ...) -> (n,) rises.

    Raises:
        DataError: The function does not give a number for each sample, or always the same.
    """
    known = space.at(seeds)
    return Axes(space.name, toward_score(vectors_of(known), scored(space.rows(known), score)))


def vectors_of(latents: Latents) -> Tensor:
    """Latents as vectors (n, width): styles as their mean over layers, which are all alike unless they were mixed."""
    return latents.values if latents.values.dim() == 2 else latents.values.mean(1)


def _effects(space: LatentSpace, latents: Latents) -> Tensor:
    """Samples as vectors (n, f)."""
    x = torch.cat([space.make(latents[i : i + 64]).cpu() for i in range(0, len(latents), 64)])
    if x.dim() == 4:
        block = max(1, round((x[0].numel() / LARGEST_EFFECT) ** 0.5))
        x = torch.nn.functional.avg_pool2d(x, block, ceil_mode=True)
    return x.flatten(1)
