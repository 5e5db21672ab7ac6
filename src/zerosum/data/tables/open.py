"""A table becomes a `Dataset`."""

import hashlib
from typing import Any

import numpy as np

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError
from zerosum.core.registry import Numbers
from zerosum.data.codec import Codec
from zerosum.data.dataset import Dataset, make_dataset
from zerosum.data.refusals import check_no_pictures
from zerosum.data.samples import Samples
from zerosum.data.tables.columns.declared import parse_declared
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.data.tables.formats.frames import open_frames
from zerosum.data.tables.table import Table, read_alike, read_table

DIGESTED = 2**16
"""Rows whose bytes are hashed at a time."""


def open_table(source: Any, options: DataOptions, numbers: Numbers = "pieces", like: Codec | None = None) -> Dataset:
    """A dataset of a table, read as another one was if that one's codec is given.

    Args:
        source: A frame of pandas, Polars or Arrow, a file, or a database's URL.
        options: What columns are, what to select, which rules hold.
        numbers: How numbers are told to networks.
        like: The codec of the table that this one is to be read as.

    Raises:
        DataError: The table cannot be read, or holds nothing that could be learned.
        SettingError: An option does not go with it.
    """
    if options.conditional:
        raise SettingError("A table has no classes; ask for rows with zerosum sample RUN --where instead.")
    frames = open_frames(source, options.query)
    check_no_pictures(frames.source, "a table", options)
    if options.sigma is not None:
        raise SettingError(f"--sigma is the noise of a toy set; {frames.source} is none, so leave it out.")
    table = _read(frames, options, numbers, like)
    samples = Samples(table.rows, _digest(table), notes=table.notes)
    cells = table.codec.cells
    width = sum(cell.width for cell in cells)
    where = str(source) if isinstance(source, str) and "://" in source else frames.source
    return make_dataset(frames.name, where, "table", (width,), table.codec, samples, options, None, cells)


def _read(frames: Any, options: DataOptions, numbers: Numbers, like: Codec | None) -> Table:
    if isinstance(like, TableCodec):
        return read_alike(frames, like)
    if like is not None:
        raise DataError(f"{frames.source} is a table, and the model makes samples of the kind {like.kind}.")
    declared = parse_declared(options.column, options.schema, frames.columns)
    return read_table(frames, declared, numbers, options.rule)


def _digest(table: Table) -> str:
    """Hash of the rows."""
    hashed, rows = hashlib.sha256(), np.asarray(table.rows)
    for start in range(0, len(rows), DIGESTED):
        hashed.update(np.ascontiguousarray(rows[start : start + DIGESTED]).data)
    return hashed.hexdigest()
