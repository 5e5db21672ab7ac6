"""The pair of Jin et al. 2017: what it is told matters, sizes come out as they should, folding spares work."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from zerosum.networks.srresnet import SRResNetDiscriminator, SRResNetGenerator


def generator_of(shape: tuple[int, ...], folded: bool = False) -> SRResNetGenerator:
    torch.manual_seed(0)
    return SRResNetGenerator(shape, 6, 8, 2, 3, 4, folded)


def operations(network: nn.Module, *inputs: torch.Tensor | None) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(*inputs)
    return counter.get_total_flops()


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("shape", [(3, 64, 64), (1, 28, 28), (3, 20, 33)])
def test_pictures_of_any_size_and_logits(shape: tuple[int, ...], folded: bool) -> None:
    told = torch.eye(4)
    made = generator_of(shape, folded)(torch.randn(4, 6), told)
    assert made.shape == (4, *shape) and made.abs().max() <= 1
    judge = SRResNetDiscriminator(shape, 4, 16, 1, folded=folded)
    assert judge(made, None).shape == (4,)


def test_what_it_is_told_matters() -> None:
    generator, latents = generator_of((3, 16, 16)).eval(), torch.randn(1, 6)
    one, other = (generator(latents, told[None]) for told in torch.eye(4)[:2])
    assert (one - other).abs().mean() > 1e-3


def test_the_published_generator_has_its_depth_on_the_smallest_grid() -> None:
    """Figure 4: 16 x 16 cells of 128 x 128 pixels, 16 blocks of 3x3 convolutions, three enlargements, 9x9 to end."""
    network = SRResNetGenerator((3, 128, 128), 128, 64, 16, 3, 34)
    assert network.pyramid.base == (16, 16)
    assert len(network.blocks) == 16 and len(network.enlarge) == 3
    assert network.to_picture.weight.shape == (3, 64, 9, 9)
    assert network.project.weight.shape == (64 * 16 * 16, 128 + 34)


def test_folding_spares_most_of_the_work() -> None:
    shape, inputs = (3, 64, 64), (torch.randn(2, 6), torch.zeros(2, 4))
    plain, folded = (generator_of(shape, folded) for folded in (False, True))
    assert operations(folded, *inputs) < operations(plain, *inputs) / 3
