"""Rows in another order, and their gradients."""

import torch

from zerosum.nn.order import Order


def test_order():
    order = Order([2, 4, 0, 3], 4)
    x = torch.arange(8.0).view(4, 2)
    assert order(x, -1.0).tolist() == [[4, 5], [-1, -1], [0, 1], [6, 7]]
    given = torch.randn(4, 3).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda rows: order(rows, 2.0), given)
    assert torch.autograd.gradgradcheck(lambda rows: order(rows).square(), given)
