"""`zerosum train DATA --dry-run`: what would happen, without it happening."""

import json
import resource
import sys
import time

from zerosum.config.base import to_json
from zerosum.data.loader import Loader
from zerosum.train.engine import Engine
from zerosum.train.feed import Feed
from zerosum.train.plan import Plan

TRIAL_ROUNDS = 3


def describe(plan: Plan) -> None:
    """Print the resolved configuration, the data, the networks' sizes, and an estimate of time and memory.

    The estimate comes from playing a few rounds with weights that are thrown away.
    """
    dataset, space = plan.dataset, plan.dataset.space
    game = plan.build()
    engine = Engine(game, plan.run, space)
    print(f"Data:      {dataset.source}: {len(dataset):,} samples of kind {space.kind}, shape {space.shape}")
    if space.classes:
        shares = ", ".join(f"{n} {f:.1%}" for n, f in zip(space.classes, space.frequencies, strict=True))
        print(f"Classes:   {shares}")
    print(f"Recipe:    {plan.recipe.name}: {plan.recipe.summary} ({plan.recipe.paper})")
    print(f"Settings:  {json.dumps(to_json(plan.settings))}")
    print(f"Run:       {json.dumps(to_json(plan.run))}")
    print(f"Device:    {engine.device} in {engine.precision}, {engine.share.world} process(es)")
    for name, player in game.players.items():
        print(f"Player:    {name}, {sum(p.numel() for p in player.module.parameters()):,} parameters")
    assert plan.run.batch is not None
    loader = Loader(dataset, plan.run.seed, plan.run.batch, engine.share)
    feed = Feed(game, loader, dataset.codec, plan.run.seed, engine.share, engine.device)
    seconds = _trial(engine, feed)
    speed = plan.run.batch / seconds
    print(f"Speed:     about {speed:,.0f} samples/s, from {TRIAL_ROUNDS} rounds with weights that were thrown away")
    if plan.run.samples:
        print(f"Time:      about {plan.run.samples / speed / 60:,.1f} minutes for {plan.run.samples:,} samples")
    if plan.run.minutes:
        print(f"Time:      {plan.run.minutes:g} minutes, about {speed * plan.run.minutes * 60:,.0f} samples")
    print(f"Memory:    about {_peak_memory() / 2**30:.1f} GiB")
    print("Nothing was trained, and nothing was written.")


def _trial(engine: Engine, feed: Feed) -> float:
    """Seconds per round; the first round, which warms everything up, does not count."""
    begin = 0.0
    for index in range(1 + TRIAL_ROUNDS):
        if index == 1:
            begin = time.perf_counter()
        for number, turn in enumerate(engine.game.turns):
            for repeat in range(turn.repeat):
                engine.take(turn, feed.batch(number, repeat))
        engine.advance(feed.global_batch)
        engine.check_finite()
    return (time.perf_counter() - begin) / TRIAL_ROUNDS


def _peak_memory() -> int:
    """Largest memory of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
