"""What is compared: our training, the same networks under a loop as tutorials write it, and their bare arithmetic."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from zerosum.api import make_plan, open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.data import Dataset, open_dataset
from zerosum.data.codec import ImageCodec
from zerosum.data.loader import Loader
from zerosum.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from zerosum.train.engine import Engine
from zerosum.train.feed import Feed
from zerosum.train.folder import new_folder
from zerosum.train.keeper import Keeper
from zerosum.train.loop import Hook, play
from zerosum.train.model import Model
from zerosum.train.probe import Probe
from zerosum.train.recorder import Recorder, Stopwatch
from zerosum.train.session import spread
from zerosum.train.snapshots import Snapshots
from zerosum.train.watch import Watch

BATCH = 64
SHAPE = (3, 64, 64)
LATENT_DIM = 100
WIDTH = 64
RATE, BETAS = 2e-4, (0.5, 0.999)
RECORDED_EVERY = 4  # rounds; more often than in a real run, so that a short measurement sees several records
NEVER = 10**9  # seconds, or rounds


def write_pictures(folder: Path, count: int) -> Path:
    """Write `count` random colour pictures of 64 x 64 pixels, each a smooth field, as PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    random, codec = np.random.default_rng(0), ImageCodec()
    for number in range(count):
        coarse = random.integers(0, 256, (8, 8, 3), np.uint8)
        codec.write(coarse.repeat(8, axis=0).repeat(8, axis=1), folder / f"{number:05d}")
    return folder


class OurTraining:
    """Our engine, feed, loop and hooks, put together as `zerosum.train.session` does for a command.

    Records come every `RECORDED_EVERY` rounds. Closer looks, contact sheets and checkpoints do not come by themselves:
    `draw_sheet` and `save_checkpoint` make one. What looks cost in a whole run is measured by `signals.py`.

    Attributes:
        engine: Holds the game.
        model: What is shipped of it, to sample with.
        feed: Gives it batches from the packed pictures.
        hooks: Recorder, closer looks, the doctor, snapshots and checkpoints.
    """

    def __init__(
        self,
        pictures: Path | np.ndarray,
        out: Path,
        precision: str,
        recipe: str = "dcgan",
        device: str = "cpu",
        batch: int = BATCH,
        settings: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        options = DataOptions(conditional=False)
        dataset, chosen, _ = open_for(pictures, options, recipe, device)
        run = Run(
            batch=batch,
            samples=2**62,
            device=device,  # type: ignore[arg-type]
            precision=precision,  # type: ignore[arg-type]
            log_rounds=RECORDED_EVERY,
            probe_rounds=NEVER,
            snapshot_seconds=NEVER,
            checkpoint_seconds=NEVER,
        )
        plan = make_plan(dataset, options, chosen, replace(chosen.settings(dataset.space), **settings), run, out)
        game = plan.build()
        self.engine = Engine(game, run, dataset.space)
        self._folder = new_folder(out, f"{recipe}-{precision}", numbered=True)
        watch = Stopwatch()
        parts = (dataset.space, dataset.codec, dataset.conditions, game, self.engine.modules())
        self.model = Model(chosen, plan.settings, *parts)
        recorder = Recorder(self.engine, self._folder, watch, [])
        probe, doctor = Probe(self.engine, dataset, recorder), Watch([], recorder, lambda finding: False)
        self._snapshots = Snapshots(self.engine, self._folder, self.model, recorder, spread(plan))
        self._keeper = Keeper(self.engine, self._folder, self.model, recorder, watch, probe)
        self.hooks: Sequence[Hook] = (recorder, probe, doctor, self._snapshots, self._keeper)
        loader = Loader(dataset, run.seed, batch, self.engine.share, self.engine.device)
        self.feed = Feed(game, loader)

    def __call__(self, rounds: int = 1) -> None:
        """Play rounds."""
        clock = self.engine.game.clock
        last = clock.rounds + rounds
        play(self.engine.game, self.engine, self.feed, self.hooks, lambda: clock.rounds >= last)

    def warm_up(self, rounds: int = 2 * RECORDED_EVERY) -> None:
        """Play until the first contact sheet, which comes after a few seconds of any run, and a round of each kind."""
        while not self._folder.samples.exists():
            self()
        self(rounds)

    @property
    def recorded(self) -> bool:
        """Whether the next round will be recorded."""
        return self.engine.recording

    def draw_sheet(self) -> None:
        """Draw a contact sheet, as a run does every 30 seconds."""
        self._snapshots.draw()

    def save_checkpoint(self) -> None:
        """Look and save everything, as a run does every 60 seconds; only if a round was played since."""
        self._keeper.save()


class PlainLoop:
    """The same networks, trained as tutorials write it, in fp32.

    Two default Adams, contiguous memory, nobody is frozen, no average, no records. The pictures are one batch that is
    in memory from the start, so loading them costs this loop nothing.
    """

    def __init__(self, real: Tensor) -> None:
        self._real = real.contiguous()
        self._generator = DCGANGenerator(SHAPE, LATENT_DIM, WIDTH)
        self._discriminator = DCGANDiscriminator(SHAPE, WIDTH)
        # Our generator lays its first grid out channels last; tutorials do not.
        self._generator.trunk.first.register_forward_pre_hook(lambda _, inputs: (inputs[0].contiguous(), *inputs[1:]))
        self._loss = nn.BCEWithLogitsLoss()
        self._generator_optimizer = torch.optim.Adam(self._generator.parameters(), lr=RATE, betas=BETAS)
        self._discriminator_optimizer = torch.optim.Adam(self._discriminator.parameters(), lr=RATE, betas=BETAS)

    def __call__(self) -> None:
        """One step of the discriminator and one of the generator, on the same generated pictures."""
        ones, zeros = torch.ones(BATCH), torch.zeros(BATCH)
        self._discriminator.zero_grad()
        self._loss(self._discriminator(self._real, None), ones).backward()
        fake = self._generator(torch.randn(BATCH, LATENT_DIM), None)
        self._loss(self._discriminator(fake.detach(), None), zeros).backward()
        self._discriminator_optimizer.step()

        self._generator.zero_grad()
        self._loss(self._discriminator(fake, None), ones).backward()
        self._generator_optimizer.step()


class BareStep:
    """The arithmetic of one of our rounds and nothing else, written as fast as we know how.

    Both turns: networks, losses, backward, fused optimizer; channels last, the resting player frozen, latents drawn
    anew. Left out: reading and encoding pictures, seeds, averages, records, signals, checks for finite losses,
    schedules, hooks.
    """

    def __init__(self, real: Tensor, precision: str) -> None:
        self._real = real.contiguous(memory_format=torch.channels_last)
        self._precision = precision
        self._generator = self._laid_out(DCGANGenerator(SHAPE, LATENT_DIM, WIDTH))
        self._discriminator = self._laid_out(DCGANDiscriminator(SHAPE, WIDTH))
        self._generator_optimizer, self._discriminator_optimizer = (
            torch.optim.Adam(module.parameters(), lr=RATE, betas=BETAS, fused=True)
            for module in (self._generator, self._discriminator)
        )

    def __call__(self) -> None:
        """Both turns."""
        self._discriminator.requires_grad_(True)
        self._discriminator_optimizer.zero_grad()
        with self._autocast():
            with torch.no_grad():
                fake = self._generator(torch.rand(BATCH, LATENT_DIM), None)
            on_real, on_fake = self._discriminator(self._real, None), self._discriminator(fake, None)
            loss = softplus(-on_real).mean() + softplus(on_fake).mean()
        loss.backward()
        self._discriminator_optimizer.step()

        self._discriminator.requires_grad_(False)
        self._generator_optimizer.zero_grad()
        with self._autocast():
            fake = self._generator(torch.rand(BATCH, LATENT_DIM), None)
            loss = softplus(-self._discriminator(fake, None)).mean()
        loss.backward()
        self._generator_optimizer.step()

    def _autocast(self) -> torch.autocast | nullcontext[None]:
        return torch.autocast("cpu", torch.bfloat16) if self._precision == "bf16" else nullcontext()

    @staticmethod
    def _laid_out(module: nn.Module) -> nn.Module:
        return module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def first_batch(pictures: Path) -> Tensor:
    """Real pictures (64, 3, 64, 64) on [-1, 1], channels last in memory, for the loops that read no files."""
    dataset: Dataset = open_dataset(pictures, DataOptions(conditional=False))
    rows, _ = Loader(dataset, seed=0, batch=BATCH).rows(0)
    return dataset.codec.encode(rows)
