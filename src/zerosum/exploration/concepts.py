"""What an expression of concepts comes to with a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from zerosum.core.errors import SettingError
from zerosum.core.seeding import parse_seeds
from zerosum.data.conditions import Attributes
from zerosum.exploration.selections import Selection
from zerosum.exploration.spaces import Latents, LatentSpace
from zerosum.latent.concepts import Term, combined, lengthened

MOST_EACH = 100_000


@dataclass(frozen=True)
class Concepts:
    """How the samples of a concept are found.

    Attributes:
        space: Where arithmetic is done.
        selection: Finds a saved selection by its name.
        each: How many samples a class, attributes or a prompt stand for.
        seed: Number of the first of them.
    """

    space: LatentSpace
    selection: Callable[[str], Selection]
    each: int
    seed: int

    def members(self, term: Term) -> Latents:
        """The latents that a concept is the average of.

        Raises:
            SettingError: The model knows no such thing, or the numbers are out of range.
            DataError: There is no such selection.
        """
        if term.kind == "selection":
            return self.selection(term.text).latents(self.space)
        if term.kind == "seeds":
            return self.space.at(parse_seeds(term.text, "seeds:"))
        known = self.space.model.known
        if known is None or known.flag != f"--{term.kind}":
            able = "it was told nothing of its samples" if known is None else f"it takes {known.flag[2:]}:"
            raise SettingError(f'"{term.kind}:{term.text}" means nothing to this model: {able}.')
        if not 1 <= self.each <= MOST_EACH:
            raise SettingError(f"A concept is averaged over {self.each} samples; 1 to {MOST_EACH:,} are allowed.")
        return self.space.at(range(self.seed, self.seed + self.each), known.read(term.text))

    def result(self, terms: Sequence[Term]) -> tuple[Latents, list[Latents]]:
        """The latent (1, ...) that terms come to, and the average of each of them.

        Raises:
            SettingError: As for `members`; or the terms cancel each other.
            DataError: As for `members`.
        """
        members = [self.members(term) for term in terms]
        averages = [total(self.space, [part], [1.0]) for part in members]
        return total(self.space, members, [term.factor for term in terms]), averages


def total(space: LatentSpace, members: Sequence[Latents], factors: Sequence[float]) -> Latents:
    """The weighted sum, (1, ...), of the averages of members (n, ...).

    Raises:
        SettingError: They cancel each other.
    """
    value = combined([part.values.mean(0) for part in members], factors, space.center)
    told = [part.conditions for part in members if part.conditions is not None]
    return Latents(space.usual(value)[None], _told(space, told, factors))


def _told(space: LatentSpace, conditions: Sequence[Tensor], factors: Sequence[float]) -> Tensor | None:
    """What the result is to be, (1, ...), from what the members (n, ...) of each term are to be.

    A class cannot be half another: the last term that is added says it, by what most of its samples are. Vectors
    are computed with as latents are; an attribute is then there or not, and an encoded caption as long as others.
    """
    if not conditions:
        return None
    if not conditions[0].is_floating_point():
        last = max((number for number, factor in enumerate(factors) if factor > 0), default=0)
        return conditions[last].mode().values[None]
    vector = combined([part.mean(0) for part in conditions], factors, torch.zeros(conditions[0].shape[1]))
    if isinstance(space.model.known, Attributes):
        return (vector > 0.5).float()[None]
    return lengthened(vector, torch.cat(list(conditions)).norm(dim=1).mean())[None]
