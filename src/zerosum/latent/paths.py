"""Paths through latents: from one to another, through any number of them, and round.

A latent is a row of any shape whose last axis is a vector: (dimension,), or (layers, width) with a vector a layer.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.metrics.smoothness import slerp

Between = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(first (n, ..., d), second (n, ..., d), place (n,) on [0, 1]) -> latents (n, ..., d) that are exact at either end."""

MOST_FRAMES = 100_000
"""Places on a path, at most."""


@dataclass(frozen=True)
class Path:
    """Where the places of a path lie among the points that it leads through.

    Attributes:
        first: Number of the point behind each place, shape (n,).
        second: Number of the point before it.
        place: How far it is on the way from the one to the other, on [0, 1], float64.
        count: How many points there are.
    """

    first: Tensor
    second: Tensor
    place: Tensor
    count: int

    @classmethod
    def through(cls, count: int, steps: int, closed: bool) -> "Path":
        """Places at equal distances on a path through points, `steps` of them from each point to the next.

        Args:
            count: How many points there are.
            steps: Places from one point to the next, the first one included.
            closed: Whether it leads back to the first point, which is then not repeated; else it ends at the last.

        Raises:
            SettingError: There are fewer than two points, or steps that cannot be taken.
        """
        if count < 2:
            raise SettingError(f"A path leads through two samples at least; {count} was given.")
        legs = count if closed else count - 1
        if steps < 1 or legs * steps > MOST_FRAMES:
            raise SettingError(
                f"{steps} steps from each of {count} samples to the next cannot be made; at least 1, and at most "
                f"{MOST_FRAMES:,} in all."
            )
        number = torch.arange(legs * steps)
        first, place = number // steps, (number % steps).double() / steps
        if not closed:
            first, place = torch.cat([first, torch.tensor([legs - 1])]), torch.cat([place, torch.ones(1).double()])
        return cls(first, (first + 1) % count, place, count)

    def along(self, points: Tensor, between: Between) -> Tensor:
        """The latents (n, ..., d) of the path through points (count, ..., d)."""
        return between(points[self.first], points[self.second], self.place)

    def nearest(self, values: Tensor) -> Tensor:
        """What each place has of what the points have, (count, ...): that of the nearer one."""
        return values[torch.where(self.place < 0.5, self.first, self.second)]


def bilinear(corners: Tensor, x: float, y: float, between: Between) -> Tensor:
    """The latent (1, ..., d) between four others: first across, above and below, and then down.

    Args:
        corners: Top left, top right, bottom left, bottom right, shape (4, ..., d).
        x: How far to the right, on [0, 1].
        y: How far down, on [0, 1].
        between: How to go from one latent to another.
    """
    across, down = torch.full((2,), x, dtype=torch.float64), torch.full((1,), y, dtype=torch.float64)
    above, below = between(corners[[0, 2]], corners[[1, 3]], across).split(1)
    return between(above, below, down)


def linear(first: Tensor, second: Tensor, place: Tensor) -> Tensor:
    """Straight lines."""
    return torch.lerp(first, second, _beside(place, first).to(first))


def spherical(first: Tensor, second: Tensor, place: Tensor) -> Tensor:
    """Great circles (Shoemake 1985), along which the length changes evenly from that of one end to that of the other.

    Normal latents of many dimensions have nearly one length, and a straight line leaves it (White 2016,
    arXiv:1609.04468, Section 2).
    """
    a, b = first.double().flatten(0, -2), second.double().flatten(0, -2)
    t = _beside(place.double(), first).expand(*first.shape[:-1], 1).reshape(-1, 1)
    length = torch.lerp(a.norm(dim=1, keepdim=True), b.norm(dim=1, keepdim=True), t)
    turned = (slerp(a, b, t) * (length / math.sqrt(a.shape[1]))).view(first.shape).to(first)
    return _exact(turned, first, second, place)


def smooth(path: Path, points: Tensor, spherically: bool) -> Tensor:
    """Latents (n, ..., d) along a curve through points (count, ..., d) without corners, for a closed path.

    The curve is Catmull and Rom's (1974, "A class of local interpolating splines") with tangents that are half of what
    lies between a point's neighbours.

    Args:
        path: Where the places are; a closed path.
        points: What it leads through.
        spherically: Whether latents are brought to lengths between those of the points, by the same curve.
    """
    before, a, b, after = (
        points[index % path.count].double() for index in (path.first - 1, path.first, path.second, path.second + 1)
    )
    t = _beside(path.place, points)

    def spline(before: Tensor, a: Tensor, b: Tensor, after: Tensor) -> Tensor:
        return a + t * (b - before + t * (2 * before - 5 * a + 4 * b - after + t * (3 * (a - b) + after - before))) / 2

    curve = spline(before, a, b, after)
    if spherically:
        wanted = spline(*(x.norm(dim=-1, keepdim=True) for x in (before, a, b, after)))
        curve = curve * (wanted / curve.norm(dim=-1, keepdim=True).clamp(min=1e-12))
    return _exact(curve.to(points), points[path.first], points[path.second], path.place)


def _beside(place: Tensor, latents: Tensor) -> Tensor:
    """Places (n,) as (n, 1, ...), to be multiplied with latents (n, ..., d)."""
    return place.view(-1, *[1] * (latents.dim() - 1))


def _exact(between: Tensor, first: Tensor, second: Tensor, place: Tensor) -> Tensor:
    """Latents with those of either end as they are: a sample is the same picture on a path as on its own."""
    place = _beside(place, first)
    return torch.where(place == 0, first, torch.where(place == 1, second, between))
