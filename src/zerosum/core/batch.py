"""One batch of real samples on its way to a loss."""

from dataclasses import dataclass

from torch import Tensor

from zerosum.core.seeding import Noise


@dataclass(frozen=True)
class Batch:
    """Real samples in the model's range, and the noise to set against them.

    Attributes:
        x: Encoded samples as the game shows them, shape (n, *space.shape), float32.
        condition: What is told of the samples: class indices, shape (n,), int64, or vectors that describe them, shape
            (n, space.condition_width), float32; None when nothing is.
        noise: Random numbers for these samples; the same however many processes share the global batch.
        position: Where the global batch begins in the sequence of samples.
        group: Which group of the data each sample belongs to, shape (n,), int64, for games that choose among groups.
    """

    x: Tensor
    condition: Tensor | None
    noise: Noise
    position: int = 0
    group: Tensor | None = None

    @property
    def total(self) -> int:
        """Samples in the global batch, over all processes."""
        return len(self.x) * self.noise.share.world

    def __len__(self) -> int:
        return len(self.x)
