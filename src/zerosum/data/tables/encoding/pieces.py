"""Numbers in pieces: values that come often by themselves, and in between ranges of about as many samples each.

A number is told by its piece, one of several as a category is, and by its place in the piece, from -1 to 1, along which
samples are spread evenly. So a generator that gets the shares of pieces right gets the distribution right, however
skewed, spiked or far-reaching it is, and a number of 10 million costs no more than one of 10.
"""

from dataclasses import dataclass

import numpy as np

OFTEN, MORE = 0.01, 3.0
"""A value is a piece by itself if it has this share of the samples, and so many times as many as the values around."""

AROUND = 4
"""Values on either side that it is compared with."""

FEW = 24
"""A column of so many different values at most has a piece for each."""

RANGES = 8
"""Ranges that hold about as many samples each, at most."""

KNOTS = 16
"""Parts of a range that hold about as many samples each."""

FAR = 4.0
"""A range is cut at a part that is wider than so many times all others together: at a far tail, or at a gap."""

ENOUGH = 50
"""Samples that are left on either side of a cut at least."""


@dataclass(frozen=True)
class Pieces:
    """The pieces of one column, from small to large.

    Attributes:
        starts: Smallest value of each, ascending, shape (k,).
        knots: Values at evenly spread places of each, shape (k, KNOTS + 1); all the same in a piece of one value.
    """

    starts: tuple[float, ...]
    knots: tuple[tuple[float, ...], ...]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def single(self) -> tuple[bool, ...]:
        """Whether a piece is one value, which has no places in it."""
        return tuple(knots[0] == knots[-1] for knots in self.knots)


def find_pieces(values: np.ndarray, step: float | None) -> Pieces:
    """The pieces of a column.

    Args:
        values: Known values, shape (n,), at least one.
        step: All values are a multiple of it apart; None where there is no such number. A value then stands for the
            range of half a step to both sides, so that its samples can be spread over it.
    """
    levels, counts = np.unique(values, return_counts=True)
    often = np.full(len(levels), True) if len(levels) <= FEW else _often(counts)
    pieces = [(float(level), np.full(KNOTS + 1, level)) for level in levels[often]]
    rest = counts[~often].sum()
    if rest:
        # Ranges end where a frequent value lies, and where they have their part of the samples.
        share = rest / min(RANGES, (~often).sum())
        filled = np.cumsum(np.where(often, 0, counts)) - np.where(often, 0, counts) / 2
        part = np.minimum((filled / share).astype(int), RANGES - 1) + (RANGES + 1) * np.cumsum(often)
        for number in np.unique(part[~often]):
            chosen = ~often & (part == number)
            pieces += _cut(levels[chosen], counts[chosen], step)
    pieces.sort(key=lambda piece: piece[0])
    return Pieces(tuple(start for start, _ in pieces), tuple(tuple(knots.tolist()) for _, knots in pieces))


def _cut(levels: np.ndarray, counts: np.ndarray, step: float | None) -> list[tuple[float, np.ndarray]]:
    """Starts and knots of a range, or of the ranges that it has to be cut into, so that samples are spread evenly."""
    knots = _knots(levels, counts, step)
    widths = np.diff(knots)
    widest = int(widths.argmax())
    if widths[widest] > FAR * (widths.sum() - widths[widest]):
        inside = np.flatnonzero((levels[:-1] >= knots[widest]) & (levels[1:] <= knots[widest + 1]))
        at_end = widest in (0, KNOTS - 1)
        if at_end or not len(inside):
            edge = knots[1] if widest == 0 else knots[widest]
            place = int(np.searchsorted(levels, edge, "right"))
        else:
            place = int(inside[np.diff(levels)[inside].argmax()]) + 1
        if min(counts[:place].sum(), counts[place:].sum()) >= ENOUGH:
            return _cut(levels[:place], counts[:place], step) + _cut(levels[place:], counts[place:], step)
    return [(float(levels[0]), knots)]


def _often(counts: np.ndarray) -> np.ndarray:
    """Which values stand out, by how often each comes, from small to large, (k,)."""
    padded = np.pad(counts, AROUND)
    known = np.pad(np.ones_like(counts), AROUND)
    window = np.lib.stride_tricks.sliding_window_view
    around = window(padded, 2 * AROUND + 1).sum(1) - counts
    usual = around / np.maximum(1, window(known, 2 * AROUND + 1).sum(1) - 1)
    return (counts >= OFTEN * counts.sum()) & (counts >= MORE * usual)


def _knots(levels: np.ndarray, counts: np.ndarray, step: float | None) -> np.ndarray:
    """Values between which equal shares of the samples lie, shape (KNOTS + 1,)."""
    shares = np.concatenate([[0.0], np.cumsum(counts) / counts.sum()])
    if step is None:
        if len(levels) == 1:
            return np.full(KNOTS + 1, levels[0])
        middles = np.cumsum(counts) - counts / 2
        places = (middles - middles[0]) / (middles[-1] - middles[0])
        return np.interp(np.linspace(0, 1, KNOTS + 1), places, levels)
    low, high = levels - step / 2, levels + step / 2
    # Every level is a plateau of width `step`; between plateaus the distribution does not grow.
    edges = np.stack([low, high], 1).ravel()
    grown = np.stack([shares[:-1], shares[1:]], 1).ravel()
    return np.interp(np.linspace(0, 1, KNOTS + 1), grown, edges)
