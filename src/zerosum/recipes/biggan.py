"""BigGAN."""

from dataclasses import dataclass, field, replace

from torch import Tensor

from zerosum.config.adversarial import LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.config.residual import Residual
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game, generate
from zerosum.game.game import Game, Modules, Player
from zerosum.game.priors import Normal, truncated_normal
from zerosum.game.rules import rules_of
from zerosum.networks.biggan import BigGANGenerator, initialise
from zerosum.networks.sngan import SNGANDiscriminator
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.residual import channel_multiples
from zerosum.nn.spectral import MAPS, bounded


@dataclass(frozen=True, kw_only=True)
class BigGAN(Residual):
    """Brock et al. 2019. Defaults: those for ImageNet at 128 x 128 (Section 3, Appendices B and C)."""

    usual_batch: int = 2048
    """Real samples per round where --batch does not say (Table 1)."""
    chunk_dim: int = 20
    """Width of each chunk of the normal latent: one for the first grid, and one for each block (Appendix B)."""
    hierarchical: bool = True
    """Without it there is but one chunk, for the first grid, and blocks are told the class alone."""
    class_embedding_dim: int = 128
    """Width of the class embedding that all blocks share (Appendix B)."""
    generator_width: int = 96
    """Channels of the generator's grid at the picture's size (Table 1, Ch.); they grow to 16-fold at the base."""
    discriminator_width: int = 96
    """Channels of the discriminator's grid at half the picture's size; they grow likewise."""
    attention: int | None = 64
    """Cells attend to each other, in both players, on the largest grid below the picture's whose shorter side is at
    most this (Appendix B, tables); None for no attention."""
    loss: LossName = "hinge"
    """What the two play for (Section 3)."""
    penalties: str = "generator-orthogonal=1e-4"
    """What is added to the losses (Equation 3, beta)."""
    spectral_norm: bool = True
    """Divide the weight of every layer of the discriminator by its largest singular value."""
    generator_spectral_norm: bool = True
    """Divide the generator's weights likewise (Section 3)."""
    discriminator_steps: int = 2
    """Moves of the discriminator per generator move (Section 3)."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=5e-5, betas=(0.0, 0.999)))
    """Optimizer of both players, with the generator's rate (Appendix C)."""
    discriminator_rate: float = 4.0
    """The discriminator's learning rate, as a multiple of the optimizer's: 2e-4 (Appendix C)."""
    average: Average = field(default_factory=lambda: Average(half_life=14_200_000))
    """Moving average of the generator's weights, which is what is sampled: a decay of 0.9999 for each 2048 samples."""


SMALL = replace(
    BigGAN(),
    usual_batch=32,
    class_embedding_dim=32,
    generator_width=32,
    discriminator_width=32,
    attention=16,
    discriminator_steps=1,
    optimizer=Adam(rate=1e-3, betas=(0.0, 0.99), final_rate=2e-4, decay_samples=400_000),
    discriminator_rate=0.5,
    average=Average(),
)
"""For a processor: fewer channels, more and smaller rounds at higher rates, as many moves of one player as of the
other. At these rates the discriminator has to be the slower one: in short trials on digits it otherwise swung between
calling all samples real and none."""


@recipe(
    "biggan",
    kinds=("image",),
    presets={
        "paper": BigGAN(),
        "small": SMALL,
        "large": replace(SMALL, generator_width=16, discriminator_width=16),
    },
    suitable=by_size,
    paper="Brock et al. 2019, https://arxiv.org/abs/1809.11096",
)
def biggan(config: BigGAN, space: Space) -> Game:
    """Every block of the generator is told the class and a part of the latent of its own; knows truncation."""
    classes = len(space.classes)
    _, height, width = space.shape
    doublings = Pyramid.of(height, width).doublings
    chunks = doublings + 1 if config.hierarchical else 1
    multiples = channel_multiples(doublings)
    generator = BigGANGenerator(
        space.shape,
        config.chunk_dim,
        config.generator_widths or [config.generator_width * multiple for multiple in reversed(multiples)],
        classes,
        config.class_embedding_dim,
        config.attention,
        config.pooled_attention,
        config.hierarchical,
    )
    discriminator = SNGANDiscriminator(
        config.seen(space.shape),
        config.discriminator_widths or [config.discriminator_width * multiple for multiple in multiples],
        config.discriminator_halvings or doublings,
        classes,
        config.batch_statistics,
        config.attention,
        config.pooled_attention,
    ).apply(initialise)
    game = adversarial_game(
        generator=Player(bounded(generator, config.generator_spectral_norm, MAPS), config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Normal(config.chunk_dim * chunks),
        rules=rules_of(config, space),
    )
    return replace(game, truncated=truncated, chunks=chunks)


def truncated(modules: Modules, latents: Tensor, condition: Tensor | None, truncation: float) -> Tensor:
    """Samples (n, ...) whose latents are drawn from a normal distribution that is cut off at +-truncation."""
    return generate(modules, truncated_normal(latents, truncation), condition)
