"""The terms and the sampler of denoising diffusion, after Karras et al. 2022 (arXiv:2206.00364), called EDM below."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Network = Callable[[Tensor, Tensor], Tensor]
"""F of Equation 7: scaled noisy samples (n, ...) and c_noise (n,) to as many numbers (n, ...)."""

Denoise = Callable[[Tensor, Tensor], Tensor]
"""D(x; sigma): noisy samples (n, ...) and their noise levels (n,) to the mean of what they may be without noise."""


@dataclass(frozen=True)
class Preconditioning:
    """What a network sees and says, so that both have unit variance at every noise level (EDM, Table 1, "Ours").

    Attributes:
        deviation: Standard deviation of the data, sigma_data.
    """

    deviation: float

    def skip(self, sigma: Tensor) -> Tensor:
        """c_skip: how much of the noisy sample is kept."""
        return self.deviation**2 / (sigma.square() + self.deviation**2)

    def out(self, sigma: Tensor) -> Tensor:
        """c_out: what the network's answer is multiplied by."""
        return sigma * self.deviation / (sigma.square() + self.deviation**2).sqrt()

    def into(self, sigma: Tensor) -> Tensor:
        """c_in: what the noisy sample is multiplied by for the network."""
        return 1 / (sigma.square() + self.deviation**2).sqrt()

    def level(self, sigma: Tensor) -> Tensor:
        """c_noise: how the network is told the noise level."""
        return sigma.log() / 4

    def denoise(self, network: Network, x: Tensor, sigma: Tensor) -> Tensor:
        """D(x; sigma) = c_skip x + c_out F(c_in x; c_noise): EDM, Equation 7.

        Args:
            network: F.
            x: Noisy samples (n, ...), float32.
            sigma: Their noise levels (n,).
        """
        wide = spread(sigma, x)
        answer = network(self.into(wide) * x, self.level(sigma)).float()
        return self.skip(wide) * x + self.out(wide) * answer

    def loss(self, network: Network, x: Tensor, sigma: Tensor, noise: Tensor) -> Tensor:
        """The squared error of the network's answer at noise levels sigma (n,), a mean over all numbers, shape ().

        EDM, Equation 8: lambda(sigma) * c_out(sigma)^2 = 1, so the weighted error of the denoised sample is the plain
        error of F, whose target is (x - c_skip (x + sigma noise)) / c_out.

        Args:
            network: F.
            x: Real samples (n, ...).
            sigma: Noise levels (n,).
            noise: Standard normal numbers (n, ...).
        """
        wide = spread(sigma, x)
        noisy = x + wide * noise
        target = (x - self.skip(wide) * noisy) / self.out(wide)
        return (network(self.into(wide) * noisy, self.level(sigma)).float() - target).square().mean()


def noise_levels(normal: Tensor, median: float, deviation: float) -> Tensor:
    """Noise levels to train at, (n,), from standard normal numbers (n,): ln sigma is normal.

    EDM, Table 1, where P_mean is the logarithm of the median, and P_std the deviation.
    """
    return median * (deviation * normal).exp()


def sampling_levels(steps: int, least: float, most: float, rho: float) -> list[float]:
    """The noise levels that a sampler passes, `steps` + 1 falling numbers that end with 0: EDM, Equation 5.

    Args:
        steps: Steps from the largest level to 0.
        least: The last level before 0, sigma_min.
        most: The first level, sigma_max.
        rho: How much shorter the steps become towards the small levels.
    """
    first, last = most ** (1 / rho), least ** (1 / rho)
    way = [index / max(1, steps - 1) for index in range(steps)]
    return [*((first + part * (last - first)) ** rho for part in way), 0.0]


def heun(denoise: Denoise, x: Tensor, levels: list[float]) -> Tensor:
    """Samples from noise: the probability flow dx / dsigma = (x - D(x; sigma)) / sigma by Heun's method, 2nd order.

    EDM, Algorithm 1: a step of Euler's, corrected by the mean of the slopes at both ends; the last step, to level 0, is
    Euler's alone. It asks for `2 * steps - 1` evaluations of the denoiser.

    Args:
        denoise: D.
        x: Samples at the first level, which are noise of that standard deviation if it is large, (n, ...).
        levels: Falling noise levels, of which only the last may be 0.
    """

    def slope(x: Tensor, level: float) -> Tensor:
        return (x - denoise(x, torch.full((len(x),), level, dtype=x.dtype, device=x.device))) / level

    for level, following in zip(levels, levels[1:], strict=False):
        here = slope(x, level)
        reached = x + (following - level) * here
        if following > 0:
            reached = x + (following - level) * (here + slope(reached, following)) / 2
        x = reached
    return x


def spread(sigma: Tensor, x: Tensor) -> Tensor:
    """Noise levels (n,) with as many sides as samples (n, ...) have."""
    return sigma.view(-1, *[1] * (x.dim() - 1))
