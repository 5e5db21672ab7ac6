"""Differentiable augmentation: few pictures, seen by the discriminator in many ways.

Zhao et al. 2020 (arXiv:2006.10738): real and generated pictures go through the same random changes before the
discriminator, and the generator's gradient comes back through them, so that the changes do not turn up in the samples.
Each change is applied to each picture with a probability, as in Karras et al. 2020 (arXiv:2006.06676), because a share
of untouched pictures is what tells the generator which ones are real.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from zerosum.core.errors import SettingError


@dataclass(frozen=True, kw_only=True)
class DiffAugment:
    """Colour, translation and cutout of pictures (n, c, h, w) in [-1, 1].

    Attributes:
        probability: Share of pictures that each of the changes is applied to.
        translation: Largest shift, as a share of the side; what comes in from outside is 0.
        cutout: Side of the square that is set to 0, as a share of the picture's.
    """

    probability: float = 0.5
    translation: float = 0.125
    cutout: float = 0.5

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise SettingError(f"--augment-probability is {self.probability}; it must be from 0 to 1.")

    def __call__(self, x: Tensor) -> Tensor:
        """The pictures, changed; shape, type and gradient are kept."""
        return self._cut_out(translate(self._recolour(x), self.translation, self._chosen(x)))

    def _recolour(self, x: Tensor) -> Tensor:
        """Brightness +-0.5, saturation times 0 to 2, contrast times 0.5 to 1.5, in one pass.

        With brightness b, saturation s and contrast k, y = k s x + k (1 - s) grey(x) + (1 - k) mean(x) + b.
        """
        brightness = self._sometimes(x, torch.rand(len(x), device=x.device) - 0.5, usual=0)
        saturation = self._sometimes(x, torch.rand(len(x), device=x.device) * 2, usual=1)
        contrast = self._sometimes(x, torch.rand(len(x), device=x.device) + 0.5, usual=1)
        grey = x.mean(1, keepdim=True)
        even = grey * (contrast * (1 - saturation)) + (grey.mean((2, 3), keepdim=True) * (1 - contrast) + brightness)
        return torch.addcmul(even, x, contrast * saturation)

    def _cut_out(self, x: Tensor) -> Tensor:
        rows = self._covered(x.shape[2], x)[:, None, :, None]
        columns = self._covered(x.shape[3], x)[:, None, None, :]
        return x * ~(rows & columns & self._chosen(x)[:, None, None, None])

    def _covered(self, side: int, x: Tensor) -> Tensor:
        """Which of `side` cells lie in a random window, (n, side); the window may reach over the edge."""
        centre = torch.randint(0, side, (len(x), 1), device=x.device)
        return (torch.arange(side, device=x.device) - centre).abs() * 2 < self.cutout * side

    def _sometimes(self, x: Tensor, values: Tensor, usual: float) -> Tensor:
        """Values (n,) for the pictures that are changed and `usual` for the others, (n, 1, 1, 1) in x's type."""
        return torch.where(self._chosen(x), values, usual).to(x.dtype)[:, None, None, None]

    def _chosen(self, x: Tensor) -> Tensor:
        """Which pictures a change is applied to, (n,)."""
        return torch.rand(len(x), device=x.device) < self.probability


def translate(x: Tensor, most: float, applied: Tensor) -> Tensor:
    """Pictures (n, c, h, w) shifted by up to `most` of their sides where `applied`, (n,), says so; zeros come in.

    Two products with matrices that hold a single 1 in a row, rather than indexing, because indexing's backward pass
    scatters, which is slow on a processor.
    """
    return _shift(x.shape[2], most, x, applied) @ x @ _shift(x.shape[3], most, x, applied).transpose(2, 3)


def perturb(x: Tensor) -> Tensor:
    """Small random changes that leave a sample what it is: shifts of pictures, noise on anything else."""
    if x.dim() == 4:
        return translate(x, 0.125, torch.ones(len(x), dtype=torch.bool, device=x.device))
    return x + 0.05 * torch.randn_like(x)


def _shift(side: int, most: float, x: Tensor, applied: Tensor) -> Tensor:
    """One matrix per picture, (n, 1, side, side), that moves `side` cells by a random number of cells."""
    cells_moved = round(most * side)
    moved = torch.randint(-cells_moved, cells_moved + 1, (len(x),), device=x.device) * applied
    cells = torch.arange(side, device=x.device)
    return (cells[None, :, None] == cells[None, None, :] + moved[:, None, None]).to(x.dtype)[:, None]
