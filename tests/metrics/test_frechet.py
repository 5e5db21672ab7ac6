"""The Frechet distance against scipy's matrix root, torchmetrics, closed forms; its spread against new samples."""

import math

import numpy as np
import pytest
import scipy.linalg
import torch
from torch import Tensor, nn

from zerosum.metrics.frechet import FEWEST, frechet_distance, frechet_estimate


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def by_matrix_root(a: Tensor, b: Tensor) -> float:
    """Heusel's formula, with the root by scipy; symmetric, so that a covariance without full rank has one too."""
    x, y = a.double().numpy(), b.double().numpy()
    p, q = (np.atleast_2d(np.cov(z, rowvar=False)) for z in (x, y))
    values, vectors = np.linalg.eigh(p)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ q @ root).clip(0)).sum()
    return float(((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(p) + np.trace(q) - 2 * cross)


@pytest.mark.parametrize(("n", "m", "f"), [(100, 60, 7), (60, 100, 30), (1000, 300, 64), (40, 40, 1)])
def test_it_is_heusels_formula_with_the_matrix_root_of_scipy(n: int, m: int, f: int) -> None:
    a, b = normal(n, f) @ normal(f, f, seed=3), normal(m, f, seed=1) @ normal(f, f, seed=2) + 0.3
    x, y = a.double().numpy(), b.double().numpy()
    p, q = (np.atleast_2d(np.cov(z, rowvar=False)) for z in (x, y))
    root = scipy.linalg.sqrtm(p @ q).real
    expected = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(p) + np.trace(q) - 2 * np.trace(root)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(("n", "m", "f"), [(20, 30, 50), (30, 20, 50), (20, 200, 50), (50, 50, 50), (51, 49, 50)])
def test_it_is_the_same_formula_with_fewer_samples_than_features(n: int, m: int, f: int) -> None:
    a, b = normal(n, f), normal(m, f, seed=1) @ normal(f, f, seed=2) / 5 + 0.3
    assert frechet_distance(a, b) == pytest.approx(by_matrix_root(a, b), rel=1e-6)


def test_features_that_are_constant_or_copies_of_others_are_no_trouble() -> None:
    a, b = normal(100, 6), 1.5 * normal(80, 6, seed=1)
    constant = [torch.cat([x, torch.full((len(x), 2), value)], 1) for x, value in ((a, 3.0), (b, 5.0))]
    assert frechet_distance(*constant) == pytest.approx(frechet_distance(a, b) + 2 * 4, rel=1e-6)
    assert frechet_distance(*constant) == pytest.approx(by_matrix_root(*constant), rel=1e-6)
    # Two copies of each feature make a distribution whose lengths are longer by the root of two.
    assert frechet_distance(a.repeat(1, 2), b.repeat(1, 2)) == pytest.approx(2 * frechet_distance(a, b), rel=1e-6)


def test_torchmetrics_says_the_same() -> None:
    from torchmetrics.image.fid import FrechetInceptionDistance

    class Features(nn.Module):
        num_features = 12

        def forward(self, x: Tensor) -> Tensor:
            return x.flatten(1)

    a, b = normal(400, 12), 1.3 * normal(300, 12, seed=1) + 0.2
    theirs = FrechetInceptionDistance(feature=Features(), normalize=True, input_img_size=(3, 2, 2)).set_dtype(
        torch.float64
    )
    theirs.update(a.double().view(-1, 3, 2, 2), real=True)
    theirs.update(b.double().view(-1, 3, 2, 2), real=False)
    assert frechet_distance(b, a) == pytest.approx(theirs.compute().item(), rel=1e-6)


def test_shifts_and_scalings_have_closed_forms() -> None:
    a = normal(200, 5).double()
    variance = float(a.var(0).sum())
    assert frechet_distance(a, a + torch.tensor([3.0, 0, 4.0, 0, 0])) == pytest.approx(25, rel=1e-9)
    centred = a - a.mean(0)
    assert frechet_distance(centred, 3 * centred) == pytest.approx(4 * variance, rel=1e-9)
    turned = centred @ torch.linalg.qr(normal(5, 5, seed=1).double()).Q
    other = normal(150, 5, seed=2).double()
    assert frechet_distance(turned, other @ torch.linalg.qr(normal(5, 5, seed=1).double()).Q) == pytest.approx(
        frechet_distance(centred, other), rel=1e-9
    )


def test_it_is_symmetric_and_homogeneous() -> None:
    a, b = normal(90, 8), 2 * normal(70, 8, seed=1) + 1
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a), rel=1e-9)
    assert frechet_distance(10 * a.double(), 10 * b.double()) == pytest.approx(100 * frechet_distance(a, b), rel=1e-9)


def pair(n: int, f: int, seed: int) -> tuple[Tensor, Tensor]:
    scale = torch.linspace(1, 0.2, f)
    return normal(n, f, seed=2 * seed) * scale, normal(n, f, seed=2 * seed + 1) * scale * 1.3 + 0.3


@pytest.mark.parametrize(("n", "f"), [(400, 8), (600, 30), (200, 64), (130, 128), (100, 200), (60, 300)])
def test_the_error_is_the_deviation_over_new_samples_and_the_interval_covers_their_mean(n: int, f: int) -> None:
    """With fewer samples than features as well, where the bootstrap's error would be two to three times too large."""
    values = np.array([frechet_distance(*pair(n, f, seed)) for seed in range(60)])
    found = [frechet_estimate(*pair(n, f, seed)) for seed in range(30)]
    assert np.mean([one.error for one in found]) == pytest.approx(values.std(ddof=1), rel=0.35)
    assert 26 <= sum(one.low <= values.mean() <= one.high for one in found) <= 30


@pytest.mark.parametrize(("n", "m", "f"), [(80, 90, 10), (50, 300, 10), (50, 60, 80), (50, 90, 80), (300, 60, 80)])
def test_an_estimate_has_the_value_of_the_distance(n: int, m: int, f: int) -> None:
    a, b = normal(n, f), 1.2 * normal(m, f, seed=1)
    found = frechet_estimate(a, b)
    assert found.value == pytest.approx(frechet_distance(a, b), rel=1e-12) and found.low < found.value < found.high
    assert found.high - found.value == pytest.approx(1.96 * found.error, rel=1e-9)


def weighted(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> float:
    """The distance where the samples of `x` count as much as the weights, which sum to 1, say; by scipy's root."""
    n = len(x)
    means, q = (weights @ x, y.mean(0)), np.cov(y, rowvar=False)
    p = n / (n - 1) * ((x - means[0]).T * weights) @ (x - means[0])
    values, vectors = np.linalg.eigh(p)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ q @ root).clip(0)).sum()
    return float(((means[0] - means[1]) ** 2).sum() + np.trace(p) + np.trace(q) - 2 * cross)


@pytest.mark.parametrize(("n", "m", "f"), [(60, 80, 9), (50, 60, 70), (50, 90, 70)])
def test_the_error_is_the_infinitesimal_jackknife_written_out(n: int, m: int, f: int) -> None:
    """The derivative by each sample's weight, from a small step to either side."""
    a, b = normal(n, f).double().numpy(), 1.2 * normal(m, f, seed=1).double().numpy() + 0.1
    variance, step = 0.0, 1e-5
    for x, y in ((a, b), (b, a)):
        size, even = len(x), np.full(len(x), 1 / len(x))
        steps = step * (np.eye(size) - even)
        slopes = [(weighted(x, y, even + one) - weighted(x, y, even - one)) / (2 * step) for one in steps]
        variance += np.var(slopes, ddof=1) / size
    found = frechet_estimate(torch.from_numpy(a), torch.from_numpy(b))
    assert found.error == pytest.approx(math.sqrt(variance), rel=1e-4)


def test_few_samples_have_no_interval() -> None:
    a, b = normal(FEWEST - 1, 5), normal(100, 5, seed=1)
    for sides in ((a, b), (b, a)):
        found = frechet_estimate(*sides)
        assert found.value == frechet_distance(*sides) and math.isnan(found.low) and math.isnan(found.error)
    assert math.isfinite(frechet_estimate(normal(FEWEST, 5), b).error)


@pytest.mark.parametrize("f", [5, 300])
def test_sets_without_full_rank_have_an_interval(f: int) -> None:
    """Collapse to one sample above all, which is what there is to be measured on a bad day."""
    a, b = normal(200, f), normal(200, f, seed=1)
    same = torch.ones(200, f) * 0.7
    almost = same.clone()
    almost[3] = b[3]
    line = normal(200, 1) * normal(1, f, seed=2)
    sets = {
        "one sample": (same, a),
        "one sample, the other side": (a, same),
        "one sample on both": (same, same + 1),
        "one sample but for one": (almost, a),
        "a line": (line, a),
        "constant features": (torch.cat([a, same], 1), torch.cat([b, same + 1], 1)),
        "copies of features": (a.repeat(1, 4), b.repeat(1, 4)),
        "hardly more samples than features": (normal(f + 60, f), normal(f + 60, f, seed=1)),
    }
    for name, (fake, real) in sets.items():
        found = frechet_estimate(fake, real)
        assert all(math.isfinite(x) for x in (found.value, found.low, found.high, found.error)), name
        assert found.error < found.value, name
    assert 0 < frechet_estimate(a, a).error < 0.01 * f


@pytest.mark.parametrize("f", [5, 300])
@pytest.mark.parametrize("scale", [1e-15, 1e6, 1e18, 1e30])
def test_numbers_of_any_size_have_an_interval_in_proportion(f: int, scale: float) -> None:
    a, b = normal(200, f).double(), 1.3 * normal(200, f, seed=1).double()
    usual, found = frechet_estimate(a, b), frechet_estimate(scale * a, scale * b)
    assert found.value == pytest.approx(scale**2 * usual.value, rel=1e-6)
    assert found.error == pytest.approx(scale**2 * usual.error, rel=1e-3)
    assert math.isfinite(frechet_estimate(scale * a, b).error) and math.isfinite(frechet_estimate(a, scale * b).error)


def test_numbers_that_are_not_finite_stay_visible() -> None:
    a, b = normal(100, 5), normal(100, 5, seed=1)
    b[3, 2] = math.inf
    found = frechet_estimate(a, b)
    assert all(math.isnan(x) for x in (found.value, found.low, found.high, found.error))
