"""The contest in one or two dimensions: where the data are, where the generator's samples are, and what D says."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from zerosum.drawing.canvas import BLACK, BLUE, GREEN, GREY, PALE, Canvas, text_width
from zerosum.drawing.density import density
from zerosum.drawing.series import short, ticks

REACH = 3.0  # the frame is -REACH to REACH
Probability = Callable[[np.ndarray], np.ndarray]

CURVES = (36, 44, 660, 372)  # where the curves are: left, top, right, bottom
CERTAIN = 70  # the height of D = 1
X_LINE, Z_LINE = 408, 512
ARROWS = 19
PEAK = 0.62  # the data's highest density stands at this share of the curves' height, however p_g moves

PLANE = (10, 10, 510, 510)
CELLS = 125  # the heat map asks D at this many places per side
OPACITY = 0.7  # of one dot, when there are at most CROWD of them
CROWD = 2000
FAKE, EVEN, REAL = (249, 208, 176), (255, 255, 255), (172, 209, 242)
UNKNOWN = (225, 225, 225)  # where D is not finite


def curve_contest(
    real: np.ndarray, fake: np.ndarray, latents: np.ndarray | None, probability: Probability | None = None
) -> Image.Image:
    """Figure 1 of Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661, drawn from samples.

    The heights of the curves are set by the data alone, so that pictures of one run can be compared.

    Args:
        real: Shape (n,), samples of the data in a frame of -3 to 3.
        fake: Shape (m,), samples of the generator in the same frame.
        latents: Shape (m,), the latent that each fake was made from; None, where it is not one number, leaves out the
            lines from latents to samples.
        probability: D: places of shape (k,) to probabilities of being real, shape (k,). None leaves the curve out.
    """
    canvas = Canvas(720, 560)
    left, top, right, bottom = CURVES
    for number in range(-int(REACH), int(REACH) + 1):
        place = float(_across(number))
        canvas.line((place, place), (top, X_LINE), PALE, 1)
        canvas.text((place, X_LINE - 10), f"{number}", 12, GREY, "ms", halo=2)
    x = np.linspace(-REACH, REACH, 2 * (right - left) + 1)
    # Samples are counted beyond the frame, so that a density does not pile up at its edges.
    data, model = (density(samples, x, -2 * REACH, 2 * REACH) for samples in (real, fake))
    tallest = data.max() or model.max() or 1.0
    heights = PEAK * (bottom - top) / tallest
    if probability is not None:
        _probability_scale(canvas)
        answers = np.asarray(probability(x), np.float64)
        canvas.line(_across(x), bottom - answers * (bottom - CERTAIN), BLUE, 2, dash=(8, 5), clip=CURVES)
    clip = (left, top, right, bottom + 2)
    canvas.line(_across(x), bottom - model * heights, GREEN, 2.4, clip=clip)
    canvas.line(_across(x), bottom - data * heights, BLACK, 2.4, dash=(0, 5), clip=clip)
    canvas.line((left, right), (bottom + 0.5, bottom + 0.5), GREY, 1)
    if latents is not None:
        _mapping(canvas, fake, latents)
    _curve_legend(canvas, probability is not None)
    return canvas.image()


def plane_contest(real: np.ndarray, fake: np.ndarray, probability: Probability | None = None) -> Image.Image:
    """Real samples and fakes as dots, over a map of what D takes for real (blue) and for fake (orange).

    Args:
        real: Shape (n, 2), samples of the data in a frame of -3 to 3 on both axes. Those outside are not shown.
        fake: Shape (m, 2), samples of the generator in the same frame.
        probability: D: places of shape (k, 2) to probabilities of being real, shape (k,). None leaves the paper white.
    """
    canvas = Canvas(520, 560)
    left, top, right, bottom = PLANE
    if probability is not None:
        canvas.picture(PLANE, _heat_map(probability))
    groups = [_inside(points) for points in (real, fake)]
    places = np.concatenate(groups)
    colours = np.repeat([BLACK, GREEN], [len(group) for group in groups])
    # In turns, evenly, so that neither kind covers the other.
    order = np.argsort(np.concatenate([(np.arange(len(group)) + 0.5) / max(1, len(group)) for group in groups]))
    opacity = OPACITY * min(1, (CROWD / max(1, len(places))) ** 0.5)
    across = left + (places[:, 0] + REACH) / (2 * REACH) * (right - left)
    down = bottom - (places[:, 1] + REACH) / (2 * REACH) * (bottom - top)
    canvas.dots(np.stack((across, down), axis=1)[order], colours[order].tolist(), 1.7, opacity)
    canvas.frame(PLANE, "#b9bdc2")
    _plane_legend(canvas, probability is not None)
    return canvas.image()


def _across(x: float | np.ndarray) -> np.ndarray:
    """Pixels from the left of places in the frame."""
    left, _, right, _ = CURVES
    return left + (np.asarray(x) + REACH) / (2 * REACH) * (right - left)


def _probability_scale(canvas: Canvas) -> None:
    """The scale of D to the right of the curves, and a thin line where D cannot tell."""
    left, _, right, bottom = CURVES
    middle = (CERTAIN + bottom) / 2
    canvas.line((left, right), (middle, middle), "#9cc7e0", 1, dash=(2, 4))
    canvas.line((right + 0.5, right + 0.5), (CERTAIN, bottom), BLUE, 1)
    for height, name in ((CERTAIN, "1"), (middle, "1/2"), (bottom, "0")):
        canvas.line((right, right + 5), (height + 0.5, height + 0.5), BLUE, 1)
        canvas.text((right + 10, height), name, 12, BLUE, "lm")
    canvas.text((right + 10, CERTAIN - 20), "D(x)", 13, BLUE, "lm")


def _mapping(canvas: Canvas, fake: np.ndarray, latents: np.ndarray) -> None:
    """The line of latents, the line of samples, and arrows from some latents to the samples made from them."""
    left, _, right, _ = CURVES
    for height, name in ((X_LINE, "x"), (Z_LINE, "z")):
        canvas.line((left, right), (height + 0.5, height + 0.5), BLACK, 1.5)
        canvas.text((left - 14, height), name, 15, BLACK, "mm")
    known = np.isfinite(latents) & np.isfinite(fake)
    if not known.any():
        return
    z, made = np.clip(latents[known], -1e30, 1e30), fake[known]  # so that no difference overflows
    order = np.argsort(z, kind="stable")
    low, high = _latent_range(z)
    middle, reach = (low + high) / 2, (high - low) / 2
    for tick in ticks(low, high, 7):
        place = (left + right) / 2 + (tick - middle) / reach * (right - left) / 2
        canvas.line((place, place), (Z_LINE, Z_LINE + 5), BLACK, 1)
        canvas.text((place, Z_LINE + 20), short(tick), 12, GREY, "ms")
    chosen = order[((np.arange(ARROWS) + 0.5) / ARROWS * len(order)).astype(int)]
    for start, goal in zip(z[chosen], made[chosen], strict=True):
        tail = np.array([(left + right) / 2 + (start - middle) / reach * (right - left) / 2, Z_LINE - 2])
        tip = np.array([float(_across(np.clip(goal, -100, 100))), X_LINE + 3])
        if abs(goal) <= REACH:
            canvas.arrow((tail[0], tail[1]), (tip[0], tip[1]), GREY, 1)
        else:  # a sample outside of the frame: the line leaves it, without a head
            edge = right if goal > 0 else left
            share = np.clip((edge - tail[0]) / (tip[0] - tail[0]), 0, 1)
            end = tail + share * (tip - tail)
            canvas.line((tail[0], end[0]), (tail[1], end[1]), GREY, 1)


def _latent_range(z: np.ndarray) -> tuple[float, float]:
    """Round numbers around nearly all latents, so that pictures with other draws of one prior have the same line."""
    low, high = np.quantile(z, (0.003, 0.997)).tolist()
    high = max(high, low + 1e-6 * max(1, abs(low)))
    step = 10.0 ** np.floor(np.log10(high - low)) / 2
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)


def _curve_legend(canvas: Canvas, with_probability: bool) -> None:
    place, height = float(CURVES[0]), 20
    for name, colour, dash in (
        ("data  p_data", BLACK, (0, 5)),
        ("generator  p_g", GREEN, None),
        ("discriminator  D(x)", BLUE, (8, 5)),
        ("x = G(z)", GREY, None),
    ):
        if name.startswith("disc") and not with_probability:
            continue
        if colour == GREY:
            canvas.arrow((place, height), (place + 28, height), GREY)
        else:
            canvas.line((place, place + 28), (height, height), colour, 2.4 if dash != (8, 5) else 2, dash)
        base, _, index = name.partition("_")
        canvas.text((place + 36, height + 5), base, 14)
        canvas.text((place + 36 + text_width(base, 14), height + 8), index, 11)
        place += 36 + text_width(base, 14) + text_width(index, 11) + 28


def _heat_map(probability: Probability) -> Image.Image:
    """What D says in the frame, from fake over white to real; upwards is up."""
    middles = ((np.arange(CELLS) + 0.5) / CELLS * 2 - 1) * REACH
    grid = np.stack(np.meshgrid(middles, -middles), axis=-1).reshape(-1, 2)
    answers = np.asarray(probability(grid), np.float64).reshape(CELLS, CELLS)
    return Image.fromarray(_shades(answers))


def _shades(answers: np.ndarray) -> np.ndarray:
    """Colours of probabilities, uint8: shape (...) to (..., 3)."""
    known = np.isfinite(answers)
    shown = np.where(known, answers, 0.5)
    colours = np.stack(
        [np.interp(shown, (0, 0.5, 1), levels) for levels in zip(FAKE, EVEN, REAL, strict=True)], axis=-1
    )
    return np.where(known[..., None], colours, UNKNOWN).round().astype(np.uint8)


def _inside(points: np.ndarray) -> np.ndarray:
    """The points of the frame; NaN compares as outside."""
    return points[(np.abs(points) <= REACH).all(axis=1)]


def _plane_legend(canvas: Canvas, with_map: bool) -> None:
    height = 535.0
    place = float(PLANE[0]) + 8
    for name, colour in (("data", BLACK), ("generator", GREEN)):
        canvas.dots(np.array([[place, height]]), [colour], 4, 1)
        canvas.text((place + 10, height + 1), name, 13, BLACK, "lm")
        place += 10 + text_width(name, 13) + 24
    if with_map:
        right = PLANE[2] - 8
        start = right - text_width("real", 13) - 8 - 120
        bar = Image.fromarray(_shades(np.linspace(0, 1, 120))[None])
        box = (start, height - 6, start + 120, height + 6)
        canvas.picture(box, bar)
        canvas.frame(box, "#b9bdc2")
        canvas.text((start - 8, height + 1), "D: looks fake", 13, BLACK, "rm")
        canvas.text((start + 128, height + 1), "real", 13, BLACK, "lm")
