"""Self-attention GAN."""

from dataclasses import dataclass, field, replace

from zerosum.config.adversarial import LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.config.residual import Residual
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.networks.sngan import SNGANDiscriminator, SNGANGenerator
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.residual import channel_multiples
from zerosum.nn.spectral import MAPS, bounded


@dataclass(frozen=True, kw_only=True)
class SAGAN(Residual):
    """Zhang et al. 2019. Defaults: Section 4, for ImageNet at 128 x 128."""

    usual_batch: int = 256
    """Real samples per round where --batch does not say."""
    latent_dim: int = 128
    """Width of the normal latent."""
    generator_width: int = 64
    """Channels of the generator's grid at the picture's size; they double towards the base, up to sixteenfold."""
    discriminator_width: int = 64
    """Channels of the discriminator's grid at half the picture's size; they double likewise."""
    attention: int | None = 32
    """Cells attend to each other, in both players, on the largest grid below the picture's whose shorter side is at
    most this (Table 1, feat32); None for no attention."""
    loss: LossName = "hinge"
    """What the two play for (Equation 4)."""
    spectral_norm: bool = True
    """Divide the weight of every layer of the discriminator by its largest singular value (Section 3.3)."""
    generator_spectral_norm: bool = True
    """Divide the generator's weights likewise (Section 3.3)."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=1e-4, betas=(0.0, 0.9)))
    """Optimizer of both players, with the generator's rate (Section 4)."""
    discriminator_rate: float = 4.0
    """The discriminator's learning rate, as a multiple of the optimizer's: 4e-4 (Section 4)."""
    average: Average = field(default_factory=Average)
    """Moving average of the generator's weights, which is what is sampled; younger than the paper."""


SMALL = replace(
    SAGAN(),
    usual_batch=32,
    latent_dim=64,
    generator_width=32,
    discriminator_width=32,
    attention=16,
    optimizer=Adam(rate=1e-3, betas=(0.0, 0.9), final_rate=2e-4, decay_samples=400_000),
    discriminator_rate=0.5,
)
"""For a processor: fewer channels, more and smaller rounds at higher rates. At them the discriminator has to be the
slower one: in short trials on digits it otherwise swung between calling all samples real and none."""


@recipe(
    "sagan",
    kinds=("image",),
    presets={
        "paper": SAGAN(),
        "small": SMALL,
        "large": replace(SMALL, generator_width=16, discriminator_width=16),
    },
    suitable=by_size,
    paper="Zhang et al. 2019, https://arxiv.org/abs/1805.08318",
)
def sagan(config: SAGAN, space: Space) -> Game:
    """Self-attention on a middle grid, spectral normalisation of both players, a faster discriminator."""
    latent, classes = config.latent_dim, len(space.classes)
    _, height, width = space.shape
    doublings = Pyramid.of(height, width).doublings
    multiples = channel_multiples(doublings)
    widths = config.generator_widths or [config.generator_width * multiple for multiple in reversed(multiples)]
    generator = SNGANGenerator(space.shape, latent, widths, classes, config.attention, config.pooled_attention)
    discriminator = SNGANDiscriminator(
        config.seen(space.shape),
        config.discriminator_widths or [config.discriminator_width * multiple for multiple in multiples],
        config.discriminator_halvings or doublings,
        classes,
        config.batch_statistics,
        config.attention,
        config.pooled_attention,
    )
    return adversarial_game(
        generator=Player(bounded(generator, config.generator_spectral_norm, MAPS), config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Normal(latent),
        rules=rules_of(config, space),
    )
