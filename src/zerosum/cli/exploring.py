"""Verbs of `zerosum explore` that go from sample to sample, and what all of its verbs are told."""

import json
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from zerosum.api import Explorer
from zerosum.cli.asked import Asked
from zerosum.core.errors import SettingError
from zerosum.core.seeding import parse_seeds
from zerosum.exploration import RATE, Pictures, Place


@dataclass(frozen=True, kw_only=True)
class Verb(Asked, ABC):
    """What all verbs are told."""

    model: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RUN_OR_MODEL")]
    """Folder of a run or of a model."""
    space: Literal["auto", "z", "w"] = "auto"
    """The space of latents: z of the prior, or w, the styles of stylegan2; auto is w where there are styles."""
    truncation: float | None = None
    """The smaller, the more typical and the less varied is what is drawn, for systems that know truncation."""
    out: Path | None = None
    """The file to write: .png for a sheet; .gif or .mp4 for one picture after the other (.mp4 needs zerosum[video]). By
    default VERB.png, and walk.gif."""
    rate: float = RATE
    """Frames a second of a .gif or .mp4."""

    @abstractmethod
    def run(self, explorer: Explorer) -> None:
        """Do it, and say what came of it."""

    def write(self, pictures: Pictures, default: str, what: str) -> None:
        """Write pictures and say where they are."""
        print(f"{what}: {pictures.write(self.out or Path(default), self.rate)}")


@dataclass(frozen=True, kw_only=True)
class Interpolate(Verb):
    """Go from each numbered sample to the next, evenly."""

    seeds: str = "0-4"
    """Numbers of the samples to go through, in this order."""
    steps: int = 8
    """From one sample to the next."""
    loop: bool = False
    """Come back to the first sample."""
    way: Literal["auto", "linear", "spherical"] = "auto"
    """Straight or on great circles; auto is what suits the space."""

    def run(self, explorer: Explorer) -> None:
        """Write the sheet."""
        numbers, told = parse_seeds(self.seeds), self.request(explorer.model)
        pictures = explorer.interpolate(numbers, told, self.steps, self.loop, self.way)
        self.write(pictures, "interpolate.png", f"{len(pictures.rows)} samples")


@dataclass(frozen=True, kw_only=True)
class Walk(Verb):
    """Walk through numbered samples and back, without corners, as an animation."""

    seeds: str = "0-7"
    """Numbers of the samples to walk through."""
    steps: int = 24
    """Frames from one sample to the next."""

    def run(self, explorer: Explorer) -> None:
        """Write the animation."""
        pictures = explorer.walk(parse_seeds(self.seeds), self.request(explorer.model), self.steps)
        default = "walk.gif" if explorer.model.space.kind == "image" else "walk.png"
        self.write(pictures, default, f"{len(pictures.rows)} frames")


@dataclass(frozen=True, kw_only=True)
class Mix(Verb):
    """Give each row's sample some layers of each column's (stylegan2, and in z biggan)."""

    rows: str = "0-4"
    """Numbers of the samples that most is taken from."""
    columns: str = "5-9"
    """Numbers of the samples that layers are taken from."""
    layers: str | None = None
    """Which layers, coarsest first, as in 0-2; by default the finer half."""

    def run(self, explorer: Explorer) -> None:
        """Write the matrix."""
        rows, columns = parse_seeds(self.rows, "--rows"), parse_seeds(self.columns, "--columns")
        layers = None if self.layers is None else parse_layers(self.layers)
        pictures = explorer.mix(rows, columns, layers, self.request(explorer.model))
        self.write(pictures, "mix.png", "Mixing matrix")


@dataclass(frozen=True, kw_only=True)
class Truncate(Verb):
    """Draw numbered samples under several truncations, one below the other."""

    seeds: str = "0-9"
    """Numbers of the samples."""
    truncations: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)
    """The truncations, with spaces between them."""

    def run(self, explorer: Explorer) -> None:
        """Write the sheet."""
        pictures = explorer.truncate(parse_seeds(self.seeds), self.truncations, self.request(explorer.model))
        self.write(pictures, "truncate.png", f"{len(self.truncations)} truncations")


@dataclass(frozen=True, kw_only=True)
class Show(Verb):
    """Draw what is at places, written in JSON as the studio has them."""

    places: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="PLACE")]
    """Places, as in '{"latent": {"plane": {"seeds": [1, 2, 3, 4], "x": 0.3, "y": 0.7}}}'; more are in
    docs/exploring.md."""

    def run(self, explorer: Explorer) -> None:
        """Write the sheet."""
        pictures = explorer.show(*map(parse_place, self.places))
        self.write(pictures, "show.png", f"{len(pictures.rows)} places")


def parse_place(text: str) -> Place:
    """The place that a text says in JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingError(f"{text[:200]} is no JSON: {error}. Put a place in single quotes.") from error


def parse_layers(text: str) -> slice:
    """The layers that a text like "2" or "0-3" stands for."""
    found = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", text, re.ASCII)
    if found is None or int(found[2] or found[1]) < int(found[1]):
        raise SettingError(f'--layers is "{text}"; write one layer or a range of them, coarsest first, as in 0-3.')
    return slice(int(found[1]), int(found[2] or found[1]) + 1)
