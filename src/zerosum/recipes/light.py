"""The game of R3GAN on networks light enough for a processor without a graphics card."""

from dataclasses import dataclass, field, replace

from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.networks.light import LightDiscriminator, LightGenerator
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class Light(Adversarial):
    """Relativistic pairs under R1 and R2 (Huang et al. 2024), on cheap networks. Defaults: measured on small digits."""

    usual_batch: int = 64
    """Real samples per round where --batch does not say."""
    latent_dim: int = 64
    """Width of the normal latent."""
    generator_width: int = 64
    """Channels of the generator's grid at half the picture's size; they double towards the base."""
    discriminator_width: int = 32
    """Channels of the discriminator's grid at half the picture's size; they double towards the base."""
    largest_width: int = 256
    """No grid has more channels than this."""
    loss: LossName = "relativistic"
    penalties: str = "r1=1,r2=1"
    penalty_every: int = 16
    optimizer: Adam = field(
        default_factory=lambda: Adam(rate=2e-3, betas=(0.0, 0.99), final_rate=2e-4, decay_samples=400_000)
    )
    """Optimizer of both players."""
    average: Average = field(default_factory=Average)
    """Moving average of the generator's weights, which is what is sampled."""


COLOUR = replace(
    Light(),
    generator_width=48,
    discriminator_width=48,
    penalties="r1=0.2,r2=0.2",
    penalty_every=4,
    optimizer=Adam(rate=1e-3, betas=(0.0, 0.99), final_rate=2e-4, decay_samples=1_000_000),
)
"""Small pictures in colour: more for the discriminator to see, and less held back by the penalty."""

LARGE = replace(COLOUR, generator_width=32, discriminator_width=24, penalties="r1=3,r2=3")
"""More than 48 pixels: a firmer penalty, since its norm grows with the pixels, and fewer channels on larger grids."""


def by_detail(space: Space) -> str:
    """The preset for pictures of a size and number of channels."""
    channels, height, width = space.shape
    if max(height, width) > 48:
        return "large"
    return "grey" if channels == 1 else "colour"


@recipe(
    "light",
    kinds=("image",),
    presets={"colour": COLOUR, "large": LARGE},
    suitable=by_detail,
    paper="game: Huang et al. 2024, https://arxiv.org/abs/2501.05441",
)
def light(config: Light, space: Space) -> Game:
    """R3GAN's game on small, cheap convolutions: the default without a graphics card."""
    classes = len(space.classes)
    generator = LightGenerator(space.shape, config.latent_dim, config.generator_width, config.largest_width, classes)
    discriminator = LightDiscriminator(
        config.seen(space.shape), config.discriminator_width, config.largest_width, classes, config.batch_statistics
    )
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Normal(config.latent_dim),
        rules=rules_of(config, space),
    )
