"""Differentiable augmentation: each change against its definition, and the gradient through all of them."""

import dataclasses

import pytest
import torch

from zerosum.game.augment import DiffAugment, perturb, translate

ALWAYS = DiffAugment(probability=1.0)
PICTURES = torch.rand(200, 3, 16, 24) * 2 - 1


def test_without_probability_nothing_changes() -> None:
    torch.testing.assert_close(DiffAugment(probability=0.0)(PICTURES), PICTURES)


def test_translation_moves_whole_cells_and_fills_with_zero() -> None:
    torch.manual_seed(0)
    moved = translate(PICTURES, ALWAYS.translation, torch.ones(200, dtype=torch.bool))
    shifts = set()
    for before, after in zip(PICTURES, moved, strict=True):
        found = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-3, 4)
            if torch.equal(after, shifted(before, down, right))
        ]
        assert len(found) == 1, "every picture is a shifted copy of itself"
        shifts |= set(found)
    assert len(shifts) > 25, "nearly all 35 shifts occur"


def shifted(picture: torch.Tensor, down: int, right: int) -> torch.Tensor:
    _, height, width = picture.shape
    padded = torch.zeros(3, height + 8, width + 8)
    padded[:, 4 + down : 4 + down + height, 4 + right : 4 + right + width] = picture
    return padded[:, 4 : 4 + height, 4 : 4 + width]


def test_cutout_covers_one_window_of_half_the_side() -> None:
    torch.manual_seed(0)
    cut = ALWAYS._cut_out(torch.ones(500, 1, 16, 24))
    rows, columns = (cut[:, 0] == 0).any(2).sum(1), (cut[:, 0] == 0).any(1).sum(1)
    assert rows.max() <= 8 and columns.max() <= 12
    assert rows.min() >= 4 and columns.min() >= 6, "half of a window at least lies inside"
    assert ((cut == 0).sum((1, 2, 3)) == rows * columns).all(), "the hole is a rectangle"


def test_recolouring_is_brightness_then_saturation_then_contrast() -> None:
    """The single pass equals the three changes one after the other, in float64."""
    x = PICTURES.double()
    torch.manual_seed(3)
    fused = ALWAYS._recolour(x)
    torch.manual_seed(3)
    brightness = (torch.rand(200) - 0.5).double()[:, None, None, None]
    torch.rand(200)  # which pictures are changed: all of them
    saturation = (torch.rand(200) * 2).double()[:, None, None, None]
    torch.rand(200)
    contrast = (torch.rand(200) + 0.5).double()[:, None, None, None]
    y = x + brightness
    y = (y - y.mean(1, keepdim=True)) * saturation + y.mean(1, keepdim=True)
    y = (y - y.mean((1, 2, 3), keepdim=True)) * contrast + y.mean((1, 2, 3), keepdim=True)
    torch.testing.assert_close(fused, y, atol=1e-6, rtol=0)


@pytest.mark.parametrize("change", ["translation", "cutout"])
def test_probability_is_the_share_that_is_changed(change: str) -> None:
    torch.manual_seed(0)
    half = dataclasses.replace(ALWAYS, probability=0.5)
    ones = torch.ones(4000, 1, 16, 16)
    if change == "cutout":
        changed = half._cut_out(ones) != ones
    else:
        changed = translate(ones, half.translation, half._chosen(ones)) != ones
    still = 0.0 if change == "cutout" else 1 / 25  # one shift in 25 is none
    assert changed.any(3).any(2).any(1).float().mean().item() == pytest.approx(0.5 * (1 - still), abs=0.03)


def test_gradients_come_through() -> None:
    x = PICTURES[:8].clone().requires_grad_()
    ALWAYS(x).square().sum().backward()
    assert x.grad is not None and x.grad.isfinite().all() and x.grad.flatten(1).abs().sum(1).min() > 0


def test_small_changes_shift_pictures_and_add_noise_to_points() -> None:
    torch.manual_seed(0)
    moved = perturb(PICTURES)
    for before, after in zip(PICTURES[:20], moved[:20], strict=True):
        shifts = [(down, right) for down in range(-2, 3) for right in range(-3, 4)]
        assert sum(torch.equal(after, shifted(before, down, right)) for down, right in shifts) == 1
    points = torch.randn(20_000, 2)
    assert (perturb(points) - points).std().item() == pytest.approx(0.05, rel=0.02)
