"""Columns that look the same when they are thin, and records that are parsed once."""

import json
import math
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from zerosum.studio.watching.record import Columns, Record, event_of, spread_evenly
from zerosum.studio.watching.summary import Summary
from zerosum.studio.watching.thinning import thinned


def write(path: Path, *events: dict) -> None:
    with path.open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def progress(number: int, **values: object) -> dict:
    return {"event": "progress", "samples": 64 * number, "seconds": number / 10, **values}


@pytest.mark.parametrize("count", [1, 7, 19, 20, 21, 39, 40, 41, 1000, 1999, 2003])
def test_thin_columns_keep_ends_and_extremes(count: int) -> None:
    random = np.random.default_rng(count)
    samples, loss = np.arange(count) * 64.0, random.normal(size=count)
    gaps = np.where(random.random(count) < 0.3, np.nan, loss)
    thin = thinned({"samples": samples, "loss": loss, "gaps": gaps}, ("samples",), 20)
    assert len({len(column) for column in thin.values()}) == 1 and len(thin["loss"]) <= max(20, min(count, 20))
    for name, whole in (("samples", samples), ("loss", loss), ("gaps", gaps)):
        assert thin[name][0] == whole[0] or math.isnan(whole[0])
        assert thin[name][-1] == whole[-1] or math.isnan(whole[-1])
        known = thin[name][~np.isnan(thin[name])]
        assert np.isin(known, whole).all(), "no value is made up"
        assert known.min() == np.nanmin(whole) and known.max() == np.nanmax(whole)
    assert (np.diff(thin["samples"]) >= 0).all()


def test_no_peak_is_lost_in_any_stretch() -> None:
    """Each stretch is looked at on its own: what is drawn over it reaches as high and as low as what is left out."""
    count, most = 5000, 102
    samples, loss = np.arange(count, dtype=float), np.random.default_rng(0).normal(size=count)
    thin = thinned({"samples": samples, "loss": loss}, ("samples",), most)
    for first in range(1, most - 1, 2):
        begin, end = int(thin["samples"][first]), int(thin["samples"][first + 1])
        stretch = loss[begin : end + 1]
        assert sorted(thin["loss"][first : first + 2]) == [stretch.min(), stretch.max()]
        low_first = stretch.argmin() <= stretch.argmax()
        assert (thin["loss"][first] <= thin["loss"][first + 1]) == low_first, "in the order in which they came"


def test_columns_of_events_that_differ() -> None:
    columns = Columns()
    for event in (
        progress(1, a=1.5, b=2),
        progress(2, b=3, a=None),
        {"event": "progress", "a": 1e999, "samples": 3, "seconds": 1, "c": "x", "d": [1, 2], "e": True},
        progress(4, a=-1.0, b=4, f=10**400),
    ):
        columns.add(dict(event))
    found = {name: [None if math.isnan(x) else x for x in column] for name, column in columns.columns().items()}
    assert found == {
        "samples": [64, 128, 3, 256],
        "seconds": [0.1, 0.2, 1, 0.4],
        "a": [1.5, None, None, -1],
        "b": [2, 3, None, 4],
    }


def test_a_record_is_read_once_and_begins_anew_with_a_treatment(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    record = Record(path)
    record.update()
    assert record.progress.count == 0
    write(path, {"event": "start", "samples": 0, "seconds": 0}, progress(1, loss=1.0), progress(2, loss=2.0))
    looked = {"event": "probe", "samples": 64, "seconds": 1, "quality": 3.0, "logit_reach": 2.0, "logits_fake": [1, 2]}
    write(path, looked)
    record.update()
    assert record.progress.thin() == {"samples": [64, 128], "seconds": [0.1, 0.2], "loss": [1, 2]}
    assert record.probe.thin()["quality"] == [3]
    assert record.histograms == [{"samples": 64, "logit_reach": 2.0, "logits_fake": [1, 2]}]
    write(path, {"event": "treated", "samples": 128, "seconds": 1}, progress(1, loss=5.0))
    record.update()
    assert record.progress.thin()["loss"] == [5] and not record.histograms and not record.probe.count
    assert [note["event"] for note in record.notes] == ["start", "treated"]
    path.write_text(json.dumps(progress(1, loss=7.0)) + "\n")
    record.update()
    assert record.progress.thin()["loss"] == [7] and not record.notes


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[1]",
        b'{"event": "progress"}',
        b'{"event": 3, "samples": 1, "seconds": 1}',
        b'{"event": "x", "samples": -1, "seconds": 1}',
        b'{"event": "x", "samples": 1, "seconds": "1"}',
        b'{"event": "x", "samples": true, "seconds": 1}',
        b'{"event": "x", "samples": 1, "seconds": 1} {}',
        b'{"event": "x", "samples": 1' + b"0" * 400 + b', "seconds": 1}',
        b'{"event": "x", "samples": 1, "seconds": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_damaged_lines_are_left_out(line: bytes) -> None:
    assert event_of(line) is None


def test_numbers_without_words_are_none() -> None:
    assert event_of(b'{"event": "x", "samples": 1, "seconds": 2.5, "a": NaN, "b": -Infinity}') == {
        "event": "x",
        "samples": 1,
        "seconds": 2.5,
        "a": None,
        "b": None,
    }


def test_a_hundred_thousand_events(tmp_path: Path) -> None:
    """They are kept in a tenth of what they take as objects, and are drawn from few points with every peak."""
    path = tmp_path / "events.jsonl"
    values = np.random.default_rng(0).normal(size=100_000)
    values[54_321], values[77_777] = 1000.0, -1000.0
    with path.open("w") as file:
        for number, value in enumerate(values.tolist()):
            file.write(json.dumps(progress(number, loss=value, other=value / 3)) + "\n")
    record, summary = Record(path), Summary(path)
    tracemalloc.start()
    record.update()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 8_000_000
    thin = record.progress.thin()
    assert {len(column) for column in thin.values()} == {2000}
    assert max(thin["loss"]) == 1000 and min(thin["loss"]) == -1000
    assert thin["samples"][0] == 0 and thin["samples"][-1] == 64 * 99_999
    near = thin["samples"][thin["loss"].index(1000)]
    assert abs(near - 64 * 54_321) <= 64 * 100_000 / 999
    summary.update()
    assert summary.latest is not None and summary.latest["samples"] == 64 * 99_999


def test_a_summary_says_where_a_run_stands(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    summary = Summary(path)
    begin = {"event": "start", "samples": 0, "seconds": 0, "metric": "m", "floor": 0.5, "planned_samples": 1000}
    finding = {"event": "finding", "samples": 64, "seconds": 1, "failure": "plateau"}
    write(
        path, begin, {"event": "probe", "samples": 0, "seconds": 0, "quality": 9.0}, progress(1, samples_per_second=5.0)
    )
    write(path, finding | {"level": "note"}, finding | {"level": "warn"})
    write(path, {"event": "probe", "samples": 64, "seconds": 1, "quality": 2.0})
    write(path, {"event": "probe", "samples": 64, "seconds": 1, "quality": None}, progress(2, samples_per_second=6.0))
    summary.update()
    assert summary.quality() == {"metric": "m", "best": 2.0, "now": 2.0, "floor": 0.5} and summary.sparks() == [9, 2]
    assert summary.findings() == {"alarm": 0, "warn": 1, "note": 0} and summary.speed == 6
    assert summary.telling == "progress" and summary.latest is not None and summary.latest["samples"] == 128
    write(path, {"event": "paused", "samples": 128, "seconds": 2})
    summary.update()
    assert summary.telling == "paused"
    write(path, progress(3), {"event": "treated", "samples": 200, "seconds": 3}, progress(1), progress(2))
    summary.update()
    assert summary.telling == "progress" and summary.findings()["warn"] == 0 and summary.latest["samples"] == 128


def test_items_spread_evenly() -> None:
    assert spread_evenly(range(5), 10) == [0, 1, 2, 3, 4]
    assert spread_evenly(range(101), 5) == [0, 25, 50, 75, 100]
