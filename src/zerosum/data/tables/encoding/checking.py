"""Whether a table's codec fits together: it is also read from a model's folder, which anyone may have edited."""

from typing import TYPE_CHECKING

import numpy as np

from zerosum.core.cells import Cell
from zerosum.core.errors import DataError
from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.encoding.modes import Modes
from zerosum.data.tables.encoding.pieces import KNOTS, Pieces

if TYPE_CHECKING:
    from zerosum.data.tables.encoding.codec import TableCodec


def check_codec(codec: "TableCodec") -> None:
    """Refuse a codec whose parts contradict each other.

    Raises:
        DataError: They do.
    """
    columns, cells = codec.learned, codec.cells
    numbers = [column for column in columns if column.is_number]
    told = codec.pieces or codec.modes
    if len(cells) != len(columns) or len(numbers) != len(told) or (codec.pieces and codec.modes):
        raise DataError(
            f"The table's codec is damaged: {len(columns)} learned columns, of which {len(numbers)} are numbers, have "
            f"{len(cells)} cells, {len(codec.pieces)} pieces and {len(codec.modes)} modes. Get the model anew."
        )
    ways = iter(told)
    for column, cell in zip(columns, cells, strict=True):
        way = next(ways) if column.is_number else None
        if not _fits(column, cell, way):
            raise DataError(
                f'The table\'s codec is damaged: the cell of the column "{column.name}" does not fit what the column '
                "is. Get the model anew."
            )
    for one in codec.combinations:
        places = all(0 <= place < len(columns) for place in one.columns)
        if not places or any(len(known) != len(one.columns) for known in one.known):
            raise DataError("The table's codec is damaged: combinations of columns that are not there. Get it anew.")


def _fits(column: Column, cell: Cell, way: Pieces | Modes | None) -> bool:
    """Whether a cell has the choices that its column, and how its numbers are told, ask for."""
    absent = int(column.missing > 0)
    if way is None:
        return not cell.number and cell.choices == len(column.levels) + absent and len(column.levels) > 0
    if not np.isfinite([column.low, column.high, column.step or 0.0]).all() or (column.step or 0.0) < 0:
        return False
    return cell.choices == len(way) + absent and (_in_order(way) if isinstance(way, Pieces) else _are_normal(way))


def _in_order(pieces: Pieces) -> bool:
    starts = np.array(pieces.starts)
    if not len(starts) or any(len(knots) != KNOTS + 1 for knots in pieces.knots) or len(pieces.knots) != len(starts):
        return False
    knots = np.array(pieces.knots)
    return bool(np.isfinite(knots).all() and (np.diff(starts) > 0).all() and (np.diff(knots, axis=1) >= 0).all())


def _are_normal(modes: Modes) -> bool:
    lengths = {len(modes.shares), len(modes.means), len(modes.deviations)}
    if len(lengths) != 1 or not len(modes):
        return False
    known = np.array([modes.shares, modes.means, modes.deviations])
    return bool(np.isfinite(known).all() and (known[0] > 0).all() and (known[2] > 0).all())
