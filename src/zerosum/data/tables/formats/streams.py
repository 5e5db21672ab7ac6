"""Files as streams of bytes, compressed or not, and what goes wrong with them as sentences."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow

from zerosum.core.errors import DataError

_DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, pyarrow.ArrowException)
# A locked archive is a RuntimeError, an unknown method of compression a NotImplementedError, which is one.
_DAMAGED_ZIP = (*_DAMAGE, RuntimeError)


@contextmanager
def explained(source: object) -> Iterator[None]:
    """Turn what a damaged file raises within into a `DataError` that names it."""
    try:
        yield
    except UnicodeError as error:
        raise DataError(f"{source} is not text in the encoding that it begins with: {error}.") from error
    except _DAMAGED_ZIP as error:
        raise DataError(f"{source} cannot be read: {first_line(error)}. Is the file complete?") from error


def first_line(error: BaseException) -> str:
    """The first line of what an error says, or its name where it says nothing; without a full stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".: ") if lines else type(error).__name__


@contextmanager
def reading(path: Path, compression: str) -> Iterator[IO[bytes]]:
    """The content of a file as it was before it was compressed.

    Raises:
        DataError: A zip archive holds none or several files.
    """
    if compression == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
            if len(names) != 1:
                raise DataError(f"{path} holds {len(names)} files; an archive of a table holds just that one file.")
            with archive.open(names[0]) as stream:
                yield stream
    else:
        with _opened(path, compression, "rb") as stream:
            yield stream


@contextmanager
def creating(path: Path, compression: str, member: str) -> Iterator[IO[bytes]]:
    """A stream into a new file.

    Args:
        path: The file.
        compression: Suffix of the compression, or "".
        member: Name of the file within a zip archive.
    """
    if compression == ".zip":
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(member, "w", force_zip64=True) as stream,
        ):
            yield stream
    else:
        with _opened(path, compression, "wb") as stream:
            yield stream


def _opened(path: Path, compression: str, mode: str) -> Any:
    match compression:
        case ".gz":
            return gzip.open(path, mode)
        case ".bz2":
            return bz2.open(path, mode)
        case ".xz":
            return lzma.open(path, mode)
        case ".zst":
            kind = pyarrow.input_stream if mode == "rb" else pyarrow.output_stream
            return kind(str(path), compression="zstd")
        case _:
            return open(path, mode)
