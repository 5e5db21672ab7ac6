"""Generated samples beside real ones, with their features: what every metric of an evaluation reads."""

import importlib.util
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.core.space import Space
from zerosum.data.codec import Codec
from zerosum.data.dataset import Dataset
from zerosum.evaluation.describe import Workers
from zerosum.evaluation.measure import Better, Found, Measure
from zerosum.evaluation.sides import Side, Sides, tensor
from zerosum.evaluation.subject import Subject
from zerosum.metrics.bootstrap import Estimate
from zerosum.metrics.copying import Originals, Suspects
from zerosum.metrics.features import FeatureNetwork
from zerosum.metrics.pairs import finite

Distance = Callable[[Tensor, Tensor], Estimate]
"""From features of reals (n, f) and of fakes (m, f) to a number with its spread."""

Floor = Callable[[Tensor, Tensor], float]
"""The same without the spread, for reals and other reals."""


class Comparison:
    """All samples of an evaluation, described when they are first asked for.

    Attributes:
        subject: What is evaluated.
        dataset: The real samples.
        sides: Who is compared with whom.
        fake: The generated samples.
        network: What distances are measured in.
        plain: A quick network that sees layout and colour, in which copies are looked for.
        workers: Who generates and describes.
        validation: Real samples to choose the likelihood's width on, if they were given.
        seed: Of the choice of samples.
        target: The column of a table that is to be predicted, if the person names one.
    """

    def __init__(
        self,
        subject: Subject,
        dataset: Dataset,
        sides: Sides,
        fake: Side,
        network: FeatureNetwork,
        plain: FeatureNetwork,
        workers: Workers,
        validation: Dataset | None,
        seed: int,
        target: str | None = None,
    ) -> None:
        self.subject, self.dataset, self.sides, self.fake = subject, dataset, sides, fake
        self.network, self.plain, self.workers, self.validation, self.seed = network, plain, workers, validation, seed
        self.target = target

    @property
    def space(self) -> Space:
        """What a sample is."""
        return self.subject.space

    @property
    def n(self) -> int:
        """Samples on a side."""
        return len(self.fake)

    @property
    def parts(self) -> tuple[Side, Side, Side]:
        """Real samples, other real ones for the floor, and generated ones."""
        return self.sides.real, self.sides.other, self.fake

    @cached_property
    def fakes(self) -> Tensor:
        """Features of the generated samples, (n, f)."""
        return self._described(self.network, self.fake, "generated samples", keep=False)

    @cached_property
    def reals(self) -> Tensor:
        """Features of the real samples, (n, f)."""
        return self._described(self.network, self.sides.real, "real samples", keep=True)

    @cached_property
    def others(self) -> Tensor:
        """Features of the other real samples, (n, f)."""
        return self._described(self.network, self.sides.other, "other real samples", keep=True)

    @cached_property
    def originals(self) -> Originals | None:
        """The training samples and the held-out ones in the plain network's features; None where they are not known."""
        if self.sides.trained is None or self.sides.held_out is None:
            return None
        trained = self._described(self.plain, self.sides.trained, "training samples", keep=True)
        held_out, *mirrored = self._turned(self.sides.held_out, "held-out samples", keep=True)
        return Originals(held_out, trained, *mirrored)

    @cached_property
    def suspects(self) -> Suspects | None:
        """The generated samples beside the training samples; None where these are not known."""
        if self.originals is None:
            return None
        return self.originals.suspects(*self._turned(self.fake, "generated samples once more", keep=False))

    def _turned(self, side: Side, what: str, keep: bool) -> list[Tensor]:
        """Features in the plain network of samples, and of these mirrored where training mirrored its own."""
        found = [self._described(self.plain, side, what, keep)]
        if self.sides.mirrored:
            mirrored = Side(np.ascontiguousarray(side.rows[:, :, ::-1]))
            found.append(self._described(self.plain, mirrored, f"mirrored {what}", keep))
        return found

    def describe(self, copying: bool) -> None:
        """Describe all samples now, which takes all processes; what follows, one of them does alone.

        Training samples, which are many, are only described where copies are looked for.
        """
        _ = self.reals, self.others, self.fakes
        if copying:
            _ = self.suspects

    @property
    def codec(self) -> Codec:
        """How stored rows of all sides are encoded: as the real samples are, so that numbers have their units."""
        return self.dataset.codec

    def encoded(self, side: Side, most: int | None = None) -> Tensor:
        """Samples in the range of networks, (n, ...), the first of them."""
        return self.codec.encode(tensor(side.rows[:most]))

    def measure(
        self,
        metric: str,
        title: str,
        distance: Distance,
        floor: Floor,
        better: Better = "lower",
        settings: str = "",
    ) -> Measure:
        """A number of the features of reals and fakes, with the same number of reals and other reals as its floor."""
        begin = time.perf_counter()
        found = distance(self.reals, self.fakes)
        seconds = time.perf_counter() - begin
        return Measure.of(
            found,
            metric=metric,
            title=title,
            within=self.network.name,
            n=self.n,
            settings=settings,
            floor=floor(self.reals, self.others),
            better=better,
            seconds=seconds,
        )

    def _described(self, network: FeatureNetwork, side: Side, what: str, keep: bool) -> Tensor:
        found = self.workers.features(network, side.rows, self.codec, what, keep)
        if not finite(found):
            wrong = int((~found.isfinite().all(1)).nonzero()[0, 0])
            raise DataError(
                f"The features of {what} in {network.name} are not finite, first of sample {wrong}. If the samples are "
                "generated, the model's weights are broken; if they are real, look at that sample."
            )
        return found


@dataclass(frozen=True)
class Metric:
    """One thing that can be found out.

    Attributes:
        name: What a person calls it.
        summary: What it says, in a few words.
        refuses: Says why it cannot be had in a comparison, as the end of "NAME does not apply: "; None where it can.
        find: Finds it out.
        gives: The short names of its measures, by which it can be asked for as well.
        usual: Kinds of samples for which it is looked at where nobody asks for it.
    """

    name: str
    summary: str
    refuses: Callable[[Comparison], str | None]
    find: Callable[[Comparison], Found]
    gives: tuple[str, ...] = ()
    usual: tuple[str, ...] = ("image", "points")


def always(comparison: Comparison) -> None:
    """For metrics that apply to every kind of sample."""
    return None


def without_learners(comparison: Comparison) -> str | None:
    """Why metrics that take k-means or a regression cannot be had, if so."""
    if importlib.util.find_spec("sklearn") is not None:
        return None
    return "the package scikit-learn is not installed: pip install 'zerosum[metrics]'"


def seeded(seed: int) -> torch.Generator:
    """A generator of random numbers of its own."""
    return torch.Generator().manual_seed(seed)
