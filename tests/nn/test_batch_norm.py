"""Batch normalisation of vectors: against PyTorch's, with both derivatives."""

import pytest
import torch
from torch import nn

from zerosum.nn.batch_norm import BatchNorm, _Normalised, moments


def both(features: int = 6) -> tuple[BatchNorm, nn.BatchNorm1d]:
    torch.manual_seed(0)
    plain = nn.BatchNorm1d(features)
    with torch.no_grad():
        plain.weight.normal_()
        plain.bias.normal_()
    ours = BatchNorm(features)
    ours.load_state_dict(plain.state_dict())
    return ours, plain


@pytest.mark.parametrize("shift", [0.0, 20.0])
def test_answers_gradients_and_running_statistics_are_pytorchs(shift):
    ours, plain = both()
    x, weights = 3 * torch.randn(40, 9)[:, 2:8] + shift, torch.randn(40, 6)
    found = []
    for norm in (ours, plain):
        given = x.clone().requires_grad_()
        for _ in range(3):
            answer = norm(given)
        (answer * weights).sum().backward()
        found.append([answer, given.grad, norm.weight.grad, norm.bias.grad, *norm.buffers()])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_away_from_training_the_running_statistics_count():
    ours, plain = both()
    for norm in (ours, plain):
        norm(torch.randn(20, 6, generator=torch.Generator().manual_seed(1)))
    x = torch.randn(5, 6)
    torch.testing.assert_close(ours.eval()(x), plain.eval()(x))
    assert torch.equal(ours(x)[2:3], ours(x[2:3]))


def test_second_derivatives():
    def answer(x, weight, bias):
        mean, variance = moments(x.detach())
        return _Normalised.apply(x, weight, bias, mean, (variance + 1e-5).rsqrt(), 1e-5)

    torch.manual_seed(0)
    given = [torch.randn(*shape).double().requires_grad_() for shape in ((7, 3), (3,), (3,))]
    assert torch.autograd.gradcheck(answer, given)
    assert torch.autograd.gradgradcheck(answer, given)
