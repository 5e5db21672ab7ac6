"""From a loader's rows to the batch that a turn's loss reads."""

from dataclasses import replace

import torch
from torch import Tensor

from zerosum.core.batch import Batch
from zerosum.core.seeding import Noise, seed_from
from zerosum.data.loader import Loader
from zerosum.game.game import Game


class Feed:
    """Gives each move its batch and seeds everything random in it, from what the move is.

    The turns of one round share their batches: the r-th move in a row of any turn reads the round's r-th batch.

    Attributes:
        global_batch: Real samples per batch, over all processes.
    """

    def __init__(self, game: Game, loader: Loader) -> None:
        self.global_batch = loader.batch
        self._game, self._loader = game, loader.encoded()
        self._seed, self._share, self._device = loader.seed, loader.share, loader.device
        self._batches_per_round = max(turn.repeat for turn in game.turns)
        self._encoded: dict[int, tuple[Tensor, Tensor | None, Tensor | None]] = {}

    def batch(self, turn: int, repeat: int) -> Batch:
        """The batch of move number `repeat` of turn number `turn` in the round that is being played."""
        samples = self._game.clock.samples
        seed_generators(seed_from(self._seed, self._share.rank, samples, turn, repeat), self._device)
        position = samples * self._batches_per_round + repeat * self.global_batch
        x, condition, group = self._encode(position)
        noise = Noise(seed_from(self._seed, samples, turn, repeat), self._share, self._device)
        batch = Batch(x, condition, noise, position, group)
        return batch if self._game.told is None else replace(batch, condition=self._game.told(batch))

    def _encode(self, position: int) -> tuple[Tensor, Tensor | None, Tensor | None]:
        if position not in self._encoded:
            if len(self._encoded) >= self._batches_per_round:
                self._encoded.clear()
            group = None
            if self._game.multiples:
                x, condition, group = self._loader.focused(position, self._game.multiples().double().cpu().numpy())
            else:
                x, condition = self._loader.rows(position)
            self._encoded[position] = self._game.shown(x), condition, group
        return self._encoded[position]


def seed_generators(seed: int, device: torch.device) -> None:
    """Seed torch's own generators, of the processor and of the device that networks are on.

    `torch.manual_seed` would do, but for every other sort of device it queues a call with the stack of its caller,
    which takes longer than the seeding and is never forgotten.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)
