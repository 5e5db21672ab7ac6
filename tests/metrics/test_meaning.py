"""What the measures say of real digits that are made worse step by step, in two kinds of features."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from zerosum.core.space import Space
from zerosum.metrics.copying import Originals
from zerosum.metrics.distances import energy_distance, kernel_distance, sliced_wasserstein
from zerosum.metrics.features import FeatureNetwork, open_network
from zerosum.metrics.features.efficientnet import weight_file
from zerosum.metrics.frechet import frechet_distance
from zerosum.metrics.manifold import manifold

N = 400
DISTANCES: list[Callable[[Tensor, Tensor], float]] = [
    frechet_distance,
    kernel_distance,
    energy_distance,
    sliced_wasserstein,
]
each_distance = pytest.mark.parametrize("distance", DISTANCES, ids=lambda x: x.__name__)

Features = Callable[[str], Tensor]


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(
    scope="module",
    params=[
        "random-conv",
        pytest.param(
            "efficientnet-lite0",
            marks=[
                pytest.mark.slow,
                pytest.mark.skipif(weight_file() is None, reason="the package with the weights is not installed"),
            ],
        ),
    ],
)
def network(request: pytest.FixtureRequest) -> FeatureNetwork:
    return open_network(request.param, Space(kind="image", shape=(1, 28, 28)))


@pytest.fixture(scope="module")
def features(network: FeatureNetwork, digits: Tensor) -> Features:
    """Features of digits after something was done to them, made once."""
    train, real, other = digits[:N], digits[N : 2 * N], digits[2 * N : 3 * N]
    made = {
        "train": lambda: train,
        "real": lambda: real,
        "other": lambda: other,
        "copies": lambda: (train + 0.005 * normal(*train.shape)).clamp(-1, 1),
        "blur 1": lambda: blurred(other, 0.5),
        "blur 2": lambda: blurred(other, 1.0),
        "blur 3": lambda: blurred(other, 2.0),
        "noise 1": lambda: (other + 0.1 * normal(*other.shape)).clamp(-1, 1),
        "noise 2": lambda: (other + 0.3 * normal(*other.shape)).clamp(-1, 1),
        "noise 3": lambda: (other + 0.9 * normal(*other.shape)).clamp(-1, 1),
    }
    known: dict[str, Tensor] = {}

    def features_of(name: str) -> Tensor:
        if name not in known:
            known[name] = network(made[name]())
        return known[name]

    return features_of


def blurred(x: Tensor, sigma: float) -> Tensor:
    """Through a Gaussian."""
    reach = torch.arange(-6, 7).float()
    line = (-reach.square() / (2 * sigma**2)).exp()
    line = line / line.sum()
    padded = F.pad(x, (6, 6, 6, 6), mode="replicate")
    return F.conv2d(F.conv2d(padded, line.view(1, 1, 1, -1)), line.view(1, 1, -1, 1))


@each_distance
@pytest.mark.parametrize("kind", ["blur", "noise"])
def test_the_worse_the_farther(distance: Callable[[Tensor, Tensor], float], kind: str, features: Features) -> None:
    values = [distance(features(name), features("real")) for name in ("other", *(f"{kind} {k}" for k in (1, 2, 3)))]
    assert values == sorted(values) and values[1] > values[0] and values[3] > 1.5 * values[1]


@each_distance
def test_reals_beside_reals_are_at_the_floor(distance: Callable[[Tensor, Tensor], float], features: Features) -> None:
    floor = distance(features("train"), features("real"))
    assert distance(features("other"), features("real")) < 1.5 * abs(floor) + 0.05 * distance(
        features("blur 3"), features("real")
    )


def test_the_fewer_kinds_are_left_the_lower_are_recall_and_coverage(features: Features) -> None:
    """Kinds, not labels: the part of the fakes nearest to one of them is kept, as a generator that collapses would."""
    other, real = features("other"), features("real")
    order = (other - other[0]).norm(dim=1).argsort()
    shares = [manifold(real, other[order[torch.arange(N) % kept]]) for kept in (N, N // 2, N // 5, N // 20, 6)]
    recall, coverage = [one.recall for one in shares], [one.coverage for one in shares]
    assert recall == sorted(recall, reverse=True) and recall[0] > 0.5 and recall[-1] < 0.05
    assert coverage == sorted(coverage, reverse=True) and coverage[0] > 0.8 and coverage[-1] < 0.1


@each_distance
def test_collapse_is_farther_the_fewer_samples_are_left(
    distance: Callable[[Tensor, Tensor], float], features: Features
) -> None:
    other, real = features("other"), features("real")
    values = [distance(other[torch.arange(N) % kept], real) for kept in (N, 20, 5, 1)]
    assert values == sorted(values) and values[3] > 1.5 * values[1]


def test_blur_and_noise_cost_precision(features: Features) -> None:
    for kind in ("blur", "noise"):
        precision = [
            manifold(features("real"), features(name)).precision for name in ("other", f"{kind} 2", f"{kind} 3")
        ]
        assert precision == sorted(precision, reverse=True) and precision[0] > 0.5 and precision[2] < 0.2


def test_copies_of_digits_trip_the_three_sample_test_and_fresh_ones_do_not(features: Features) -> None:
    originals = Originals(features("real"), features("train"))
    fresh, copies, blurry = (originals.suspects(features(name)) for name in ("other", "copies", "blur 3"))
    assert abs(fresh.three_samples().statistic) < 3 and copies.three_samples().statistic < -5
    assert blurry.three_samples().statistic > 3
    assert copies.copies().share > fresh.copies().share + 0.2
    found, usual = (float(side.mean()) for side in fresh.authentic())
    assert found == pytest.approx(usual, abs=0.12) and float(copies.authentic()[0].mean()) < 0.2 < usual
