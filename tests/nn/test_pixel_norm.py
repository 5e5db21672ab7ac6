"""Pixelwise normalisation against its formula."""

import numpy as np
import pytest
import torch

from zerosum.nn.pixel_norm import normalised


@pytest.mark.parametrize("shape", [(5, 7), (3, 6, 2, 4)])
@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e3])
def test_against_the_formula(shape: tuple[int, ...], scale: float) -> None:
    """Karras et al. 2018, Section 4.2: b = a / sqrt(1/N sum a_j^2 + 1e-8)."""
    x = scale * torch.randn(shape)
    a = x.double().numpy()
    np.testing.assert_allclose(normalised(x), a / np.sqrt((a**2).mean(1, keepdims=True) + 1e-8), rtol=1e-5)


def test_each_pixel_is_on_its_own() -> None:
    x = torch.randn(2, 6, 3, 3)
    whole = normalised(x)
    changed = x.clone()
    changed[1, :, 2, 0] *= 50
    torch.testing.assert_close(normalised(changed), whole)
    torch.testing.assert_close(whole.square().mean(1), torch.ones(2, 3, 3))


def test_derivatives_are_right_and_finite_where_all_is_zero() -> None:
    x = torch.randn(2, 3, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(normalised, x) and torch.autograd.gradgradcheck(normalised, x)
    zero = torch.zeros(1, 3, requires_grad=True)
    normalised(zero).sum().backward()
    assert zero.grad is not None and zero.grad.isfinite().all()
