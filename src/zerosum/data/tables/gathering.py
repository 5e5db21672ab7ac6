"""Rows gathered chunk by chunk: in memory while they are few, and then in a file of the cache folder."""

import tempfile
from collections.abc import Iterator

import numpy as np

from zerosum.core.errors import DataError
from zerosum.data.cache import cache_folder

IN_MEMORY = 2**28
"""Bytes of rows that are kept in memory."""


def gathered(chunks: Iterator[np.ndarray], width: int) -> np.ndarray:
    """All rows of chunks (n, width), float64; a map of a file, which is gone with the process, where they are many.

    Raises:
        DataError: There is no room for the file.
    """
    kept: list[np.ndarray] = []
    for chunk in chunks:
        kept.append(chunk)
        if sum(part.nbytes for part in kept) > IN_MEMORY:
            return _in_file(kept, chunks, width)
    return np.concatenate(kept) if kept else np.empty((0, width))


def _in_file(kept: list[np.ndarray], chunks: Iterator[np.ndarray], width: int) -> np.ndarray:
    folder = cache_folder() / "tables"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            count = 0
            while kept:
                part = np.ascontiguousarray(kept.pop(0), np.float64)
                file.write(part.data)
                count += len(part)
                kept += [following] if not kept and (following := next(chunks, None)) is not None else []
            file.flush()
            return np.memmap(file, np.float64, "r", shape=(count, width))  # which keeps the file when it is closed here
    except OSError as error:
        raise DataError(
            f"There is no room for the table's rows in {folder}: {error.strerror or error}. Free some space, or set "
            "the environment variable ZEROSUM_CACHE to a folder on another disk."
        ) from error
