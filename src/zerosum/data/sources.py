"""Where picture files lie: a folder, or a zip archive that is read in place and never unpacked."""

import os
import zipfile
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from zerosum.core.errors import DataError
from zerosum.data.images import is_picture
from zerosum.data.metadata import METADATA_NAMES

LARGEST_FILE = 1 << 30  # bytes of one picture file, unpacked; a damaged or hostile archive may claim any size


@dataclass
class Listing:
    """The files of a source; what is hidden (a name with a leading dot) is left out.

    Attributes:
        pictures: Stamp of each picture file, by its path relative to the source with forward slashes. The stamp
            changes when the content does.
        metadata: Names of the metadata files beside the pictures.
        others: How many other files there are, by suffix.
    """

    pictures: dict[str, str] = field(default_factory=dict)
    metadata: list[str] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, stamp: str) -> None:
        """Sort one file into its place by its relative name."""
        if is_picture(name):
            self.pictures[name] = stamp
        elif name in METADATA_NAMES:
            self.metadata.append(name)
        else:
            self.others[os.path.splitext(name)[1].lower() or "no suffix"] += 1


class Source(ABC):
    """Files that can be listed and read; closing it ends the access.

    Attributes:
        path: The folder or the archive.
    """

    path: Path

    @abstractmethod
    def listing(self) -> Listing:
        """All files, without opening any; raises a `DataError` when that is impossible."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Content of one listed file; may be called from several threads.

        Raises:
            DataError: The file cannot be read. The message is the reason, without the file's name.
        """

    @abstractmethod
    def close(self) -> None:
        """Give the access back."""

    def __enter__(self) -> "Source":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Folder(Source):
    """A folder and everything below it; links are followed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def listing(self) -> Listing:
        """All files with their sizes and times of change."""
        listing = Listing()
        self._scan("", (), listing)
        return listing

    def read(self, name: str) -> bytes:
        """Content of one file."""
        try:
            with open(self.path / name, "rb") as file:
                _check_size(os.fstat(file.fileno()).st_size)
                return file.read()
        except OSError as error:
            raise DataError(f"it cannot be opened ({error.strerror})") from error

    def close(self) -> None:
        """Nothing is held open."""

    def _scan(self, prefix: str, above: tuple[tuple[int, int], ...], listing: Listing) -> None:
        """Add the files below the sub-folder `prefix`; `above` identifies the folders on the way, to end loops."""
        folder = self.path / prefix
        try:
            status = folder.stat()
            here = status.st_dev, status.st_ino
            if here in above:
                return
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir():
                        self._scan(f"{prefix}{entry.name}/", (*above, here), listing)
                    else:
                        # A link that leads nowhere is listed as it is; reading it will say so.
                        broken = entry.is_symlink() and not entry.is_file()
                        status = entry.stat(follow_symlinks=not broken)
                        listing.add(f"{prefix}{entry.name}", f"{status.st_size} {status.st_mtime_ns}")
        except OSError as error:
            raise DataError(f"{folder} cannot be listed: {error.strerror}. Check that you may read it.") from error


class Archive(Source):
    """A zip archive of such a folder.

    When everything in it lies in one outermost folder, as most programs pack it, names are relative to that folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise DataError(f"{path} cannot be read as a zip archive: {error}. Is the download complete?") from error
        self._files = [entry for entry in self._zip.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
        outermost = {entry.filename.partition("/")[0] for entry in self._files}
        nested = all("/" in entry.filename for entry in self._files)
        self._root = f"{outermost.pop()}/" if nested and len(outermost) == 1 else ""

    def listing(self) -> Listing:
        """All files with their sizes and checksums, as the archive's directory states them."""
        listing = Listing()
        for entry in self._files:
            listing.add(entry.filename.removeprefix(self._root), f"{entry.file_size} {entry.CRC:08x}")
        return listing

    def read(self, name: str) -> bytes:
        """Content of one file, unpacked in memory; never more than its stated size."""
        try:
            entry = self._zip.getinfo(self._root + name)
            _check_size(entry.file_size)
            return self._zip.read(entry)
        except DataError:
            raise
        except Exception as error:  # a damaged archive raises many kinds of exception, a locked one RuntimeError
            raise DataError(f"it cannot be unpacked ({error or type(error).__name__})") from error

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()


def open_source(path: Path) -> Source:
    """The folder or the zip archive at a path."""
    return Folder(path) if path.is_dir() else Archive(path)


def _is_hidden(name: str) -> bool:
    """Whether a file of an archive is hidden, lies in a hidden folder, or is what macOS adds."""
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))


def _check_size(size: int) -> None:
    if size > LARGEST_FILE:
        raise DataError(f"it has {size:,} bytes, and at most {LARGEST_FILE:,} are allowed")
