"""Now and then, a closer look: the shipped generator's samples beside real ones, and the discriminator on both.

The same numbered samples and the same real ones are looked at each time. Nothing here changes the course of the game.
"""

import math
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from torch import Tensor

from zerosum.data.dataset import Dataset
from zerosum.game.game import Modules
from zerosum.metrics.classifier import two_sample_accuracy
from zerosum.metrics.copying import Originals
from zerosum.metrics.distances import energy_distance, kernel_distance
from zerosum.metrics.diversity import diversity_ratio, near_duplicates
from zerosum.metrics.features import feature_network
from zerosum.metrics.manifold import manifold
from zerosum.metrics.spectrum import lattice_peaks
from zerosum.train.devices import on_main
from zerosum.train.engine import Engine
from zerosum.train.logits import logit_histograms
from zerosum.train.recorder import Recorder
from zerosum.train.sampler import evaluating

LOOKED_AT = 256
"""Samples of each sort: generated, trained on, held out; fewer of large pictures."""

ROWS_LOOKED_AT = 2048
"""The same of rows of a table, which are small, and whose rarer entries a few hundred say nothing of."""

COPIED_FROM = 4096
"""Training samples that generated ones are compared with, at most, to find copies."""

FLOORS = 8
"""Sets of real samples that are compared with one another, at most, to know how near is near."""

SLOPES = 64
"""Samples that the discriminator's slope is measured on, at most."""

HELD_NUMBERS, CHUNK_NUMBERS = 2**26, 2**22
"""Numbers that samples of one sort may consist of, and that go through a network at once: pictures can be large."""

SHARE = 0.006
"""Of the training time that looking may take, where no interval is given."""

Forward = Callable[[Tensor, Tensor | None], Tensor]
"""A network, or the game's way to generate: samples or latents and their conditions in."""

SHARE_OF_CHECKPOINTS = 0.04
"""Of the training time that looks for the sake of checkpoints may take."""

FEWEST_ROUNDS = 16
"""From one look to the next, however fast it is."""


class Probe:
    """Looks every `run.probe_rounds`, or as often as `SHARE` of the time allows; notes each look as an event.

    Attributes:
        values: What the last look found, by name.
        logits: What the discriminator answered at the last look, as `logit_histograms`; empty without one.
        quality: The last look's distance between generated and real samples; smaller is better.
        metric: What that distance is.
        floor: What the same distance is between real samples and real ones: a difference that means nothing.
        looked_at: Samples of each sort that are looked at.
    """

    def __init__(self, engine: Engine, dataset: Dataset, recorder: Recorder) -> None:
        self._engine, self._recorder, self._space = engine, recorder, dataset.space
        self._codec, self._rows = dataset.codec, dataset.rows
        self._network = feature_network(dataset.space).to(engine.device)
        size = dataset.space.size
        most = ROWS_LOOKED_AT if dataset.space.kind == "table" else LOOKED_AT
        self._pack = 1 if engine.game.judge is None else engine.game.judge.together
        self._chunk = max(self._pack, 2 ** int(math.log2(max(8, min(most, CHUNK_NUMBERS // size)))))
        looked_at = min(max(32, self._pack, min(most, HELD_NUMBERS // size)), len(dataset.training))
        self.looked_at = looked_at
        spread = evenly(dataset.training, max(looked_at, min(COPIED_FROM, 4 * HELD_NUMBERS // size)))
        self._trained, self._told_trained = self._read(dataset, evenly(spread, looked_at))
        self._held, self._told_held = self._read(dataset, evenly(dataset.held_out, looked_at))
        self._real = self._described(self._trained)
        parts = np.array_split(spread, -(-len(spread) // self._chunk))
        known = torch.cat([self._described(self._read(dataset, part)[0]) for part in parts])
        self._originals = Originals(self._described(self._held), known) if len(self._held) else None
        self._distance = kernel_distance if dataset.space.kind == "image" else energy_distance
        self.metric = f"{self._distance.__name__.replace('_', '-')}[{self._network.name}, n={looked_at}]"
        self.floor = self._floor(known)
        numbers = range(looked_at)
        prior, known = engine.game.prior, dataset.conditions and dataset.conditions.shipped()
        self._latents = prior.latents(numbers).to(engine.device)
        self._told = known.at(prior.choices(numbers, known.frequencies)).to(engine.device) if known else None
        self._before: Tensor | None = None
        self._at = -1
        self._next = self._worth = 0.0
        self._last_round = -FEWEST_ROUNDS
        self.values: dict[str, float] = {}
        self.logits: dict[str, float | list[int]] = {}

    @property
    def affordable(self) -> bool:
        """Whether enough time has passed since the last look; always where looks have rounds of their own."""
        return self._engine.run.probe_rounds is not None or time.perf_counter() >= self._worth

    @property
    def quality(self) -> float:
        """The last look's distance; infinite where it is not a number."""
        value = self.values.get("quality", float("inf"))
        return value if value == value else float("inf")

    def __call__(self, record: dict[str, Tensor]) -> None:
        """Look, if it is time."""
        rounds, every = self._engine.game.clock.rounds, self._engine.run.probe_rounds
        if every is not None:
            due = rounds % every == 0
        else:
            due = time.perf_counter() >= self._next and rounds - self._last_round >= FEWEST_ROUNDS
            due = due and self._recorder.main  # which looks, and alone knows what the last look took
        if self._engine.any_process(due):
            on_main(self._engine.accelerator, self.look)

    def look(self) -> None:
        """Look now, unless this moment was looked at already; for the main process alone."""
        clock = self._engine.game.clock
        if clock.samples == self._at:
            return
        every, begin = self._engine.run.probe_rounds, time.perf_counter()
        # A look for a checkpoint's sake comes when the clock on the wall says so; where looks have rounds of their own,
        # what the doctor hears must not depend on that.
        between = every is not None and clock.rounds % every != 0
        before = self._before
        self.values = self._measure()
        self._before = before if between else self._before
        self._at, self._last_round = clock.samples, clock.rounds
        took = time.perf_counter() - begin
        self._next = time.perf_counter() + took / SHARE
        self._worth = time.perf_counter() + took / SHARE_OF_CHECKPOINTS
        found = ({"between": True} if between else {}) | self.values | self.logits
        self._recorder.event("probe", took=round(took, 4), **found)

    def _measure(self) -> dict[str, float]:
        modules = self._engine.modules()
        fake = self._generated(modules)
        features = self._described(fake)
        around = manifold(self._real, features)
        found = {
            "quality": float(self._distance(features, self._real)),
            "fresh_accuracy": two_sample_accuracy(self._real, features),
            "precision": around.precision,
            "recall": around.recall,
            "density": around.density,
            "coverage": around.coverage,
            "variety": diversity_ratio(fake, self._trained),
            "duplicates": near_duplicates(fake, self._trained),
        }
        found |= self._drift(features)
        found |= self._codec.lacks(self._trained, fake)
        if self._originals is not None:
            found["copies"], found["copying"] = self._originals.suspects(features).copies()
        if self._space.kind == "image":
            found["lattice"] = lattice_peaks(fake, self._trained)
        found |= self._judged(fake)
        found |= {name: float(value) for name, value in self._engine.game.state.items() if value.dim() == 0}
        return {name: float(value) for name, value in found.items()}

    @torch.no_grad()
    def _generated(self, modules: Modules) -> Tensor:
        shipped = {name: modules[name] for name in self._engine.game.model}
        with evaluating(shipped), self._engine.autocast():
            return self._in_chunks(partial(self._engine.game.generate, shipped), self._latents, self._told).float()

    def _judged(self, fake: Tensor) -> dict[str, float]:
        """What the discriminator says of samples that it was trained on, of others, and of generated ones."""
        judge, players = self._engine.game.judge, self._engine.game.players
        if judge is None:
            return {}
        everyone = {name: player.module for name, player in players.items()}
        trained, held = self._engine.game.shown(self._trained), self._engine.game.shown(self._held)
        with evaluating(everyone), self._engine.autocast(), torch.no_grad():
            on_trained = self._in_chunks(judge.logits, trained, self._told_trained, self._pack)
            on_fake = self._in_chunks(judge.logits, fake, self._told, self._pack)
            middle = judge.middle(on_trained, on_fake)
            answers = {"trained": on_trained, "fake": on_fake}
            found = {
                "judged_real": float((on_trained > middle).float().mean()),
                "judged_fake": float((on_fake < middle).float().mean()),
            }
            if len(self._held) >= self._pack:
                on_held = answers["held_out"] = self._in_chunks(judge.logits, held, self._told_held, self._pack)
                found["judged_held_out"] = float((on_held > middle).float().mean())
                # Where real and fake are told apart by less than their spread, the share of the gap means nothing.
                gap = (on_trained.mean() - on_fake.mean()).clamp(min=float(on_trained.std()) / 2)
                found["overfitting"] = float((on_trained.mean() - on_held.mean()) / gap.clamp(min=1e-12))
        self.logits = logit_histograms(float(middle), **answers)
        with evaluating(everyone):
            few = max(self._pack, min(SLOPES, self._chunk))
            x = trained[:few].clone().requires_grad_()
            told = None if self._told_trained is None else self._told_trained[:few]
            (gradient,) = torch.autograd.grad(judge.logits(x, told).sum(), x)
        found["input_slope"] = float(gradient.flatten(1).norm(dim=1).mean())
        return found

    def _floor(self, known: Tensor) -> float:
        """The root mean square distance between as many real samples as are looked at and as many others."""
        step = max(2, len(known) // len(self._real))
        sets = [known[first::step] for first in range(step)][:FLOORS]
        pairs = [float(self._distance(a, b)) for a, b in zip(sets, sets[1:], strict=False)]
        return float(np.sqrt(np.mean(np.square(pairs))))

    def _drift(self, features: Tensor) -> dict[str, float]:
        """How far the same latents' samples have moved since the last look, beside the distance of two real ones.

        Nothing at the first look of a session, which has no other to compare with.
        """
        before, self._before = self._before, features
        if before is None:
            return {}
        apart = torch.nn.functional.pdist(self._real).mean().clamp(min=1e-12)
        return {"drift": float((features - before).norm(dim=1).mean() / apart)}

    def _read(self, dataset: Dataset, numbers: np.ndarray) -> tuple[Tensor, Tensor | None]:
        rows = torch.from_numpy(np.ascontiguousarray(np.asarray(dataset.rows)[numbers])).to(self._engine.device)
        condition = dataset.condition(numbers)
        return self._codec.encode(rows), None if condition is None else condition.to(self._engine.device)

    @torch.no_grad()
    def _described(self, x: Tensor) -> Tensor:
        return torch.cat([self._network(part) for part in x.split(self._chunk)])

    def _in_chunks(self, function: Forward, x: Tensor, condition: Tensor | None, least: int = 1) -> Tensor:
        """A network's answers for samples or latents (n, ...) and their conditions (n, ...), so many at a time.

        What is left over is left out where there are fewer than `least` of it.
        """
        told = [None] * len(x) if condition is None else condition.split(self._chunk)
        parts = zip(x.split(self._chunk), told, strict=False)
        return torch.cat([function(part, its) for part, its in parts if len(part) >= least])


def evenly(numbers: np.ndarray, most: int) -> np.ndarray:
    """At most so many of the numbers, spread evenly over them."""
    return numbers[np.linspace(0, len(numbers) - 1, min(len(numbers), most)).astype(np.int64)]
