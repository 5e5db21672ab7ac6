"""The recipe for tables."""

from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor

from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.core.batch import Batch
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.rules import rules_of
from zerosum.game.told import Chances
from zerosum.networks.tabular import TabularDiscriminator, TabularGenerator
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class Tabular(Adversarial):
    """Relativistic pairs under R1 and R2 (Huang et al. 2024) on rows in pieces. Defaults: measured on Adult."""

    usual_batch: int = 500
    """Real rows per round where --batch does not say."""
    noise_dim: int = 128
    """Normal numbers of a latent."""
    generator_width: int = 256
    """Units of each of the generator's hidden layers."""
    discriminator_width: int = 256
    """Units of each of the discriminator's hidden layers."""
    blocks: int = 2
    """Residual blocks of two layers in either network."""
    dropout: float = 0.0
    """Share of the discriminator's hidden units that are dropped."""
    rank_scale: float = 3.0
    """What the ranks of numbers in their columns are multiplied by, which the discriminator sees beside them."""
    gumbel_noise: float = 0.5
    """What the Gumbel noise is multiplied by that choices are drawn with: at 1 a column's choice is drawn from the
    softmax of its answers; at 0 the latent alone decides."""
    told_share: float = 0.1
    """Share of the rows that are told some of their columns in training, so that samples can be."""
    loss: LossName = "relativistic"
    penalties: str = "r1=0.3,r2=0.3"
    penalty_every: int = 4
    optimizer: Adam = field(
        default_factory=lambda: Adam(rate=2e-3, betas=(0.0, 0.99), final_rate=1e-4, decay_samples=4_000_000)
    )
    """Optimizer of both players."""
    average: Average = field(default_factory=lambda: Average(half_life=350_000, ramp=0.1))
    """Moving average of the generator's weights, which is what is sampled."""


@recipe(
    "tabular",
    kinds=("table",),
    condition=None,
    paper="game: Huang et al. 2024, https://arxiv.org/abs/2501.05441",
)
def tabular(config: Tabular, space: Space) -> Game:
    """The default for tables: numbers in pieces, sharp choices, R3GAN's game, a generator that is told any columns."""
    generator = TabularGenerator(
        space.cells, config.noise_dim, config.generator_width, config.blocks, config.gumbel_noise
    )
    (inputs,) = config.seen(space.shape)
    discriminator = TabularDiscriminator(
        space.cells,
        inputs,
        config.rank_scale,
        config.discriminator_width,
        config.blocks,
        config.dropout,
        config.batch_statistics,
    )
    game = adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(bounded(discriminator, config.spectral_norm), config.optimizer),
        prior=Chances.beside(config.noise_dim, generator.cells.count),
        rules=replace(rules_of(config, space), together=config.batch_statistics == "none"),
    )
    return replace(game, tells="any", told=partial(some_columns, generator.owners, len(space.cells), config.told_share))


def some_columns(owners: Tensor, cells: int, share: float, batch: Batch) -> Tensor:
    """Some columns of some of the batch's own rows, as a condition (n, width + cells).

    Of the rows that are told anything, each is told every column with a probability of its own, so that one column is
    told as often as all but one.

    Args:
        owners: Which cell each number of a row belongs to, (width,).
        cells: How many cells there are.
        share: Of the rows that are told anything.
        batch: The real rows.
    """
    noise = batch.noise.uniform(len(batch), cells + 2)
    likely = torch.where(noise[:, :1] < share, noise[:, 1:2], -1.0)
    told = (noise[:, 2:] < likely).float()
    return torch.cat([batch.x * told.index_select(1, owners.to(told.device)), told], 1)
