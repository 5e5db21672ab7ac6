"""The penalties by name: what `--penalties r1=0.5,consistency` stands for."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from zerosum.config.adversarial import Adversarial
from zerosum.config.penalties import DIFFERENTIATED_TWICE, parse_penalties
from zerosum.config.ramp import Ramp
from zerosum.game import penalties
from zerosum.game.penalties import LeCam, PathLength, Penalty


@dataclass(frozen=True)
class Entry:
    """A penalty that can be asked for.

    Attributes:
        make: A fresh value function, with its state where it has any.
        paper: Where it comes from.
        player: Whose penalty it is.
    """

    make: Callable[[], Callable[..., Tensor]]
    paper: str
    player: str = "discriminator"


def _plain(value: Callable[..., Tensor], paper: str, player: str = "discriminator") -> Entry:
    return Entry(lambda: value, paper, player)


PENALTIES: dict[str, Entry] = {
    "r1": _plain(penalties.r1, "Mescheder et al. 2018, https://arxiv.org/abs/1801.04406"),
    "r2": _plain(penalties.r2, "Mescheder et al. 2018, https://arxiv.org/abs/1801.04406"),
    "gradient-penalty": _plain(penalties.gradient_penalty, "Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028"),
    "one-sided-gradient-penalty": _plain(
        penalties.one_sided_gradient_penalty, "Petzka et al. 2018, https://arxiv.org/abs/1709.08894"
    ),
    "dragan": _plain(penalties.dragan, "Kodali et al. 2017, https://arxiv.org/abs/1705.07215"),
    "roth": _plain(penalties.roth, "Roth et al. 2017, https://arxiv.org/abs/1705.09367"),
    "drift": _plain(penalties.drift, "Karras et al. 2018, https://arxiv.org/abs/1710.10196"),
    "weight-decay": _plain(penalties.weight_decay, "Mescheder et al. 2018, https://arxiv.org/abs/1801.04406"),
    "orthogonal": _plain(penalties.orthogonal, "Brock et al. 2019, https://arxiv.org/abs/1809.11096"),
    "generator-orthogonal": _plain(
        penalties.orthogonal, "Brock et al. 2019, https://arxiv.org/abs/1809.11096", "generator"
    ),
    "lecam": Entry(LeCam, "Tseng et al. 2021, https://arxiv.org/abs/2104.03310"),
    "consistency": _plain(penalties.consistency, "Zhang et al. 2020, https://arxiv.org/abs/1910.12027"),
    "balanced-consistency": _plain(
        penalties.balanced_consistency, "Zhao et al. 2021, https://arxiv.org/abs/2002.04724"
    ),
    "mode-seeking": _plain(penalties.mode_seeking, "Mao et al. 2019, https://arxiv.org/abs/1903.05628", "generator"),
    "path-length": Entry(PathLength, "Karras et al. 2020, https://arxiv.org/abs/1912.04958", "generator"),
}
"""Every penalty, by the name that flags have for it."""


def penalties_of(config: Adversarial) -> list[Penalty]:
    """The penalties that the settings ask for."""
    made = []
    for name, weight in parse_penalties(config.penalties).items():
        entry = PENALTIES[name]
        value = entry.make()
        ramp = Ramp(weight, weight * config.final_penalty, config.penalty_samples)
        every = config.penalty_every if name in DIFFERENTIATED_TWICE else 1
        made.append(Penalty(name, value, ramp, every, entry.player, getattr(value, "state", {})))
    return made
