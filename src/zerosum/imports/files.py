"""Checkpoint files: plain pickles, and the two ways in which PyTorch writes them, read without running anything."""

import io
import mmap
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from safetensors import SafetensorError
from safetensors.torch import load_file

from zerosum.core.errors import DataError
from zerosum.imports.machine import Builder, Machine, Name
from zerosum.imports.values import BUILDERS, RECORDED, Storage, storage_of

LONGEST = 500
"""Letters of what is told about a file."""

MAGIC = 0x1950A86A20F9469CFC6C
"""The number that PyTorch's files from before its version 1.6 begin with."""


def read_checkpoint(path: Path, recorded: frozenset[str] = frozenset()) -> Any:
    """What a checkpoint file contains: containers, numbers, texts, tensors, and `Record`s of everything else.

    Args:
        path: A pickle, a file of `torch.save`, or a .safetensors file.
        recorded: Full names of classes and functions of which a `Record` is kept, beside those in every checkpoint.

    Raises:
        DataError: It cannot be read, or asks for what is not allowed.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}; give a checkpoint's, as in network-snapshot-025000.pkl.")
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        with path.open("rb") as file:
            return _Reader(recorded | RECORDED).read(file)
    except DataError as error:
        raise refusal(path, error) from error
    except (OSError, ValueError, SafetensorError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error


def refusal(path: Path, error: DataError) -> DataError:
    """The sentence for a file that is not imported, fit for a screen: names in it come from the file."""
    told = "".join(letter if letter.isprintable() else "?" for letter in str(error))
    return DataError(f"{path} cannot be imported: {told if len(told) <= LONGEST else told[:LONGEST] + ' ...'}.")


Source = BinaryIO | mmap.mmap
"""What pickles are read from."""


class _Reader:
    """Reads one file.

    Args:
        recorded: Full names of which a `Record` is kept.
    """

    def __init__(self, recorded: frozenset[str]) -> None:
        self._recorded = recorded

    def read(self, file: BinaryIO) -> Any:
        """The content of a file on the disk."""
        if file.read(4) == b"PK\x03\x04":
            return self._zipped(file)
        # Mapped, so that a damaged file that announces more than it has makes nobody reserve memory for it.
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            nested = {"torch.storage._load_from_bytes": self._storage}
            first = self._machine(nested).load(mapped)
            return self._legacy(mapped) if first == MAGIC else first

    def _machine(self, builders: dict[str, Builder] | None = None, persistent: Builder | None = None) -> Machine:
        return Machine(BUILDERS | (builders or {}), self._recorded, persistent)

    def _storage(self, raw: Any) -> Storage:
        """The numbers in a file within the file, which is how a plain pickle holds each tensor's."""
        if not isinstance(raw, bytes):
            raise DataError("it is damaged: numbers are kept as bytes")
        file = io.BytesIO(raw)
        if self._machine().load(file) != MAGIC:
            raise DataError("it holds numbers in a way that is not known")
        found = self._legacy(file)
        if not isinstance(found, Storage):
            raise DataError("it is damaged: numbers were expected within the file")
        return found

    def _zipped(self, file: BinaryIO) -> Any:
        """PyTorch's files since its version 1.6: an archive of a pickle and a file for each storage."""
        with zipfile.ZipFile(file) as archive:
            entries = {info.filename: info for info in archive.infolist()}
            held = sum(info.file_size for info in entries.values())
            if held > os.fstat(file.fileno()).st_size or any(info.compress_type for info in entries.values()):
                raise DataError("it claims to hold more than it does; PyTorch's own files are not compressed")
            pickled = [name for name in entries if name.endswith("/data.pkl")]
            if len(pickled) != 1:
                raise DataError("it is an archive, but not one of PyTorch's")
            folder = pickled[0].removesuffix("data.pkl")
            if f"{folder}byteorder" in entries and archive.read(f"{folder}byteorder") != b"little":
                raise DataError("its numbers have their large end first, which is not read here")
            known: dict[str, Storage] = {}

            def persistent(reference: Any) -> Storage:
                kind, key, _ = _parts(reference)
                if key not in known:
                    if f"{folder}data/{key}" not in entries:
                        raise DataError(f"it is damaged: the numbers {key} are missing")
                    known[key] = storage_of(kind, archive.read(f"{folder}data/{key}"))
                return known[key]

            return self._machine(persistent=persistent).load(io.BytesIO(archive.read(pickled[0])))

    def _legacy(self, file: Source) -> Any:
        """What follows the magic number: the version, the machine's type, the content, and at last its numbers."""
        if self._machine().load(file) != 1001:
            raise DataError("it is a PyTorch file of a version that is not known")
        system = self._machine().load(file)
        if not (isinstance(system, dict) and system.get("little_endian")):
            raise DataError("its numbers have their large end first, which is not read here")
        begins = file.tell()
        kinds: dict[str, str] = {}

        def promise(reference: Any) -> None:
            kind, key, _ = _parts(reference)
            kinds[key] = kind

        # Numbers come last, so the content is gone through twice: to learn what they are, and with them at hand.
        nothing = {name: lambda *_: None for name in BUILDERS if "_rebuild" in name}
        self._machine(nothing, promise).load(file)
        known: dict[str, Storage] = {}
        for key in self._machine().load(file):
            if key not in kinds:
                raise DataError(f"it is damaged: nothing refers to the numbers {key}")
            count = int.from_bytes(file.read(8), "little")
            one = storage_of(kinds[key], bytes(8)).numbers.itemsize
            raw = file.read(min(count * one, 2**62))
            if len(raw) != count * one:
                raise DataError("it ends before all its numbers have come")
            known[key] = storage_of(kinds[key], raw)
        ends = file.tell()
        file.seek(begins)
        content = self._machine(persistent=lambda reference: known[_parts(reference)[1]]).load(file)
        file.seek(ends)
        return content


def _parts(reference: Any) -> tuple[str, str, int]:
    """Of a reference to numbers: the class that they are of, their key, and how many there are."""
    match reference:
        case ("storage", Name(full=kind), str(key), _, int(count), *_):
            return kind, key, count
    raise DataError("it refers to something outside itself that is no storage of numbers")
