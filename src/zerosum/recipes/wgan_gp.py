"""Wasserstein GAN with gradient penalty."""

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
from zerosum.networks.perceptron import PerceptronDiscriminator, PerceptronGenerator
from zerosum.networks.wgan_gp import ResidualCritic, ResidualGenerator
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class WGANGP(Adversarial):
    """Gulrajani et al. 2017. Defaults: Algorithm 1 and the CIFAR-10 networks of Appendix F."""

    usual_batch: int = 64
    """Real samples per round where --batch does not say (Algorithm 1, m)."""
    latent_dim: int = 128
    """Width of the normal latent (Appendix F)."""
    width: int = 128
    """Channels of every hidden grid (Appendix F); units per layer where the data are points."""
    depth: int = 3
    """Hidden layers of the perceptrons that stand in for the convolutions where the data are points."""
    magnify: float = 1.0
    """What the critic of points multiplies its input by."""
    loss: LossName = "wasserstein"
    """What the two play for (Equation 2)."""
    penalties: str = "gradient-penalty=10"
    """What is added to the losses (Algorithm 1, lambda)."""
    discriminator_steps: int = 5
    """Critic moves per generator move (Algorithm 1, n_critic)."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=2e-4, betas=(0.0, 0.9)))
    """Optimizer of both players (Appendix F)."""
    average: Average = field(default_factory=Average)
    """Moving average of the generator's weights, which is what is sampled; younger than the paper."""


@recipe(
    "wgan-gp",
    kinds=("image", "points"),
    presets={
        "points": replace(
            WGANGP(),
            usual_batch=128,
            latent_dim=8,
            width=64,
            depth=4,
            magnify=3.0,
            penalties="gradient-penalty=0.1",
            discriminator_steps=3,
            optimizer=Adam(rate=3e-3, betas=(0.5, 0.9), final_rate=2e-4, decay_samples=250_000),
            average=Average(half_life=20_000, ramp=0.02),
        )
    },
    paper="Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028",
)
def wgan_gp(config: WGANGP, space: Space) -> Game:
    """A critic that estimates the Wasserstein distance, held to unit slope by a penalty."""
    latent, classes = config.latent_dim, len(space.classes)
    if space.kind == "image":
        generator = ResidualGenerator(space.shape, latent, config.width, classes)
        critic = ResidualCritic(config.seen(space.shape), config.width, classes, config.batch_statistics)
    else:
        generator = PerceptronGenerator(space.shape, latent, config.width, config.depth, classes)
        critic = PerceptronDiscriminator(
            config.seen(space.shape), config.width, config.depth, classes, config.magnify, config.batch_statistics
        )
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(bounded(critic, config.spectral_norm), config.optimizer),
        prior=Normal(latent),
        rules=rules_of(config, space),
    )
