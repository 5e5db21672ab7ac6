"""What watching costs: training with the doctor's signals and looks, beside the same training without them.

    python benchmarks/signals.py                       a few minutes; writes benchmarks/results/signals.md

Both play the same rounds in one process, in turns of some seconds, so that a noisy machine disturbs both alike. Without
means that losses are recorded as always, but no signal is computed and nobody looks. Required: at most 2 %.
"""

import argparse
import dataclasses
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from zerosum.api import make_plan, open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.data.loader import Loader
from zerosum.game.game import Game, Outcome, Turn
from zerosum.train.devices import suitable_threads
from zerosum.train.engine import Engine
from zerosum.train.feed import Feed
from zerosum.train.folder import RunFolder
from zerosum.train.loop import play
from zerosum.train.probe import Probe
from zerosum.train.recorder import Recorder, Stopwatch
from zerosum.train.watch import Watch

CASES = [("digits", "light"), ("emoji", "light"), ("ring", "r3gan"), ("ring", "wgan-gp")]
RESULTS = Path(__file__).parent / "results"


def silent(turn: Turn) -> Turn:
    """The turn without signals."""

    def loss(batch: Batch) -> Outcome:
        return Outcome(turn.loss(batch).terms)

    return dataclasses.replace(turn, loss=loss)


def stage(data: str, name: str, folder: RunFolder, watched: bool) -> Callable[[float], tuple[int, float]]:
    """A game that is ready: call it with seconds to get rounds played and seconds taken."""
    dataset, recipe, _ = open_for(data, DataOptions(), name, "cpu")
    plan = make_plan(dataset, DataOptions(), recipe, recipe.settings(dataset.space), Run(samples=10**9, device="cpu"))
    game: Game = plan.build()
    if not watched:
        game = dataclasses.replace(game, turns=tuple(silent(turn) for turn in game.turns))
    engine = Engine(game, plan.run, dataset.space)
    assert plan.run.batch is not None
    feed = Feed(game, Loader(dataset, 0, plan.run.batch))
    folder.path.mkdir(parents=True)
    recorder = Recorder(engine, folder, Stopwatch(), [])
    hooks: list[Callable] = [recorder]
    if watched:
        hooks += [Probe(engine, dataset, recorder), Watch([], recorder, plan.run)]

    def run(seconds: float) -> tuple[int, float]:
        before, begin = game.clock.rounds, time.perf_counter()
        play(game, engine, feed, hooks, lambda: time.perf_counter() > begin + seconds)
        return game.clock.rounds - before, time.perf_counter() - begin

    return run


def main() -> None:
    """Measure every case and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=12.0, help="length of a turn")
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    lines = ["# What watching costs", "", (__doc__ or "").split("\n\n", 2)[2].strip(), ""]
    lines += ["| data | recipe | ms a round without | with | more | spread over turns |", "|---" * 6 + "|"]
    for data, name in CASES:
        with tempfile.TemporaryDirectory() as place:
            dataset, _, _ = open_for(data, DataOptions(), name, "cpu")
            with suitable_threads(dataset.space):
                plain, watched = (stage(data, name, RunFolder(Path(place) / str(w)), w) for w in (False, True))
                plain(3.0), watched(3.0)
                pairs = []
                for _ in range(arguments.turns):
                    (rounds, took), (others, other) = plain(arguments.seconds), watched(arguments.seconds)
                    pairs.append((took / rounds, other / others))
        ratios = [after / before - 1 for before, after in pairs]
        before, after = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
        more = statistics.median(ratios)
        spread = f"{min(ratios):+.1%} to {max(ratios):+.1%}"
        lines.append(f"| {data} | {name} | {before:.2f} | {after:.2f} | **{more:+.1%}** | {spread} |")
        print(json.dumps({"data": data, "recipe": name, "more": more, "ratios": ratios}), flush=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "signals.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
