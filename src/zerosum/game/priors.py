"""Where latents come from: fresh noise for training, numbered latents for samples."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.random import RandomState
from torch import Tensor
from torch.nn.functional import one_hot

from zerosum.core.batch import Batch


@dataclass(frozen=True)
class Prior(ABC):
    """A distribution over latents of shape (n, dimension)."""

    dimension: int

    stream: ClassVar[str] = "what `numpy.random.RandomState(s)` draws first"
    """Where the latent of sample number s comes from, in words."""

    @abstractmethod
    def draw(self, batch: Batch) -> Tensor:
        """Fresh latents for a batch, shape (len(batch), dimension), on the batch's device."""

    @abstractmethod
    def numbered(self, stream: RandomState) -> np.ndarray:
        """One latent, shape (dimension,), from the stream that belongs to a sample's number."""

    @abstractmethod
    def nearest(self, latents: Tensor) -> Tensor:
        """The latents nearest to these (n, dimension) that the prior may well draw, of the same shape."""

    def latents(self, seeds: Sequence[int] | Sequence[tuple[int, int]]) -> Tensor:
        """The latents of the samples with these numbers, shape (len(seeds), dimension), float32.

        Number s has the latent that `numpy.random.RandomState(s)` draws first, so it is the same sample on every
        machine, in any batch, and for normal priors the same latent as in the StyleGAN tools.
        """
        latents, stream = np.empty((len(seeds), self.dimension), np.float32), RandomState()
        for latent, seed in zip(latents, seeds, strict=True):
            stream.seed(seed)  # the same as a new stream, which takes 20 times as long to make
            latent[:] = self.numbered(stream)
        return torch.from_numpy(latents)

    def choices(self, seeds: Sequence[int] | Sequence[tuple[int, int]], frequencies: np.ndarray) -> np.ndarray:
        """Which of several conditions the samples with these numbers have, indices (len(seeds),), as often as is said.

        A sample's condition is read off the number that its stream draws after the latent.
        """
        if len(frequencies) == 1:
            return np.zeros(len(seeds), np.int64)
        drawn = np.empty(len(seeds))
        stream = RandomState()
        for index, seed in enumerate(seeds):
            stream.seed(seed)
            self.numbered(stream)
            drawn[index] = stream.random_sample()
        bounds = np.cumsum(frequencies)[:-1]
        return np.searchsorted(bounds, drawn, side="right")


@dataclass(frozen=True)
class Normal(Prior):
    """Independent standard normal latents."""

    def draw(self, batch: Batch) -> Tensor:
        """Fresh normal latents."""
        return batch.noise.normal(len(batch), self.dimension)

    def numbered(self, stream: RandomState) -> np.ndarray:
        """`stream.randn(dimension)`."""
        return stream.randn(self.dimension)

    def nearest(self, latents: Tensor) -> Tensor:
        """Latents brought to within three standard deviations of the usual length.

        The length of a normal latent of many dimensions d is about normal, with mean sqrt(d) and variance 1/2: nearly
        all lie in a thin shell (White 2016, arXiv:1609.04468, Section 2).
        """
        usual, reach = math.sqrt(self.dimension), 3 / math.sqrt(2)
        length = latents.norm(dim=1, keepdim=True)
        return latents * (length.clamp(max(0.0, usual - reach), usual + reach) / length.clamp(min=1e-12))


@dataclass(frozen=True)
class Uniform(Prior):
    """Independent latents uniform on [-sqrt(3), sqrt(3)): mean 0 and variance 1."""

    def draw(self, batch: Batch) -> Tensor:
        """Fresh uniform latents."""
        return (batch.noise.uniform(len(batch), self.dimension) * 2 - 1) * 3**0.5

    def numbered(self, stream: RandomState) -> np.ndarray:
        """`stream.uniform(-sqrt(3), sqrt(3), dimension)`."""
        return stream.uniform(-(3**0.5), 3**0.5, self.dimension)

    def nearest(self, latents: Tensor) -> Tensor:
        """Latents cut off at +-sqrt(3)."""
        return latents.clamp(-(3**0.5), 3**0.5)


@dataclass(frozen=True)
class Codes(Prior):
    """Noise, then codes that are to mean something (Chen et al. 2016, Section 7): one vector for all of it.

    Noise is uniform on [-1, 1), as continuous codes are: normal noise is 1.7 times as large, and more of it drowns a
    one-hot vector.

    Attributes:
        categorical: How many values, equally likely, each categorical code has; it is a one-hot vector of that width.
        continuous: How many continuous codes follow, each uniform on [-1, 1).
    """

    categorical: tuple[int, ...]
    continuous: int

    @classmethod
    def beside(cls, noise: int, categorical: tuple[int, ...], continuous: int) -> "Codes":
        """These codes beside so many dimensions of noise."""
        return cls(noise + sum(categorical) + continuous, categorical, continuous)

    @property
    def noise(self) -> int:
        """Dimensions of the noise."""
        return self.dimension - sum(self.categorical) - self.continuous

    def parts(self, latents: Tensor) -> tuple[Tensor, ...]:
        """Views of latents (n, dimension): the noise, each categorical code (n, k), the continuous ones (n, c)."""
        return latents.split([self.noise, *self.categorical, self.continuous], 1)

    def draw(self, batch: Batch) -> Tensor:
        """Fresh noise and codes."""
        uniform, count = batch.noise.uniform, len(batch)
        parts = [uniform(count, self.noise) * 2 - 1]
        parts += [one_hot((uniform(count) * k).long(), k).float() for k in self.categorical]
        return torch.cat([*parts, uniform(count, self.continuous) * 2 - 1], 1)

    def numbered(self, stream: RandomState) -> np.ndarray:
        """`stream.uniform(-1, 1, noise)`, `random_sample() * k` for each categorical code, then `uniform(-1, 1, c)`."""
        parts = [stream.uniform(-1, 1, self.noise)]
        parts += [np.eye(k)[int(stream.random_sample() * k)] for k in self.categorical]
        return np.concatenate([*parts, stream.uniform(-1, 1, self.continuous)])

    def nearest(self, latents: Tensor) -> Tensor:
        """Noise and continuous codes cut off at +-1; categorical codes become the value that they say loudest."""
        noise, *categorical, continuous = self.parts(latents)
        values = [one_hot(code.argmax(1), code.shape[1]).to(code) for code in categorical]
        return torch.cat([noise.clamp(-1, 1), *values, continuous.clamp(-1, 1)], 1)


def truncated_normal(latents: Tensor, bound: float | Tensor) -> Tensor:
    """Standard normal numbers (n, d) made those of the normal distribution that is cut off at +-bound, (n, d).

    For the truncation trick of Brock et al. 2019 (arXiv:1809.11096), Section 3.1. They draw again what falls outside;
    here each number goes to the same quantile of the truncated distribution, so that a sample stays the one it is and
    changes continuously with the bound: y = P^-1(P(-t) + P(z) (P(t) - P(-t))) for the normal distribution function P,
    which is erf(y / sqrt 2) = erf(t / sqrt 2) erf(z / sqrt 2).

    Args:
        latents: Numbers z.
        bound: The largest size t that is left, at least 0; a tensor has the shape ().
    """
    z = latents.cpu().double()  # single precision has too few numbers near 1 for the tails
    t = torch.as_tensor(bound, dtype=z.dtype)
    y = math.sqrt(2) * torch.erfinv(torch.erf(t / math.sqrt(2)) * torch.erf(z / math.sqrt(2)))
    # Truncation makes no number larger; where erf rounds to 1, at sizes beyond 8, its inverse is infinite.
    largest = z.abs().clamp(max=t)
    return y.clamp(-largest, largest).to(latents)
