"""Settings that every autoencoder has."""

from dataclasses import dataclass, field

from zerosum.config.average import Average
from zerosum.config.optimizer import Adam


@dataclass(frozen=True, kw_only=True)
class Autoencoding:
    """An encoder and a decoder that are one player. Defaults: measured on small digits."""

    usual_batch: int = 64
    """Real samples per round where --batch does not say."""
    latent_dim: int = 16
    """Width of a code."""
    width: int = 64
    """Channels of the grid at half the picture's size, doubled towards the base; units per layer for points."""
    largest_width: int = 256
    """No grid has more channels than this."""
    depth: int = 3
    """Hidden layers of the perceptrons that stand in for the convolutions where the data are points."""
    optimizer: Adam = field(
        default_factory=lambda: Adam(rate=2e-3, betas=(0.9, 0.999), final_rate=1e-4, decay_samples=1_000_000)
    )
    """Optimizer of encoder and decoder together."""
    average: Average = field(default_factory=Average)
    """Moving average of the weights, which is what is sampled with."""
