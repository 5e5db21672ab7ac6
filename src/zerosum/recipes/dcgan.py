"""Deep convolutional GAN."""

from dataclasses import dataclass, field, replace
from typing import Literal

from torch import nn

from zerosum.config.adversarial import Adversarial
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal, Prior, Uniform
from zerosum.game.rules import rules_of
from zerosum.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from zerosum.networks.perceptron import PerceptronDiscriminator, PerceptronGenerator
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class DCGAN(Adversarial):
    """Radford, Metz and Chintala 2016. Defaults: Section 4 and the authors' code, which has 64 base channels."""

    usual_batch: int = 128
    """Real samples per round where --batch does not say (Section 4)."""
    latent_dim: int = 100
    """Width of the noise (Figure 1)."""
    latents: Literal["uniform", "normal"] = "uniform"
    """How the noise is distributed (Figure 1: uniform), with variance 1."""
    generator_width: int = 64
    """Channels of the generator's last hidden grid; they double towards the base. Figure 1 draws 128."""
    discriminator_width: int = 64
    """Channels of the discriminator's first hidden grid; they double towards the base."""
    depth: int = 3
    """Hidden layers of the perceptrons that stand in for the convolutions where the data are points."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=2e-4, betas=(0.5, 0.999)))
    """Optimizer of both players (Section 4)."""
    average: Average = field(default_factory=Average)
    """Moving average of the generator's weights, which is what is sampled; younger than the paper."""


PRIORS: dict[str, type[Prior]] = {"uniform": Uniform, "normal": Normal}
"""By the name that settings have for them."""

POINTS = replace(DCGAN(), latent_dim=16, usual_batch=256, generator_width=128, discriminator_width=128)

LINE = replace(
    POINTS,
    latent_dim=1,
    generator_width=64,
    discriminator_width=64,
    penalties="r1=0.003",
    discriminator_steps=2,
    discriminator_rate=6.0,
    optimizer=Adam(rate=5e-4, betas=(0.0, 0.9), final_rate=5e-5, decay_samples=400_000),
)
"""One dimension and one latent, as in Figure 1 of Goodfellow et al. 2014: a discriminator that keeps up, and R1, which
brings the game to rest."""


def by_dimension(space: Space) -> str:
    """The preset for a space."""
    return "line" if space.shape == (1,) else space.kind


@recipe(
    "dcgan",
    kinds=("image", "points"),
    presets={"points": POINTS, "line": LINE},
    suitable=by_dimension,
    paper="Radford, Metz and Chintala 2016, https://arxiv.org/abs/1511.06434",
)
def dcgan(config: DCGAN, space: Space) -> Game:
    """Strided convolutions and batch normalisation: the plain convolutional baseline."""
    classes = len(space.classes)
    generator, discriminator = dcgan_pair(config, space, config.latent_dim, classes, classes)
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(discriminator, config.optimizer),
        prior=PRIORS[config.latents](config.latent_dim),
        rules=rules_of(config, space),
    )


def dcgan_pair(
    config: DCGAN, space: Space, latent_dim: int, generated: int, judged: int, units: int | None = None
) -> tuple[nn.Module, Discriminator]:
    """A generator and a discriminator of these sizes: convolutions for pictures, perceptrons for points.

    Args:
        config: Their sizes and norms.
        space: What a sample is.
        latent_dim: Width of a latent.
        generated: How many classes the generator is told; 0 for none.
        judged: How many classes the discriminator is told.
        units: Of a fully connected layer at the latent's end of either player of pictures; None for none.
    """
    seen, statistics = config.seen(space.shape), config.batch_statistics
    if space.kind == "image":
        generator = DCGANGenerator(space.shape, latent_dim, config.generator_width, classes=generated, units=units)
        discriminator = DCGANDiscriminator(
            seen,
            config.discriminator_width,
            classes=judged,
            normalised=not config.judges_alone,
            statistics=statistics,
            units=units,
        )
    else:
        generator = PerceptronGenerator(space.shape, latent_dim, config.generator_width, config.depth, generated)
        width, depth = config.discriminator_width, config.depth
        discriminator = PerceptronDiscriminator(seen, width, depth, judged, 1.0, statistics)
    return generator, bounded(discriminator, config.spectral_norm)
