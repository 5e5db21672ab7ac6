"""Batch normalisation whose gains and shifts depend on what it is told: a class, or numbers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


class ConditionalBatchNorm(nn.BatchNorm2d):
    """Grids (n, c, h, w) and what they are told (n, ...) to (1 + gain(told)) * normalised(x) + shift(told).

    A table of the classes makes it that of Dumoulin et al. 2017 (arXiv:1610.07629), Equation 5; a linear map of a part
    of the latent, with the class's embedding behind it, that of Brock et al. 2019 (arXiv:1809.11096), Appendix B; one
    of the latent alone, the self-modulation of Chen et al. 2019 (arXiv:1810.01365), Equation 2.

    Args:
        channels: How many there are.
        told: Makes a map from what is told to one number for each of that many channels, once for the gains and once
            for the shifts, which begin at zero; None for gains and shifts that depend on nothing.
    """

    def __init__(self, channels: int, told: Callable[[int], nn.Module] | None = None) -> None:
        super().__init__(channels, affine=told is None)
        self.gain = told(channels) if told else None
        self.shift = told(channels) if told else None
        for layer in (self.gain, self.shift):
            if layer is not None:
                nn.init.zeros_(layer.weight)  # type: ignore[arg-type]

    def forward(self, input: Tensor, told: Tensor | None = None) -> Tensor:
        """The grid, normalised, scaled and shifted."""
        x = super().forward(input)
        if self.gain is None or self.shift is None:
            return x
        gain, shift = (1 + self.gain(told)).to(x.dtype), self.shift(told).to(x.dtype)
        return torch.addcmul(shift[:, :, None, None], x, gain[:, :, None, None])
