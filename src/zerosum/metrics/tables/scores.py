"""How often a model is right about a class."""

from collections.abc import Iterable

import numpy as np


def f1_score(true: np.ndarray, said: np.ndarray, classes: Iterable[float]) -> float:
    """The mean over classes of the harmonic mean of precision and recall (van Rijsbergen 1979, Chapter 7).

    Args:
        true: The class of each row, shape (n,).
        said: What a model says, shape (n,).
        classes: Which classes count.

    Returns:
        0 to 1; a class that neither is nor is said counts as 0.
    """
    scores = []
    for one in classes:
        are, seem = true == one, said == one
        scores.append(2 * (are & seem).sum() / max(1, are.sum() + seem.sum()))
    return float(np.mean(scores))
