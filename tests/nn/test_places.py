"""A logit for every place, against the head of one place by itself."""

import pytest
import torch

from zerosum.nn.places import PlaceHeads, as_grid, by_place


@pytest.mark.parametrize("classes", [0, 3])
@pytest.mark.parametrize("statistics", ["none", "standard-deviation", "discrimination"])
def test_every_place_is_judged_by_its_grids_head(classes: int, statistics: str) -> None:
    torch.manual_seed(0)
    heads = PlaceHeads([5, 7], classes, statistics)
    condition = torch.tensor([0, 2, 1, 1]) if classes else None
    grids = torch.randn(4, 5, 2, 3), torch.randn(4, 7, 2, 3)
    logits = heads(torch.cat([by_place(grid) for grid in grids], 1), condition)
    expected = [
        head(grid[:, :, row, column], condition)
        for head, grid in zip(heads.heads, grids, strict=True)
        for row in range(2)
        for column in range(3)
    ]
    assert logits.dtype == torch.float32
    torch.testing.assert_close(logits, torch.stack(expected, 1))


def test_it_can_be_differentiated_twice() -> None:
    """As penalties on slopes ask, also under autocast and behind what is learned of a batch."""
    torch.manual_seed(0)
    heads, features = PlaceHeads([6], 3, "discrimination"), torch.randn(4, 24, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        logits = heads(features, torch.tensor([0, 1, 2, 0]))
    (slope,) = torch.autograd.grad(logits.sum(), features, create_graph=True)
    slope.square().sum().backward()
    assert all(weight.grad is not None for name, weight in heads.named_parameters() if not name.endswith("bias"))


def test_places_are_in_the_order_of_memory() -> None:
    grid = torch.randn(2, 5, 3, 4).contiguous(memory_format=torch.channels_last)
    features = by_place(grid)
    assert features.data_ptr() == grid.data_ptr(), "no copy is made"
    assert torch.equal(features[:, 5 * (4 * 1 + 2) :][:, :5], grid[:, :, 1, 2])
    assert torch.equal(as_grid(features, 3, 4), grid)
