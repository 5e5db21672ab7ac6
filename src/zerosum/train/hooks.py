"""What happens beside the game: records, contact sheets, checkpoints. None of it changes the game's course."""

import time
from collections.abc import Callable

import torch
from torch import Tensor

from zerosum.core.events import Event, append_event
from zerosum.core.files import replacing
from zerosum.train.checkpoint import save_checkpoint
from zerosum.train.devices import on_main
from zerosum.train.engine import Engine
from zerosum.train.folder import RunFolder
from zerosum.train.model import Model

Listener = Callable[[Event], None]
"""Hears of everything that happens in a run, as it happens."""


class Stopwatch:
    """Training time in seconds, earlier sessions of the run counted in."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._begin = time.perf_counter() - seconds

    @property
    def seconds(self) -> float:
        """Seconds of training so far."""
        return time.perf_counter() - self._begin


class Recorder:
    """Writes events to the run's file, its trackers and its listener."""

    def __init__(self, engine: Engine, folder: RunFolder, watch: Stopwatch, listener: Listener) -> None:
        self._engine, self._folder, self._watch, self._listener = engine, folder, watch, listener
        self._last = (engine.game.clock.samples, watch.seconds)

    def __call__(self, record: dict[str, Tensor]) -> None:
        """Note the round just played, if its turn has come."""
        clock = self._engine.game.clock
        if (clock.rounds - 1) % self._engine.run.log_rounds:
            return
        self._engine.check_finite()
        values = self._engine.accelerator.reduce(torch.stack([value.float() for value in record.values()]), "mean")
        scalars = dict(zip(record, values.tolist(), strict=True))  # type: ignore[union-attr]
        samples, seconds = self._last
        self._last = (clock.samples, self._watch.seconds)
        speed = (self._last[0] - samples) / max(self._last[1] - seconds, 1e-9)
        self.event("progress", rounds=clock.rounds, samples_per_second=round(speed, 1), **scalars)
        if self._engine.run.log:
            self._engine.accelerator.log(scalars | {"samples_per_second": speed}, step=clock.samples)

    def event(self, name: str, **values: object) -> None:
        """Note something that happened."""
        if self._engine.accelerator.is_main_process:
            samples, seconds = self._engine.game.clock.samples, round(self._watch.seconds, 3)
            event: Event = {"event": name, "samples": samples, "seconds": seconds, **values}
            append_event(self._folder.events, event)
            self._listener(event)


class Snapshots:
    """Draws the same numbered samples again and again, so that one can see them change."""

    def __init__(self, engine: Engine, folder: RunFolder, model: Model, recorder: Recorder) -> None:
        self._engine, self._folder, self._model, self._recorder = engine, folder, model, recorder
        self._next = time.perf_counter() + min(5.0, engine.run.snapshot_seconds)

    def __call__(self, record: dict[str, Tensor]) -> None:
        """Draw a sheet, if it is time."""
        if time.perf_counter() >= self._next:
            self.draw()
            self._next = time.perf_counter() + self._engine.run.snapshot_seconds

    def draw(self) -> None:
        """Draw a sheet now; only the main process does."""
        if not self._engine.accelerator.is_main_process:
            return
        path = self._folder.samples / f"{self._engine.game.clock.samples:012d}.png"
        codec = self._model.codec
        sheet = codec.sheet(self._model.sample(codec.sheet_samples, seed=0))
        with replacing(path) as temporary:
            sheet.save(temporary, format="png")
        self._recorder.event("snapshot", file=str(path))


class Checkpoints:
    """Saves the game and the model, often enough that little is lost with the power."""

    def __init__(self, engine: Engine, folder: RunFolder, model: Model, recorder: Recorder, watch: Stopwatch) -> None:
        self._engine, self._folder, self._model = engine, folder, model
        self._recorder, self._watch = recorder, watch
        self._next = time.perf_counter() + engine.run.checkpoint_seconds

    def __call__(self, record: dict[str, Tensor]) -> None:
        """Save, if it is time."""
        if self._engine.any_process(time.perf_counter() >= self._next):
            self.save()
            self._next = time.perf_counter() + self._engine.run.checkpoint_seconds

    def save(self) -> None:
        """Save now; every process must call this."""
        self._engine.check_finite()
        self._engine.share_buffers()
        on_main(self._engine.accelerator, self._write)

    def _write(self) -> None:
        path = save_checkpoint(self._folder.checkpoints, self._engine, self._watch.seconds)
        self._model.facts |= {"samples_seen": self._engine.game.clock.samples}
        self._model.save(self._folder.model)
        self._recorder.event("checkpoint", file=str(path))
