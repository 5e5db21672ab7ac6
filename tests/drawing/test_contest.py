"""The pictures of the contest show data, fakes and D where they are."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from zerosum.drawing.contest import CERTAIN, CURVES, PLANE, curve_contest, plane_contest

RANDOM = np.random.default_rng(0)


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB")).astype(int)


def across(x: float) -> float:
    left, _, right, _ = CURVES
    return left + (x + 3) / 6 * (right - left)


def in_curves(image: Image.Image, chosen: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the pixels between the curves' edges whose colour is chosen."""
    left, top, right, bottom = CURVES
    rows, columns = np.nonzero(chosen(pixels(image)[top : bottom - 4, left : right - 4]))
    return rows + top, columns + left


def black(colours: np.ndarray) -> np.ndarray:
    return colours.max(axis=-1) < 90


def green(colours: np.ndarray) -> np.ndarray:
    return colours[..., 1] - np.maximum(colours[..., 0], colours[..., 2]) > 25


def blue(colours: np.ndarray) -> np.ndarray:
    return (colours[..., 2] - colours[..., 0] > 100) & (colours[..., 2] > colours[..., 1] + 30)


def test_densities_stand_where_the_samples_are() -> None:
    z = RANDOM.normal(size=4000)
    image = curve_contest(RANDOM.normal(1, 0.4, 4000), 0.4 * z - 1.5, z)
    assert image.size == (720, 560) and image.mode == "RGB"
    for chosen, mean in ((black, 1), (green, -1.5)):
        rows, columns = in_curves(image, chosen)
        highest = columns[rows <= rows.min() + 2].mean()
        assert highest == pytest.approx(across(mean), abs=12)
    # Equal spreads are equal heights, and the legend alone is not enough for this test.
    assert in_curves(image, black)[0].min() == pytest.approx(in_curves(image, green)[0].min(), abs=12)
    assert not len(in_curves(image, blue)[0])


@pytest.mark.parametrize("value", [0.0, 0.25, 0.5, 1.0])
def test_probability_stands_at_its_height(value) -> None:
    samples = RANDOM.normal(5.5, 0.01, 100)  # out of view
    rows, _ = in_curves(curve_contest(samples, samples, samples, lambda x: np.full(len(x), value)), blue)
    height = CURVES[3] - value * (CURVES[3] - CERTAIN)
    if value == 0:
        assert not len(rows)  # on the base line, which is not looked at here
    else:
        assert rows.mean() + 0.5 == pytest.approx(height, abs=1)


def test_arrows_lead_from_latents_to_samples() -> None:
    z = RANDOM.uniform(-1, 1, 5000)
    left, right = curve_contest(z, -2 + 0 * z, z), curve_contest(z, 2 + 0 * z, z)
    tips = slice(412, 416)  # just below the line of x
    for image, x in ((left, -2), (right, 2)):
        columns = np.nonzero((pixels(image)[tips, 40:655] < 150).all(axis=(0, 2)))[0] + 40
        assert columns.mean() == pytest.approx(across(x), abs=12)


@pytest.mark.parametrize("probability", [None, lambda x: np.full(len(x), np.nan)])
def test_curves_of_anything(probability) -> None:
    nothing, strange = np.zeros(0), np.array([np.nan, np.inf, -np.inf, 1e30, 0.0, 7.0])
    for real, fake in ((nothing, nothing), (strange, strange), (np.zeros(1), nothing), (nothing, np.ones(3))):
        assert curve_contest(real, fake, fake[::-1], probability).size == (720, 560)


@pytest.mark.parametrize("z", [[1e6] * 9, [1e300] * 9, [-3e-9] * 9, [1e6, 1e6 + 1], [-1e300, 1e300], [0, 1e-300]])
def test_latents_of_any_range(z) -> None:
    latents = np.array(z)
    assert curve_contest(0 * latents, 0 * latents, latents).size == (720, 560)


def right_half(points: np.ndarray) -> np.ndarray:
    return (points[:, 0] > 0).astype(float)


def test_plane() -> None:
    image = plane_contest(np.tile([[2.0, 2.0]], (50, 1)), np.tile([[-2.0, 1.0]], (50, 1)), right_half)
    assert 480 <= image.width <= 560 and 480 <= image.height <= 560
    left, top, right, bottom = PLANE
    plane = pixels(image)[top + 3 : bottom - 3, left + 3 : right - 3]
    for chosen, x, y in ((black, 2, 2), (green, -2, 1)):
        rows, columns = np.nonzero(chosen(plane))
        assert columns.mean() + 3.5 == pytest.approx((x + 3) / 6 * 500, abs=1)  # to the right is right
        assert rows.mean() + 3.5 == pytest.approx((3 - y) / 6 * 500, abs=1)  # upwards is up
    red, _, blueness = plane[400, 450]
    assert blueness > red + 30  # "looks real" is blue
    red, _, blueness = plane[400, 50]
    assert red > blueness + 30  # "looks fake" is warm


def test_plane_is_white_where_the_discriminator_cannot_tell() -> None:
    nothing = np.zeros((0, 2))
    assert (pixels(plane_contest(nothing, nothing, lambda x: np.full(len(x), 0.5)))[20:500, 20:500] == 255).all()
    assert (pixels(plane_contest(nothing, nothing))[20:500, 20:500] == 255).all()


def test_plane_of_anything() -> None:
    strange = np.array([[np.nan, 0], [np.inf, 1], [1e30, 0], [3, 3], [-3, -3]])
    drawn = pixels(plane_contest(strange, strange, lambda x: np.full(len(x), np.nan)))
    assert (drawn[250, 250] == 225).all(), "grey where D is not finite"
