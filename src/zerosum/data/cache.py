"""Decoded pictures, kept as one memory-mapped array, so that a second start reads no picture file.

A cache is a folder `<source>-<files>-<options>` that holds `rows.npy` and `index.json`. It is written under a temporary
name and renamed when it is complete: a cache that exists is whole. Two processes may build the same one; the first to
finish wins and the other one uses that.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError
from zerosum.core.files import read_json, replacing, write_json
from zerosum.data.packing import Block, Progress, decoded, find_form
from zerosum.data.sources import Source

VERSION = 1  # of the cache's content; raise it when pictures are decoded differently
KEPT = 16  # caches, the most recently used
ABANDONED = 600  # seconds without a write after which an unfinished cache counts as left behind by a killed process
_NAME = re.compile(r"\.?[0-9a-f]{16}(-[0-9a-f]{16}){2}(\.[0-9a-f]{8}\.part)?")  # nothing else is ever removed
_ONE_AT_A_TIME = threading.Lock()  # threads of one process share a cache rather than build it twice
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


@dataclass(frozen=True)
class Packed:
    """All readable pictures of a source.

    Attributes:
        rows: Shape (n, height, width, channels), uint8; a memory map when it comes from the cache.
        digest: Hash of the rows.
        bad: Reason why a file was left out, by its name.
        animated: How many files hold an animation, of which the first picture is used.
        notes: What the person should know about the cache itself.
    """

    rows: np.ndarray
    digest: str
    bad: Mapping[str, str]
    animated: int
    notes: tuple[str, ...] = ()


def cache_folder() -> Path:
    """Where caches are: the folder that $ZEROSUM_CACHE names, or ~/.cache/zerosum. It may be deleted at any time."""
    named = os.environ.get("ZEROSUM_CACHE")
    return Path(named) if named else Path("~/.cache/zerosum").expanduser()


def packed_pictures(
    source: Source, stamps: Mapping[str, str], options: DataOptions, progress: Progress | None = None
) -> Packed:
    """All pictures of a source, from the cache when it holds them unchanged.

    Args:
        source: Where files are read.
        stamps: A stamp of each file to decode, by its name; in the order of the rows.
        options: How pictures become rows.
        progress: Called with the number of pictures done and to do, while there are any to decode.

    Raises:
        DataError: A file cannot be read, or the disk is full.
        SettingError: An option is not allowed.
    """
    folder = cache_folder() / "pictures" / _name(source, stamps, options)
    with _ONE_AT_A_TIME:
        if folder.is_dir():
            try:
                return _read(folder)
            except (OSError, ValueError, KeyError, DataError):
                shutil.rmtree(folder, ignore_errors=True)  # damaged from outside; it is built again
        return _pack(folder, source, list(stamps), options, progress)


def _pack(
    folder: Path, source: Source, names: Sequence[str], options: DataOptions, progress: Progress | None
) -> Packed:
    """Decode all pictures into a new cache, or into memory if there can be none."""
    form = find_form(source, names, options)
    try:
        with closing(decoded(source, names, form, options, progress)) as blocks:
            return _build(folder, form.shape, len(names), blocks)
    except OSError as error:
        if error.errno in _NO_ROOM:
            megabytes = len(names) * np.prod(form.shape) / 1e6
            raise DataError(
                f"There is no room for {megabytes:,.0f} MB of decoded pictures in {cache_folder()}: {error.strerror}. "
                "Free some space, or set the environment variable ZEROSUM_CACHE to a folder on another disk."
            ) from error
        if error.errno not in _NOT_WRITABLE:
            raise
        note = (
            f"The cache folder {cache_folder()} cannot be written ({error.strerror}), so pictures are kept in memory "
            "and decoded again at every start. Set the environment variable ZEROSUM_CACHE to a folder of your own."
        )
    return _in_memory(decoded(source, names, form, options, progress), form.shape, note)


def _name(source: Source, stamps: Mapping[str, str], options: DataOptions) -> str:
    """Name of the cache's folder; its three parts change with the place, the files and the options."""
    files = "\n".join([f"{name}\0{stamp}" for name, stamp in stamps.items()])
    asked = [VERSION, options.sides, options.fit, options.background, options.channels, options.skip_bad]
    parts = str(source.path.resolve()), files, json.dumps(asked)
    return "-".join(hashlib.sha256(part.encode("utf-8", "surrogateescape")).hexdigest()[:16] for part in parts)


def _read(folder: Path) -> Packed:
    """A complete cache."""
    index = read_json(folder / "index.json")
    rows = np.load(folder / "rows.npy", mmap_mode="r", allow_pickle=False)
    if list(rows.shape) != index["shape"]:
        raise ValueError("the rows are not those of the index")
    try:
        os.utime(folder)  # so that those used longest ago can be told
    except OSError:
        pass  # a cache that can only be read is never tidied either
    return Packed(rows, index["digest"], index["bad"], index["animated"])


def _build(folder: Path, shape: tuple[int, ...], count: int, blocks: Iterable[Block]) -> Packed:
    """Write a cache block by block, and open it.

    Rows are written to a file and not to a map of it: on a full disk that is an error and not the end of the process.
    """
    hashed = hashlib.sha256()
    bad: dict[str, str] = {}
    good = animated = 0
    try:
        with replacing(folder) as temporary:
            temporary.mkdir()
            with open(temporary / "rows.npy", "wb") as file:
                _write_header(file, (count, *shape))
                for block in blocks:
                    file.write(block.rows.data)
                    hashed.update(block.rows.data)
                    bad.update(block.bad)
                    good += len(block.rows)
                    animated += block.animated
                file.seek(0)
                _write_header(file, (good, *shape))  # of the same length: numpy leaves room for a growing first axis
            digest = _digest((good, *shape), hashed.digest())
            index = {"shape": (good, *shape), "digest": digest, "bad": bad, "animated": animated}
            write_json(temporary / "index.json", index)
    except OSError:
        if not folder.is_dir():
            raise  # otherwise another process was faster
    _tidy(folder)
    return _read(folder)


def _digest(shape: tuple[int, ...], content: bytes) -> str:
    """The digest of rows from the hash of their bytes, which can be computed while they are written."""
    return hashlib.sha256(repr(shape).encode() + content).hexdigest()


def _write_header(file: BinaryIO, shape: tuple[int, ...]) -> None:
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def _in_memory(blocks: Iterable[Block], shape: tuple[int, ...], note: str) -> Packed:
    kept = list(blocks)
    rows = np.concatenate([np.empty((0, *shape), np.uint8), *(block.rows for block in kept)])
    bad = {name: reason for block in kept for name, reason in block.bad}
    digest = _digest(rows.shape, hashlib.sha256(rows.data).digest())
    return Packed(rows, digest, bad, sum(block.animated for block in kept), (note,))


def _tidy(fresh: Path) -> None:
    """Remove caches of the same source in an earlier state, those used longest ago, and what killed processes left."""
    source, files, _ = fresh.name.split("-")
    caches, now = [], time.time()
    for folder in fresh.parent.iterdir():
        if not _NAME.fullmatch(folder.name):
            continue
        try:
            if folder.name.endswith(".part"):
                touched = max(part.stat().st_mtime for part in (folder, *folder.iterdir()))
                if now - touched > ABANDONED:
                    shutil.rmtree(folder, ignore_errors=True)
            elif folder.name.startswith(f"{source}-") and not folder.name.startswith(f"{source}-{files}-"):
                shutil.rmtree(folder, ignore_errors=True)
            elif folder != fresh:
                caches.append((folder.stat().st_mtime, folder))
        except OSError:
            continue  # another process finished it or tidied it at this moment
    for _, folder in sorted(caches, reverse=True)[KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)
