"""Series of numbers from events: which are looked at, how far the run was, and what a treatment makes of them."""

import numpy as np
import pytest

from zerosum.health.timeline import WARM_UP, Series, Timeline


def record(samples: int, seconds: float = 0.0, **values: float) -> dict:
    return {"event": "progress", "samples": samples, "seconds": seconds, **values}


def probe(samples: int, **values: float) -> dict:
    return {"event": "probe", "samples": samples, "seconds": 0.0, **values}


def start(**planned: float | None) -> dict:
    return {"event": "start", "samples": 0, "seconds": 0.0, **planned}


def even(count: int) -> Series:
    """Events at 0, 1 / (count - 1), ... 1 of a run."""
    return Series([record(index, a=index) for index in range(count)], list(np.linspace(0, 1, count)))


def test_values_that_an_event_lacks_are_not_a_number():
    series = Series([record(1, a=1), record(2), record(3, a=5, b=np.inf), record(4, b=-2)], [0, 0.1, 0.2, 0.3])
    np.testing.assert_array_equal(series.of("a"), [1, np.nan, 5, np.nan])
    np.testing.assert_array_equal(series.of("b"), [np.nan, np.nan, np.nan, -2])
    assert (series.median("a"), series.lowest("a"), series.highest("a")) == (3, 1, 5)
    assert (series.median("b"), series.lowest("b"), series.highest("b")) == (-2, -2, -2), "infinity is no number here"
    assert all(np.isnan([series.median("c"), series.lowest("c"), series.highest("c")]))
    assert np.isnan(Series().median("a")) and len(Series().of("a")) == 0
    assert series.samples.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("share", "least", "expected"),
    [
        (0.0, 1, [0]),
        (0.0, 3, [0, 1, 2]),
        (0.25, 1, [0, 1, 2]),  # of 11 events, those at 0, 0.1 and 0.2
        (0.25, 5, [0, 1, 2, 3, 4]),
        (1.0, 99, list(range(11))),
    ],
)
def test_first(share, least, expected):
    assert even(11).first(share, least).of("a").tolist() == expected


@pytest.mark.parametrize(
    ("share", "least", "after", "expected"),
    [
        (0.0, 1, 0.05, [10]),
        (0.0, 3, 0.05, [8, 9, 10]),
        (0.45, 3, 0.05, [6, 7, 8, 9, 10]),
        (1.0, 3, 0.05, list(range(1, 11))),  # the first event is in the warm-up
        (1.0, 3, 0.75, [8, 9, 10]),
        (0.0, 4, 0.75, []),  # only three are late enough
        (0.0, 99, 0.0, []),
    ],
)
def test_last(share, least, after, expected):
    assert even(11).last(share, least, after).of("a").tolist() == expected


def test_the_warm_up_is_silent():
    for count in range(1, 30):
        series = Series([record(index) for index in range(count)], [WARM_UP * 0.99] * count)
        assert len(series.last(1.0, 1)) == 0
    assert len(Series().last()) == 0


def test_done_by_samples():
    timeline = Timeline([start(planned_samples=1000, planned_seconds=None)])
    for samples in (100, 550, 1000, 1100):
        timeline.add(record(samples, seconds=1e9))
    assert timeline.records.done == pytest.approx([0, 0.5, 1, 1])
    assert timeline.now == 1100


def test_done_by_time_and_by_whichever_comes_first():
    timeline = Timeline([start(planned_samples=None, planned_seconds=11)])
    for seconds in (1, 6, 11):
        timeline.add(record(1, seconds))
    assert timeline.records.done == pytest.approx([0, 0.5, 1])
    timeline = Timeline([start(planned_samples=1000, planned_seconds=10)])
    for samples, seconds in ((0, 0), (100, 9), (900, 9.1)):
        timeline.add(record(samples, seconds))
    assert timeline.records.done == pytest.approx([0, 0.9, 0.91])


def test_nothing_is_planned():
    timeline = Timeline([record(5), probe(7, quality=1.0)])
    assert timeline.records.done == [0] and timeline.probes.done == [0]
    assert Timeline().now == 0 and Timeline().done(record(5)) == 0


def test_a_treatment_forgets_the_game_and_not_what_was_said():
    found = {"event": "finding", "samples": 500, "seconds": 0.0, "failure": "oscillation", "level": "alarm"}
    timeline = Timeline([start(planned_samples=1000), record(0), record(500), probe(500, quality=1.0), found])
    timeline.add({"event": "failed", "samples": 500, "seconds": 0.0, "reason": "so"})
    assert timeline.failure and timeline.findings_since_treatment == [found]
    timeline.add({"event": "treated", "samples": 500, "seconds": 0.0})
    assert (len(timeline.records), len(timeline.probes), timeline.failure, timeline.now) == (0, 0, None, 0)
    assert timeline.findings == [found] and timeline.findings_since_treatment == []
    assert len(timeline.treatments) == 1
    # What is left of the run is the whole of the new game, whether it begins anew or from a checkpoint.
    for samples in (200, 600, 1000):
        timeline.add(record(samples))
    assert timeline.records.done == pytest.approx([0, 0.5, 1])
    assert timeline.records.samples.tolist() == [200, 600, 1000]


def test_done_in_time_after_a_treatment():
    timeline = Timeline([start(planned_samples=None, planned_seconds=100), record(1, 0.0), record(9, 60.0)])
    timeline.add({"event": "treated", "samples": 9, "seconds": 60.0})
    for seconds in (60, 80, 100):
        timeline.add(record(1, seconds))
    assert timeline.records.done == pytest.approx([0, 0.5, 1])


def test_a_run_that_is_made_longer_has_come_less_far():
    """What counts as lately is a share of the run as it is planned now, also of what an earlier session saw."""
    timeline = Timeline([start(planned_samples=1000), *(record(samples, a=samples) for samples in range(0, 1001, 100))])
    assert timeline.records.done[-1] == 1
    timeline.add(start(planned_samples=2000))
    timeline.add(record(1100, a=1100))
    assert timeline.records.done == pytest.approx([samples / 2000 for samples in range(0, 1101, 100)])
    assert timeline.records.last(0.06, 1).of("a").tolist() == [1000, 1100]


def test_checkpoints_are_kept_in_order():
    saved = [{"event": "checkpoint", "samples": samples, "seconds": 0.0} for samples in (1, 2)]
    timeline = Timeline([start(planned_samples=10), *saved, {"event": "snapshot", "samples": 3, "seconds": 0.0}])
    assert timeline.checkpoints == saved and timeline.now == 0
