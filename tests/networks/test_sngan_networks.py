"""The networks of SNGAN and SAGAN: classes reach them where they should, and nothing else differs."""

import pytest
import torch
from torch import Tensor, nn

from zerosum.networks.sngan import SNGANDiscriminator, SNGANGenerator
from zerosum.nn.attention import SelfAttention
from zerosum.nn.conditional_norm import ConditionalBatchNorm
from zerosum.nn.pyramid import Pyramid
from zerosum.nn.residual import DownBlock, UpBlock
from zerosum.nn.spectral import MAPS, SpectralNorm, bounded

SHAPES = [(1, 28, 28), (3, 13, 18), (4, 8, 33), (3, 64, 64)]


def discriminator(classes: int = 3, **more: object) -> SNGANDiscriminator:
    torch.manual_seed(0)
    return SNGANDiscriminator((3, 16, 16), [4, 8, 8], 2, classes, **more)  # type: ignore[arg-type]


def largest_singular_value(weight: Tensor) -> float:
    return torch.linalg.matrix_norm(weight.detach().double().flatten(1), 2).item()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("attention", [None, 8])
def test_pictures_of_any_size(shape: tuple[int, ...], attention: int | None) -> None:
    doublings = Pyramid.of(*shape[1:]).doublings
    generator = SNGANGenerator(shape, 6, [8] * (doublings + 1), attention=attention)
    judge = SNGANDiscriminator(shape, [8] * (doublings + 1), doublings, attention=attention)
    pictures = generator(torch.randn(3, 6), None)
    assert pictures.shape == (3, *shape) and pictures.abs().max() <= 1 and pictures.std() > 0.01
    assert judge(pictures).shape == (3,)
    alone = [judge(picture[None]) for picture in pictures]
    torch.testing.assert_close(torch.cat(alone), judge(pictures), rtol=1e-4, atol=1e-5)


def test_the_logit_is_a_projection_of_sums() -> None:
    """Miyato and Koyama 2018, Equation 4, on globally summed features (Miyato et al. 2018, Table 4)."""
    network, x = discriminator(), torch.randn(6, 3, 16, 16)
    last = x
    for block in network.blocks:
        last = block(last)
    assert last.shape == (6, 8, 4, 4)
    sums = torch.stack([last[..., row, column].clamp(min=0) for row in range(4) for column in range(4)]).sum(0)
    head, classes = network.head, torch.tensor([0, 1, 2, 0, 1, 2])
    found = network(x, classes)
    for index, kind in enumerate(classes):
        expected = head.linear.weight[0] @ sums[index] + head.linear.bias[0]
        expected = expected + head.embedding.weight[kind] @ sums[index]
        torch.testing.assert_close(found[index], expected, rtol=1e-4, atol=1e-4)


def test_the_class_reaches_every_batch_normalisation() -> None:
    generator = SNGANGenerator((3, 16, 16), 6, [8, 8, 8], classes=3)
    norms = [module for module in generator.modules() if isinstance(module, ConditionalBatchNorm)]
    assert len(norms) == 4
    latents = torch.randn(4, 6)
    pictures = [generator(latents, torch.full((4,), kind)) for kind in range(3)]
    assert torch.equal(pictures[0], pictures[1]), "classes begin alike"
    for norm in norms:
        assert isinstance(norm.gain, nn.Embedding) and norm.gain.weight.shape == (3, 8)
        nn.init.normal_(norm.gain.weight[1:2].detach())
        other = generator(latents, torch.full((4,), 1))
        assert not torch.equal(other, generator(latents, torch.zeros(4, dtype=torch.int64)))
        nn.init.zeros_(norm.gain.weight)
    plain = SNGANGenerator((3, 16, 16), 6, [8, 8, 8])
    assert not any(isinstance(module, nn.Embedding) for module in plain.modules())


def test_where_cells_attend() -> None:
    """On the 8x8 grid of both: in front of the generator's block from 8 to 16, behind the discriminator's 16 to 8."""
    seen: list[tuple[int, ...]] = []
    generator = SNGANGenerator((3, 32, 32), 6, [16, 16, 8, 8], attention=8)
    judge = SNGANDiscriminator((3, 32, 32), [8, 16, 16, 16], 3, attention=8)
    for network in (generator, judge):
        (layer,) = [module for module in network.modules() if isinstance(module, SelfAttention)]
        layer.register_forward_hook(lambda module, inputs, output: seen.append(tuple(output.shape)))
    judge(generator(torch.randn(2, 6), None))
    assert seen == [(2, 16, 8, 8), (2, 16, 8, 8)]


def test_sizes_of_the_cifar_networks() -> None:
    """Miyato et al. 2018, Table 4: three blocks up from 4x4 at 256; down, down, and two that keep 8x8 at 128."""
    generator = SNGANGenerator((3, 32, 32), 128, [256] * 4)
    judge = SNGANDiscriminator((3, 32, 32), [128] * 4, 2)
    ups = [module for module in generator.modules() if isinstance(module, UpBlock)]
    downs = [module for module in judge.modules() if isinstance(module, DownBlock)]
    assert len(ups) == 3 and len(downs) == 4
    assert generator.synthesis.project.weight.shape == (256 * 4 * 4, 128)
    block, first = 2 * (9 * 256 * 256 + 256) + 256 * 256 + 256 + 4 * 256, 128 * 4096 + 4096
    expected = first + 3 * block + 2 * 256 + 9 * 256 * 3 + 3
    assert sum(weight.numel() for weight in generator.parameters()) == expected
    sizes: list[int] = []
    for down in downs:
        down.register_forward_hook(lambda module, inputs, output: sizes.append(output.shape[2]))
    judge(torch.randn(1, 3, 32, 32))
    assert sizes == [16, 8, 8, 8]


def test_spectral_norms_settle_at_one() -> None:
    """Of every map of both networks; the generator's tables of gains and shifts are left alone."""
    torch.manual_seed(0)
    generator = bounded(SNGANGenerator((3, 16, 16), 6, [16, 16, 8], classes=3, attention=8), True, MAPS)
    judge = bounded(discriminator(attention=8), True)
    for _ in range(200):
        kinds = torch.arange(4) % 3
        judge(generator(torch.randn(4, 6), kinds), kinds)
    for network, kinds_of_layers in ((generator, MAPS), (judge, (*MAPS, nn.Embedding))):
        layers = [module for module in network.modules() if isinstance(module, kinds_of_layers)]
        assert len(layers) == sum(isinstance(module, SpectralNorm) for module in network.modules()) >= 10
        with torch.no_grad():
            found = [largest_singular_value(layer.weight) for layer in layers]  # type: ignore[arg-type]
        assert found == pytest.approx([1.0] * len(layers), abs=2e-3)
