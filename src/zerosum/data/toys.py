"""Toy distributions in one and two dimensions, whose true shape is known exactly.

Each is drawn once from a fixed seed, so a toy set is the same array on every machine and for every seed of training.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zerosum.core.errors import SettingError, nearest_name
from zerosum.core.seeding import seed_from

SAMPLES = 100_000  # enough that no metric notices the set is finite


@dataclass(frozen=True)
class Toy:
    """A distribution of points.

    Attributes:
        summary: What it looks like and what it is for, in one line.
        draw: (generator, number of points, sigma) to points, shape (n, coordinates).
        center: Mean of each coordinate.
        scale: Spread that coordinates are divided by; one number for all of them, so that shapes keep their aspect.
        sigma: Default standard deviation of the noise, or None where there is none.
    """

    summary: str
    draw: Callable[[np.random.Generator, int, float], np.ndarray]
    center: tuple[float, ...]
    scale: float
    sigma: float | None = None


def draw_toy(name: str, sigma: float | None = None, count: int = SAMPLES) -> np.ndarray:
    """Points of a toy distribution.

    Args:
        name: One of `TOYS`.
        sigma: Standard deviation of the noise in place of the default.
        count: How many points.

    Returns:
        Shape (count, coordinates), float32.

    Raises:
        SettingError: There is no such toy, or it has no noise that `sigma` could change.
    """
    toy = _find(name)
    if toy.sigma is None and sigma is not None:
        noisy = ", ".join(sorted(name for name, toy in TOYS.items() if toy.sigma is not None))
        raise SettingError(f"{name} is drawn without noise, so leave out --sigma. It is meant for: {noisy}.")
    generator = np.random.Generator(np.random.PCG64(seed_from("toy", name)))
    return toy.draw(generator, count, sigma or toy.sigma or 0.0).astype(np.float32)


def modes(name: str) -> np.ndarray:
    """Centres of the Gaussians that a toy is a mixture of, shape (modes, 2): 8 for "ring", 25 for "grid".

    Raises:
        SettingError: The toy is not a mixture of separate Gaussians.
    """
    if name not in _MODES:
        raise SettingError(f'"{name}" has no separate modes. {nearest_name(name, _MODES)}.')
    return _MODES[name]()


def has_modes(name: str) -> bool:
    """Whether a toy is a mixture of separate Gaussians."""
    return name in _MODES


def default_sigma(name: str) -> float:
    """Default standard deviation of a toy's noise; 0 where it has none.

    Raises:
        SettingError: There is no such toy.
    """
    return _find(name).sigma or 0.0


def _find(name: str) -> Toy:
    if name not in TOYS:
        raise SettingError(f'There is no toy set "{name}". {nearest_name(name, TOYS)}.')
    return TOYS[name]


def _ring_modes() -> np.ndarray:
    angles = np.arange(8) * (2 * np.pi / 8)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _grid_modes() -> np.ndarray:
    side = np.linspace(-1, 1, 5)
    return np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(25, 2)


def _mixture(centers: np.ndarray) -> Callable[[np.random.Generator, int, float], np.ndarray]:
    """Draws from equally likely round Gaussians around the centres."""

    def draw(generator: np.random.Generator, count: int, sigma: float) -> np.ndarray:
        chosen = generator.integers(len(centers), size=count)
        return centers[chosen] + sigma * generator.standard_normal((count, 2))

    return draw


def _moons(generator: np.random.Generator, count: int, sigma: float) -> np.ndarray:
    angles = np.pi * generator.random(count)
    lower = generator.random(count) < 0.5
    x = np.where(lower, 1 - np.cos(angles), np.cos(angles))
    y = np.where(lower, 0.5 - np.sin(angles), np.sin(angles))
    return np.stack([x, y], axis=1) + sigma * generator.standard_normal((count, 2))


def _disjoint(generator: np.random.Generator, count: int, sigma: float) -> np.ndarray:
    side = generator.choice([-2.0, 2.0], size=count)
    return np.stack([side, generator.uniform(-0.5, 0.5, count)], axis=1)


def _line(generator: np.random.Generator, count: int, sigma: float) -> np.ndarray:
    return np.stack([np.zeros(count), generator.random(count)], axis=1)


def _gaussian(generator: np.random.Generator, count: int, sigma: float) -> np.ndarray:
    return 1.0 + sigma * generator.standard_normal((count, 1))


_MODES = {"ring": _ring_modes, "grid": _grid_modes}

TOYS: dict[str, Toy] = {
    "ring": Toy(
        "8 Gaussians on the unit circle: does the generator find all modes?",
        _mixture(_ring_modes()),
        center=(0.0, 0.0),
        scale=math.sqrt(1 / 2),
        sigma=0.05,
    ),
    "grid": Toy(
        "25 narrow Gaussians on a square from -1 to 1: does it find many modes?",
        _mixture(_grid_modes()),
        center=(0.0, 0.0),
        scale=math.sqrt(1 / 2),
        sigma=0.02,
    ),
    "moons": Toy("two interleaved half circles", _moons, center=(0.5, 0.25), scale=0.7, sigma=0.05),
    "disjoint": Toy(
        "two parallel segments four apart: the support has no area and falls into two parts",
        _disjoint,
        center=(0.0, 0.0),
        scale=1.5,
    ),
    # Not centred across the line: the distance between a generator's line and this one is the point of the example.
    "line": Toy(
        "a vertical segment from (0, 0) to (0, 1), after Arjovsky and others 2017 (Wasserstein GAN), example 1",
        _line,
        center=(0.0, 0.5),
        scale=0.5,
    ),
    # Not normalised, because then the prior itself would be the answer.
    "gaussian": Toy(
        "one dimension, mean 1, after Goodfellow and others 2014 (Generative Adversarial Nets), figure 1",
        _gaussian,
        center=(0.0,),
        scale=1.0,
        sigma=0.5,
    ),
}
