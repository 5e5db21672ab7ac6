"""Maximum mean discrepancies against double loops in float64, and their spread against that of new samples."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from zerosum.metrics import pairs
from zerosum.metrics.bootstrap import GROUPS, draws
from zerosum.metrics.kernels import (
    Kernel,
    _statistic,
    _sums,
    cubic,
    discrepancy,
    discrepancy_estimate,
    gaussian,
    negative_distance,
)

Reference = Callable[[np.ndarray, np.ndarray], float]


def cubic_of_pair(x: np.ndarray, y: np.ndarray) -> float:
    return (sum(p * q for p, q in zip(x, y, strict=True)) / len(x) + 1) ** 3


def negative_distance_of_pair(x: np.ndarray, y: np.ndarray) -> float:
    return -math.dist(x, y)


def gaussian_of_pair(x: np.ndarray, y: np.ndarray) -> float:
    return math.exp(-(math.dist(x, y) ** 2) / (2 * 10**2))


KERNELS: list[tuple[Kernel, Reference]] = [
    (cubic, cubic_of_pair),
    (negative_distance, negative_distance_of_pair),
    (gaussian, gaussian_of_pair),
]
with_kernels = pytest.mark.parametrize(("kernel", "reference"), KERNELS, ids=lambda x: x.__name__)
each_kernel = pytest.mark.parametrize("kernel", [kernel for kernel, _ in KERNELS], ids=lambda x: x.__name__)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def shifted(n: int, m: int, seed: int) -> tuple[Tensor, Tensor]:
    return normal(n, 6, seed=2 * seed), 1.2 * normal(m, 6, seed=2 * seed + 1) + 0.5


def written_out(a: Tensor, b: Tensor, reference: Reference) -> float:
    x, y = a.double().numpy(), b.double().numpy()

    def within(rows: np.ndarray) -> float:
        n = len(rows)
        values = [reference(rows[i], rows[j]) for i in range(n) for j in range(n) if i != j]
        return sum(values) / len(values) if values else 0.0

    between = sum(reference(p, q) for p in x for q in y) / (len(x) * len(y))
    return within(x) + within(y) - 2 * between


@with_kernels
@pytest.mark.parametrize(("n", "m", "f"), [(23, 31, 5), (31, 23, 5), (60, 12, 3), (2, 70, 40), (1, 9, 4), (1, 1, 2)])
@pytest.mark.parametrize("at_once", [2**22, 100, 1])
def test_a_discrepancy_is_its_double_loop_whatever_the_blocks(
    kernel: Kernel, reference: Reference, n: int, m: int, f: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "AT_ONCE", at_once)
    a, b = normal(n, f), 1.5 * normal(m, f, seed=1) + 0.5
    assert discrepancy(a, b, kernel) == pytest.approx(written_out(a, b, reference), rel=1e-9)
    assert discrepancy_estimate(a, b, kernel).value == pytest.approx(written_out(a, b, reference), rel=1e-9)


def test_the_gaussian_kernel_of_cmmd_has_width_ten() -> None:
    a, b = torch.zeros(1, 2).double(), torch.tensor([[6.0, 8.0], [30.0, 40.0]]).double()
    assert gaussian(a, b)[0].tolist() == pytest.approx([math.exp(-0.5), math.exp(-12.5)], rel=1e-12)
    assert gaussian(a, b, 5.0)[0, 0].item() == pytest.approx(math.exp(-2), rel=1e-12)


def test_cmmd_of_unit_vectors_agrees_with_its_biased_form() -> None:
    """The authors' code adds the diagonals, which are 1, so the two forms differ by what the diagonals weigh."""
    a, b = (x / x.norm(dim=1, keepdim=True) for x in (normal(40, 16), normal(40, 16, seed=1) + 0.3))
    x, y = a.double().numpy(), b.double().numpy()

    def mean(p: np.ndarray, q: np.ndarray) -> float:
        return np.exp(-0.005 * ((p[:, None] - q[None]) ** 2).sum(2)).mean()

    within = [(40 * mean(p, p) - 1) / 39 for p in (x, y)]
    assert discrepancy(a, b, gaussian) == pytest.approx(sum(within) - 2 * mean(x, y), rel=1e-9)


@each_kernel
def test_equal_distributions_scatter_about_zero_and_the_interval_says_so(kernel: Kernel) -> None:
    found = [
        discrepancy_estimate(normal(150, 6, seed=2 * s), normal(200, 6, seed=2 * s + 1), kernel) for s in range(40)
    ]
    values = np.array([one.value for one in found])
    assert abs(values.mean()) < 3 * values.std() / math.sqrt(len(values)) and (values < 0).any()
    assert sum(one.low <= 0 <= one.high for one in found) >= 36


@each_kernel
def test_the_error_is_the_deviation_over_new_samples_and_the_interval_covers(kernel: Kernel) -> None:
    found = [discrepancy_estimate(*shifted(200, 250, s), kernel) for s in range(100)]
    values = np.array([one.value for one in found])
    assert np.mean([one.error for one in found]) == pytest.approx(values.std(ddof=1), rel=0.25)
    # The value is unbiased, so that the truth is what thousands of new pairs give.
    truth = discrepancy(*shifted(6000, 6000, 1000), kernel)
    assert truth == pytest.approx(values.mean(), abs=4 * values.std() / 10)
    assert 85 <= sum(one.low <= truth <= one.high for one in found[:100]) <= 100


@each_kernel
def test_the_repetitions_are_as_unbiased_as_the_value(kernel: Kernel) -> None:
    """A plain bootstrap would count pairs of a sample with its own copy, a fiftieth of all, and be far off."""
    a, b = shifted(200, 250, 0)
    within_a, within_b, between, sizes = _sums(a, b, kernel)
    repetitions = _statistic(within_a, within_b, between, sizes, draws(GROUPS, 20_000, 5), draws(GROUPS, 20_000, 6))
    found = discrepancy_estimate(a, b, kernel)
    assert float(repetitions.mean()) == pytest.approx(found.value, abs=0.1 * found.error)


@each_kernel
def test_an_estimate_has_the_value_of_the_discrepancy_to_the_last_bit(kernel: Kernel) -> None:
    a, b = shifted(210, 333, 0)
    found = discrepancy_estimate(a, b, kernel)
    assert found.value == discrepancy(a, b, kernel) and found.low < found.value < found.high
    few = discrepancy_estimate(a[: 2 * GROUPS - 1], b, kernel)
    assert few.value == discrepancy(a[: 2 * GROUPS - 1], b, kernel) and math.isnan(few.low) and math.isnan(few.error)


@each_kernel
def test_very_many_pairs_in_float32_give_what_float64_does(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = normal(700, 32), 1.3 * normal(900, 32, seed=1) + 0.5
    exact = discrepancy_estimate(a, b, kernel)
    monkeypatch.setattr(pairs, "MANY", 700 * 900)
    assert pairs.quick(a, b)[0].dtype == torch.float32
    quick = discrepancy_estimate(a, b, kernel)
    assert quick.value != exact.value and quick.value == pytest.approx(exact.value, rel=1e-6)
    assert (quick.low, quick.high, quick.error) == pytest.approx((exact.low, exact.high, exact.error), rel=1e-4)


@each_kernel
def test_rounding_is_small_beside_the_error_also_where_the_distance_is_next_to_nothing(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = (normal(800, 256, seed=s).relu() + 0.01 * s for s in range(2))
    exact = discrepancy_estimate(a, b, kernel)
    monkeypatch.setattr(pairs, "MANY", 1)
    assert discrepancy(a, b, kernel) == pytest.approx(exact.value, abs=1e-3 * exact.error)


@pytest.mark.parametrize("runaway", [1e3, 1e6])
def test_numbers_that_ran_away_and_float64_ones_go_the_exact_way(runaway: float, monkeypatch) -> None:
    monkeypatch.setattr(pairs, "MANY", 1)
    a, b = normal(50, 4), normal(60, 4, seed=1)
    assert {x.dtype for x in pairs.quick(a, b)} == {torch.float32}
    far = b.clone()
    far[7, 2] = -runaway
    for sides in ((a, far), (far, a), (a.double(), b)):
        assert {x.dtype for x in pairs.quick(*sides)} == {torch.float64}
    assert discrepancy(a, far, cubic) == pytest.approx(written_out(a, far, cubic_of_pair), rel=1e-9)


@each_kernel
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_not_finite_stay_visible(kernel: Kernel, bad: float) -> None:
    a, b = shifted(120, 120, 0)
    b[5, 1] = bad
    assert math.isnan(discrepancy(a, b, kernel)) and math.isnan(discrepancy(b, a, kernel))
    found = discrepancy_estimate(a, b, kernel)
    assert all(math.isnan(x) for x in (found.value, found.low, found.high, found.error))
