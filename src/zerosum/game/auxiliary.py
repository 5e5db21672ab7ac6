"""What an auxiliary head on the discriminator's features is for: a further term in both players' losses."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from zerosum.game.priors import Codes

LEAST_DEVIATION = 0.2
"""A continuous code counts as known no more exactly than this. On a range of 2 nobody sees much more, and a density
that may grow without bound would become all that is played for."""


@dataclass(frozen=True)
class Described:
    """Samples and their features, of which the auxiliary head can be asked.

    Attributes:
        head: From features (n, f), and whatever else it wants to know, to what it says of their samples.
        x: The samples as the discriminator was given them, shape (n, ...).
        features: Its features of them, shape (n, f).
        condition: What they are told to be, see `Batch.condition`.
        latents: Those that they were generated from, shape (n, dimension); None for real samples.
    """

    head: Callable[..., Any]
    x: Tensor
    features: Tensor
    condition: Tensor | None = None
    latents: Tensor | None = None

    @property
    def said(self) -> Tensor:
        """What a head that reads features alone says of the samples, (n, outputs), float32."""
        return self.head(self.features)


@dataclass(frozen=True)
class Auxiliary:
    """The two sides of an auxiliary head: named terms that are minimised, from samples that it can be asked of.

    The head is part of the discriminator (`nn.auxiliary.with_auxiliary`) and moves with it. As a player of its own it
    could not shape the features that it shares, which are frozen in another player's move, and would need a pass of its
    own through all of them.

    Attributes:
        discriminator: (real, fake) -> the discriminator's terms.
        generator: (fake) -> the generator's terms.
    """

    discriminator: Callable[[Described, Described], dict[str, Tensor]]
    generator: Callable[[Described], dict[str, Tensor]]


def class_likelihood(weight: float = 1.0) -> Auxiliary:
    """Both maximise E log P(C = c | x) of the right class (Odena et al. 2017, Equation 3): a head of class logits.

    The discriminator does so on real and on generated samples, the generator on its own.
    """
    return _likelihood("class", cross_entropy, weight)


def attribute_likelihood(weight: float = 1.0) -> Auxiliary:
    """Both maximise the log-likelihood of the right attributes (Jin et al. 2017, Section 3.2): a head of their logits.

    It is the mean over attributes, each there (1) or not (0) by itself, on real and on generated samples.
    """
    return _likelihood("attributes", binary_cross_entropy_with_logits, weight)


def _likelihood(what: str, surprise: Callable[[Tensor, Tensor], Tensor], weight: float) -> Auxiliary:
    """Both are to be right about what samples are told to be: (logits, condition) -> mean negative log-likelihood."""

    def term(samples: Described) -> Tensor:
        assert samples.condition is not None, "there is something to be right about"
        return weight * surprise(samples.said, samples.condition)

    def discriminator(real: Described, fake: Described) -> dict[str, Tensor]:
        return {f"{what}-of-real": term(real)} | generator(fake)

    def generator(fake: Described) -> dict[str, Tensor]:
        return {f"{what}-of-fake": term(fake)}

    return Auxiliary(discriminator, generator)


def mutual_information(prior: Codes, categorical: float = 1.0, continuous: float = 1.0) -> Auxiliary:
    """Both maximise L_I(G, Q), so that the codes can be read off generated samples (Chen et al. 2016, Equations 5, 6).

    Args:
        prior: Where the codes come from. The head says `recognised(prior)` numbers of each.
        categorical: Weight (lambda) of the categorical codes.
        continuous: Weight of the continuous ones.
    """

    def generator(fake: Described) -> dict[str, Tensor]:
        assert fake.latents is not None, "generated samples have latents"
        _, *codes, places = prior.parts(fake.latents)
        *logits, densities = fake.said.split(recognised(prior), 1)
        terms: dict[str, Tensor] = {}
        if codes:
            known = [categorical_information(said, code) for said, code in zip(logits, codes, strict=True)]
            terms["categorical-codes"] = -categorical * sum(known[1:], known[0])
        if prior.continuous:
            terms["continuous-codes"] = -continuous * continuous_information(densities, places)
        return terms

    return Auxiliary(lambda real, fake: generator(fake), generator)


def reconstruction(weight: float = 1.0) -> Auxiliary:
    """The discriminator's features have to hold enough to draw real samples again (Liu et al. 2021, Equation 2).

    E |G(f) - T(x)|, the mean absolute difference, for a head that gives pairs of G(f), what it makes of the features,
    and T(x), what that should be of the samples; summed over the pairs.
    """

    def discriminator(real: Described, fake: Described) -> dict[str, Tensor]:
        pairs = real.head(real.features, real.x)
        apart = [(drawn.float() - wanted).abs().mean() for drawn, wanted in pairs]
        return {"reconstruction": weight * torch.stack(apart).sum()}

    return Auxiliary(discriminator, lambda fake: {})


def recognised(prior: Codes) -> list[int]:
    """How many numbers the head says of each categorical code, logits, and of all continuous ones, two for each."""
    return [*prior.categorical, 2 * prior.continuous]


def categorical_information(logits: Tensor, code: Tensor) -> Tensor:
    """H(c) + E log Q(c | x) in nats (Chen et al. 2016, Equation 5) for c uniform on k values: log k where Q is sure.

    Args:
        logits: Of Q, shape (n, k).
        code: One-hot, shape (n, k).
    """
    return math.log(code.shape[1]) + (code * logits.log_softmax(1)).sum(1).mean()


def continuous_information(said: Tensor, codes: Tensor) -> Tensor:
    """H(c) + E log Q(c | x) in nats, summed over codes uniform on [-1, 1], for an independent normal Q of each.

    The deviation is learned, sample by sample (Chen et al. 2016, Section 6): with a fixed one of 1, which makes the
    likelihood a squared error, the bound never rises above log 2 - log(2 pi) / 2 < 0. `LEAST_DEVIATION` limits it.

    Args:
        said: Means and then log-deviations, shape (n, 2 * codes).
        codes: Shape (n, codes).
    """
    mean, logarithm = said.chunk(2, 1)
    deviation = LEAST_DEVIATION + logarithm.exp()
    density = -((codes - mean) / deviation).square() / 2 - deviation.log() - math.log(2 * math.pi) / 2
    return (math.log(2) + density).sum(1).mean()
