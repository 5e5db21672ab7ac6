"""What a discriminator can learn from a batch as a whole: whether its samples differ from one another.

Each module maps features (n, f) to features (n, self.size), with what it found behind each sample's own. A batch of one
has nothing to compare, and gets zeros.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import linear


class NoStatistics(nn.Module):
    """Features as they are."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.size = features

    def forward(self, features: Tensor) -> Tensor:
        """The features (n, f)."""
        return features


class StandardDeviation(nn.Module):
    """One more feature: the mean standard deviation over groups of samples (Karras et al. 2018, Section 3).

    Args:
        features: Width of the features.
        group: Samples that are compared, at most: the largest divisor of the batch up to it, or else the whole batch.
    """

    def __init__(self, features: int, group: int = 4) -> None:
        super().__init__()
        self.size, self.group = features + 1, group

    def forward(self, features: Tensor) -> Tensor:
        """The features and their spread, (n, f + 1)."""
        count = len(features)
        group = next((size for size in range(min(self.group, count), 1, -1) if count % size == 0), count)
        groups = features.view(group, -1, features.shape[1])  # sample i is compared with i + n / group and so on
        centred = groups - groups.mean(0)
        # The constant keeps the root's slope finite where all samples are alike.
        spread = (centred.square().mean(0) + 1e-8).sqrt().mean(1, keepdim=True)
        return torch.cat([features, spread.repeat(group, 1)], 1)


class MinibatchDiscrimination(nn.Module):
    """How near a sample is to the others of its batch, under learned projections (Salimans et al. 2016, Section 3.2).

    o(x)_b = sum over the other samples of exp(-||M_b(x) - M_b(x')||_1), here divided by their number, so that it does
    not depend on the batch's size.

    Args:
        features: Width of the features.
        kernels: Projections b, each of which gives one more feature.
        width: Of the space that each projects to.
    """

    def __init__(self, features: int, kernels: int = 32, width: int = 5) -> None:
        super().__init__()
        self.size, self.kernels = features + kernels, kernels
        # Not a layer of its own, so that what a network does to its layers (first weights that are tiny, norms of 1)
        # does not make all samples near one another.
        self.projections = nn.Parameter(torch.empty(kernels * width, features))
        nn.init.uniform_(self.projections, -(features**-0.5), features**-0.5)

    def forward(self, features: Tensor) -> Tensor:
        """The features and the nearness of the others, (n, f + kernels)."""
        projected = linear(features, self.projections).unflatten(1, (self.kernels, -1))
        projected = projected.transpose(0, 1)  # (kernels, n, width)
        distances = (projected[:, :, None] - projected[:, None]).abs().sum(3)  # (kernels, n, n)
        nearness = ((-distances).exp().sum(2) - 1).T / max(1, len(features) - 1)
        return torch.cat([features, nearness], 1)


STATISTICS: dict[str, type[NoStatistics] | type[StandardDeviation] | type[MinibatchDiscrimination]] = {
    "none": NoStatistics,
    "standard-deviation": StandardDeviation,
    "discrimination": MinibatchDiscrimination,
}
"""By the name that settings have for them."""
