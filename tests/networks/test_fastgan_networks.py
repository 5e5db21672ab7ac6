"""FastGAN's networks: skip-layer excitation, sizes, and what is drawn from which features."""

import numpy as np
import pytest
import torch
from scipy.special import expit
from torch import Tensor, nn

from zerosum.networks.fastgan import FastGANDiscriminator, FastGANGenerator, Redrawing, SkipExcitation, TwoGrids


def test_excitation_is_the_formula() -> None:
    """y = F(x_low) * x_high, with F written out in float64: means over 4x4 parts, two linear maps, a sigmoid."""
    torch.manual_seed(0)
    excitation, low, high = SkipExcitation(6, 5), torch.randn(2, 6, 8, 8), torch.randn(2, 5, 32, 32)
    first, second = (layer.weight.detach().double().numpy() for layer in (excitation.squeeze, excitation.excite))
    biases = [layer.bias.detach().double().numpy() for layer in (excitation.squeeze, excitation.excite)]
    pooled = low.double().numpy().reshape(2, 6, 4, 2, 4, 2).mean((3, 5))
    hidden = np.einsum("nchw,kchw->nk", pooled, first) + biases[0]
    hidden = np.where(hidden > 0, hidden, 0.1 * hidden)
    factors = expit(hidden @ second[:, :, 0, 0].T + biases[1])
    expected = high.double().numpy() * factors[:, :, None, None]
    np.testing.assert_allclose(excitation(low, high).detach().numpy(), expected, atol=1e-5)


@pytest.mark.parametrize(("side", "skip", "count"), [(64, 4, 1), (256, 4, 3), (32, 4, 0), (32, 2, 2), (64, 3, 2)])
def test_grids_scale_those_so_many_doublings_larger(side: int, skip: int, count: int) -> None:
    """At 256 pixels they are 4, 8 and 16 that scale 64, 128 and 256 (Figure 3)."""
    network = FastGANGenerator((3, side, side), 8, 2, skip).eval()
    assert len(network.excite) == count
    sizes: list[tuple[int, int]] = []
    for excitation in network.excite:
        excitation.register_forward_hook(
            lambda module, inputs, output: sizes.append((inputs[0].shape[2], inputs[1].shape[2]))
        )
    with torch.no_grad():
        assert network(torch.randn(2, 8), None).shape == (2, 3, side, side)
    assert sizes == [(4 << level, 4 << level + skip) for level in range(count)]


def test_the_published_widths() -> None:
    """Of 256 x 256: the generator's from 4 x 4 on, and the discriminator's from 128 x 128 to 8 x 8."""
    with torch.device("meta"):
        generator, judge = FastGANGenerator((3, 256, 256), 256, 64, 4), FastGANDiscriminator((3, 256, 256), 64)
    outputs = [layer.out_channels // 2 for layer in generator.modules() if type(layer).__name__ == "DoublingConv2d"]
    assert [generator.project.out_features // 32, *outputs] == [1024, 512, 256, 128, 128, 64, 32]
    first = judge.first[0]
    assert isinstance(first, nn.Conv2d)
    far = [layer.out_channels for name, layer in judge.named_modules() if name.endswith("far.0")]
    assert [first.out_channels, *far] == [64, 128, 256, 512, 1024]


@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 13, 18), (3, 16, 40), (4, 33, 32), (3, 64, 64)])
@pytest.mark.parametrize("classes", [0, 3])
def test_pictures_of_any_size(shape: tuple[int, int, int], classes: int) -> None:
    torch.manual_seed(0)
    condition = torch.tensor([0, 2]) if classes else None
    generator = FastGANGenerator(shape, 8, 2, 2, classes)
    judge = FastGANDiscriminator(shape, 2, classes)
    redrawing = Redrawing(judge, shape[0], 4)
    pictures = generator(torch.randn(2, 8), condition)
    assert pictures.shape == (2, *shape) and pictures.abs().max() <= 1
    features, grids = judge.features(pictures, condition), judge.grids
    coarse, fine = grids.split(features)
    assert coarse.shape[2:] == (grids.rows, grids.columns) and fine.shape[2:] == (2 * grids.rows, 2 * grids.columns)
    assert torch.equal(grids.join(coarse, fine), features)
    logits = judge(pictures, condition)
    assert logits.shape == (2, (grids.rows - 3) * (grids.columns - 3)) and logits.dtype == torch.float32
    for drawn, wanted in redrawing(features, pictures):
        assert drawn.shape == wanted.shape and drawn.shape[:2] == (2, shape[0])
    everything = logits.sum() + sum(drawn.sum() for drawn, _ in redrawing(features, pictures))
    everything.backward()
    weights = [*generator.named_parameters(), *judge.named_parameters(), *redrawing.named_parameters()]
    assert all(weight.grad is not None for _, weight in weights)


def test_classes_reach_both_networks() -> None:
    torch.manual_seed(0)
    generator, judge = FastGANGenerator((3, 16, 16), 8, 2, 2, 3), FastGANDiscriminator((3, 16, 16), 2, 3)
    latents, one, other = torch.randn(4, 8), torch.zeros(4).long(), torch.ones(4).long()
    with torch.no_grad():
        pictures = generator(latents, one)
        assert (pictures - generator(latents, other)).abs().amax((1, 2, 3)).min() > 1e-6
        assert ((judge(pictures, one) - judge(pictures, other)).abs() > 1e-6).all(), "at every place"


class Shown(nn.Module):
    """A decoder that shows the features that it is given."""

    def forward(self, x: Tensor) -> Tensor:
        return x


def test_a_part_of_the_fine_grid_is_to_become_the_same_part_of_the_picture() -> None:
    """Features that are the picture itself on smaller grids are drawn as what is wanted, wherever the part is."""
    torch.manual_seed(0)
    shape = (3, 32, 48)
    judge = FastGANDiscriminator(shape, 2)
    judge.grids = TwoGrids(3, 3, 8, 12)
    redrawing = Redrawing(judge, 3, 4)
    redrawing.whole = redrawing.part = Shown()
    x = torch.randn(2, *shape)
    coarse, fine = (nn.functional.avg_pool2d(x, size) for size in (4, 2))
    parts = set()
    for _ in range(200):
        (whole, wanted), (part, of_it) = redrawing(judge.grids.join(coarse, fine), x)
        torch.testing.assert_close(whole, wanted)
        torch.testing.assert_close(part, of_it)
        assert torch.equal(whole, coarse) and part.shape == (2, 3, 8, 12)
        parts |= {
            (top, left)
            for top in range(9)
            for left in range(13)
            if torch.equal(part, fine[:, :, top : top + 8, left : left + 12])
        }
    assert len(parts) > 70 and {0, 8} <= {top for top, _ in parts} and {0, 12} <= {left for _, left in parts}


def test_parts_are_drawn_in_full_size_and_wholes_in_half() -> None:
    x = torch.randn(1, 3, 64, 64)
    judge = FastGANDiscriminator((3, 64, 64), 2)
    (whole, wanted), (part, of_it) = Redrawing(judge, 3, 4)(judge.features(x, None), x)
    assert whole.shape == part.shape == (1, 3, 32, 32)
    torch.testing.assert_close(wanted, nn.functional.avg_pool2d(x, 2))
    assert any(torch.equal(of_it, x[:, :, i : i + 32, j : j + 32]) for i in range(0, 33, 4) for j in range(0, 33, 4))


def test_nobody_tells_the_judge_of_single_samples_about_the_batch() -> None:
    """As gradient penalties and spectral normalisation ask; what draws pictures again may keep its norms."""
    judge = FastGANDiscriminator((3, 32, 32), 2, normalised=False)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in judge.modules())
    x = torch.randn(4, 3, 32, 32)
    torch.testing.assert_close(judge(x, None)[:2], judge(x[:2], None))
