"""Spectral normalisation: no layer of a discriminator stretches anything (Miyato et al. 2018, arXiv:1802.05957)."""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils.parametrize import register_parametrization

from zerosum.nn.discriminator import Discriminator
from zerosum.nn.equalised import EqualisedConv2d, EqualisedLinear


class SpectralNorm(nn.Module):
    """A weight divided by its largest singular value, which power iteration follows (Algorithm 1).

    In fp32 whatever the networks compute in, since a singular value is a sum over the whole matrix.

    Args:
        weight: The weight as it is at first, (outputs, ...).
    """

    left: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("left", normalize(torch.randn(len(weight)), dim=0))
        with torch.no_grad():
            for _ in range(15):  # the first forward passes already want a good estimate
                self._step(weight.flatten(1))

    def forward(self, weight: Tensor) -> Tensor:
        """The weight with a largest singular value of 1."""
        with torch.autocast(weight.device.type, enabled=False):
            matrix = weight.flatten(1)
            with torch.no_grad():
                right = self._step(matrix) if self.training else normalize(self.left @ matrix, dim=0)
                left = self.left.clone()  # the next step changes it in place, before the backward pass
            return weight / (left @ (matrix @ right))

    def _step(self, matrix: Tensor) -> Tensor:
        right = normalize(self.left @ matrix, dim=0)
        self.left.copy_(normalize(matrix @ right, dim=0))
        return right


def bounded(discriminator: Discriminator, wanted: bool) -> Discriminator:
    """The discriminator, with every linear map, convolution and embedding normalised in place if that is wanted.

    Other parameters (biases, `R3GANDiscriminator.basis`, learned projections of batch statistics) are left as they are.

    Layers that begin at zero, as the last ones of residual branches do, have no direction to normalise and are drawn
    anew.
    """
    for layer in list(discriminator.modules()):
        if wanted and isinstance(layer, nn.Linear | nn.Conv1d | nn.Conv2d | nn.Embedding):
            if not layer.weight.any():
                nn.init.orthogonal_(layer.weight)
            register_parametrization(layer, "weight", SpectralNorm(layer.weight))
            if isinstance(layer, EqualisedLinear | EqualisedConv2d):
                layer.scale = 1.0  # theirs is for a weight that is not normalised
    return discriminator
