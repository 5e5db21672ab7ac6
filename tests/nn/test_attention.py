"""Self-attention against Equations 1 to 3 of Zhang et al. 2019, written out in float64."""

import numpy as np
import pytest
import torch

from zerosum.nn.attention import SelfAttention


def written_out(layer: SelfAttention, x: np.ndarray) -> np.ndarray:
    """One picture (c, h, w), a sum over all cells for every cell."""
    key, query, value, answer = (
        part.weight.detach().double().numpy() for part in (layer.key, layer.query, layer.value, layer.answer)
    )
    cells = x.reshape(len(x), -1)  # (c, N)
    out = np.empty_like(cells)
    for j in range(cells.shape[1]):
        products = [(key @ cells[:, i]) @ (query @ cells[:, j]) for i in range(cells.shape[1])]
        weights = np.exp(np.array(products) - max(products))
        weights /= weights.sum()
        seen = sum(weights[i] * (value @ cells[:, i]) for i in range(cells.shape[1]))
        out[:, j] = layer.gamma.item() * (answer @ seen) + cells[:, j]
    return out.reshape(x.shape)


@pytest.mark.parametrize("channels", [4, 16])
def test_the_formula(channels: int) -> None:
    torch.manual_seed(0)
    layer = SelfAttention(channels)
    torch.nn.init.constant_(layer.gamma, 0.7)
    x = torch.randn(3, channels, 4, 5) * 3
    found = layer(x.to(memory_format=torch.channels_last))
    assert found.is_contiguous(memory_format=torch.channels_last)
    expected = np.stack([written_out(layer, one) for one in x.double().numpy()])
    assert np.abs(expected - x.numpy()).max() > 0.1, "cells see others"
    np.testing.assert_allclose(found.detach().numpy(), expected, atol=1e-5)


def test_a_new_layer_changes_nothing_and_learns() -> None:
    layer, x = SelfAttention(16), torch.randn(2, 16, 3, 3)
    assert torch.equal(layer(x), x)
    layer(x).square().sum().backward()
    assert layer.gamma.grad is not None and layer.gamma.grad.abs() > 1e-3
    torch.nn.init.constant_(layer.gamma, 0.1)
    layer(x).square().sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().max() > 0 for weight in layer.parameters())


def test_slopes_can_be_differentiated() -> None:
    """As R1 asks of a discriminator."""
    layer = SelfAttention(8).double()
    torch.nn.init.constant_(layer.gamma, 0.5)
    x = torch.randn(1, 8, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradgradcheck(layer, (x,))


def test_under_autocast() -> None:
    torch.manual_seed(0)
    layer, x = SelfAttention(16), torch.randn(2, 16, 4, 4)
    torch.nn.init.constant_(layer.gamma, 0.5)
    expected = layer(x)
    with torch.autocast("cpu", torch.bfloat16):
        found = layer(x.bfloat16())
    assert found.dtype == torch.bfloat16
    torch.testing.assert_close(found.float(), expected, atol=0.05, rtol=0.05)
