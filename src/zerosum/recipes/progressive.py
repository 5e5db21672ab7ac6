"""Progressive growing."""

import math
from dataclasses import dataclass, field, replace
from typing import Literal

from torch import Tensor

from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_side
from zerosum.config.ramp import Stairs
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.networks.progressive import ProgressiveDiscriminator, ProgressiveGenerator
from zerosum.nn.pyramid import Grids
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class Progressive(Adversarial):
    """Karras et al. 2018. Defaults: those of Appendix A.1, for pictures of up to 1024 x 1024.

    The batch is the same on all grids; the paper makes it smaller where larger pictures would not fit into memory.
    """

    usual_batch: int = 16
    """Real samples per round where --batch does not say (Appendix A.1, up to 128 x 128)."""
    latent_dim: int = 512
    """Width of the latent, which is a direction (Appendix A.1)."""
    channel_base: int = 16384
    """Channels of a grid times its side: 16 channels on 1024 x 1024, and twice as many on half of it (Table 2)."""
    largest_width: int = 512
    """No grid has more channels than this (Table 2)."""
    stable_samples: int = 800_000
    """Samples for which the networks stay on a grid before the next one fades in (Appendix A.1)."""
    fade_samples: int = 800_000
    """Samples over which a grid fades in (Appendix A.1)."""
    loss: LossName = "wasserstein"
    """What the two play for (Appendix A.1)."""
    penalties: str = "gradient-penalty=10,drift=1e-3"
    """What is added to the losses (Appendix A.1)."""
    batch_statistics: Literal["none", "standard-deviation", "discrimination"] = "standard-deviation"
    """What the discriminator sees of a batch as a whole (Section 3)."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=1e-3, betas=(0.0, 0.99)))
    """Optimizer of both players (Appendix A.1)."""
    average: Average = field(default_factory=lambda: Average(half_life=11_000))
    """Moving average of the generator's weights, which is what is sampled: a decay of 0.999 for each 16 samples
    (Appendix A.1)."""


SMALL = replace(
    Progressive(),
    usual_batch=32,
    latent_dim=128,
    channel_base=512,
    largest_width=64,
    stable_samples=10_000,
    fade_samples=10_000,
    penalty_every=4,
    optimizer=Adam(rate=2e-3, betas=(0.0, 0.99)),
    average=Average(),
)
"""At most 48 pixels, for minutes on a processor: few channels, and the full size after 40,000 to 60,000 samples. The
gradient penalty, which took a third of the time, comes every fourth round: in short trials on digits that was as good
for as many samples, and twice the paper's learning rate was much better."""

LARGE = replace(SMALL, channel_base=1024)
"""Up to 128 pixels, for minutes on a processor."""


@recipe(
    "progressive",
    kinds=("image",),
    presets={"small": SMALL, "large": LARGE, "paper": Progressive()},
    suitable=by_side,
    paper="Karras et al. 2018, https://arxiv.org/abs/1710.10196",
)
def progressive(config: Progressive, space: Space) -> Game:
    """Both players begin with a few pixels and get finer grids, which fade in, while they train."""
    classes, widths = len(space.classes), (config.channel_base, config.largest_width)
    _, height, width = space.shape
    pyramid = Grids(height, width, *widths).pyramid
    stairs = Stairs(pyramid.doublings, config.stable_samples, config.fade_samples)
    rules = rules_of(config, space)

    def level() -> float:
        return stairs.at(rules.clock.samples)

    generator = ProgressiveGenerator(space.shape, config.latent_dim, *widths, level, classes)
    discriminator = ProgressiveDiscriminator(config.seen(space.shape), *widths, level, classes, config.batch_statistics)

    def shown(x: Tensor) -> Tensor:
        return pyramid.show(x, level())

    def reduced(x: Tensor) -> Tensor:
        # The discriminator would do it itself; but slopes are to be those in the cells of its grid.
        return pyramid.reduce(x, math.ceil(level()))

    game = adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Normal(config.latent_dim),
        rules=replace(rules, inputs=[*rules.inputs, reduced]),
    )
    return replace(game, shown=shown)
