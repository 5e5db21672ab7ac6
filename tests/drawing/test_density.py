"""Densities are near the truth, for one mode and for several narrow ones."""

import numpy as np
import pytest

from zerosum.drawing.density import density

PLACES = np.linspace(-3, 3, 601)


def gaussian(mean: float, deviation: float) -> np.ndarray:
    return np.exp(-0.5 * ((PLACES - mean) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))


@pytest.mark.parametrize(
    "modes", [[(1.0, 0.5)], [(0.0, 1.0)], [(-2.0, 0.1), (2.0, 0.1)], [(-2.5, 0.1), (-1.0, 0.1), (1.0, 0.1), (2.5, 0.1)]]
)
def test_near_the_truth(modes) -> None:
    random = np.random.default_rng(0)
    samples = np.concatenate([random.normal(mean, deviation, 4096 // len(modes)) for mean, deviation in modes])
    truth = sum(gaussian(*mode) for mode in modes) / len(modes)
    found = density(samples, PLACES, -6, 6)
    assert np.abs(found - truth).mean() * 6 < 0.1  # of 2, which densities that never meet are apart
    assert np.trapezoid(found, PLACES) == pytest.approx(np.trapezoid(truth, PLACES), abs=0.02)


def test_samples_out_of_sight_count() -> None:
    samples = np.concatenate((np.random.default_rng(0).normal(0, 0.3, 500), np.full(500, 1e6), [np.nan]))
    assert np.trapezoid(density(samples, PLACES, -6, 6), PLACES) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("samples", [[], [np.nan], [9.0], [0.0], [0.0] * 100, [-1.0, 1.0]])
def test_few_samples(samples) -> None:
    found = density(np.array(samples), PLACES, -6, 6)
    assert np.isfinite(found).all() and (found >= 0).all()
    assert (found.max() > 0) == any(abs(sample) < 6 for sample in samples)
