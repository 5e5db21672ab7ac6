"""What a discriminator reads off a batch as a whole, by hand and in float64."""

import numpy as np
import pytest
import torch

from zerosum.nn.classes import ProjectionHead
from zerosum.nn.statistics import STATISTICS, MinibatchDiscrimination, StandardDeviation


def test_standard_deviation_by_hand() -> None:
    """Two groups of two: samples 0 and 2, and samples 1 and 3; each pair shares the mean of its deviations."""
    x = torch.tensor([[0.0, 1.0], [5.0, 5.0], [2.0, 7.0], [5.0, 9.0]])
    found = StandardDeviation(2, group=2)(x)
    assert torch.equal(found[:, :2], x)
    np.testing.assert_allclose(found[:, 2], [(1 + 3) / 2, (0 + 2) / 2] * 2, rtol=1e-4)


@pytest.mark.parametrize(("batch", "group"), [(12, 4), (6, 3), (7, 7), (3, 3), (10, 2), (2, 2)])
def test_standard_deviation_over_the_largest_divisor(batch: int, group: int) -> None:
    x = torch.randn(batch, 5, generator=torch.Generator().manual_seed(0))
    parts = x.double().numpy().reshape(group, -1, 5)
    expected = np.tile(parts.std(0).mean(1), group)
    np.testing.assert_allclose(StandardDeviation(5)(x)[:, 5], expected, atol=1.1e-4)


def test_standard_deviation_of_equal_samples_is_zero_and_has_a_slope() -> None:
    x = torch.ones(8, 3, requires_grad=True)
    found = StandardDeviation(3)(x)[:, 3]
    assert found.max() < 2e-4
    found.sum().backward()
    assert x.grad is not None and x.grad.isfinite().all()


def test_minibatch_discrimination_by_the_formula() -> None:
    """o(x_i)_b = sum_j exp(-||M_i,b - M_j,b||_1) over the other samples, here their mean (Salimans et al. 2016)."""
    layer = MinibatchDiscrimination(3, kernels=4, width=2)
    x = torch.randn(5, 3)
    found = layer(x)
    assert torch.equal(found[:, :3], x) and found.shape == (5, 7) == (5, layer.size)
    projected = (x.double().numpy() @ layer.projections.detach().double().numpy().T).reshape(5, 4, 2)
    for i in range(5):
        for b in range(4):
            near = [np.exp(-np.abs(projected[i, b] - projected[j, b]).sum()) for j in range(5) if j != i]
            assert found[i, 3 + b].item() == pytest.approx(np.mean(near), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", ["standard-deviation", "discrimination"])
def test_a_collapsed_batch_looks_different(name: str) -> None:
    torch.manual_seed(0)
    layer = STATISTICS[name](6)
    various = torch.randn(16, 6)
    collapsed = various[:1].expand(16, 6) + 1e-3 * torch.randn(16, 6)
    of_various, of_collapsed = (layer(x)[:, 6:].mean(0) for x in (various, collapsed))
    assert (of_various - of_collapsed).abs().min() > 0.2
    if name == "discrimination":
        assert of_collapsed.min() > 0.95, "all others are near"


def test_discrimination_does_not_depend_on_order_or_copies() -> None:
    torch.manual_seed(0)
    layer, x, order = MinibatchDiscrimination(6), torch.randn(9, 6), torch.randperm(9)
    torch.testing.assert_close(layer(x[order]), layer(x)[order])
    # In three copies of the batch each sample has eight others three times, and two that are as near as can be.
    thrice = (layer(x)[:, 6:] * 8 * 3 + 2) / 26
    torch.testing.assert_close(layer(x.repeat(3, 1))[:9, 6:], thrice)


@pytest.mark.parametrize("name", STATISTICS)
@pytest.mark.parametrize("classes", [0, 3])
def test_a_head_takes_any_batch(name: str, classes: int) -> None:
    """One sample has nothing to be compared with: what is found is 0."""
    head = ProjectionHead(6, classes, name)
    for count in (1, 2, 7):
        x = torch.randn(count, 6, requires_grad=True)
        logits = head(x, torch.zeros(count, dtype=torch.long) if classes else None)
        logits.sum().backward()
        assert logits.shape == (count,) and logits.isfinite().all() and x.grad.isfinite().all()
    found = STATISTICS[name](6)(torch.randn(1, 6))[:, 6:]
    assert found.abs().sum() < 1e-3


@pytest.mark.parametrize("name", STATISTICS)
def test_heads_are_fp32_under_autocast(name: str) -> None:
    head, x = ProjectionHead(6, 0, name), torch.randn(4, 6).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        logits = head(x, None)
    assert logits.dtype == torch.float32
    torch.testing.assert_close(logits, head(x.float(), None))
