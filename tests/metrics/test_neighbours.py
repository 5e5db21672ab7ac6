"""Manifold measures, diversity and copying: against loops in numpy, and for what they say of sick generators."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from zerosum.metrics.copying import Originals
from zerosum.metrics.diversity import diversity_ratio, mean_pairwise_distance, near_duplicates
from zerosum.metrics.manifold import manifold
from zerosum.metrics.pairs import distances


def copy_share(fake: torch.Tensor, held_out: torch.Tensor, train: torch.Tensor) -> float:
    return Originals(held_out, train).suspects(fake).copies().share


def copying_z(fake: torch.Tensor, held_out: torch.Tensor, train: torch.Tensor) -> float:
    return Originals(held_out, train).suspects(fake).copies().z


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def lengths(a: Tensor, b: Tensor) -> np.ndarray:
    return np.linalg.norm(a.double().numpy()[:, None] - b.double().numpy()[None], axis=2)


def test_distances_are_exact_zeros_for_copies_far_from_the_origin() -> None:
    a = (normal(10, 50) + 1e4).double()
    expected = lengths(a, a)
    assert torch.equal(distances(a, a) == 0, torch.eye(10, dtype=torch.bool))
    assert np.allclose(distances(a, a).numpy(), expected, rtol=1e-6)


def test_manifold_measures_are_what_the_papers_count() -> None:
    real, fake = normal(40, 3), 0.7 * normal(30, 3, seed=1) + 0.5
    between, reals, fakes = lengths(real, fake), lengths(real, real), lengths(fake, fake)
    radius = {k: np.sort(reals, 1)[:, k] for k in (3, 5)}  # the first is the sample itself
    precision = np.mean([any(between[i, j] <= radius[3][i] for i in range(40)) for j in range(30)])
    recall = np.mean([any(between[i, j] <= np.sort(fakes, 1)[j, 3] for j in range(30)) for i in range(40)])
    density = sum(between[i, j] <= radius[5][i] for i in range(40) for j in range(30)) / (5 * 30)
    coverage = np.mean([any(between[i, j] <= radius[5][i] for j in range(30)) for i in range(40)])
    assert manifold(real, fake) == pytest.approx((precision, recall, density, coverage), abs=1e-12)


def test_collapse_costs_recall_and_coverage_and_noise_costs_precision_and_density() -> None:
    real, other = normal(300, 2), normal(300, 2, seed=1)
    healthy = manifold(real, other)
    collapsed = manifold(real, other[:3].repeat(100, 1))
    noisy = manifold(real, 4 * other)
    assert min(healthy.precision, healthy.recall, healthy.coverage) > 0.85 and 0.8 < healthy.density < 1.2
    assert collapsed.recall < 0.05 and collapsed.coverage < 0.1
    assert noisy.precision < 0.5 and noisy.density < 0.5 and noisy.recall > 0.8


def test_mean_pairwise_distance_is_over_different_samples() -> None:
    x = normal(20, 4)
    assert mean_pairwise_distance(x) == pytest.approx(lengths(x, x).sum() / (20 * 19), rel=1e-9)
    assert mean_pairwise_distance(x[:1]) == 0


def test_diversity_falls_as_modes_are_lost(digits: Tensor) -> None:
    real, fake = digits[:256], digits[256:512]
    ratios = [diversity_ratio(fake[torch.arange(256) % kept], real) for kept in (256, 3, 1)]
    assert ratios[0] == pytest.approx(1, abs=0.1) and ratios[1] < 0.85 and ratios[2] == 0
    assert diversity_ratio(real / 3, real) == pytest.approx(1 / 3, rel=1e-4)


def test_near_duplicates_are_rare_in_health_and_all_after_collapse(digits: Tensor, ring: Tensor) -> None:
    for x in (digits, ring):
        real, fake = x[:256], x[256:512]
        assert near_duplicates(fake, real) < 0.05
        assert near_duplicates(fake[torch.arange(256) % 30] + 1e-4 * normal(*fake.shape), real) == 1
        half = torch.cat([fake[:128], fake[:1].repeat(128, *[1] * (x.dim() - 1))])
        assert near_duplicates(half, real) == pytest.approx(0.5, abs=0.05)


def test_duplicates_among_reals_do_not_hide_those_among_fakes() -> None:
    real = torch.cat([normal(200, 2), torch.zeros(50, 2)])
    assert near_duplicates(torch.zeros(250, 2), real) == 1
    assert near_duplicates(torch.zeros(250, 2), torch.zeros(250, 2)) == 0


def test_copies_are_found_and_held_out_samples_are_not() -> None:
    train, held_out, healthy = normal(500, 16), normal(200, 16, seed=1), normal(200, 16, seed=2)
    copies = train[:200] + 0.01 * normal(200, 16, seed=3)
    assert copy_share(healthy, held_out, train) == pytest.approx(0, abs=0.02)
    assert copy_share(copies, held_out, train) > 0.95
    mixture = torch.cat([copies[:50], healthy[:150]])
    assert copy_share(mixture, held_out, train) == pytest.approx(0.25, abs=0.02)
    assert abs(copying_z(healthy, held_out, train)) < 3
    assert copying_z(copies, held_out, train) < -10
    assert copying_z(3 * healthy, held_out, train) > 10


def test_copying_z_counts_pairs_as_mann_and_whitney() -> None:
    fake, held_out, train = normal(12, 2), normal(9, 2, seed=1), normal(30, 2, seed=2)
    of_fakes, of_reals = (lengths(x, train).min(1) for x in (fake, held_out))
    count = sum(float(a > b) + 0.5 * float(a == b) for a in of_fakes for b in of_reals)
    expected = (count - 12 * 9 / 2) / math.sqrt(12 * 9 * (12 + 9 + 1) / 12)
    assert copying_z(fake, held_out, train) == pytest.approx(expected, rel=1e-9)


def test_duplicates_in_training_data_are_no_copies() -> None:
    train = normal(50, 4).repeat(2, 1)
    assert copy_share(train[:50], normal(50, 4, seed=1), train) == 0
    assert copy_share(torch.zeros(5, 4), torch.zeros(5, 4), torch.zeros(9, 4)) == 0
    assert copy_share(normal(5, 4), normal(5, 4), train[:1]) == 0


def every_measure(real: Tensor, fake: Tensor) -> list[float]:
    copying = [measure(fake, real, train) for measure in (copy_share, copying_z) for train in (real, fake)]
    return [*manifold(real, fake), diversity_ratio(fake, real), near_duplicates(fake, real), *copying]


def test_degenerate_sets_have_finite_measures() -> None:
    real = normal(20, 6)
    same = torch.ones(20, 6)
    for a, b in [(real, same), (same, real), (same, same), (real, real + 1e6), (1e6 * real, real), (real, real[:2])]:
        for n in (20, 2, 1):
            values = every_measure(a[:n], b[:n])
            assert all(map(math.isfinite, values)), (values, n)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_that_are_not_finite_stay_visible(bad: float) -> None:
    real = normal(20, 6)
    fake = real.clone()
    fake[3, 2] = bad
    for values in (every_measure(real, fake), every_measure(fake, real)):
        assert not any(map(math.isfinite, values)), values
    assert not math.isfinite(diversity_ratio(fake, torch.ones(20, 6)))
