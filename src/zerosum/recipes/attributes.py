"""Pictures with the attributes that are asked for."""

from dataclasses import dataclass, field, replace

from zerosum.config.adversarial import Adversarial
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_side
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.auxiliary import attribute_likelihood
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.networks.srresnet import SRResNetDiscriminator, SRResNetGenerator
from zerosum.nn.auxiliary import with_auxiliary
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class Attributes(Adversarial):
    """Jin et al. 2017. Defaults: those for anime characters at 128 x 128 (Section 3)."""

    usual_batch: int = 64
    """Real samples per round where --batch does not say (Section 3.3)."""
    latent_dim: int = 128
    """Width of the normal latent beside the attributes (Figure 4)."""
    generator_width: int = 64
    """Channels of the generator's grids (Figure 4)."""
    blocks: int = 16
    """Residual blocks on the generator's smallest grid (Figure 4)."""
    doublings: int = 3
    """From the generator's smallest grid, 16 x 16 of 128 pixels, to the picture (Figure 4)."""
    discriminator_width: int = 32
    """Channels of the discriminator's grid at half the picture's size; they double towards the base (Figure 5)."""
    largest_width: int = 1024
    """No grid of the discriminator has more channels than this."""
    discriminator_blocks: int = 2
    """Residual blocks on each of the discriminator's grids (Figure 5)."""
    folded: bool = False
    """Draw and judge four pixels as one cell of a grid of half the size: several times as fast, and no longer as
    published."""
    attribute_weight: float = 1.0
    """Weight of the mean log-likelihood of the attributes in both players' losses. The published losses add up 34
    attributes and weigh the game 34-fold, which is the same but for a factor in all terms."""
    penalties: str = "dragan=0.015"
    """What is added to the losses (Section 3.2: 0.5, beside a game that weighs 34)."""
    optimizer: Adam = field(
        default_factory=lambda: Adam(rate=2e-4, betas=(0.5, 0.999), final_rate=2e-5, decay_samples=6_400_000)
    )
    """Optimizer of both players (Section 3.3); the published rate falls after 3.2 million samples."""
    average: Average = field(default_factory=Average)
    """Moving average of the generator's weights, which is what is sampled; younger than the paper."""


SMALL = replace(
    Attributes(),
    latent_dim=64,
    blocks=4,
    doublings=2,
    discriminator_width=32,
    largest_width=256,
    discriminator_blocks=1,
    folded=True,
    loss="relativistic",
    penalties="r1=0.2,r2=0.2",
    penalty_every=4,
    gradient_clip=10.0,
    optimizer=Adam(rate=5e-4, betas=(0.0, 0.99), final_rate=2e-4, decay_samples=1_000_000),
)
"""At most 48 pixels, on a processor: the game of `light` on these networks. At twice the rate and without clipping, a
discriminator that had just learned all attributes by heart was thrown by one batch, and the game with it."""

LARGE = replace(SMALL, doublings=3, discriminator_width=24, penalties="r1=3,r2=3")
"""Up to 128 pixels, on a processor."""


@recipe(
    "attributes",
    kinds=("image",),
    condition="attributes",
    needs_condition=True,
    presets={"paper": Attributes(), "small": SMALL, "large": LARGE},
    suitable=by_side,
    paper="Jin et al. 2017, https://arxiv.org/abs/1708.05509",
)
def attributes(config: Attributes, space: Space) -> Game:
    """Several labels at once: a discriminator that also names the attributes, and both players want it to be right."""
    width = space.condition_width
    generator = SRResNetGenerator(
        space.shape, config.latent_dim, config.generator_width, config.blocks, config.doublings, width, config.folded
    )
    seen = config.seen(space.shape)
    discriminator = SRResNetDiscriminator(
        seen,
        config.discriminator_width,
        config.largest_width,
        config.discriminator_blocks,
        config.batch_statistics,
        config.folded,
    )
    judge = with_auxiliary(bounded(discriminator, config.spectral_norm), seen, width)
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(judge, config.optimizer),
        prior=Normal(config.latent_dim),
        rules=rules_of(config, space, attribute_likelihood(config.attribute_weight)),
    )
