"""The projected discriminator: fixed random mixing, judges of the same places, a frozen network that nobody owns."""

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.networks.projected import Mixing, ProjectedDiscriminator

SHAPE = (3, 32, 48)


class Pooled(nn.Module):
    """A stand-in for a trained network: the picture, squared and averaged, on three grids."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()), requires_grad=False)
        self.seen: list[tuple[int, ...]] = []

    def forward(self, x: Tensor) -> list[Tensor]:
        self.seen.append(tuple(x.shape))
        x = torch.cat([x, x * x], 1) * self.weight
        return [F.avg_pool2d(x, 4), F.avg_pool2d(x, 8).repeat(1, 2, 1, 1), F.avg_pool2d(x, 16)]


def judge_of(
    shape: tuple[int, ...] = SHAPE,
    side: int | None = None,
    classes: int = 0,
    opening: Callable[[], Callable[[Tensor], Sequence[Tensor]]] = Pooled,
    statistics: str = "none",
) -> ProjectedDiscriminator:
    torch.manual_seed(0)
    return ProjectedDiscriminator(opening, (6, 12, 6), 16, shape, side, 4, classes, statistics)


def test_mixing_is_the_formula() -> None:
    """Every grid through its own 1x1 convolution, and the coarser mixed grid through a 3x3 one, doubled, added."""
    torch.manual_seed(0)
    mixing = Mixing((6, 12), (4, 8))
    fine, coarse = torch.randn(2, 6, 8, 12), torch.randn(2, 12, 4, 6)
    weights = dict(mixing.named_buffers())
    second = torch.einsum("kc,nchw->nkhw", weights["channels1"][:, :, 0, 0], coarse)
    doubled = F.interpolate(F.conv2d(second, weights["scales0"], padding=1), scale_factor=2, mode="bilinear")
    first = torch.einsum("kc,nchw->nkhw", weights["channels0"][:, :, 0, 0], fine) + doubled
    found = mixing([fine, coarse])
    torch.testing.assert_close(found[0], first, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found[1], second, atol=1e-5, rtol=1e-5)


def test_mixing_keeps_the_variance_of_what_it_reads() -> None:
    torch.manual_seed(0)
    fine, coarse = torch.randn(8, 40, 16, 16), torch.randn(8, 60, 8, 8)
    alone, _ = Mixing((40, 60), (64, 128))([fine, 0 * coarse])
    both, second = Mixing((40, 60), (64, 128))([fine, coarse])
    assert alone.var().item() == pytest.approx(1, abs=0.1) and second.var().item() == pytest.approx(1, abs=0.1)
    assert 1.2 < both.var().item() < 2.1, "bilinear doubling takes some of the coarse one's"


def test_a_finer_grid_hears_of_coarser_ones_and_not_the_other_way() -> None:
    torch.manual_seed(0)
    mixing = Mixing((3, 3, 3), (4, 4, 4))
    grids = [torch.randn(1, 3, side, side, requires_grad=True) for side in (16, 8, 4)]
    for index, mixed in enumerate(mixing(grids)):
        reached = torch.autograd.grad(mixed.square().sum(), grids, allow_unused=True, retain_graph=True)
        assert [slope is not None for slope in reached] == [other >= index for other in range(3)]


def test_mixing_is_random_fixed_and_saved() -> None:
    judge = judge_of()
    assert not list(judge.mixing.parameters()), "nobody learns it"
    torch.manual_seed(1)
    other = ProjectedDiscriminator(Pooled, (6, 12, 6), 16, SHAPE, None, 4)
    again = judge_of()
    for name, weight in judge.mixing.named_buffers():
        assert torch.equal(weight, again.mixing.get_buffer(name)), "the seed says which"
        assert not torch.equal(weight, other.mixing.get_buffer(name))
    other.load_state_dict(judge.state_dict())
    x = torch.randn(2, *SHAPE)
    assert torch.equal(other(x, None), judge(x, None))


def test_the_frozen_network_is_opened_late_and_belongs_to_nobody() -> None:
    opened = []

    def opening() -> Pooled:
        opened.append(Pooled())
        return opened[-1]

    judge = judge_of(opening=opening)
    names = set(judge.state_dict())
    assert not opened
    x = torch.randn(2, *SHAPE, requires_grad=True)
    judge(x, None).sum().backward()
    judge(x, None)
    assert len(opened) == 1 and opened[0] is judge.describe
    assert set(judge.state_dict()) == names and opened[0] not in list(judge.modules())
    judge.requires_grad_(True)
    assert not opened[0].weight.requires_grad and opened[0].weight.grad is None
    assert x.grad is not None and (x.grad.abs() > 0).float().mean() > 0.9


@pytest.mark.parametrize("classes", [0, 3])
def test_all_judges_speak_of_the_same_places_and_all_learn(classes: int) -> None:
    judge = judge_of(classes=classes)
    condition = torch.tensor([0, 2, 1, 1]) if classes else None
    logits = judge(torch.randn(4, *SHAPE), condition)
    assert logits.shape == (4, 3 * 2 * 3) and logits.dtype == torch.float32
    logits.square().sum().backward()
    for name, weight in judge.named_parameters():
        assert weight.grad is not None and weight.grad.abs().max() > 0, name


def test_large_coarsest_grids_are_halved_further() -> None:
    """To a shorter side of 4 to 7 places: 4x4 for a grid of 8x8, as for 256 pixels in the paper (Section 3.1)."""
    judge = judge_of((3, 128, 128))
    assert judge(torch.randn(1, 3, 128, 128), None).shape == (1, 3 * 4 * 4)


@pytest.mark.parametrize(
    ("shape", "side", "shown"),
    [
        ((3, 32, 48), None, (32, 48)),
        ((3, 13, 18), None, (16, 16)),
        ((3, 20, 50), 32, (32, 80)),
        ((3, 64, 64), 32, (32, 32)),
    ],
)
def test_pictures_are_resized_to_multiples_of_the_stride(
    shape: tuple[int, ...], side: int | None, shown: tuple[int, int]
) -> None:
    judge = judge_of(shape, side)
    judge(torch.randn(2, *shape).bfloat16(), None)
    assert isinstance(judge.describe, Pooled) and judge.describe.seen == [(2, shape[0], *shown)]


def test_a_picture_that_fits_is_shown_as_it_is() -> None:
    shown: list[Tensor] = []

    def opening() -> Callable[[Tensor], list[Tensor]]:
        return lambda x: shown.append(x) or Pooled()(x)  # type: ignore[func-returns-value]

    x = 2 * torch.randn(2, *SHAPE)
    judge_of(opening=opening)(x, None)
    assert torch.equal(shown[0], x), "also beyond [-1, 1], where augmentation brings it"


def test_classes_reach_every_place() -> None:
    judge, x = judge_of(classes=3), torch.randn(2, *SHAPE)
    one, other = (judge(x, torch.full((2,), index)) for index in (0, 1))
    assert ((one - other).abs() > 1e-6).all()
