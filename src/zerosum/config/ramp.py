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


@dataclass(frozen=True)
class Stairs:
    """A number that climbs from 0 to each whole number in turn, on a straight line, and rests on each.

    It is a function of the samples seen, as a `Ramp` is.

    Attributes:
        top: The whole number on which it stays.
        rest: Samples on each of the others.
        climb: Samples from one to the next.
    """

    top: int
    rest: int
    climb: int

    def at(self, samples: int) -> float:
        """The number after `samples` samples."""
        step, since = divmod(samples, self.rest + self.climb)
        return min(float(self.top), step + max(0, since - self.rest) / self.climb)
