"""Who is compared with whom: real samples, as many other real ones, generated ones, and those that were trained on."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from zerosum.core.errors import SettingError
from zerosum.core.seeding import seed_from
from zerosum.data.dataset import Dataset
from zerosum.evaluation.subject import Subject, open_lesson

MOST_TRAINED = 50_000
"""Training samples that are searched for originals of copies, at most."""

MOST_BYTES = 2**31
"""Memory that these may take, where samples are large."""

BY_CHANCE = 0.01
"""Share of rows of a table that may be found in another one, beyond the share that has twins in its own."""

FEWEST = 12
"""Samples on a side below which no measure means anything."""


@dataclass(frozen=True)
class Side:
    """Stored samples of one sort.

    Attributes:
        rows: As a dataset stores them, shape (n, ...).
        labels: Index of each sample's class, shape (n,), or None.
        described: What else is told of each sample, attributes or an encoded caption, shape (n, width), or None.
    """

    rows: np.ndarray
    labels: np.ndarray | None = None
    described: torch.Tensor | None = None

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
        mirrored: Whether training mirrored its samples, as half of the real ones then are.
        fakes: How many samples are to be generated: as many as there are reals.
        other_kind: What the other reals are, in words.
        notes: What the person should know of the choice.
    """

    real: Side
    other: Side
    trained: Side | None
    held_out: Side | None
    mirrored: bool
    fakes: int
    other_kind: str
    notes: tuple[str, ...]


def choose_sides(subject: Subject, dataset: Dataset, asked: int, seed: int, same: bool = False) -> Sides:
    """Part real samples into those that are compared with and those that give the floors.

    Where the model was trained on other samples than these, its training samples are the other reals, and those of
    these that are not among them are held out. Otherwise one half of the training samples is compared with the other.

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
    own = lesson is not None and dataset.fingerprint == lesson.fingerprint
    pool = shuffled(dataset.training if own and not same else np.arange(len(dataset)), seed)
    notes = []
    if lesson is not None and subject.lesson is not None and lesson.fingerprint != subject.lesson.fingerprint:
        notes.append("The data have changed since the model was trained on them.")
    known = None if lesson is None or own or same else shuffled(_others(lesson, dataset), seed)
    if known is None or len(known) < min(asked, len(pool)) or lesson is None:
        n = _agreed(asked, len(pool) // 2, subject)
        real, other = _side(dataset, pool[:n]), _side(dataset, pool[n : 2 * n])
        other_kind = "the other half of the same data"
    else:
        n = _agreed(asked, len(pool), subject)
        real, other = _side(dataset, pool[:n]), _side(lesson, known[:n])
        other_kind = "samples that the model was trained on"
    if n < asked:
        notes.append(_fewer(n, asked, len(pool), subject))
    if dataset.mirror:
        notes.append("Half of the real samples are mirrored, as they were for training.")
    trained = held_out = None
    if lesson is not None:
        numbers = shuffled(lesson.training, seed)
        wide = 4 * lesson.space.size if lesson.space.kind == "table" else 0  # its features are its encoded rows
        most = min(MOST_TRAINED, MOST_BYTES // max(1, wide, np.asarray(lesson.rows)[0].nbytes))
        trained = _side(replace(lesson, mirror=False), numbers[:most])
        held_out = _held_out(lesson, dataset, pool[:n], own, seed)
        if len(numbers) > most:
            notes.append(f"Originals of copies are looked for among {most:,} of {len(numbers):,} training samples.")
    mirrored = lesson is not None and lesson.mirror
    return Sides(real, other, trained, held_out, mirrored, n, other_kind, tuple(notes))


def _fewer(n: int, asked: int, reals: int, subject: Subject) -> str:
    """Why there are fewer samples on a side than were asked for."""
    generated = f" and {subject.available:,} generated ones" if subject.available is not None else ""
    return (
        f"{n:,} samples on a side instead of {asked:,}: there are {reals:,} real samples{generated}, and a floor takes "
        "as many other real ones."
    )


def _held_out(lesson: Dataset, dataset: Dataset, compared: np.ndarray, own: bool, seed: int) -> Side | None:
    """Reals that were not trained on: those that the run kept out of training, or those compared with; if any are."""
    if own:
        return _side(lesson, shuffled(lesson.held_out, seed)) if len(lesson.held_out) else None
    if _twins_by_chance(lesson, dataset):
        return _side(dataset, compared)
    if dataset.space.kind == "table" and len(lesson.held_out):
        return _side(lesson, shuffled(lesson.held_out, seed))
    known = {_digest(row) for row in _rows(lesson, lesson.training)}
    new = [number for number, row in zip(compared, _rows(dataset, compared), strict=True) if _digest(row) not in known]
    return _side(dataset, np.array(new)) if new else None


def _others(lesson: Dataset, dataset: Dataset) -> np.ndarray:
    """Numbers of the training samples that are not among the real ones, byte for byte: data may overlap."""
    if _twins_by_chance(lesson, dataset):
        return lesson.training
    real = {_digest(row) for row in _rows(dataset, np.arange(len(dataset)))}
    training = lesson.training
    return training[[_digest(row) not in real for row in _rows(lesson, training)]]


def _twins_by_chance(lesson: Dataset, dataset: Dataset) -> bool:
    """Whether rows of a table that were also trained on are no more than chance gives, so that they may stay.

    Different people often have the same row where there are few columns. To leave those out of the reals would leave
    the odd ones, which are far from all others. As many as there are training rows that are not the only ones of their
    kind are found in any other table of the same origin.
    """
    if dataset.space.kind != "table":
        return False
    trained = Counter(_digest(row) for row in _rows(lesson, lesson.training))
    usual = sum(count for count in trained.values() if count > 1) / len(lesson.training)
    found = sum(_digest(row) in trained for row in _rows(dataset, np.arange(len(dataset)))) / len(dataset)
    return found <= usual + BY_CHANCE + 3 * math.sqrt(usual * (1 - usual) / len(dataset))


def _rows(dataset: Dataset, numbers: np.ndarray) -> Iterator[np.ndarray]:
    """Stored rows, one at a time, since all of them may be more than fits into memory."""
    rows = np.asarray(dataset.rows)
    return (rows[number] for number in numbers)


def _digest(row: np.ndarray) -> bytes:
    if row.dtype.kind == "f":
        row = np.where(np.isnan(row), np.nan, row) + 0.0  # there are many numbers that are none, and two zeros
    return hashlib.blake2b(row.tobytes(), digest_size=16).digest()


def _agreed(asked: int, possible: int, subject: Subject) -> int:
    """Samples on a side."""
    n = min(asked, possible, subject.available or asked)
    if n < FEWEST:
        raise SettingError(
            f"There would be {n} samples on a side, and an evaluation takes at least {FEWEST}: {2 * FEWEST} real "
            f"samples, because floors compare them with one another, and {FEWEST} generated ones. Give more."
        )
    return n


def shuffled(numbers: np.ndarray, seed: int) -> np.ndarray:
    """The numbers in an order that the seed decides."""
    generator = np.random.Generator(np.random.PCG64(seed_from("evaluation", seed)))
    return numbers[generator.permutation(len(numbers))]


def _side(dataset: Dataset, numbers: np.ndarray) -> Side:
    # In the order of the file, since it may be a map of a large one, and then back in the order that was drawn.
    order = np.argsort(numbers)
    rows = np.empty((len(numbers), *dataset.rows.shape[1:]), dataset.rows.dtype)
    rows[order] = np.asarray(dataset.rows)[numbers[order]]
    if dataset.mirror:
        rows[1::2] = rows[1::2, :, ::-1].copy()  # the numbers are in random order
    if dataset.labels is None:
        return Side(rows, described=dataset.condition(numbers))
    return Side(rows, dataset.labels[numbers])


def tensor(rows: np.ndarray) -> torch.Tensor:
    """Stored rows for a codec."""
    return torch.from_numpy(np.ascontiguousarray(rows))
