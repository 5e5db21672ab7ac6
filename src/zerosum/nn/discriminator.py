"""What every discriminator is: features of a sample, and a head that makes a logit of them."""

from abc import ABC, abstractmethod

from torch import Tensor, nn


class Discriminator(nn.Module, ABC):
    """Samples (n, ...) and class indices (n,) to logits (n,) or (n, opinions), by way of features (n, f).

    Attributes:
        head: Maps features and class indices to logits, float32; it may look at the whole batch (see
            `nn.statistics`).
        auxiliary: Maps features to what else is said of a sample; only where the recipe has added it.
    """

    head: nn.Module
    auxiliary: nn.Module

    @abstractmethod
    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Features (n, f): what feature matching compares and the head reads."""

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Logits (n,) or (n, opinions), float32."""
        return self.head(self.features(x, condition), condition)
