"""Thinning keeps what can be seen, and ticks are round numbers inside of their range."""

import numpy as np
import pytest

from zerosum.drawing.series import powers, short, thinned, ticks


def test_spikes_remain() -> None:
    y = np.random.default_rng(0).normal(size=100_000)
    y[12_345], y[70_001] = 50, -50
    columns = np.arange(100_000) // 200
    kept = thinned(columns, y)
    assert {12_345, 70_001} <= set(kept.tolist()) and len(kept) <= 4 * 500
    assert (np.diff(kept) > 0).all()
    for column in (0, 61, 350, 499):
        shown, all_of_it = y[kept[columns[kept] == column]], y[columns == column]
        assert (shown.min(), shown.max()) == (all_of_it.min(), all_of_it.max())
        assert (shown[0], shown[-1]) == (all_of_it[0], all_of_it[-1])


def test_breaks_remain() -> None:
    y = np.zeros(10_000)
    y[5_050] = np.nan
    y[7_000:7_300] = -np.inf
    columns = np.arange(10_000) // 100
    kept = thinned(columns, y)
    assert 5_050 in kept
    assert not np.isfinite(y[kept[(columns[kept] >= 70) & (columns[kept] < 73)]]).any()


def test_few_samples_all_remain() -> None:
    assert thinned(np.array([0, 5, 6]), np.array([1.0, np.nan, 2])).tolist() == [0, 1, 2]
    assert thinned(np.zeros(0, np.int64), np.zeros(0)).tolist() == []


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 1.2e6), (-0.3, 0.07), (1e-9, 3e-9), (-1e100, 1e100), (999, 1e3)])
def test_ticks(low, high) -> None:
    found = ticks(low, high, 6)
    assert 2 <= len(found) <= 6
    slack = 1e-6 * (high - low)
    assert all(low - slack <= tick <= high + slack for tick in found)


def test_powers() -> None:
    assert powers(0.5, 2000, 5) == [1, 10, 100, 1000]
    assert powers(1e-100, 1e100, 5) == pytest.approx([1e-100, 1e-59, 1e-18, 1e23, 1e64])
    assert powers(2, 8, 5) == [2, 4, 6, 8]


def test_short_numbers() -> None:
    numbers = [0, 50_000, 100_000, 1.2e6, 0.05, -250, 0.1 + 0.2, 2e9, 1e13]
    assert [short(number) for number in numbers] == ["0", "50k", "100k", "1.2M", "0.05", "-250", "0.3", "2G", "1e13"]
