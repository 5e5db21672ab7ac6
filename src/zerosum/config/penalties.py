"""The penalties that can be asked for, their usual weights, and how settings spell them: "r1=0.5,consistency"."""

import math

from zerosum.core.errors import SettingError, nearest_name

USUAL_WEIGHTS: dict[str, float] = {
    "r1": 1.0,
    "r2": 1.0,
    "gradient-penalty": 10.0,
    "one-sided-gradient-penalty": 10.0,
    "dragan": 10.0,
    "roth": 2.0,
    "drift": 1e-3,
    "weight-decay": 1e-3,
    "orthogonal": 1e-4,
    "generator-orthogonal": 1e-4,
    "lecam": 0.1,
    "consistency": 10.0,
    "balanced-consistency": 10.0,
    "mode-seeking": 0.1,
    "path-length": 2.0,
}
"""Weights of the papers where they carry over, by the names that flags have; `game.catalogue` has the functions."""

OF_SLOPES = frozenset({"r1", "r2", "gradient-penalty", "one-sided-gradient-penalty", "dragan", "roth"})
"""Penalties on the discriminator's slope at single samples, which batch normalisation would mix."""

DIFFERENTIATED_TWICE = OF_SLOPES | {"path-length"}
"""Penalties whose gradient is a gradient's gradient: dear, so that they may be evaluated every few rounds only."""


def parse_penalties(text: str) -> dict[str, float]:
    """Names and weights of "r1=0.5,consistency"; nothing for "none".

    Raises:
        SettingError: A name is unknown, or said twice, or a weight is no number of at least 0.
    """
    found: dict[str, float] = {}
    for part in () if text.strip() in ("", "none") else text.split(","):
        name, _, weight = (word.strip() for word in part.partition("="))
        if name not in USUAL_WEIGHTS:
            raise SettingError(f'There is no penalty "{name}". {nearest_name(name, USUAL_WEIGHTS)}.')
        if name in found:
            raise SettingError(f'--penalties is "{text}", which says {name} twice.')
        try:
            found[name] = float(weight) if weight else USUAL_WEIGHTS[name]
        except ValueError:
            found[name] = math.nan
        if not 0 <= found[name] < math.inf:
            raise SettingError(f'--penalties is "{text}"; the weight of {name} must be a number of at least 0.')
    return found


def spell_penalties(weights: dict[str, float]) -> str:
    """The text that `parse_penalties` reads these names and weights from."""
    return ",".join(f"{name}={weight:g}" for name, weight in weights.items()) or "none"
