"""Denoisers and encoders: shapes, and that what they are told reaches what they say."""

import pytest
import torch
from torch import nn

from zerosum.networks.autoencoder import encoder_and_decoder
from zerosum.networks.denoisers import PerceptronDenoiser, UNet

SHAPES = [(1, 28, 28), (3, 13, 18), (4, 64, 64), (3, 8, 33), (2,), (1,)]


def denoiser(shape: tuple[int, ...], classes: int = 0) -> nn.Module:
    torch.manual_seed(0)
    network = UNet(shape, 8, 16, 2, classes) if len(shape) == 3 else PerceptronDenoiser(shape, 16, 2, classes)
    for parameter in network.parameters():  # those that begin at zero would let nothing through
        nn.init.normal_(parameter, std=0.2)
    return network.eval()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_denoiser_answers_in_the_shape_of_what_it_sees(shape: tuple[int, ...]) -> None:
    x, level = torch.randn(3, *shape), torch.tensor([-1.5, 0.0, 1.1])
    network = denoiser(shape)
    answer = network(x, level, None)
    assert answer.shape == x.shape and answer.isfinite().all()
    torch.testing.assert_close(network(x[1:2], level[1:2], None), answer[1:2], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("shape", [(1, 28, 28), (2,)], ids=str)
def test_level_and_class_matter(shape: tuple[int, ...]) -> None:
    network, x = denoiser(shape, classes=3), torch.randn(1, *shape).expand(3, *shape)
    levels, kinds = torch.tensor([-1.5, 0.0, 1.1]), torch.arange(3)
    for answer in (network(x, levels, kinds * 0), network(x, levels * 0, kinds)):
        assert (answer[0] - answer[1]).abs().max() > 1e-3 and (answer[1] - answer[2]).abs().max() > 1e-3


@pytest.mark.parametrize("shape", [(1, 28, 28), (2,)], ids=str)
def test_a_new_denoiser_says_nothing(shape: tuple[int, ...]) -> None:
    network = UNet(shape, 8, 16, 1, 0) if len(shape) == 3 else PerceptronDenoiser(shape, 16, 1, 0)
    answer = network(torch.randn(4, *shape), torch.zeros(4), None)
    assert answer.flatten(1).std() < 0.2, "so that what is denoised begins as the best guess without a network"


def test_every_pixel_can_reach_every_other() -> None:
    network, x = denoiser((1, 28, 28)), torch.randn(1, 1, 28, 28, requires_grad=True)
    network(x, torch.zeros(1), None)[0, 0, 0, 0].backward()
    assert x.grad is not None and x.grad[0, 0, 20:, 20:].abs().sum() > 0


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("classes", [0, 3])
def test_encoders_and_decoders_of_every_shape(shape: tuple[int, ...], classes: int) -> None:
    encoder, decoder = encoder_and_decoder(shape, 10, 5, 8, 16, 2, classes)
    kinds = torch.arange(3) if classes else None
    x = torch.randn(3, *shape)
    said = encoder(x, kinds)
    assert said.shape == (3, 10) and decoder(said[:, :5], kinds).shape == x.shape
    if kinds is not None:
        same = encoder.eval()(x[:1].expand(3, *shape), kinds)
        assert (same[0] - same[1]).abs().max() > 1e-4, "the encoder sees the class"
