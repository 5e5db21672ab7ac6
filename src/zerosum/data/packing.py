"""Decoding all pictures of a source, in parallel, into rows of one form."""

import os
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

from zerosum.config.data import SMALLEST_SIDE, DataOptions
from zerosum.core.errors import DataError
from zerosum.data.images import Form, Header, background_of, read_header, read_picture
from zerosum.data.sources import Source

BLOCK = 64  # files that a thread takes at a time
LARGEST_KEPT_SIDE = 128  # pictures of one size up to this are not resized unless asked
USUAL_SIDE = 64

Progress = Callable[[int, int], None]  # (pictures done, pictures to do)


@dataclass(frozen=True)
class Block:
    """Some consecutive files, decoded.

    Attributes:
        rows: Shape (readable files, height, width, channels), uint8.
        bad: (name, reason) of each file that cannot be read.
        animated: How many of the files hold an animation.
    """

    rows: np.ndarray
    bad: tuple[tuple[str, str], ...]
    animated: int


def find_form(source: Source, names: Sequence[str], options: DataOptions) -> Form:
    """The form that the options ask for; what they leave open is decided by looking at every file's header.

    Raises:
        DataError: A file is no picture, and bad files are not to be skipped.
        SettingError: The background is not a colour.
    """
    background = background_of(options)
    sides, channels = options.sides, options.channels
    if sides is None or channels is None:
        headers = _headers(source, names, options)
        found = {header.sides for header in headers}
        kept = len(found) == 1 and all(SMALLEST_SIDE <= side <= LARGEST_KEPT_SIDE for side in min(found))
        sides = sides or (min(found) if kept else (USUAL_SIDE, USUAL_SIDE))
        channels = channels or (1 if headers and all(header.grey for header in headers) else 3)
    return Form(*sides, channels, options.fit, background)


def decoded(
    source: Source, names: Sequence[str], form: Form, options: DataOptions, progress: Progress | None
) -> Generator[Block]:
    """All files in order, block by block; close it when not all of them are needed.

    Threads do the work: Pillow lets go of the interpreter while it decodes and resizes, and new processes would each
    have to load torch first.

    Raises:
        DataError: A file cannot be read, and bad files are not to be skipped.
    """
    done = 0
    with _threads() as pool:
        for block in pool.map(partial(_decode, source, form), _split(names)):
            if block.bad and not options.skip_bad:
                raise _unreadable(source, *block.bad[0])
            yield block
            done += len(block.rows) + len(block.bad)
            if progress is not None:
                progress(done, len(names))


def _headers(source: Source, names: Sequence[str], options: DataOptions) -> set[Header]:
    """The different headers among all readable files."""
    found: set[Header] = set()
    with _threads() as pool:
        for headers, bad in pool.map(partial(_survey, source), _split(names)):
            if bad and not options.skip_bad:
                raise _unreadable(source, *bad[0])
            found |= headers
    return found


def _survey(source: Source, names: Sequence[str]) -> tuple[set[Header], list[tuple[str, str]]]:
    headers, bad = set(), []
    for name in names:
        try:
            headers.add(read_header(source.read(name)))
        except DataError as error:
            bad.append((name, str(error)))
    return headers, bad


def _decode(source: Source, form: Form, names: Sequence[str]) -> Block:
    rows = np.empty((len(names), *form.shape), np.uint8)
    bad, good, animations = [], 0, 0
    for name in names:
        try:
            rows[good], animated = read_picture(source.read(name), form)
        except DataError as error:
            bad.append((name, str(error)))
        else:
            good += 1
            animations += animated
    return Block(rows[:good], tuple(bad), animations)


def _unreadable(source: Source, name: str, reason: str) -> DataError:
    return DataError(
        f"{source.path}/{name} cannot be used: {reason}. Repair or remove it, or use --skip-bad to leave it out."
    )


def _split(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + BLOCK] for start in range(0, len(names), BLOCK)]


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """Threads in which Pillow does not warn about oddities of files that it can read; at the end no work is left over.

    Without that, the first bad file of a large folder would be reported only after the last good one was decoded.
    """
    pool = ThreadPoolExecutor(os.cpu_count())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
