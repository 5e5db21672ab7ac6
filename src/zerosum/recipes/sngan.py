"""Spectrally normalised GAN."""

import math
from dataclasses import dataclass, field, replace

from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.networks.sngan import SNGANDiscriminator, SNGANGenerator
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class SNGAN(Adversarial):
    """Miyato et al. 2018. Defaults: the residual networks for CIFAR-10 (Table 4) and how they were trained."""

    usual_batch: int = 64
    """Real samples per round where --batch does not say (Section 4)."""
    latent_dim: int = 128
    """Width of the normal latent (Table 4)."""
    generator_width: int = 256
    """Channels of the generator's every hidden grid (Table 4)."""
    discriminator_width: int = 128
    """Channels of the discriminator's every hidden grid (Table 4)."""
    loss: LossName = "hinge"
    """What the two play for (Equations 16 and 17)."""
    spectral_norm: bool = True
    """Divide the weight of every layer of the discriminator by its largest singular value (Equation 8)."""
    discriminator_steps: int = 5
    """Moves of the discriminator per generator move (Section 4, n_dis)."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=2e-4, betas=(0.0, 0.9)))
    """Optimizer of both players (as in Gulrajani et al. 2017, whose networks these are)."""
    average: Average = field(default_factory=Average)
    """Moving average of the generator's weights, which is what is sampled; younger than the paper."""


SMALL = replace(
    SNGAN(),
    usual_batch=32,
    latent_dim=64,
    generator_width=48,
    discriminator_width=48,
    discriminator_steps=1,
    discriminator_rate=0.5,
    optimizer=Adam(rate=1e-3, betas=(0.0, 0.9), final_rate=2e-4, decay_samples=400_000),
)
"""For a processor: fewer channels, more and smaller rounds at higher rates, and as many moves of one player as of the
other. In short trials on digits, a discriminator as fast as the generator swung between calling all samples real and
none, as sums over a grid let it."""


@recipe(
    "sngan",
    kinds=("image",),
    presets={
        "paper": SNGAN(),
        "small": SMALL,
        "large": replace(SMALL, generator_width=32, discriminator_width=32),
    },
    suitable=by_size,
    paper="Miyato et al. 2018, https://arxiv.org/abs/1802.05957",
)
def sngan(config: SNGAN, space: Space) -> Game:
    """Residual networks and a discriminator whose every layer is divided by its largest singular value."""
    latent, classes = config.latent_dim, len(space.classes)
    _, height, width = space.shape
    doublings = Pyramid.of(height, width).doublings
    halvings = max(1, round(math.log2(min(height, width) / 8)))  # to about 8x8, where two further blocks follow
    generator = SNGANGenerator(space.shape, latent, [config.generator_width] * (doublings + 1), classes)
    widths = [config.discriminator_width] * (halvings + 2)
    discriminator = SNGANDiscriminator(config.seen(space.shape), widths, halvings, classes, config.batch_statistics)
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Normal(latent),
        rules=rules_of(config, space),
    )
