"""What is known of columns once all rows are stored."""

import numpy as np
import pandas as pd
import pytest

from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.columns.measuring import columns_of, measured
from zerosum.data.tables.formats.frames import open_frames
from zerosum.data.tables.table import read_table


@pytest.mark.parametrize(
    ("values", "decimals", "step"),
    [
        ([1, 3, 9], None, 2),
        ([0.1, 0.4, 0.7], None, 0.3),
        ([0.25, 0.5], 2, 0.25),
        ([1.0, 2.0], 2, 1.0),
        ([1e-6, 3e-6], None, 2e-6),
        ([7.0], None, 1),
        ([np.pi, np.e], None, None),
        ([1e16, 1e17], None, None),
        ([0.1, 0.2], 17, None),
    ],
)
def test_steps(values, decimals, step):
    column = Column(name="x", kind="decimal", decimals=decimals)
    found = measured(column, np.array([*values, np.nan]))
    assert (found.low, found.high) == (min(values), max(values))
    assert found.step == (None if step is None else pytest.approx(step, rel=1e-12))


def test_columns_are_read_several_at_a_time(monkeypatch):
    rows = np.arange(35.0).reshape(5, 7)
    for at_once in (1, 100, 2**20):
        monkeypatch.setattr("zerosum.data.tables.columns.measuring.AT_ONCE", at_once)
        assert np.array_equal(np.stack([*columns_of(rows)], 1), rows)


def test_a_number_that_is_hardly_ever_there():
    frame = pd.DataFrame({"a": [None] * 99 + [5.0], "y": np.arange(100) % 9})
    assert read_table(open_frames(frame)).codec.pieces[0].starts == (5.0,)


def test_what_is_odd_about_numbers_is_said():
    generator = np.random.default_rng(0)
    tail, plain = np.exp(2 * generator.normal(size=5000)), generator.normal(size=5000)
    frame = pd.DataFrame({"tail": tail, "plain": plain, "capped": plain.clip(max=1), "zeros": plain.clip(min=0)})
    whys = {column.name: column.why for column in read_table(open_frames(frame)).codec.columns}
    assert "heavy-tailed" in whys["tail"] and whys["plain"] == "type float64"
    assert whys["capped"] == "type float64; 16% at its most" and "at its least" in whys["zeros"]


def test_copies_of_rows_are_noted():
    frame = pd.DataFrame({"a": [*range(1, 1000, 3)], "b": 0.5 * np.arange(333)})
    assert not any("copies" in note for note in read_table(open_frames(frame)).notes)
    copied = pd.concat([frame, frame.head(37)])
    assert "10.0% of the rows are copies of another row, in all columns that are learned." in (
        read_table(open_frames(copied)).notes
    )
