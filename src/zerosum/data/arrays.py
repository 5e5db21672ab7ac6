"""Samples that come as one array: .npz, .npy, or an array in Python.

Pictures are (n, height, width), (n, height, width, channels) or (n, channels, height, width), points are
(n, coordinates).
"""

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.npyio import NpzFile
from PIL import Image

from zerosum.config.data import CHANNELS, LARGEST_SIDE, SMALLEST_SIDE, DataOptions
from zerosum.core.errors import DataError
from zerosum.data.images import Form, background_of, shape_picture
from zerosum.data.samples import Samples, digest_of

_SAID = ("texts", "attributes", "attribute_names")
"""Arrays with a caption for each sample, with a row of attributes for each, and with what these are called."""

# Names that an .npz file may give to samples and their labels, the preferred ones first.
_NAMES = (("images", "labels"), ("x", "y"), ("train_images", "train_labels"), ("x_train", "y_train"))


def read_npz(path: Path, options: DataOptions) -> Samples:
    """Samples of an .npz file: the array "images" or "x", or else the first one with two or more dimensions.

    Beside it there may be "labels", one for each sample; "texts", captions; or "attributes", 0 or 1 for each sample and
    each of "attribute_names".

    Raises:
        DataError: The file is damaged, or holds no array that can be used.
    """
    try:
        with open(path, "rb") as file, NpzFile(file, allow_pickle=False) as arrays:
            names = list(arrays.files)
            rows_name, usual = next(((rows, labels) for rows, labels in _NAMES if rows in names), (None, "labels"))
            if rows_name is None:
                rows_name = next((name for name in names if arrays[name].ndim >= 2), None)
            if rows_name is None:
                raise DataError(f"{path} holds no array with two or more dimensions, only: {', '.join(names)}.")
            labels_name = next((name for name in (usual, "labels", "y") if name in names), None)
            rows = arrays[rows_name]
            said = {name: arrays[name] for name in (labels_name, *_SAID) if name is not None and name in names}
    except DataError:
        raise
    except Exception as error:  # a damaged archive raises many kinds of exception
        raise DataError(_unreadable(path, error)) from error
    unused = [name for name in names if name not in (rows_name, *said)]
    notes = (f'Samples are the array "{rows_name}"; not used: {", ".join(unused)}.',) if unused else ()
    labels = said.get(labels_name or "")
    samples = array_samples(rows, f'{path}, array "{rows_name}"', options, labels, notes)
    texts, columns = _texts(said, len(samples.rows), path), _columns(said, len(samples.rows), path)
    return replace(samples, texts=texts, columns=columns)


def read_npy(path: Path, options: DataOptions) -> Samples:
    """Samples of an .npy file, which is mapped and not copied into memory where its layout allows.

    Raises:
        DataError: The file is damaged or cannot be used.
    """
    try:
        rows = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # a damaged file raises many kinds of exception
        raise DataError(_unreadable(path, error)) from error
    return array_samples(rows, str(path), options)


def array_samples(
    array: np.ndarray, source: str, options: DataOptions, labels: np.ndarray | None = None, notes: tuple[str, ...] = ()
) -> Samples:
    """Samples of an array: points when it has two dimensions, pictures when it has three or four.

    Raises:
        DataError: The shape, the type or the values are not those of samples.
    """
    if array.ndim == 2:
        rows = _points(array, source)
    elif array.ndim in (3, 4):
        rows = _reshaped(_bytes(_channels_last(array, source), source), source, options)
    else:
        raise DataError(
            f"{source} has the shape {array.shape}; allowed are (n, height, width), (n, height, width, channels), "
            "(n, channels, height, width) for pictures and (n, coordinates) for points."
        )
    classes = None if labels is None else _class_names(labels, len(rows), source)
    return Samples(rows, digest_of(rows), classes, notes=notes)


def _points(array: np.ndarray, source: str) -> np.ndarray:
    """Points as float32, all finite."""
    if not np.issubdtype(array.dtype, np.floating):
        raise DataError(
            f"{source} has the shape {array.shape} and the type {array.dtype}. If these are points, store them as "
            "float32; if each row is a flattened picture, reshape the array to (n, height, width) or "
            "(n, height, width, channels)."
        )
    if array.shape[1] == 0:
        raise DataError(f"{source} has the shape {array.shape}: points without coordinates.")
    with np.errstate(over="ignore"):  # what is too large for float32 is reported next
        rows = np.ascontiguousarray(array, np.float32)
    wrong = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(wrong):
        raise DataError(f"{source} has values that are not finite numbers, first in row {wrong[0]}. Remove these rows.")
    return rows


def _channels_last(array: np.ndarray, source: str) -> np.ndarray:
    """Pictures with a last axis of 1, 3 or 4 channels; a view where possible."""
    if array.ndim == 3:
        return array[..., None]
    if array.shape[-1] in CHANNELS:
        return array
    if array.shape[1] in CHANNELS:
        return np.ascontiguousarray(array.transpose(0, 2, 3, 1))
    raise DataError(
        f"{source} has the shape {array.shape}; pictures have 1, 3 or 4 channels, as the last axis or as the second."
    )


def _bytes(array: np.ndarray, source: str) -> np.ndarray:
    """Pictures as uint8; fractions from 0 to 1 and whole numbers from 0 to 255 are converted."""
    if array.dtype == np.uint8 or not array.size:
        return array.astype(np.uint8, copy=False)
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * 255
    if array.dtype.kind not in "iuf":
        raise DataError(f"{source} has the type {array.dtype}; pictures are uint8, or fractions from 0 to 1.")
    top = 1 if array.dtype.kind == "f" else 255
    low, high = array.min(), array.max()
    if not (low >= 0 and high <= top):  # written so that NaN is refused as well
        raise DataError(
            f"{source} has values from {low} to {high}; pictures are uint8 from 0 to 255, or fractions from 0 to 1. "
            "Convert the array first."
        )
    if top == 255:
        return array.astype(np.uint8)
    rows = np.empty(array.shape, np.uint8)
    for row, fractions in zip(rows, array, strict=True):  # one at a time, because float copies are eight times larger
        row[...] = (fractions * np.float32(255)).round()
    return rows


def _reshaped(rows: np.ndarray, source: str, options: DataOptions) -> np.ndarray:
    """Pictures of the size and with the channels that the options ask for; as they are when nothing is asked."""
    height, width, channels = rows.shape[1:]
    sides, background = options.sides or (height, width), background_of(options)
    form = Form(*sides, options.channels or channels, options.fit, background)
    if form.shape != rows.shape[1:]:
        images = (Image.fromarray(row[..., 0] if channels == 1 else row) for row in rows)
        reshaped = np.empty((len(rows), *form.shape), np.uint8)
        for row, image in zip(reshaped, images, strict=True):
            row[...] = shape_picture(image, form)
        return reshaped
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in (height, width)):
        raise DataError(
            f"{source} holds pictures of {height}x{width} pixels; sides must have {SMALLEST_SIDE} to {LARGEST_SIDE}. "
            "Give a --size to enlarge or shrink them."
        )
    return rows


def _class_names(labels: np.ndarray, count: int, source: str) -> list[str]:
    """The class of each sample as text."""
    if labels.shape not in ((count,), (count, 1)) or labels.dtype.kind not in "iubU":
        raise DataError(
            f"The labels of {source} have the shape {labels.shape} and the type {labels.dtype}; they must be one whole "
            f"number or text for each of the {count} samples."
        )
    return [str(label) for label in labels.ravel().tolist()]


def _texts(said: Mapping[str, np.ndarray], count: int, path: Path) -> tuple[str, ...] | None:
    """The array of captions, one for each sample, or None where there is none."""
    if "texts" not in said:
        return None
    texts = said["texts"]
    if texts.shape != (count,) or texts.dtype.kind != "U":
        raise DataError(
            f'{path}: the array "texts" has the shape {texts.shape} and the type {texts.dtype}; it must hold one text '
            f"for each of the {count} samples."
        )
    return tuple(texts.tolist())


def _columns(said: Mapping[str, np.ndarray], count: int, path: Path) -> dict[str, list[Any]] | None:
    """The columns of the array of attributes by their names, or None where there is none."""
    if "attributes" not in said:
        return None
    values, names = said["attributes"], said.get("attribute_names", np.zeros(0, "U1"))
    if values.ndim != 2 or len(values) != count or names.shape != values.shape[1:] or names.dtype.kind != "U":
        raise DataError(
            f'{path}: the array "attributes" has the shape {values.shape} and "attribute_names" {names.shape}; there '
            f"must be a row for each of the {count} samples, and a column for each name."
        )
    if values.dtype.kind == "b":
        values = values.astype(np.uint8)
    return {str(name): values[:, index].tolist() for index, name in enumerate(names)}


def _unreadable(path: Path, error: Exception) -> str:
    if "allow_pickle" in str(error) or "Python objects" in str(error):
        return (
            f"{path} holds Python objects, which could run code when they are loaded, so they are refused. "
            "Save plain numbers: an array of type uint8 or float32."
        )
    kinds: tuple[Any, ...] = (OSError, ValueError, EOFError, zipfile.BadZipFile)
    reason = str(error) if isinstance(error, kinds) else repr(error)
    return f"{path} cannot be read as numpy arrays: {reason}. Is the file complete?"
