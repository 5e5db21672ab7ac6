"""The penalties by name, with the weights that their papers use: what `--penalties r1=0.5,consistency` stands for."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from zerosum.config.adversarial import Adversarial
from zerosum.config.ramp import Ramp
from zerosum.core.errors import SettingError, nearest_name
from zerosum.game import penalties
from zerosum.game.penalties import LeCam, PathLength, Penalty


@dataclass(frozen=True)
class Entry:
    """A penalty that can be asked for.

    Attributes:
        make: A fresh value function, with its state where it has any.
        weight: Used where none is given.
        paper: Where it comes from.
        player: Whose penalty it is.
    """

    make: Callable[[], Callable[..., Tensor]]
    weight: float
    paper: str
    player: str = "discriminator"


def _plain(value: Callable[..., Tensor], weight: float, paper: str, player: str = "discriminator") -> Entry:
    return Entry(lambda: value, weight, paper, player)


PENALTIES: dict[str, Entry] = {
    "r1": _plain(penalties.r1, 1.0, "Mescheder et al. 2018, https://arxiv.org/abs/1801.04406"),
    "r2": _plain(penalties.r2, 1.0, "Mescheder et al. 2018, https://arxiv.org/abs/1801.04406"),
    "gradient-penalty": _plain(
        penalties.gradient_penalty, 10.0, "Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028"
    ),
    "one-sided-gradient-penalty": _plain(
        penalties.one_sided_gradient_penalty, 10.0, "Petzka et al. 2018, https://arxiv.org/abs/1709.08894"
    ),
    "dragan": _plain(penalties.dragan, 10.0, "Kodali et al. 2017, https://arxiv.org/abs/1705.07215"),
    "roth": _plain(penalties.roth, 2.0, "Roth et al. 2017, https://arxiv.org/abs/1705.09367"),
    "weight-decay": _plain(penalties.weight_decay, 1e-3, "Mescheder et al. 2018, https://arxiv.org/abs/1801.04406"),
    "orthogonal": _plain(penalties.orthogonal, 1e-4, "Brock et al. 2019, https://arxiv.org/abs/1809.11096"),
    "generator-orthogonal": _plain(
        penalties.orthogonal, 1e-4, "Brock et al. 2019, https://arxiv.org/abs/1809.11096", "generator"
    ),
    "lecam": Entry(LeCam, 0.1, "Tseng et al. 2021, https://arxiv.org/abs/2104.03310"),
    "consistency": _plain(penalties.consistency, 10.0, "Zhang et al. 2020, https://arxiv.org/abs/1910.12027"),
    "balanced-consistency": _plain(
        penalties.balanced_consistency, 10.0, "Zhao et al. 2021, https://arxiv.org/abs/2002.04724"
    ),
    "mode-seeking": _plain(
        penalties.mode_seeking, 0.1, "Mao et al. 2019, https://arxiv.org/abs/1903.05628", "generator"
    ),
    "path-length": Entry(PathLength, 2.0, "Karras et al. 2020, https://arxiv.org/abs/1912.04958", "generator"),
}
"""Every penalty, by the name that flags have for it."""


def parse_penalties(text: str) -> dict[str, float]:
    """Names and weights of "r1=0.5,consistency"; nothing for "none".

    Raises:
        SettingError: A name is unknown, or said twice, or a weight is no number of at least 0.
    """
    found: dict[str, float] = {}
    for part in () if text.strip() in ("", "none") else text.split(","):
        name, _, weight = (word.strip() for word in part.partition("="))
        if name not in PENALTIES:
            raise SettingError(f'There is no penalty "{name}". {nearest_name(name, PENALTIES)}.')
        if name in found:
            raise SettingError(f'--penalties is "{text}", which says {name} twice.')
        try:
            found[name] = float(weight) if weight else PENALTIES[name].weight
        except ValueError:
            found[name] = math.nan
        if not 0 <= found[name] < math.inf:
            raise SettingError(f'--penalties is "{text}"; the weight of {name} must be a number of at least 0.')
    return found


def penalties_of(config: Adversarial) -> list[Penalty]:
    """The penalties that the settings ask for."""
    made = []
    for name, weight in parse_penalties(config.penalties).items():
        entry = PENALTIES[name]
        value = entry.make()
        ramp = Ramp(weight, weight * config.final_penalty, config.penalty_samples)
        made.append(Penalty(name, value, ramp, config.penalty_every, entry.player, getattr(value, "state", {})))
    return made
