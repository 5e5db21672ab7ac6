"""R3GAN as one would write it from the paper at first: `nn.Conv2d`, contiguous memory, fp32, PyTorch's own gradients.

Modules are named as in `zerosum.networks.r3gan`, so that the weights of one fit the other. Only without classes.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Block(nn.Module):
    """Residual block with a grouped convolution."""

    def __init__(self, width: int, groups: int, expansion: int) -> None:
        super().__init__()
        inner = width * expansion
        self.expand = nn.Conv2d(width, inner, 1)
        self.spatial = nn.Conv2d(inner, inner, 3, padding=1, groups=groups)
        self.contract = nn.Conv2d(inner, width, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        hidden = F.leaky_relu(self.expand(x), 0.2)
        return x + self.contract(F.leaky_relu(self.spatial(hidden), 0.2))


def binomial(x: Tensor) -> Tensor:
    """[1, 3, 3, 1] / 8 along each axis, for every channel: (channels, 1, 4, 4)."""
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    return torch.outer(taps, taps).expand(x.shape[1], 1, 4, 4)


class Upsample(nn.Module):
    """Bilinear interpolation to twice the size."""

    def forward(self, x: Tensor) -> Tensor:
        return F.conv_transpose2d(x, 4 * binomial(x), stride=2, padding=1, groups=x.shape[1])


class Downsample(nn.Module):
    """Its transpose, up to a factor: to half the size."""

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, binomial(x), stride=2, padding=1, groups=x.shape[1])


class Generator(nn.Module):
    """(n, latent_dim) to (n, 3, side, side); every grid has the same width and one block."""

    def __init__(self, latent_dim: int, width: int, groups: int, stages: int, expansion: int) -> None:
        super().__init__()
        self.modulation = nn.Linear(latent_dim, width, bias=False)
        self.basis = nn.Parameter(torch.randn(1, width, 4, 4))
        self.stages = nn.Sequential()
        for index in range(stages):
            stage = nn.Sequential()
            if index:
                stage.add_module("upsample", Upsample())
            stage.add_module("block0", Block(width, groups, expansion))
            self.stages.append(stage)
        self.to_image = nn.Conv2d(width, 3, 1, bias=False)

    def forward(self, z: Tensor) -> Tensor:
        return self.to_image(self.stages(self.basis * self.modulation(z)[:, :, None, None]))


class Discriminator(nn.Module):
    """(n, 3, side, side) to (n,)."""

    def __init__(self, width: int, groups: int, stages: int, expansion: int) -> None:
        super().__init__()
        self.from_image = nn.Conv2d(3, width, 1, bias=False)
        self.stages = nn.Sequential()
        for index in reversed(range(stages)):
            stage = nn.Sequential()
            stage.add_module("block0", Block(width, groups, expansion))
            if index:
                stage.add_module("downsample", Downsample())
            self.stages.append(stage)
        self.basis = nn.Parameter(torch.empty(1, width, 4, 4))
        self.head = nn.ModuleDict({"linear": nn.Linear(width, 1, bias=False)})

    def forward(self, x: Tensor) -> Tensor:
        features = (self.stages(self.from_image(x)) * self.basis).sum((2, 3))
        return self.head["linear"](features).squeeze(1)


class PlainR3GAN:
    """Rounds of both players with R1 and R2, which share the passes of the loss; latents are drawn anew.

    Args:
        real: One batch of pictures (n, 3, side, side), used in every round.
        weights: Those of our generator and discriminator.
        settings: Those of our recipe.
    """

    def __init__(self, real: Tensor, weights: dict[str, nn.Module], settings: dict[str, int]) -> None:
        self.real, self.latent_dim = real.contiguous(), settings["latent_dim"]
        width, expansion = settings["width"], settings["expansion"]
        sizes = (width, width * expansion // settings["group_width"], (real.shape[-1] // 4).bit_length(), expansion)
        self.generator, self.discriminator = Generator(self.latent_dim, *sizes), Discriminator(*sizes)
        self.optimizers = {}
        for name, module in (("generator", self.generator), ("discriminator", self.discriminator)):
            module.load_state_dict(weights[name].state_dict())
            self.optimizers[name] = torch.optim.Adam(module.parameters(), lr=2e-4, betas=(0.0, 0.99))

    def latents(self) -> Tensor:
        return torch.randn(len(self.real), self.latent_dim)

    def __call__(self) -> None:
        """One turn of each player."""
        self.discriminator.requires_grad_(True)
        self.optimizers["discriminator"].zero_grad()
        fake = self.generator(self.latents()).detach().requires_grad_()
        real = self.real.detach().requires_grad_()
        on_real, on_fake = self.discriminator(real), self.discriminator(fake)
        loss = F.softplus(on_fake - on_real).mean()
        for logits, x in ((on_real, real), (on_fake, fake)):
            (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
            loss = loss + gradient.square().sum((1, 2, 3)).mean()
        loss.backward()
        self.optimizers["discriminator"].step()

        self.discriminator.requires_grad_(False)
        self.optimizers["generator"].zero_grad()
        logits = self.discriminator(self.generator(self.latents()))
        F.softplus(self.discriminator(self.real) - logits).mean().backward()
        self.optimizers["generator"].step()

    @torch.no_grad()
    def generate(self, latents: Tensor) -> Tensor:
        return self.generator(latents)
