"""The generator of Brock et al. 2019 (arXiv:1809.11096), Section 3.1 and Appendix B, and the first weights of the pair.

The discriminator is that of `networks.sngan`.
"""

from collections.abc import Sequence
from functools import partial

from torch import Tensor, nn

from zerosum.nn.classes import ClassLatent
from zerosum.nn.residual import ResidualSynthesis


class BigGANGenerator(nn.Module):
    """Latents (n, chunk * chunks) and class indices (n,) to pictures (n, channels, height, width) in [-1, 1].

    The first chunk of the latent becomes the smallest grid; each block's batch normalisation is told a chunk of its own
    with the class's embedding behind it, which all share. Without classes the chunk alone tells it, as in Chen et al.
    2019 (arXiv:1810.01365).

    Args:
        shape: (channels, height, width) of a picture.
        chunk: Width of a chunk of the latent.
        widths: Channels of each grid, from the base of the picture's pyramid to the picture.
        classes: How many classes there are; 0 for none.
        embedding_dim: Width of the shared class embedding.
        attention: Shorter side of the grid whose cells attend to each other, see `Pyramid.level`; None for none.
        pooled: What they attend to, see `SelfAttention`.
        hierarchical: Whether there is a chunk for each block, beside that for the first grid; else blocks are told the
            class alone.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        chunk: int,
        widths: Sequence[int],
        classes: int = 0,
        embedding_dim: int = 128,
        attention: int | None = None,
        pooled: bool = False,
        hierarchical: bool = True,
    ) -> None:
        super().__init__()
        self.chunk, self.hierarchical = chunk, hierarchical
        self.told = ClassLatent(chunk if hierarchical else 0, classes, embedding_dim)
        told = partial(nn.Linear, self.told.size, bias=False) if self.told.size else None
        self.synthesis = ResidualSynthesis(chunk, shape, widths, told, attention, pooled)
        self.apply(initialise)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Pictures (n, channels, height, width)."""
        first, *chunks = latent.split(self.chunk, 1)
        if not self.hierarchical:
            chunks = [latent[:, :0]] * len(self.synthesis.blocks)
        return self.synthesis(first, [self.told(chunk, condition) for chunk in chunks])


def initialise(module: nn.Module) -> None:
    """Weights that are orthogonal matrices (Section 3: Saxe et al. 2014); biases zero."""
    if isinstance(module, nn.Conv2d | nn.Linear | nn.Embedding) and not module.weight.is_meta:
        nn.init.orthogonal_(module.weight)
    if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)
