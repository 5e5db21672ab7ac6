"""The one door to data: a built-in name, a folder, an archive, an array file or an array becomes a `Dataset`."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError, nearest_name
from zerosum.core.registry import Numbers, Told
from zerosum.data.arrays import array_samples, read_npy, read_npz
from zerosum.data.cache import packed_pictures
from zerosum.data.codec import Codec, ImageCodec, PointsCodec
from zerosum.data.dataset import Dataset, make_dataset
from zerosum.data.images import SUFFIXES, is_picture
from zerosum.data.metadata import Annotation, from_folders, from_metadata
from zerosum.data.packing import Progress
from zerosum.data.refusals import check_no_pictures
from zerosum.data.samples import Samples, digest_of
from zerosum.data.sources import Listing, Source, open_source
from zerosum.data.tables.formats.places import is_table
from zerosum.data.toys import TOYS, draw_toy

if TYPE_CHECKING:
    pass

Data = "str | Path | NDArray[Any] | pandas.DataFrame"
"""Samples as a person gives them: a built-in name, a path, a URL, an array, or a frame of pandas, Polars or Arrow."""

_SHIPPED = {"digits": "digits.npz", "emoji": "emoji.zip"}
BUILTIN_NAMES = (*_SHIPPED, *TOYS)
_PATHS = "a folder of pictures, a .zip of such a folder, an .npz or an .npy file, or a table (.csv, .parquet, ...)"


def open_dataset(
    source: Any,
    options: DataOptions | None = None,
    progress: Progress | None = None,
    told: Told | None = "classes",
    numbers: Numbers = "pieces",
    like: Codec | None = None,
) -> Dataset:
    """Open a set of samples; the first time, pictures are decoded into the cache.

    A text that is a built-in name means the built-in set, whatever lies in the current folder: the same command means
    the same everywhere. A folder of that name is reached as "./digits" or as a `Path`.

    Args:
        source: A built-in name (`BUILTIN_NAMES`), a path, an array as in an .npz file; or a table: a frame of pandas,
            Polars or Arrow, a file, or a database's URL.
        options: How samples are read; by default as `DataOptions` says.
        progress: Called with the number of pictures done and to do while pictures are decoded.
        told: What samples are to be told to be, where that is known of them.
        numbers: How numbers of tables are told to networks.
        like: The codec of a table that this one is to be read as.

    Raises:
        DataError: The source is unknown, cannot be read, or holds nothing to train on.
        SettingError: An option does not go with this kind of data.
    """
    options = options or DataOptions()
    if isinstance(source, np.ndarray):
        return _finished("array", "array", array_samples(source, "The array", options), options, told)
    if not isinstance(source, str | Path) or is_table(source):
        return _table(source, options, numbers, like)
    _check_for_no_table(str(source), options)
    if isinstance(source, str) and source in TOYS:
        return _toy(source, options, told)
    if isinstance(source, str) and source in _SHIPPED:
        shipped = Path(__file__).parent / "builtin" / _SHIPPED[source]
        return _from_path(source, source, shipped, options, progress, told)
    path = Path(os.path.expanduser(source))  # unlike Path's, it leaves an unknown user's name as it is
    if not os.path.exists(path):
        raise DataError(
            f'"{source}" is neither a path that exists nor a built-in set. A path may be {_PATHS}. '
            f"{nearest_name(str(source), BUILTIN_NAMES)}."
        )
    path = path.resolve()
    return _from_path(path.stem if path.is_file() else path.name, str(path), path, options, progress, told)


def _from_path(
    name: str, source: str, path: Path, options: DataOptions, progress: Progress | None, told: Told | None
) -> Dataset:
    """A dataset of what lies at a path, by its suffix."""
    suffix = path.suffix.lower()
    if path.is_dir() or suffix == ".zip":
        samples = _pictures(path, options, progress)
    elif suffix == ".npz":
        samples = read_npz(path, options)
    elif suffix == ".npy":
        samples = read_npy(path, options)
    elif is_picture(path.name):
        raise DataError(f"{path} is one picture; give the folder that holds many: {path.parent}.")
    else:
        raise DataError(f'{path} has the suffix "{path.suffix}"; a path may be {_PATHS}.')
    return _finished(name, source, samples, options, told)


def _table(source: Any, options: DataOptions, numbers: Numbers, like: Codec | None) -> Dataset:
    """A dataset of a table; what reads it is only imported here, since it stands on large packages."""
    from zerosum.data.tables.open import open_table

    return open_table(source, options, numbers, like)


def _finished(name: str, source: str, samples: Samples, options: DataOptions, told: Told | None) -> Dataset:
    """A dataset of samples, pictures or points by the dimensions of their array."""
    if options.sigma is not None:
        raise SettingError(f"--sigma is the noise of a toy set ({', '.join(TOYS)}); {source} is none, so leave it out.")
    rows = samples.rows
    if rows.ndim == 4:
        _, height, width, channels = rows.shape
        return make_dataset(name, source, "image", (channels, height, width), ImageCodec(), samples, options, told)
    _check_for_points(source, options)
    if not len(rows):
        raise DataError(f"{source} holds no samples, and training needs at least 2.")
    spread = rows.std(axis=0, dtype=np.float64)
    codec = PointsCodec(
        tuple(rows.mean(axis=0, dtype=np.float64).tolist()),
        tuple(np.where(spread > 0, spread, 1.0).tolist()),  # a coordinate that never changes has no spread to divide by
    )
    return make_dataset(name, source, "points", rows.shape[1:], codec, samples, options, told)


def _toy(name: str, options: DataOptions, told: Told | None) -> Dataset:
    """A toy set; its encoding is fixed, so that what is known of it stays known in the model's range."""
    _check_for_points(name, options)
    toy = TOYS[name]
    rows = draw_toy(name, options.sigma)
    codec = PointsCodec(toy.center, (toy.scale,) * len(toy.center))
    samples = Samples(rows, digest_of(rows))
    return make_dataset(name, name, "points", rows.shape[1:], codec, samples, options, told)


def _check_for_no_table(source: str, options: DataOptions) -> None:
    """Refuse options that mean nothing where there are no columns."""
    for option in ("column", "schema", "query", "rule"):
        if getattr(options, option) not in ((), None):
            raise SettingError(f"{source} is no table, and --{option} is for tables; leave it out.")


def _check_for_points(source: str, options: DataOptions) -> None:
    """Refuse options that mean nothing for points, rather than ignore them."""
    check_no_pictures(source, "a set of points", options)


def _pictures(path: Path, options: DataOptions, progress: Progress | None) -> Samples:
    """All pictures of a folder or an archive with what is said about them."""
    with open_source(path) as source:
        listing = source.listing()
        if not listing.pictures:
            raise DataError(
                f"{path} holds no pictures{_others(listing)}. Pictures are files with the suffix {', '.join(SUFFIXES)}."
            )
        names, annotation, notes = _annotated(source, listing)
        packed = packed_pictures(source, {name: listing.pictures[name] for name in names}, options, progress)
    if len(packed.bad) == len(names):
        name, reason = next(iter(packed.bad.items()))
        raise DataError(f"{path} holds no picture that can be read. The first of them is {name}: {reason}.")
    kept = [name for name in names if name not in packed.bad]
    if packed.bad:
        examples = ", ".join(list(packed.bad)[:3]) + (" and others" if len(packed.bad) > 3 else "")
        notes.append(f"Left out because they cannot be read: {len(packed.bad)} of {len(names)} pictures ({examples}).")
    if packed.animated:
        notes.append(f"Animated files, of which only the first picture is used: {packed.animated}.")
    classes = None if annotation.classes is None else [annotation.classes[name] for name in kept]
    texts = None if annotation.texts is None else tuple(annotation.texts[name] for name in kept)
    columns = None if annotation.columns is None else _by_column(kept, annotation.columns)
    return Samples(packed.rows, packed.digest, classes, texts, columns, (*notes, *packed.notes))


def _by_column(names: list[str], said: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Any]]:
    """What is said of the files with these names, column by column."""
    columns = sorted({column for name in names for column in said[name]})
    return {column: [said[name].get(column) for name in names] for column in columns}


def _annotated(source: Source, listing: Listing) -> tuple[list[str], Annotation, list[str]]:
    """Names of the pictures to use, sorted, what is said about them, and notes."""
    notes = (
        [f"Left out because they are not pictures: {listing.others.total()} files{_others(listing)}."]
        if listing.others
        else []
    )
    if not listing.metadata:
        names = sorted(listing.pictures)
        return names, from_folders(names, source.path), notes
    if len(listing.metadata) > 1:
        raise DataError(f"{source.path} holds {' and '.join(sorted(listing.metadata))}; keep one of them.")
    (file_name,) = listing.metadata
    try:
        data = source.read(file_name)
    except DataError as error:
        raise DataError(f"{source.path}/{file_name} cannot be used: {error}.") from error
    names, annotation = from_metadata(data, file_name, listing.pictures, source.path)
    if without := len(listing.pictures) - len(names):
        notes.append(
            f"Left out because they have no row in {file_name}: {without} of {len(listing.pictures)} pictures."
        )
    return names, annotation, notes


def _others(listing: Listing) -> str:
    """The files that are no pictures, as the end of a sentence: " (2 .txt, 1 .json)"."""
    kinds = [f"{count} {suffix}" for suffix, count in listing.others.most_common(5)]
    return f" ({', '.join(kinds)})" if kinds else ""
