"""A set of samples that is ready to train on."""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from zerosum.config.data import DataOptions
from zerosum.core.cells import Cell
from zerosum.core.errors import DataError
from zerosum.core.registry import Told
from zerosum.core.seeding import seed_from
from zerosum.core.space import Space
from zerosum.data.codec import Codec
from zerosum.data.conditions import Classes, Conditions
from zerosum.data.samples import Samples
from zerosum.data.telling import find_conditions


@dataclass(frozen=True)
class Dataset:
    """Samples as they are stored, and what is known about them.

    Attributes:
        name: Short name for folders and headings.
        source: Where the samples came from: a built-in name, an absolute path, or "array".
        space: What one encoded sample is; it has classes, or a condition's width, only when training is conditional.
        codec: How a stored row becomes an encoded sample and back.
        rows: Stored samples: (n, height, width, channels) uint8 of pictures, often a memory map; (n, coordinates)
            float32 of points; (n, columns) float64 of tables.
        conditions: What samples are told to be; None when nothing is.
        told: Index of each sample's condition in `conditions`, shape (n,), int64; None without conditions.
        texts: A caption of each sample, or None.
        mirror: Whether half of the pictures are shown mirrored.
        held_out: Numbers of the rows that are never trained on, ascending, shape (k,), int64.
        notes: Sentences that the person should read, for example about files that were left out.
        fingerprint: 16 hexadecimal digits that change with the content: rows, conditions, captions, mirroring. They do
            not depend on where the files lie or when they were written.
    """

    name: str
    source: str
    space: Space
    codec: Codec
    rows: np.ndarray
    conditions: Conditions | None
    told: np.ndarray | None
    texts: tuple[str, ...] | None
    mirror: bool
    held_out: np.ndarray
    notes: tuple[str, ...]
    fingerprint: str

    def __post_init__(self) -> None:
        assert self.told is None or len(self.told) == len(self.rows), "every sample has a condition"
        assert self.texts is None or len(self.texts) == len(self.rows), "every sample has a caption"

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def labels(self) -> np.ndarray | None:
        """Index of each sample's class in `space.classes`, shape (n,), int64; None without classes."""
        return self.told if self.space.classes else None

    @property
    def training(self) -> np.ndarray:
        """Numbers of the rows that are trained on, ascending, shape (n,), int64."""
        return np.setdiff1d(np.arange(len(self.rows)), self.held_out, assume_unique=True)

    def condition(self, numbers: np.ndarray) -> Tensor | None:
        """What networks are told of the rows with these numbers (k,): indices (k,), vectors (k, width), or None."""
        if self.conditions is None or self.told is None:
            return None
        return self.conditions.at(self.told[numbers])


def make_dataset(
    name: str,
    source: str,
    kind: str,
    shape: tuple[int, ...],
    codec: Codec,
    samples: Samples,
    options: DataOptions,
    told: Told | None,
    cells: tuple[Cell, ...] = (),
) -> Dataset:
    """A dataset of what a reader found, conditional as the options ask.

    Args:
        name: Short name of the data.
        source: Where the samples came from.
        kind: Kind of the samples' space.
        shape: Shape of one encoded sample.
        codec: How rows are encoded.
        samples: What the reader found.
        options: What the person asked for.
        told: What is to be told of samples, where there is anything to tell.
        cells: Of a table, what an encoded row consists of.

    Raises:
        DataError: There are fewer than two samples, or conditions were asked for and there are none.
    """
    count = len(samples.rows)
    if count < 2:
        raise DataError(f"{source} holds too few samples: {count}, and training needs at least 2.")
    found = find_conditions(source, samples, options, told)
    classes = found.conditions if isinstance(found.conditions, Classes) else None
    space = Space(
        kind=kind,
        shape=shape,
        classes=classes.names if classes else (),
        frequencies=tuple(classes.frequencies.tolist()) if classes else (),
        condition_width=found.conditions.width if found.conditions else 0,
        cells=cells,
    )
    held_out = _held_out(count) if options.hold_out else np.zeros(0, np.int64)
    content = [samples.digest, list(space.classes), samples.texts, options.mirror, len(held_out), codec.content()]
    if found.conditions is not None and classes is None:
        content.append(found.conditions.to_json())
    hashed = hashlib.sha256(json.dumps(content).encode())
    hashed.update(found.indices.tobytes() if found.indices is not None else b"")
    return Dataset(
        name=name,
        source=source,
        space=space,
        codec=codec,
        rows=samples.rows,
        conditions=found.conditions,
        told=found.indices,
        texts=samples.texts,
        mirror=options.mirror,
        held_out=held_out,
        notes=samples.notes + found.notes,
        fingerprint=hashed.hexdigest()[:16],
    )


def _held_out(count: int) -> np.ndarray:
    """Which of `count` rows are kept out of training: 5 % and at most 512, but of few samples more, up to 32.

    Of fewer than 64 samples none is spared.
    """
    if count < 64:
        return np.zeros(0, np.int64)
    kept = min(512, max(count // 20, min(32, count // 5)))
    return np.sort(np.random.Generator(np.random.PCG64(seed_from("held out"))).choice(count, kept, replace=False))
