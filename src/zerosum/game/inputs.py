"""What else happens to the discriminator's input: annealed noise, and packing."""

from dataclasses import dataclass

import torch
from torch import Tensor

from zerosum.config.ramp import Ramp
from zerosum.core.errors import SettingError
from zerosum.game.game import Clock


@dataclass(frozen=True)
class InstanceNoise:
    """Normal noise on every input, so that real and fake overlap while it lasts (Soenderby et al. 2017, Section 2.2).

    Attributes:
        deviation: Its standard deviation, as training goes on.
        clock: How far the game has come.
    """

    deviation: Ramp
    clock: Clock

    def __call__(self, x: Tensor) -> Tensor:
        """The samples with noise."""
        deviation = self.deviation.at(self.clock.samples)
        return x + deviation * torch.randn_like(x) if deviation else x


@dataclass(frozen=True)
class Pack:
    """Several samples become one that is judged as a whole, so that a lack of variety shows (PacGAN, Lin et al. 2018).

    Attributes:
        size: Samples in a pack.
    """

    size: int

    def __call__(self, x: Tensor) -> Tensor:
        """(n, c, ...) to (n / size, size * c, ...); what does not fill a pack is left out."""
        if self.size == 1:
            return x
        packs = len(x) // self.size
        if not packs:
            raise SettingError(f"A batch of {len(x)} does not fill one pack of {self.size}; ask for a larger --batch.")
        return x[: packs * self.size].reshape(packs, self.size * x.shape[1], *x.shape[2:])
