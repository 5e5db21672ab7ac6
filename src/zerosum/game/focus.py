"""Hard-sample focus: more of what the generator does worst, as measured, and less again as it improves."""

import torch
from torch import Tensor

from zerosum.game.judgement import Judgement

NOISE = 0.2
"""Groups whose difficulties differ by less, in standard deviations of real samples, count as ever more alike."""


class Focus:
    """Follows how well the discriminator recognises each group of real samples, and shows those groups more often.

    The best discriminator's logit grows with p_data / p_g, so real samples that it is surest of are those that the
    generator makes too few of, or makes badly. A group is a class or, in data without classes, one of `groups` kinds of
    similar samples.

    Attributes:
        strongest: A group comes at most so many times as often as in the data, before all are scaled to sum to 1.
        state: The running mean of each group's logits, measured in standard deviations of the batch's real ones,
            (groups,).
    """

    def __init__(self, groups: int, strongest: float, decay: float = 0.98) -> None:
        self.strongest, self.decay = strongest, decay
        self.state = {"focus/difficulty": torch.zeros(groups)}

    def observe(self, judgement: Judgement) -> None:
        """Note how sure the discriminator is of each group in the batch."""
        difficulty, group = self.state["focus/difficulty"], judgement.batch.group
        assert group is not None, "the feed says which group each sample belongs to"
        # In units of real samples alone: how far they are from fakes says nothing of which of them are hard.
        logits = judgement.on_real
        sure = (logits - logits.mean()) / logits.std(correction=0).clamp(min=1e-6)
        sums = torch.zeros_like(difficulty).index_add_(0, group, sure)
        counts = torch.zeros_like(difficulty).index_add_(0, group, torch.ones_like(sure))
        # A group moves by its share in the batch: rare groups are not judged by a single sample.
        weight = 1 - self.decay ** (counts * len(counts) / len(group))
        difficulty.add_(weight * (sums / counts.clamp(min=1) - difficulty))

    def multiples(self) -> Tensor:
        """How many times as often as in the data each group is to come, before scaling, (groups,)."""
        difficulty = self.state["focus/difficulty"]
        score = (difficulty - difficulty.mean()) / difficulty.std(correction=0).clamp(min=NOISE)
        return self.strongest ** score.clamp(-1, 1)
