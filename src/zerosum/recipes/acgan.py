"""Auxiliary classifier GAN."""

from dataclasses import dataclass, field, replace

from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.auxiliary import class_likelihood
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.nn.auxiliary import with_auxiliary
from zerosum.recipes.dcgan import DCGAN, dcgan_pair


@dataclass(frozen=True, kw_only=True)
class ACGAN(DCGAN):
    """Odena, Olah and Shlens 2017. Defaults: Appendix A, Table 2, for CIFAR-10, with DCGAN's discriminator."""

    usual_batch: int = 100
    """Real samples per round where --batch does not say (Table 2)."""
    latent_dim: int = 100
    """Width of the normal noise beside the class (Table 2: 110 with a class's one-hot vector)."""
    generator_width: int = 96
    """Channels of the generator's last hidden grid; they double towards the base (Table 2: 384, 192, 96)."""
    discriminator_width: int = 64
    """Channels of the discriminator's first hidden grid, as DCGAN has it; they double towards the base."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=2e-4, betas=(0.5, 0.999)))
    """Optimizer of both players (Table 2, the middle one of three rates)."""
    class_weight: float = 1.0
    """Weight of the class's log-likelihood in both players' losses (Section 3)."""


SMALL = replace(
    ACGAN(),
    generator_width=32,
    discriminator_width=32,
    loss="relativistic",
    penalties="r1=1,r2=1",
    penalty_every=16,
    optimizer=Adam(rate=2e-3, betas=(0.0, 0.99), final_rate=2e-4, decay_samples=400_000),
)
"""At most 48 pixels, for minutes on a processor: fewer channels and the game of `light`. In the published game each
class of digits collapsed to a few samples."""

LARGE = replace(
    SMALL,
    discriminator_width=24,
    penalties="r1=3,r2=3",
    penalty_every=4,
    optimizer=Adam(rate=1e-3, betas=(0.0, 0.99), final_rate=2e-4, decay_samples=1_000_000),
)
"""More pixels, with the values that `light` has for them."""


@recipe(
    "acgan",
    kinds=("image", "points"),
    presets={
        "small": SMALL,
        "large": LARGE,
        "paper": ACGAN(),
        "points": replace(ACGAN(), latent_dim=16, usual_batch=256, generator_width=128, discriminator_width=128),
    },
    suitable=by_size,
    needs_condition=True,
    paper="Odena, Olah and Shlens 2017, https://arxiv.org/abs/1610.09585",
)
def acgan(config: ACGAN, space: Space) -> Game:
    """A discriminator that also says which class a sample is of, and both players want it to be right."""
    classes = len(space.classes)
    generator, discriminator = dcgan_pair(config, space, config.latent_dim, classes, 0)
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(with_auxiliary(discriminator, config.seen(space.shape), classes), config.optimizer),
        prior=Normal(config.latent_dim),
        rules=rules_of(config, space, class_likelihood(config.class_weight)),
    )
