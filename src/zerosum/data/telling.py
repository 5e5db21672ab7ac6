"""What samples are told to be: found among what a reader knows of them, as a recipe and a person ask."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError
from zerosum.core.registry import Told
from zerosum.data.attributes import attributes_of
from zerosum.data.conditions import Attributes, Captions, Classes, Conditions
from zerosum.data.samples import Samples


class Found(NamedTuple):
    """Conditions, the index of each sample's (n,), int64, and sentences for the person; neither without conditions."""

    conditions: Conditions | None = None
    indices: np.ndarray | None = None
    notes: tuple[str, ...] = ()


def find_conditions(source: str, samples: Samples, options: DataOptions, told: Told | None) -> Found:
    """What is told of samples.

    Args:
        source: Where the samples came from.
        samples: What the reader found.
        options: What the person asked for.
        told: What a recipe can be told, if anything.

    Raises:
        DataError: The recipe is told in words or attributes and there are none, or classes were asked for and there are
            fewer than two.
    """
    if told is None or options.conditional is False:
        return Found()
    find: Mapping[Told, Callable[[str, Samples, DataOptions], Found]] = {
        "classes": _classes,
        "attributes": _attributes,
        "captions": _captions,
    }
    return find[told](source, samples, options)


def _classes(source: str, samples: Samples, options: DataOptions) -> Found:
    classes = samples.classes
    if classes is None:
        if options.conditional:
            raise DataError(
                f"{source} has no classes, so it cannot be trained with --conditional. Put the pictures of each class "
                'into a sub-folder of its own, add a "label" column to metadata.csv or a "labels" array to the .npz '
                "file, or leave --conditional out."
            )
        return Found()
    names = _in_order(set(classes))
    if len(names) == 1:
        (name,) = names
        if options.conditional:
            raise DataError(
                f'{source} has only one class, "{name}", so it cannot be trained with --conditional. '
                "Add samples of another class or leave --conditional out."
            )
        return Found(notes=(f'There is only one class, "{name}", so training is not conditional.',))
    index = {name: number for number, name in enumerate(names)}
    labels = np.fromiter((index[name] for name in classes), np.int64, len(classes))
    frequencies = np.bincount(labels, minlength=len(names)) / len(labels)
    return Found(Classes(frequencies, names), labels)


def _attributes(source: str, samples: Samples, options: DataOptions) -> Found:
    """Attributes from columns; classes are one more property."""
    columns: dict[str, Sequence[Any]] = dict(samples.columns or {})
    if samples.classes is not None:
        columns["label"] = samples.classes
    table = attributes_of(columns, source)
    conditions, indices = Attributes.of(table.names, table.values)
    return Found(conditions, indices, table.notes)


def _captions(source: str, samples: Samples, options: DataOptions) -> Found:
    texts = samples.texts
    if texts is None:
        raise DataError(
            f'{source} has no captions. Add a metadata.csv with the columns "file_name" and "text" to a folder of '
            'pictures, or an array "texts" to an .npz file.'
        )
    without = [number for number, text in enumerate(texts) if not text.strip()]
    if without:
        raise DataError(
            f"{source} has no caption for {len(without)} of {len(texts)} samples, first for number {without[0]}. Write "
            "one for each, or take them out."
        )
    conditions, indices = Captions.of(texts, options.encoder)
    return Found(conditions, indices)


def _in_order(names: set[str]) -> tuple[str, ...]:
    """Class names by alphabet, or by value when all of them are numbers: 2 comes before 10."""
    if all(name.isascii() and name.removeprefix("-").isdecimal() for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(sorted(names))
