"""The convolution against PyTorch's own in float64, to the third derivative, and what its penalties compute."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from zerosum.nn.convolution import Convolution, conv2d, conv_transpose2d
from zerosum.nn.leaky_relu import leaky_relu_


class Case(NamedTuple):
    inputs: int
    outputs: int
    kernel: tuple[int, int] = (3, 3)
    stride: int | tuple[int, int] = 1
    padding: int | tuple[int, int] = 1
    dilation: int | tuple[int, int] = 1
    groups: int = 1
    size: tuple[int, int] = (5, 7)

    @property
    def geometry(self) -> tuple[int | tuple[int, int], ...]:
        return self.stride, self.padding, self.dilation, self.groups


CASES = [
    Case(3, 5),
    Case(6, 4, groups=2),
    Case(6, 9, groups=3, size=(1, 2)),
    Case(4, 4, groups=4),
    Case(4, 8, groups=4),
    Case(4, 6, kernel=(1, 1), padding=0),
    Case(4, 4, kernel=(4, 4), stride=2, groups=2, size=(7, 8)),
    Case(2, 3, kernel=(3, 2), stride=(2, 3), padding=(2, 0), dilation=(1, 2), size=(6, 9)),
]


def inputs_of(case: Case, transposed: bool = False) -> list[Tensor]:
    """Random images, weights and biases, float64, with gradients."""
    torch.manual_seed(0)
    channels = (case.inputs, case.outputs) if transposed else (case.outputs, case.inputs)
    shapes = (
        (2, case.inputs, *case.size),
        (channels[0], channels[1] // case.groups, *case.kernel),
        (case.outputs,),
    )
    return [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]


def derivatives(
    convolve: Callable[..., Tensor], inputs: list[Tensor], geometry: tuple[Any, ...], orders: int = 3
) -> list[Tensor]:
    """Of sum sin(convolution) for images, weights and biases, then of their products with random directions."""
    scalar = convolve(*inputs, *geometry).sin().sum()
    found = [scalar]
    for _ in range(orders):
        gradients = torch.autograd.grad(scalar, inputs, create_graph=True)
        found += gradients
        scalar = torch.stack(
            [(gradient * torch.randn(gradient.shape, dtype=torch.float64)).sum() for gradient in gradients]
        ).sum()
    return found


@pytest.mark.parametrize("case", CASES)
def test_three_derivatives_equal_those_of_pytorch(case: Case) -> None:
    pairs = (derivatives(convolve, inputs_of(case), case.geometry) for convolve in (conv2d, F.conv2d))
    for ours, theirs in zip(*pairs, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", [case for case in CASES if case.dilation == 1])
def test_three_derivatives_of_transposed_ones_equal_those_of_pytorch(case: Case) -> None:
    theirs = derivatives(
        lambda *x: F.conv_transpose2d(*x[:5], groups=x[5]), inputs_of(case, True), transposed_geometry(case)
    )
    ours = derivatives(conv_transpose2d, inputs_of(case, True), transposed_geometry(case))
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-10, atol=1e-10)


def transposed_geometry(case: Case) -> tuple[Any, ...]:
    return case.stride, case.padding, case.groups


@pytest.mark.parametrize("case", [Case(2, 4, groups=2, size=(3, 2)), Case(2, 2, kernel=(2, 2), stride=2, size=(3, 4))])
def test_derivatives_equal_difference_quotients(case: Case) -> None:
    inputs = inputs_of(case)
    assert torch.autograd.gradcheck(lambda *x: conv2d(*x, *case.geometry), inputs)
    assert torch.autograd.gradgradcheck(lambda *x: conv2d(*x, *case.geometry), inputs)
    inputs = inputs_of(case, transposed=True)
    assert torch.autograd.gradcheck(lambda *x: conv_transpose2d(*x, *transposed_geometry(case)), inputs)
    assert torch.autograd.gradgradcheck(lambda *x: conv_transpose2d(*x, *transposed_geometry(case)), inputs)


@pytest.mark.parametrize("frozen", [{0}, {1}, {2}, {0, 1}, {1, 2}, {0, 2}])
def test_only_what_learns_gets_gradients(frozen: set[int]) -> None:
    case = Case(4, 6, groups=2)
    ours, theirs = ([x.detach().requires_grad_(i not in frozen) for i, x in enumerate(inputs_of(case))] for _ in "ab")
    conv2d(*ours, *case.geometry).square().sum().backward()
    F.conv2d(*theirs, *case.geometry).square().sum().backward()
    compare_gradients(ours, theirs, frozen)
    ours, theirs = (
        [x.detach().requires_grad_(i not in frozen) for i, x in enumerate(inputs_of(case, True))] for _ in "ab"
    )
    conv_transpose2d(*ours, groups=2).square().sum().backward()
    F.conv_transpose2d(*theirs, groups=2).square().sum().backward()
    compare_gradients(ours, theirs, frozen)


def compare_gradients(ours: list[Tensor], theirs: list[Tensor], frozen: set[int]) -> None:
    for index, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        assert (our.grad is None) == (index in frozen)
        torch.testing.assert_close(our.grad, their.grad)


def test_a_layer_is_a_conv2d() -> None:
    torch.manual_seed(0)
    ours, theirs = Convolution(6, 9, 3, 2, 1, groups=3), nn.Conv2d(6, 9, 3, 2, 1, groups=3)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 6, 7, 8)
    assert torch.equal(ours(x), theirs(x))
    ours, theirs, x = (each.to(memory_format=torch.channels_last) for each in (ours, theirs, x))
    assert torch.equal(ours(x), theirs(x)) and ours(x).is_contiguous(memory_format=torch.channels_last)


def slope_penalty(network: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    x = x.detach().requires_grad_().clone()  # no leaf, at which counting operations would fail
    (slope,) = torch.autograd.grad(network(x).sum(), x, create_graph=True)
    return slope.float().square().sum()


def penalty_gradient(layer: type[nn.Conv2d], precision: torch.dtype, seed: int) -> Tensor:
    """The gradient of a slope penalty on three layers, flat, computed under autocast or in float64."""
    torch.manual_seed(seed)
    layers = [layer(32, 64, 1), nn.Tanh(), layer(64, 64, 3, padding=1, groups=4), nn.Tanh(), layer(64, 1, 3)]
    network, x = nn.Sequential(*layers).to(memory_format=torch.channels_last), torch.randn(8, 32, 9, 9)
    if precision == torch.float64:
        network, x = network.double(), x.double()
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
        penalty = slope_penalty(network, x)
    penalty.backward()
    return torch.cat([parameter.grad.flatten() for parameter in network.parameters() if parameter.grad is not None])


@pytest.mark.parametrize("seed", range(3))
def test_bfloat16_penalties_are_as_near_to_float64_as_pytorchs(seed: int) -> None:
    exact = penalty_gradient(nn.Conv2d, torch.float64, seed)
    ours, theirs = (
        ((penalty_gradient(layer, torch.bfloat16, seed).double() - exact).norm() / exact.norm()).item()
        for layer in (Convolution, nn.Conv2d)
    )
    assert ours < 0.02 and ours < 1.5 * theirs, (ours, theirs)


class Leaky(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return leaky_relu_(x, 0.2)


def nodes_behind(tensor: Tensor) -> set[str]:
    """Names of everything that a backward pass from here can run."""
    found, waiting = {}, [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in found:
            found[node] = node.name()
            waiting += [following for following, _ in node.next_functions]
    return set(found.values())


def test_a_penalty_never_reaches_pytorchs_double_backward() -> None:
    x = torch.randn(2, 4, 5, 5)
    theirs = nodes_behind(slope_penalty(nn.Sequential(nn.Conv2d(4, 8, 3, groups=2), nn.Tanh(), nn.Conv2d(8, 1, 3)), x))
    ours = nodes_behind(
        slope_penalty(nn.Sequential(Convolution(4, 8, 3, groups=2), nn.Tanh(), Convolution(8, 1, 3)), x)
    )
    assert "ConvolutionBackwardBackward0" in theirs
    assert ours and not any(name.startswith("ConvolutionBackward") for name in ours)


def test_a_penalty_costs_four_passes() -> None:
    """Forward, slope, and that one's gradients for slope and weights: nothing for the weights on the way to the slope.

    Nothing goes back through the forward pass either, since the slope of a piecewise linear network depends on its
    input only across the kinks. The last layer's slope starts from a constant, which takes no gradient.
    """
    n, first, middle, last = 3, 2 * 4 * 12 * 10, 2 * 12 * 9 * 12 * 10, 2 * 12 * 10
    network = nn.Sequential(Convolution(4, 12, 1), Leaky(), Convolution(12, 12, 3, padding=1), Leaky())
    network.append(Convolution(12, 1, 1))
    with FlopCounterMode(display=False) as counter:
        slope_penalty(network, torch.randn(n, 4, 2, 5)).backward()
    assert counter.get_total_flops() == n * (4 * (first + middle + last) - last)


def test_a_penalty_on_transposed_ones_costs_four_passes() -> None:
    n, first, last = 3, 2 * 4 * 12 * 9 * 10, 2 * 12 * 5 * 11
    weights = [torch.randn(4, 12, 3, 3, requires_grad=True), torch.randn(1, 12, 1, 1, requires_grad=True)]

    def network(x: Tensor) -> Tensor:
        return conv2d(leaky_relu_(conv_transpose2d(x, weights[0], stride=2), 0.2), weights[1])

    with FlopCounterMode(display=False) as counter:
        penalty = slope_penalty(network, torch.randn(n, 4, 2, 5))
        assert not any(name.startswith("ConvolutionBackward") for name in nodes_behind(penalty))
        penalty.backward()
    assert counter.get_total_flops() == n * (4 * (first + last) - last)


class Transposed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(6, 2, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        return conv_transpose2d(x, self.weight, stride=2)


def test_any_batch_can_be_exported() -> None:
    network = nn.Sequential(Convolution(4, 6, 3, groups=2), Leaky(), Transposed()).requires_grad_(False)
    batch = torch.export.Dim("batch", min=2)
    exported = torch.export.export(network, (torch.randn(3, 4, 5, 5),), dynamic_shapes=({0: batch},)).module()
    x = torch.randn(7, 4, 5, 5)
    torch.testing.assert_close(exported(x.clone()), network(x))
