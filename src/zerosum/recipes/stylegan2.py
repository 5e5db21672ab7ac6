"""StyleGAN2."""

from dataclasses import dataclass, field, replace
from typing import Literal

from torch import Tensor

from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_side
from zerosum.core.errors import SettingError
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Modules, Player, Styles
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.networks.stylegan2 import Architecture, StyleGAN2Discriminator, StyleGAN2Generator
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class StyleGAN2(Adversarial):
    """Karras et al. 2020. Defaults: configuration F (Table 1), with Appendix B."""

    usual_batch: int = 32
    """Real samples per round where --batch does not say (Appendix B)."""
    latent_dim: int = 512
    """Width of the normal latent z (Appendix B)."""
    style_dim: int = 512
    """Width of the styles w (Appendix B)."""
    mapping_depth: int = 8
    """Layers from z to w (Appendix B)."""
    channel_base: int = 32768
    """Channels of a grid times its side: 32 channels on 1024 x 1024, and twice as many on half of it (Section 4.2)."""
    largest_width: int = 512
    """No grid has more channels than this."""
    generator_architecture: Architecture = "skip"
    """How the picture leaves the generator's grids (Section 4.1): from the largest (plain), from each of them (skip),
    or from the largest with shortcuts past the convolutions (residual)."""
    discriminator_architecture: Architecture = "residual"
    """How the picture reaches the discriminator's grids (Section 4.1)."""
    largest_activation: float | None = None
    """Activations are cut off at this size, as the published training does (256) so that 16 bits suffice; None for no
    limit."""
    statistics_group: int = 4
    """Samples whose standard deviation the discriminator sees (Appendix B)."""
    mixing: float = 0.9
    """Share of pictures that have two latents in training, one for coarse and one for fine styles (Karras et al. 2019,
    Section 3.1)."""
    path_every: int = 4
    """Rounds from one evaluation of path-length to the next, as in the published training; `penalty_every` is for the
    discriminator's penalties."""
    loss: LossName = "non-saturating"
    """What the two play for (Appendix B)."""
    penalties: str = "r1=10,path-length=2"
    """What is added to the losses (Sections 3.1 and 3.2)."""
    penalty_every: int = 16
    """Rounds from one evaluation of R1 to the next (Section 3.1)."""
    penalty_steps: Literal["joined", "own"] = "own"
    """Penalties that come every few rounds have optimizer steps of their own (Appendix B)."""
    penalty_precision: Literal["full", "networks"] = "networks"
    """R1 and path lengths share the pass of a step: in bfloat16 their gradients are as exact as those of the losses."""
    batch_statistics: Literal["none", "standard-deviation", "discrimination"] = "standard-deviation"
    """What the discriminator sees of a batch as a whole (Appendix B)."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=2e-3, betas=(0.0, 0.99)))
    """Optimizer of both players (Appendix B)."""
    average: Average = field(default_factory=lambda: Average(half_life=10_000))
    """Moving average of the generator's weights, which is what is sampled (Appendix B)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.mixing <= 1:
            raise SettingError(f"--mixing is {self.mixing}; it is a share of pictures, from 0 to 1.")


SMALL = replace(
    StyleGAN2(),
    latent_dim=128,
    style_dim=128,
    mapping_depth=2,
    channel_base=512,
    largest_width=128,
    mixing=0.0,
    loss="relativistic",
    penalties="r1=1,r2=1",
    penalty_every=8,
    penalty_steps="joined",
    average=Average(),
)
"""At most 48 pixels, for minutes on a processor: few channels, and penalties added to the loss, which saves passes. As
Karras et al. 2020 (arXiv:2006.06676) for CIFAR-10 it has two mapping layers, no mixing and no path lengths. In the
published game every class of digits collapsed within 60,000 samples; relativistic pairs under R1 and R2 did not."""

LARGE = replace(SMALL, channel_base=1024, mixing=0.9, penalties="r1=3,r2=3", penalty_every=4)
"""Up to 128 pixels, for minutes on a processor."""


@recipe(
    "stylegan2",
    kinds=("image",),
    presets={"small": SMALL, "large": LARGE, "paper": StyleGAN2()},
    suitable=by_side,
    paper="Karras et al. 2020, https://arxiv.org/abs/1912.04958",
)
def stylegan2(config: StyleGAN2, space: Space) -> Game:
    """Styles that modulate every convolution, noise on every grid: with truncation and style mixing."""
    classes, widths = len(space.classes), (config.channel_base, config.largest_width)
    generator = StyleGAN2Generator(
        space.shape,
        config.latent_dim,
        config.style_dim,
        config.mapping_depth,
        *widths,
        classes,
        config.generator_architecture,
        config.mixing,
        config.largest_activation,
    )
    discriminator = StyleGAN2Discriminator(
        config.seen(space.shape),
        *widths,
        classes,
        config.discriminator_architecture,
        config.batch_statistics,
        config.statistics_group,
        config.largest_activation,
    )

    def trace(latents: Tensor, condition: Tensor | None) -> tuple[Tensor, Tensor]:
        styles = generator.styles(latents, condition)
        return styles, generator.synthesise(styles)

    rules = rules_of(config, space)
    penalties = [replace(p, every=config.path_every) if p.name == "path-length" else p for p in rules.penalties]
    game = adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Normal(config.latent_dim),
        rules=replace(rules, penalties=penalties),
        trace=trace,
    )
    return replace(game, truncated=truncated, styles=Styles(styles_of, synthesise, mean_style))


def styles_of(modules: Modules, latents: Tensor, condition: Tensor | None) -> Tensor:
    """Styles (n, layers, style_dim) of latents (n, latent_dim)."""
    return _generator(modules).styles(latents, condition)


def synthesise(modules: Modules, styles: Tensor) -> Tensor:
    """Samples (n, *shape) of styles (n, layers, style_dim)."""
    return _generator(modules).synthesise(styles)


def mean_style(modules: Modules) -> Tensor:
    """The mean of the styles given in training, (style_dim,)."""
    return _generator(modules).mapping.w_avg


def truncated(modules: Modules, latents: Tensor, condition: Tensor | None, truncation: float) -> Tensor:
    """Samples (n, *shape) whose styles are moved towards their mean, for all layers alike.

    w' = w_mean + truncation (w - w_mean) (Karras et al. 2019, arXiv:1812.04948, Appendix B).
    """
    return synthesise(modules, mean_style(modules).lerp(styles_of(modules, latents, condition), truncation))


def _generator(modules: Modules) -> StyleGAN2Generator:
    generator = modules["generator"]
    assert isinstance(generator, StyleGAN2Generator)
    return generator
