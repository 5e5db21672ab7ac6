"""Spectral normalisation: no layer of a network stretches anything (Miyato et al. 2018, arXiv:1802.05957)."""

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils.parametrize import register_parametrization

from zerosum.nn.equalised import EqualisedConv2d, EqualisedLinear

M = TypeVar("M", bound=nn.Module)


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
            # The first forward passes already want a good estimate. A sketch on the meta device has no numbers.
            for _ in range(0 if weight.is_meta else 15):
                self(weight)

    def forward(self, weight: Tensor) -> Tensor:
        """The weight with a largest singular value of 1; in training, the estimate takes a step each time."""
        with torch.autocast(weight.device.type, enabled=False):
            # The order of a row's numbers does not matter; in this one they lie in memory if channels come last.
            matrix = weight.movedim(1, -1).flatten(1)
            right = normalize(self.left @ matrix.detach(), dim=0)
            stretched = matrix @ right
            if self.training:
                self.left.copy_(normalize(stretched.detach(), dim=0))
            # A copy, since the next step changes it in place, before the backward pass.
            return weight / (self.left.clone() @ stretched)


MAPS = (nn.Linear, nn.Conv1d, nn.Conv2d)
"""The layers of a generator that are normalised: its embeddings say what it is to make, and stretch nothing."""


def bounded(network: M, wanted: bool, layers: tuple[type[nn.Module], ...] = (*MAPS, nn.Embedding)) -> M:
    """The network, with every linear map, convolution and embedding normalised in place if that is wanted.

    Other parameters (biases, `R3GANDiscriminator.basis`, learned projections of batch statistics) are left as they are.

    Layers that begin at zero, as the last ones of residual branches do, have no direction to normalise and are drawn
    anew.

    Args:
        network: A discriminator or a generator.
        wanted: Without it nothing changes.
        layers: The kinds of layers that are normalised.
    """
    for layer in list(network.modules()):
        if wanted and isinstance(layer, layers):
            weight = layer.weight
            assert isinstance(weight, nn.Parameter)
            if not weight.is_meta and not weight.any():
                nn.init.orthogonal_(weight)
            # Unsafe leaves out a trial, which would be another step of power iteration.
            register_parametrization(layer, "weight", SpectralNorm(weight), unsafe=True)
            if isinstance(layer, EqualisedLinear | EqualisedConv2d):
                layer.scale = 1.0  # theirs is for a weight that is not normalised
    return network
