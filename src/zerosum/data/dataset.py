"""A set of samples that is ready to train on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError
from zerosum.core.seeding import seed_from
from zerosum.core.space import Space
from zerosum.data.codec import Codec


@dataclass(frozen=True)
class Dataset:
    """Samples as they are stored, and what is known about them.

    Attributes:
        name: Short name for folders and headings.
        source: Where the samples came from: a built-in name, an absolute path, or "array".
        space: What one encoded sample is; it has classes only when training is to be conditional.
        codec: How a stored row becomes an encoded sample and back.
        rows: Stored samples: (n, height, width, channels) uint8 of pictures, often a memory map; (n, coordinates)
            float32 of points.
        labels: Index of each sample's class in `space.classes`, shape (n,), int64; None without classes.
        texts: A caption of each sample, or None.
        mirror: Whether half of the pictures are shown mirrored.
        held_out: Numbers of the rows that are never trained on, ascending, shape (k,), int64.
        notes: Sentences that the person should read, for example about files that were left out.
        fingerprint: 16 hexadecimal digits that change with the content: rows, labels, captions, mirroring. They do not
            depend on where the files lie or when they were written.
    """

    name: str
    source: str
    space: Space
    codec: Codec
    rows: np.ndarray
    labels: np.ndarray | None
    texts: tuple[str, ...] | None
    mirror: bool
    held_out: np.ndarray
    notes: tuple[str, ...]
    fingerprint: str

    def __post_init__(self) -> None:
        assert self.labels is None or len(self.labels) == len(self.rows), "every sample has a label"
        assert self.texts is None or len(self.texts) == len(self.rows), "every sample has a caption"

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def training(self) -> np.ndarray:
        """Numbers of the rows that are trained on, ascending, shape (n,), int64."""
        return np.setdiff1d(np.arange(len(self.rows)), self.held_out, assume_unique=True)


@dataclass(frozen=True)
class Samples:
    """What a reader found, before it is decided whether classes matter.

    Attributes:
        rows: Stored samples, as in `Dataset`.
        digest: Hash of the rows' bytes.
        classes: Name of each sample's class, or None.
        texts: Caption of each sample, or None.
        notes: Sentences that the person should read.
    """

    rows: np.ndarray
    digest: str
    classes: Sequence[str] | None = None
    texts: tuple[str, ...] | None = None
    notes: tuple[str, ...] = field(default=())


def make_dataset(
    name: str, source: str, kind: str, shape: tuple[int, ...], codec: Codec, samples: Samples, options: DataOptions
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

    Raises:
        DataError: There are fewer than two samples, or classes were asked for and there are fewer than two.
    """
    if len(samples.rows) < 2:
        raise DataError(f"{source} holds too few samples: {len(samples.rows)}, and training needs at least 2.")
    names, labels, notes = _classes(source, samples.classes, options.conditional)
    counts = np.bincount(labels, minlength=len(names)) if labels is not None else np.zeros(0)
    space = Space(kind=kind, shape=shape, classes=names, frequencies=tuple((counts / len(samples.rows)).tolist()))
    held_out = _held_out(len(samples.rows)) if options.hold_out else np.zeros(0, np.int64)
    content = [samples.digest, list(names), samples.texts, options.mirror, len(held_out), codec.to_json()]
    hashed = hashlib.sha256(json.dumps(content).encode())
    hashed.update(labels.tobytes() if labels is not None else b"")
    return Dataset(
        name=name,
        source=source,
        space=space,
        codec=codec,
        rows=samples.rows,
        labels=labels,
        texts=samples.texts,
        mirror=options.mirror,
        held_out=held_out,
        notes=samples.notes + notes,
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


def digest_of(rows: np.ndarray) -> str:
    """Hash of an array's shape, type and content."""
    hashed = hashlib.sha256(f"{rows.shape} {rows.dtype}".encode())
    hashed.update(np.ascontiguousarray(rows).data)
    return hashed.hexdigest()


def _classes(
    source: str, classes: Sequence[str] | None, conditional: bool | None
) -> tuple[tuple[str, ...], np.ndarray | None, tuple[str, ...]]:
    """Names of the classes, the label of each sample, and notes; no names and no labels without conditions."""
    if classes is None:
        if conditional:
            raise DataError(
                f"{source} has no classes, so it cannot be trained with --conditional. Put the pictures of each class "
                'into a sub-folder of its own, add a "label" column to metadata.csv or a "labels" array to the .npz '
                "file, or leave --conditional out."
            )
        return (), None, ()
    if conditional is False:
        return (), None, ()
    names = _in_order(set(classes))
    if len(names) == 1:
        (name,) = names
        if conditional:
            raise DataError(
                f'{source} has only one class, "{name}", so it cannot be trained with --conditional. '
                "Add samples of another class or leave --conditional out."
            )
        return (), None, (f'There is only one class, "{name}", so training is not conditional.',)
    index = {name: number for number, name in enumerate(names)}
    labels = np.fromiter((index[name] for name in classes), np.int64, len(classes))
    return names, labels, ()


def _in_order(names: set[str]) -> tuple[str, ...]:
    """Class names by alphabet, or by value when all of them are numbers: 2 comes before 10."""
    if all(name.isascii() and name.removeprefix("-").isdecimal() for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(sorted(names))
