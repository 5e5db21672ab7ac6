"""R3GAN."""

from dataclasses import dataclass, field, replace
from typing import Literal

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
from zerosum.networks.r3gan import R3GANDiscriminator, R3GANGenerator
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class R3GAN(Adversarial):
    """Huang et al. 2024. Defaults: after the paper's for FFHQ at 64 x 64, except that Adam's betas stay constant."""

    usual_batch: int = 256
    """Real samples per round where --batch does not say."""
    latent_dim: int = 64
    """Width of the normal latent."""
    width: int = 768
    """Channels of every grid up to 64 x 64, halved for each larger one; units per layer for points."""
    group_width: int = 16
    """Channels of a group in the grouped convolutions."""
    blocks: int = 2
    """Residual blocks per grid; hidden layers of the perceptrons that stand in where the data are points."""
    magnify: float = 1.0
    """What the discriminator of points multiplies its input by."""
    widths: tuple[int, ...] = ()
    """Channels of each grid, from the smallest to the picture's, where they follow no rule; empty for `width`'s."""
    groups: tuple[int, ...] = ()
    """Groups of each grid's grouped convolutions, likewise; empty for `group_width`'s."""
    grid_blocks: tuple[int, ...] = ()
    """Residual blocks of each grid, likewise; empty for as many everywhere as `blocks` says."""
    expansion: int = 2
    """Channels inside a block, as a multiple of those outside."""
    class_embedding_dim: int = 64
    """Width of the class embedding."""
    judged_embedding_dim: int | None = None
    """Width of the discriminator's class embedding; None for that of the generator's."""
    loss: LossName = "relativistic"
    """What the two play for (Equation 2)."""
    penalties: str = "r1=2,r2=2"
    """What is added to the losses; the weight is gamma at the start."""
    penalty_precision: Literal["full", "networks"] = "networks"
    """R1 and R2 share the pass of the loss, in half the time: in bfloat16 their gradients are as exact as its own."""
    final_penalty: float = 0.1
    """The penalties' weights end at this share of what they begin with: gamma 0.2."""
    optimizer: Adam = field(
        default_factory=lambda: Adam(rate=2e-4, betas=(0.0, 0.99), final_rate=5e-5, decay_samples=10_000_000)
    )
    """Optimizer of both players."""
    average: Average = field(default_factory=lambda: Average(half_life=500_000))
    """Moving average of the generator's weights, which is what is sampled."""


@recipe(
    "r3gan",
    kinds=("image", "points"),
    presets={
        "points": replace(
            R3GAN(),
            usual_batch=128,
            latent_dim=8,
            width=64,
            blocks=4,
            magnify=1.5,
            penalties="r1=0.02,r2=0.02",
            final_penalty=1.0,
            penalty_every=4,
            optimizer=Adam(rate=3e-3, betas=(0.5, 0.9), final_rate=2e-4, decay_samples=400_000),
            average=Average(half_life=20_000, ramp=0.02),
        )
    },
    paper="Huang et al. 2024, https://arxiv.org/abs/2501.05441",
)
def r3gan(config: R3GAN, space: Space) -> Game:
    """Relativistic pairs under R1 and R2 on plain residual networks: the modern baseline."""
    latent, classes = config.latent_dim, len(space.classes)
    if space.kind == "image":
        widths = config.widths or grid_widths(space, config.width)
        groups = config.groups or [max(1, width * config.expansion // config.group_width) for width in widths]
        stages = (widths, groups, config.grid_blocks or [config.blocks] * len(widths), config.expansion)
        embedding, judged = config.class_embedding_dim, config.judged_embedding_dim or config.class_embedding_dim
        generator = R3GANGenerator(space.shape, latent, *stages, classes, embedding)
        discriminator = R3GANDiscriminator(config.seen(space.shape), *stages, classes, judged, config.batch_statistics)
    else:
        generator = PerceptronGenerator(space.shape, latent, config.width, config.blocks, classes)
        discriminator = PerceptronDiscriminator(
            config.seen(space.shape), config.width, config.blocks, classes, config.magnify, config.batch_statistics
        )
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Normal(latent),
        rules=rules_of(config, space),
    )


def grid_widths(space: Space, width: int) -> list[int]:
    """Channels of each grid, from the smallest to the picture's."""
    _, height, columns = space.shape
    doublings = Pyramid.of(height, columns).doublings
    shorter = [min(height, columns) / 2 ** (doublings - index) for index in range(doublings + 1)]
    return [width if side <= 64 else max(16, int(width * 64 / side) // 16 * 16) for side in shorter]
