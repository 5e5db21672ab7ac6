"""A further head on a discriminator's features, for games in which it says more of a sample than whether it is real."""

import torch
from torch import Tensor, nn

from zerosum.nn.discriminator import Discriminator


class AuxiliaryHead(nn.Module):
    """Features (n, features) to numbers (n, outputs), float32: a linear map, behind a hidden layer if one is asked for.

    Args:
        features: Width of the features.
        outputs: How many numbers it says of a sample.
        hidden: Units of a batch normalised hidden layer; None for none.
    """

    def __init__(self, features: int, outputs: int, hidden: int | None = None) -> None:
        super().__init__()
        self.hidden = nn.Sequential()
        if hidden is not None:
            layers = (nn.Linear(features, hidden, bias=False), nn.BatchNorm1d(hidden), nn.LeakyReLU(0.2, inplace=True))
            self.hidden.extend(layers)
        self.out = nn.Linear(hidden or features, outputs)

    def forward(self, features: Tensor) -> Tensor:
        """What is said of each sample, (n, outputs), float32."""
        x = self.hidden(features)
        with torch.autocast(x.device.type, enabled=False):
            return self.out(x.float())


def with_auxiliary(
    discriminator: Discriminator, shape: tuple[int, ...], outputs: int, hidden: int | None = None
) -> Discriminator:
    """The discriminator, which is not told classes, with an `AuxiliaryHead` as its `auxiliary`.

    Args:
        discriminator: It keeps its own head beside the new one.
        shape: Shape of what it judges.
        outputs: How many numbers the new head says of a sample.
        hidden: Units of its hidden layer; None for none.
    """
    # Every network knows its features' width by itself, and one look tells it; in evaluation mode it leaves no trace.
    with torch.no_grad():
        features = discriminator.eval().features(torch.zeros(1, *shape), None).shape[1]
    discriminator.train().auxiliary = AuxiliaryHead(features, outputs, hidden)
    return discriminator
