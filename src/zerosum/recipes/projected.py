"""Projected GAN: a trained classifier's features are what is judged."""

from dataclasses import dataclass, field, replace
from typing import Literal

from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.core.errors import SettingError
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.metrics.features.efficientnet import GRIDS, STRIDE, EfficientNetLite0
from zerosum.metrics.features.resize import CHANNELS
from zerosum.networks.fastgan import FastGANGenerator
from zerosum.networks.projected import Describe, ProjectedDiscriminator
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class Projected(Adversarial):
    """Sauer et al. 2021. Defaults: Sections 3 and 4, on EfficientNet-Lite0, with FastGAN's generator."""

    usual_batch: int = 64
    """Real samples per round where --batch does not say (Section 4)."""
    latent_dim: int = 256
    """Width of the normal latent, as FastGAN has it."""
    generator_width: int = 64
    """Channels of the generator's grid of 128 x 128; smaller grids have up to 16 times as many, larger ones fewer."""
    excitation_doublings: int = 4
    """A grid of the generator scales the channels of the one so many doublings larger (FastGAN, Section 3.1)."""
    input_side: int | None = None
    """Shorter side in pixels of what the frozen network is shown, to the nearest multiple of 32; by default that of the
    pictures."""
    discriminator_width: int = 64
    """Channels of the finest mixed grid; they double from grid to coarser grid, and in each grid's discriminator."""
    loss: LossName = "hinge"
    """What the two play for (Section 4)."""
    spectral_norm: bool = True
    """Divide the weight of every layer of the discriminators by its largest singular value (Section 3.1)."""
    augment: Literal["none", "diffaugment", "ada"] = "diffaugment"
    """What the discriminator's pictures go through (Section 4)."""
    augment_probability: float = 1.0
    """Share of pictures that each change is applied to."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=2e-4, betas=(0.0, 0.99)))
    """Optimizer of both players."""
    average: Average = field(default_factory=Average)
    """Moving average of the generator's weights, which is what is sampled."""


SMALL = replace(
    Projected(),
    usual_batch=32,
    latent_dim=128,
    generator_width=12,
    excitation_doublings=2,
    input_side=64,
    discriminator_width=32,
    optimizer=Adam(rate=1e-3, betas=(0.0, 0.99)),
)
"""At most 48 pixels, on a processor: fewer channels, and a higher rate for fewer samples."""

LARGE = replace(SMALL, excitation_doublings=3)
"""More pixels, on a processor."""


@recipe(
    "projected",
    kinds=("image",),
    presets={"paper": Projected(), "small": SMALL, "large": LARGE},
    suitable=by_size,
    paper="Sauer et al. 2021, https://arxiv.org/abs/2111.01007",
)
def projected(config: Projected, space: Space) -> Game:
    """For few pictures: small discriminators of a frozen classifier's features, mixed by fixed random weights."""
    classes, channels = len(space.classes), space.shape[0]
    if config.pack > 1:
        raise SettingError(
            f"--pack is {config.pack}, and the classifier whose features are judged looks at pictures one by one; "
            "leave --pack out."
        )
    if channels not in CHANNELS:
        raise SettingError(
            f"The classifier whose features are judged knows pictures of 1, 3 or 4 channels; these have {channels}. "
            "Take the recipe fastgan."
        )
    generator = FastGANGenerator(
        space.shape, config.latent_dim, config.generator_width, config.excitation_doublings, classes
    )
    discriminator = ProjectedDiscriminator(
        open_classifier,
        GRIDS,
        STRIDE,
        space.shape,
        config.input_side,
        config.discriminator_width,
        classes,
        config.batch_statistics,
    )
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Normal(config.latent_dim),
        rules=rules_of(config, space),
    )


def open_classifier() -> Describe:
    """The frozen features: an `EfficientNetLite0`'s grids."""
    return EfficientNetLite0().grids
