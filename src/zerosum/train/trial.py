"""How fast a plan would train here, found out by playing a few rounds with weights that are thrown away."""

import time

from zerosum.data.loader import Loader
from zerosum.train.devices import suitable_threads
from zerosum.train.engine import Engine
from zerosum.train.feed import Feed
from zerosum.train.loop import Record, play
from zerosum.train.plan import Plan

TRIAL_ROUNDS = 16
TRIAL_SECONDS = 10.0
"""A trial ends after so many rounds, which hold one of every lazy penalty, or so many seconds."""

LATE = 10**9
"""Samples seen when a trial begins, where the plan does not say with how many it ends: networks that grow while they
train have their full size then, and players that wait at first take their turns."""


def measured_speed(plan: Plan, engine: Engine) -> float:
    """Samples a second that a plan trains on; the engine's game is spoilt by it.

    Args:
        plan: What is to be trained.
        engine: With a game of the plan.
    """
    assert plan.run.batch is not None, "a plan says its batch"
    loader = Loader(plan.dataset, plan.run.seed, plan.run.batch, engine.share, engine.device)
    engine.game.clock.samples = plan.run.samples or LATE
    with suitable_threads(plan.dataset.space):
        return plan.run.batch / _seconds(engine, Feed(engine.game, loader))


def _seconds(engine: Engine, feed: Feed) -> float:
    """Seconds per round; the first round, which warms everything up, does not count."""
    clock, begin = engine.game.clock, 0.0

    def over() -> bool:
        nonlocal begin
        begin = time.perf_counter() if clock.rounds == 1 else begin
        late = clock.rounds > 1 and time.perf_counter() > begin + TRIAL_SECONDS
        return clock.rounds > TRIAL_ROUNDS or engine.any_process(late)

    def wait(record: Record) -> None:
        engine.check_finite()  # reads numbers off the device, which waits for the round to be over

    play(engine.game, engine, feed, (wait,), over)
    return (time.perf_counter() - begin) / (clock.rounds - 1)
