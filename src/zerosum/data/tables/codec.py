"""Rows of a table as they are stored, and as networks see them.

A stored row has one float64 for each column that is learned: a number, or the index of a level; NaN where the entry is
missing. Networks see for each of these columns a `Cell`: a place and a choice for numbers, a choice for levels. Missing
entries are a choice of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from zerosum.core.cells import Cell
from zerosum.core.errors import DataError
from zerosum.core.telling import Tells
from zerosum.data.codec import Codec, Probability
from zerosum.data.conditions import Conditions
from zerosum.data.tables.asked import Rows
from zerosum.data.tables.columns import Column
from zerosum.data.tables.form import Form
from zerosum.data.tables.modes import Modes
from zerosum.data.tables.panels import panel
from zerosum.data.tables.pieces import Pieces
from zerosum.data.tables.rules import Combinations
from zerosum.data.tables.stack import Stack, StackedModes, StackedPieces
from zerosum.drawing.columns import MOST_COLUMNS, column_sheet

_ODD = (-7046029254386353131, -4658895280553007687, -7723592293110705685)
"""Odd constants whose multiples have well-mixed bits (Steele et al. 2014, as 64-bit integers with a sign)."""


@dataclass(frozen=True)
class TableCodec(Codec):
    """Rows of a table: stored as (n, columns) float64; encoded cell by cell.

    Attributes:
        columns: All columns of the table, in its order.
        cells: How each learned column is told, in their order.
        pieces: Of each learned column that is a number, if numbers are told by pieces.
        modes: Likewise, if they are told by modes.
        form: How the table was written.
        rules: What every row is to satisfy.
        combinations: Those of columns that rules fix.
    """

    columns: tuple[Column, ...]
    cells: tuple[Cell, ...]
    pieces: tuple[Pieces, ...] = ()
    modes: tuple[Modes, ...] = ()
    form: Form = Form("frame")
    rules: tuple[str, ...] = ()
    combinations: tuple[Combinations, ...] = ()

    kind: ClassVar[str] = "table"
    sheet_samples: ClassVar[int] = 2048

    def __post_init__(self) -> None:
        # A codec is also read from a model's folder, which anyone may have edited.
        numbers = sum(column.is_number for column in self.learned)
        if len(self.cells) != len(self.learned) or numbers != len(self.pieces) + len(self.modes):
            raise DataError(f"{len(self.learned)} learned columns have {len(self.cells)} cells; each needs one.")

    @cached_property
    def learned(self) -> tuple[Column, ...]:
        """The columns that rows have an entry for."""
        return tuple(column for column in self.columns if column.learned)

    def encode(self, rows: Tensor) -> Tensor:
        """Rows (n, columns) to float32 (n, width).

        Where a number may be told in several ways, its row decides which by a hash, so that the same row is always told
        in the same way and all ways come as often as they should.
        """
        layout = self._layout(rows.device)
        x = torch.zeros(len(rows), layout.width, device=rows.device)
        missing = rows.isnan()
        choices = torch.where(missing, 0.0, rows).long()
        if layout.stack is not None:
            values = torch.where(missing, layout.usual, rows)[:, layout.numbers]
            told, places = layout.stack.told(values, chances(rows, layout.numbers))
            choices[:, layout.numbers] = told
            x[:, layout.places] = torch.where(missing[:, layout.numbers], 0.0, places)[:, layout.placed]
        choices = torch.where(missing, layout.missing, choices)
        index = (layout.choices + choices)[:, layout.chosen]
        return x.scatter_(1, index, 1.0)

    def decode(self, x: Tensor) -> np.ndarray:
        """Encoded rows (n, width) to (n, columns) float64: of each cell's choices the likeliest."""
        x = x.detach().float()
        layout = self._layout(x.device)
        choices = torch.zeros(len(x), len(self.cells), dtype=torch.int64, device=x.device)
        for size, columns, index in layout.by_size:
            choices[:, columns] = x[:, index].view(len(x), len(columns), size).argmax(2)
        rows = choices.double()
        if layout.stack is not None:
            places = torch.zeros(len(x), len(layout.numbers), device=x.device)
            places[:, layout.placed] = x[:, layout.places]
            rows[:, layout.numbers] = layout.stack.meant(choices[:, layout.numbers], places)
            rows = rows.clamp(layout.low, layout.high)
        return torch.where(choices == layout.missing, torch.nan, rows).cpu().numpy()

    def known(self, tells: Tells) -> Conditions:
        """All rows; some of them can be asked for."""
        return Rows(np.ones(1), self, tells)

    def presented(self, rows: np.ndarray, numbers: Sequence[int]) -> Any:
        """A frame of pandas that looks like the table."""
        from zerosum.data.tables.restoring import restored_frame

        return restored_frame(self, rows, numbers)

    def partings(self, rows: np.ndarray) -> list[np.ndarray]:
        """For each column that is a category, its number of each row, counted over all of them."""
        ways, first = [], 0
        for number, cell in enumerate(self.cells):
            if cell.category:
                codes = np.array(rows[:, number])
                ways.append(np.where(np.isnan(codes), cell.choices - 1, codes).astype(np.int64) + first)
                first += cell.choices
        return ways

    def write(self, row: np.ndarray, stem: Path) -> Path:
        """Write one row as CSV, below a line of names."""
        from zerosum.data.tables.restoring import write_rows

        path = stem.with_name(f"{stem.name}.csv")
        write_rows(self, row[None], [0], path)
        return path

    def sheet(self, rows: np.ndarray) -> Image.Image:
        """How often the values of each column come."""
        return self._drawn(rows, None)

    def contest(
        self, rows: np.ndarray, real: np.ndarray, latents: np.ndarray, probability: Probability | None
    ) -> Image.Image:
        """How often the values of each column come in generated rows, and in real ones."""
        return self._drawn(rows, real)

    def _drawn(self, rows: np.ndarray, real: np.ndarray | None) -> Image.Image:
        few = list(enumerate(self.learned))[:MOST_COLUMNS]
        panels = [panel(column, rows[:, i], None if real is None else real[:, i]) for i, column in few]
        return column_sheet(panels, len(self.learned))

    def _layout(self, device: torch.device) -> "_Layout":
        key = str(device)
        if key not in self._layouts:
            self._layouts[key] = _Layout(self, device)
        return self._layouts[key]

    @cached_property
    def _layouts(self) -> dict[str, "_Layout"]:
        return {}


class _Layout:
    """Where everything is, as tensors on one device."""

    def __init__(self, codec: TableCodec, device: torch.device) -> None:
        cells, learned = codec.cells, codec.learned
        starts = np.cumsum([0, *[cell.width for cell in cells]])
        self.width = int(starts[-1])
        numbers = [i for i, column in enumerate(learned) if column.is_number]

        def long(values: list[int]) -> Tensor:
            return torch.tensor(values, dtype=torch.int64, device=device)

        def double(values: list[float]) -> Tensor:
            return torch.tensor(values, dtype=torch.float64, device=device)

        self.numbers = long(numbers)
        # Where every value of a column is a piece, the choice says all.
        self.placed = long([k for k, i in enumerate(numbers) if cells[i].number])
        self.places = long([int(starts[i]) for i in numbers if cells[i].number])
        self.choices = long([int(starts[i]) + cell.number for i, cell in enumerate(cells)])
        self.chosen = long([i for i, cell in enumerate(cells) if cell.choices])
        # The last choice of a column with missing entries says so; no choice has the number -1.
        self.missing = long([cell.choices - 1 if c.missing else -1 for cell, c in zip(cells, learned, strict=True)])
        infinite = float("inf")
        self.low = double([column.low if column.is_number else -infinite for column in learned])
        self.high = double([column.high if column.is_number else infinite for column in learned])
        self.usual = double([column.low if column.is_number else 0.0 for column in learned])
        steps = [learned[i].step or 0.0 for i in numbers]
        self.stack: Stack | None = None
        if codec.pieces:
            self.stack = StackedPieces(codec.pieces, steps, device)
        elif codec.modes:
            self.stack = StackedModes(codec.modes, steps, device)
        self.by_size: list[tuple[int, Tensor, Tensor]] = []
        for size in sorted({cell.choices for cell in cells} - {0}):
            columns = [i for i, cell in enumerate(cells) if cell.choices == size]
            index = [int(starts[i]) + cells[i].number + j for i in columns for j in range(size)]
            self.by_size.append((size, long(columns), long(index)))


def chances(rows: Tensor, columns: Tensor) -> Tensor:
    """A number on [0, 1) for each of some columns of each row, (n, m), float64: a hash of the row and the column."""
    bits = rows.contiguous().view(torch.int64)
    places = torch.arange(1, rows.shape[1] + 1, device=rows.device)
    row = _mixed(bits * _ODD[0] + places * _ODD[1]).sum(1, keepdim=True)
    return (_mixed(row + (columns + 1) * _ODD[2]) >> 11 & (2**53 - 1)).double() / 2**53


def _mixed(bits: Tensor) -> Tensor:
    """64-bit integers with their bits mixed, so that neighbours become unlike."""
    for shift, odd in ((30, _ODD[1]), (27, _ODD[2])):
        bits = (bits ^ (bits >> shift)) * odd
    return bits ^ (bits >> 31)
