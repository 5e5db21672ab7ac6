"""The three-sample test and authenticity: against scipy, and for copies, fresh samples and bad ones."""

import math

import numpy as np
import pytest
import scipy.stats
import torch
from torch import Tensor

from zerosum.metrics.copying import CELL, OCCUPIED, Originals, Suspects, ThreeSamples, cells, mann_whitney


def authenticity(suspects: Suspects) -> tuple[float, float]:
    fake, held_out = suspects.authentic()
    return float(fake.mean()), float(held_out.mean())


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def clusters(n: int, seed: int, modes: int = 5) -> Tensor:
    """Samples of well separated modes, in random order."""
    which = torch.randint(modes, (n,), generator=torch.Generator().manual_seed(1000 + seed))
    centres = 10 * torch.eye(modes, 8)
    return centres[which] + normal(n, 8, seed=seed)


def lengths(a: Tensor, b: Tensor) -> np.ndarray:
    return np.linalg.norm(a.double().numpy()[:, None] - b.double().numpy()[None], axis=2)


def c_t(fake: Tensor, held_out: Tensor, train: Tensor) -> ThreeSamples:
    return Originals(held_out, train).suspects(fake).three_samples()


@pytest.mark.parametrize(("m", "n"), [(30, 40), (200, 50), (7, 90)])
def test_mann_whitney_is_scipys_without_corrections(m: int, n: int) -> None:
    first, second = normal(m), normal(n, seed=1) + 0.4
    found = scipy.stats.mannwhitneyu(first.numpy(), second.numpy(), use_continuity=False, method="asymptotic")
    z = (found.statistic - m * n / 2) / math.sqrt(m * n * (m + n + 1) / 12)
    assert mann_whitney(first, second) == pytest.approx(z, rel=1e-9)
    assert mann_whitney(first, second) < 0 < mann_whitney(second, first)
    assert 2 * scipy.stats.norm.sf(abs(z)) == pytest.approx(found.pvalue, rel=1e-6)


@pytest.mark.parametrize("sick", [False, True])
def test_the_three_sample_test_is_the_papers_given_the_cells(sick: bool) -> None:
    train, held_out = clusters(600, 1), clusters(400, 2)
    fake = clusters(350, 3) * (1.1 if sick else 1)
    fake = fake[(fake.argmax(1) != 0) | (torch.arange(350) < 40)]  # some cells with too few fakes
    originals = Originals(held_out, train)
    centres = originals.centres
    of_fakes, of_held = (lengths(x, centres).argmin(1) for x in (fake, held_out))
    d_fakes, d_held = (lengths(x, train).min(1) for x in (fake, held_out))
    weights, scores = [], []
    for cell in range(len(centres)):
        here, held = d_fakes[of_fakes == cell], d_held[of_held == cell]
        if len(here) >= OCCUPIED and len(held) >= OCCUPIED:
            u = scipy.stats.mannwhitneyu(here, held).statistic
            m, n = len(here), len(held)
            scores.append((u - m * n / 2) / math.sqrt(m * n * (m + n + 1) / 12))
            weights.append(n)
    assert 1 < len(scores) < len(centres)
    found = originals.suspects(fake).three_samples()
    assert found.statistic == pytest.approx(np.average(scores, weights=weights), rel=1e-9)
    assert found.cells == len(scores) and found.worst == pytest.approx(min(scores), rel=1e-9)


def test_cells_are_centres_of_training_samples_and_the_same_in_every_call() -> None:
    train = clusters(500, 1)
    found = cells(train.double(), 5)
    assert torch.equal(found, cells(train.double(), 5))
    assert np.allclose(np.sort(lengths(found, 10 * torch.eye(5, 8)).min(1)), 0, atol=0.6)
    assert torch.allclose(cells(train.double(), 1)[0], train.double().mean(0))
    for held, expected in ((10, 1), (CELL * 3 + 5, 3), (CELL * 50, 10)):
        assert len(Originals(clusters(held, 2), train).centres) == expected


def test_copies_are_far_below_and_fresh_samples_scatter_about_zero() -> None:
    train, held_out = clusters(800, 1), clusters(600, 2)
    originals = Originals(held_out, train)
    fresh = [originals.suspects(clusters(600, seed)).three_samples() for seed in range(3, 23)]
    statistics = [one.statistic for one in fresh]
    assert max(abs(one) for one in statistics) < 3 and abs(float(np.mean(statistics))) < 1
    assert min(one.worst for one in fresh) > -4
    for noise in (1e-6, 0.01, 0.3):
        copies = originals.suspects(train[:600] + noise * normal(600, 8, seed=99)).three_samples()
        assert copies.statistic < -5 and copies.worst <= copies.statistic


def test_the_more_is_copied_the_lower_it_is() -> None:
    train, held_out, fresh = clusters(800, 1), clusters(600, 2), clusters(600, 3)
    originals = Originals(held_out, train)
    copies = train[:600] + 0.01 * normal(600, 8, seed=99)
    values = [
        originals.suspects(torch.where(torch.arange(600)[:, None] < n, copies, fresh)).three_samples().statistic
        for n in (0, 100, 200, 400, 600)
    ]
    assert values == sorted(values, reverse=True) and values[2] < -2.5


@pytest.mark.parametrize("name", ["shifted", "noisier", "missing"])
def test_samples_that_miss_the_data_are_above(name: str) -> None:
    train, held_out, fresh = clusters(800, 1), clusters(600, 2), clusters(600, 3)
    sick = {"shifted": fresh + 1, "noisier": fresh + normal(600, 8, seed=9), "missing": normal(600, 8, seed=9) * 4}
    assert c_t(sick[name], held_out, train).statistic > 3


def test_copies_in_one_cell_show_in_the_worst_and_hardly_in_the_statistic() -> None:
    train, held_out, fake = clusters(800, 1), clusters(600, 2), clusters(600, 3)
    healthy = c_t(fake, held_out, train)
    copied = train[train.argmax(1) == 2]
    here = (fake.argmax(1) == 2).nonzero()[:, 0]
    fake[here] = copied[torch.arange(len(here)) % len(copied)] + 0.01 * normal(len(here), 8, seed=9)
    found = c_t(fake, held_out, train)
    assert found.worst < -6 and healthy.worst > -3
    assert -4 < found.statistic < healthy.statistic and found.statistic > found.worst / 2


def test_too_few_samples_to_say_anything_give_none() -> None:
    train = clusters(300, 1)
    for m, n in ((200, OCCUPIED - 1), (OCCUPIED - 1, 300)):
        fake, held_out = clusters(m, 2), clusters(n, 3)
        found = c_t(fake, held_out, train)
        assert math.isnan(found.statistic) and math.isnan(found.worst) and found.cells == 0
    assert c_t(clusters(OCCUPIED, 2), clusters(OCCUPIED, 3), train).cells == 1


def test_fakes_far_from_all_reals_are_still_judged() -> None:
    train, held_out = clusters(800, 1), clusters(600, 2)
    found = c_t(torch.full((600, 8), 1e6), held_out, train)
    assert math.isnan(found.statistic) or found.statistic > 3


def test_authenticity_is_the_papers() -> None:
    train, held_out, fake = normal(120, 3), normal(60, 3, seed=1), 0.9 * normal(70, 3, seed=2)
    within = lengths(train, train)
    np.fill_diagonal(within, np.inf)
    expected = []
    for x in (fake, held_out):
        between = lengths(x, train)
        expected.append(np.mean([between[j].min() > within[between[j].argmin()].min() for j in range(len(x))]))
    assert authenticity(Originals(held_out, train).suspects(fake)) == pytest.approx(expected, abs=1e-12)
    assert 0.3 < expected[0] < 0.9


def test_copies_are_not_authentic_and_fresh_samples_are_as_held_out_ones() -> None:
    train, held_out = normal(800, 8), normal(500, 8, seed=1)
    originals = Originals(held_out, train)
    fresh, usual = authenticity(originals.suspects(normal(500, 8, seed=2)))
    assert fresh == pytest.approx(usual, abs=0.08) and usual > 0.4
    copies = train[:500] + 0.01 * normal(500, 8, seed=3)
    assert authenticity(originals.suspects(copies)) == (pytest.approx(0, abs=0.01), usual)
    assert authenticity(originals.suspects(train[:500]))[0] == 0
    half = torch.cat([copies[:250], normal(250, 8, seed=4)])
    assert authenticity(originals.suspects(half))[0] == pytest.approx(usual / 2, abs=0.06)


def test_nothing_lies_nearer_to_a_duplicate_than_its_twin() -> None:
    """A training sample that occurs twice has a neighbour at distance 0, so only its equals are its copies."""
    train = normal(100, 4).repeat(2, 1)
    originals = Originals(normal(50, 4, seed=1), train)
    assert authenticity(originals.suspects(normal(50, 4, seed=2))) == (1, 1)
    assert authenticity(originals.suspects(train[:50]))[0] == 0


def test_degenerate_sets_are_judged_or_not_but_never_wrongly() -> None:
    train, held_out, fake = clusters(300, 1), clusters(200, 2), clusters(200, 3)
    one = Originals(held_out, train[:1]).suspects(fake)
    assert all(math.isnan(share) for share in authenticity(one)) and one.copies().share == 0
    for count in (1, 2, 5):  # fewer training samples than cells
        assert Originals(held_out, train[:count]).suspects(fake).three_samples().cells >= 1
    same = Originals(torch.ones(200, 4), torch.ones(300, 4)).suspects(torch.ones(200, 4))
    assert same.copies() == (0, 0) and same.three_samples().statistic == 0
    sick = fake.clone()
    sick[0, 0] = math.nan
    for suspects in (
        Originals(held_out, train).suspects(sick),
        Originals(sick, train).suspects(fake),
        Originals(held_out, sick).suspects(fake),
    ):
        assert math.isnan(suspects.three_samples().statistic) and math.isnan(suspects.three_samples().worst)
        assert all(math.isnan(x) for x in (*authenticity(suspects), *suspects.copies()))
