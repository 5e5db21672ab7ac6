"""The one idea: a game is its players, their turns, a prior, and a way to generate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn

from zerosum.config.average import Average
from zerosum.config.optimizer import Optimizer
from zerosum.core.batch import Batch
from zerosum.core.telling import Tells
from zerosum.game.priors import Prior

Modules = Mapping[str, nn.Module]
"""The networks to generate with, by player: the players' own or their averages."""


@dataclass(frozen=True)
class Player:
    """A network that moves.

    Attributes:
        module: The network, or several in one module.
        optimizer: Settings of its optimizer.
        average: Settings of the moving average of its weights, if it has one.
        constrain: Called with the module after each of its steps, to put its weights back where they must be.
        clip: Gradients are scaled down to this norm, taken over all weights together.
        frozen: Names of weights that stay as they are.
    """

    module: nn.Module
    optimizer: Optimizer
    average: Average | None = None
    constrain: Callable[[nn.Module], None] | None = None
    clip: float | None = None
    frozen: frozenset[str] = frozenset()

    def learning(self) -> list[nn.Parameter]:
        """The weights that its moves change."""
        return [weight for name, weight in self.module.named_parameters() if name not in self.frozen]


@dataclass(frozen=True)
class Outcome:
    """What a loss returns.

    Attributes:
        terms: Named scalars; their sum is minimised.
        signals: Makes named scalars that are only looked at. Called when a record is due, so that a signal costs
            nothing in between.
    """

    terms: dict[str, Tensor]
    signals: Callable[[], dict[str, Tensor]] = dict


@dataclass
class Clock:
    """How far the game has come. The loop moves it; losses may read it.

    Attributes:
        samples: Real samples seen, over all processes; a round counts as one batch, however many moves it has.
        rounds: Rounds played.
    """

    samples: int = 0
    rounds: int = 0


@dataclass(frozen=True)
class Turn:
    """Who moves, what it minimises, and when.

    Attributes:
        player: Name of the player that moves; all others are frozen.
        loss: Names what is minimised on a batch.
        repeat: Moves in a row, each on its own batch.
        every: Rounds from one turn to the next.
        after: Samples seen before the first turn.
        until: Samples seen after which the turn is not taken any more.
        held: Whether the turn has to wait, asked in each round; what it decides by is state of the game.
    """

    player: str
    loss: Callable[[Batch], Outcome]
    repeat: int = 1
    every: int = 1
    after: int = 0
    until: int | None = None
    held: Callable[[Clock], bool] | None = None

    def due(self, clock: Clock) -> bool:
        """Whether the turn is taken in the round that begins now."""
        begun = clock.samples >= self.after and (self.until is None or clock.samples < self.until)
        return begun and clock.rounds % self.every == 0 and not (self.held and self.held(clock))


@dataclass(frozen=True)
class Judge:
    """What the discriminator thinks of samples, for those who look on.

    Attributes:
        logits: (samples (n, ...), condition) -> logits (n,), float32; fewer where several samples are judged as one.
        middle: (on_real, on_fake) -> the logit that parts real from fake, shape ().
        probability: From the best discriminator's logits to p_data / (p_data + p_g); None where they do not say it.
        together: Samples that are judged as one.
    """

    logits: Callable[[Tensor, Tensor | None], Tensor]
    middle: Callable[[Tensor, Tensor], Tensor]
    probability: Callable[[Tensor], Tensor] | None = None
    together: int = 1


def as_they_are(x: Tensor) -> Tensor:
    """The samples themselves."""
    return x


@dataclass(frozen=True)
class Styles:
    """A second space of latents, between the prior's and the samples (Karras et al. 2019, arXiv:1812.04948, Section 2).

    Attributes:
        of: (modules, latents, condition) -> styles (n, layers, width): those that each layer, coarsest first, is given.
        synthesise: (modules, styles) -> encoded samples (n, *space.shape).
        mean: (modules) -> the mean of styles over the prior and all conditions, shape (width,).
    """

    of: Callable[[Modules, Tensor, Tensor | None], Tensor]
    synthesise: Callable[[Modules, Tensor], Tensor]
    mean: Callable[[Modules], Tensor]


@dataclass(frozen=True)
class Game:
    """Players, their turns in a round, and how samples come out.

    Attributes:
        players: By name.
        turns: In the order in which they are taken each round.
        prior: Where latents come from.
        generate: (modules, latents, condition) -> encoded samples of shape (n, *space.shape).
        truncated: (modules, latents, condition, truncation) -> samples that are the more typical, and the less varied,
            the smaller the number is; None where the system knows no truncation.
        styles: The generator's second space of latents, if it has one.
        chunks: How many equal parts of a latent go to different grids, coarsest first.
        model: Names of the players whose weights `generate` needs: they are what is shipped.
        clock: How far the game has come.
        state: Further tensors that belong to the game; they are changed in place and saved with it. After each round
            they are averaged over processes.
        judge: What the discriminator thinks of samples, if there is one.
        shown: (real samples (n, *space.shape)) -> as many, as the game shows them at this point of it.
        tells: What `generate` can be told of a row of a table.
        told: (batch) -> what the samples of a batch are told to be, (n, ...), where the game reads that off the real
            samples themselves; None where the data say it.
        multiples: How many times as often as in the data each group of samples is to come next, before they are scaled
            to sum to 1, shape (groups,); None shows the data as they are.
    """

    players: Mapping[str, Player]
    turns: tuple[Turn, ...]
    prior: Prior
    generate: Callable[[Modules, Tensor, Tensor | None], Tensor]
    truncated: Callable[[Modules, Tensor, Tensor | None, float], Tensor] | None = None
    styles: Styles | None = None
    chunks: int = 1
    model: tuple[str, ...] = ("generator",)
    clock: Clock = field(default_factory=Clock)
    state: Mapping[str, Tensor] = field(default_factory=dict)
    judge: Judge | None = None
    shown: Callable[[Tensor], Tensor] = as_they_are
    tells: Tells = "nothing"
    told: Callable[[Batch], Tensor] | None = None
    multiples: Callable[[], Tensor] | None = None
