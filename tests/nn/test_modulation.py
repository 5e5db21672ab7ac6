"""Modulated convolutions against the paper's kernels, one for each sample, in float64."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from zerosum.nn.modulation import ModulatedConvolution, ToPicture, demodulation

TAPS = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64) / 4


def made(up: bool, gain: float = 1.0) -> ModulatedConvolution:
    torch.manual_seed(0)
    layer = ModulatedConvolution(5, 4, 6, (8, 12), up=up, gain=gain).double().eval()
    with torch.no_grad():
        layer.bias.normal_()
        layer.noise_strength.fill_(0.7)
    return layer


def kernels(layer: ModulatedConvolution, w: Tensor) -> Tensor:
    """Equations 1 and 3 of Karras et al. 2020, for one sample w (style_dim,)."""
    style = layer.affine.weight.detach() @ w / 6**0.5 + layer.affine.bias.detach()
    scaled = layer.weight.detach() * style[None, :, None, None]
    return scaled / (scaled.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()


def enlarged(x: Tensor) -> Tensor:
    """Every pixel followed by zeros, (c, h, w) to (c, 2h, 2w)."""
    y = torch.zeros(len(x), 2 * x.shape[1], 2 * x.shape[2], dtype=x.dtype)
    y[:, ::2, ::2] = x
    return y


@pytest.mark.parametrize("up", [False, True])
def test_it_is_the_convolution_with_kernels_of_each_sample(up: bool) -> None:
    layer = made(up, gain=0.6)
    x = torch.randn(3, 5, *((4, 6) if up else (8, 12)), dtype=torch.float64)
    w = torch.randn(3, 6, dtype=torch.float64)
    expected = []
    for sample, of_sample in zip(x, w, strict=True):
        kernel = kernels(layer, of_sample)
        if up:
            # Convolution, in which the kernel is turned round, of the picture with zeros between its pixels; then the
            # filter. Nothing is cut off in between.
            wide = F.conv2d(F.pad(enlarged(sample)[None], [2, 2, 2, 2]), kernel.flip(2, 3))
            taps = torch.outer(TAPS, TAPS).expand(4, 1, 4, 4)
            y = F.conv2d(wide, taps, padding=1, groups=4)[:, :, :8, :12]
        else:
            y = F.conv2d(sample[None], kernel, padding=1)
        y = y + 0.7 * layer.noise_const + layer.bias.detach()[:, None, None]
        expected.append(F.leaky_relu(y, 0.2) * 2**0.5 * 0.6)
    torch.testing.assert_close(layer(x, w).detach(), torch.cat(expected), rtol=1e-6, atol=1e-6)


def test_demodulation_gives_unit_variance() -> None:
    torch.manual_seed(0)
    weight, style = 3 * torch.randn(20, 30, 3, 3), torch.exp(torch.randn(4, 30))
    x = torch.randn(4, 30, 64, 64) * style[:, :, None, None]
    y = F.conv2d(x, weight) * demodulation(weight, style)[:, :, None, None]
    deviations = y.std((2, 3))
    torch.testing.assert_close(deviations, torch.ones(4, 20), rtol=0, atol=0.1)


def test_the_scale_of_weights_and_styles_does_not_matter() -> None:
    layer = made(up=False)
    x, w = torch.randn(2, 5, 8, 12, dtype=torch.float64), torch.randn(2, 6, dtype=torch.float64)
    before = layer(x, w).detach()
    with torch.no_grad():
        layer.weight.mul_(7)
        layer.affine.weight.mul_(0.5)
        layer.affine.bias.mul_(0.5)
    torch.testing.assert_close(layer(x, w).detach(), before, rtol=1e-6, atol=1e-6)


def test_noise_is_new_in_training_and_the_same_in_any_company_otherwise() -> None:
    layer = made(up=False)
    x, w = torch.randn(1, 5, 8, 12, dtype=torch.float64), torch.randn(1, 6, dtype=torch.float64)
    alone, twice = layer(x, w), layer(x.expand(2, -1, -1, -1), w.expand(2, -1))
    torch.testing.assert_close(twice, alone.expand(2, -1, -1, -1))
    layer.train()
    first, second = layer(x.expand(2, -1, -1, -1), w.expand(2, -1))
    assert not torch.allclose(first, second), "each sample has noise of its own"
    assert not torch.allclose(layer(x, w), layer(x, w)), "and each batch"


@pytest.mark.parametrize("up", [False, True])
def test_gradients_of_both_orders_are_right(up: bool) -> None:
    torch.manual_seed(0)
    layer = ModulatedConvolution(2, 3, 2, (4, 4), up=up).double().eval()
    x = torch.randn(1, 2, *((2, 2) if up else (4, 4)), dtype=torch.float64, requires_grad=True)
    w = torch.randn(1, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x, w))
    assert torch.autograd.gradgradcheck(layer, (x, w))


def test_pictures_are_made_without_demodulation() -> None:
    torch.manual_seed(0)
    layer = ToPicture(9, 3, 4).double()
    x, w = torch.randn(2, 9, 5, 5, dtype=torch.float64), torch.randn(2, 4, dtype=torch.float64)
    style = w @ layer.affine.weight.T / 2 + layer.affine.bias
    expected = torch.einsum("oi,ni,nihw->nohw", layer.weight[:, :, 0, 0], style / 3, x)
    torch.testing.assert_close(layer(x, w), expected + layer.bias[:, None, None], rtol=1e-6, atol=1e-6)
    with torch.autocast("cpu", torch.bfloat16):
        assert ToPicture(9, 3, 4)(x.bfloat16(), w.float()).dtype == torch.float32, "grids add up in full precision"
