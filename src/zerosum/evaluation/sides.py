"""Who is compared with whom: real samples, as many other real ones, generated ones, and those that were trained on."""

from dataclasses import dataclass

import numpy as np
import torch

from zerosum.core.errors import SettingError
from zerosum.core.seeding import seed_from
from zerosum.data.dataset import Dataset
from zerosum.evaluation.subject import Subject, open_lesson

MOST_TRAINED = 50_000
"""Training samples that are searched for originals of copies, at most."""

FEWEST = 12
"""Samples on a side below which no measure means anything."""


@dataclass(frozen=True)
class Side:
    """Stored samples of one sort.

    Attributes:
        rows: As a dataset stores them, shape (n, ...).
        labels: Index of each sample's class, shape (n,), or None.
    """

    rows: np.ndarray
    labels: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Sides:
    """All sorts of samples of an evaluation.

    Attributes:
        real: What generated samples are compared with.
        other: As many other reals, for the floors.
        trained: Training samples, up to 50,000; None where they are not known.
        held_out: Reals that were not trained on; None where none are known.
        fakes: How many samples are to be generated: as many as there are reals.
        other_kind: What the other reals are, in words.
        notes: What the person should know of the choice.
    """

    real: Side
    other: Side
    trained: Side | None
    held_out: Side | None
    fakes: int
    other_kind: str
    notes: tuple[str, ...]


def choose_sides(subject: Subject, dataset: Dataset, asked: int, seed: int, same: bool = False) -> Sides:
    """Part real samples into those that are compared with and those that give the floors.

    Where the model was trained on other samples than these, its training samples are the other reals, and every one of
    these is held out. Otherwise one half of the training samples is compared with the other.

    Args:
        subject: What is compared.
        dataset: The real samples.
        asked: Samples on a side, at most.
        seed: Of the choice.
        same: Whether the choice must not depend on the subject, for numbers of several that are to be compared: all
            real samples then take part, and one half is always compared with the other.

    Raises:
        SettingError: There are too few samples.
    """
    lesson = open_lesson(subject)
    own = lesson is not None and subject.lesson is not None and dataset.fingerprint == lesson.fingerprint
    pool = _shuffled(dataset.training if own and not same else np.arange(len(dataset)), seed)
    notes = []
    if lesson is not None and subject.lesson is not None and lesson.fingerprint != subject.lesson.fingerprint and own:
        notes.append("The data have changed since the model was trained on them.")
    known = None if lesson is None else _shuffled(lesson.training, seed)
    if own or same or known is None or lesson is None or len(known) < min(asked, len(pool)):
        n = _agreed(asked, len(pool) // 2, subject)
        real, other = _side(dataset, pool[:n]), _side(dataset, pool[n : 2 * n])
        other_kind = "the other half of the same data"
    else:
        n = _agreed(asked, len(pool), subject)
        real, other = _side(dataset, pool[:n]), _side(lesson, known[:n])
        other_kind = "samples that the model was trained on"
    if n < asked:
        notes.append(
            f"{n:,} samples on a side instead of {asked:,}: there are {len(pool):,} real samples"
            + (f" and {subject.available:,} generated ones" if subject.available is not None else "")
            + ", and a floor takes as many other real ones."
        )
    held_out = None
    if lesson is not None:
        held_out = _side(lesson, lesson.held_out) if own else _unknown(real, lesson)
    trained = None if lesson is None or known is None else _side(lesson, known[:MOST_TRAINED])
    if known is not None and len(known) > MOST_TRAINED:
        notes.append(f"Originals of copies are looked for among {MOST_TRAINED:,} of {len(known):,} training samples.")
    if held_out is not None and not len(held_out):
        held_out = None
    return Sides(real, other, _with_mirrored(trained, lesson), held_out, n, other_kind, tuple(notes))


def _unknown(side: Side, lesson: Dataset) -> Side:
    """Those of the samples that are not among the training samples, byte for byte: data may overlap."""
    known = {row.tobytes() for row in np.asarray(lesson.rows)[lesson.training]}
    new = np.array([row.tobytes() not in known for row in side.rows], bool)
    return Side(side.rows[new], None if side.labels is None else side.labels[new])


def _agreed(asked: int, possible: int, subject: Subject) -> int:
    """Samples on a side."""
    n = min(asked, possible, subject.available or asked)
    if n < FEWEST:
        raise SettingError(
            f"There would be {n} samples on a side, and an evaluation takes at least {FEWEST}: {2 * FEWEST} real "
            f"samples, because floors compare them with one another, and {FEWEST} generated ones. Give more."
        )
    return n


def _shuffled(numbers: np.ndarray, seed: int) -> np.ndarray:
    generator = np.random.Generator(np.random.PCG64(seed_from("evaluation", seed)))
    return numbers[generator.permutation(len(numbers))]


def _side(dataset: Dataset, numbers: np.ndarray) -> Side:
    # In the order of the file, since it may be a map of a large one, and then back in the order that was drawn.
    order = np.argsort(numbers)
    rows = np.empty((len(numbers), *dataset.rows.shape[1:]), dataset.rows.dtype)
    rows[order] = np.asarray(dataset.rows)[numbers[order]]
    return Side(rows, None if dataset.labels is None else dataset.labels[numbers])


def _with_mirrored(side: Side | None, dataset: Dataset | None) -> Side | None:
    """Training samples as they were shown: mirrored too where that was asked for."""
    if side is None or dataset is None or not dataset.mirror:
        return side
    return Side(np.concatenate([side.rows, side.rows[:, :, ::-1]]), None)


def tensor(rows: np.ndarray) -> torch.Tensor:
    """Stored rows for a codec."""
    return torch.from_numpy(np.ascontiguousarray(rows))
