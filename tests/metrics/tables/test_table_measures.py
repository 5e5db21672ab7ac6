"""Measures of rows against independent computations."""

import numpy as np
import pytest
import torch

from zerosum.metrics.features.flat import WIDEST, Coordinates
from zerosum.metrics.separation import area_estimate
from zerosum.metrics.tables.associations import associations, correlation_ratio, cramers_v, pearson
from zerosum.metrics.tables.nearness import Ranks
from zerosum.metrics.tables.repeats import found_among, found_once
from zerosum.metrics.tables.scores import f1_score

NUMBERS = np.array([True, False, True, False])


def rows(seed: int, count: int = 60) -> np.ndarray:
    """Numbers, some of them equal, and choices, with missing entries."""
    random = np.random.RandomState(seed)
    x = np.stack(
        [random.randn(count), random.randint(0, 4, count), random.randint(0, 9, count), random.randint(0, 3, count)], 1
    ).astype(float)
    x[:, 2] += x[:, 1]
    x[random.rand(*x.shape) < 0.1] = np.nan
    return x


def test_associations_are_those_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    random = np.random.RandomState(0)
    a = random.randint(0, 5, 500)
    b = (a + random.randint(0, 3, 500)) % 4
    table = np.zeros((5, 4), int)
    np.add.at(table, (a, b), 1)
    expected = stats.contingency.association(table, method="cramer")
    assert cramers_v(a.astype(float), b.astype(float)) == pytest.approx(expected, rel=1e-12)
    x, y = random.randn(500), a + random.randn(500)
    assert pearson(x, y) == pytest.approx(stats.pearsonr(x, y)[0], rel=1e-12)
    # Of one variable in groups, F = (eta^2 / (k - 1)) / ((1 - eta^2) / (n - k)).
    eta, groups = correlation_ratio(y, a.astype(float)), [y[a == level] for level in range(5)]
    assert (eta**2 / 4) / ((1 - eta**2) / 495) == pytest.approx(stats.f_oneway(*groups)[0], rel=1e-9)


def test_associations_leave_out_what_is_missing_and_what_does_not_vary() -> None:
    x = rows(0, 300)
    found = associations(x, NUMBERS)
    assert np.allclose(found, found.T) and np.allclose(np.diag(found), 1) and np.abs(found).max() <= 1
    known = ~np.isnan(x[:, [1, 2]]).any(1)
    assert found[1, 2] == pytest.approx(correlation_ratio(x[known, 2], x[known, 1]))
    x[:, 3] = 1.0
    x[:, 0] = np.nan
    assert np.allclose(associations(x, NUMBERS)[[0, 3]], np.eye(4)[[0, 3]])


def test_distances_to_the_closest_row_are_those_of_a_loop() -> None:
    trained, asked = rows(0), rows(1, 40)
    ranks = Ranks(trained, NUMBERS)

    def rank(column: int, value: float) -> float:
        known = trained[:, column][~np.isnan(trained[:, column])]
        return float(((known < value).sum() + (known <= value).sum()) / (2 * len(known)))

    def between(one: np.ndarray, other: np.ndarray) -> float:
        total = 0.0
        for column, number in enumerate(NUMBERS):
            a, b = one[column], other[column]
            if np.isnan(a) and np.isnan(b):
                continue
            if not number:
                total += a != b
            elif np.isnan(a) or np.isnan(b):
                total += 0.5 + abs(0.5 - rank(column, b if np.isnan(a) else a))
            else:
                total += abs(rank(column, a) - rank(column, b))
        return total / 4

    expected = [min(between(one, other) for other in trained) for one in asked]
    found = ranks.closest(ranks.places(asked), ranks.places(trained))
    assert found == pytest.approx(expected, abs=1e-6)
    assert np.all(ranks.closest(ranks.places(trained), ranks.places(trained)) == 0)


@pytest.mark.parametrize("numbers", [np.ones(4, bool), np.zeros(4, bool)])
def test_tables_of_one_kind_of_column_have_distances(numbers: np.ndarray) -> None:
    x = rows(0)
    ranks = Ranks(x, numbers)
    found = ranks.closest(ranks.places(rows(1)), ranks.places(x))
    assert np.isfinite(found).all() and found.min() >= 0 and found.max() <= 1


def test_rows_that_occur_again_are_found_whatever_is_missing() -> None:
    trained = np.array([[1.0, np.nan], [2.0, 0.0], [2.0, 0.0], [3.0, 1.0]])
    asked = np.array([[1.0, -np.nan], [2.0, -0.0], [3.0, 1.0], [3.0, 2.0]])
    assert found_among(asked, trained).tolist() == [True, True, True, False]
    assert found_once(asked, trained, trained[3:]).tolist() == [True, False, False, False]


def test_an_area_is_that_of_scikit_learn_and_its_interval_holds_it() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.RandomState(0)
    members, others = random.randn(300) + 0.3, random.randn(200).round(1)
    found = area_estimate([(torch.from_numpy(members), torch.from_numpy(others))])
    labels = np.repeat([1, 0], [300, 200])
    assert found.value == pytest.approx(metrics.roc_auc_score(labels, np.concatenate([members, others])), abs=1e-12)
    assert found.low < found.value < found.high
    # The standard error of Hanley and McNeil 1982, Equation 1.
    a = found.value
    q1, q2 = a / (2 - a), 2 * a**2 / (1 + a)
    error = np.sqrt((a * (1 - a) + 299 * (q1 - a**2) + 199 * (q2 - a**2)) / (300 * 200))
    assert found.error == pytest.approx(error, rel=0.2)


def test_f1_is_that_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.RandomState(0)
    true, said = random.randint(0, 4, 100), random.randint(0, 5, 100)
    for classes in ([0], [0, 1, 2, 3, 4], [1, 9]):
        expected = metrics.f1_score(true, said, labels=classes, average="macro", zero_division=0)
        assert f1_score(true, said, classes) == pytest.approx(expected)


def test_wide_rows_keep_their_distances_on_average() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(200, 5000, generator=generator)
    narrow, wide = Coordinates(WIDEST), Coordinates(5000)
    features = wide(x)
    assert features.shape == (200, WIDEST) and torch.equal(narrow(x[:, :WIDEST]), x[:, :WIDEST])
    ratio = torch.pdist(features).square() / torch.pdist(x).square()
    assert float(ratio.mean()) == pytest.approx(1, abs=0.01) and float(ratio.std()) < 0.1
    assert wide.identity != narrow.identity and wide.identity == Coordinates(5000).identity
