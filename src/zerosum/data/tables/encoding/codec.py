"""Rows of a table as they are stored, and as networks see them.

A stored row has one float64 for each column that is learned: a number, or the index of a level; NaN where the entry is
missing. Networks see for each of these columns a `Cell`: a place and a choice for numbers, a choice for levels. Missing
entries are a choice of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from zerosum.core.cells import FREQUENT, SCARCE, Cell
from zerosum.core.telling import Tells
from zerosum.data.codec import Codec, Probability
from zerosum.data.conditions import Conditions
from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.encoding.checking import check_codec
from zerosum.data.tables.encoding.modes import Modes
from zerosum.data.tables.encoding.panels import panel
from zerosum.data.tables.encoding.pieces import Pieces
from zerosum.data.tables.encoding.stack import Stack, StackedModes, StackedPieces
from zerosum.data.tables.formats.form import Form
from zerosum.data.tables.language.asked import Rows
from zerosum.data.tables.language.rules import Combinations
from zerosum.drawing.columns import MOST_COLUMNS, column_sheet

_ODD = (-7046029254386353131, -4658895280553007687, -7723592293110705685)
"""Odd constants whose multiples have well-mixed bits (Steele et al. 2014, as 64-bit integers with a sign)."""

PART = 2**16
"""Entries that are counted at a time."""


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
    encodes_once: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_codec(self)

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
        choices = torch.empty(0)
        if layout.stack is not None:
            choices, places = layout.stack.told(layout.known(rows), chances(rows, layout.numbers))
            places = torch.where(rows[:, layout.numbers].isnan(), 0.0, places)
            x[:, layout.places] = places[:, layout.placed]
        return x.scatter_(1, layout.places_of_choices(rows, choices), 1.0)

    def counts(self, rows: np.ndarray) -> list[tuple[int, ...]]:
        """How many rows (n, columns) have each choice, of each cell."""
        layout = self._layout(torch.device("cpu"))
        total = torch.zeros(layout.width + 1, dtype=torch.int64)
        part = max(1, PART // len(self.cells))
        for start in range(0, len(rows), part):
            few = torch.from_numpy(np.array(rows[start : start + part]))
            choices = torch.empty(0)
            if layout.stack is not None:
                choices = layout.stack.chosen(layout.known(few), partial(chances, few, layout.numbers))
            total += torch.bincount(layout.places_of_choices(few, choices).ravel(), minlength=len(total))
        starts = layout.choices.tolist()
        return [
            tuple(total[start : start + cell.choices].tolist()) for start, cell in zip(starts, self.cells, strict=True)
        ]

    def decode(self, x: Tensor) -> np.ndarray:
        """Encoded rows (n, width) to (n, columns) float64: of each cell's choices the likeliest."""
        x = x.detach().float()
        layout = self._layout(x.device)
        padded = F.pad(x, (0, 1), value=-torch.inf)
        sizes = [padded.index_select(1, index).unflatten(1, (-1, size)).argmax(2) for size, index in layout.by_size]
        none = torch.zeros(len(x), 1, dtype=torch.int64, device=x.device)
        choices = torch.cat([*sizes, none], 1).index_select(1, layout.by_cell)
        rows = choices.double()
        if layout.stack is not None:
            places = torch.zeros(len(x), len(layout.numbers), device=x.device)
            places[:, layout.placed] = x[:, layout.places]
            rows[:, layout.numbers] = layout.stack.meant(choices[:, layout.numbers], places)
            rows = rows.clamp(layout.low, layout.high)
        return torch.where(choices == layout.missing, torch.nan, rows).cpu().numpy()

    def content(self) -> dict[str, Any]:
        """All but why columns are taken for what they are."""
        return replace(self, columns=tuple(replace(column, why="") for column in self.columns)).to_json()

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

    def lacks(self, real: Tensor, fake: Tensor) -> dict[str, float]:
        """How far off the choices of encoded rows are, and which frequent ones are hardly there.

        - choices_apart: mean total variation distance of the columns' choices;
        - lost_categories: share of the frequent choices that come less than a tenth as often as they should;
        - worst_column: number of the learned column that is farthest off.
        """
        start, apart, frequent, lost = 0, [], 0, 0
        for cell in self.cells:
            part = slice(start + cell.number, start + cell.width)
            start += cell.width
            wanted, made = real[:, part].float().mean(0), fake[:, part].float().mean(0)
            apart.append(float((wanted - made).abs().sum() / 2) if cell.choices else 0.0)
            often = wanted >= FREQUENT
            frequent += int(often.sum())
            lost += int((often & (made < SCARCE * wanted)).sum())
        return {
            "choices_apart": float(np.mean(apart)),
            "lost_categories": lost / max(1, frequent),
            "worst_column": float(np.argmax(apart)),
        }

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
            self.stack = StackedModes(codec.modes, steps, [learned[i].low for i in numbers], device)
        self.by_size: list[tuple[int, Tensor]] = []
        # Side by side with room for a power of two, so that many columns take few operations.
        rooms = [cell.room for cell in cells]
        members: list[int] = []
        for size in sorted(set(rooms) - {0}):
            columns = [i for i, room in enumerate(rooms) if room == size]
            places = [(int(starts[i]) + cells[i].number, cells[i].choices) for i in columns]
            index = [first + j if j < count else self.width for first, count in places for j in range(size)]
            self.by_size.append((size, long(index)))
            members += columns
        # Where among these each cell is; those without choices are behind all.
        self.by_cell = long([members.index(i) if i in members else len(members) for i in range(len(cells))])

    def known(self, rows: Tensor) -> Tensor:
        """The numbers of rows (n, columns), (n, numbers); any that are allowed where they are missing."""
        return torch.where(rows.isnan(), self.usual, rows)[:, self.numbers]

    def places_of_choices(self, rows: Tensor, choices: Tensor) -> Tensor:
        """Where in encoded rows the 1 of each cell with choices is, (n, cells), by the choices of numbers."""
        missing = rows.isnan()
        found = torch.where(missing, 0.0, rows).long()
        if len(self.numbers):
            found[:, self.numbers] = choices
        return (self.choices + torch.where(missing, self.missing, found))[:, self.chosen]


def chances(rows: Tensor, columns: Tensor) -> Tensor:
    """A number on [0, 1) for each of some columns of each row, (n, m), float64: a hash of the row and the column."""
    bits = rows.contiguous().view(torch.int64)
    places = torch.arange(1, rows.shape[1] + 1, device=rows.device)
    row = _mixed(bits * _ODD[0] + places * _ODD[1]).sum(1, keepdim=True)
    return _shifted(_mixed(row + (columns + 1) * _ODD[2]), 11).double() / 2**53


def _mixed(bits: Tensor) -> Tensor:
    """64-bit integers with their bits mixed, so that neighbours become unlike."""
    for shift, odd in ((30, _ODD[1]), (27, _ODD[2])):
        bits = (bits ^ _shifted(bits, shift)) * odd
    return bits ^ _shifted(bits, 31)


def _shifted(bits: Tensor, by: int) -> Tensor:
    """64-bit integers with their bits shifted to the right: zeros follow, and not the sign, which would undo itself."""
    return (bits >> by) & ((1 << (64 - by)) - 1)
