"""A model explored: one method for each thing that can be done with its latents."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from zerosum.core.errors import SettingError
from zerosum.core.progress import Progress
from zerosum.data.conditions import Request
from zerosum.exploration.axes import Axes, Move, axis_between, axis_of_score, find_axes, moved
from zerosum.exploration.concepts import Concepts
from zerosum.exploration.fingerprint import fingerprint
from zerosum.exploration.inversion import Inversion, invert, picture_for
from zerosum.exploration.pictures import Pictures
from zerosum.exploration.places import Place, Places
from zerosum.exploration.scores import Score, scored
from zerosum.exploration.selections import Selection, load_selection, save_selection
from zerosum.exploration.spaces import Latents, LatentSpace, SpaceName, open_space
from zerosum.latent.concepts import parse
from zerosum.latent.mixing import mixed
from zerosum.latent.paths import Path as Tour
from zerosum.latent.paths import smooth
from zerosum.train.model import Model

Told = Request | Sequence[Request] | None
"""What samples are to be, as for `Model.sample`."""


class Explorer:
    """What can be done with the latents of a model; all of it follows from samples' numbers and is the same everywhere.

    Args:
        model: The model.
        folder: Where selections and encoders are kept: the model's folder or its run's; None where it has none.
        space: The space to work in: "z", "w", or "auto" for w where the generator has styles.
        truncation: As for `Model.sample`, for all pictures that are drawn.

    Attributes:
        places: Reads places that are written in JSON.
    """

    def __init__(
        self, model: Model, folder: Path | None = None, space: SpaceName = "auto", truncation: float | None = None
    ) -> None:
        self.model, self.folder, self.truncation = model, folder, truncation
        self.space: LatentSpace = open_space(model, space)
        self.places = Places(self.space, folder)

    def show(self, *places: Place) -> Pictures:
        """What is at places that are written in JSON, as the studio and its links have them; see `places`."""
        rows = self.places.rows(places, self.truncation)
        return Pictures(self.model.codec, rows, self.places.latents(places))

    def interpolate(
        self,
        seeds: Sequence[int],
        condition: Told = None,
        steps: int = 8,
        closed: bool = False,
        way: Literal["auto", "linear", "spherical"] = "auto",
    ) -> Pictures:
        """Samples on the way from each numbered sample to the next, `steps` of them; a row of the sheet a leg.

        Args:
            seeds: Numbers of the samples.
            condition: What they are to be.
            steps: From one sample to the next, the first one included.
            closed: Whether the way leads back to the first sample.
            way: "linear", "spherical", or what suits the space: spherical in the z of a normal prior.
        """
        ends = self.space.at(seeds, condition)
        tour = Tour.through(len(ends), steps, closed)
        values = tour.along(ends.values, self.space.between(way))
        one_leg = len(ends) == 2 and not closed
        return self._drawn(Latents(values, self._on_the_way(tour, ends)), steps + one_leg)

    def walk(self, seeds: Sequence[int], condition: Told = None, steps: int = 24) -> Pictures:
        """A closed walk without corners through numbered samples, as frames, `steps` of them from one to the next."""
        ends = self.space.at(seeds, condition)
        tour = Tour.through(len(ends), steps, closed=True)
        values = smooth(tour, ends.values, self.space.spherical)
        return self._drawn(Latents(values, self._on_the_way(tour, ends)))

    def mix(
        self, rows: Sequence[int], columns: Sequence[int], layers: slice | None = None, condition: Told = None
    ) -> Pictures:
        """Each row's sample with some layers of each column's; the samples themselves stand at the margins.

        Args:
            rows: Numbers of the samples that most is taken from: in z with chunks, also what they are.
            columns: Numbers of the samples that layers are taken from.
            layers: Which ones, coarsest first; by default the finer half.
            condition: What all samples are to be.

        Raises:
            SettingError: The generator has but one layer that is told a latent.
        """
        down, across = self.space.at(rows, condition), self.space.at(columns, condition)
        parts, others = self.space.layered(down.values), self.space.layered(across.values)
        depth = parts.shape[1]
        if depth < 2:
            raise SettingError(
                f"A model of the recipe {self.model.recipe.name} gives its whole latent to one layer, so nothing can "
                "be mixed; models of stylegan2 and biggan can."
            )
        taken = slice(depth // 2, depth) if layers is None else self._layers(layers, depth)
        matrix = mixed(parts, others, taken).flatten(0, 1).reshape(-1, *down.values.shape[1:])
        told = None if down.conditions is None else down.conditions.repeat_interleave(len(others), 0)
        whole = self._drawn(Latents.joined([across, down, Latents(matrix, told)]))
        blank = np.full_like(whole.rows[:1], 255)
        top, left, inner = np.split(whole.rows, [len(others), len(others) + len(parts)])
        lines = [np.concatenate([blank, top])]
        lines += [
            np.concatenate([one[None], line]) for one, line in zip(left, np.split(inner, len(parts)), strict=True)
        ]
        return Pictures(self.model.codec, np.concatenate(lines), Latents(matrix, told), len(others) + 1)

    def truncate(
        self, seeds: Sequence[int], truncations: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 1.0), condition: Told = None
    ) -> Pictures:
        """Numbered samples under several truncations, one row of the sheet for each."""
        if not truncations:
            raise SettingError("No truncations were given; write some, as in 0,0.5,1.")
        known = self.space.at(seeds, condition)
        rows = [self.space.rows(known, truncation) for truncation in truncations]
        latents = Latents.joined([known] * len(truncations))
        labels = tuple(f"truncation {truncation:g}" for truncation in truncations)
        return Pictures(self.model.codec, np.concatenate(rows), latents, len(known), labels)

    def arithmetic(self, expression: str, each: int = 64, seed: int = 0) -> Pictures:
        """What an expression of concepts comes to, such as "@thick - class:3 + class:7".

        The average of each concept is drawn first, in the order of the expression, and the result last.

        Args:
            expression: As `latent.concepts` has it.
            each: Samples that a class, attributes or a prompt are averaged over.
            seed: Number of the first of these samples.

        Raises:
            SettingError: The expression is not written as expressions are, or names what the model does not know.
            DataError: It names a selection that there is not.
        """
        concepts = Concepts(self.space, self.selection, each, seed)
        result, averages = concepts.result(parse(expression))
        drawn = self._drawn(Latents.joined([*averages, result]), len(averages) + 1)
        return Pictures(drawn.codec, drawn.rows, result, drawn.columns)

    def directions(self, method: str = "pca", count: int = 8, seeds: Sequence[int] = range(2000)) -> Axes:
        """Directions by principal components ("pca") or in closed form ("sefa"), to look at with `sweep`."""
        return find_axes(self.space, method, count, seeds)

    def direction_between(self, having: str, lacking: str, each: int = 500, seed: int = 0) -> Axes:
        """The direction from one concept to another, such as from "class:3" to "class:7", by logistic regression."""
        concepts = Concepts(self.space, self.selection, each, seed)
        with_, without = (
            Latents.joined([concepts.members(term) for term in parse(concept)]) for concept in (having, lacking)
        )
        return axis_between(self.space, with_, without)

    def direction_of_score(self, score: Score, seeds: Sequence[int] = range(2000)) -> Axes:
        """The direction along which a function of stored samples (n, ...) -> (n,) rises, by ridge regression."""
        return axis_of_score(self.space, seeds, score)

    def sweep(
        self,
        axes: Axes,
        seed: int = 0,
        condition: Told = None,
        reach: float = 3.0,
        columns: int = 7,
        layers: slice = slice(None),
    ) -> Pictures:
        """One sample moved along each direction, from -reach to reach times its spread: a row of the sheet for each."""
        if columns < 2:
            raise SettingError(f"A direction is shown by {columns} pictures; at least 2 are needed.")
        start = self.space.at([seed], condition)
        strengths = np.linspace(-reach, reach, columns).tolist()
        rows = range(len(axes.directions.vectors))
        parts = [
            Latents(self._moved(start.values, Move(axes, index, strength), layers), start.conditions)
            for index in rows
            for strength in strengths
        ]
        drawn = self._drawn(Latents.joined(parts), columns)
        labels = tuple(f"direction {index}, {-reach:g} to {reach:g}" for index in rows)
        return Pictures(drawn.codec, drawn.rows, drawn.latents, columns, labels)

    def move(
        self, seeds: Sequence[int], moves: Sequence[Move], condition: Told = None, layers: slice = slice(None)
    ) -> Pictures:
        """Numbered samples, and below them the same after moves along directions."""
        before = self.space.at(seeds, condition)
        values = before.values
        for move in moves:
            values = self._moved(values, move, layers)
        after = Latents(values, before.conditions)
        drawn = self._drawn(Latents.joined([before, after]), len(before))
        return Pictures(drawn.codec, drawn.rows, after, len(before))

    def invert(
        self,
        picture: Path | str | np.ndarray,
        how: Inversion | None = None,
        condition: Request | None = None,
        progress: Progress = lambda what, done, total: None,
    ) -> Pictures:
        """The latent that the model makes a picture of, as nearly as it can; see `Inversion`.

        Drawn are the picture, the nearest numbered sample and what was found.

        Raises:
            DataError: There is no picture, or the model makes none.
        """
        return invert(
            self.space, picture_for(self.space, picture), how or Inversion(), condition, progress, self.folder
        )

    def select(
        self,
        name: str,
        seeds: Sequence[int],
        condition: Request | None = None,
        score: Score | None = None,
        share: float = 0.1,
    ) -> Selection:
        """Keep samples under a name, for expressions: those of these numbers, or the share of them that scores highest.

        Args:
            name: What to call them, or a .json file.
            seeds: Numbers of the samples.
            condition: What they are to be.
            score: From stored samples (n, ...) to numbers (n,).
            share: How many of them are kept, of those that are scored; at least one.
        """
        numbers = [int(seed) for seed in seeds]
        known = self.space.at(numbers, condition)
        if score is not None:
            if not 0 < share <= 1:
                raise SettingError(f"The share that is kept is {share}; it must be above 0 and at most 1.")
            best = scored(self.space.rows(known), score).argsort(descending=True, stable=True)
            numbers = [numbers[i] for i in best[: max(1, round(share * len(numbers)))].tolist()]
        selection = Selection.of_seeds(numbers, condition, fingerprint(self.model))
        save_selection(selection, name, self.folder)
        return selection

    def keep(self, name: str, pictures: Pictures) -> Selection:
        """Keep the latents of pictures, such as an inverted one, under a name for expressions."""
        selection = Selection.of_latents(self.space, pictures.latents)
        save_selection(selection, name, self.folder)
        return selection

    def draw(self, selection: Selection) -> Pictures:
        """What was selected, as pictures."""
        return self._drawn(selection.latents(self.space))

    def selection(self, name: str) -> Selection:
        """What was kept under a name."""
        return load_selection(name, self.folder)

    def _drawn(self, latents: Latents, columns: int | None = None) -> Pictures:
        return Pictures(self.model.codec, self.space.rows(latents, self.truncation), latents, columns)

    def _moved(self, values: torch.Tensor, move: Move, layers: slice) -> torch.Tensor:
        chosen = layers if layers == slice(None) else self._layers(layers, self.space.layered(values).shape[1])
        return moved(self.space, values, move, chosen)

    def _layers(self, layers: slice, depth: int) -> slice:
        start, stop = layers.start, layers.stop
        if not (isinstance(start, int) and isinstance(stop, int) and 0 <= start < stop <= depth):
            raise SettingError(f"This generator's layers are 0 to {depth - 1} in {self.space.name}; name some of them.")
        return layers

    def _on_the_way(self, tour: Tour, ends: Latents) -> torch.Tensor | None:
        """What samples on a path are to be: vectors change evenly, a class changes half way."""
        if ends.conditions is None:
            return None
        if not ends.conditions.is_floating_point():
            return tour.nearest(ends.conditions)
        return tour.along(ends.conditions, self.space.between("linear"))
