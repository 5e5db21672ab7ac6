"""How what is told of a sample reaches a network: behind the latent, and as a projection of features.

A sample is of a class, known by its index, or described by numbers: a 0 or 1 for each attribute, an encoded caption.
"""

import torch
from torch import Tensor, nn

from zerosum.nn.statistics import STATISTICS


def embedding_of(classes: int, description: int, dimension: int) -> nn.Module | None:
    """From conditions to vectors (n, dimension): a table of classes, or a linear map of descriptions; None for neither.

    Args:
        classes: How many classes there are, of which indices (n,) come; 0 for none.
        description: Width of the descriptions (n, width) that come; 0 for none.
        dimension: Width of the vectors.
    """
    if classes:
        return nn.Embedding(classes, dimension)
    return nn.Linear(description, dimension, bias=False) if description else None


class ClassLatent(nn.Module):
    """A latent with an embedding of its class, or description, behind it: (n, latent_dim) to (n, self.size).

    Mirza and Osindero 2014, Section 3, with a learned embedding in place of the one-hot vector.

    Attributes:
        size: Width of what comes out; where nothing is told that is the latent's own.
    """

    def __init__(self, latent_dim: int, classes: int, embedding_dim: int, description: int = 0) -> None:
        super().__init__()
        self.embedding = embedding_of(classes, description, embedding_dim)
        self.size = latent_dim + (0 if self.embedding is None else embedding_dim)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """The latent (n, latent_dim), followed by the embedding of class indices (n,) or descriptions (n, width)."""
        if self.embedding is None:
            return latent
        assert condition is not None, "a network that is told of samples needs to be told"
        return torch.cat([latent, self.embedding(condition)], 1)


class ProjectionHead(nn.Module):
    """Features to a logit, (n, features) to (n,): a linear map plus the inner product with what is told, embedded.

    Miyato and Koyama 2018 (arXiv:1802.05637), Equation 4. Computed in fp32, because a critic's loss reads differences
    of logits that bf16 would round away.

    Args:
        features: Width of the features.
        classes: How many classes there are; 0 for none.
        statistics: What is learned from the batch as a whole: one of `STATISTICS`.
        description: Width of a sample's description; 0 for none.
    """

    def __init__(self, features: int, classes: int, statistics: str = "none", description: int = 0) -> None:
        super().__init__()
        self.statistics = STATISTICS[statistics](features)
        size = self.statistics.size
        self.linear = nn.Linear(size, 1)
        self.embedding = embedding_of(classes, description, size)
        if self.embedding is not None:
            # What is told then begins with a say as large as the linear map's; a description's numbers are about 1.
            nn.init.normal_(self.embedding.weight, std=(size * max(1, description)) ** -0.5)  # type: ignore[arg-type]

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """Logits (n,), float32."""
        with torch.autocast(features.device.type, enabled=False):
            features = self.statistics(features.float())
            logits = self.linear(features).squeeze(1)
            if self.embedding is not None:
                logits = logits + (features * self.embedding(condition)).sum(1)
            return logits
