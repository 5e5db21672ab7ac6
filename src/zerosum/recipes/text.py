"""Pictures from words."""

from dataclasses import dataclass, field, replace
from typing import Literal

from torch import Tensor

from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game, generate
from zerosum.game.game import Game, Modules, Player
from zerosum.game.priors import Normal, truncated_normal
from zerosum.game.rules import rules_of
from zerosum.networks.light import LightDiscriminator, LightGenerator
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class Text(Adversarial):
    """The matching-aware game of Reed et al. 2016, with what has been learned since. Defaults: measured on emoji."""

    usual_batch: int = 64
    """Real samples per round where --batch does not say (Section 5)."""
    latent_dim: int = 64
    """Width of the normal latent beside the caption (Section 4.1: 100)."""
    generator_width: int = 32
    """Channels of the generator's grid at half the picture's size; they double towards the base."""
    discriminator_width: int = 24
    """Channels of the discriminator's grid at half the picture's size; they double towards the base."""
    largest_width: int = 256
    """No grid has more channels than this."""
    loss: LossName = "relativistic"
    """What the two play for; the paper's minimax game (Algorithm 1) is --loss non-saturating."""
    penalties: str = "r1=1,r2=1"
    """What is added to the losses; younger than the paper."""
    penalty_every: int = 8
    """Rounds from one evaluation of the penalties to the next."""
    matching: float = 1.0
    """Weight of the term in which real pictures beside another's caption count as generated (Algorithm 1: 1/2 of what
    both kinds of wrong pairs weigh)."""
    augment: Literal["none", "diffaugment", "ada"] = "diffaugment"
    """What the discriminator's pictures go through: captioned sets are small; younger than the paper."""
    optimizer: Adam = field(
        default_factory=lambda: Adam(rate=1e-3, betas=(0.0, 0.99), final_rate=2e-4, decay_samples=1_000_000)
    )
    """Optimizer of both players."""
    average: Average = field(default_factory=Average)
    """Moving average of the generator's weights, which is what is sampled; younger than the paper."""


@recipe(
    "text",
    kinds=("image",),
    condition="captions",
    needs_condition=True,
    paper="Reed et al. 2016, https://arxiv.org/abs/1605.05396",
)
def text(config: Text, space: Space) -> Game:
    """Words are read by a frozen sentence encoder; the discriminator also judges whether they match the picture."""
    width = space.condition_width
    generator = LightGenerator(space.shape, config.latent_dim, config.generator_width, config.largest_width, 0, width)
    discriminator = LightDiscriminator(
        config.seen(space.shape), config.discriminator_width, config.largest_width, 0, config.batch_statistics, width
    )
    game = adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Normal(config.latent_dim),
        rules=rules_of(config, space),
    )
    return replace(game, truncated=truncated)


def truncated(modules: Modules, latents: Tensor, condition: Tensor | None, truncation: float) -> Tensor:
    """Samples (n, ...) whose latents are drawn from a normal distribution that is cut off at +-truncation."""
    return generate(modules, truncated_normal(latents, truncation), condition)
