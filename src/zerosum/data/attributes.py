"""Attributes of samples from the columns of a table: what is there or not, and properties with a few values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zerosum.core.errors import DataError

MOST_VALUES = 32
"""A column with more different texts than this is no property that samples share."""

_FLAGS = {"1": 1, "true": 1, "yes": 1, "0": 0, "-1": 0, "false": 0, "no": 0, "": 0}
"""What says that an attribute is there, and that it is not: as people write it, and as CelebA does."""


@dataclass(frozen=True)
class Table:
    """Which sample has which attributes.

    Attributes:
        names: Of the attributes: a column's name, or "column=value" for each value of a property.
        values: 0 or 1, shape (n, attributes), uint8.
        notes: Sentences about columns that are not used.
    """

    names: tuple[str, ...]
    values: np.ndarray
    notes: tuple[str, ...] = ()


def attributes_of(columns: Mapping[str, Sequence[Any]], where: str) -> Table:
    """The attributes that columns of values, one for each sample, speak of.

    A column of yes and no, true and false or 1 and 0 (or -1) is one attribute; an empty field is a no. A column of up
    to 32 different texts is a property, and each of its values an attribute; an empty field has none of them.

    Raises:
        DataError: No column is of either kind, or every sample is alike in all of them.
    """
    names, values, notes = [], [], []
    for column, entries in columns.items():
        texts = np.array(["" if entry is None else str(entry).strip() for entry in entries])
        different = sorted(set(texts.tolist()) - {""})
        if {text.lower() for text in different} <= _FLAGS.keys():
            found = {column: np.array([_FLAGS[text.lower()] for text in texts], np.uint8)}
        elif len(different) <= MOST_VALUES:
            found = {f"{column}={value}": (texts == value).astype(np.uint8) for value in different}
        else:
            notes.append(f'The column "{column}" is not used: it has {len(different):,} different values.')
            continue
        varied = {name: there for name, there in found.items() if there.min() != there.max()}
        if not varied:
            notes.append(f'The column "{column}" is not used: all samples are alike in it.')
        names += varied.keys()
        values += varied.values()
    if not names:
        reasons = " ".join(notes) or "It has no columns for them."
        raise DataError(
            f"{where} speaks of no attributes. {reasons} Give a column of yes and no (or 1 and 0), or of up to "
            f"{MOST_VALUES} different texts, for each thing that samples differ in."
        )
    return Table(tuple(names), np.stack(values, 1), tuple(notes))
