"""Paths go through what they are to go through, keep lengths where they are to, and close."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from zerosum.core.errors import SettingError
from zerosum.latent.paths import Path, linear, smooth, spherical


def points(count: int, *shape: int) -> torch.Tensor:
    return torch.randn(count, *shape, generator=torch.Generator().manual_seed(count))


@pytest.mark.parametrize("between", [linear, spherical])
@pytest.mark.parametrize("shape", [(8,), (3, 8)])
def test_paths_go_exactly_through_their_points(between, shape):
    ends = points(4, *shape)
    open_path = Path.through(4, 5, closed=False).along(ends, between)
    assert open_path.shape == (16, *shape) and torch.equal(open_path[::5], ends)
    loop = Path.through(4, 5, closed=True).along(ends, between)
    assert loop.shape == (20, *shape) and torch.equal(loop[::5], ends)


def test_straight_lines_are_even():
    path = Path.through(2, 10, closed=False).along(points(2, 8), linear)
    steps = path.diff(dim=0)
    torch.testing.assert_close(steps, steps[:1].expand_as(steps))


def test_great_circles_keep_lengths_and_turn_evenly():
    ends = torch.nn.functional.normalize(points(2, 16), dim=1) * torch.tensor([[2.0], [3.0]])
    path = Path.through(2, 10, closed=False).along(ends, spherical)
    torch.testing.assert_close(path.norm(dim=1), torch.linspace(2, 3, 11))
    angles = torch.cosine_similarity(path[1:], path[:-1], dim=1).acos()
    torch.testing.assert_close(angles, angles[:1].expand_as(angles), rtol=1e-3, atol=1e-4)
    both = torch.linalg.svd(torch.cat([ends, path])).S
    assert (both[2:] < 1e-5).all(), "all in one plane"


def test_half_way_on_a_quarter_circle():
    ends = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    middle = spherical(ends[:1], ends[1:], torch.tensor([0.5]))
    torch.testing.assert_close(middle, torch.full((1, 2), math.sqrt(0.5)))


def test_a_straight_line_between_normal_latents_is_short_in_the_middle_and_a_great_circle_is_not():
    ends = points(2, 512)
    place = torch.tensor([0.5])
    length = ends.norm(dim=1).mean()
    assert linear(ends[:1], ends[1:], place).norm() < 0.8 * length
    assert spherical(ends[:1], ends[1:], place).norm() == pytest.approx(length.item(), rel=1e-4)


@pytest.mark.parametrize("spherically", [False, True])
def test_smooth_loops_close_without_corners(spherically):
    ends = points(5, 32)
    path = Path.through(5, 40, closed=True)
    curve = smooth(path, ends, spherically)
    assert torch.equal(curve[::40], ends)
    steps = curve.roll(-1, 0) - curve
    turning = torch.cosine_similarity(steps, steps.roll(1, 0), dim=1)
    assert turning.min() > 0.95, "the last frame leads to the first as any to its next"
    if spherically:
        assert curve.norm(dim=1).min() > 0.95 * ends.norm(dim=1).min()


def test_what_places_have_is_what_the_nearer_point_has():
    assert Path.through(2, 4, closed=False).nearest(torch.tensor([7, 3])).tolist() == [7, 7, 3, 3, 3]


@pytest.mark.parametrize(("count", "steps"), [(1, 5), (0, 5), (2, 0), (3, -1), (2, 10**9)])
def test_paths_that_lead_nowhere(count, steps):
    with pytest.raises(SettingError):
        Path.through(count, steps, closed=False)


@given(st.integers(2, 6), st.integers(1, 9), st.booleans())
def test_places_are_ordered_and_within(count, steps, closed):
    path = Path.through(count, steps, closed)
    reached = path.first + path.place
    assert (reached.diff() > 0).all() and reached[0] == 0 and reached[-1] <= count
    assert path.second.max() < count
