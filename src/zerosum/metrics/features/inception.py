"""The Inception network that FID, KID and the Inception Score are defined by: TensorFlow's of 2015-12-05.

It is Inception v3 (Szegedy et al. 2015, arXiv:1512.00567, Table 1) with 1,008 classes and two deviations that came with
that file: its average pools do not count the padding, and the pool of its last block takes the largest value instead of
the mean. Weights are in the format of the package torch-fidelity, layer names included; the package is not needed.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.error import URLError

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zerosum.core.errors import DataError
from zerosum.metrics.features.convolution import Convolution, fill, fold_all, read_weights
from zerosum.metrics.features.network import FeatureNetwork
from zerosum.metrics.features.resize import in_colour

SOURCE = "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"
"""Where the weights are from: a translation of TensorFlow's file (Apache-2.0). The name ends with the file's hash."""

SIDE = 299
"""Height and width of the input."""

_FEATURES, _CLASSES = 2048, 1008


class Inception(FeatureNetwork):
    """The 2,048 features of the third pool; `head` gives the logits without bias that the Inception Score takes.

    Args:
        weights: The weight file; None for a copy that was downloaded before, or else to download it.
    """

    name = "inception"
    resize = f"to {SIDE} x {SIDE} as TensorFlow 1 does it for FID: bilinear, not antialiased; transparency over white"
    together = 16

    def __init__(self, weights: Path | None = None) -> None:
        super().__init__()
        tensors = read_weights(weights) if weights else _downloaded()
        tensors.pop("fc.bias", None)  # the score of the paper's authors leaves it out, and nothing else is asked for it
        with torch.device("meta"):  # no random weights are drawn that would be thrown away
            self.layers = nn.ModuleDict(_layers())
            self.head = nn.Linear(_FEATURES, _CLASSES, bias=False)
        ours = {name if name.startswith("fc.") else f"layers.{name}": tensor for name, tensor in tensors.items()}
        if "fc.weight" in ours:
            ours["head.weight"] = ours.pop("fc.weight")
        fill(self, ours, str(weights or SOURCE))
        fold_all(self)
        self.freeze()

    def features(self, x: Tensor) -> Tensor:
        """Pictures (n, 1, 3 or 4, h, w) on [-1, 1] to features (n, 2048)."""
        levels = ((in_colour(x) + 1) * 127.5).round().clamp(0, 255)  # FID is of stored pictures, which are bytes
        x = (_stretched(_stretched(levels, 3, SIDE), 2, SIDE) - 128) / 128
        x = x.contiguous(memory_format=torch.channels_last)
        for layer in self.layers.values():
            x = layer(x)
        return x.mean((2, 3))


_Branch = Sequence[str | tuple[str, str]]


class _Block(nn.Module):
    """Branches side by side, their channels one after another.

    Args:
        layers: Every convolution of the block, by the name that the weight file gives it.
        branches: Names along each branch; a tuple of names instead of one is a fork, whose outputs are joined.
        pool: What the last branch begins with.
    """

    def __init__(self, layers: dict[str, Convolution], branches: Sequence[_Branch], pool: nn.Module) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.branches, self.pool = branches, pool

    def forward(self, x: Tensor) -> Tensor:
        outputs = [self._along(branch, x) for branch in self.branches[:-1]]
        return torch.cat([*outputs, self._along(self.branches[-1], self.pool(x))], 1)

    def _along(self, branch: _Branch, x: Tensor) -> Tensor:
        for step in branch:
            names = (step,) if isinstance(step, str) else step
            x = torch.cat([self.get_submodule(name)(x) for name in names], 1)
        return x


class _MeanPool(nn.Module):
    """The mean of 3 x 3 places, or of those of them that are in the picture, as TensorFlow has it."""

    def forward(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


def _layers() -> dict[str, nn.Module]:
    """All layers in their order, named as in the weight file; pools, which have no weights, by names of their own."""
    return {
        "Conv2d_1a_3x3": _convolution(3, 32, 3, stride=2, padding=0),
        "Conv2d_2a_3x3": _convolution(32, 32, 3, padding=0),
        "Conv2d_2b_3x3": _convolution(32, 64, 3),
        "pool_1": nn.MaxPool2d(3, 2),
        "Conv2d_3b_1x1": _convolution(64, 80, 1),
        "Conv2d_4a_3x3": _convolution(80, 192, 3, padding=0),
        "pool_2": nn.MaxPool2d(3, 2),
        "Mixed_5b": _block_35(192, 32),
        "Mixed_5c": _block_35(256, 64),
        "Mixed_5d": _block_35(288, 64),
        "Mixed_6a": _to_17(288),
        "Mixed_6b": _block_17(768, 128),
        "Mixed_6c": _block_17(768, 160),
        "Mixed_6d": _block_17(768, 160),
        "Mixed_6e": _block_17(768, 192),
        "Mixed_7a": _to_8(768),
        "Mixed_7b": _block_8(1280, _MeanPool()),
        "Mixed_7c": _block_8(2048, nn.MaxPool2d(3, 1, padding=1)),
    }


def _convolution(
    width_in: int, width: int, kernel: int | tuple[int, int], *, stride: int = 1, padding: int | None = None
) -> Convolution:
    return Convolution(width_in, width, kernel, stride=stride, padding=padding, activation=nn.ReLU(inplace=True))


def _block_35(width_in: int, pooled: int) -> _Block:
    """Figure 5 of the paper, at 35 x 35 places, but one of its two long branches has a single 5 x 5."""
    layers = {
        "branch1x1": _convolution(width_in, 64, 1),
        "branch5x5_1": _convolution(width_in, 48, 1),
        "branch5x5_2": _convolution(48, 64, 5),
        "branch3x3dbl_1": _convolution(width_in, 64, 1),
        "branch3x3dbl_2": _convolution(64, 96, 3),
        "branch3x3dbl_3": _convolution(96, 96, 3),
        "branch_pool": _convolution(width_in, pooled, 1),
    }
    double = ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"]
    return _Block(layers, [["branch1x1"], ["branch5x5_1", "branch5x5_2"], double, ["branch_pool"]], _MeanPool())


def _to_17(width_in: int) -> _Block:
    """Figure 10: from 35 x 35 to 17 x 17 places."""
    layers = {
        "branch3x3": _convolution(width_in, 384, 3, stride=2, padding=0),
        "branch3x3dbl_1": _convolution(width_in, 64, 1),
        "branch3x3dbl_2": _convolution(64, 96, 3),
        "branch3x3dbl_3": _convolution(96, 96, 3, stride=2, padding=0),
    }
    return _Block(
        layers, [["branch3x3"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"], []], nn.MaxPool2d(3, 2)
    )


def _block_17(width_in: int, inner: int) -> _Block:
    """Figure 6 with n = 7, at 17 x 17 places."""
    row, column = (1, 7), (7, 1)
    layers = {
        "branch1x1": _convolution(width_in, 192, 1),
        "branch7x7_1": _convolution(width_in, inner, 1),
        "branch7x7_2": _convolution(inner, inner, row),
        "branch7x7_3": _convolution(inner, 192, column),
        "branch7x7dbl_1": _convolution(width_in, inner, 1),
        "branch7x7dbl_2": _convolution(inner, inner, column),
        "branch7x7dbl_3": _convolution(inner, inner, row),
        "branch7x7dbl_4": _convolution(inner, inner, column),
        "branch7x7dbl_5": _convolution(inner, 192, row),
        "branch_pool": _convolution(width_in, 192, 1),
    }
    single = [f"branch7x7_{index}" for index in (1, 2, 3)]
    double = [f"branch7x7dbl_{index}" for index in (1, 2, 3, 4, 5)]
    return _Block(layers, [["branch1x1"], single, double, ["branch_pool"]], _MeanPool())


def _to_8(width_in: int) -> _Block:
    """From 17 x 17 to 8 x 8 places."""
    layers = {
        "branch3x3_1": _convolution(width_in, 192, 1),
        "branch3x3_2": _convolution(192, 320, 3, stride=2, padding=0),
        "branch7x7x3_1": _convolution(width_in, 192, 1),
        "branch7x7x3_2": _convolution(192, 192, (1, 7)),
        "branch7x7x3_3": _convolution(192, 192, (7, 1)),
        "branch7x7x3_4": _convolution(192, 192, 3, stride=2, padding=0),
    }
    triple = [f"branch7x7x3_{index}" for index in (1, 2, 3, 4)]
    return _Block(layers, [["branch3x3_1", "branch3x3_2"], triple, []], nn.MaxPool2d(3, 2))


def _block_8(width_in: int, pool: nn.Module) -> _Block:
    """Figure 7, at 8 x 8 places."""
    layers = {
        "branch1x1": _convolution(width_in, 320, 1),
        "branch3x3_1": _convolution(width_in, 384, 1),
        "branch3x3_2a": _convolution(384, 384, (1, 3)),
        "branch3x3_2b": _convolution(384, 384, (3, 1)),
        "branch3x3dbl_1": _convolution(width_in, 448, 1),
        "branch3x3dbl_2": _convolution(448, 384, 3),
        "branch3x3dbl_3a": _convolution(384, 384, (1, 3)),
        "branch3x3dbl_3b": _convolution(384, 384, (3, 1)),
        "branch_pool": _convolution(width_in, 192, 1),
    }
    single = ["branch3x3_1", ("branch3x3_2a", "branch3x3_2b")]
    double = ["branch3x3dbl_1", "branch3x3dbl_2", ("branch3x3dbl_3a", "branch3x3dbl_3b")]
    return _Block(layers, [["branch1x1"], single, double, ["branch_pool"]], pool)


def _stretched(x: Tensor, dimension: int, size: int) -> Tensor:
    """Straight lines between neighbours along one dimension, where place i of the result is i * old / new of the old.

    TensorFlow 1 does not look at the centres of pixels and has no filter; FID is defined with that.
    """
    last = x.shape[dimension] - 1
    places = torch.arange(size, dtype=torch.float32, device=x.device) * (x.shape[dimension] / size)
    below = places.long()
    share = (places - below).reshape([-1] + [1] * (x.dim() - 1 - dimension))
    low, high = (x.index_select(dimension, place) for place in (below, (below + 1).clamp(max=last)))
    return low + (high - low) * share


def _downloaded() -> dict[str, Tensor]:
    """The weights from where they are published, or from torch's own folder of earlier downloads."""
    try:
        return torch.hub.load_state_dict_from_url(
            SOURCE, map_location="cpu", progress=False, check_hash=True, weights_only=True
        )
    except (URLError, OSError, RuntimeError) as error:
        raise DataError(
            f"The weights of inception could not be downloaded from {SOURCE} ({error}). Download that file on a "
            'computer that can, and name it: "inception:PATH".'
        ) from error
