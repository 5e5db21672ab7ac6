"""Grids doubled and halved: PyTorch's values, and derivatives of every order."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from zerosum.nn.doubling import double, halve


def test_values() -> None:
    x = torch.randn(2, 3, 4, 6)
    assert torch.equal(double(x), x.repeat_interleave(2, 2).repeat_interleave(2, 3))
    torch.testing.assert_close(
        halve(x), (x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]) / 4
    )
    torch.testing.assert_close(halve(double(x)), x)


@pytest.mark.parametrize("change", [double, halve])
def test_derivatives_are_right_to_the_second_order(change: Callable[[Tensor], Tensor]) -> None:
    x = torch.randn(2, 2, 2, 4, dtype=torch.float64, requires_grad=True)

    def curved(x: Tensor) -> Tensor:
        return change(x.sin()).square()

    assert torch.autograd.gradcheck(curved, x) and torch.autograd.gradgradcheck(curved, x)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_what_comes_back_is_of_the_same_kind(dtype: torch.dtype) -> None:
    x = torch.randn(2, 8, 4, 4, dtype=dtype).to(memory_format=torch.channels_last).requires_grad_()
    for change, plain in ((halve, lambda x: F.avg_pool2d(x, 2)), (double, lambda x: F.interpolate(x, scale_factor=2))):
        weight = torch.randn_like(plain(x))
        (found,) = torch.autograd.grad((change(x) * weight).sum(), x)
        (expected,) = torch.autograd.grad((plain(x) * weight).sum(), x)
        torch.testing.assert_close(found, expected)
        assert found.is_contiguous(memory_format=torch.channels_last)
