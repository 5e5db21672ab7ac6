"""All number columns of a table encoded at once, by pieces or by modes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from zerosum.data.tables.encoding.modes import Modes
from zerosum.data.tables.encoding.pieces import KNOTS, Pieces

INSIDE = 0.98
"""Of the range that a number with a step stands for, how much it is spread over at most."""

EXACT = 2.0**-23
"""How exact places are, as float32."""


class Stack(ABC):
    """Numbers (n, m) of m columns to their choices and places, and back.

    Args:
        steps: What the values of each column are a multiple of apart; 0 where there is no such number.
    """

    def __init__(self, steps: Sequence[float], device: torch.device) -> None:
        scales = [_scale(step) for step in steps]
        self._steps = torch.tensor(steps, dtype=torch.float64, device=device)
        # A tenth is not exact, and ten is: 3 / 10 is 0.3, and 3 * 0.1 is not.
        self._scales = torch.tensor(scales, dtype=torch.float64, device=device)
        self._apart = (self._steps * self._scales).round()

    def _rounded(self, values: Tensor, start: Tensor) -> Tensor:
        """Numbers (n, m) rounded to a multiple of their column's step from `start` on, which broadcasts to them."""
        many = ((values - start) / self._steps).round() * self._apart
        return torch.where(self._steps > 0, ((start * self._scales).round() + many) / self._scales, values)

    @abstractmethod
    def chosen(self, values: Tensor, chance: Callable[[], Tensor]) -> Tensor:
        """The choices of `told`, where places are not asked for and numbers on [0, 1) perhaps not needed."""

    @abstractmethod
    def told(self, values: Tensor, chance: Tensor) -> tuple[Tensor, Tensor]:
        """The choice of each number, int64 (n, m), and its place in it on [-1, 1], float32 (n, m).

        Args:
            values: Known numbers, (n, m), float64.
            chance: As many numbers on [0, 1), which decide where more than one answer is right.
        """

    @abstractmethod
    def meant(self, choices: Tensor, places: Tensor) -> Tensor:
        """The numbers, (n, m), float64, that choices and places (n, m) stand for; the inverse of `told`."""


class StackedPieces(Stack):
    """Numbers by pieces.

    Args:
        columns: The pieces of each column.
        steps: What the values of each are a multiple of apart; 0 where there is no such number.
    """

    def __init__(self, columns: Sequence[Pieces], steps: Sequence[float], device: torch.device) -> None:
        super().__init__(steps, device)
        most = max((len(pieces) for pieces in columns), default=1)
        starts = torch.full((len(columns), most), torch.inf, dtype=torch.float64)
        knots = torch.zeros(len(columns), most, KNOTS + 1, dtype=torch.float64)
        for row, pieces in enumerate(columns):
            starts[row, : len(pieces)] = torch.tensor(pieces.starts, dtype=torch.float64)
            knots[row, : len(pieces)] = torch.tensor(pieces.knots, dtype=torch.float64)
            knots[row, len(pieces) :] = knots[row, len(pieces) - 1]
        self._starts, self._knots = starts.to(device), knots.to(device)
        self._counts = torch.tensor([len(pieces) for pieces in columns], device=device)
        # Where a piece is so wide that places are not exact to much less than a step, numbers are spread over less.
        widest = self._knots.diff(dim=2).amax(2)
        self._spread = self._steps[:, None] * INSIDE - 2 * KNOTS * EXACT * widest

    def chosen(self, values: Tensor, chance: Callable[[], Tensor]) -> Tensor:
        """The piece that a number lies in."""
        found = torch.searchsorted(self._starts, values.T.contiguous(), right=True).T - 1
        return torch.minimum(found.clamp(min=0), self._counts - 1)

    def told(self, values: Tensor, chance: Tensor) -> tuple[Tensor, Tensor]:
        """The piece that a number lies in, and its place; a number that stands for a range lies somewhere in it."""
        choices = self.chosen(values, lambda: chance)
        columns = torch.arange(values.shape[1], device=values.device)
        knots = self._knots[columns, choices]  # (n, m, knots)
        spread = values + (chance.double() - 0.5) * self._spread[columns, choices].clamp(min=0)
        low = ((knots <= spread[..., None]).sum(2) - 1).clamp(0, KNOTS - 1)
        below = knots.gather(2, low[..., None])[..., 0]
        above = knots.gather(2, low[..., None] + 1)[..., 0]
        share = ((spread - below) / (above - below).clamp(min=1e-300)).clamp(0, 1)
        places = (low + share) / KNOTS * 2 - 1
        return choices, torch.where(knots[..., 0] == knots[..., -1], 0.0, places).float()

    def meant(self, choices: Tensor, places: Tensor) -> Tensor:
        """The number at a place of a piece, rounded to the column's step."""
        choices = torch.minimum(choices, self._counts - 1)
        columns = torch.arange(choices.shape[1], device=choices.device)
        knots = self._knots[columns, choices]
        place = (places.double().clamp(-1, 1) + 1) / 2 * KNOTS
        low = place.floor().clamp(max=KNOTS - 1).long()
        below = knots.gather(2, low[..., None])[..., 0]
        above = knots.gather(2, low[..., None] + 1)[..., 0]
        values = below + (above - below) * (place - low)
        return self._rounded(values, self._starts[columns, choices])


class StackedModes(Stack):
    """Numbers by modes of a mixture (Xu et al. 2019, Section 4.2); one standard deviation is a quarter of the way.

    Args:
        columns: The mixture of each column.
        steps: What the values of each are a multiple of apart; 0 where there is no such number.
        lows: The smallest value of each.
    """

    def __init__(
        self, columns: Sequence[Modes], steps: Sequence[float], lows: Sequence[float], device: torch.device
    ) -> None:
        super().__init__(steps, device)
        most = max((len(modes) for modes in columns), default=1)

        def padded(rows: Sequence[tuple[float, ...]], rest: float) -> Tensor:
            return torch.tensor([[*row, *[rest] * (most - len(row))] for row in rows], dtype=torch.float64).to(device)

        self._shares = padded([modes.shares for modes in columns], 0.0)
        self._means = padded([modes.means for modes in columns], 0.0)
        self._deviations = padded([modes.deviations for modes in columns], 1.0)
        self._lows = torch.tensor(lows, dtype=torch.float64, device=device)

    def chosen(self, values: Tensor, chance: Callable[[], Tensor]) -> Tensor:
        """A mode, drawn by how probable each is for the number."""
        apart = (values[..., None] - self._means) / self._deviations
        likely = self._shares.log() - self._deviations.log() - apart.square() / 2
        bounds = likely.softmax(2).cumsum(2)
        return (bounds <= chance()[..., None] * bounds[..., -1:]).sum(2).clamp(max=self._means.shape[1] - 1)

    def told(self, values: Tensor, chance: Tensor) -> tuple[Tensor, Tensor]:
        """A mode, and how far from its mean the number is."""
        choices = self.chosen(values, lambda: chance)
        columns = torch.arange(values.shape[1], device=values.device)
        apart = (values - self._means[columns, choices]) / self._deviations[columns, choices]
        return choices, (apart / 4).clamp(-1, 1).float()

    def meant(self, choices: Tensor, places: Tensor) -> Tensor:
        """The number so far from the mean of a mode, rounded to the column's step."""
        columns = torch.arange(choices.shape[1], device=choices.device)
        choices = choices.clamp(max=self._means.shape[1] - 1)
        values = self._means[columns, choices] + 4 * places.double().clamp(-1, 1) * self._deviations[columns, choices]
        return self._rounded(values, self._lows)


def _scale(step: float) -> float:
    """The power of ten that a step is a whole number of parts of."""
    for digits in range(16):
        many = step * 10.0**digits
        if round(many) and abs(many - round(many)) < 1e-6:
            return 10.0**digits
    return 1.0
