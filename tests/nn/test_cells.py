"""Answers for cells, all columns at once: against a loop over the columns."""

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from torch import Tensor

from zerosum.core.cells import Cell
from zerosum.core.errors import DataError
from zerosum.nn.cells import Cells

CELLS = (
    Cell(choices=3, category=True),
    Cell(number=True, choices=5, gated=(True, False, True, True, False)),
    Cell(number=True),
    Cell(choices=17, category=True),
    Cell(number=True, choices=2, gated=(True, False)),
    Cell(number=True, choices=4),
    Cell(choices=1, category=True),
)


def answers(count: int = 50, cells=CELLS, scale: float = 2.0) -> Tensor:
    width = sum(cell.width for cell in cells)
    return scale * torch.randn(count, width, generator=torch.Generator().manual_seed(0))


def spans(cells=CELLS) -> list[tuple[Cell, int, int]]:
    """Each cell, where its number is, and where its choices begin."""
    found, start = [], 0
    for cell in cells:
        found.append((cell, start, start + cell.number))
        start += cell.width
    return found


def gate_of(cell: Cell, choices: Tensor) -> Tensor:
    if not cell.choices:
        return torch.ones(len(choices))
    return choices @ torch.tensor([1.0 * gate for gate in cell.gated or (True,) * cell.choices])


@pytest.mark.parametrize("hard", [False, True])
def test_relaxed_answers_without_noise(hard):
    x = answers()
    found = Cells(CELLS).relaxed(x, 0.7, noise=0.0, hard=hard)
    for cell, place, start in spans():
        choices = (x[:, start : start + cell.choices] / 0.7).softmax(1)
        if hard and cell.choices:
            choices = torch.nn.functional.one_hot(choices.argmax(1), cell.choices).float()
        assert torch.allclose(found[:, start : start + cell.choices], choices, atol=1e-6)
        if cell.number:
            assert torch.allclose(found[:, place], x[:, place].tanh() * gate_of(cell, choices), atol=1e-6)


def test_noise_makes_the_largest_as_frequent_as_its_share():
    cells = Cells(CELLS)
    x = answers(1).expand(20000, -1)
    torch.manual_seed(0)
    found = cells.relaxed(x, 0.2, hard=True)
    for cell, _, start in spans():
        if cell.choices:
            shares = x[0, start : start + cell.choices].softmax(0)
            assert torch.allclose(found[:, start : start + cell.choices].mean(0), shares, atol=0.02)


def test_straight_through_gradients_are_those_of_the_softmax():
    cells, weights = Cells(CELLS), torch.randn(len(answers()[0]))
    gradients = []
    for hard in (False, True):
        x = answers().requires_grad_()
        torch.manual_seed(1)
        found = cells.relaxed(x, 0.5, hard=hard)
        places = [start + k for cell, _, start in spans() for k in range(cell.choices)]
        (found[:, places] * weights[places]).sum().backward()
        gradients.append(x.grad)
    assert torch.allclose(gradients[0], gradients[1], atol=1e-6) and gradients[0].abs().sum() > 0


@pytest.mark.parametrize("noise", [1.0, 0.4])
def test_drawn_choices_are_as_frequent_as_their_shares(noise):
    cells = Cells(CELLS)
    x = answers(1).expand(20000, -1)
    chances = torch.rand(20000, cells.count, generator=torch.Generator().manual_seed(2))
    found = cells.drawn(x, chances, noise)
    for cell, place, start in spans():
        choices = found[:, start : start + cell.choices]
        if cell.choices:
            assert (choices.sum(1) == 1).all() and ((choices == 0) | (choices == 1)).all()
            shares = (x[0, start : start + cell.choices] / noise).softmax(0).double().numpy()
            counts = choices.sum(0).numpy()
            likely = shares * 20000 >= 5
            rest = np.array([shares[~likely].sum(), counts[~likely].sum()])
            expected = np.append(shares[likely], rest[0]) * 20000
            assert chisquare(np.append(counts[likely], rest[1]) + 1e-9, expected + 1e-9, sum_check=False).pvalue > 1e-4
        if cell.number:
            assert torch.allclose(found[:, place], x[:, place].tanh() * gate_of(cell, choices), atol=1e-6)


def test_drawn_without_noise_is_the_largest():
    cells, x = Cells(CELLS), answers()
    assert torch.allclose(cells.drawn(x, torch.rand(50, cells.count), 0.0), cells.relaxed(x, 1.0, 0.0, hard=True))


def test_drawn_does_not_depend_on_company():
    cells, x, chances = Cells(CELLS), answers(), torch.rand(50, Cells(CELLS).count)
    assert torch.equal(cells.drawn(x, chances)[7:9], cells.drawn(x[7:9], chances[7:9]))


def test_outer_chances():
    cells, x = Cells(CELLS), answers(scale=30.0)
    for chance in (0.0, 1 - 2**-24):
        found = cells.drawn(x, torch.full((50, cells.count), chance))
        for cell, _, start in spans():
            if cell.choices:
                assert (found[:, start : start + cell.choices].sum(1) == 1).all()


def test_surprise():
    cells, x = Cells(CELLS), answers()
    wanted = cells.drawn(answers(scale=1.0), torch.rand(50, cells.count))
    which = (torch.rand(50, cells.count) < 0.5).float()
    every, some = torch.zeros(50), torch.zeros(50)
    few = wanted.clone()
    for number, (cell, _, start) in enumerate(span for span in spans() if span[0].choices):
        part = slice(start, start + cell.choices)
        expected = torch.nn.functional.cross_entropy(x[:, part], wanted[:, part].argmax(1), reduction="none")
        every += expected
        some += which[:, number] * expected
        few[:, part] *= which[:, number : number + 1]
    assert torch.allclose(cells.surprise(x, wanted), every, atol=1e-4)
    assert torch.allclose(cells.surprise(x, few, which), some, atol=1e-4)


def test_numbers_only():
    cells = Cells([Cell(number=True)] * 3)
    x = answers(4, [Cell(number=True)] * 3)
    assert torch.equal(cells.relaxed(x, 0.2), x.tanh()) and torch.equal(cells.drawn(x, torch.empty(4, 0)), x.tanh())


def test_ten_thousand_choices():
    many = [Cell(choices=10_000, category=True), Cell(number=True, choices=3)]
    cells, x = Cells(many), answers(8, many)
    chances = torch.rand(8, 2, generator=torch.Generator().manual_seed(3))
    found = cells.drawn(x, chances)
    shares = x[:, :10_000].double().softmax(1).cumsum(1)
    expected = (shares <= chances[:, :1]).sum(1)
    assert (found[:, :10_000].argmax(1) - expected).abs().max() <= 1 and (found[:, :10_000].sum(1) == 1).all()
    assert torch.allclose(cells.relaxed(x, 1.0, 0.0)[:, :10_000], x[:, :10_000].softmax(1), atol=1e-6)


def test_cells_that_cannot_be():
    for wrong in ({}, {"choices": 2, "counts": (1,)}, {"number": True, "choices": 2, "gated": (True,)}):
        with pytest.raises(DataError):
            Cell(**wrong)
    assert Cell(number=True, choices=4).width == 5
