"""Smooth densities of samples on a line, for curves."""

import math

import numpy as np

CELLS = 1024  # samples are counted in so many intervals before they are smoothed
STAGES = 7
SMOOTHER = 1.4  # the best bandwidth for the squared error still leaves small waves, which an eye takes for modes
TINY = 1e-100  # in place of a norm of zero
NARROWEST = 0.0025  # bandwidth, as a share of the range: what a line of a few pixels can still show


def density(samples: np.ndarray, places: np.ndarray, low: float, high: float) -> np.ndarray:
    """Kernel density estimate with a Gaussian kernel, whose bandwidth fits several narrow modes as well as one.

    Args:
        samples: Shape (n,). Those that are not between `low` and `high` count for the whole, but are not seen.
        places: Shape (k,), where the density is wanted; between `low` and `high`.
        low: Where counting begins.
        high: Where counting ends.

    Returns:
        Shape (k,); zero everywhere when there are no finite samples.
    """
    finite = samples[np.isfinite(samples)]
    counts, edges = np.histogram(finite, CELLS, (low, high))
    if not counts.any():
        return np.zeros(len(places))
    width = SMOOTHER * bandwidth(counts) * CELLS  # in cells, as are the distances below
    reach = math.ceil(4 * width)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    smooth = np.convolve(counts, kernel / kernel.sum())[reach:-reach]
    return np.interp(places, (edges[1:] + edges[:-1]) / 2, smooth * CELLS / ((high - low) * len(finite)))


def bandwidth(counts: np.ndarray) -> float:
    """The improved Sheather-Jones bandwidth: Botev, Grotowski and Kroese 2010, https://arxiv.org/abs/1011.2602, 3.2.

    The usual rules of thumb assume one Gaussian, and smear two narrow modes into one hill.

    Args:
        counts: Shape (cells,), a histogram with at least one sample.

    Returns:
        The kernel's standard deviation as a share of the histogram's range.
    """
    cells, total = len(counts), int(counts.sum())
    places = (np.arange(cells) + 0.5) / cells
    numbers = np.arange(1, cells // 2)
    # Energies of the histogram's cosine series; by sums, because the cells are few and numpy has no cosine transform.
    energies = (np.cos(np.pi * numbers[:, None] * places) @ (counts / total)) ** 2
    squares = (numbers * np.pi) ** 2.0

    def roughness(order: int, time: float) -> float:
        """The squared norm of the density's derivative of this order, after smoothing for this time."""
        return 2 * float((squares**order * energies * np.exp(-squares * time)).sum())

    def next_time(time: float) -> float:
        """The paper's map gamma, whose fixed point is the best squared bandwidth."""
        size = roughness(STAGES, time)
        for order in range(STAGES - 1, 1, -1):
            # From the norm of one order follows the time at which the order below is best estimated.
            odd = math.prod(range(1, 2 * order, 2)) / math.sqrt(2 * math.pi)
            factor = (1 + 0.5 ** (order + 0.5)) / 3
            size = roughness(order, (2 * factor * odd / (total * max(size, TINY))) ** (2 / (3 + 2 * order)))
        return (2 * total * math.sqrt(math.pi) * max(size, TINY)) ** -0.4

    times = np.geomspace(NARROWEST**2, 0.01, 80)
    above = [next_time(time) <= time for time in times.tolist()]
    # Nearly no samples: nothing is a fixed point, and a wide kernel claims least.
    return math.sqrt(times[above.index(True)]) if any(above) else 0.1
