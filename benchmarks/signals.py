"""What watching costs: the share of training time that goes into the doctor's signals and looks.

    python benchmarks/signals.py                       some nine minutes; writes benchmarks/results/signals.md

Trainings as `zerosum train` plays them. Every call that is made for the doctor's sake is timed where it happens: the
signals and gradient norms of recorded rounds, the closer looks, and the diagnosis after each. Their sum over the time
of the whole is the cost. An earlier form of this set trainings with and without signals beside each other; on two
shared cores its turns scattered by 3 to 5 %, more than what is to be measured. Required: at most 2 %.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from measuring import Spread, timed

from zerosum.api import make_plan, open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.data.loader import Loader
from zerosum.game.judgement import Judgement
from zerosum.train import engine as engines
from zerosum.train.devices import suitable_threads
from zerosum.train.engine import Engine
from zerosum.train.feed import Feed
from zerosum.train.folder import RunFolder
from zerosum.train.loop import play
from zerosum.train.probe import Probe
from zerosum.train.recorder import Recorder, Stopwatch
from zerosum.train.watch import Watch

CASES = [("digits", "light"), ("emoji", "light"), ("ring", "r3gan"), ("ring", "wgan-gp"), ("gaussian", "dcgan")]
PARTS = {
    "signals": [(Judgement, "signals"), (engines, "gradient_norm")],
    "looks": [(Probe, "__call__")],
    "diagnosis": [(Watch, "__call__")],
}
RESULTS = Path(__file__).parent / "results"


@contextmanager
def clocks() -> Iterator[dict[str, list[float]]]:
    """Seconds of each call made for the doctor's sake, by part."""
    seconds: dict[str, list[float]] = {part: [] for part in PARTS}
    places = [(part, owner, name) for part, owners in PARTS.items() for owner, name in owners]
    patches = [patch.object(owner, name, method(owner, name, seconds[part])) for part, owner, name in places]
    for one in patches:
        one.start()
    try:
        yield seconds
    finally:
        for one in patches:
            one.stop()


def method(owner: Any, name: str, into: list[float]) -> Any:
    """The function or method of that name, timed."""
    return timed(getattr(owner, name), into)


def watched(data: str, name: str, seconds: float, turns: int) -> dict[str, Any]:
    """Play for so long and so often; the shares of the time, and what a round and the preparation of looks take."""
    dataset, recipe, _ = open_for(data, DataOptions(), name, "cpu")
    plan = make_plan(dataset, DataOptions(), recipe, recipe.settings(dataset.space), Run(samples=10**9, device="cpu"))
    shares: dict[str, list[float]] = {part: [] for part in PARTS}
    with tempfile.TemporaryDirectory() as place, suitable_threads(dataset.space):
        engine = Engine(plan.build(), plan.run, dataset.space)
        assert plan.run.batch is not None
        feed = Feed(engine.game, Loader(dataset, 0, plan.run.batch))
        recorder = Recorder(engine, RunFolder(Path(place)), Stopwatch(), [])
        begin = time.perf_counter()
        probe = Probe(engine, dataset, recorder)
        prepared = time.perf_counter() - begin
        hooks = [recorder, probe, Watch([], recorder, lambda finding: False)]
        # Checks say nothing early on: what they cost is what they cost in the course of a whole run.
        recorder.event("start", planned_seconds=seconds * turns, metric=probe.metric, floor=probe.floor)
        rounds, total = 0, 0.0
        for _ in range(turns):
            before, begin = engine.game.clock.rounds, time.perf_counter()
            with clocks() as spent:
                play(engine.game, engine, feed, hooks, lambda start=begin: time.perf_counter() > start + seconds)
            took = time.perf_counter() - begin
            rounds, total = rounds + engine.game.clock.rounds - before, total + took
            for part, calls in spent.items():
                shares[part].append(sum(calls) / took)
    return {"shares": shares, "round": total / rounds, "prepared": prepared}


def main() -> None:
    """Measure every case and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of a turn")
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    lines = ["# What watching costs", "", (__doc__ or "").split("\n\n", 2)[2].strip(), ""]
    lines += ["| data | recipe | ms a round | signals | looks | diagnosis | all, least and most of the turns | once |"]
    lines += ["|---" * 8 + "|"]
    for data, name in CASES:
        found = watched(data, name, arguments.seconds, arguments.turns)
        turns = [sum(parts) for parts in zip(*found["shares"].values(), strict=True)]
        middle = {part: Spread.of(values).median for part, values in found["shares"].items()}
        lines.append(
            f"| {data} | {name} | {1000 * found['round']:.2f} | "
            + " | ".join(f"{share:.2%}" for share in middle.values())
            + f" | **{Spread.of(turns).median:.2%}** ({min(turns):.2%} to {max(turns):.2%}) "
            f"| {found['prepared']:.2f} s |"
        )
        print(json.dumps({"data": data, "recipe": name, "all": turns} | found), flush=True)
    lines += ["", "Once: what the closer looks prepare before training, from the real samples."]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "signals.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
