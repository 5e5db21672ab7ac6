"""Small line charts over the samples seen, side by side, for a report on a run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageColor

from zerosum.drawing.canvas import BLACK, CYCLE, GREY, PALE, VERMILLION, Box, Canvas, shortened, text_width
from zerosum.drawing.series import HUGE, powers, short, thinned, ticks

WIDTH, HEIGHT = 560, 260  # of one chart, pixels
LEFT, RIGHT, BOTTOM = 58, 18, 44  # margins around the lines
TITLE, SMALL = 14, 12  # font sizes; below 12 the font's hinting leaves hardly any space between words
ROW = 17  # height of a row of text above the lines
CALM = "#8f959b"


@dataclass(frozen=True)
class Line:
    """One series.

    Attributes:
        name: For the legend, which charts of several lines have.
        x: Shape (n,), samples seen or what else is named below; drawn in increasing order.
        y: Shape (n,). Values that are not finite break the line.
        colour: Any colour that Pillow knows; None takes the next of the cycle.
    """

    name: str
    x: np.ndarray | Sequence[float]
    y: np.ndarray | Sequence[float]
    colour: str | None = None


@dataclass(frozen=True)
class Band:
    """Heights that mean something: a region of alarm, or what chance alone would give.

    Attributes:
        low: Where it begins; -inf for everything below `high`.
        high: Where it ends; inf for everything above `low`.
        label: A few words, written into the band.
        colour: Any colour that Pillow knows; None is grey.
    """

    low: float
    high: float
    label: str
    colour: str | None = None


@dataclass(frozen=True)
class Mark:
    """A vertical line: a finding, or the best snapshot.

    Attributes:
        x: Samples seen.
        label: A few words, written beside the line's upper end.
        colour: Any colour that Pillow knows; None is the colour of a warning.
    """

    x: float
    label: str
    colour: str | None = None


@dataclass(frozen=True)
class Chart:
    """One picture of a report.

    Attributes:
        title: What is drawn.
        lines: The series; charts without any finite value say so.
        bands: Behind the lines. Their finite ends are always in view.
        marks: In front of the lines.
        y_range: The lowest and the highest value in view; None fits all lines and bands.
        logarithmic: Whether equal factors are equal heights. Zero then lies on the lower edge, and negative values
            break the line.
        caption: One sentence below the title.
    """

    title: str
    lines: Sequence[Line]
    bands: Sequence[Band] = ()
    marks: Sequence[Mark] = ()
    y_range: tuple[float, float] | None = None
    logarithmic: bool = False
    caption: str = ""


def draw_charts(charts: Sequence[Chart], columns: int = 2, across: str = "samples seen") -> Image.Image:
    """Charts in rows, left to right, which share the range of x.

    Args:
        charts: What to draw; a report without charts is one line that says so.
        columns: How many charts are side by side, at least 1.
        across: What x is.
    """
    columns = max(1, min(columns, len(charts)))
    rows = max(1, -(-len(charts) // columns))
    sheet = Image.new("RGB", (columns * WIDTH, rows * HEIGHT if charts else 60), "white")
    x_range = _x_range(charts)
    for index, chart in enumerate(charts):
        place = (index % columns * WIDTH, index // columns * HEIGHT)
        sheet.paste(_draw(chart, x_range, across if index + columns >= len(charts) else ""), place)
    if not charts:
        canvas = Canvas(WIDTH, 60)
        canvas.text((WIDTH / 2, 30), "no data yet", SMALL, GREY, "mm")
        sheet.paste(canvas.image())
    return sheet


@dataclass(frozen=True)
class _Scale:
    """From numbers to pixels.

    Attributes:
        box: Where lines are drawn: left, top, right, bottom.
        x: The lowest and the highest x in view.
        y: The lowest and the highest y in view.
        logarithmic: Whether y is.
    """

    box: Box
    x: tuple[float, float]
    y: tuple[float, float]
    logarithmic: bool

    def across(self, x: np.ndarray | float) -> np.ndarray:
        """Pixels from the left."""
        left, _, right, _ = self.box
        return left + (np.clip(x, -HUGE, HUGE) - self.x[0]) / (self.x[1] - self.x[0]) * (right - left)

    def down(self, y: np.ndarray | float) -> np.ndarray:
        """Pixels from the top; NaN for what a logarithmic axis cannot show."""
        _, top, _, bottom = self.box
        low, high = self.y
        values = np.clip(np.asarray(y, np.float64), -HUGE, HUGE)
        if self.logarithmic:
            values = np.log10(np.where(values < 0, np.nan, np.maximum(values, low)))
            low, high = np.log10(low), np.log10(high)
        return bottom - (values - low) / (high - low) * (bottom - top)

    def ticks(self) -> list[float]:
        """Round numbers of y."""
        return powers(*self.y, 5) if self.logarithmic else ticks(*self.y, 5)


def _draw(chart: Chart, x_range: tuple[float, float], across: str) -> Image.Image:
    canvas = Canvas(WIDTH, HEIGHT)
    top = _heading(canvas, chart)
    box = (LEFT, top, WIDTH - RIGHT, HEIGHT - BOTTOM)
    values = [_values(line)[1] for line in chart.lines]
    y_range = chart.y_range or _y_range(values, chart.bands, chart.logarithmic)
    scale = _Scale(box, x_range, _widened(*y_range, chart.logarithmic), chart.logarithmic)
    empty = not any(np.isfinite(y).any() for y in values)
    if not empty:
        _bands(canvas, chart.bands, scale)
    _axes(canvas, scale, empty, across)
    for line, colour in zip(chart.lines, _colours(chart.lines), strict=True):
        _line(canvas, line, colour, scale)
    _marks(canvas, chart.marks, scale)
    if empty:
        canvas.text(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), "no data yet", SMALL, GREY, "mm", halo=2)
    return canvas.image()


def _heading(canvas: Canvas, chart: Chart) -> float:
    """Title, caption and, where there are several lines, their names; returns where the lines may begin."""
    right = WIDTH - RIGHT
    title = shortened(chart.title, TITLE, right - LEFT)
    caption = shortened(chart.caption, SMALL, right - LEFT)
    canvas.text((LEFT, 22), title, TITLE, BLACK)
    if caption:
        canvas.text((LEFT, 22 + ROW), caption, SMALL, GREY)
    below = 22 + ROW * bool(caption)
    if len(chart.lines) > 1:
        wide = sum(34 + text_width(line.name, SMALL) for line in chart.lines) - 12
        free = right - wide - 16  # where what stands on the row of the names has to end
        if LEFT + text_width(title, TITLE) <= free:
            start, height = right - wide, 22
        elif caption and LEFT + text_width(caption, SMALL) <= free:
            start, height = right - wide, below
        else:
            start, height = LEFT, below + ROW
        for line, colour in zip(chart.lines, _colours(chart.lines), strict=True):
            canvas.line((start, start + 16), (height - 4.5, height - 4.5), colour, 2.4)
            canvas.text((start + 21, height), line.name, SMALL, BLACK)
            start += 34 + text_width(line.name, SMALL)
        below = max(below, height)
    return below + 11


def _axes(canvas: Canvas, scale: _Scale, empty: bool, across: str) -> None:
    left, top, right, bottom = scale.box
    for tick in [] if empty else scale.ticks():
        height = round(float(scale.down(tick))) + 0.5
        canvas.line((left, right), (height, height), PALE, 1)
        canvas.text((left - 8, height), short(tick), SMALL, GREY, "rm")
    for tick in ticks(*scale.x, 7):
        place = round(float(scale.across(tick))) + 0.5
        canvas.line((place, place), (top, bottom), PALE, 1)
        canvas.line((place, place), (bottom, bottom + 4), CALM, 1)
        canvas.text((place, bottom + 16), short(tick), SMALL, GREY, "ms")
    canvas.line((left, right), (bottom + 0.5, bottom + 0.5), CALM, 1)
    canvas.text(((left + right) / 2, bottom + 32), across, SMALL, GREY, "ms")


def _bands(canvas: Canvas, bands: Sequence[Band], scale: _Scale) -> None:
    left, top, right, bottom = scale.box
    for band in bands:
        # On a logarithmic axis everything below zero is where zero is: on the lower edge.
        low, high = (max(end, 0) if scale.logarithmic else end for end in (band.low, band.high))
        lower, upper = (float(np.clip(scale.down(end), top, bottom)) for end in (low, high))
        colour = band.colour or GREY
        canvas.fill((left, upper, right, lower), colour, 0.13)
        if lower > upper:
            # Inside the band where it is tall enough, otherwise above it, or below one that ends at the top.
            tall = lower - upper >= 14
            height = upper + 12 if tall else (upper - 4 if upper - top > 14 else lower + 12)
            canvas.text((right - 6, height), band.label, SMALL, _darker(colour), "rs", halo=0 if tall else 2)


def _line(canvas: Canvas, line: Line, colour: str, scale: _Scale) -> None:
    x, y = _values(line)
    across, down = scale.across(x), np.where(np.isfinite(y), scale.down(y), np.nan)
    # Half pixels, because the paper is larger than what is shown.
    kept = thinned(np.floor(across * 2).astype(np.int64), down)
    left, top, right, bottom = scale.box
    canvas.line(across[kept], down[kept], colour, 1.4, clip=(left, top - 2, right + 3, bottom + 2))
    finite = np.isfinite(np.concatenate(([np.nan], down[kept], [np.nan])))
    alone = finite[1:-1] & ~finite[:-2] & ~finite[2:]  # a value between two breaks would be a speck
    places = np.stack((across, down), axis=1)[kept][alone]
    places = places[(places[:, 1] >= top - 2) & (places[:, 1] <= bottom + 2)]
    canvas.dots(places, [colour] * len(places), 2, 1)


def _marks(canvas: Canvas, marks: Sequence[Mark], scale: _Scale) -> None:
    left, top, right, bottom = scale.box
    taken: list[tuple[float, float, int]] = []
    for mark in sorted(marks, key=lambda mark: mark.x):
        if not np.isfinite(mark.x):
            continue
        colour = mark.colour or VERMILLION
        place = float(scale.across(mark.x))
        canvas.line((place, place), (top, bottom), colour, 1.2, dash=(4, 3))
        wide = text_width(mark.label, SMALL)
        start = place + 5 if place + 5 + wide <= right else place - 5 - wide
        # The first row of text in which no earlier label stands in the way.
        row = 0
        while any(row == other and start < end + 6 and begin - 6 < start + wide for begin, end, other in taken):
            row += 1
        taken.append((start, start + wide, row))
        canvas.text((start, top + 11 + 14 * row), mark.label, SMALL, _darker(colour), "ls", halo=2)


def _values(line: Line) -> tuple[np.ndarray, np.ndarray]:
    """The line's samples with a finite x, in the order of x."""
    x, y = np.asarray(line.x, np.float64), np.asarray(line.y, np.float64)
    known = np.isfinite(x)
    order = np.argsort(x[known], kind="stable")
    return x[known][order], y[known][order]


def _colours(lines: Sequence[Line]) -> list[str]:
    return [line.colour or CYCLE[index % len(CYCLE)] for index, line in enumerate(lines)]


def _darker(colour: str) -> str:
    """The colour for small letters: pale ones are hard to read."""
    red, green, blue = (round(0.75 * level) for level in ImageColor.getrgb(colour)[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"


def _x_range(charts: Sequence[Chart]) -> tuple[float, float]:
    """What all charts show: from 0, unless everything is far from it."""
    places = [_values(line)[0] for chart in charts for line in chart.lines]
    places += [np.array([mark.x for mark in chart.marks], np.float64) for chart in charts]
    known = np.concatenate([np.zeros(0), *places])
    known = np.clip(known[np.isfinite(known)], -HUGE, HUGE)
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    if 0 <= low <= high / 2 or low == high:
        low = min(0.0, low)
    return (low, high) if low < high else (low, low + max(1.0, abs(low)))


def _y_range(series: Sequence[np.ndarray], bands: Sequence[Band], logarithmic: bool) -> tuple[float, float]:
    """The lowest and the highest number that has to be in view, with a little room."""
    known = np.concatenate([np.zeros(0), *series, np.array([end for band in bands for end in (band.low, band.high)])])
    known = np.clip(known[np.isfinite(known) & ((known > 0) | (not logarithmic))], -HUGE, HUGE)
    if not len(known):
        return (1.0, 10.0) if logarithmic else (0.0, 1.0)
    low, high = float(known.min()), float(known.max())
    if logarithmic:
        low, high = max(low, 1 / HUGE), max(high, 1 / HUGE)
        room = (high / low) ** 0.06
        return low / room, high * room
    room = 0.06 * (high - low)
    return low - room, high + room


def _widened(low: float, high: float, logarithmic: bool) -> tuple[float, float]:
    """A range that can be divided by: of a constant series, some room on both sides."""
    if logarithmic:
        high = max(high, 1e-300)
        low = low if low > 0 else high / 1e6
        return (low, high) if high > low * (1 + 1e-9) else (low / 3, low * 3)
    middle = (low + high) / 2
    if high - low > 1e-9 * abs(middle):
        return low, high
    room = 0.1 * abs(middle) or 1.0
    return middle - room, middle + room
