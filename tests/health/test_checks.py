"""Every check on made-up runs: it speaks of its failure, on its side of the threshold, and of nothing else."""

import warnings
from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import Any

import numpy as np
import pytest
import torch

from zerosum.core.batch import Batch
from zerosum.core.events import Event
from zerosum.core.seeding import Noise, Share
from zerosum.game.game import Clock
from zerosum.game.judgement import Judgement
from zerosum.game.objectives import LEAST_SQUARES, MINIMAX, NON_SATURATING, WASSERSTEIN, Objective
from zerosum.health.checks import CHECKS
from zerosum.health.doctor import CONSEQUENCES, diagnose, history
from zerosum.health.finding import LEVELS, Finding
from zerosum.health.timeline import WARM_UP, Timeline

Value = float | None | Callable[[float], float | None]
"""Of a run's signal: the same all the time, missing, or a function of how much of the run is over."""

LOOKS = 25
PLANNED = 10_000
RECORDS: dict[str, Value] = {
    "discriminator/accuracy_real": 0.7,
    "discriminator/accuracy_fake": 0.7,
    "discriminator/auc": 0.78,
    "discriminator/gap": 0.5,
    "discriminator/spread": 0.4,
    "discriminator/saturation": 0.0,
    "discriminator/slope": 0.55,
    "discriminator/diversity": 0.98,
    "discriminator/gradient_norm": 1.0,
    "generator/gradient_norm": 0.4,
}
PROBES: dict[str, Value] = {
    "quality": lambda done: 10 * np.exp(-5 * done),
    "fresh_accuracy": lambda done: 1 - 0.3 * done,
    "precision": 0.8,
    "recall": 0.6,
    "density": 0.9,
    "coverage": lambda done: 0.9 * done,
    "variety": 0.98,
    "duplicates": 0.01,
    "drift": 0.2,
    "copies": 0.0,
    "copying": 5.0,
    "lattice": 1.2,
    "lost_categories": 0.0,
    "worst_column": 0.0,
    "judged_real": 0.7,
    "judged_fake": 0.7,
    "judged_held_out": 0.65,
    "overfitting": 0.05,
    "input_slope": 0.3,
}
"""A game that goes well."""


def run(looks: int = LOOKS, records_a_look: int = 4, until: float = 1.0, **changes: Value) -> list[Event]:
    """The events of a run of `looks` closer looks that goes well but for `changes`; "__" stands for "/" in names."""
    changes = {name.replace("__", "/"): value for name, value in changes.items()}
    assert changes.keys() <= RECORDS.keys() | PROBES.keys()
    events: list[Event] = [{"event": "start", "samples": 0, "seconds": 0.0, "planned_samples": PLANNED, "floor": 0.01}]

    def note(kind: str, done: float, healthy: dict[str, Value]) -> None:
        values = {name: changes.get(name, value) for name, value in healthy.items()}
        said = {name: value(done) if callable(value) else value for name, value in values.items()}
        when = {"event": kind, "samples": round(PLANNED * done), "seconds": done}
        events.append(when | {name: value for name, value in said.items() if value is not None})

    for number in range(1, looks * records_a_look + 1):
        done = number / (looks * records_a_look)
        if done > until:
            break
        note("progress", done, RECORDS)
        if number % records_a_look == 0:
            note("probe", done, PROBES)
    return events


def failed(events: list[Event]) -> list[Event]:
    last = {name: events[-1][name] for name in ("samples", "seconds")}
    return [*events, {"event": "failed", **last, "reason": "The loss of the generator is not finite."}]


def swinging(low: float, high: float) -> Callable[[float], float]:
    """One value and the other in turn, from look to look."""
    return lambda done: (low, high)[round(done * LOOKS) % 2]


def broken(before: float, now: float) -> Callable[[float], float]:
    """From 10 to `before` until the middle of the run, and `now` from then on."""
    return lambda done: max(10 * (1 - 2 * done), before) if done < 0.6 else now


def since_half(early: float, late: float) -> Callable[[float], float]:
    return lambda done: early if done < 0.5 else late


CONSTANT: dict[str, Value] = {"quality": 10.0, "fresh_accuracy": 1.0, "coverage": 0.0, "precision": 0.0, "recall": 0.0}
BLIND: dict[str, Value] = {**CONSTANT, "discriminator__auc": 0.5}
STUCK: dict[str, Value] = {"quality": 5.0, "coverage": 0.05}
SURE: dict[str, Value] = {
    **STUCK,
    "discriminator__auc": 0.999,
    "discriminator__accuracy_real": 0.99,
    "discriminator__accuracy_fake": 0.99,
    "fresh_accuracy": 1.0,
}
ONE: dict[str, Value] = {"discriminator__diversity": 0.05, "variety": 0.06, "duplicates": 1.0, "recall": 0.0}
CIRCLES: dict[str, Value] = {
    "quality": swinging(3.0, 9.0),
    "drift": 0.5,
    "coverage": 0.1,
    "fresh_accuracy": 1.0,
}
BY_HEART: dict[str, Value] = {"overfitting": 0.8, "judged_held_out": 0.2, "judged_real": 0.95}
COLLAPSED: dict[str, Value] = {
    "quality": broken(0.1, 5.0),
    "coverage": since_half(0.8, 0.1),
    "fresh_accuracy": since_half(0.7, 1.0),
}
REPEATED: dict[str, Value] = {**STUCK, "duplicates": 0.6, "coverage": 0.1}
DROPPED: dict[str, Value] = {**STUCK, "precision": 0.9, "recall": 0.2, "coverage": 0.2}
LOST: dict[str, Value] = {**STUCK, "lost_categories": 0.4, "worst_column": 3.0}
COPIED: dict[str, Value] = {"copies": 0.6, "copying": -9.0}

FAILING: dict[str, dict[str, Value]] = {
    "not-finite": {},
    "exploding-gradient": {"discriminator__gradient_norm": 1e5, "generator__gradient_norm": 3e4},
    "no-progress": {**CONSTANT, "drift": 0.01},
    "weak-discriminator": BLIND,
    "useless-discriminator": {**BLIND, "input_slope": since_half(0.3, 0.001), "drift": 0.1},
    "mode-collapse": ONE,
    "overfitting": BY_HEART,
    "vanishing-gradient": {**SURE, "discriminator__slope": 1e-4},
    "overpowering-discriminator": SURE,
    "partial-collapse": REPEATED,
    "lost-categories": LOST,
    "oscillation": CIRCLES,
    "checkerboard": {"lattice": 40.0},
    "memorisation": COPIED,
    "late-collapse": COLLAPSED,
    "plateau": {"quality": lambda done: max(0.5, 10 * (1 - 2 * done))},
}
"""By failure, what shows it."""

CHECK = {check.__name__.replace("_", "-"): check for check in CHECKS}


def failing(failure: str, **more: Any) -> list[Event]:
    events = run(**(FAILING[failure] | more))
    return failed(events) if failure == "not-finite" else events


def only(failure: str, events: list[Event]) -> Finding | None:
    return CHECK[failure](Timeline(events))


def names(events: list[Event]) -> list[str]:
    return [finding.failure for finding in diagnose(Timeline(events))]


def test_a_healthy_run_is_left_in_peace():
    assert [finding for check in CHECKS if (finding := check(Timeline(run())))] == []
    assert history(run()) == []
    assert diagnose(Timeline()) == [] and history([]) == []


@pytest.mark.parametrize("failure", CHECK)
def test_every_failure_is_found_by_its_check(failure):
    finding = only(failure, failing(failure))
    assert finding and finding.failure == failure and finding.level in LEVELS
    assert finding.samples == PLANNED
    assert finding.what.endswith(".") and finding.evidence.endswith((".", ").")) and finding.try_this
    assert failure in names(failing(failure))
    assert failure in [found.failure for found in history(failing(failure))]
    assert FAILING.keys() == CHECK.keys()


EVIDENCE = {
    "not-finite": ["The loss of the generator is not finite.", "gradient norm was 1 "],
    "exploding-gradient": ["discriminator 1e+05", "generator 3e+04", "1,000"],
    "no-progress": ["0%", "(10)", "25 looks", "1.0%", "25 %"],
    "weak-discriminator": ["50%", "100%", "62 %", "100% of the first distance", "vary 1 times"],
    "useless-discriminator": ["50%", "100%", "62 %", "0.0033"],
    "mode-collapse": ["0.05 times", "0.06 times", "0.2"],
    "overfitting": ["95%", "20%", "80%", "50 %", "r_t is 0.40", "0.6"],
    "vanishing-gradient": ["0.0001", "0.1", "norm is 1 of", "99.9%"],
    "overpowering-discriminator": ["99.9%", "99.0%", "0% of its logits", "97 %"],
    "partial-collapse": ["60%", "30 %", "80%", "precision", "recall", "25 %"],
    "lost-categories": ["40%", "5%", "0.1 times", "25%", "column number 4"],
    "oscillation": ["move by 50%", "45 %", "from 3 to 9", "once in "],
    "checkerboard": ["40 times", "8 is an alarm"],
    "memorisation": ["60%", "z = -9.0", "10 %", "-3"],
    "late-collapse": ["0.1 at", "is 5 or more", "from 80% to 10%"],
    "plateau": ["0.5", f"at {PLANNED * 12 // 25:,} samples"],
}


@pytest.mark.parametrize("failure", CHECK)
def test_the_evidence_has_the_numbers(failure):
    finding = only(failure, failing(failure))
    assert finding
    assert [words for words in EVIDENCE[failure] if words not in finding.evidence] == [], finding.evidence


SIDES = [
    # (failure, name, value that is not enough, value that is)
    ("exploding-gradient", "discriminator__gradient_norm", 999.0, 1001.0),
    ("exploding-gradient", "generator__gradient_norm", 999.0, 1001.0),
    ("no-progress", "quality", lambda done: 10 - 2.7 * done, lambda done: 10 - 2.4 * done),
    ("no-progress", "quality", lambda done: 10 + 2.7 * done, lambda done: 10 + 2.4 * done),
    ("no-progress", "drift", 0.081, 0.079),
    ("no-progress", "fresh_accuracy", 0.69, 0.71),
    ("weak-discriminator", "discriminator__auc", 0.63, 0.61),
    ("weak-discriminator", "fresh_accuracy", 0.89, 0.91),
    ("weak-discriminator", "quality", since_half(10.0, 6.4), since_half(10.0, 6.6)),
    ("weak-discriminator", "input_slope", since_half(1.0, 0.019), since_half(1.0, 0.021)),
    ("useless-discriminator", "discriminator__auc", 0.63, 0.61),
    ("useless-discriminator", "input_slope", since_half(1.0, 0.11), since_half(1.0, 0.09)),
    ("mode-collapse", "discriminator__diversity", 0.21, 0.19),
    ("mode-collapse", "variety", 0.26, 0.24),
    ("overfitting", "overfitting", 0.49, 0.51),
    ("overfitting", "judged_held_out", 0.51, 0.49),
    ("overfitting", "judged_real", 0.74, 0.76),
    ("vanishing-gradient", "discriminator__slope", 0.11, 0.09),
    ("vanishing-gradient", "discriminator__auc", 0.94, 0.96),
    ("overpowering-discriminator", "discriminator__auc", 0.969, 0.971),
    ("overpowering-discriminator", "discriminator__accuracy_fake", 0.94, 0.96),
    ("overpowering-discriminator", "fresh_accuracy", 0.79, 0.81),
    ("partial-collapse", "duplicates", 0.29, 0.31),
    ("partial-collapse", "coverage", 0.31, 0.29),
    ("oscillation", "drift", 0.44, 0.46),
    ("oscillation", "coverage", lambda done: 0.1 + 0.5 * done, lambda done: 0.1 + 0.3 * done),
    ("oscillation", "fresh_accuracy", 0.87, 0.89),
    ("oscillation", "quality", swinging(0.05, 0.1), swinging(0.05, 0.12)),  # eight times the floor, on average
    ("checkerboard", "lattice", 7.9, 8.1),
    ("checkerboard", "variety", 0.29, 0.31),
    ("memorisation", "copies", 0.09, 0.11),
    ("memorisation", "copying", -2.9, -3.1),
    ("late-collapse", "quality", broken(0.5, 1.9), broken(0.5, 2.1)),
    ("late-collapse", "coverage", since_half(0.8, 0.41), since_half(0.8, 0.39)),
    ("late-collapse", "fresh_accuracy", since_half(0.7, 0.89), since_half(0.7, 0.91)),
    ("plateau", "quality", lambda done: 0.5 - 0.02 * (done > 0.8), lambda done: 0.5 - 0.005 * (done > 0.8)),
    ("plateau", "quality", 0.009, 0.011),  # no better than real samples, where nothing can become better
]


@pytest.mark.parametrize(
    ("failure", "name", "outside", "inside"), SIDES, ids=[f"{side[0]}-{side[1]}-{n}" for n, side in enumerate(SIDES)]
)
def test_both_sides_of_a_threshold(failure, name, outside, inside):
    base = dict(FAILING[failure])
    if failure == "exploding-gradient":
        base = {}
    assert only(failure, run(**(base | {name: outside}))) is None
    assert only(failure, run(**(base | {name: inside})))


def test_logits_beyond_8_make_a_discriminator_overpowering_without_perfect_accuracy():
    half_right = {**SURE, "discriminator__accuracy_real": 0.5}
    assert only("overpowering-discriminator", run(**half_right, discriminator__saturation=0.29)) is None
    assert only("overpowering-discriminator", run(**half_right, discriminator__saturation=0.31))


def test_a_gradient_that_fell_a_thousandfold_has_vanished_whatever_the_slope():
    for late, speaks in ((2e-3, False), (0.5e-3, True)):
        events = run(**SURE, generator__gradient_norm=since_half(1.0, late))
        assert bool(only("vanishing-gradient", events)) is speaks


def test_kinds_of_samples_that_are_missing():
    finding = only("partial-collapse", run(**DROPPED))
    assert finding and finding.level == "warn"
    finding = only("partial-collapse", run(**(DROPPED | {"recall": 0.09})))
    assert finding and finding.level == "alarm"
    for name, value in (("precision", 0.49), ("recall", 0.41), ("coverage", 0.26)):
        assert only("partial-collapse", run(**(DROPPED | {name: value}))) is None
    # Bad samples are no partial collapse: precision falls with recall.
    assert only("partial-collapse", run(precision=0.52, recall=0.2, coverage=0.2)) is None


@pytest.mark.parametrize("failure", ["partial-collapse", "overpowering-discriminator"])
def test_samples_that_still_improve_are_given_time(failure):
    failing = FAILING[failure] | {"duplicates": 0.6, "quality": lambda done: 5.0 * 0.2**done}
    assert only(failure, run(**(failing | {"quality": 5.0}), until=0.6))
    assert only(failure, run(**failing, until=0.6)) is None, "it comes nearer"
    covering = failing | {"quality": 5.0, "coverage": lambda done: max(0.05, 0.6 * (done - 0.3))}
    assert only(failure, run(**covering, until=0.6)) is None, "it covers more"


def test_what_gets_better_does_not_go_in_circles():
    events = run(**CIRCLES, until=1.0)
    assert only("oscillation", events)
    better = CIRCLES | {"quality": lambda done: swinging(3.0, 9.0)(done) * (1.0 if done < 0.85 else 0.3)}
    assert only("oscillation", run(**better)) is None
    for drift in (0.3, 0.6):
        steady = CIRCLES | {"quality": lambda done: 1 + 20 * done**4, "drift": drift}
        assert only("oscillation", run(**steady)) is None, "it only rises"


def test_what_was_never_good_does_not_collapse_late():
    growing = {"quality": lambda done: 1 + 400 * done, "coverage": since_half(0.02, 0.0), "fresh_accuracy": 1.0}
    assert only("late-collapse", run(**growing)) is None, "it only ran away from where it began"


def test_what_wanders_far_goes_in_circles_however_little_its_distance_swings():
    for low, high, drift, speaks in ((5.0, 5.6, 0.59, False), (5.0, 6.6, 0.59, True), (5.0, 5.6, 0.61, True)):
        wandering = CIRCLES | {"quality": swinging(low, high), "drift": drift}
        assert bool(only("oscillation", run(**wandering))) is speaks


def test_a_discriminator_that_is_held_firmly_at_first_is_neither_weak_nor_useless():
    """As on photographs: near chance and flat for long, while the samples move and improve."""
    slow = BLIND | {"input_slope": since_half(1.0, 0.05), "quality": since_half(10.0, 5.0), "drift": 0.35}
    assert names(run(**slow, until=0.8)) == []
    assert only("useless-discriminator", run(**(slow | {"drift": 0.19})))
    assert only("weak-discriminator", run(**(BLIND | {"discriminator__auc": swinging(0.5, 0.63)}))) is None


def test_a_discriminator_that_is_right_but_not_certain_may_lead_a_healthy_game():
    good = SURE | {"coverage": 0.11}
    assert only("overpowering-discriminator", run(**good)) is None
    assert only("overpowering-discriminator", run(**good, discriminator__saturation=0.31))
    near = SURE | {"quality": lambda done: 10.0 if done < 0.2 else 3.9, "fresh_accuracy": 1.0}
    assert only("overpowering-discriminator", run(**near)) is None


def test_the_less_is_left_of_the_distance_the_surer_a_fresh_classifier_must_be():
    for quality, fresh, speaks in ((10.0, 0.79, False), (10.0, 0.81, True), (3.0, 0.94, False), (3.0, 0.96, True)):
        start = SURE | {"quality": lambda done, late=quality: 10.0 if done < 0.2 else late, "fresh_accuracy": fresh}
        start["discriminator__saturation"] = 0.5
        assert bool(only("overpowering-discriminator", run(**start))) is speaks


def test_repeats_that_keep_changing_are_no_partial_collapse():
    repeated = REPEATED | {"variety": 0.8}
    assert only("partial-collapse", run(**repeated, drift=0.3))
    assert only("partial-collapse", run(**repeated, drift=0.5)) is None
    assert only("partial-collapse", run(**(repeated | {"duplicates": 0.96}), drift=0.5)), "a handful of latents"
    fewer = repeated | {"duplicates": lambda done: 0.95 - done}
    assert only("partial-collapse", run(**fewer, until=0.55)) is None, "there are fewer and fewer"
    passing = repeated | {"duplicates": lambda done: 0.6 if round(done * LOOKS) % 4 else 0.1}
    assert only("partial-collapse", run(**passing)) is None, "it passes"


def test_no_learning_is_not_the_name_where_the_discriminator_learns():
    standing = FAILING["no-progress"]
    for area, speaks in ((0.96, False), (0.94, True), (0.06, True), (0.04, False)):
        assert bool(only("no-progress", run(**(standing | {"discriminator__auc": area})))) is speaks
    for late, speaks in ((0.7, False), (0.8, True), (1.2, True), (1.3, False)):
        changing = standing | {"input_slope": lambda done, late=late: 1.0 if done < 0.05 else late}
        assert bool(only("no-progress", run(**changing, until=0.5))) is speaks


def test_samples_that_become_more_different_have_not_collapsed():
    apart = ONE | {"variety": lambda done: 0.01 + 0.3 * done, "discriminator__diversity": 0.1}
    assert only("mode-collapse", run(**apart, until=0.7)) is None
    assert only("mode-collapse", run(**(apart | {"variety": lambda done: 0.01 + 0.1 * done}), until=0.7))
    apart = REPEATED | {"duplicates": 1.0, "variety": lambda done: done}
    assert only("partial-collapse", run(**apart, until=0.7)) is None


def test_a_game_that_never_went_well_has_not_collapsed_late():
    was_bad = COLLAPSED | {"quality": broken(3.0, 100.0), "coverage": since_half(0.2, 0.01)}
    assert only("late-collapse", run(**was_bad)) is None


def test_ties_of_a_few_samples_over_and_over_are_no_weak_discriminator():
    assert only("weak-discriminator", run(**BLIND, duplicates=0.9)) is None
    assert only("weak-discriminator", run(**(BLIND | {"discriminator__auc": 0.3}), duplicates=0.9))


@pytest.mark.parametrize("failure", [name for name in CHECK if name != "not-finite"])
def test_a_run_that_has_just_begun_is_left_in_peace(failure):
    """However often it was looked at."""
    events = run(looks=400, until=WARM_UP * 0.99, **FAILING[failure])
    assert sum(event["event"] == "probe" for event in events) > 15
    assert diagnose(Timeline(events)) == []
    assert history(events) == []


@pytest.mark.parametrize("failure", [name for name in CHECK if name != "not-finite"])
def test_two_looks_are_too_few(failure):
    assert diagnose(Timeline(run(looks=2, records_a_look=2, **FAILING[failure]))) == []


@pytest.mark.parametrize("failure", [name for name in CHECK if name not in ("not-finite", "plateau", "late-collapse")])
def test_a_single_odd_look_is_nothing(failure):
    """The last probe and the last record are as in the failure; all before were healthy."""
    healthy, ill = run(), run(**FAILING[failure])
    last = {kind: max(i for i, event in enumerate(ill) if event["event"] == kind) for kind in ("probe", "progress")}
    for index in last.values():
        healthy[index] = ill[index]
    assert only(failure, healthy) is None


def without(events: list[Event], name: str, since: int, value: float | None) -> list[Event]:
    """The events without a value, from event number `since` on, or with one that is no number."""
    cut = []
    for number, event in enumerate(events):
        if name in event and number >= since:
            event = {key: held for key, held in event.items() if key != name}
            if value is not None:
                event[name] = value
        cut.append(event)
    return cut


@pytest.mark.parametrize("failure", CHECK)
def test_missing_values_neither_raise_nor_warn_nor_show(failure):
    """Warnings are errors in these tests, of numpy's too."""
    events = failing(failure)
    lacking: list[list[Event]] = [
        without(events, name, since, value)
        for name in (*RECORDS, *PROBES)
        for since, value in ((0, None), (len(events) // 2, None), (0, np.nan), (len(events) - 30, np.inf))
    ]
    for kept in (RECORDS, PROBES, {}):
        bare = events
        for name in (set(RECORDS) | set(PROBES)) - set(kept):
            bare = without(bare, name, 0, None)
        lacking.append(bare)
    for some in lacking:
        for check in CHECKS:
            finding = check(Timeline(some))
            assert finding is None or "nan" not in finding.evidence + finding.what, finding


def test_games_that_lack_something():
    pretraining = {"generator__gradient_norm": None}
    assert names(run(**pretraining)) == []
    no_held_out: dict[str, Value] = dict.fromkeys(("copies", "copying", "judged_held_out", "overfitting"))
    assert names(run(**no_held_out)) == []
    for failure in ("mode-collapse", "vanishing-gradient", "late-collapse", "no-progress"):
        assert failure in names(run(**(FAILING[failure] | no_held_out | pretraining)))
    later = {"generator__gradient_norm": lambda done: None if done < 0.2 else 0.4}
    assert names(run(**later)) == []


def test_one_look_only():
    for failure in CHECK:
        events = failing(failure, looks=1, records_a_look=40)
        assert [name for name in names(events) if name not in ("not-finite", "exploding-gradient")] in (
            [],
            ["vanishing-gradient"],
        )


def test_causes_stand_for_what_they_cause():
    for cause, effects in CONSEQUENCES.items():
        assert cause in CHECK and effects <= CHECK.keys() and cause not in effects
    both = run(**(FAILING["vanishing-gradient"] | {"lattice": 40.0}))
    assert only("overpowering-discriminator", both) and only("checkerboard", both)
    assert names(both) == ["vanishing-gradient"]
    assert names(run(**ONE)) == ["mode-collapse"] and only("partial-collapse", run(duplicates=1.0, coverage=0.1))
    assert names(failing("no-progress")) == ["no-progress"]
    assert names(run(**ONE, **FAILING["vanishing-gradient"])) == ["mode-collapse"]
    assert names(failed(run(**SURE, lattice=40.0))) == ["not-finite"]
    assert names(run(**COPIED, lattice=40.0)) == ["checkerboard", "memorisation"], "neither explains the other"


def test_findings_do_not_explain_each_other_away():
    """Otherwise all of a circle would be left out where all of it is found."""
    assert set(TopologicalSorter(CONSEQUENCES).static_order()) <= CHECK.keys()


def test_history_tells_of_the_first_time_and_of_the_worst():
    early = run(lattice=lambda done: 40.0 if done < 0.5 else 1.0)
    (finding,) = history(early)
    assert finding.failure == "checkerboard" and finding.samples < 0.35 * PLANNED
    assert diagnose(Timeline(early)) == [], "it is over by the end"
    worse = run(**(DROPPED | {"recall": since_half(0.2, 0.05)}))
    (finding,) = [finding for finding in history(worse) if finding.failure == "partial-collapse"]
    assert finding.level == "alarm" and 0.5 * PLANNED <= finding.samples < 0.7 * PLANNED
    mild = run(**(DROPPED | {"recall": since_half(0.05, 0.2)}))
    (finding,) = [finding for finding in history(mild) if finding.failure == "partial-collapse"]
    assert finding.level == "alarm" and finding.samples < 0.45 * PLANNED


def test_history_puts_alarms_first():
    levels = [finding.level for finding in history(failed(run(**COLLAPSED)))]
    assert levels == sorted(levels, key=lambda level: -LEVELS.index(level)) and "alarm" in levels


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        (MINIMAX, "vanishing-gradient"),
        (NON_SATURATING, "overpowering-discriminator"),
        (LEAST_SQUARES, "overpowering-discriminator"),
        (WASSERSTEIN, "overpowering-discriminator"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_perfect_discriminator(objective: Objective, expected: str) -> None:
    """It takes the gradient away where the loss is the minimax game's, and only there."""
    x = torch.randn(32, 2, generator=torch.Generator().manual_seed(0))
    batch = Batch(x, None, Noise(0, Share(), torch.device("cpu")))
    logits = torch.full((32,), 12.0)
    found = Judgement(objective, batch, x + 9, logits, -logits, Clock()).signals()
    signals = {f"discriminator__{name}": float(value) for name, value in found.items()}
    assert names(run(**signals, fresh_accuracy=1.0)) == [expected]


def test_random_runs_neither_raise_nor_warn():
    generator = np.random.default_rng(0)
    values = np.array([0.0, 1e-9, 0.05, 0.3, 0.5, 0.97, 1.0, 3.0, -4.0, 1e4, 1e30, np.nan, np.inf])
    for _ in range(60):
        events = run(looks=12)
        for event in events[1:]:
            for name in set(event) - {"event", "samples", "seconds"}:
                if generator.random() < 0.6:
                    event[name] = float(generator.choice(values))
                elif generator.random() < 0.3:
                    del event[name]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for finding in history(events):
                assert "nan" not in finding.evidence, finding
