"""Randomness without state: every draw is seeded from what it is for, so no generator's state is ever saved."""

import hashlib
import re
from dataclasses import dataclass, field

import torch
from torch import Tensor

from zerosum.core.errors import SettingError

MOST_SAMPLES = 1_000_000
"""Samples that one command makes at most: all of them are held in memory."""


def seed_from(*key: object) -> int:
    """A 56-bit seed from the parts of a key, equal on every machine and in every process."""
    return int.from_bytes(hashlib.sha256(repr(key).encode()).digest()[:7], "little")


def parse_seeds(text: str, what: str = "--seeds") -> list[int]:
    """The numbers that a text like "0-63,100" stands for, in its order.

    Args:
        text: Single numbers and ranges.
        what: What the text is, for messages.

    Raises:
        SettingError: It is something else, or stands for too many.
    """
    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d{1,10})(?:-(\d{1,10}))?", part.strip(), re.ASCII)
        if match is None:
            raise SettingError(f'{what} is "{text}"; write numbers and ranges, as in 0-63,100,200-210.')
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise SettingError(f'{what} has the range "{part.strip()}", which ends before it begins.')
        if len(seeds) + last - first >= MOST_SAMPLES:
            raise SettingError(f'{what} is "{text}": {MOST_SAMPLES:,} samples at most in one go.')
        seeds += range(first, last + 1)
    return seeds


@dataclass(frozen=True)
class Share:
    """Which part of the work this process does: process `rank` of `world`."""

    rank: int = 0
    world: int = 1


@dataclass
class Noise:
    """Random numbers that belong to the samples of one global batch.

    Every process draws the numbers of the whole batch and keeps the rows of its own samples. A sample therefore meets
    the same noise however many processes the batch is spread over.

    Attributes:
        seed: Seed of the stream; successive draws continue it.
        share: Which rows this process keeps.
        device: Where the numbers are drawn.
    """

    seed: int
    share: Share = field(default_factory=Share)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def __post_init__(self) -> None:
        self._generator = torch.Generator(self.device).manual_seed(self.seed)

    def normal(self, count: int, *shape: int) -> Tensor:
        """Standard normal numbers, shape (count, *shape), for this process's `count` samples."""
        return self._rows(torch.randn(self._total(count), *shape, generator=self._generator, device=self.device), count)

    def uniform(self, count: int, *shape: int) -> Tensor:
        """Numbers uniform on [0, 1), shape (count, *shape), for this process's `count` samples."""
        return self._rows(torch.rand(self._total(count), *shape, generator=self._generator, device=self.device), count)

    def _total(self, count: int) -> int:
        return count * self.share.world

    def _rows(self, everyone: Tensor, count: int) -> Tensor:
        return everyone[self.share.rank * count : (self.share.rank + 1) * count]
