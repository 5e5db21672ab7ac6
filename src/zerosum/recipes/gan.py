"""The first adversarial nets."""

from dataclasses import dataclass, field, replace
from functools import partial

from zerosum.config.adversarial import Adversarial
from zerosum.config.average import Average
from zerosum.config.optimizer import MomentumSGD
from zerosum.core.errors import SettingError
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.priors import Uniform
from zerosum.game.rules import rules_of
from zerosum.networks.goodfellow import GoodfellowDiscriminator, GoodfellowGenerator, limit_weight_norms
from zerosum.nn import spectral


@dataclass(frozen=True, kw_only=True)
class GAN(Adversarial):
    """Goodfellow et al. 2014. Defaults: the settings that the authors published for MNIST."""

    usual_batch: int = 100
    """Real samples per round where --batch does not say."""
    latent_dim: int = 100
    """Width of the uniform noise, the only randomness the generator has."""
    generator_width: int = 1200
    """ReLU units in each of the generator's two hidden layers."""
    discriminator_units: int = 240
    """Maxout units in each of the discriminator's two hidden layers."""
    discriminator_pieces: int = 5
    """Linear pieces of each maxout unit."""
    input_dropout: float = 0.2
    """Share of a sample's numbers that the discriminator does not get to see."""
    hidden_dropout: float = 0.5
    """Share of the discriminator's units that are dropped."""
    largest_norm: float | None = None
    """No unit of the discriminator has incoming weights of a larger norm; None, as published, does not limit them."""
    generator_optimizer: MomentumSGD = field(default_factory=MomentumSGD)
    """Optimizer of the generator."""
    discriminator_optimizer: MomentumSGD = field(default_factory=lambda: MomentumSGD(rate=0.05))
    """Optimizer of the discriminator: the same rate on half of Equation 1, which is the loss that they used."""
    average_half_life: int | None = None
    """Samples; None samples from the last weights, as published."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("input_dropout", "hidden_dropout"):
            if not 0 <= getattr(self, name) < 1:
                flag = f"--{name.replace('_', '-')}"
                raise SettingError(f"{flag} is {getattr(self, name)}; it must be at least 0 and less than 1.")


POINTS = replace(
    GAN(),
    usual_batch=256,
    latent_dim=16,
    generator_width=128,
    discriminator_units=64,
    input_dropout=0.0,
    hidden_dropout=0.0,
    largest_norm=1.9365,
    generator_optimizer=MomentumSGD(rate=0.02, momentum_samples=1_000_000),
    discriminator_optimizer=MomentumSGD(rate=0.02, momentum_samples=1_000_000),
)


LARGE = replace(
    GAN(),
    largest_norm=1.9365,
    generator_optimizer=MomentumSGD(rate=0.02),
    discriminator_optimizer=MomentumSGD(rate=0.01),
)
"""More numbers than a digit has: their sum moves a unit further, and what suits digits ends in infinities."""


def by_numbers(space: Space) -> str:
    """The preset for a kind of samples and, of pictures, for how many numbers they consist of."""
    return "large" if space.kind == "image" and space.size > 1024 else space.kind


@recipe(
    "gan",
    kinds=("image", "points"),
    presets={"points": POINTS, "large": LARGE},
    suitable=by_numbers,
    condition=None,
    paper="Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661",
)
def gan(config: GAN, space: Space) -> Game:
    """The 2014 original: perceptrons, maxout and dropout, trained by momentum."""
    bounded, limit = space.kind == "image", config.largest_norm
    average = None if config.average_half_life is None else Average(half_life=config.average_half_life)
    generator = GoodfellowGenerator(space.shape, config.latent_dim, config.generator_width, bounded)
    discriminator = GoodfellowDiscriminator(
        config.seen(space.shape),
        config.discriminator_units,
        config.discriminator_pieces,
        config.input_dropout,
        config.hidden_dropout,
        bounded,
        config.batch_statistics,
    )
    return adversarial_game(
        generator=Player(generator, config.generator_optimizer, average),
        discriminator=Player(
            spectral.bounded(discriminator, config.spectral_norm),
            config.discriminator_optimizer,
            constrain=None if limit is None else partial(limit_weight_norms, largest=limit),
        ),
        prior=Uniform(config.latent_dim),
        rules=rules_of(config, space),
    )
