"""How far rows of a table are from one another."""

import numpy as np
import torch
from torch import Tensor

from zerosum.metrics.pairs import blocks

_MISSING = -1.0


class Ranks:
    """Rows of a table as places, whose distance is Gower's with ranks in place of values.

    The distance of two rows is the mean over columns: 0 or 1 for choices (Gower 1971, Section 3), and for numbers the
    share of the reference's entries that lie between, since the range of a column is often that of one odd entry. A
    missing number lies in the middle, and half the range away from any that is there.

    Args:
        reference: Rows whose entries numbers are ranked among, shape (n, k), NaN where missing.
        numbers: Which columns are numbers and no choices, shape (k,), bool.
    """

    def __init__(self, reference: np.ndarray, numbers: np.ndarray) -> None:
        self._numbers = numbers
        values = [reference[:, column] for column in np.flatnonzero(numbers)]
        self._sorted = [np.sort(column[~np.isnan(column)]) for column in values]
        self._absent = [bool(np.isnan(column).any()) for column in values]

    @property
    def ordered(self) -> int:
        """How many coordinates of a place, the first ones, are apart by their difference; others by being unlike."""
        return len(self._sorted) + sum(self._absent)

    def places(self, rows: np.ndarray) -> Tensor:
        """Rows (n, k) as places (n, f), float32."""
        given = rows[:, self._numbers]
        places, absent = [], []
        for values, known, column in zip(given.T, self._sorted, range(given.shape[1]), strict=True):
            between = (np.searchsorted(known, values) + np.searchsorted(known, values, "right")) / (2 * len(known) or 1)
            missing = np.isnan(values)
            places.append(np.where(missing, 0.5, between))
            if self._absent[column]:
                absent.append(np.where(missing, 0.5, 0.0))
        choices = rows[:, ~self._numbers]
        choices = np.where(np.isnan(choices), _MISSING, choices)
        found = np.concatenate([np.array([*places, *absent]).reshape(-1, len(rows)).T, choices], 1)
        return torch.from_numpy(np.ascontiguousarray(found, np.float32))

    def closest(self, places: Tensor, others: Tensor) -> np.ndarray:
        """Distance of each place (n, f) to the closest of the others (m, f), shape (n,), 0 to 1; in blocks of pairs."""
        first = self.ordered
        found = places.new_empty(len(places))
        ordered, unlike = (part.contiguous() for part in (others[:, :first], others[:, first:]))
        for start, part in blocks(places, len(others)):
            between = torch.cdist(part[:, :first], ordered, p=1)
            between += torch.cdist(part[:, first:], unlike, p=0)
            found[start : start + len(part)] = between.amin(1)
        return found.double().numpy() / max(1, len(self._numbers))
