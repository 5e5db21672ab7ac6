"""Conditional batch normalisation against its formula in float64."""

from functools import partial

import pytest
import torch
from torch import Tensor, nn

from zerosum.nn.conditional_norm import ConditionalBatchNorm


def drawn(told: object) -> ConditionalBatchNorm:
    """One whose maps say something."""
    layer = ConditionalBatchNorm(4, told)  # type: ignore[arg-type]
    for part in (layer.gain, layer.shift):
        nn.init.normal_(part.weight)  # type: ignore[union-attr, arg-type]
    return layer


def expected(x: Tensor, gain: Tensor, shift: Tensor) -> Tensor:
    """Each channel with mean 0 and variance 1 over the batch, then a gain and a shift of each sample (n, c)."""
    x, gain, shift = x.double(), gain.detach().double(), shift.detach().double()
    out = torch.empty_like(x)
    for channel in range(x.shape[1]):
        values = x[:, channel]
        deviation = ((values - values.mean()) ** 2).mean().add(1e-5).sqrt()
        for sample in range(len(x)):
            normalised = (values[sample] - values.mean()) / deviation
            out[sample, channel] = (1 + gain[sample, channel]) * normalised + shift[sample, channel]
    return out


def test_told_a_class() -> None:
    layer, x, classes = (
        drawn(partial(nn.Embedding, 3)),
        torch.randn(6, 4, 2, 3) * 2 + 5,
        torch.tensor([0, 1, 2, 2, 1, 0]),
    )
    assert isinstance(layer.gain, nn.Embedding) and isinstance(layer.shift, nn.Embedding)
    found = expected(x, layer.gain.weight[classes], layer.shift.weight[classes])
    torch.testing.assert_close(layer(x, classes).double(), found, atol=1e-5, rtol=1e-5)


def test_told_numbers() -> None:
    layer, x, told = drawn(partial(nn.Linear, 5, bias=False)), torch.randn(6, 4, 2, 3) * 2 + 5, torch.randn(6, 5)
    assert isinstance(layer.gain, nn.Linear) and isinstance(layer.shift, nn.Linear)
    found = expected(x, told @ layer.gain.weight.T, told @ layer.shift.weight.T)
    torch.testing.assert_close(layer(x, told).double(), found, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("told", [partial(nn.Embedding, 3), partial(nn.Linear, 5, bias=False)])
def test_a_new_one_is_plain_batch_normalisation(told: object) -> None:
    x = torch.randn(6, 4, 2, 3)
    what = torch.tensor([0, 1, 2, 2, 1, 0]) if told.func is nn.Embedding else torch.randn(6, 5)  # type: ignore[attr-defined]
    assert torch.equal(ConditionalBatchNorm(4, told)(x, what), nn.BatchNorm2d(4)(x))  # type: ignore[arg-type]


def test_told_nothing_it_has_gains_and_shifts_of_its_own() -> None:
    layer, plain, x = ConditionalBatchNorm(4), nn.BatchNorm2d(4), torch.randn(6, 4, 2, 3)
    assert layer.state_dict().keys() == plain.state_dict().keys()
    nn.init.normal_(layer.weight), nn.init.normal_(layer.bias)
    plain.load_state_dict(layer.state_dict())
    assert torch.equal(layer(x), plain(x))


def test_in_evaluation_the_running_statistics_count() -> None:
    layer, told = drawn(partial(nn.Linear, 5, bias=False)), torch.randn(64, 5)
    x = torch.randn(64, 4, 5, 5) * 2 + 5
    for _ in range(100):
        trained = layer(x, told)
    torch.testing.assert_close(layer.eval()(x, told), trained, atol=2e-2, rtol=1e-2)
    torch.testing.assert_close(layer(x[:1], told[:1]), layer(x, told)[:1])


def test_under_autocast() -> None:
    layer, x, told = drawn(partial(nn.Linear, 5, bias=False)), torch.randn(6, 4, 2, 3), torch.randn(6, 5)
    plain = layer(x, told)
    with torch.autocast("cpu", torch.bfloat16):
        found = layer(x.bfloat16().to(memory_format=torch.channels_last), told)
    assert found.dtype == torch.bfloat16 and found.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(found.float(), plain, atol=0.1, rtol=0.05)
