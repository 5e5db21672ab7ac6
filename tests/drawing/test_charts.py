"""Charts show lines, spikes, bands and marks at their places, whatever the numbers are."""

import numpy as np
import pytest
from PIL import Image, ImageColor

from zerosum.drawing.charts import BOTTOM, HEIGHT, LEFT, RIGHT, WIDTH, Band, Chart, Line, Mark, draw_charts

RED, BLUE = "#ff0000", "#0000ff"
X = np.arange(200_000) * 5.0


def places(image: Image.Image, colour: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of the pixels that are nearly of a colour."""
    difference = np.asarray(image).astype(int) - ImageColor.getrgb(colour)
    return np.nonzero(np.abs(difference).max(axis=-1) < 115)  # no grey is so near to a pure colour


def across(share: float) -> float:
    return LEFT + share * (WIDTH - RIGHT - LEFT)


def test_one_spike_of_many_samples() -> None:
    y = np.zeros(len(X))
    y[150_000] = 1
    rows, columns = places(draw_charts([Chart("loss", [Line("loss", X, y, RED)], y_range=(0, 1))]), RED)
    assert columns[rows < rows.min() + 20].mean() == pytest.approx(across(0.75), abs=1)
    assert rows.max() == pytest.approx(HEIGHT - BOTTOM, abs=2)


def test_shared_range() -> None:
    first = Chart("first", [Line("a", [0, 100], [0, 1], RED)])
    second = Chart("second", [Line("b", [0, 400], [0, 1], BLUE)])
    image = draw_charts([first, second, first])
    assert image.size == (2 * WIDTH, 2 * HEIGHT)
    rows, columns = places(image, RED)
    assert columns.max() == pytest.approx(across(0.25), abs=3)
    assert (rows > HEIGHT).any()
    assert places(image, BLUE)[1].max() == pytest.approx(WIDTH + across(1), abs=3)
    assert draw_charts([first], columns=3).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_break_the_line(number) -> None:
    y = np.ones(len(X))
    y[80_000:120_000] = number
    _, columns = places(draw_charts([Chart("loss", [Line("loss", X, y, RED)])]), RED)
    assert ((columns < across(0.41)) | (columns > across(0.59))).all()
    assert columns.min() < across(0.05) and columns.max() > across(0.95)


def test_bands_and_marks() -> None:
    chart = Chart("accuracy", [Line("", X, X * 0 + 0.9)], [Band(0, 0.25, "", BLUE)], [Mark(250_000, "", RED)], (0, 1))
    image = draw_charts([chart])
    rows, columns = places(image, RED)
    assert columns.mean() == pytest.approx(across(0.25), abs=1)
    column = np.asarray(image).astype(int)[:, round(across(0.9))]
    tinted = np.nonzero(column[:, 2] - column[:, 0] > 20)[0]
    top, bottom = rows.min(), HEIGHT - BOTTOM
    tinted = tinted[tinted > (top + bottom) / 2]  # the line itself is blue as well
    assert len(tinted) == pytest.approx((bottom - top) / 4, abs=4)


def test_zero_lies_on_the_lower_edge_of_a_logarithmic_axis() -> None:
    y = np.where(np.arange(1000) < 500, 1.0, 0.0)
    y[900:] = -1
    chart = Chart("norm", [Line("norm", np.arange(1000), y, RED)], y_range=(0.01, 100), logarithmic=True)
    rows, columns = places(draw_charts([chart]), RED)
    assert rows[columns > across(0.6)].mean() == pytest.approx(HEIGHT - BOTTOM, abs=1.5)
    top = HEIGHT - BOTTOM - 2 * (HEIGHT - BOTTOM - rows.min())
    assert 20 < top < 60  # 1 is half-way up between 0.01 and 100
    assert columns.max() <= across(0.92)


@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize(
    "y", [[], [np.nan] * 3, [3.0], [2.0] * 9, [0.0] * 9, [-1.0, -2.0], [1e308, -1e308, 5e-324], [np.nan, 1, np.nan, 2]]
)
def test_anything_can_be_drawn(y, logarithmic) -> None:
    bands = [Band(-np.inf, 0, "below"), Band(1e9, np.inf, "above"), Band(0.2, 0.2, "nothing")]
    marks = [Mark(0, "a"), Mark(0, "b"), Mark(np.nan, "never"), Mark(len(y), "a label " * 20)]
    lines = [Line("first", range(len(y)), y), Line("second", [], [])]
    for chart in (
        Chart("plain", lines, logarithmic=logarithmic),
        Chart("Fréchet –\n“x” 距離", lines * 9, bands, marks, None, logarithmic, "a long sentence " * 20),
        Chart("no room", lines, y_range=(0, 0), logarithmic=logarithmic),
    ):
        assert draw_charts([chart]).size == (WIDTH, HEIGHT)


def test_one_point_is_a_dot() -> None:
    rows, columns = places(draw_charts([Chart("", [Line("", [1], [3], RED)])]), RED)
    assert 6 <= len(rows) <= 40 and columns.mean() == pytest.approx(across(1), abs=1.5)


def test_nothing_to_draw() -> None:
    assert draw_charts([]).width == WIDTH
    image = np.asarray(draw_charts([Chart("losses", [])]).convert("L"))
    middle = image[100:160, WIDTH // 2 - 60 : WIDTH // 2 + 60]
    assert (middle < 160).sum() > 50  # words, which a grid of pale lines is not
