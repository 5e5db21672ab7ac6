"""A number that can be reproduced: what was measured, in what, on how many samples, and how far chance may move it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from PIL import Image

from zerosum.core.errors import SettingError
from zerosum.drawing.page import Table
from zerosum.metrics.bootstrap import Estimate

Better = Literal["lower", "higher", "floor"]
"""Which way is better: "floor" for numbers that are best where real samples have them, such as an accuracy of 50 %."""

Level = Literal["good", "note", "bad"]
"""How a verdict sounds."""

FID_SAMPLES = 50_000
"""Only the Frechet distance of the original Inception features at so many samples is called FID."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number of an evaluation.

    Attributes:
        metric: What is measured, in a short word: "fd", "precision".
        title: The same in words.
        within: The features that it is measured in: "efficientnet-lite0"; empty where it needs none.
        n: Samples on each side.
        settings: What else the number depends on, such as a width or a number of neighbours, as `name=value`.
        value: The number.
        low: Lower end of a 95 % bootstrap interval; None where there is none.
        high: Its upper end.
        error: Standard error; None where there is none.
        floor: What the same measure says of real samples beside as many other real ones; None where it cannot be had.
        better: Which way is better.
        seconds: How long it took, the features not counted.
    """

    metric: str
    title: str
    within: str = ""
    n: int
    settings: str = ""
    value: float
    low: float | None = None
    high: float | None = None
    error: float | None = None
    floor: float | None = None
    better: Better = "lower"
    seconds: float = 0.0

    @classmethod
    def of(cls, estimate: Estimate, **described: Any) -> "Measure":
        """A measure whose value, interval and error are those of an estimate."""
        spread = {"low": estimate.low, "high": estimate.high, "error": estimate.error}
        known = {name: None if math.isnan(number) else number for name, number in spread.items()}
        return cls(value=estimate.value, **known, **described)

    @property
    def label(self) -> str:
        """The number's whole name, without which it means nothing: `fd[efficientnet-lite0, n=5000]`."""
        if self.metric == "fd" and self.within == "inception" and self.n == FID_SAMPLES:
            return "FID"
        parts = [self.within, f"n={self.n}", self.settings]
        return f"{self.metric}[{', '.join(part for part in parts if part)}]"

    @property
    def excess(self) -> float | None:
        """The value over its floor; None where there is no floor to divide by."""
        return None if not self.floor or self.floor < 0 else self.value / self.floor

    def better_than(self, other: "Measure") -> bool:
        """Whether this is the better value of the two.

        Raises:
            SettingError: The two are not the same measure, so that the larger one says nothing.
        """
        if self.label != other.label:
            raise SettingError(
                f"{self.label} and {other.label} are different measures and cannot be compared. Evaluate both with the "
                "same --features and --samples on the same data."
            )
        if self.better == "floor":
            return abs(self.value - (self.floor or 0)) < abs(other.value - (other.floor or 0))
        return self.value < other.value if self.better == "lower" else self.value > other.value


@dataclass(frozen=True)
class Verdict:
    """A sentence that says what numbers mean.

    Attributes:
        about: What it judges: "distance", "copying".
        level: "good", "note" or "bad".
        text: The sentence, with its numbers.
        blind: What the test cannot see; empty where that is said elsewhere.
    """

    about: str
    level: Level
    text: str
    blind: str = ""


@dataclass(frozen=True)
class Figure:
    """A picture of a report.

    Attributes:
        name: Name of its file, without suffix.
        title: What it shows.
        caption: How to read it.
        image: The picture.
    """

    name: str
    title: str
    caption: str
    image: Image.Image


@dataclass(frozen=True)
class Found:
    """What one test has to say."""

    measures: Sequence[Measure] = ()
    verdicts: Sequence[Verdict] = ()
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = field(default_factory=tuple)
