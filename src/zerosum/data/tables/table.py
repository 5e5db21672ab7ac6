"""A table read: what its columns are, its rows as they are stored, and how networks are told them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from zerosum.core.cells import Cell
from zerosum.core.errors import DataError
from zerosum.core.registry import Numbers
from zerosum.data.tables.asked import values_of
from zerosum.data.tables.codec import TableCodec
from zerosum.data.tables.columns import Column
from zerosum.data.tables.declared import Declared
from zerosum.data.tables.detection import detect
from zerosum.data.tables.frames import Frames
from zerosum.data.tables.gathering import gathered
from zerosum.data.tables.modes import Modes, find_modes
from zerosum.data.tables.pieces import Pieces, find_pieces
from zerosum.data.tables.rules import check_rules
from zerosum.data.tables.storing import stored
from zerosum.data.tables.tally import Tally

STUDIED = 200_000
"""Rows that encodings are fitted to at most, spread evenly over the table."""

MOST_DECIMALS = 6
"""Digits behind the point that all values must have in common for a column of a typed table to have a step."""


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
    measured = {c.name: _measured(c, np.asarray(rows[:, i])) for i, c in enumerate(learned)}
    columns = [measured.get(column.name, column) for column in columns]
    codec = replace(fitted_codec(tuple(columns), rows, numbers), form=frames.form)
    if rules:
        learned = codec.learned
        known = check_rules(rules, [column.name for column in learned], rows, values_of(learned, np.asarray(rows)))
        codec = replace(codec, rules=tuple(rules), combinations=known)
    return Table(codec, rows, (*frames.notes, *_notes(columns)))


def read_alike(frames: Frames, codec: TableCodec) -> Table:
    """Read a table as another one was read, for comparison.

    Raises:
        DataError: Columns are missing, or hold what the other's did not.
    """
    lacking = [column.name for column in codec.learned if column.name not in frames.columns]
    if lacking:
        raise DataError(f"{frames.source} lacks the column(s) {', '.join(lacking[:10])}, which the model has.")
    rows = gathered(_stored_chunks(frames, codec.learned), len(codec.learned))
    return Table(codec, rows, frames.notes)


def inspect_columns(frames: Frames, declared: Mapping[str, Declared]) -> list[Column]:
    """What the columns of a table are; numbers have no range and no step yet."""
    tallies = {name: Tally(name) for name in frames.columns}
    chunk: Any
    for chunk in frames.chunks():
        for name, tally in tallies.items():
            tally.add(chunk[name])
    comma = frames.form.decimal == ","
    found = []
    for name, tally in tallies.items():
        said = declared.get(name, Declared())
        found.append(said.applied(detect(tally, comma, said.kind)))
    return found


def fitted_codec(columns: tuple[Column, ...], rows: np.ndarray, numbers: Numbers) -> TableCodec:
    """A codec whose encodings fit stored rows (n, learned columns)."""
    studied = np.asarray(rows[:: -(-len(rows) // STUDIED)])
    pieces: list[Pieces] = []
    modes: list[Modes] = []
    cells = []
    for index, column in enumerate(column for column in columns if column.learned):
        values = studied[:, index]
        values = values[np.isfinite(values)]
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
    return replace(codec, cells=_counted(codec, rows))


def _counted(codec: TableCodec, rows: np.ndarray) -> tuple[Cell, ...]:
    """The cells, with how many rows have each choice."""
    total = torch.zeros(sum(cell.width for cell in codec.cells), dtype=torch.float64)
    part = max(1, 2**22 // len(total))
    for start in range(0, len(rows), part):
        total += codec.encode(torch.from_numpy(np.array(rows[start : start + part]))).double().sum(0)
    cells, place = [], 0
    for cell in codec.cells:
        counts = total[place + cell.number : place + cell.width].round().long().tolist()
        cells.append(replace(cell, counts=tuple(counts)))
        place += cell.width
    return tuple(cells)


def _stored_chunks(frames: Frames, columns: Sequence[Column]) -> Any:
    first = 0
    chunk: Any
    for chunk in frames.chunks():
        yield np.stack([stored(column, chunk[column.name], first) for column in columns], 1)
        first += len(chunk)


def _measured(column: Column, values: np.ndarray) -> Column:
    """A number column with its range and step, of its stored entries (n,)."""
    if not column.is_number:
        return column
    known = np.unique(values[np.isfinite(values)])
    low, high = (float(known[0]), float(known[-1])) if len(known) else (0.0, 0.0)
    return replace(column, low=low, high=high, step=_step(column, known))


def _step(column: Column, known: np.ndarray) -> float | None:
    """What different values, ascending, are a multiple of apart: the largest number with no more decimals than they."""
    digits: Sequence[int] = range(MOST_DECIMALS + 1) if column.decimals is None else (column.decimals,)
    for decimals in digits:
        scaled = np.round(known * 10.0**decimals)
        if decimals > 15 or np.abs(scaled).max(initial=0) > 2**53:
            return None
        if np.allclose(scaled / 10.0**decimals, known, rtol=1e-12, atol=0):
            apart = int(np.gcd.reduce(np.diff(scaled).astype(np.int64))) if len(known) > 1 else 1
            return apart / 10.0**decimals
    return None


def _notes(columns: Sequence[Column]) -> list[str]:
    """What is not learned, and why."""
    said = {
        "identifier": "is an identifier ({why}): it is not learned, and made anew for each row",
        "constant": "is always the same ({why}): it is written as it is",
        "text": "is free text ({why}): it is left out",
    }
    notes = [f'"{c.name}" {said[c.kind].format(why=c.why)}.' for c in columns if c.kind in said]
    return notes
