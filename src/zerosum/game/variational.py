"""The terms of variational autoencoders: pure functions of batches."""

import math

import torch
from torch import Tensor

NEAREST = 1e-4
"""No number is taken to be nearer to certainty than this."""


def normal_draw(mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
    """Draws from independent normals that gradients flow through: z = mu + sigma * epsilon.

    Kingma and Welling 2014 (arXiv:1312.6114), Section 2.4.

    Args:
        mean: Shape (n, d).
        log_variance: Shape (n, d).
        noise: Standard normal numbers, shape (n, d).
    """
    return mean + (log_variance / 2).exp() * noise


def normal_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence of independent normals from standard normals, in nats, (n, d) to (n,).

    -1/2 * sum of 1 + log sigma^2 - mu^2 - sigma^2: Kingma and Welling 2014 (arXiv:1312.6114), Appendix B.
    """
    return (mean.square() + log_variance.exp() - 1 - log_variance).sum(1) / 2


def gaussian_surprise(x: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    """-log p(x) under a normal of this mean and standard deviation in each number, in nats, (n, ...) to (n,).

    Kingma and Welling 2014 (arXiv:1312.6114), Appendix C.2, with one deviation, shape (), for all numbers of a sample.
    """
    scaled = (x - mean) / deviation
    return (scaled.square() / 2 + deviation.log() + math.log(2 * math.pi) / 2).flatten(1).sum(1)


def bernoulli_surprise(x: Tensor, mean: Tensor) -> Tensor:
    """-log p(x) where each number is one end of [-1, 1] by chance, in nats, (n, ...) to (n,).

    Kingma and Welling 2014 (arXiv:1312.6114), Equation 11, which like it takes what lies between the ends for a chance:
    -sum of x log y + (1 - x) log(1 - y), with x and y moved to [0, 1].

    Args:
        x: Real samples on [-1, 1].
        mean: Their reconstructions on [-1, 1]. Drawn in a little, so that none is nearer to an end than 0.0002:
            an error there is dear but finite, and its slope leads away.
    """
    x, chance = (x + 1) / 2, NEAREST + (1 - 2 * NEAREST) * (mean + 1) / 2
    return -(x * chance.log() + (1 - x) * (1 - chance).log()).flatten(1).sum(1)


def best_deviation(x: Tensor, mean: Tensor, least: float) -> Tensor:
    """The one standard deviation under which a batch is most likely, shape (): its root mean square error.

    Rybkin, Daniilidis and Levine 2021 (arXiv:2006.13202), Section 3, the optimal sigma-VAE. Gradients pass through it;
    with it, the surprise of a batch is that of its logarithm alone.

    Args:
        x: Real samples (n, ...).
        mean: Their reconstructions (n, ...).
        least: It is never smaller than this: a likelihood without end would otherwise reward copying a few samples.
    """
    return torch.clamp((x - mean).square().mean().sqrt(), min=least)
