"""Functions that score samples: a person's own code, called with care."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from zerosum.core.by_path import code_by_path
from zerosum.core.errors import DataError, SettingError

Score = Callable[[np.ndarray], np.ndarray]
"""Stored samples (n, ...) -> numbers (n,)."""


def score_by_path(name: str) -> Score:
    """The function that `package.module:function` or `file.py:function` names.

    Raises:
        SettingError: What is named is no function.
        DataError: The code cannot be imported.
    """
    wanted = "a function from stored samples (n, ...) to numbers (n,)"
    found = code_by_path(name, wanted)
    if not callable(found):
        raise SettingError(f"{name} is of type {type(found).__name__}; it must be {wanted}.")
    return found  # type: ignore[return-value]


def scored(rows: np.ndarray, score: Score) -> Tensor:
    """What a function says of stored samples (n, ...), (n,), float64.

    Raises:
        DataError: It fails, or does not give a finite number for each.
    """
    try:
        found = np.asarray(score(rows), np.float64)
    except Exception as error:  # the function is the person's own, and so is what may go wrong in it
        raise DataError(f"The score of {len(rows)} samples failed: {type(error).__name__}: {error}.") from error
    if found.shape != (len(rows),) or not np.isfinite(found).all():
        raise DataError(f"The score of {len(rows)} samples has shape {found.shape}; it must be a number for each.")
    return torch.from_numpy(found)
