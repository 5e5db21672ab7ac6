"""The record of a run: what happened, as events, and for how long."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from zerosum.core.events import Event, append_event
from zerosum.train.engine import Engine
from zerosum.train.folder import RunFolder

Listener = Callable[[Event], None]
"""Hears of everything that happens in a run, as it happens."""


UNSAYABLE = (float("inf"), -float("inf"))
"""Numbers that JSON has no words for, beside those that are none."""


class Stopwatch:
    """Training time in seconds, earlier sessions of the run counted in."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._begin = time.perf_counter() - seconds
        self._stands_at: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds of training so far."""
        return (time.perf_counter() if self._stands_at is None else self._stands_at) - self._begin

    @contextmanager
    def standing(self) -> Iterator[None]:
        """What is done within takes no training time."""
        self._stands_at = time.perf_counter()
        try:
            yield
        finally:
            self._begin += time.perf_counter() - self._stands_at
            self._stands_at = None


class Recorder:
    """Writes events to the run's file, its trackers and its listeners.

    Attributes:
        listeners: Hear of every event, on the main process.
    """

    def __init__(self, engine: Engine, folder: RunFolder, watch: Stopwatch, listeners: Sequence[Listener]) -> None:
        self._engine, self._folder, self._watch, self.listeners = engine, folder, watch, list(listeners)
        self._last = (engine.game.clock.samples, watch.seconds)

    def __call__(self, record: dict[str, Tensor]) -> None:
        """Note the round just played, if its turn has come."""
        clock = self._engine.game.clock
        if not self._engine.recorded:
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

    @property
    def main(self) -> bool:
        """Whether this process writes: events of the others go nowhere."""
        return self._engine.accelerator.is_main_process

    def event(self, name: str, **values: object) -> None:
        """Note something that happened."""
        if self.main:
            samples, seconds = self._engine.game.clock.samples, round(self._watch.seconds, 3)
            known = {key: None if value in UNSAYABLE or value != value else value for key, value in values.items()}
            event: Event = {"event": name, "samples": samples, "seconds": seconds, **known}
            append_event(self._folder.events, event)
            for listener in self.listeners:
                listener(event)
