"""Numbers that change while training goes on."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Ramp:
    """A number that moves from `start` to `end` along half a cosine, and stays there.

    It is a function of the samples seen and not of the time left, so that a run that goes on longer, or is
    interrupted, is the same run.

    Attributes:
        start: Value at the beginning.
        end: Value from `samples` on; None stays at the start.
        samples: Samples seen when the end is reached.
    """

    start: float
    end: float | None = None
    samples: int = 1

    def at(self, samples: int) -> float:
        """The value after `samples` samples."""
        if self.end is None:
            return self.start
        way = min(1.0, samples / self.samples)
        return self.end + (self.start - self.end) * (1 + math.cos(math.pi * way)) / 2
