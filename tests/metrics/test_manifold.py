"""Precision, recall, density and coverage: blocks, intervals, and what they say of sick sets."""

import math
import subprocess
import sys

import pytest
import torch
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.metrics import pairs
from zerosum.metrics.manifold import manifold, manifold_estimates


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("at_once", [1, 37, 500, 6000])
@pytest.mark.parametrize("many", [1, 2**40])
def test_blocks_smaller_than_the_sets_give_the_same_shares(at_once: int, many: int, monkeypatch) -> None:
    real, fake = normal(90, 4), 0.8 * normal(70, 4, seed=1) + 0.3
    monkeypatch.setattr(pairs, "MANY", many)  # in float32, and in float64
    whole = manifold(real, fake)
    monkeypatch.setattr(pairs, "AT_ONCE", at_once)
    assert manifold(real, fake) == pytest.approx(whole, abs=1e-12)


def test_torch_cdist_and_sorting_give_the_same_shares() -> None:
    real, fake = normal(300, 20).double(), 0.9 * normal(200, 20, seed=1).double() + 0.1
    between = torch.cdist(real, fake, compute_mode="donot_use_mm_for_euclid_dist")
    of_real = torch.cdist(real, real, compute_mode="donot_use_mm_for_euclid_dist").sort(1).values
    of_fake = torch.cdist(fake, fake, compute_mode="donot_use_mm_for_euclid_dist").sort(1).values
    wide = between <= of_real[:, 5:6]
    expected = (
        (between <= of_real[:, 3:4]).any(0).double().mean(),
        (between <= of_fake[:, 3]).any(1).double().mean(),
        wide.double().sum() / (5 * 200),
        wide.any(1).double().mean(),
    )
    assert manifold(real, fake) == pytest.approx([float(share) for share in expected], abs=1e-9)


def test_rows_are_taken_so_many_at_once_that_their_pairs_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    a = normal(103, 2)
    monkeypatch.setattr(pairs, "AT_ONCE", 1000)
    parts = list(pairs.blocks(a, 90))
    assert max(len(part) for _, part in parts) * 90 <= 1000 and len(parts) == 10
    assert torch.equal(torch.cat([part for _, part in parts]), a)
    assert [start for start, _ in parts] == list(range(0, 103, 11))
    assert [len(part) for _, part in pairs.blocks(a, 10**6)] == [1] * 103


def test_no_more_pairs_are_held_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of the 400 x 300 pairs would be 120,000 numbers in one tensor."""
    largest = 0
    plain = torch.addmm

    def watched(*args: Tensor, **kwargs: float) -> Tensor:
        nonlocal largest
        found = plain(*args, **kwargs)
        largest = max(largest, found.numel())
        return found

    monkeypatch.setattr(torch, "addmm", watched)
    monkeypatch.setattr(pairs, "AT_ONCE", 5000)
    manifold(normal(400, 3), normal(300, 3, seed=1))
    assert 4000 <= largest <= 5000


GROWTH = """
import resource, torch
from zerosum.metrics.manifold import manifold
draw = lambda n, seed: torch.randn(n, 4, generator=torch.Generator().manual_seed(seed))
manifold(draw(100, 0), draw(100, 1))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
manifold(draw(12_000, 0), draw(12_000, 1))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss is the system's")
def test_memory_stays_far_below_that_of_all_pairs() -> None:
    done = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True)
    assert int(done.stdout) / 1024 < 300  # MiB; all pairs would be 549 in float32, and 137 more for each comparison


def test_too_few_samples_are_a_sentence() -> None:
    for real, fake in ((normal(5, 2), normal(50, 2)), (normal(50, 2), normal(5, 2))):
        with pytest.raises(SettingError, match="there are 5 samples on a side; give at least 6"):
            manifold_estimates(real, fake)
    assert manifold_estimates(normal(6, 2), normal(6, 2, seed=1))["recall"].value <= 1


def test_estimates_have_the_values_of_the_shares() -> None:
    real, fake = normal(120, 3), normal(140, 3, seed=1) + 0.5
    found = manifold_estimates(real, fake)
    assert {name: one.value for name, one in found.items()} == pytest.approx(manifold(real, fake)._asdict(), abs=1e-12)
    assert all(one.low <= one.value <= one.high for one in found.values())


def test_numbers_that_are_not_finite_stay_visible() -> None:
    real, fake = normal(120, 3), normal(140, 3, seed=1)
    for bad in (math.nan, math.inf):
        sick = fake.clone()
        sick[7, 1] = bad
        for sides in ((real, sick), (sick, real)):
            assert all(math.isnan(share) for share in manifold(*sides))
            assert all(math.isnan(one.value) and math.isnan(one.low) for one in manifold_estimates(*sides).values())


def test_the_interval_of_precision_covers_and_is_as_wide_as_new_fakes_scatter() -> None:
    """Precision is a share of fakes among fixed reals: the interval is about that."""
    real = normal(400, 2)
    found = [manifold_estimates(real, 1.5 * normal(250, 2, seed=s))["precision"] for s in range(1, 61)]
    truth = manifold(real, 1.5 * normal(20_000, 2, seed=99)).precision
    assert 52 <= sum(one.low <= truth <= one.high for one in found) <= 60
    spread = torch.tensor([one.value for one in found]).std().item()
    assert sum(one.error for one in found) / 60 == pytest.approx(spread, rel=0.3)


def test_collapse_loses_recall_and_not_precision() -> None:
    real, other = normal(500, 4), normal(500, 4, seed=1)
    shares = [manifold(real, other[torch.arange(500) % kept]) for kept in (500, 250, 100, 30, 5)]
    recall = [one.recall for one in shares]
    coverage = [one.coverage for one in shares]
    assert recall == sorted(recall, reverse=True) and recall[0] > 0.8 and recall[-1] < 0.05
    assert coverage == sorted(coverage, reverse=True) and coverage[0] > 0.8 and coverage[-1] < 0.1
    assert min(one.precision for one in shares[:4]) > shares[0].precision - 0.1


def test_a_lost_half_loses_half_of_the_recall_and_no_precision() -> None:
    real, fake = normal(500, 2), normal(1000, 2, seed=1)
    half = manifold(real, fake[fake[:, 0] > 0][:500])
    assert half.recall == pytest.approx(0.55, abs=0.1) and half.coverage == pytest.approx(0.55, abs=0.1)
    assert half.precision > 0.9


def test_noise_loses_precision_and_not_recall() -> None:
    real, other = normal(500, 2), normal(500, 2, seed=1)
    shares = [manifold(real, other + amount * normal(500, 2, seed=2)) for amount in (0, 1, 2, 4)]
    precision, density = [one.precision for one in shares], [one.density for one in shares]
    assert precision == sorted(precision, reverse=True) and precision[0] > 0.9 and precision[-1] < 0.5
    assert density == sorted(density, reverse=True) and density[-1] < 0.5
    assert min(one.recall for one in shares) > 0.8


def test_reals_beside_reals_are_alike_both_ways() -> None:
    """Neither side is the training side, so precision and recall, and both directions, are one distribution."""
    found = [manifold(normal(300, 8, seed=2 * s), normal(300, 8, seed=2 * s + 1)) for s in range(20)]
    precision, recall, density, coverage = (sum(column) / 20 for column in zip(*found, strict=True))
    assert precision == pytest.approx(recall, abs=0.02)
    assert density == pytest.approx(1, abs=0.05)
    # Of 5 neighbours among 300, the next fake is one at about even odds: 1 - 2^-5 (Naeem et al. 2020, Lemma 2).
    assert coverage == pytest.approx(1 - 0.5**5, abs=0.01)


def test_a_set_lies_within_itself() -> None:
    real = normal(100, 5)
    shares = manifold(real, real)
    assert shares.precision == shares.recall == shares.coverage == 1
