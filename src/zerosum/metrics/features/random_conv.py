"""What a game is watched with: a random convolutional network for pictures, the coordinates for all else.

Nothing is downloaded and nothing learned, so the values are not comparable with those of Inception features in papers,
only with each other. Random convolutions keep much of what makes a picture (Saxe et al. 2011).
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zerosum.core.space import Space
from zerosum.metrics.features.flat import Coordinates
from zerosum.metrics.features.network import FeatureNetwork

_CHANNELS = (16, 32, 48)
_POOLED = 64  # features that the shrunk picture may take
_LARGEST = 64  # pixels a side that are looked at; larger pictures are shrunk, or they would take seconds

_SPREAD = 0.5  # of features of random clouds; it is 1 to 2 times that in real pictures, which have sharper edges


class RandomConvolutions(FeatureNetwork):
    """Statistics of each layer of a random convolutional network, and the shrunk picture.

    The spatial means and standard deviations of a layer's channels see strokes, texture, blur and noise wherever they
    are; the picture averaged to at most 8 x 8 sees layout and colour, which those statistics have lost.
    """

    name = "random-conv"
    center: Tensor
    spread: Tensor

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        channels, height, width = shape
        block = _block(height, width)
        self.resize = f"averaged over {block} x {block} pixels" if block > 1 else "none"
        side = next((side for side in (8, 4, 2) if channels * side**2 <= _POOLED), 1)
        self.pooled = (min(side, height), min(side, width))
        self.layers = nn.ModuleList()
        for width_in, width_out in zip((channels, *_CHANNELS), _CHANNELS, strict=False):
            with torch.random.fork_rng(devices=()):  # the usual initialisation draws from torch's own generator
                layer = nn.Conv2d(width_in, width_out, 3, stride=2, padding=1)
            nn.init.orthogonal_(layer.weight, generator=generator)
            self.layers.append(layer.to(memory_format=torch.channels_last))  # pyright: ignore[reportCallIssue]
        self.register_buffer("center", None)
        self.register_buffer("spread", None)
        with torch.no_grad():
            # Half of the first filters ignore brightness, or its large variance would drown edges and texture.
            first = self.layers[0].get_parameter("weight")[::2]
            first -= first.mean((2, 3), keepdim=True)
            self._calibrate(_cloudy_pictures(64, shape, generator))
        self.freeze()

    def features(self, x: Tensor) -> Tensor:
        """Pictures (n, c, h, w) in [-1, 1] to features (n, f) of comparable variance."""
        return (torch.cat(self._blocks(x), 1) - self.center) / self.spread

    def _blocks(self, x: Tensor) -> list[Tensor]:
        """The features in groups of one kind each, not scaled yet."""
        x = _shrunk(x).contiguous(memory_format=torch.channels_last)
        blocks = [F.adaptive_avg_pool2d(x, self.pooled).flatten(1)]
        for layer in self.layers:
            x = layer(x)
            mean = x.mean((2, 3), keepdim=True)
            # Three steps, because torch's own variance over such dimensions takes longer than the convolution.
            blocks += [mean.flatten(1), (x - mean).square().mean((2, 3)).sqrt()]
            x = F.leaky_relu(x, 0.2)
        return blocks

    def _calibrate(self, x: Tensor) -> None:
        """Bring each channel to mean 0 and variance 1 on pictures `x` (after Mishkin and Matas 2016, Algorithm 1)."""
        y = _shrunk(x)
        for layer in self.layers:
            assert isinstance(layer, nn.Conv2d) and layer.bias is not None
            layer.bias.zero_()
            spread, mean = torch.std_mean(layer(y), (0, 2, 3))
            spread += 1e-3
            layer.weight /= spread[:, None, None, None]
            layer.bias -= mean / spread
            y = F.leaky_relu(layer(y), 0.2)
        blocks = self._blocks(x)
        self.center = torch.cat(blocks, 1).mean(0)
        self.spread = torch.cat([(b.var(0).mean().sqrt() + 1e-3).expand(b.shape[1]) for b in blocks]) / _SPREAD


def feature_network(space: Space) -> FeatureNetwork:
    """The features for watching a game: equal spaces get equal networks, and torch's own generator is left alone."""
    return RandomConvolutions(space.shape) if space.kind == "image" else Coordinates(space.size)


def _shrunk(x: Tensor) -> Tensor:
    """Pictures averaged over whole blocks of pixels until no side is larger than `_LARGEST`."""
    block = _block(*x.shape[2:])
    return F.avg_pool2d(x, block, ceil_mode=True) if block > 1 else x


def _block(height: int, width: int) -> int:
    """Side of the squares that pictures of this size are averaged over."""
    return -(-max(height, width) // _LARGEST)


def _cloudy_pictures(count: int, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Random pictures whose spectrum falls with 1 / frequency, as that of photographs does (Field 1987)."""
    _, height, width = shape
    frequency = torch.hypot(torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width))
    amplitude = 1 / frequency.clamp(min=1 / max(height, width))
    # Channels share most of what they show, as colours do.
    noise = torch.randn(count, *shape, generator=generator) + 2 * torch.randn(
        count, 1, height, width, generator=generator
    )
    clouds = torch.fft.irfft2(torch.fft.rfft2(noise) * amplitude, s=(height, width))
    return (clouds / clouds.std()).tanh()
