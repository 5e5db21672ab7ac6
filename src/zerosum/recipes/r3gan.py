"""R3GAN."""

from dataclasses import dataclass, field, replace

from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.ramp import Ramp
from zerosum.core.errors import SettingError
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game, unchanged
from zerosum.game.augment import DiffAugment
from zerosum.game.game import Game, Player
from zerosum.game.objectives import RELATIVISTIC
from zerosum.game.penalties import Penalty, r1, r2
from zerosum.game.priors import Normal
from zerosum.networks.perceptron import PerceptronDiscriminator, PerceptronGenerator
from zerosum.networks.r3gan import R3GANDiscriminator, R3GANGenerator
from zerosum.nn.pyramid import Pyramid


@dataclass(frozen=True, kw_only=True)
class R3GAN:
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
    expansion: int = 2
    """Channels inside a block, as a multiple of those outside."""
    class_embedding_dim: int = 64
    """Width of the class embedding."""
    penalty_weight: float = 2.0
    """Weight gamma of R1 and R2 at the start."""
    final_penalty_weight: float | None = 0.2
    """Weight of R1 and R2 after `burn_in_samples`; None keeps it constant."""
    burn_in_samples: int = 10_000_000
    """Samples over which the penalties' weight falls."""
    penalty_every: int = 1
    """Rounds from one evaluation of the penalties to the next."""
    augment: float = 0.0
    """Share of pictures that each change of the differentiable augmentation is applied to; 0 for none."""
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
            penalty_weight=0.02,
            final_penalty_weight=None,
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
    if config.augment and space.kind != "image":
        raise SettingError(f"--augment is {config.augment}, and augmentation is for pictures; leave it out for points.")
    if space.kind == "image":
        widths = stage_widths(space, config.width)
        groups = [max(1, width * config.expansion // config.group_width) for width in widths]
        blocks = [config.blocks] * len(widths)
        stages = (widths, groups, blocks, config.expansion, classes, config.class_embedding_dim)
        generator = R3GANGenerator(space.shape, latent, *stages)
        discriminator = R3GANDiscriminator(space.shape, *stages)
    else:
        generator = PerceptronGenerator(space.shape, latent, config.width, config.blocks, classes)
        discriminator = PerceptronDiscriminator(space.shape, config.width, config.blocks, classes, config.magnify)
    weight = Ramp(config.penalty_weight, config.final_penalty_weight, config.burn_in_samples)
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(discriminator, config.optimizer),
        prior=Normal(latent),
        objective=RELATIVISTIC,
        augment=DiffAugment(probability=config.augment) if config.augment else unchanged,
        penalties=[Penalty("r1", r1, weight, config.penalty_every), Penalty("r2", r2, weight, config.penalty_every)],
    )


def stage_widths(space: Space, width: int) -> list[int]:
    """Channels of each grid, from the smallest to the picture's."""
    _, height, columns = space.shape
    doublings = Pyramid.of(height, columns).doublings
    shorter = [min(height, columns) / 2 ** (doublings - index) for index in range(doublings + 1)]
    return [width if side <= 64 else max(16, int(width * 64 / side) // 16 * 16) for side in shorter]
