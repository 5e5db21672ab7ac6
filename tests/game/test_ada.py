"""Adaptive augmentation: each transform against its definition, the shares that are changed, and the controller."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.seeding import Noise
from zerosum.game import ada
from zerosum.game.ada import AdaptiveAugment, Blit
from zerosum.game.game import Clock
from zerosum.game.judgement import Judgement
from zerosum.game.objectives import NON_SATURATING

PICTURES = torch.rand(64, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
EVERYTHING = {"filtering": True, "noise": True, "cutout": True}


def augment_at(probability: float, **settings: bool) -> AdaptiveAugment:
    augment = AdaptiveAugment(**settings)
    augment.state["ada/probability"].fill_(probability)
    return augment


def only(*groups: str) -> dict[str, bool]:
    names = ("blitting", "geometry", "colour", "filtering", "noise", "cutout")
    return {name: name in groups for name in names}


def all_blits(square: bool) -> Blit:
    turns = range(4) if square else range(1)
    cases = [(f, t, d, r) for f in (0, 1) for t in turns for d in (-2, 0, 1) for r in (-1, 0, 2)]
    flipped, turned, down, right = torch.tensor(cases).T
    return Blit(flipped > 0, turned, down, right)


def by_definition(picture: Tensor, flipped: bool, turns: int, down: int, right: int) -> Tensor:
    """Flip, then turn, then shift with mirrored borders, through numpy's padding."""
    y = np.rot90(picture.numpy()[:, :, ::-1] if flipped else picture.numpy(), turns, (1, 2))
    y = np.pad(y, ((0, 0), (4, 4), (4, 4)), mode="symmetric")
    height, width = y.shape[1] - 8, y.shape[2] - 8
    return torch.from_numpy(y[:, 4 - down :, 4 - right :][:, :height, :width].copy())


@pytest.mark.parametrize("shape", [(16, 16), (12, 20)])
def test_blits_move_pixels_exactly(shape: tuple[int, int]) -> None:
    moves = all_blits(square=shape[0] == shape[1])
    x = torch.randn(len(moves.turns), 3, *shape)
    y = ada.blit(x, moves)
    for index in range(len(x)):
        flipped, turns, down, right = (int(move[index]) for move in moves)
        assert torch.equal(y[index], by_definition(x[index], bool(flipped), turns, down, right))


@pytest.mark.parametrize("shape", [(16, 16), (12, 20)])
def test_resampling_agrees_with_blits_where_both_can(shape: tuple[int, int]) -> None:
    """So the composed matrix of a blit and a warp has the right order, signs and units."""
    moves = all_blits(square=shape[0] == shape[1])
    x = torch.randn(len(moves.turns), 3, *shape)
    torch.testing.assert_close(ada.resample(x, moves.backward()), ada.blit(x, moves), atol=2e-4, rtol=0)


@pytest.mark.parametrize("shape", [(32, 32), (24, 40)])
def test_resampling_a_smooth_picture_follows_the_map(shape: tuple[int, int]) -> None:
    """A wave of three pixels per radian, seen through turned, scaled and shifted coordinates."""
    height, width = shape
    maps = ada.rotation(torch.tensor([0.3, -1.0])) @ ada.scaling(torch.tensor([0.5, 0.4]), torch.tensor([0.4, 0.5]))
    maps = maps @ ada.translation(torch.tensor([1.3, -0.6]), torch.tensor([-0.7, 2.2]))
    down, right = torch.meshgrid(
        torch.arange(height) - (height - 1) / 2, torch.arange(width) - (width - 1) / 2, indexing="ij"
    )

    def wave(x: Tensor, y: Tensor) -> Tensor:
        return (x / 3).sin() + (y / 4 + 1).cos()

    places = maps @ torch.stack([right.flatten(), down.flatten(), torch.ones(height * width)])
    expected = wave(places[:, 0], places[:, 1]).view(2, 1, height, width)
    seen = ada.resample(wave(right, down).expand(2, 1, height, width), maps)
    inside = (places[:, 0].abs() < width / 2 - 4) & (places[:, 1].abs() < height / 2 - 4)
    inside = inside.view_as(seen)
    assert inside.float().mean() > 0.5
    torch.testing.assert_close(seen[inside], expected[inside], atol=0.006, rtol=0)


def test_doubling_keeps_cells_and_is_exact_for_polynomials() -> None:
    matrix = ada.doubling(40, torch.device("cpu")).double()
    cells = torch.arange(40, dtype=torch.float64)
    torch.testing.assert_close((matrix @ cells)[1::2], cells, atol=1e-5, rtol=0)
    at = torch.arange(81, dtype=torch.float64) / 2 - 0.5
    for power in (1, 5, 11):
        values = (cells / 40) ** power
        torch.testing.assert_close((matrix @ values)[14:-14], (at[14:-14] / 40) ** power, atol=1e-6, rtol=0)


def test_colour_matrix_is_the_product_of_the_five_changes() -> None:
    """The paper's homogeneous matrices, multiplied in float64."""
    numbers = np.random.RandomState(0)
    brightness, contrast, saturation = numbers.randn(8) * 0.2, np.exp(numbers.randn(8)), np.exp(numbers.randn(8))
    hue, flipped = numbers.uniform(-np.pi, np.pi, 8), np.arange(8) % 2 == 0
    found = ada.colour_matrix(
        brightness=torch.tensor(brightness),
        contrast=torch.tensor(contrast),
        flipped=torch.tensor(flipped),
        hue=torch.tensor(hue),
        saturation=torch.tensor(saturation),
    )
    axis = np.ones(3) / math.sqrt(3)
    across = np.cross(axis, np.eye(3)).T  # across @ u = axis x u
    for index in range(8):
        offset, linear = np.full(3, brightness[index]), np.eye(3)
        luma = np.eye(3) - 2 * np.outer(axis, axis) * flipped[index]
        turn = np.eye(3) + math.sin(hue[index]) * across + (1 - math.cos(hue[index])) * across @ across
        grey = np.outer(axis, axis)
        for change in (contrast[index] * np.eye(3), luma, turn, grey + (np.eye(3) - grey) * saturation[index]):
            offset, linear = change @ offset, change @ linear
        np.testing.assert_allclose(found[index], np.column_stack([linear, offset]), atol=1e-12)


def matrix_of(**changed: float) -> Tensor:
    usual = {"brightness": 0.0, "contrast": 1.0, "flipped": 0.0, "hue": 0.0, "saturation": 1.0} | changed
    return ada.colour_matrix(**{name: torch.tensor([value]) for name, value in usual.items()})


def test_colour_changes_mean_what_they_are_called() -> None:
    x = PICTURES[:1]
    grey = x.mean(1, keepdim=True)
    torch.testing.assert_close(ada.recolour(x, matrix_of()), x)
    torch.testing.assert_close(ada.recolour(x, matrix_of(brightness=0.3)), x + 0.3)
    torch.testing.assert_close(ada.recolour(x, matrix_of(saturation=0.0)), grey.expand_as(x))
    torch.testing.assert_close(ada.recolour(x, matrix_of(flipped=1.0)), x - 2 * grey)
    third = ada.recolour(x, matrix_of(hue=2 * math.pi / 3))
    torch.testing.assert_close(third, x.roll(1, 1), msg="a third of the circle makes red green")
    torch.testing.assert_close(ada.recolour(x, matrix_of(hue=1.0)).mean(1, keepdim=True), grey)
    strong = matrix_of(brightness=0.1, contrast=2.0, flipped=1.0, hue=1.0, saturation=3.0)
    torch.testing.assert_close(ada.recolour(grey, strong), -2 * (grey + 0.1))
    torch.testing.assert_close(ada.recolour(grey.expand_as(x), strong), (-2 * (grey + 0.1)).expand_as(x))


def test_octaves_add_up_and_hold_their_frequencies() -> None:
    bands = ada.octaves(64, torch.device("cpu"))
    torch.testing.assert_close(bands.sum(0), torch.eye(64), atol=1e-5, rtol=0)
    torch.testing.assert_close(ada.amplify(PICTURES, torch.ones(64, 4)), PICTURES, atol=1e-5, rtol=0)
    cells = torch.arange(64) + 0.5
    for band, frequency in enumerate((math.pi / 32, 3 * math.pi / 16, 3 * math.pi / 8, 3 * math.pi / 4)):
        wave = (cells * frequency).cos()
        kept = torch.stack([(matrix @ wave).norm() / wave.norm() for matrix in bands])
        assert kept.argmax() == band and kept[band] > 0.6


def test_octave_gains_are_normalised_one_by_one() -> None:
    """The paper's loop: a gain for one octave, divided by the root of the power it leaves, times what there was."""
    amplitudes = np.exp(np.random.RandomState(0).randn(8, 4))
    expected = np.ones((8, 4))
    for octave in range(4):
        step = np.ones((8, 4))
        step[:, octave] = amplitudes[:, octave]
        expected *= step / np.sqrt(step**2 @ [10 / 13, 1 / 13, 1 / 13, 1 / 13])[:, None]
    np.testing.assert_allclose(ada.octave_gains(torch.tensor(amplitudes)), expected, rtol=1e-6)


def test_without_probability_the_very_same_pictures_come_back() -> None:
    x = PICTURES.clone()
    y = AdaptiveAugment(**EVERYTHING)(x)
    assert y is x and torch.equal(x, PICTURES)


@pytest.mark.parametrize("probability", [0.1, 0.5, 1.0])
@pytest.mark.parametrize(
    ("group", "untouched"),
    [
        # A flip in 2, a turn in 4 and a shift in 16 move nothing: over 16 pixels, a quarter of shifts are rounded to 0.
        ("blitting", lambda p: (1 - p / 2) * (1 - p * 3 / 4) * (1 - p * 15 / 16)),
        # Scaling, stretching, shift, and rotations of which at least one comes with probability p.
        ("geometry", lambda p: (1 - p) ** 4),
        # The luma flip does nothing half of the time.
        ("colour", lambda p: (1 - p) ** 4 * (1 - p / 2)),
        ("filtering", lambda p: (1 - p) ** 4),
        ("noise", lambda p: 1 - p),
        ("cutout", lambda p: 1 - p),
    ],
)
def test_share_of_untouched_pictures(group: str, untouched: Callable[[float], float], probability: float) -> None:
    torch.manual_seed(0)
    x = PICTURES.repeat(50, 1, 1, 1)
    same = ((augment_at(probability, **only(group))(x) - x).abs() < 1e-5).flatten(1)  # colours are rounded
    assert same.all(1).float().mean().item() == pytest.approx(untouched(probability), abs=4 * math.sqrt(0.25 / len(x)))


def test_strengths_are_the_papers() -> None:
    """Logarithms of scales, and shifts, over many draws of the composed maps."""
    torch.manual_seed(0)
    x = torch.zeros(20_000, 1, 16, 32)
    augment = augment_at(1.0)
    backward, _ = augment._draw_warp(x)
    # The maps' determinants hold the isotropic scaling alone.
    logarithms = torch.linalg.det(backward).log() / 2
    assert logarithms.std().item() == pytest.approx(0.2 * math.log(2), rel=0.03)
    assert logarithms.mean().abs() < 0.004
    # The ratio of singular values holds the stretching alone: twice the larger of it and its inverse.
    largest, smallest = torch.linalg.svdvals(backward[:, :2, :2]).unbind(1)
    assert (largest / smallest).log().square().mean().sqrt().item() / 2 == pytest.approx(0.2 * math.log(2), rel=0.03)
    shift = (torch.linalg.inv(backward[:, :2, :2]) @ backward[:, :2, 2:]).squeeze(2)
    assert shift[:, 0].std().item() == pytest.approx(32 / 8, rel=0.03)
    assert shift[:, 1].std().item() == pytest.approx(16 / 8, rel=0.03)


def test_blits_are_drawn_as_often_as_they_should_be() -> None:
    torch.manual_seed(0)
    moves, moving = augment_at(1.0)._draw_blit(torch.zeros(20_000, 1, 16, 16))
    shifts = {-2: 1 / 8, -1: 1 / 4, 0: 1 / 4, 1: 1 / 4, 2: 1 / 8}  # numbers between -2 and 2, rounded
    expected = ({0: 1 / 2, 1: 1 / 2}, {0: 1 / 4, 1: 1 / 4, 2: 1 / 4, 3: 1 / 4}, shifts, shifts)
    for drawn, shares in zip(moves, expected, strict=True):
        found, counts = drawn.long().unique(return_counts=True)
        assert found.tolist() == list(shares)
        torch.testing.assert_close(counts / 20_000, torch.tensor(list(shares.values())), atol=0.015, rtol=0)
    still = (~moves.flipped) & (moves.turns == 0) & (moves.down == 0) & (moves.right == 0)
    assert torch.equal(moving, ~still)
    moves, _ = augment_at(1.0)._draw_blit(torch.zeros(1000, 1, 16, 40))
    assert moves.turns.max() == 0, "turned by a right angle, a picture would change its shape"
    assert moves.down.max() == 2 and moves.right.max() == 5


def test_blit_comes_before_warp() -> None:
    """Resampled once, pictures are what they would be if blitted and then warped, but for what the borders mirror."""
    down, right = torch.meshgrid(torch.arange(32) / 5, torch.arange(32) / 7, indexing="ij")
    x = (down.sin() + (down + right).cos()).expand(200, 1, 32, 32)
    augment = augment_at(1.0)
    torch.manual_seed(0)
    moved = augment._move(x)
    torch.manual_seed(0)
    moves, _ = augment._draw_blit(x)
    backward, _ = augment._draw_warp(x)
    difference = (moved - ada.resample(ada.blit(x, moves), backward)).abs().flatten(1)
    assert (difference.median(1).values < 0.01).float().mean() > 0.9


def test_colour_changes_average_to_where_they_should() -> None:
    """Brightness has mean 0, and the luma flip turns half of the pictures into negatives: the mean shrinks to 0."""
    torch.manual_seed(0)
    x = torch.full((20_000, 1, 2, 2), 0.5)
    assert augment_at(1.0, **only("colour"))(x).mean().abs() < 0.02
    # At p = 1/2 a quarter is flipped, and half has a lognormal contrast of mean exp(sigma^2 / 2).
    contrast = (1 + math.exp((0.5 * math.log(2)) ** 2 / 2)) / 2
    assert augment_at(0.5, **only("colour"))(x).mean().item() == pytest.approx(0.5 * contrast / 2, abs=0.01)


def test_noise_and_cutout_are_as_strong_as_they_should_be() -> None:
    torch.manual_seed(0)
    x = torch.zeros(4000, 3, 16, 16)
    deviations = augment_at(1.0, **only("noise"))(x).flatten(1).std(1)
    assert deviations.square().mean().sqrt().item() == pytest.approx(0.1, rel=0.05)
    assert deviations.mean().item() == pytest.approx(0.1 * math.sqrt(2 / math.pi), rel=0.05)
    holes = augment_at(1.0, **only("cutout"))(x + 1)[:, 0] == 0
    rows, columns = holes.any(2).sum(1), holes.any(1).sum(1)
    assert rows.max() == 8 and columns.max() == 8 and rows.min() == 4
    assert (holes.sum((1, 2)) == rows * columns).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_the_map_is_affine_in_the_pictures(channels: int) -> None:
    """With the same draws, a mixture of two pictures comes out as the mixture of the two that come out."""
    a, b = torch.randn(2, 40, channels, 16, 16).unbind()
    augment = augment_at(0.7, **EVERYTHING)

    def changed(x: Tensor) -> Tensor:
        torch.manual_seed(5)
        return augment(x)

    torch.testing.assert_close(changed(1.5 * a - 0.5 * b), 1.5 * changed(a) - 0.5 * changed(b), atol=2e-4, rtol=0)


def test_gradient_is_the_slope() -> None:
    """Because the map is affine, <gradient, direction> is the difference over any step."""
    augment = augment_at(0.7, **EVERYTHING)
    x, direction, weights = torch.randn(3, 40, 3, 16, 16).unbind()

    def changed(x: Tensor) -> Tensor:
        torch.manual_seed(5)
        return (augment(x) * weights).sum((1, 2, 3))

    x.requires_grad_()
    changed(x).sum().backward()
    assert x.grad is not None
    slope = (x.grad * direction).sum((1, 2, 3))
    torch.testing.assert_close(slope, (changed(x + direction) - changed(x)).detach(), atol=0.02, rtol=1e-3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", [(1, 16, 16), (2, 16, 16), (3, 16, 16), (4, 8, 24), (3, 5, 3), (1, 1, 1)])
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last])
def test_shape_type_and_format_are_kept(
    shape: tuple[int, ...], dtype: torch.dtype, memory_format: torch.memory_format
) -> None:
    x = torch.rand(30, *shape).to(dtype).contiguous(memory_format=memory_format).requires_grad_()
    y = augment_at(0.8, **EVERYTHING)(x)
    assert y.shape == x.shape and y.dtype == dtype and y.isfinite().all()
    assert y.is_contiguous(memory_format=memory_format)
    y.float().square().sum().backward()
    assert x.grad is not None and x.grad.isfinite().all()


def test_alpha_moves_but_keeps_its_values() -> None:
    torch.manual_seed(0)
    x = torch.ones(100, 4, 16, 16)
    y = augment_at(1.0, filtering=True, noise=True)(x)
    torch.testing.assert_close(y[:, 3], x[:, 3])
    assert (y[:, :3] - x[:, :3]).abs().flatten(1).max(1).values.min() > 1e-3


def test_autocast_changes_nothing() -> None:
    augment = augment_at(0.8, **EVERYTHING)
    torch.manual_seed(5)
    plain = augment(PICTURES)
    torch.manual_seed(5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(augment(PICTURES), plain)


def test_what_sampling_prepares_can_be_trained_with() -> None:
    """Matrices are kept between calls; those first made in inference mode must serve a backward pass as well."""
    augment = augment_at(1.0, **EVERYTHING)
    with torch.inference_mode():
        augment(torch.zeros(4, 1, 7, 9))
    pictures = torch.zeros(4, 1, 7, 9, requires_grad=True)
    augment(pictures).sum().backward()
    assert pictures.grad is not None and pictures.grad.isfinite().all() and pictures.grad.any()


def judgement(on_real: Tensor, middle: float, rounds: int, batch: int, move: int = 0) -> Judgement:
    """A move in which the discriminator gave real samples these logits; nothing else of it matters here."""
    objective = dataclasses.replace(NON_SATURATING, even=middle)
    samples = Batch(torch.zeros(batch, 1), None, Noise(0))
    return Judgement(objective, samples, torch.zeros(batch, 1), on_real, on_real, Clock(rounds * batch, rounds), move)


def play(augment: AdaptiveAugment, on_real: Tensor, rounds: int, batch: int, middle: float = 0.0) -> list[float]:
    seen = []
    for number in range(rounds):
        augment.observe(judgement(on_real, middle, number, batch))
        seen.append(augment.state["ada/probability"].item())
    return seen


def test_probability_goes_from_0_to_1_in_as_many_samples_as_it_should() -> None:
    augment = AdaptiveAugment(samples=3200, every=4)
    seen = play(augment, torch.ones(16), rounds=101, batch=32)
    assert seen[3] == 0 and seen[4] == pytest.approx(4 * 32 / 3200) and seen[7] == seen[4]
    assert seen[-2] < 1 and seen[-1] == pytest.approx(1, abs=1e-6)
    assert augment.state["ada/overfitting"] == 1
    assert play(augment, torch.ones(16), rounds=9, batch=32)[-1] == 1, "no further"


def test_probability_goes_down_when_there_is_less_overfitting_than_aimed_at() -> None:
    augment = augment_at(0.1)
    logits = torch.tensor([3.0, 1.0, 0.5, -0.1, 9.0, -4.0, 0.2, 0.1])  # 6 of 8 above 0: r_t = 0.5
    assert play(augment, logits, rounds=5, batch=50_000 // 8)[-1] == pytest.approx(0.05)
    assert augment.state["ada/overfitting"] == 0.5
    assert play(augment, logits, rounds=17, batch=50_000 // 8)[-1] == 0, "no further"


def test_signs_are_taken_around_the_middle() -> None:
    augment = AdaptiveAugment(target=0.0)
    play(augment, torch.tensor([1.0, 2.0, 3.0, 7.0]), rounds=5, batch=4, middle=6.0)
    assert augment.state["ada/overfitting"] == -0.5


def test_all_moves_since_the_last_change_count() -> None:
    """Rounds with r_t of 1, 1, -1 and 0 have a mean of 1/4."""
    augment = AdaptiveAugment(target=0.2, samples=100)
    for number, logits in enumerate(([1.0, 1.0], [2.0, 3.0], [-1.0, -1.0], [1.0, -1.0])):
        augment.observe(judgement(torch.tensor(logits), 0.0, number, 2))
    for move in (1, 0, 1, 2):  # only the first move of the round changes anything
        augment.observe(judgement(torch.tensor([1.0, 1.0]), 0.0, 4, 2, move))
    assert augment.state["ada/overfitting"].item() == pytest.approx(0.4)
    assert augment.state["ada/probability"].item() == pytest.approx(10 / 100)
    assert augment.state["ada/sign_sum"] == augment.state["ada/count"] == 6


def test_state_is_changed_in_place() -> None:
    augment = AdaptiveAugment(samples=100)
    before = dict(augment.state)
    assert all(tensor.shape == () and tensor.dtype == torch.float32 for tensor in before.values())
    play(augment, torch.ones(2), rounds=5, batch=2)
    augment(PICTURES)
    assert before.keys() == augment.state.keys()
    assert all(augment.state[name] is tensor and not tensor.requires_grad for name, tensor in before.items())
    assert before["ada/probability"] > 0 and before["ada/count"] == 2


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(SettingError, match=r"target is 1\.5"):
        AdaptiveAugment(target=1.5)
    with pytest.raises(SettingError, match="samples is 0"):
        AdaptiveAugment(samples=0)
