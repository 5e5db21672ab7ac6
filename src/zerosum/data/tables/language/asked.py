"""Rows that are asked for: `income = '>50K' and age >= 30`.

What an expression demands of single columns is told to a generator that listens, as far as it does; the rest, and the
table's rules, are seen to by looking at the rows that it makes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from zerosum.core.cells import Cell
from zerosum.core.errors import SettingError
from zerosum.core.telling import Tells
from zerosum.data.conditions import Conditions, Request
from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.encoding.panels import label
from zerosum.data.tables.language.expressions import parse
from zerosum.data.tables.language.looking import kinds_of, values_of
from zerosum.data.tables.language.ranges import Allowed, allowed, impossible
from zerosum.data.tables.language.rules import Rules
from zerosum.data.tables.language.tokens import KEYWORDS
from zerosum.data.tables.language.tree import Expression, columns_of
from zerosum.data.tables.language.truth import true_rows

if TYPE_CHECKING:
    from zerosum.data.tables.encoding.codec import TableCodec

MOST_TOLD = 4096
"""Ways in which what is asked can be told."""

RARE = 0.2
"""Share of the rows below which a column's demand is told where it allows several values."""

PLACES = 33
"""Places of a piece that are told of it."""


@dataclass(frozen=True, eq=False)
class Rows(Conditions):
    """All rows that a table can have, or those of which an expression is true.

    Attributes:
        codec: The table's.
        tells: What the generator listens to.
        expression: What is true of the rows; None for all.
        told: What a generator is told, one of these for each row, (k, width + cells): what is told of a row, and behind
            it 1 or 0 for each cell; None where nothing is.
    """

    flag = "--where"
    optional = True
    codec: "TableCodec"
    tells: Tells = "nothing"
    expression: Expression | None = None
    told: Tensor | None = None

    @property
    def width(self) -> int:
        """None: what rows are told is a part of them."""
        return 0

    def at(self, indices: np.ndarray) -> Tensor:
        """What rows are told, (n, width + cells)."""
        assert self.told is not None, "nothing is asked of rows that are told nothing"
        return self.told[torch.from_numpy(np.ascontiguousarray(indices, np.int64))]

    def asked(self, request: Request) -> "Rows":
        """The rows of which an expression is true.

        Raises:
            SettingError: It is no expression, names what is not there, or contradicts itself or the data.
        """
        if not isinstance(request, str):
            raise SettingError(f'Rows are asked for by an expression, as in "age >= 30", and not by {request!r}.')
        kinds = kinds_of(self.codec.learned)
        expression = parse(request, [column.name for column in self.codec.learned])
        demands = allowed(expression, kinds)
        sentence = impossible(expression, kinds)
        if sentence is not None:
            raise SettingError(f"No row can be as asked: {sentence}")
        told, shares = self._ways(demands)
        return replace(self, frequencies=shares, expression=expression, told=told)

    def accepted(self, rows: np.ndarray) -> np.ndarray | None:
        """Which stored rows (n, columns) are as asked and keep the table's rules, bool (n,); None where all do."""
        if self.expression is None and not self.codec.rules:
            return None
        names = self._rules.looked_at | (columns_of(self.expression) if self.expression else set())
        columns = values_of(self.codec.learned, rows, names)
        good = np.ones(len(rows), bool) if self.expression is None else true_rows(self.expression, columns)
        return good & self._rules.kept(rows, columns, good)

    def words(self, index: int) -> str:
        """An expression, for examples: of a category, of which the commonest level is asked for, if there is one."""
        learned, cells = self.codec.learned, self.codec.cells
        pairs = sorted(zip(learned, cells, strict=True), key=lambda pair: pair[0].is_number)  # categories first
        column, cell = pairs[index % len(pairs)]
        plain = re.fullmatch(r"[^\W\d]\w*", column.name) and column.name.lower() not in KEYWORDS
        name = column.name if plain else '"' + column.name.replace('"', '""') + '"'
        if column.is_number:
            value = label(column, column.low)
            return f"{name} >= {value}" if column.kind in ("integer", "decimal") else f"{name} >= '{value}'"
        level = column.levels[int(np.argmax(cell.counts[: len(column.levels)] or [0]))]
        return f"{name} = '" + level.replace("'", "''") + "'"

    def to_json(self) -> dict[str, Any]:
        """Nothing: all is in the codec."""
        return {}

    @cached_property
    def _rules(self) -> Rules:
        return Rules.of(self.codec)

    def _ways(self, demands: Mapping[str, Allowed]) -> tuple[Tensor, np.ndarray]:
        """What can be told of rows that are as demanded, (k, width + cells), and how often each is, (k,)."""
        cells, starts = self.codec.cells, np.cumsum([0, *[cell.width for cell in self.codec.cells]])
        offers: list[tuple[int, list[tuple[float, int]], np.ndarray, float]] = []
        for number, (cell, column) in enumerate(zip(cells, self.codec.learned, strict=True)):
            if column.name in demands and (self.tells == "any" or (self.tells == "one category" and cell.category)):
                values, shares = self._candidates(number, demands[column.name])
                if not len(values):
                    raise SettingError(self._nothing(column, demands[column.name]))
                offers.append((number, values, shares, float(shares.sum())))
            elif column.name in demands and cell.category and not self._candidates(number, demands[column.name])[0]:
                raise SettingError(self._nothing(column, demands[column.name]))
        chosen = self._chosen(offers)
        told, weights = torch.zeros(1, int(starts[-1]) + len(cells)), np.ones(1)
        for number, values, shares, _ in chosen:
            told = told.repeat_interleave(len(values), 0)
            for way, (place, choice) in enumerate(values):
                rows = slice(way, None, len(values))
                start, cell = int(starts[number]), cells[number]
                if cell.number:
                    told[rows, start] = place
                if cell.choices:
                    told[rows, start + cell.number + choice] = 1.0
                told[rows, int(starts[-1]) + number] = 1.0
            weights = (weights[:, None] * shares / shares.sum()).ravel()
        return told, weights / weights.sum()

    def _chosen(self, offers: list[tuple[int, list[tuple[float, int]], np.ndarray, float]]) -> Sequence[Any]:
        """The demands that are told: all that allow one value, and of the others the rarest.

        Which of several values a row has depends on what else it has, so that telling several columns one of several
        values each would make combinations that are not.
        """
        single = [offer for offer in offers if len(offer[1]) == 1]
        several = sorted((offer for offer in offers if len(offer[1]) > 1), key=lambda offer: offer[3])
        if self.tells == "one category":
            return sorted(single + several, key=lambda offer: offer[3])[:1]
        return single + [offer for offer in several[:1] if offer[3] < RARE and len(offer[1]) <= MOST_TOLD]

    def _candidates(self, number: int, demand: Allowed) -> tuple[list[tuple[float, int]], np.ndarray]:
        """Places and choices of a cell that a demand allows, and the share of the data's rows that each has."""
        cell, column = self.codec.cells[number], self.codec.learned[number]
        counts = np.array(cell.counts, np.float64) if cell.counts else np.ones(max(1, cell.choices))
        ways: list[tuple[float, int]] = []
        for choice in range(max(1, cell.choices)):
            gated = cell.number and (not cell.gated or cell.gated[choice])
            ways += [(place, choice) for place in (np.linspace(-1, 1, PLACES) if gated else (0.0,))]
        good = self._holds(number, demand, ways)
        of_choice = np.bincount([choice for _, choice in ways], minlength=len(counts))
        there = np.array([choice < cell.choices - (column.missing > 0) for _, choice in ways])
        if column.is_number and demand.present and not (good & there).any():
            # What is demanded lies between the places that were looked at.
            between = self._between(number, demand)
            good = np.append(good, self._holds(number, demand, between))
            ways += between
        choices = np.array([choice for _, choice in ways])
        shares = counts[choices] / np.maximum(1, of_choice[choices]) / max(1.0, counts.sum())
        return [way for way, kept in zip(ways, good, strict=True) if kept], shares[good]

    def _holds(self, number: int, demand: Allowed, ways: Sequence[tuple[float, int]]) -> np.ndarray:
        """Which places and choices of a cell a demand allows, bool (k,)."""
        column = self.codec.learned[number]
        rows = self._rows(number, self.codec.cells[number], ways)
        return demand.holds(values_of((column,), rows, (column.name,))[column.name])

    def _between(self, number: int, demand: Allowed) -> list[tuple[float, int]]:
        """Places and choices of numbers between the bounds of a demand, as far as the column has them."""
        cell, column = self.codec.cells[number], self.codec.learned[number]
        low, high = max(column.low, demand.bounds[0]), min(column.high, demand.bounds[1])
        if low > high or not cell.number:
            return []
        rows = np.full((PLACES, len(self.codec.cells)), np.nan)
        rows[:, number] = np.linspace(low, high, PLACES)
        start = sum(other.width for other in self.codec.cells[:number])
        x = self.codec.encode(torch.from_numpy(rows))[:, start : start + cell.width]
        return list(dict.fromkeys(zip(x[:, 0].tolist(), x[:, 1:].argmax(1).tolist(), strict=True)))

    def _rows(self, number: int, cell: Cell, ways: Sequence[tuple[float, int]]) -> np.ndarray:
        """The stored entries (k, 1) that places and choices of one cell are decoded to."""
        start = sum(other.width for other in self.codec.cells[:number])
        x = torch.zeros(len(ways), sum(other.width for other in self.codec.cells))
        for row, (place, choice) in enumerate(ways):
            if cell.number:
                x[row, start] = float(place)
            if cell.choices:
                x[row, start + cell.number + choice] = 1.0
        return self.codec.decode(x)[:, [number]]

    def _nothing(self, column: Column, demand: Allowed) -> str:
        known = (
            f"its values go from {label(column, column.low)} to {label(column, column.high)}"
            if column.is_number
            else f"its values are {', '.join(column.levels[:12])}{', ...' if len(column.levels) > 12 else ''}"
        )
        return f'No row can be as asked: nothing that the column "{column.name}" has satisfies it; {known}.'
