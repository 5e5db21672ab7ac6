"""Ranks of numbers that are told in pieces."""

import numpy as np
import pandas as pd
import torch

from zerosum.core.cells import Cell
from zerosum.data import open_dataset
from zerosum.nn.ranks import Ranks


def test_ranks_stand_behind_the_rows_of_a_pack():
    cells = [Cell(choices=2, category=True), Cell(number=True, choices=4), Cell(number=True), Cell(choices=2)]
    ranks = Ranks(cells, pack=2, scale=2.0)
    row = torch.tensor([1.0, 0, 0.5, 0, 0, 1, 0, -0.3, 0, 1])
    other = torch.tensor([0.0, 1, -1.0, 1, 0, 0, 0, 0.7, 1, 0])
    packs = torch.cat([row, other])[None]
    found = ranks(packs)
    assert found.shape == (1, ranks.size) == (1, 2 * (10 + 3)) and torch.equal(found[:, :20], packs)
    # The third of four pieces is centred on 0.25, and half of the way to its end is an eighth more.
    torch.testing.assert_close(found[0, 20:], 2 * torch.tensor([0.375, -0.3, 0.5, -1.0, 0.7, -0.5]))
    assert torch.equal(Ranks(cells, 2, 0.0)(packs), packs)


def test_larger_numbers_have_larger_ranks():
    values = np.random.RandomState(0).lognormal(size=3000).round(2)
    dataset = open_dataset(pd.DataFrame({"x": values, "kind": np.where(values > 1, "a", "b")}))
    encoded = dataset.codec.encode(torch.from_numpy(np.array(dataset.rows)))
    ranks = Ranks(dataset.space.cells, 1, 1.0)(encoded)[:, -1].numpy()
    order = np.argsort(values, kind="stable")
    apart = values[order][1:] > values[order][:-1]
    assert (np.diff(ranks[order])[apart] > 0).mean() > 0.99 and np.corrcoef(ranks, values.argsort().argsort())[
        0, 1
    ] > 0.95
