"""Convolutions of trained classifiers, with their batch normalisation folded into the weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.core.errors import DataError

_EPSILON = 1e-3  # TensorFlow's default, which all networks here were trained with


class Convolution(nn.Module):
    """A convolution and its batch normalisation; `fold_all` makes one convolution of the two.

    Args:
        width_in: Channels in.
        width: Channels out.
        kernel: Height and width of the kernel, or one number for both.
        stride: Pixels from one place of the kernel to the next.
        padding: Zeros around the picture, above and at its left; None for as many as keep the size at stride 1.
        groups: Parts that the channels are divided into.
        activation: What follows; None for nothing.
    """

    def __init__(
        self,
        width_in: int,
        width: int,
        kernel: int | tuple[int, int],
        *,
        stride: int = 1,
        padding: int | None = None,
        groups: int = 1,
        activation: nn.Module | None = None,
    ) -> None:
        super().__init__()
        height, width_of_kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        around = (height // 2, width_of_kernel // 2) if padding is None else (padding, padding)
        self.conv = nn.Conv2d(
            width_in, width, (height, width_of_kernel), stride, padding=around, groups=groups, bias=False
        )
        self.bn: nn.Module = nn.BatchNorm2d(width, eps=_EPSILON)
        self.activation = activation or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """Pictures (n, width_in, h, w) to (n, width, h', w')."""
        return self.activation(self.bn(self._convolved(x)))

    def _convolved(self, x: Tensor) -> Tensor:
        conv = self.conv
        if not (x.requires_grad and x.is_cpu and conv.groups > 1 and conv.stride != (1, 1)):
            return conv(x)
        # Where the gradient is wanted, and single channels are strided over, PyTorch computes it in bfloat16 a hundred
        # times more slowly than that of every place. So every place is computed, and those between are dropped.
        rows, columns = conv.stride
        dense = F.conv2d(x, conv.weight, conv.bias, 1, conv.padding, 1, conv.groups)  # pyright: ignore[reportArgumentType]
        return dense[:, :, ::rows, ::columns]

    def fold(self) -> None:
        """Multiply the running statistics into the kernel, in float64: the same function, with nothing left of them."""
        norm, kernel = self.bn, self.conv.weight.double()
        assert isinstance(norm, nn.BatchNorm2d) and norm.running_mean is not None and norm.running_var is not None
        scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
        self.conv.weight = nn.Parameter((kernel * scale[:, None, None, None]).float())
        self.conv.bias = nn.Parameter((norm.bias.double() - norm.running_mean.double() * scale).float())
        self.bn = nn.Identity()


@torch.no_grad()
def fold_all(network: nn.Module) -> None:
    """Fold every convolution of a network, and lay its weights out as pictures are."""
    for module in network.modules():
        if isinstance(module, Convolution):
            module.fold()
    network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a PyTorch weight file, by name; nothing in it is executed."""
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise DataError(f"There is no file {path} to read a feature network's weights from.") from None
    except Exception as error:  # whatever a broken file makes torch say
        reason, _, _ = str(error).partition("\n")
        raise DataError(f"{path} cannot be read as a PyTorch weight file: {reason}") from error
    if not isinstance(weights, Mapping) or not all(isinstance(tensor, Tensor) for tensor in weights.values()):
        raise DataError(f"{path} does not hold a feature network's weights: it must hold tensors by name.")
    return dict(weights)


def fill(network: nn.Module, weights: Mapping[str, Any], source: str) -> None:
    """Give a network that was made on the device "meta" its weights: all of them, none left over, all of its shapes."""
    shapes = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    wrong = sorted(shapes.keys() ^ weights.keys()) or [
        name for name, shape in shapes.items() if tuple(weights[name].shape) != shape
    ]
    if wrong:
        raise DataError(
            f"{source} does not hold the weights of this feature network: {len(wrong)} tensors are missing, left over "
            f'or of another shape, the first of them "{wrong[0]}". Give the file that the network\'s description names.'
        )
    network.load_state_dict(weights, assign=True)
    network.float()  # a file may store them shorter
