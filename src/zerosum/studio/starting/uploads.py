"""Files that a person gives to the studio: kept below the runs' folder, each whole or not at all."""

import asyncio
import os
import re
import threading
import time
import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from zerosum.core.errors import DataError
from zerosum.core.files import replacing
from zerosum.data.images import SUFFIXES, is_picture, read_header
from zerosum.data.tables.formats.places import is_table, place_of
from zerosum.studio.answers import Refusal, unknown

MOST_BYTES = 10 * 1000 * 1000
"""Bytes of one file."""

MOST_FILES = 20_000
"""Files of one upload."""

MOST_TOGETHER = 2_000_000_000
"""Bytes of one upload."""

MOST_UNPACKED = 2_000_000_000
"""Bytes that an archive may say it unpacks to."""

HEARD = 64_000_000
"""Bytes of a refused body that are read all the same: a browser only hears a refusal after it has sent its file."""

DEEPEST, LONGEST = 8, 120
"""Folders in each other that a file may lie in, and letters of a name."""

ARRAYS = (".npy", ".npz")
ARCHIVES = (".zip", ".xlsx")
"""Suffixes of what is a zip archive."""

CODE = (".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".bin", ".joblib")
"""Suffixes of files that run what they hold when they are opened."""


class Uploads:
    """The uploads below a folder, numbered from 0."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "uploads"
        self._sizes: dict[str, tuple[int, int]] = {}
        self._lock = threading.Lock()

    def all(self) -> dict[str, Path]:
        """The folders of uploads by id, the newest first."""
        if not self.folder.is_dir():
            return {}
        with os.scandir(self.folder) as entries:
            names = [entry.name for entry in entries if entry.name.isdecimal() and entry.is_dir(follow_symlinks=False)]
        return {name: self.folder / name for name in sorted(names, key=int, reverse=True)}

    async def receive(self, upload: str | None, name: str, body: AsyncIterator[bytes]) -> tuple[str, Path]:
        """Keep one file; returns the upload's id and what lies at its top: the file, or the folder that it is in.

        Args:
            upload: The upload that it belongs to; None for a new one.
            name: Its name as the browser says it, percent-encoded, with "/" between folders.
            body: Its content, in parts.

        Raises:
            Refusal: It is too large, or no kind of file that is read here, or its name leads elsewhere, or there is
                no such upload.
        """
        try:
            parts = safe_parts(unquote(name))
            data = await _read(body, MOST_BYTES)
            await asyncio.to_thread(check, parts[-1], data)
            return await asyncio.to_thread(self._keep, upload, parts, data)
        except Refusal:
            await _drain(body)
            raise

    def _keep(self, upload: str | None, parts: list[str], data: bytes) -> tuple[str, Path]:
        with self._lock:
            upload = self._find(upload)
            folder = self.folder / upload
            files, size = self._sizes.get(upload) or _measured(folder)
            if files + 1 > MOST_FILES or size + len(data) > MOST_TOGETHER:
                raise Refusal(
                    413,
                    f"An upload has at most {MOST_FILES:,} files and {MOST_TOGETHER:,} bytes; name a folder instead.",
                )
            path = folder.joinpath(*parts)
            if not path.resolve().is_relative_to(folder.resolve()):
                raise Refusal(422, f'"{"/".join(parts)[:80]}" leads out of the upload.')
            with replacing(path) as temporary:
                temporary.write_bytes(data)
            self._sizes[upload] = files + 1, size + len(data)
        return upload, folder / parts[0]

    def _find(self, upload: str | None) -> str:
        """The id of an upload that there is, or of a new one where none is named."""
        known = self.all()
        if upload is None:
            upload = str(max(map(int, known), default=-1) + 1)
            (self.folder / upload).mkdir(parents=True)
        elif upload not in known:
            raise unknown("upload", upload)
        return upload


def safe_parts(name: str) -> list[str]:
    """The folders and the name of a file, of which nothing leads elsewhere and nothing is hidden.

    Raises:
        Refusal: Something is, or does.
    """
    parts = [part for part in re.split(r"[/\\]", name) if part not in ("", ".")]
    if not parts or len(parts) > DEEPEST or any(part.startswith(".") or "\0" in part for part in parts):
        raise Refusal(422, f'"{name[:80]}" is no name for a file here: give a plain one, in a few folders at most.')
    safe = [re.sub(r"[^\w .,()+&=@'-]", "_", part).strip() for part in parts]
    if not all(0 < len(part) <= LONGEST for part in safe):
        raise Refusal(422, f'"{name[:80]}" is no name for a file here: it is empty, or longer than {LONGEST} letters.')
    return safe


def check(name: str, data: bytes) -> None:
    """Refuse what is no picture, table, array or archive, and what would run code or fill the memory when it is opened.

    Raises:
        Refusal: It is.
    """
    suffix = os.path.splitext(name)[1].lower()
    if suffix in CODE:
        raise Refusal(422, f"{name} is a pickle, which runs what it holds when it is opened, so it is not accepted.")
    try:
        if is_picture(name):
            read_header(data)
        elif suffix in ARRAYS:
            _check_arrays(name, data)
        elif suffix in ARCHIVES:
            with zipfile.ZipFile(BytesIO(data)) as archive:
                _check_entries(archive)
        else:
            _check_table(name, data)
    except (DataError, ValueError, OSError, EOFError, zipfile.BadZipFile, RuntimeError) as error:
        raise Refusal(422, f"{name} cannot be used: {error}.") from error


def described(folder: Path) -> dict[str, object]:
    """What lies at the top of an upload, how many files it has, and when it came."""
    tops = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    files, _ = _measured(folder)
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(folder.stat().st_mtime))
    return {"name": ", ".join(tops[:3]), "count": files, "when": when}


def _check_arrays(name: str, data: bytes) -> None:
    """Refuse arrays of objects, which are pickles."""
    if name.lower().endswith(".npy"):
        _check_header(name, BytesIO(data))
        return
    with zipfile.ZipFile(BytesIO(data)) as archive:
        _check_entries(archive)
        for entry in archive.infolist():
            with archive.open(entry) as file:
                _check_header(f"{name}, {entry.filename}", file)


def _check_header(name: str, file: object) -> None:
    version = np.lib.format.read_magic(file)  # type: ignore[arg-type]
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    if read(file)[2].hasobject:  # type: ignore[arg-type]
        raise Refusal(422, f"{name} holds objects, which numpy keeps as a pickle; give numbers or text alone.")


def _check_entries(archive: zipfile.ZipFile) -> None:
    """Refuse archives that unpack to too much, by what they say themselves, beyond which nothing of them is read."""
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_UNPACKED:
        raise Refusal(413, f"The archive says that it unpacks to {unpacked:,} bytes; {MOST_UNPACKED:,} are allowed.")
    for entry in entries:
        parts = re.split(r"[/\\]", entry.filename)
        if ".." in parts or entry.filename.startswith(("/", "\\")):
            raise Refusal(422, f'The archive holds "{entry.filename[:80]}", which leads out of it; pack it again.')


def _check_table(name: str, data: bytes) -> None:
    """Refuse databases, which hold queries, and tables of which nobody knows how much they unpack to."""
    place = place_of(name) if is_table(name) else None
    if place is None:
        kinds = f"pictures ({', '.join(SUFFIXES[:6])}, ...), .zip, .npz, .npy, tables (.csv, .parquet, .xlsx, ...)"
        raise Refusal(422, f"{name} is no kind of file that is read here. These are: {kinds}.")
    if place.kind == "sql":
        raise Refusal(
            422,
            f"{name} is a database, which may hold queries that run when it is read. If you trust it, put it into the "
            "folder that the studio was started in and choose it there, or export the table as CSV.",
        )
    if place.compression:
        raise Refusal(
            422,
            f"{name} does not say how much it unpacks to; give the table as it is, or in a .zip, which says so.",
        )


async def _read(body: AsyncIterator[bytes], most: int) -> bytes:
    """All of a body.

    Raises:
        Refusal: It has more than so many bytes, whatever it said before.
    """
    data = bytearray()
    async for part in body:
        data += part
        if len(data) > most:
            raise Refusal(413, f"The file has more than {most:,} bytes; name a folder on this machine instead.")
    return bytes(data)


async def _drain(body: AsyncIterator[bytes]) -> None:
    heard = 0
    async for part in body:
        heard += len(part)
        if heard > HEARD:
            return


def _measured(folder: Path) -> tuple[int, int]:
    """How many files a folder holds, and how many bytes."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)
