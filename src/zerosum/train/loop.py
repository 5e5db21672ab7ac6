"""The loop. It plays turns, and knows no system by name."""

from collections.abc import Callable, Sequence

from torch import Tensor

from zerosum.game.game import Game
from zerosum.train.engine import Engine
from zerosum.train.feed import Feed

Record = dict[str, Tensor]
"""The loss terms, and now and then the signals, of one round: "player/name" -> scalar."""

Hook = Callable[[Record], None]
"""Reads the record of each round; what it does must not change the course of the game."""


def play(game: Game, engine: Engine, feed: Feed, hooks: Sequence[Hook], finished: Callable[[], bool]) -> None:
    """Play rounds of `game` until `finished` says so."""
    while not finished():
        record: Record = {}
        due = [turn.due(game.clock) for turn in game.turns]  # all processes agree on the state now
        for index, turn in enumerate(game.turns):
            if due[index]:
                for repeat in range(turn.repeat):
                    record |= engine.take(turn, feed.batch(index, repeat))
        engine.advance(feed.global_batch)
        for hook in hooks:
            hook(record)
