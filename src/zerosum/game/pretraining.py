"""The discriminator plays alone at first, until it can tell obvious fakes."""

import torch

from zerosum.game.game import Clock
from zerosum.game.judgement import Judgement


class Pretraining:
    """Holds the generator back until the discriminator judges well enough, or for a number of samples.

    Attributes:
        samples: It lasts no longer than this.
        accuracy: Share of real and fake samples, on the running average, that ends it.
        state: That running average, and whether it is over.
    """

    def __init__(self, samples: int, accuracy: float, decay: float = 0.9) -> None:
        self.samples, self.accuracy, self.decay = samples, accuracy, decay
        self.state = {"pretraining/accuracy": torch.tensor(0.5), "pretraining/over": torch.tensor(0.0)}

    def observe(self, judgement: Judgement) -> None:
        """Follow the discriminator's accuracy."""
        average = self.state["pretraining/accuracy"]
        # It is over for good: a discriminator that the generator then fools is what the game is about.
        self.state["pretraining/over"].clamp_(min=(average >= self.accuracy).float())
        right = (judgement.on_real > judgement.middle).float().mean()
        right = (right + (judgement.on_fake < judgement.middle).float().mean()) / 2
        average.lerp_(right, 1 - self.decay)

    def holds(self, clock: Clock) -> bool:
        """Whether the generator still waits; asked at the beginning of a round, when all processes agree."""
        enough = self.state["pretraining/accuracy"] >= self.accuracy
        return clock.samples < self.samples and not bool(enough | (self.state["pretraining/over"] > 0))
