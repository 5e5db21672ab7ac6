"""The two-sample classifier: chance on equal sets, certainty on sick ones."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from zerosum.core.space import Space
from zerosum.metrics.classifier import two_sample_accuracy
from zerosum.metrics.features import feature_network
from zerosum.metrics.separation import area_under_curve, binomial_band


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("features", [2, 64])
def test_equal_sets_are_at_chance(features: int) -> None:
    values = [
        two_sample_accuracy(normal(128, features, seed=2 * s), normal(128, features, seed=2 * s + 1)) for s in range(40)
    ]
    low, high = binomial_band(256, 1)
    assert np.mean(values) == pytest.approx(0.5, abs=0.02)
    assert np.std(values) < 1.5 * (high - low) / 2


def test_it_reaches_the_best_accuracy_of_two_gaussians() -> None:
    """Two unit Gaussians d apart can be told apart with probability Phi(d / 2)."""
    real, fake = normal(4000, 40), normal(4000, 40, seed=1)
    fake[:, 0] += 2
    assert two_sample_accuracy(real, fake) == pytest.approx(0.5 * (1 + math.erf(1 / math.sqrt(2))), abs=0.02)


def test_it_sees_modes_of_points(ring: Tensor) -> None:
    real, fake = ring[:256], ring[256:512]
    assert two_sample_accuracy(real, fake) == pytest.approx(0.5, abs=0.08)
    assert two_sample_accuracy(real, normal(256, 2)) > 0.8
    half = ring[ring[:, 0] > 0][:256]
    assert two_sample_accuracy(real, half) > 0.65
    assert two_sample_accuracy(real, fake[torch.arange(256) % 20]) > 0.8


def test_it_sees_blur_noise_and_collapse_of_digits(digits: Tensor) -> None:
    network = feature_network(Space(kind="image", shape=(1, 28, 28)))
    real, other = network(digits[:512]), digits[512:1024]
    low, high = binomial_band(1024, 4)
    assert low < two_sample_accuracy(real, network(other)) < high
    assert two_sample_accuracy(real, network(F.avg_pool2d(other, 3, stride=1, padding=1))) > 0.95
    assert two_sample_accuracy(real, network(other + 0.1 * normal(*other.shape))) > 0.9
    assert two_sample_accuracy(real, network(other[torch.arange(512) % 10])) > 0.9


@pytest.mark.parametrize("features", [2, 64])
def test_degenerate_sets(features: int) -> None:
    real = normal(40, features)
    same = torch.ones(40, features)
    assert two_sample_accuracy(real, 1e6 + same) == 1
    assert two_sample_accuracy(same, same + 1) == 1
    assert two_sample_accuracy(same, same) == 0.5
    for n in (1, 2, 3):
        assert 0 <= two_sample_accuracy(real[:n], same[:n]) <= 1
        assert 0 <= two_sample_accuracy(same[:n], 1e6 * real) <= 1
    for bad in (math.nan, math.inf):
        assert math.isnan(two_sample_accuracy(real, same * bad))


def test_a_few_samples_that_ran_away_do_not_hide_what_the_others_are(ring: Tensor) -> None:
    fake = normal(256, 2)
    fake[:4] = 1e6
    assert two_sample_accuracy(ring[:256], fake) > 0.8


def test_area_under_curve_counts_pairs() -> None:
    on_real = torch.tensor([1.0, 2.0, 2.0, 3.0])
    on_fake = torch.tensor([2.0, 0.0, 2.0])
    expected = np.mean([float(r > f) + 0.5 * float(r == f) for r in on_real for f in on_fake])
    assert area_under_curve(on_real, on_fake) == pytest.approx(expected)
    assert area_under_curve(on_fake + 10, on_real) == 1
    assert area_under_curve(torch.zeros(5), torch.zeros(7)) == 0.5
    assert math.isnan(area_under_curve(on_real, on_fake * math.nan))


def test_binomial_band() -> None:
    assert binomial_band(100) == pytest.approx((0.4, 0.6))
    assert binomial_band(400, 1) == pytest.approx((0.475, 0.525))
    assert binomial_band(1, 3) == (0, 1) and binomial_band(0) == (0, 1)
