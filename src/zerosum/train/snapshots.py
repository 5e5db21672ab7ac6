"""Contact sheets of the same numbered samples, as training goes on."""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from zerosum.core.files import replacing
from zerosum.train.engine import Engine
from zerosum.train.folder import RunFolder
from zerosum.train.model import Model
from zerosum.train.recorder import Recorder
from zerosum.train.sampler import evaluating


class Snapshots:
    """Draws the same numbered samples again and again, so that one can see them change."""

    def __init__(self, engine: Engine, folder: RunFolder, model: Model, recorder: Recorder, reals: np.ndarray) -> None:
        self._engine, self._folder, self._model, self._recorder = engine, folder, model, recorder
        self._reals = reals
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
        codec, prior = self._model.codec, self._engine.game.prior
        numbers = range(codec.sheet_samples)
        latents = prior.latents(numbers)
        rows = self._model.rows(latents, self._model.conditions(numbers))
        sheet = codec.contest(rows, self._reals, latents.numpy(), self._probability())
        with replacing(path) as temporary:
            sheet.save(temporary, format="png")
        self._recorder.event("snapshot", file=str(path))

    def _probability(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """What the discriminator holds samples (n, *shape) for: p_data / (p_data + p_g), if its logits say that."""
        judge, space = self._engine.game.judge, self._model.space
        if judge is None or judge.probability is None or space.classes or space.condition_width:
            return None
        answer, modules = judge.probability, {n: p.module for n, p in self._engine.game.players.items()}

        def probability(x: np.ndarray) -> np.ndarray:
            with evaluating(modules), torch.no_grad():
                samples = torch.from_numpy(x).float().to(self._engine.device)
                return answer(judge.logits(samples, None)).cpu().numpy()

        return probability
