"""From a latent to the last hidden grid, by strided transposed convolutions."""

from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.nn.classes import ClassLatent
from zerosum.nn.pyramid import Pyramid


class UpsamplingTrunk(nn.Module):
    """Latents (n, latent_dim) and class indices (n,) to features (n, widths[0], h, w) at half the picture's size.

    Radford et al. 2016 (arXiv:1511.06434), Section 3: a projection, then 4x4 transposed convolutions that each double
    the grid, with batch normalisation and ReLU after every one.

    Args:
        latent_dim: Width of a latent.
        pyramid: The picture's grids.
        widths: Channels of the hidden grids, from half the picture's size to the base.
        classes: How many classes there are; 0 for none.
        description: Width of a sample's description; 0 for none.
        units: Of a fully connected hidden layer before the first grid; None for none.
    """

    def __init__(
        self,
        latent_dim: int,
        pyramid: Pyramid,
        widths: list[int],
        classes: int,
        description: int = 0,
        units: int | None = None,
    ) -> None:
        super().__init__()
        self.base = pyramid.base
        rows, columns = pyramid.base
        upwards = widths[::-1]
        self.latent = ClassLatent(latent_dim, classes, 32 if classes else 128, description)
        self.hidden = nn.Sequential()
        if units is not None:
            layers = (nn.Linear(self.latent.size, units, bias=False), nn.BatchNorm1d(units), nn.ReLU(inplace=True))
            self.hidden.extend(layers)
        self.project = nn.Linear(units or self.latent.size, upwards[0] * rows * columns, bias=False)
        self.first = nn.BatchNorm2d(upwards[0])
        self.upsample = nn.ModuleList(
            nn.ConvTranspose2d(before, after, 4, stride=2, padding=1, bias=False)
            for before, after in zip(upwards, upwards[1:], strict=False)
        )
        self.normalise = nn.ModuleList(nn.BatchNorm2d(width) for width in upwards[1:])

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Features (n, widths[0], h, w)."""
        x = self.project(self.hidden(self.latent(latent, condition)))
        # Channels last from the start, so that no convolution has to reorder memory.
        x = x.unflatten(1, (*self.base, -1)).permute(0, 3, 1, 2)
        x = F.relu(self.first(x), inplace=True)
        for upsample, normalise in zip(self.upsample, self.normalise, strict=True):
            x = F.relu(normalise(upsample(x)), inplace=True)
        return x
