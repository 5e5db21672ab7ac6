"""Settings of residual networks with attention, whose grids may be listed one by one."""

from dataclasses import dataclass

from zerosum.config.adversarial import Adversarial


@dataclass(frozen=True, kw_only=True)
class Residual(Adversarial):
    """Forms that published code and imported checkpoints have beside those of the papers."""

    generator_widths: tuple[int, ...] = ()
    """Channels of the generator's grids from the base to the picture, where they grow otherwise; empty for the rule."""
    discriminator_widths: tuple[int, ...] = ()
    """Channels that each of the discriminator's blocks gives, likewise; empty for the rule."""
    discriminator_halvings: int | None = None
    """How many of its blocks, the first ones, halve the grid; None for as many as the generator's double it."""
    attention: int | None = None
    """Cells attend to each other, in both players, on the largest grid below the picture's whose shorter side is at
    most this; None for no attention."""
    pooled_attention: bool = False
    """What they attend to are maxima over 2x2 cells, and values have half of the channels, as in the authors' code."""
