"""What is kept of a run while it goes on: checkpoints to go on from, and the best generator so far."""

import time

from torch import Tensor

from zerosum.config.base import to_json
from zerosum.core.files import write_json
from zerosum.train.checkpoint import drop_old_checkpoints, save_checkpoint
from zerosum.train.devices import on_main
from zerosum.train.engine import Engine
from zerosum.train.folder import Best, RunFolder
from zerosum.train.model import Model
from zerosum.train.probe import Probe
from zerosum.train.recorder import Recorder, Stopwatch

COVERED = 0.05
"""Differences of coverage up to this are chance: two standard errors, for shares near 0.9 of 256 samples."""


class Keeper:
    """Saves the game often enough that little is lost with the power, and ships the best generator so far.

    The newest is the best unless its samples are farther from real ones than an earlier one's by more than chance, 5 %
    and the distance between real samples and real ones, and do not cover more of them by more than chance either: a
    distance in fixed features can rise while samples become better by every other measure. Where a look takes long,
    because a sample takes many steps, not every checkpoint is looked at; the last one is.
    """

    def __init__(
        self, engine: Engine, folder: RunFolder, model: Model, recorder: Recorder, watch: Stopwatch, probe: Probe
    ) -> None:
        self._engine, self._folder, self._model = engine, folder, model
        self._recorder, self._watch, self._probe = recorder, watch, probe
        self._next = time.perf_counter() + engine.run.checkpoint_seconds

    def __call__(self, record: dict[str, Tensor]) -> None:
        """Save, if it is time."""
        if self._engine.any_process(time.perf_counter() >= self._next):
            self.save(judged=self._folder.best() is None or self._probe.affordable)
            self._next = time.perf_counter() + self._engine.run.checkpoint_seconds

    def save(self, judged: bool = True) -> None:
        """Save now; every process must call this. What is not judged is only saved to go on from."""
        self._engine.check_finite()
        self._engine.share_buffers()
        on_main(self._engine.accelerator, self._judge if judged else self._write)

    def _write(self) -> None:
        path = save_checkpoint(self._folder.checkpoints, self._engine, self._watch.seconds)
        best = self._folder.best()
        drop_old_checkpoints(self._folder.checkpoints, keep=best.checkpoint if best else None)
        self._recorder.event("checkpoint", file=str(path))

    def _judge(self) -> None:
        self._probe.look()
        quality, samples = self._probe.quality, self._engine.game.clock.samples
        path = save_checkpoint(self._folder.checkpoints, self._engine, self._watch.seconds)
        best = self._folder.best()
        coverage = self._probe.values.get("coverage", 0.0)
        is_best = best is None or not (
            quality > best.lowest + 0.05 * abs(best.lowest) + self._probe.floor and coverage <= best.coverage + COVERED
        )
        if best is None or is_best:
            metric = self._probe.metric
            self._model.facts |= {
                "samples_seen": samples,
                "chosen": f"the best checkpoint so far by {metric}, {quality:.4g} (smaller is better)",
            }
            self._model.save(self._folder.model)
            lowest = min(quality, best.lowest if best else quality)
            best = Best(samples=samples, quality=quality, lowest=lowest, coverage=coverage)
            write_json(self._folder.best_file, to_json(best))
        drop_old_checkpoints(self._folder.checkpoints, keep=best.checkpoint)
        self._recorder.event("checkpoint", file=str(path), quality=quality, best=is_best)
