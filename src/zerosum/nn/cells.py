"""The entries of rows of a table: networks' answers become numbers and choices, all columns at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from zerosum.core.cells import Cell
from zerosum.nn.order import Order

_NEVER = -1e9
"""The answer in favour of a choice that there is not."""

_LEAST = -80.0
"""The exponential of less is not told from 0 beside 1."""

_TINY = 1e-20
"""Chances are kept so far from 0, where logarithms end."""


@dataclass(frozen=True)
class _Group:
    """Cells with about as many choices, which are computed with side by side.

    Attributes:
        cells: Which of the cells with choices they are, (s,).
        size: Choices that each has room for.
    """

    cells: list[int]
    size: int


class Cells(nn.Module):
    """Where in a row everything is, and what networks' answers (n, width) say.

    Choices of columns are computed with in groups of about one size, so that 500 columns take a few operations and one
    of 10,000 choices makes no other larger.

    Args:
        cells: Of the columns.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        super().__init__()
        self.width = sum(cell.width for cell in cells)
        starts, place = [], 0
        for cell in cells:
            starts.append(place + cell.number)
            place += cell.width
        with_choices = [number for number, cell in enumerate(cells) if cell.choices]
        self.count = len(with_choices)
        """How many cells have choices."""
        sizes = sorted({cells[number].room for number in with_choices})
        self._groups: list[_Group] = []
        index: list[int] = []  # where in a row the choices of all groups are; `width` for room that nobody needs
        found = [0] * self.width  # where among these, behind the numbers, each number of a row is
        numbers = [number for number, cell in enumerate(cells) if cell.number]
        of_cell: list[int] = []
        gates: list[float] = []
        for size in sizes:
            members = [k for k, number in enumerate(with_choices) if cells[number].room == size]
            self._groups.append(_Group(members, size))
            for number in (with_choices[k] for k in members):
                cell, start = cells[number], starts[number]
                for choice in range(size):
                    real = choice < cell.choices
                    if real:
                        found[start + choice] = len(numbers) + len(index)
                    index.append(start + choice if real else self.width)
                    gates.append(float(real and (not cell.gated or cell.gated[choice])))
                of_cell.append(number)
        for k, number in enumerate(numbers):
            found[starts[number] - 1] = k
        self.grouped = Order(index, self.width)
        """From rows' entries to the choices of all groups."""
        self.together = Order(found, len(numbers) + len(index))
        """From numbers, and behind them the choices of all groups, to rows' entries."""
        gate_of = {number: place for place, number in enumerate(of_cell)}
        # A number without choices is never gated: it looks at one more place, which is always open.
        gate_places = [gate_of.get(number, len(of_cell)) for number in numbers]
        order = [place for group in self._groups for place in group.cells]
        self.numbers: Tensor
        self.gates: Tensor
        self.gate_places: Tensor
        self.order: Tensor
        self.chosen: Tensor
        self.owners: Tensor
        # Of each cell, in the order of the groups: where in a row its choices begin, where its gates do, and the number
        # of its last choice.
        self.first_choices: Tensor
        self.first_gates: Tensor
        self.last_choices: Tensor
        rooms = np.cumsum([0, *[group.size for group in self._groups for _ in group.cells]])[:-1].tolist()
        begins = [starts[number] for number in of_cell]
        where = {
            "first_choices": begins,
            "first_gates": rooms,
            "last_choices": [cells[number].choices - 1 for number in of_cell],
            "gate_places": gate_places,
            "order": order,
            "chosen": [place for place in index if place < self.width],
            "owners": with_choices,
        }
        for name, values in where.items():
            self.register_buffer(name, torch.tensor(values, dtype=torch.int64), persistent=False)
        places = torch.tensor([starts[number] - 1 for number in numbers], dtype=torch.int64)
        self.register_buffer("numbers", places, persistent=False)
        self.register_buffer("gates", torch.tensor(gates), persistent=False)

    def relaxed(self, answers: Tensor, temperature: float, noise: float = 1.0, hard: bool = False) -> Tensor:
        """Rows (n, width) that gradients flow through: Gumbel-softmax of choices, tanh of numbers.

        Jang et al. 2017 (arXiv:1611.01144), Equation 2; Maddison et al. 2017 (arXiv:1611.00712).

        Args:
            answers: Of a network, (n, width).
            temperature: Of the softmax.
            noise: What the Gumbel noise is multiplied by.
            hard: Make choices one-hot, with the softmax's gradient (straight-through, Jang et al., Section 2.2).
        """
        parts = []
        for scores in self._by_group(answers, noise=noise, temperature=temperature):
            soft = scores.softmax(1)
            parts.append(soft + (_largest(scores.detach()) - soft.detach()) if hard else soft)
        flat = [part.flatten(0, 1) for part in parts]
        numbers = answers.T.index_select(0, self.numbers).tanh()
        if len(self.numbers):
            numbers = numbers * self._opened(len(answers), parts)
        return self.together(torch.cat([numbers, *flat])).T

    def drawn(self, answers: Tensor, chances: Tensor, noise: float = 1.0) -> Tensor:
        """Rows (n, width) in which each choice is drawn as often as its answers say.

        Of the distribution of softmax(answers / noise): that of the largest answer under Gumbel noise of this size.

        Args:
            answers: Of a network, (n, width).
            chances: A number on [0, 1) for each cell with choices, (n, count).
            noise: What the Gumbel noise was multiplied by in training; at 0 the largest answer is taken.
        """
        chances = chances.T.index_select(0, self.order)
        first, chosen = 0, []
        for group, scores in zip(self._groups, self._by_group(answers), strict=True):
            its = chances[first : first + len(group.cells)]
            first += len(group.cells)
            if noise > 0:
                # Not divided by their sum, which the chance is multiplied by. Room without a choice adds nothing.
                # Where a shifted answer is so small that nothing is left of it, exp would take four times as long.
                shifted = (scores - scores.amax(1, keepdim=True)).div_(noise).clamp_(min=_LEAST)
                bounds = shifted.exp_().cumsum(1)
                place = (bounds <= (its * bounds[:, -1])[:, None]).sum(1)
            else:
                place = scores.argmax(1)
            chosen.append(place)
        rows = torch.zeros_like(answers)
        numbers = answers.index_select(1, self.numbers).tanh_()
        if chosen:
            # Rounding may make of the largest chance all that there is, and of the place one behind the last choice.
            places = torch.minimum(torch.cat(chosen).T, self.last_choices)
            rows.scatter_(1, self.first_choices + places, 1.0)
            open_ = answers.new_ones(answers.shape[0], self.count + 1)
            open_[:, : self.count] = self.gates[self.first_gates + places]
            numbers *= open_.index_select(1, self.gate_places)
        return rows.index_copy_(1, self.numbers, numbers)

    def opened(self, rows: Tensor) -> Tensor:
        """1 for each number of rows (n, width) that says something beside its choice, else 0: (n, numbers)."""
        return self._opened(rows.shape[0], self._by_group(rows, 0.0)).T

    def shifted(self, rows: Tensor, shifts: Tensor) -> Tensor:
        """Rows (n, width) with so much (n, numbers) added to their numbers, where these say something; on [-1, 1]."""
        numbers = (rows.index_select(1, self.numbers) + shifts * self.opened(rows)).clamp(-1, 1)
        return rows.index_copy(1, self.numbers, numbers)

    def surprise(self, answers: Tensor, choices: Tensor, which: Tensor | None = None) -> Tensor:
        """-log of the share that answers (n, width) give the choices of rows (n, width), all cells together, (n,).

        Args:
            answers: Of a network.
            choices: Rows in which nothing is chosen for the cells that do not count.
            which: 1 or 0 for each cell with choices, (n, count): whether it counts; None for all.
        """
        answers = answers.float()
        # The logarithm of what answers are divided by to be shares, found from those of the first choice.
        totals = [scores[:, 0] - scores.log_softmax(1)[:, 0] for scores in self._by_group(answers)]
        summed = torch.cat([answers.new_zeros(0, len(answers)), *totals])
        if which is not None:
            summed = summed * which.T.index_select(0, self.order)
        return summed.sum(0) - (answers * choices).index_select(1, self.chosen).sum(1)

    def _by_group(self, x: Tensor, rest: float = _NEVER, noise: float = 0.0, temperature: float = 1.0) -> list[Tensor]:
        """The choices of rows (n, width), (cells, size, n) for each group.

        Rows come last, because what is done to each of many is fast, and to each of a few choices is not.

        Args:
            x: The rows.
            rest: What stands in room that nobody needs.
            noise: What the Gumbel noise is multiplied by that is added.
            temperature: What all is then divided by.
        """
        if noise:
            x = torch.sub(x, gumbel_surprise(x), alpha=noise)
        scores = self.grouped(x.T, rest)
        if temperature != 1.0:
            scores = scores / temperature
        sizes = [len(group.cells) * group.size for group in self._groups]
        parts = zip(scores.split(sizes), self._groups, strict=True)
        return [part.view(-1, group.size, part.shape[1]) for part, group in parts]

    def _opened(self, count: int, parts: Sequence[Tensor]) -> Tensor:
        """How far each number of so many rows is open, (numbers, n), by the choices (cells, size, n) of each group."""
        opened, first = [], 0
        for part in parts:
            gates = self.gates[first : first + part.shape[0] * part.shape[1]].view(*part.shape[:2], 1)
            first += gates.numel()
            opened.append((part * gates).sum(1))
        always = torch.ones(1, count, device=self.gates.device)
        return torch.cat([*opened, always]).index_select(0, self.gate_places)


def _largest(scores: Tensor) -> Tensor:
    """1 for the largest of scores (cells, size, n) of each cell, the first of several, and 0 for the others."""
    # As argmax and scatter would say it, which take ten times as long.
    best = (scores == scores.amax(1, keepdim=True)).to(scores.dtype)
    return best * (best.cumsum(1) == 1)


def gumbel_surprise(like: Tensor) -> Tensor:
    """Minus standard Gumbel noise, of the shape of a tensor: the logarithm of exponential noise."""
    # Logarithms of many numbers at a time are fast, and `exponential_` is not.
    return torch.rand_like(like).clamp_(min=_TINY).log_().neg_().clamp_(min=_TINY).log_()
