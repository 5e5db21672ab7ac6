"""The entries of rows of a table: networks' answers become numbers and choices, all columns at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.core.cells import Cell

_NEVER = -1e9
"""The answer in favour of a choice that there is not."""

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
        gate_of = {number: place for place, number in enumerate(of_cell)}
        # A number without choices is never gated: it looks at one more place, which is always open.
        gate_places = [gate_of.get(number, len(of_cell)) for number in numbers]
        order = [place for group in self._groups for place in group.cells]
        self.index: Tensor
        self.found: Tensor
        self.numbers: Tensor
        self.gates: Tensor
        self.gate_places: Tensor
        self.order: Tensor
        self.owners: Tensor
        # Of each cell, in the order of the groups: where in a row its choices begin, and where its gates do.
        self.first_choices: Tensor
        self.first_gates: Tensor
        rooms = np.cumsum([0, *[group.size for group in self._groups for _ in group.cells]])[:-1].tolist()
        begins = [starts[number] for number in of_cell]
        where = {
            "first_choices": begins,
            "first_gates": rooms,
            "index": index,
            "found": found,
            "gate_places": gate_places,
            "order": order,
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
            soft = scores.softmax(2)
            if hard:
                best = torch.zeros_like(soft).scatter_(2, scores.argmax(2, keepdim=True), 1.0)
                soft = best - soft.detach() + soft
            parts.append(soft)
        return self._row(answers, parts)

    def drawn(self, answers: Tensor, chances: Tensor, noise: float = 1.0) -> Tensor:
        """Rows (n, width) in which each choice is drawn as often as its answers say.

        Of the distribution of softmax(answers / noise): that of the largest answer under Gumbel noise of this size.

        Args:
            answers: Of a network, (n, width).
            chances: A number on [0, 1) for each cell with choices, (n, count).
            noise: What the Gumbel noise was multiplied by in training; at 0 the largest answer is taken.
        """
        first, chosen = 0, []
        chances = chances.index_select(1, self.order)
        for group, scores in zip(self._groups, self._by_group(answers), strict=True):
            its = chances[:, first : first + len(group.cells), None]
            first += len(group.cells)
            if noise > 0:
                # Not divided by their sum, which the chance is multiplied by. Room without a choice adds nothing.
                bounds = ((scores - scores.amax(2, keepdim=True)) / noise).exp_().cumsum(2)
                place = torch.searchsorted(bounds, its * bounds[..., -1:], right=True)[..., 0]
                place = place.clamp_(max=group.size - 1)
            else:
                place = scores.argmax(2)
            chosen.append(place)
        rows = torch.zeros_like(answers)
        if not chosen:
            return rows.index_copy_(1, self.numbers, answers.index_select(1, self.numbers).tanh())
        places = torch.cat(chosen, 1)
        rows.scatter_(1, self.first_choices + places, 1.0)
        open_ = torch.ones(len(answers), self.count + 1, device=answers.device, dtype=answers.dtype)
        open_[:, : self.count] = self.gates[self.first_gates + places]
        numbers = answers.index_select(1, self.numbers).tanh_() * open_.index_select(1, self.gate_places)
        return rows.index_copy_(1, self.numbers, numbers)

    def opened(self, rows: Tensor) -> Tensor:
        """1 for each number of rows (n, width) that says something beside its choice, else 0: (n, numbers)."""
        return self._opened(rows, self._by_group(rows, 0.0))

    def shifted(self, rows: Tensor, shifts: Tensor) -> Tensor:
        """Rows (n, width) with so much (n, numbers) added to their numbers, where these say something; on [-1, 1]."""
        numbers = (rows.index_select(1, self.numbers) + shifts * self.opened(rows)).clamp(-1, 1)
        return rows.index_copy(1, self.numbers, numbers)

    def surprise(self, answers: Tensor, choices: Tensor) -> Tensor:
        """-log of the shares that answers (n, width) give the choices of rows (n, width), of each cell: (n, count)."""
        found = torch.zeros(len(answers), self.count, device=answers.device)
        pairs = zip(self._groups, self._by_group(answers), self._by_group(choices, 0.0), strict=True)
        for group, scores, wanted in pairs:
            found[:, group.cells] = -(scores.float().log_softmax(2) * wanted).sum(2)
        return found

    def _by_group(self, x: Tensor, rest: float = _NEVER, noise: float = 0.0, temperature: float = 1.0) -> list[Tensor]:
        """The choices of rows (n, width), (n, cells, size) for each group.

        Args:
            x: The rows.
            rest: What stands in room that nobody needs.
            noise: What the Gumbel noise is multiplied by that is added.
            temperature: What all is then divided by.
        """
        sizes = [len(group.cells) * group.size for group in self._groups]
        if noise:
            x = torch.sub(x, gumbel_surprise(x), alpha=noise)
        if temperature != 1.0:
            x = x / temperature
        padded = F.pad(x, (0, 1), value=rest).index_select(1, self.index)
        return [
            part.view(len(x), -1, group.size) for part, group in zip(padded.split(sizes, 1), self._groups, strict=True)
        ]

    def _row(self, answers: Tensor, parts: Sequence[Tensor]) -> Tensor:
        """Rows (n, width) of choices, and of answers for numbers."""
        flat = torch.cat([part.flatten(1) for part in parts], 1) if parts else answers[:, :0]
        if not len(self.numbers):
            return flat.index_select(1, self.found)
        gate = self._opened(answers, parts)
        numbers = answers.index_select(1, self.numbers).tanh() * gate
        return torch.cat([numbers, flat], 1).index_select(1, self.found)

    def _opened(self, like: Tensor, parts: Sequence[Tensor]) -> Tensor:
        """How far each number is open, (n, numbers), by the choices (n, cells, size) of each group."""
        opened, first = [], 0
        for part in parts:
            gates = self.gates[first : first + part[0].numel()].view(part.shape[1:])
            first += part[0].numel()
            opened.append((part * gates).sum(2))
        always = torch.ones(len(like), 1, device=like.device, dtype=like.dtype)
        return torch.cat([*opened, always], 1).index_select(1, self.gate_places)


def gumbel_surprise(like: Tensor) -> Tensor:
    """Minus standard Gumbel noise, of the shape of a tensor: the logarithm of exponential noise."""
    # Logarithms of many numbers at a time are fast, and `exponential_` is not.
    return torch.rand_like(like).clamp_(min=_TINY).log_().neg_().clamp_(min=_TINY).log_()
