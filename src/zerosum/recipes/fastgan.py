"""FastGAN: few pictures, little time."""

from dataclasses import dataclass, field, replace
from typing import Literal

from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.auxiliary import reconstruction
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.networks.fastgan import FastGANDiscriminator, FastGANGenerator, Redrawing
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class FastGAN(Adversarial):
    """Liu et al. 2021. Defaults: Section 3, and widths, rates and margins as in the authors' training."""

    usual_batch: int = 8
    """Real samples per round where --batch does not say (Section 4)."""
    latent_dim: int = 256
    """Width of the normal latent (Section 3)."""
    generator_width: int = 64
    """Channels of the generator's grid of 128 x 128; smaller grids have up to 16 times as many, larger ones fewer."""
    discriminator_width: int = 64
    """Channels of the discriminator's grid of 128 x 128; they double with each halving."""
    excitation_doublings: int = 4
    """A grid scales the channels of the one so many doublings larger: 8 x 8 those of 128 x 128 (Section 3.1)."""
    reconstruction_weight: float = 1.0
    """Weight of how far pictures drawn from the discriminator's features are from the real ones (Equation 3)."""
    reconstruction_width: int = 32
    """Channels of the last hidden grid of what draws them; they double towards the features."""
    loss: LossName = "random-hinge"
    """What the two play for (Equations 3 and 4)."""
    augment: Literal["none", "diffaugment", "ada"] = "diffaugment"
    """What the discriminator's pictures go through (Section 4)."""
    augment_probability: float = 1.0
    """Share of pictures that each change is applied to."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=2e-4, betas=(0.5, 0.999)))
    """Optimizer of both players."""
    average: Average = field(default_factory=lambda: Average(half_life=5_500))
    """Moving average of the generator's weights, which is what is sampled: a decay of 0.999 for each 8 samples."""


SMALL = replace(
    FastGAN(),
    usual_batch=32,
    latent_dim=128,
    generator_width=16,
    discriminator_width=16,
    excitation_doublings=2,
    reconstruction_width=16,
    augment_probability=0.5,
    optimizer=Adam(rate=1e-3, betas=(0.5, 0.999)),
    average=Average(),
)
"""At most 48 pixels, on a processor: fewer channels, and a higher rate for fewer samples."""

LARGE = replace(SMALL, excitation_doublings=3)
"""More pixels, on a processor."""


@recipe(
    "fastgan",
    kinds=("image",),
    presets={"paper": FastGAN(), "small": SMALL, "large": LARGE},
    suitable=by_size,
    paper="Liu et al. 2021, https://arxiv.org/abs/2101.04775",
)
def fastgan(config: FastGAN, space: Space) -> Game:
    """For few pictures: a discriminator that must draw them again, and small grids that scale large ones."""
    classes, seen = len(space.classes), config.seen(space.shape)
    generator = FastGANGenerator(
        space.shape, config.latent_dim, config.generator_width, config.excitation_doublings, classes
    )
    discriminator = FastGANDiscriminator(
        seen, config.discriminator_width, classes, not config.judges_alone, config.batch_statistics
    )
    discriminator = bounded(discriminator, config.spectral_norm)
    discriminator.auxiliary = Redrawing(discriminator, seen[0], config.reconstruction_width)
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(discriminator, config.optimizer),
        prior=Normal(config.latent_dim),
        rules=rules_of(config, space, reconstruction(config.reconstruction_weight)),
    )
