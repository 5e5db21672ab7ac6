"""The priors whose latents a page can draw by a sample's number, as `page/priors.js` has them."""

from collections.abc import Callable
from typing import Any

from zerosum.game.priors import Codes, Normal, Prior, Uniform

PRIORS: dict[type[Prior], Callable[[Any], dict[str, Any]]] = {
    Normal: lambda prior: {"kind": "normal", "categorical": [], "continuous": 0},
    Uniform: lambda prior: {"kind": "uniform", "categorical": [], "continuous": 0},
    Codes: lambda prior: {"kind": "codes", "categorical": list(prior.categorical), "continuous": prior.continuous},
}


def prior_for_page(prior: Prior) -> dict[str, Any]:
    """A prior as the page reads it."""
    return {"dimension": prior.dimension, **PRIORS[type(prior)](prior)}
