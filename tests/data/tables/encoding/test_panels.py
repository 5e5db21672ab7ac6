"""What pictures show of columns."""

import numpy as np
import pytest

from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.encoding.panels import BINS, bins_of, label, panel


@pytest.mark.parametrize(
    ("low", "high", "step"), [(0, 100, 1.0), (17, 90, 1.0), (0, 1000, 5.0), (0, 3, 0.01), (1, 9, 2.0)]
)
def test_bins_of_even_numbers_with_a_step_are_even(low, high, step):
    values = np.repeat(np.arange(low, high + step / 2, step), 4)
    column = Column(name="x", kind="integer", low=low, high=high, step=step)
    shares = panel(column, values, None).shares
    assert len(shares) <= BINS and shares.sum() == pytest.approx(1)
    inner = shares[1:-1]  # the first and the last also have what lies beyond
    assert np.ptp(inner) < 1e-9 if len(inner) else True


def test_numbers_beyond_the_bins_are_in_the_outer_ones():
    column = Column(name="x", kind="decimal", low=-100, high=100, missing=0.1)
    values = np.concatenate([np.linspace(0, 1, 998), [-100, 100], np.full(100, np.nan)])
    found = panel(column, values, values[:500])
    assert found.shares.sum() == pytest.approx(1) and len(found.shares) == BINS + 1
    assert found.shares[-1] == pytest.approx(100 / 1100) and found.real is not None


def test_levels_are_shown_by_how_often_they_come():
    column = Column(name="x", kind="category", levels=("a", "b", "c"))
    found = panel(column, np.array([1.0, 1, 2, 1]), None)
    assert found.low == "b" and found.shares.tolist() == [0.75, 0.25, 0]


def test_every_bin_has_a_name():
    even = Column(name="x", kind="integer", low=1, high=9, step=2.0)
    assert bins_of(even, np.arange(1.0, 10, 2)).labels == ("1", "3", "5", "7", "9")
    wide = Column(name="x", kind="integer", low=17, high=90, step=1.0, missing=0.1)
    found = bins_of(wide, np.arange(17.0, 91))
    assert found.labels[0] == "18 to 20" and found.labels[-1] == "missing"
    assert len(found.labels) == len(found.shares(np.arange(17.0, 91)))
    many = Column(name="x", kind="category", levels=tuple(map(str, range(100))))
    labels = bins_of(many, np.repeat(np.arange(100.0), np.arange(100, 0, -1))).labels
    assert len(labels) == BINS and labels[0] == "0" and labels[-1] == "69 others"


def test_labels():
    assert label(Column(name="x", kind="date"), 86400.0) == "1970-01-02"
    assert label(Column(name="x", kind="duration"), 3661.0) == "01:01:01"
    assert label(Column(name="x", kind="decimal"), 0.25) == "0.25"
