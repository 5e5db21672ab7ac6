"""A table read: what its columns are, its rows as they are stored, and how networks are told them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zerosum.core.cells import Cell
from zerosum.core.errors import DataError
from zerosum.core.registry import Numbers
from zerosum.data.tables.columns.column import CHOICES, Column
from zerosum.data.tables.columns.declared import Declared
from zerosum.data.tables.columns.detection import detect
from zerosum.data.tables.columns.measuring import columns_of, measured, note_of_copies
from zerosum.data.tables.columns.storing import stored
from zerosum.data.tables.columns.tally import Tally
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.data.tables.encoding.modes import Modes, find_modes
from zerosum.data.tables.encoding.pieces import Pieces, find_pieces
from zerosum.data.tables.formats.frames import Frames
from zerosum.data.tables.gathering import gathered
from zerosum.data.tables.language.rules import check_rules

STUDIED = 200_000
"""Entries of a column that its encoding is fitted to at most, spread evenly over the table."""


@dataclass(frozen=True)
class Table:
    """A table that was read.

    Attributes:
        codec: What its columns are and how they are encoded.
        rows: Stored rows (n, learned columns), float64; a memory map where they are many.
        notes: Sentences that the person should read.
    """

    codec: TableCodec
    rows: np.ndarray
    notes: tuple[str, ...]


def read_table(
    frames: Frames,
    declared: Mapping[str, Declared] | None = None,
    numbers: Numbers = "pieces",
    rules: Sequence[str] = (),
) -> Table:
    """Read a table: once to see what its columns are, once to store its rows.

    Args:
        frames: Its chunks.
        declared: What a person says of columns, by name.
        numbers: How numbers are told to networks.
        rules: What every row satisfies.

    Raises:
        DataError: A column mixes kinds of entries, or there is nothing to learn.
        SettingError: A column cannot be what it is declared to be.
    """
    columns = inspect_columns(frames, declared or {})
    learned = [column for column in columns if column.learned]
    if not learned:
        kinds = ", ".join(f'"{column.name}" is {column.kind}' for column in columns[:10])
        raise DataError(f"{frames.source} has no column that could be learned: {kinds}.")
    rows = gathered(_stored_chunks(frames, learned), len(learned))
    known = {c.name: measured(c, values) for c, values in zip(learned, columns_of(rows), strict=True)}
    columns = [known.get(column.name, column) for column in columns]
    codec = replace(fitted_codec(tuple(columns), rows, numbers), form=frames.form)
    if rules:
        codec = replace(codec, rules=tuple(rules), combinations=check_rules(rules, codec, np.asarray(rows)))
    return Table(codec, rows, (*frames.notes, *_notes(columns), *note_of_copies(rows)))


def read_alike(frames: Frames, codec: TableCodec) -> Table:
    """Read a table as another one was read, for comparison.

    Rows with entries that the other's columns never have are left out, with a note.

    Raises:
        DataError: Columns are missing, or most rows are unlike the other's.
    """
    lacking = [column.name for column in codec.learned if column.name not in frames.columns]
    if lacking:
        raise DataError(f"{frames.source} lacks the column(s) {', '.join(lacking[:10])}, which the model has.")
    never = np.array([not column.missing for column in codec.learned])
    seen, unlike = 0, np.zeros(len(never), np.int64)

    def like_the_others() -> Iterator[np.ndarray]:
        nonlocal seen, unlike
        for chunk in _stored_chunks(frames, codec.learned, strict=False):
            wrong = np.isinf(chunk) | (np.isnan(chunk) & never)
            seen, unlike = seen + len(chunk), unlike + wrong.sum(0)
            yield chunk[~wrong.any(1)]

    rows = gathered(like_the_others(), len(never))
    left_out = seen - len(rows)
    if not left_out:
        return Table(codec, rows, frames.notes)
    worst = codec.learned[int(unlike.argmax())].name
    what = (
        f"{left_out:,} of {seen:,} rows of {frames.source} have entries that the model's table never had, most of them "
        f'in the column "{worst}"'
    )
    if left_out > seen / 2:
        raise DataError(f"{what}. It is another table, or one that is written otherwise; give one that is alike.")
    return Table(codec, rows, (*frames.notes, f"{what}; they are left out."))


def inspect_columns(frames: Frames, declared: Mapping[str, Declared]) -> list[Column]:
    """What the columns of a table are; numbers have no range and no step yet."""
    said = {name: declared.get(name, Declared()) for name in frames.columns}
    as_text = (*CHOICES, "identifier", "constant", "text")
    tallies = {name: Tally(name, one.kind in as_text) for name, one in said.items()}
    chunk: Any
    for chunk in frames.chunks():
        for name, tally in tallies.items():
            tally.add(chunk[name])
    comma = frames.form.decimal == ","
    return [one.applied(detect(tallies[name], comma, one.kind)) for name, one in said.items()]


def fitted_codec(columns: tuple[Column, ...], rows: np.ndarray, numbers: Numbers) -> TableCodec:
    """A codec whose encodings fit stored rows (n, learned columns)."""
    pieces: list[Pieces] = []
    modes: list[Modes] = []
    cells = []
    learned = [column for column in columns if column.learned]
    for column, entries in zip(learned, columns_of(rows), strict=True):
        values = entries[np.isfinite(entries)]
        values = values[:: -(-len(values) // STUDIED)]
        absent = int(column.missing > 0)
        if not column.is_number:
            cells.append(Cell(choices=len(column.levels) + absent, category=True))
        elif numbers == "pieces":
            pieces.append(find_pieces(values, column.step))
            single = pieces[-1].single
            gated = (*(not one for one in single), *[False] * absent)
            cells.append(Cell(number=not all(single), choices=len(single) + absent, gated=gated))
        else:
            modes.append(find_modes(values))
            gated = (*[True] * len(modes[-1]), *[False] * absent)
            cells.append(Cell(number=True, choices=len(modes[-1]) + absent, gated=gated))
    codec = TableCodec(columns, tuple(cells), tuple(pieces), tuple(modes))
    counted = zip(codec.cells, codec.counts(rows), strict=True)
    return replace(codec, cells=tuple(replace(cell, counts=counts) for cell, counts in counted))


def _stored_chunks(frames: Frames, columns: Sequence[Column], strict: bool = True) -> Iterator[np.ndarray]:
    first = 0
    chunk: Any
    for chunk in frames.chunks():
        yield np.stack([stored(column, chunk[column.name], first, strict) for column in columns], 1)
        first += len(chunk)


def _notes(columns: Sequence[Column]) -> list[str]:
    """What is not learned, and why."""
    said = {
        "identifier": "is an identifier ({why}): it is not learned, and made anew for each row",
        "constant": "is constant ({why}): it is written as it is",
        "text": "is free text ({why}): it is left out",
    }
    notes = [f'"{c.name}" {said[c.kind].format(why=c.why)}.' for c in columns if c.kind in said]
    return notes
