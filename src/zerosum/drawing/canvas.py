"""Paper for lines, dots and text: drawn larger than it is shown, so that edges are smooth."""

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

SCALE = 3  # everything but text is drawn this many times larger, then reduced
DASHES = str.maketrans("\u2012\u2013\u2014\u2212\u2018\u2019\u201c\u201d", "----''\"\"")
Box = tuple[float, float, float, float]

BLACK = "#222222"
GREY = "#6f7378"
PALE = "#e6e8eb"
BLUE = "#0072b2"
GREEN = "#009e73"
VERMILLION = "#d55e00"
# Okabe and Ito 2008, "Color universal design"; without their yellow, which white paper swallows.
CYCLE = (BLUE, VERMILLION, GREEN, "#cc79a7", "#e69f00", "#56b4e9", BLACK)


class Canvas:
    """White paper of a size in pixels; x grows to the right and y downwards.

    A pixel's middle is at a half: a line one pixel wide is sharp at x = 7.5 and spread over two pixels at x = 7.
    """

    def __init__(self, width: int, height: int):
        self.size = (width, height)
        self._paper = Image.new("RGB", (width * SCALE, height * SCALE), "white")
        self._texts: list[tuple[tuple[float, float], str, float, str, str, int]] = []

    def fill(self, box: Box, colour: str, opacity: float = 1) -> None:
        """Colour the box left, top, right, bottom."""
        left, top, right, bottom = (round(place * SCALE) for place in box)
        if left < right and top < bottom:
            self._paper.paste(ImageColor.getrgb(colour), (left, top), _evenly(opacity, right - left, bottom - top))

    def picture(self, box: Box, image: Image.Image) -> None:
        """Stretch a picture smoothly over the box left, top, right, bottom."""
        left, top, right, bottom = (round(place * SCALE) for place in box)
        self._paper.paste(image.resize((right - left, bottom - top), Image.Resampling.BICUBIC), (left, top))

    def frame(self, box: Box, colour: str = PALE) -> None:
        """A thin line around the box, just inside of it."""
        left, top, right, bottom = box
        for side in ((left, top, right, top + 1), (left, bottom - 1, right, bottom)):
            self.fill(side, colour)
        for side in ((left, top, left + 1, bottom), (right - 1, top, right, bottom)):
            self.fill(side, colour)

    def line(
        self,
        x: np.ndarray | Sequence[float],
        y: np.ndarray | Sequence[float],
        colour: str,
        width: float = 1.5,
        dash: tuple[float, float] | None = None,
        clip: Box | None = None,
    ) -> None:
        """A line through points; values that are not finite break it, and a point between two breaks is a dot.

        Args:
            x: Shape (n,), pixels.
            y: Shape (n,), pixels.
            colour: Any colour that Pillow knows.
            width: Pixels.
            dash: Pixels drawn and pixels left out, in turns; a line of round dots where the first is 0.
            clip: Nothing is drawn outside of this box.
        """
        thick = max(1, round(width * SCALE))
        # Pillow counts whole numbers from the middle of the first pixel. Far outside, its integers overflow.
        points = np.stack((np.asarray(x, np.float64), np.asarray(y, np.float64)), axis=1) * SCALE - 0.5
        runs = _runs(np.where(np.isfinite(points), np.clip(points, -1e5, 1e5), np.nan))
        box = [round(place * SCALE) for place in clip or (0, 0, *self.size)]
        left, top, right, bottom = _common(box, runs, 2 * thick)
        if left >= right or top >= bottom:
            return
        # On a mask of its own, which ends where the line may not go.
        mask = Image.new("L", (right - left, bottom - top))
        draw = ImageDraw.Draw(mask)
        for run in runs:
            places = run - (left, top)
            if len(places) == 1 or (dash and dash[0] == 0):
                gap = (dash[0] + dash[1]) * SCALE if dash else 1
                for dot in _along(places, np.arange(0, _length(places) + 1e-6, gap)):
                    _disc(draw, dot, thick / 2)
            else:
                for piece in _pieces(places, dash) if dash else (places,):
                    draw.line(piece.ravel().tolist(), fill=255, width=thick, joint="curve")
        self._paper.paste(ImageColor.getrgb(colour), (left, top), mask)

    def arrow(self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 1) -> None:
        """A straight line with a small filled head at its end."""
        tail, tip = np.array(start, np.float64), np.array(end, np.float64)
        along = (tip - tail) / max(1e-9, float(np.linalg.norm(tip - tail)))
        across = np.array([-along[1], along[0]])
        neck = tip - 7 * along
        self.line((tail[0], neck[0]), (tail[1], neck[1]), colour, width)
        head = np.stack((tip, neck + 2.6 * across, neck - 2.6 * across)) * SCALE - 0.5
        ImageDraw.Draw(self._paper).polygon(head.ravel().tolist(), fill=colour)

    def dots(self, points: np.ndarray, colours: Sequence[str], radius: float, opacity: float) -> None:
        """Translucent dots, the last one on top.

        Args:
            points: Shape (n, 2), pixels.
            colours: One per point.
            radius: Pixels.
            opacity: Of one dot, 0 to 1.
        """
        draw = ImageDraw.Draw(self._paper, "RGBA")
        inks = {colour: (*ImageColor.getrgb(colour)[:3], round(255 * opacity)) for colour in set(colours)}
        for place, colour in zip(points * SCALE - 0.5, colours, strict=True):
            _disc(draw, place, radius * SCALE, inks[colour])

    def text(
        self,
        place: tuple[float, float],
        text: str,
        size: float = 12,
        colour: str = BLACK,
        anchor: str = "ls",
        halo: int = 0,
    ) -> None:
        """Text above everything that is drawn.

        Args:
            place: Pixels.
            text: One line. The font has the letters of ASCII: others lose their accents, or become question marks.
            size: Of the font, pixels.
            colour: Any colour that Pillow knows.
            anchor: Which point of the text is at the place; Pillow's names, "ls" is left on the baseline.
            halo: Pixels of white around the letters, for text that stands on lines.
        """
        # Letters are drawn last and at their own size: the font's hinting makes small ones sharper than reducing does.
        self._texts.append((place, _plain(text), size, colour, anchor, halo))

    def image(self) -> Image.Image:
        """The finished picture, RGB."""
        image = self._paper.resize(self.size, Image.Resampling.LANCZOS)
        draw = ImageDraw.Draw(image)
        for place, text, size, colour, anchor, halo in self._texts:
            draw.text(place, text, colour, _font(size), anchor, stroke_width=halo, stroke_fill="white")
        return image


def text_width(text: str, size: float) -> float:
    """How many pixels wide a line of text is."""
    return _font(size).getlength(_plain(text))


def shortened(text: str, size: float, width: float) -> str:
    """The text, or as many of its first letters as fit into a width in pixels and three dots."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "...", size) > width:
        text = text[:-1]
    return text.rstrip() + "..."


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", " ".join(text.splitlines()).translate(DASHES))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return bare.encode("ascii", "replace").decode()


@cache
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _evenly(opacity: float, width: int, height: int) -> Image.Image:
    return Image.new("L", (width, height), round(255 * opacity))


def _disc(draw: ImageDraw.ImageDraw, place: np.ndarray, radius: float, fill: int | tuple[int, ...] = 255) -> None:
    x, y = place.tolist()
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _runs(points: np.ndarray) -> list[np.ndarray]:
    """The longest stretches of finite points; shape of `points`: (n, 2)."""
    finite = np.isfinite(points).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], finite, [False])).astype(np.int8)))
    return [points[start:end] for start, end in edges.reshape(-1, 2)]


def _common(box: Sequence[int], runs: Sequence[np.ndarray], room: int) -> tuple[int, int, int, int]:
    """The part of a box that points with some room around them fill; an empty one where there are none."""
    if not runs:
        return 0, 0, 0, 0
    points = np.concatenate(runs)
    (left, top), (right, bottom) = (points.min(axis=0) - room).astype(int), (points.max(axis=0) + room).astype(int)
    return max(box[0], int(left)), max(box[1], int(top)), min(box[2], int(right)), min(box[3], int(bottom))


def _distances(points: np.ndarray) -> np.ndarray:
    """How far along the line each point is; shape (n,)."""
    return np.concatenate(([0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()))


def _length(points: np.ndarray) -> float:
    return float(_distances(points)[-1])


def _along(points: np.ndarray, distances: np.ndarray) -> np.ndarray:
    """The places at distances along a line; shape (k, 2)."""
    reached = _distances(points)
    return np.stack([np.interp(distances, reached, points[:, axis]) for axis in (0, 1)], axis=1)


def _pieces(points: np.ndarray, dash: tuple[float, float]) -> list[np.ndarray]:
    """The drawn parts of a dashed line."""
    drawn, left_out = (part * SCALE for part in dash)
    reached = _distances(points)
    pieces = []
    for start in np.arange(0, reached[-1], drawn + left_out):
        end = min(start + drawn, reached[-1])
        between = points[(reached > start) & (reached < end)]
        ends = _along(points, np.array([start, end]))
        pieces.append(np.concatenate((ends[:1], between, ends[1:])))
    return pieces
