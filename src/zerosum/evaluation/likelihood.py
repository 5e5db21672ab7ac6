"""The metric that the 2014 paper reports: the likelihood of reals in a Parzen window on generated samples."""

import time

import numpy as np
from torch import Tensor

from zerosum.evaluation.comparison import Comparison, Metric
from zerosum.evaluation.measure import Found, Measure
from zerosum.evaluation.sides import tensor
from zerosum.metrics.likelihood import VALIDATED, parzen_likelihood

MOST_NUMBERS = 4096
"""Numbers of a sample up to which a Parzen window is asked: it means less and less, and takes longer and longer."""


def _likelihood(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    sides, given = comparison.sides, comparison.validation
    fake, test, other = (_unit(comparison, side.rows) for side in (comparison.fake, sides.real, sides.other))
    validation = other[:VALIDATED] if given is None else _unit(comparison, _spread(given.rows))
    found = parzen_likelihood(fake, validation, test)
    seconds = time.perf_counter() - begin
    # The reals that a width is chosen on are no part of the window that it is chosen for.
    rest = other if given is not None else other[VALIDATED:]
    floor = None
    if len(rest) >= len(validation):
        sigma = parzen_likelihood(rest, validation, test).sigma
        floor = parzen_likelihood(other, validation, test, [sigma]).mean
    measure = Measure(
        metric="parzen",
        title=f"nats of real samples in a Parzen window on generated ones, sigma {found.sigma:.3f}",
        n=found.fakes,
        settings=f"tested={found.tested}",
        value=found.mean,
        low=found.mean - 1.96 * found.error,
        high=found.mean + 1.96 * found.error,
        error=found.error,
        floor=floor,
        better="higher",
        seconds=seconds,
    )
    return Found([measure])


def _spread(rows: np.ndarray) -> np.ndarray:
    """As many rows as widths are chosen on, from all over the data, which may be sorted."""
    return np.asarray(rows)[np.linspace(0, len(rows) - 1, min(VALIDATED, len(rows))).astype(np.int64)]


def _unit(comparison: Comparison, rows: np.ndarray) -> Tensor:
    """Samples as vectors: pictures in [0, 1], as the 2014 paper takes them, others as networks see them."""
    x = comparison.codec.encode(tensor(rows)).flatten(1)
    return (x + 1) / 2 if comparison.space.kind == "image" else x


def _few_numbers(comparison: Comparison) -> str | None:
    size = comparison.space.size
    if comparison.space.kind == "table":
        return "rows of a table have no density: most of what they hold are choices"
    if size <= MOST_NUMBERS:
        return None
    return f"a sample has {size:,} numbers, and beyond {MOST_NUMBERS:,} it means nothing"


METRICS = (
    Metric(
        "likelihood", "Parzen-window log-likelihood", _few_numbers, _likelihood, gives=("parzen",), usual=("image",)
    ),
)
