"""How a class reaches a network: behind the latent, and as a projection of features."""

import torch
from torch import Tensor, nn

from zerosum.nn.statistics import STATISTICS


class ClassLatent(nn.Module):
    """A latent with an embedding of its class behind it: (n, latent_dim) to (n, self.size).

    Mirza and Osindero 2014, Section 3, with a learned embedding in place of the one-hot vector.

    Attributes:
        size: Width of what comes out; without classes that is the latent's own.
    """

    def __init__(self, latent_dim: int, classes: int, embedding_dim: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(classes, embedding_dim) if classes else None
        self.size = latent_dim + (embedding_dim if classes else 0)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """The latent (n, latent_dim), followed by the embedding of the class indices (n,)."""
        if self.embedding is None:
            return latent
        assert condition is not None, "a network with classes needs their indices"
        return torch.cat([latent, self.embedding(condition)], 1)


class ProjectionHead(nn.Module):
    """Features to a logit, (n, features) to (n,): a linear map plus the inner product with the class's embedding.

    Miyato and Koyama 2018 (arXiv:1802.05637), Equation 4. Computed in fp32, because a critic's loss reads differences
    of logits that bf16 would round away.

    Args:
        features: Width of the features.
        classes: How many classes there are; 0 for none.
        statistics: What is learned from the batch as a whole: one of `STATISTICS`.
    """

    def __init__(self, features: int, classes: int, statistics: str = "none") -> None:
        super().__init__()
        self.statistics = STATISTICS[statistics](features)
        self.linear = nn.Linear(self.statistics.size, 1)
        self.embedding = nn.Embedding(classes, self.statistics.size) if classes else None
        if self.embedding:
            # The classes then begin with a say as large as the linear map's.
            nn.init.normal_(self.embedding.weight, std=self.statistics.size**-0.5)

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """Logits (n,), float32."""
        with torch.autocast(features.device.type, enabled=False):
            features = self.statistics(features.float())
            logits = self.linear(features).squeeze(1)
            if self.embedding is not None:
                logits = logits + (features * self.embedding(condition)).sum(1)
            return logits
