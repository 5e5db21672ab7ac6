"""`zerosum train DATA --dry-run`: what would happen, without it happening."""

import json
import os
import sys

import torch

from zerosum.config.base import to_json
from zerosum.health.data import inspect_data
from zerosum.train.engine import Engine
from zerosum.train.plan import Plan
from zerosum.train.trial import measured_speed


def describe(plan: Plan) -> None:
    """Print the resolved configuration, the data, the networks' sizes, and an estimate of time and memory.

    The estimate comes from playing a few rounds with weights that are thrown away.
    """
    dataset, space = plan.dataset, plan.dataset.space
    game = plan.build()
    engine = Engine(game, plan.run, space)
    say = engine.accelerator.print  # one of several processes speaks
    say(f"Data:      {dataset.source}: {len(dataset):,} samples of kind {space.kind}, shape {space.shape}")
    if space.classes:
        shares = ", ".join(f"{n} {f:.1%}" for n, f in zip(space.classes, space.frequencies, strict=True))
        say(f"Classes:   {shares}")
    for finding in inspect_data(space.kind, dataset.rows, dataset.labels, space.classes):
        say(f"Data {finding.level}: {finding.what} {finding.evidence}")
    say(f"Recipe:    {plan.recipe.name}: {plan.recipe.summary} ({plan.recipe.paper})")
    say(f"Settings:  {json.dumps(to_json(plan.settings))}")
    say(f"Run:       {json.dumps(to_json(plan.run))}")
    say(f"Device:    {engine.device} in {engine.precision}, {engine.share.world} process(es)")
    for name, player in game.players.items():
        say(f"Player:    {name}, {sum(p.numel() for p in player.module.parameters()):,} parameters")
    speed = measured_speed(plan, engine)
    say(f"Speed:     about {speed:,.0f} samples/s, from a trial with weights that were thrown away")
    if plan.run.samples:
        say(f"Time:      about {plan.run.samples / speed / 60:,.1f} minutes for {plan.run.samples:,} samples")
    if plan.run.minutes:
        say(f"Time:      {plan.run.minutes:g} minutes, about {speed * plan.run.minutes * 60:,.0f} samples")
    memory = _peak_memory(engine)
    if memory:
        say(f"Memory:    about {memory / 2**30:.1f} GiB")
    say("Nothing was trained, and no run was written.")


def _peak_memory(engine: Engine) -> int:
    """Largest memory so far, in bytes: the graphics card's if there is one, else this process's; 0 if unknown."""
    if engine.device.type == "cuda":
        return torch.cuda.max_memory_allocated(engine.device)
    if os.name != "posix":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
