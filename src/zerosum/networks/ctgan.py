"""The networks of CTGAN: Xu et al. 2019 (arXiv:1907.00503), Section 4.4."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zerosum.core.cells import Cell
from zerosum.nn.batch_norm import BatchNorm
from zerosum.nn.cells import Cells
from zerosum.nn.classes import ProjectionHead
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.dropout import Dropout
from zerosum.nn.leaky_relu import leaky_relu_

MOST_DIRECT = 2**24
"""Numbers of the matrix from told categories to answers, at most; where it would have more there is none, and what is
told reaches the answers through the hidden layers. A column of 10,000 categories would take 2 GB of it to train."""


class ConcatenatingGenerator(nn.Module):
    """Latents and conditions to rows (n, width): each hidden layer stands beside all before it.

    A latent is normal noise, then a chance for each cell with choices, then two more that choose a condition for who is
    not told one; see `game.told.Chances`. A condition is a row in which only what is told is filled in.

    Args:
        cells: Of the table's columns.
        noise_dim: Normal numbers of a latent.
        width: Units of each hidden layer.
        depth: Hidden layers.
        temperature: Of the Gumbel-softmax.
    """

    def __init__(self, cells: Sequence[Cell], noise_dim: int, width: int, depth: int, temperature: float) -> None:
        super().__init__()
        self.cells, self.noise_dim, self.temperature = Cells(cells), noise_dim, temperature
        self.telling = Telling(cells)
        inputs = noise_dim + self.telling.count
        outputs = [width] * depth + [self.cells.width]
        # What a layer makes of all that came before is a sum over where it came from. Each source is multiplied once
        # for all layers that it goes to, and nothing is copied to stand side by side.
        self.sources = nn.ModuleList(
            nn.Linear(size, sum(outputs[number:]), bias=number == 0)
            for number, size in enumerate([noise_dim] + [width] * depth)
        )
        # A matrix by a row of zeros and a single one is a column of the matrix.
        hears = outputs if self.telling.count * self.cells.width <= MOST_DIRECT else outputs[:-1]
        self.of_told = nn.Embedding(self.telling.count + 1, sum(hears), padding_idx=self.telling.count)
        self.deaf = sum(outputs) - sum(hears)
        told = self.of_told.weight[: self.telling.count].T
        for number, source in enumerate(self.sources):
            first = 0
            for layer, wide in enumerate(outputs[number:], number):
                bound = (inputs + layer * width) ** -0.5  # as if the layer had one matrix for all of its inputs
                for weight in (*source.parameters(), told) if number == 0 else source.parameters():
                    nn.init.uniform_(weight[first : first + wide], -bound, bound)
                first += wide
        self.norms = nn.ModuleList(BatchNorm(width) for _ in range(depth))
        self.width, self.outputs = width, outputs

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Rows (n, width): relaxed in training, and drawn by the latent's chances otherwise."""
        return self.trace(latent, condition)[1]

    def trace(self, latent: Tensor, condition: Tensor | None) -> tuple[Tensor, Tensor]:
        """Answers (n, width) for each choice and number, and the rows that they become."""
        noise, chances, chosen = latent.split([self.noise_dim, self.cells.count, 2], 1)
        first, *sources = self.sources
        sums = first(noise) + F.pad(self.of_told(self.telling(condition, chosen)), (0, self.deaf))
        for source, norm in zip(sources, self.norms, strict=True):
            mine, others = sums.split([self.width, sums.shape[1] - self.width], 1)
            sums = torch.addmm(others, F.relu(norm(mine)), source.get_parameter("weight").T)
        answers = sums.float()
        if self.training:
            return answers, self.cells.relaxed(answers, self.temperature)
        return answers, self.cells.drawn(answers, chances)


class PackedCritic(Discriminator):
    """Packs of rows (n, pack * width) and what these are told (n, pack * (width + cells)) to logits (n,).

    Args:
        cells: Of the table's columns.
        pack: Rows that are judged together.
        width: Units of each hidden layer.
        depth: Hidden layers.
        dropout: Share of the hidden units that are dropped.
        statistics: What is learned from the batch as a whole: one of `nn.statistics.STATISTICS`.
    """

    def __init__(
        self, cells: Sequence[Cell], pack: int, width: int, depth: int, dropout: float, statistics: str
    ) -> None:
        super().__init__()
        self.pack, self.telling = pack, Telling(cells)
        rows, told = pack * sum(cell.width for cell in cells), pack * self.telling.count
        self.of_rows = nn.Linear(rows, width)
        # A matrix by a row of zeros and a single one is a column of the matrix.
        self.of_told = nn.EmbeddingBag(told + 1, width, mode="sum", padding_idx=told)
        with torch.no_grad():
            for part in (self.of_rows.weight, self.of_rows.bias, self.of_told.weight[:told]):
                nn.init.uniform_(part, -((rows + told) ** -0.5), (rows + told) ** -0.5)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth - 1))
        self.dropout = Dropout(dropout)
        self.head = ProjectionHead(width, 0, statistics)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The last hidden layer, (n, width)."""
        assert condition is not None, "the game says what rows are told"
        told = self.telling(condition.unflatten(1, (self.pack, -1)))
        first = torch.arange(self.pack, device=told.device) * self.telling.count
        index = torch.where(told < self.telling.count, told + first, self.pack * self.telling.count)
        hidden = self.dropout(leaky_relu_(self.of_rows(x) + self.of_told(index), 0.2))
        for layer in self.layers:
            hidden = self.dropout(leaky_relu_(layer(hidden), 0.2))
        return hidden


class Telling(nn.Module):
    """The category that a row is told; how often each is told of itself, which is how often the data have it.

    Args:
        cells: Of the table's columns.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        super().__init__()
        numbers: list[float] = []
        shares: list[float] = []
        categories = [cell for cell in cells if cell.category]
        for cell in cells:
            if cell.category:
                total = max(1, sum(cell.counts))
                numbers += [0.0] * cell.number + [len(shares) + 1.0 + choice for choice in range(cell.choices)]
                shares += [count / total / len(categories) for count in cell.counts]
            else:
                numbers += [0.0] * cell.width
        self.count = len(shares)
        """Categories of all columns."""
        self.numbers: Tensor  # of each entry of a row, from 1 on; 0 for those that are no category
        self.bounds: Tensor
        self.register_buffer("numbers", torch.tensor(numbers), persistent=False)
        self.register_buffer("bounds", torch.tensor(shares, dtype=torch.float64).cumsum(0)[:-1], persistent=False)

    def forward(self, condition: Tensor | None, chances: Tensor | None = None) -> Tensor:
        """The number of the category, (...), that conditions (..., width and more) tell; `count` where they tell none.

        Args:
            condition: What rows are told; None for nothing.
            chances: Two numbers on [0, 1) for each row, by which those that are told nothing choose for themselves.
        """
        if condition is None:
            assert chances is not None, "somebody has to choose"
            return self._drawn(chances)
        if not self.count:
            return torch.zeros(condition.shape[:-1], dtype=torch.int64, device=condition.device)
        told = (condition[..., : len(self.numbers)] * self.numbers).sum(-1).long()
        drawn = self.count if chances is None else self._drawn(chances)
        return torch.where(told > 0, told - 1, drawn)

    def _drawn(self, chances: Tensor) -> Tensor:
        """One category (n,), of one column, for chances (n, 2)."""
        if not self.count:
            return torch.zeros(len(chances), dtype=torch.int64, device=chances.device)
        # Two float32 numbers are one that is fine enough for rare categories.
        chance = (chances[:, 0].double() + chances[:, 1].double() * 2**-24).clamp(0, 1 - 2**-53)
        return torch.searchsorted(self.bounds, chance, right=True)
