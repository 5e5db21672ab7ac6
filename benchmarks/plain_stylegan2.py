"""StyleGAN2 as one would write it from the papers at first: a scaled kernel per sample, grouped convolutions, fp32.

Modules are named as in `zerosum.networks.stylegan2`, so that the weights of one fit the other. Only without classes,
for square pictures with a power of two as side, with the skip generator and the residual discriminator.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def binomial(x: Tensor) -> Tensor:
    """[1, 3, 3, 1] / 8 along each axis, for every channel: (channels, 1, 4, 4)."""
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    return torch.outer(taps, taps).expand(x.shape[1], 1, 4, 4)


def smooth(x: Tensor, padding: int) -> Tensor:
    """The filter at every place, with so many zeros around."""
    return F.conv2d(x, binomial(x), padding=padding, groups=x.shape[1])


def upsample(x: Tensor) -> Tensor:
    """To twice the size."""
    return F.conv_transpose2d(x, 4 * binomial(x), stride=2, padding=1, groups=x.shape[1])


def downsample(x: Tensor) -> Tensor:
    """To half the size."""
    return F.conv2d(x, binomial(x), stride=2, padding=1, groups=x.shape[1])


def leaky_relu(x: Tensor) -> Tensor:
    """With a gain that keeps the variance."""
    return math.sqrt(2) * F.leaky_relu(x, 0.2)


class Linear(nn.Module):
    """A linear map with an equalised learning rate."""

    def __init__(self, inputs: int, outputs: int, rate: float = 1.0) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.randn(outputs, inputs)), nn.Parameter(torch.zeros(outputs))
        self.rate, self.scale = rate, rate / math.sqrt(inputs)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.scale * self.weight, self.rate * self.bias)


class Convolution(nn.Module):
    """A convolution with an equalised learning rate."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int = 1, padding: int = 0, bias: bool = True
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.stride, self.padding, self.scale = stride, padding, 1 / math.sqrt(inputs * kernel**2)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.scale * self.weight, self.bias, self.stride, self.padding)


def modulated(x: Tensor, weight: Tensor, style: Tensor, *, demodulate: bool = True, up: bool = False) -> Tensor:
    """A convolution with kernels of each sample's own, as one group each (Karras et al. 2020, Section 2.2)."""
    count, inputs, *grid = x.shape
    kernels = weight * style[:, None, :, None, None]  # (n, outputs, inputs, rows, columns)
    if demodulate:
        kernels = kernels * (kernels.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    x = x.reshape(1, count * inputs, *grid)
    if up:
        kernels = kernels.transpose(1, 2).flatten(0, 1)
        x = F.conv_transpose2d(x, kernels, stride=2, groups=count)
        return smooth(x.reshape(count, -1, *x.shape[2:]), padding=1) * 4
    x = F.conv2d(x, kernels.flatten(0, 1), padding=weight.shape[2] // 2, groups=count)
    return x.reshape(count, -1, *grid)


class StyledConvolution(nn.Module):
    """Modulated 3x3 convolution, noise, bias, leaky ReLU."""

    noise_const: Tensor

    def __init__(self, inputs: int, outputs: int, style_dim: int, side: int, up: bool = False) -> None:
        super().__init__()
        self.up, self.affine = up, Linear(style_dim, inputs)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias, self.noise_strength = nn.Parameter(torch.zeros(outputs)), nn.Parameter(torch.zeros(()))
        self.register_buffer("noise_const", torch.randn(side, side))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        x = modulated(x, self.weight, self.affine(w), up=self.up)
        noise = torch.randn(len(x), 1, *x.shape[2:]) if self.training else self.noise_const
        return leaky_relu(x + self.noise_strength * noise + self.bias[:, None, None])


class ToPicture(nn.Module):
    """Modulated 1x1 convolution without demodulation."""

    def __init__(self, inputs: int, style_dim: int) -> None:
        super().__init__()
        self.affine, self.scale = Linear(style_dim, inputs), 1 / math.sqrt(inputs)
        self.weight, self.bias = nn.Parameter(torch.randn(3, inputs, 1, 1)), nn.Parameter(torch.zeros(3))

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        return modulated(x, self.weight, self.scale * self.affine(w), demodulate=False) + self.bias[:, None, None]


class SynthesisBlock(nn.Module):
    """One grid of the generator."""

    def __init__(self, inputs: int, outputs: int, style_dim: int, side: int) -> None:
        super().__init__()
        self.const = None if inputs else nn.Parameter(torch.randn(outputs, side, side))
        self.conv0 = StyledConvolution(inputs, outputs, style_dim, side, up=True) if inputs else None
        self.conv1 = StyledConvolution(outputs, outputs, style_dim, side)
        self.torgb = ToPicture(outputs, style_dim)

    def forward(self, x: Tensor | None, picture: Tensor | None, styles: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Features and picture of this grid; takes the styles of its convolutions off the list."""
        if self.const is not None:
            x = self.const.expand(len(styles[0]), -1, -1, -1)
        if self.conv0 is not None:
            x = self.conv0(x, styles.pop(0))
        y = self.conv1(x, styles.pop(0))
        added = self.torgb(y, styles[0])  # the next grid's first convolution has the same style
        return y, added if picture is None else upsample(picture) + added


class Mapping(nn.Module):
    """Latents to styles, with a mean of the styles."""

    w_avg: Tensor

    def __init__(self, latent_dim: int, style_dim: int, depth: int) -> None:
        super().__init__()
        self.depth = depth
        for index in range(depth):
            self.add_module(f"fc{index}", Linear(style_dim if index else latent_dim, style_dim, rate=0.01))
        self.register_buffer("w_avg", torch.zeros(style_dim))

    def forward(self, z: Tensor) -> Tensor:
        x = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for index in range(self.depth):
            x = leaky_relu(self.get_submodule(f"fc{index}")(x))
        if self.training:
            self.w_avg.lerp_(x.detach().mean(0), 0.005)
        return x


class Generator(nn.Module):
    """(n, latent_dim) to (n, 3, side, side)."""

    def __init__(
        self, sizes: list[tuple[int, int]], latent_dim: int, style_dim: int, depth: int, mixing: float
    ) -> None:
        super().__init__()
        self.mixing, self.layers = mixing, 2 * len(sizes)
        self.mapping = Mapping(latent_dim, style_dim, depth)
        self.synthesis = nn.ModuleDict()
        inputs = 0
        for side, width in sizes:
            self.synthesis[f"b{side}"] = SynthesisBlock(inputs, width, style_dim, side)
            inputs = width

    def styles(self, z: Tensor) -> Tensor:
        """(n, layers, style_dim); in training most samples have two latents."""
        w = self.mapping(z)[:, None].repeat(1, self.layers, 1)
        if self.training:
            other = self.mapping(torch.randn_like(z))
            for sample in range(len(z)):
                if torch.rand(()) < self.mixing:
                    crossing = int(torch.randint(1, self.layers, ()))
                    w[sample, crossing:] = other[sample]
        return w

    def forward(self, z: Tensor) -> Tensor:
        styles = list(self.styles(z).unbind(1))
        x = picture = None
        for block in self.synthesis.values():
            x, picture = block(x, picture, styles)
        assert picture is not None
        return picture


class DiscriminatorBlock(nn.Module):
    """One grid of the discriminator: two convolutions beside a shortcut."""

    def __init__(self, inputs: int, outputs: int, first: bool) -> None:
        super().__init__()
        self.fromrgb = Convolution(3, inputs, 1) if first else None
        self.conv0 = Convolution(inputs, inputs, 3, padding=1)
        self.conv1 = Convolution(inputs, outputs, 3, stride=2)
        self.skip = Convolution(inputs, outputs, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        if self.fromrgb is not None:
            x = leaky_relu(self.fromrgb(x))
        y = leaky_relu(self.conv0(x))
        y = leaky_relu(self.conv1(smooth(y, padding=2)))
        return (y + self.skip(downsample(x))) / math.sqrt(2)


class Head(nn.Module):
    """The smallest grid to a logit, with the standard deviation over groups of four samples."""

    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        self.conv = Convolution(width + 1, width, 3, padding=1)
        self.fc, self.out = Linear(width * side**2, width), Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        groups = x.reshape(4, -1, *x.shape[1:])
        spread = (groups.var(0, correction=0) + 1e-8).sqrt().mean((1, 2, 3))
        spread = spread.repeat(4)[:, None, None, None].expand(-1, -1, *x.shape[2:])
        x = leaky_relu(self.conv(torch.cat([x, spread], 1)))
        return self.out(leaky_relu(self.fc(x.flatten(1)))).squeeze(1)


class Discriminator(nn.Module):
    """(n, 3, side, side) to (n,)."""

    def __init__(self, sizes: list[tuple[int, int]]) -> None:
        super().__init__()
        self.blocks = nn.ModuleDict()
        for index in range(len(sizes) - 1, 0, -1):
            side, width = sizes[index]
            self.blocks[f"b{side}"] = DiscriminatorBlock(width, sizes[index - 1][1], first=index == len(sizes) - 1)
        self.head = Head(sizes[0][1], sizes[0][0])

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks.values():
            x = block(x)
        return self.head(x)


class PlainStyleGAN2:
    """Rounds of both players, with an optimizer step for R1 every so many; latents are drawn anew.

    Args:
        real: One batch of pictures (n, 3, side, side), used in every round.
        weights: Those of our generator and discriminator.
        settings: Those of our recipe.
    """

    def __init__(self, real: Tensor, weights: dict[str, nn.Module], settings: dict[str, Any]) -> None:
        self.real, self.latent_dim = real.contiguous(), settings["latent_dim"]
        self.every, self.rounds = settings["penalty_every"], 0
        base, largest = settings["channel_base"], settings["largest_width"]
        sizes = [(4 << index, min(base // (4 << index), largest)) for index in range(real.shape[-1].bit_length() - 2)]
        mapping = (self.latent_dim, settings["style_dim"], settings["mapping_depth"])
        self.generator, self.discriminator = Generator(sizes, *mapping, settings["mixing"]), Discriminator(sizes)
        self.optimizers = {}
        for name, module in (("generator", self.generator), ("discriminator", self.discriminator)):
            module.load_state_dict(weights[name].state_dict())
            self.optimizers[name] = torch.optim.Adam(module.parameters(), lr=2e-3, betas=(0.0, 0.99))

    def latents(self) -> Tensor:
        return torch.randn(len(self.real), self.latent_dim)

    def __call__(self) -> None:
        """One turn of each player."""
        self.discriminator.requires_grad_(True)
        with torch.no_grad():
            fake = self.generator(self.latents())
        loss = F.softplus(self.discriminator(fake)).mean() + F.softplus(-self.discriminator(self.real)).mean()
        self.step("discriminator", loss)

        self.discriminator.requires_grad_(False)
        self.step("generator", F.softplus(-self.discriminator(self.generator(self.latents()))).mean())

        if self.rounds % self.every == 0:
            self.discriminator.requires_grad_(True)
            real = self.real.detach().requires_grad_()
            (gradient,) = torch.autograd.grad(self.discriminator(real).sum(), real, create_graph=True)
            self.step("discriminator", 10 / 2 * self.every * gradient.square().sum((1, 2, 3)).mean())
        self.rounds += 1

    def step(self, player: str, loss: Tensor) -> None:
        self.optimizers[player].zero_grad()
        loss.backward()
        self.optimizers[player].step()

    @torch.no_grad()
    def generate(self, latents: Tensor) -> Tensor:
        self.generator.eval()
        pictures = self.generator(latents)
        self.generator.train()
        return pictures
