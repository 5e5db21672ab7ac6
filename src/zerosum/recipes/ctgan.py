"""CTGAN: the field's reference for tables."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor

from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.optimizer import Adam
from zerosum.config.ramp import Ramp
from zerosum.core.batch import Batch
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.penalties import GeneratorMove, Penalty
from zerosum.game.rules import rules_of
from zerosum.game.told import Chances, OneCategory
from zerosum.networks.ctgan import ConcatenatingGenerator, PackedCritic
from zerosum.nn.cells import Cells
from zerosum.nn.spectral import bounded


@dataclass(frozen=True, kw_only=True)
class CTGAN(Adversarial):
    """Xu et al. 2019. Defaults: Section 4.4 and the field's package, version 0.12."""

    usual_batch: int = 500
    """Real rows per round where --batch does not say."""
    noise_dim: int = 128
    """Normal numbers of a latent."""
    generator_width: int = 256
    """Units of each of the generator's hidden layers."""
    discriminator_width: int = 256
    """Units of each of the critic's hidden layers."""
    depth: int = 2
    """Hidden layers of either network."""
    temperature: float = 0.2
    """Of the Gumbel-softmax (Section 4.4, tau)."""
    dropout: float = 0.5
    """Share of the critic's hidden units that are dropped."""
    loss: LossName = "wasserstein"
    penalties: str = "gradient-penalty=10"
    pack: int = 10
    condition_weight: float = 1.0
    """Weight of the cross-entropy between what the generator is told and what it makes (Section 4.3)."""
    generator_optimizer: Adam = field(default_factory=lambda: Adam(betas=(0.5, 0.9), weight_decay=1e-6))
    """Optimizer of the generator."""
    discriminator_optimizer: Adam = field(default_factory=lambda: Adam(betas=(0.5, 0.9), weight_decay=1e-6))
    """Optimizer of the critic."""


@recipe(
    "ctgan",
    kinds=("table",),
    condition=None,
    numbers="modes",
    paper="Xu et al. 2019, https://arxiv.org/abs/1907.00503",
)
def ctgan(config: CTGAN, space: Space) -> Game:
    """The reference for tables: mode-specific normalisation, a conditional generator, training by sampling, packing."""
    cells, categories = space.cells, [cell for cell in space.cells if cell.category]
    generator = ConcatenatingGenerator(
        cells, config.noise_dim, config.generator_width, config.depth, config.temperature
    )
    critic = PackedCritic(
        cells, config.pack, config.discriminator_width, config.depth, config.dropout, config.batch_statistics
    )
    rules = replace(rules_of(config, space), together=config.batch_statistics == "none")
    if categories and config.condition_weight:
        listening = partial(disobedience, generator.cells)
        listens = Penalty("condition", listening, Ramp(config.condition_weight), player="generator")
        rules = replace(rules, penalties=[*rules.penalties, listens])
    game = adversarial_game(
        generator=Player(generator, config.generator_optimizer),
        discriminator=Player(bounded(critic, config.spectral_norm), config.discriminator_optimizer),
        prior=Chances.beside(config.noise_dim, generator.cells.count + 2),
        rules=rules,
        trace=generator.trace,
    )
    assert game.judge is not None
    of_category = OneCategory(space.cells)
    tell = telling(space, of_category)
    logits = game.judge.logits
    judge = replace(game.judge, logits=lambda x, told: logits(x, tell(x) if told is None else told))
    multiples = evenly_by_logarithm(space)
    return replace(
        game, tells="one category", told=partial(told_of_batch, tell, of_category), judge=judge, multiples=multiples
    )


def disobedience(cells: Cells, move: GeneratorMove) -> Tensor:
    """Cross-entropy between the category that a row was told to have and the generator's answer (Section 4.3)."""
    assert move.codes is not None and move.condition is not None
    row, which = move.condition.split([cells.width, move.condition.shape[1] - cells.width], 1)
    return cells.surprise(move.codes, row, which.index_select(1, cells.owners)).mean()


def told_of_batch(tell: Callable[[Tensor], Tensor], of_category: OneCategory, batch: Batch) -> Tensor:
    """What the rows of a batch are told: the category that each was chosen for, if they were chosen by category."""
    return tell(batch.x) if batch.group is None else of_category(batch.group)


def telling(space: Space, of_category: OneCategory) -> Callable[[Tensor], Tensor]:
    """Tells rows (n, width) their own category in one column, another one from row to row: (n, width + cells)."""
    places, start, first = [], 0, 0
    for cell in space.cells:
        if cell.category:
            places.append((start + cell.number, cell.choices, first))
            first += cell.choices
        start += cell.width

    def tell(x: Tensor) -> Tensor:
        if not places:
            return torch.zeros(len(x), space.size + len(space.cells), device=x.device)
        groups = torch.zeros(len(x), dtype=torch.int64, device=x.device)
        for turn, (place, choices, first) in enumerate(places):
            rows = slice(turn, None, len(places))
            groups[rows] = x[rows, place : place + choices].argmax(1) + first
        return of_category(groups)

    return tell


def evenly_by_logarithm(space: Space) -> Callable[[], Tensor] | None:
    """How many times as often as in the data each category's rows are to come: training by sampling (Section 4.3).

    Each column is as likely as any other, and each of its categories by the logarithm of its count.
    """
    categories = [cell for cell in space.cells if cell.category]
    if not categories:
        return None
    multiples = []
    for cell in categories:
        logs = [math.log(count + 1) for count in cell.counts]
        total = sum(logs) or 1.0
        multiples += [log / total / max(1, count) for log, count in zip(logs, cell.counts, strict=True)]
    known = torch.tensor(multiples, dtype=torch.float64)
    return lambda: known
