"""The leaky ReLU against PyTorch's in float64, and that its slope adds nothing to second derivatives."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from zerosum.nn.leaky_relu import leaky_relu_


def penalised(activate: Callable[[Tensor], Tensor]) -> list[Tensor]:
    """Output and derivatives up to the third of sum(w sin(leaky(w x))), where the slope meets curved neighbours."""
    torch.manual_seed(0)
    x, w = (torch.randn(4, 3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    scalar = (w * activate(w * x).sin()).sum()
    found = [scalar]
    for _ in range(3):
        gradients = torch.autograd.grad(scalar, (x, w), create_graph=True)
        found += gradients
        scalar = torch.stack(
            [(gradient * torch.randn(gradient.shape, dtype=torch.float64)).sum() for gradient in gradients]
        ).sum()
    return found


def test_three_derivatives_equal_those_of_pytorch() -> None:
    pairs = zip(penalised(lambda x: leaky_relu_(x, 0.2)), penalised(lambda x: F.leaky_relu(x, 0.2)), strict=True)
    for ours, theirs in pairs:
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_it_works_in_place() -> None:
    x = torch.tensor([-5.0, 0.0, 2.0])
    assert leaky_relu_(x, 0.2) is x
    assert torch.equal(x, torch.tensor([-1.0, 0.0, 2.0]))


def test_a_gradient_does_not_depend_on_the_input() -> None:
    x, w = torch.randn(5, requires_grad=True), torch.randn(5, requires_grad=True)
    (slope,) = torch.autograd.grad((w * leaky_relu_(x + 0, 0.2)).sum(), x, create_graph=True)
    slope.square().sum().backward()
    assert x.grad is None, "not zeros, which would be handed on"
    assert w.grad is not None
    torch.testing.assert_close(w.grad, 2 * w.detach() * torch.where(x > 0, 1.0, 0.04))
