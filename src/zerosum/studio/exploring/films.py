"""The way from one sample to the next as a file: an animation, a film, or a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from zerosum.core.errors import SettingError
from zerosum.core.progress import Progress
from zerosum.exploration import RATE, Pictures
from zerosum.exploration.places import Place
from zerosum.studio.exploring.open_model import Answer, OpenModel

MOST_FRAMES = 600
"""Frames of one film, at most."""

PART = 32
"""Frames that are made between two words on how far it is."""

TYPES = {"gif": "image/gif", "mp4": "video/mp4", "png": "image/png"}


@dataclass(frozen=True, kw_only=True)
class FilmAsked:
    """What is to be filmed.

    Attributes:
        place: What all frames have in common; its latent counts for nothing.
        seeds: Numbers or names of the samples that the way leads through.
        frames: From one to the next.
        closed: Whether it leads back to the first.
        rate: Frames a second.
        format: Of the file.
    """

    place: dict
    seeds: list
    frames: int = 24
    closed: bool = False
    rate: float = RATE
    format: Literal["gif", "mp4", "png"] = "gif"


def film(opened: OpenModel, asked: FilmAsked, progress: Progress) -> Answer:
    """The file: what `zerosum explore interpolate` writes of the same samples."""
    opened.needs("image", "films are made by models of images")
    explorer, places = opened.explorer_for(asked.place), way(asked)
    pictures: list[Pictures] = []
    for start in range(0, len(places), PART):
        progress("Drawing frames", start, len(places))
        pictures.append(explorer.show(*places[start : start + PART]))
    columns = asked.frames if asked.closed or len(asked.seeds) > 2 else asked.frames + 1
    whole = Pictures.joined(pictures, columns)
    name = f"{opened.folder.name}-{'-'.join(str(seed).strip('@') for seed in asked.seeds[:4])}.{asked.format}"
    with TemporaryDirectory() as folder:
        path = whole.write(Path(folder) / f"film.{asked.format}", asked.rate)
        return Answer(path.read_bytes(), TYPES[asked.format], name=name)


def way(asked: FilmAsked) -> list[Place]:
    """The places of a film's frames.

    Raises:
        SettingError: They are too few or too many.
    """
    legs = _legs(asked.seeds, asked.closed)
    if not legs or asked.frames < 1 or len(legs) * asked.frames >= MOST_FRAMES:
        raise SettingError(
            f"{asked.frames} frames from each of {len(asked.seeds)} samples to the next cannot be filmed: it takes two "
            f"samples, and {MOST_FRAMES} frames in all at most."
        )
    common = {name: part for name, part in asked.place.items() if name != "latent"}

    def at(ends: Sequence[Any], t: float) -> Place:
        return {**common, "latent": {"between": {"seeds": list(ends), "t": t}}}

    places = [at(ends, number / asked.frames) for ends in legs for number in range(asked.frames)]
    return places if asked.closed else [*places, at(legs[-1], 1.0)]


def _legs(seeds: Sequence[Any], closed: bool) -> list[tuple[Any, Any]]:
    if len(seeds) < 2:
        return []
    legs = list(zip(seeds, seeds[1:], strict=False))
    return [*legs, (seeds[-1], seeds[0])] if closed else legs
