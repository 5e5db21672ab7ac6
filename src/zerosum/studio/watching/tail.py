"""Reading a file of events as it grows: whole lines, from a place that is still right after a restart."""

import os
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zerosum.core.errors import SettingError

CHECKED = 256
"""Bytes at the end of a line that tell whether it is still the same one."""

MOST_BYTES = 1 << 22
"""Read at a time, at most, unless one line is longer."""


@dataclass(frozen=True)
class Place:
    """Behind a whole line of a file, or before the first one.

    A run that goes on from a checkpoint rewrites its record (`core.events.forget_after`): the file is another one, and
    may be longer than before when it is looked at next. An offset alone cannot tell; the line before it can.

    Attributes:
        offset: Bytes before it.
        check: CRC-32 of the end of the line before it; 0 before the first line.
    """

    offset: int = 0
    check: int = 0

    def __str__(self) -> str:
        return f"{self.offset}.{self.check:08x}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """What `str` wrote.

        Raises:
            SettingError: It is something else.
        """
        found = re.fullmatch(r"(\d{1,15})\.([0-9a-f]{8})", text, re.ASCII)
        if found is None:
            raise SettingError(f'"{text[:60]}" is no place in a record; take one that the server gave.')
        return cls(int(found[1]), int(found[2], 16))

    def behind(self, lines: Sequence[bytes]) -> Iterator["Place"]:
        """The place behind each of the lines that follow here, given without their ends."""
        offset = self.offset
        for line in lines:
            offset += len(line) + 1
            yield Place(offset, zlib.crc32(line[-CHECKED:]))


class Tail:
    """What is new in a file.

    Attributes:
        place: Up to where it was read.
    """

    def __init__(self, path: Path, place: Place | None = None) -> None:
        self.path, self.place = path, place or Place()
        self._seen: tuple[int, int, int] | None = None

    def read(self, most: int = MOST_BYTES) -> tuple[bool, list[bytes]]:
        """Whether the record was begun anew, and the whole lines that came since; of a new record nothing is read yet.

        A file that is not there has no lines; it was begun anew if something was read before.
        """
        try:
            status = os.stat(self.path)
            state = status.st_ino, status.st_size, status.st_mtime_ns
            if state == self._seen:
                return False, []
            with self.path.open("rb", buffering=0) as file:
                same, data = self._read_on(file.fileno(), most)
        except FileNotFoundError:
            state, same, data = None, self.place.offset == 0, b""
        if not same:
            self.place, self._seen = Place(), None
            return True, []
        # Where there may be more than is read at once, the next look goes on.
        self._seen = state if len(data) < most else None
        lines = data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]
        if lines:
            read = sum(map(len, lines)) + len(lines)
            self.place = Place(self.place.offset + read, zlib.crc32(lines[-1][-CHECKED:]))
        return False, lines

    def news(self, forget: Callable[[], None]) -> Iterator[list[bytes]]:
        """All whole lines that came since, as they are read; `forget` is called if the record began anew."""
        while True:
            anew, lines = self.read()
            if anew:
                forget()
            elif lines:
                yield lines
            else:
                return

    def _read_on(self, descriptor: int, most: int) -> tuple[bool, bytes]:
        """Whether the line before the place is the one that was there, and what follows: a whole line at least."""
        back = min(self.place.offset, CHECKED + 1)
        before = os.pread(descriptor, back, self.place.offset - back)
        if back and (len(before) < back or before[-1:] != b"\n" or not self._known(before[:-1])):
            return False, b""
        offset, parts = self.place.offset, []
        while not parts or (len(parts[-1]) == most and b"\n" not in parts[-1]):
            parts.append(os.pread(descriptor, most, offset))
            offset += len(parts[-1])
        return True, b"".join(parts)

    def _known(self, before: bytes) -> bool:
        return zlib.crc32(before[before.rfind(b"\n") + 1 :][-CHECKED:]) == self.place.check
