"""A generator together with all that is needed to sample from it."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import torch

from zerosum.core.errors import SettingError
from zerosum.core.registry import Recipe
from zerosum.core.space import Space
from zerosum.data.codec import Codec
from zerosum.data.conditions import Conditions, Request
from zerosum.game.game import Game, Modules, Styles
from zerosum.game.priors import Prior

LARGEST_SEED = 2**32 - 1

AT_ONCE = 2**14
"""Samples whose latents are held in memory together."""

MOST_TRIES = 1000
"""Latents that are tried for one row that is to be as asked."""


class Sampler:
    """A generator together with all that is needed to sample from it.

    Attributes:
        recipe: Which system it is.
        settings: The recipe's config that it was built with.
        space: What a sample is.
        known: What samples can be told to be; None when nothing is told.
        codec: From the generator's range to stored samples.
        facts: What else is known of it, for its card: data, samples seen.
        opponents: Names of the players that sampling does not need and whose weights are known.
        tries: How many samples were made for the last ones that were asked for.
    """

    def __init__(
        self,
        recipe: Recipe,
        settings: Any,
        space: Space,
        codec: Codec,
        known: Conditions | None,
        game: Game,
        modules: Modules | None = None,
        facts: dict[str, Any] | None = None,
        opponents: tuple[str, ...] = (),
    ) -> None:
        self.recipe, self.settings, self.space, self.codec = recipe, settings, space, codec
        self.known = known.shipped() if known else codec.known(game.tells)
        self.facts, self.opponents = facts or {}, opponents
        self.tries = 0
        self._game = game
        everyone = modules or {name: player.module for name, player in game.players.items()}
        self._modules = {name: everyone[name] for name in game.model}

    @torch.no_grad()
    def sample(
        self,
        count: int = 1,
        seed: int = 0,
        condition: Request | Sequence[Request] | None = None,
        seeds: Sequence[int] | None = None,
        truncation: float | None = None,
    ) -> Any:
        """Samples, as arrays or as a table.

        Pictures are uint8 (count, height, width, channels), points float32 (count, coordinates), and rows of a table a
        frame of pandas with the columns of the table that was learned from.

        Sample number s is the same whatever else is sampled with it. Without a `condition`, what each sample is to be
        is drawn by its number, as often as it is in the data.

        Args:
            count: How many; ignored when `seeds` are given.
            seed: Number of the first sample; the others follow it.
            condition: What all samples are to be, or a list with what each is to be: a class's name or index; of a
                model of attributes "glasses, hair=red, beard=no" or {"glasses": True}; of one that is told in words,
                these; of rows "age >= 30 and income = '>50K'".
            seeds: The numbers of the samples to make.
            truncation: The smaller, the more typical and the less varied are the samples; None for all that there are.

        Raises:
            SettingError: No such class or attribute, a model that is told nothing or knows no truncation, or a number
                that is not allowed; or rows that are as asked are not to be had.
        """
        numbers = list(range(seed, seed + count)) if seeds is None else [int(number) for number in seeds]
        return self.codec.presented(self.numbered(numbers, condition, truncation), numbers)

    @torch.no_grad()
    def numbered(
        self,
        seeds: Sequence[int],
        condition: Request | Sequence[Request] | None = None,
        truncation: float | None = None,
    ) -> np.ndarray:
        """The samples with these numbers as they are stored; `condition` and errors are those of `sample`.

        Where rows of a table have to be as asked, or to keep rules, and one is not, the next latent of its number is
        tried: the k-th of number s is the first that `numpy.random.RandomState([s, k])` draws.
        """
        _check(seeds)
        told, parts = self.conditions(seeds, condition), []
        for start in range(0, len(seeds), AT_ONCE):
            few = slice(start, start + AT_ONCE)
            parts.append(self.rows(self.latents(seeds[few]), None if told is None else told[few], truncation))
        rows = np.concatenate(parts)
        wanted = self._wanted(condition)
        good = None if wanted is None else wanted.accepted(rows)
        self.tries, attempt = len(rows), 1
        if wanted is None or good is None:
            return rows
        while attempt < MOST_TRIES and not good.all():
            left = np.flatnonzero(~good)
            # As many tries of each at a time as go through the networks together anyway.
            several = min(MOST_TRIES - attempt, max(1, self._chunk // len(left)))
            keys = [(seeds[place], attempt + k) for k in range(several) for place in left.tolist()]
            told = None if condition is None else wanted.at(self._game.prior.choices(keys, wanted.frequencies))
            made = self.rows(self._game.prior.latents(keys), told, truncation)
            for first in range(0, len(made), len(left)):
                still = np.flatnonzero(~good[left])
                rows[left[still]] = made[first : first + len(left)][still]
                self.tries += len(still)
                good = wanted.accepted(rows)
                assert good is not None, "what was looked at once is looked at again"
            attempt += several
        if good.all():
            return rows
        raise SettingError(
            f"Of {self.tries:,} rows that were made, {int(good.sum()):,} are as asked and keep all rules, and "
            f"{len(rows):,} were wanted. The data have next to none like these; ask for fewer, or for less."
        )

    @torch.no_grad()
    def rows(
        self, latents: torch.Tensor, conditions: torch.Tensor | None = None, truncation: float | None = None
    ) -> np.ndarray:
        """Samples as they are stored, the same in any company, of latents (n, dimension), told as by `conditions`.

        Raises:
            SettingError: As for `generate`.
        """
        parts = self._in_chunks(
            lambda z, told: self.codec.decode(self.generate(z, told, truncation)), latents, conditions
        )
        return np.concatenate(parts)

    @torch.no_grad()
    def styled_rows(self, styles: torch.Tensor) -> np.ndarray:
        """Samples as they are stored, the same in any company, of styles (n, layers, width)."""
        return np.concatenate(self._in_chunks(lambda w: self.codec.decode(self.synthesise(w)), styles))

    def latents(self, seeds: Sequence[int]) -> torch.Tensor:
        """The latents of numbered samples, (len(seeds), dimension), float32.

        Raises:
            SettingError: There are none, or a number is not allowed.
        """
        _check(seeds)
        return self._game.prior.latents(seeds)

    @torch.no_grad()
    def styles(self, latents: torch.Tensor, conditions: torch.Tensor | None = None) -> torch.Tensor:
        """Styles (n, layers, width) of latents (n, dimension), told as by `conditions`; the same in any company.

        Raises:
            SettingError: The generator has no styles.
        """

        def of(z: torch.Tensor, told: torch.Tensor | None) -> torch.Tensor:
            with evaluating(self._modules):
                return self._styles.of(
                    self._modules, z.to(self._device), told if told is None else told.to(self._device)
                )

        return torch.cat(self._in_chunks(of, latents, conditions))

    @property
    def prior(self) -> Prior:
        """Where latents come from."""
        return self._game.prior

    @property
    def chunks(self) -> int:
        """How many equal parts of a latent go to different grids, coarsest first."""
        return self._game.chunks

    @property
    def game(self) -> Game:
        """The game that its networks are generated with; of other players than `modules` only the names are sure."""
        return self._game

    @property
    def knows_truncation(self) -> bool:
        """Whether its samples can be made more typical and less varied."""
        return self._game.truncated is not None

    @property
    def has_styles(self) -> bool:
        """Whether the generator has a second space of latents, the styles w."""
        return self._game.styles is not None

    @property
    def mean_style(self) -> torch.Tensor:
        """The mean of styles, (width,).

        Raises:
            SettingError: The generator has no styles.
        """
        return self._styles.mean(self._modules)

    @property
    def modules(self) -> Modules:
        """The networks that are needed to sample, by player."""
        return self._modules

    @property
    def parameters(self) -> int:
        """How many numbers the networks that are needed to sample consist of."""
        return sum(parameter.numel() for module in self._modules.values() for parameter in module.parameters())

    def to(self, device: torch.device | str) -> Self:
        """This model, with its networks on a device."""
        for module in self._modules.values():
            module.to(device)
        return self

    def generate(
        self, latents: torch.Tensor, conditions: torch.Tensor | None = None, truncation: float | None = None
    ) -> torch.Tensor:
        """Samples in the model's range, (n, *space.shape), float32, of latents (n, dimension).

        What they are to be is said as by `conditions`. They are not rounded to what is stored, and may differ in the
        last bit from those of `sample`. Where latents ask for gradients, there are some.

        Raises:
            SettingError: Truncation is asked of a system that knows none, or is not a number from 0 on.
        """
        generate = self._game.generate if truncation is None else self._truncated(truncation)
        with evaluating(self._modules), torch.set_grad_enabled(torch.is_grad_enabled() and latents.requires_grad):
            told = None if conditions is None else conditions.to(self._device)
            return generate(self._modules, latents.to(self._device), told).float()

    def synthesise(self, styles: torch.Tensor) -> torch.Tensor:
        """Samples in the model's range, (n, *space.shape), float32, of styles (n, layers, width).

        Where styles ask for gradients, there are some.

        Raises:
            SettingError: The generator has no styles.
        """
        with evaluating(self._modules), torch.set_grad_enabled(torch.is_grad_enabled() and styles.requires_grad):
            return self._styles.synthesise(self._modules, styles.to(self._device)).float()

    def conditions(
        self, seeds: Sequence[int], condition: Request | Sequence[Request] | None = None
    ) -> torch.Tensor | None:
        """What the numbered samples are to be, as networks are told: class indices (n,), or vectors (n, width).

        Args:
            seeds: Numbers of the samples.
            condition: As for `sample`.

        Returns:
            Conditions that the samples' numbers choose among those that go with what is asked; None for a model that is
            told nothing.

        Raises:
            SettingError: The model knows no such thing.
        """
        if self.known is None or (condition is None and self.known.optional):
            if condition is not None:
                raise SettingError(
                    f"This model was told nothing of its samples, so it cannot be asked for {condition!r}."
                )
            return None
        if condition is None:
            return self._drawn(seeds, self.known)
        if isinstance(condition, str) or not isinstance(condition, Sequence):
            return self._drawn(seeds, self.known.asked(condition))
        if len(condition) != len(seeds):
            raise SettingError(f"There are {len(condition)} conditions for {len(seeds)} samples; each needs one.")
        each = [self._drawn([seed], self.known.asked(one)) for seed, one in zip(seeds, condition, strict=True)]
        return torch.cat(each)

    def _wanted(self, condition: Request | Sequence[Request] | None) -> Conditions | None:
        """What samples are looked at for, if all are to be the same."""
        if self.known is None or (condition is not None and not isinstance(condition, str)):
            return None
        return self.known if condition is None else self.known.asked(condition)

    def _drawn(self, seeds: Sequence[int], conditions: Conditions) -> torch.Tensor:
        return conditions.at(self._game.prior.choices(seeds, conditions.frequencies))

    def _truncated(self, truncation: float) -> Callable[[Modules, torch.Tensor, torch.Tensor | None], torch.Tensor]:
        truncated = self._game.truncated
        if truncated is None:
            raise SettingError(f"A model of the recipe {self.recipe.name} knows no truncation; sample without one.")
        if not 0 <= truncation < math.inf:
            raise SettingError(f"The truncation is {truncation}; it must be a number from 0 on.")
        return lambda modules, latents, condition: truncated(modules, latents, condition, truncation)

    def _in_chunks(self, function: Callable[..., Any], first: torch.Tensor, *more: torch.Tensor | None) -> list[Any]:
        """What a function makes of tensors (n, ...), or of None, a chunk of them at a time.

        A network's arithmetic may differ in the last bit from one batch shape to another; one shape for all does not.
        """
        size = self._chunk

        def chunk(x: torch.Tensor, start: int) -> torch.Tensor:
            part = x[start : start + size]
            missing = size - len(part)
            return torch.cat([part, part[:1].expand(missing, *part.shape[1:])]) if missing else part

        return [
            function(*(None if x is None else chunk(x, start) for x in (first, *more)))[: len(first) - start]
            for start in range(0, len(first), size)
        ]

    @property
    def _chunk(self) -> int:
        """Samples that go through the networks together."""
        return max(1, min(32 if self.space.kind == "image" else 2048, 2**20 // self.space.size))

    @property
    def _styles(self) -> Styles:
        if self._game.styles is None:
            raise SettingError(
                f"A model of the recipe {self.recipe.name} has no styles w, as those of stylegan2 have; work in z."
            )
        return self._game.styles

    @property
    def _device(self) -> torch.device:
        return next(parameter.device for module in self._modules.values() for parameter in module.parameters())


def _check(seeds: Sequence[int]) -> None:
    """Raise `SettingError` if these are no numbers of samples."""
    if not len(seeds):
        raise SettingError("No samples were asked for: count must be at least 1.")
    if min(seeds) < 0 or max(seeds) > LARGEST_SEED:
        raise SettingError(f"Sample numbers go from 0 to {LARGEST_SEED}; asked for {min(seeds)} to {max(seeds)}.")


@contextmanager
def evaluating(modules: Modules) -> Iterator[None]:
    """Put networks in evaluation mode, and back as they were: looking at samples must not change the training."""
    before = {name: module.training for name, module in modules.items()}
    for module in modules.values():
        module.eval()
    try:
        yield
    finally:
        for name, module in modules.items():
            module.train(before[name])
