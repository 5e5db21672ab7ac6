"""The networks of CTGAN: Xu et al. 2019 (arXiv:1907.00503), Section 4.4."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from zerosum.core.cells import Cell
from zerosum.nn.cells import Cells
from zerosum.nn.discriminator import Discriminator


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
        inputs = noise_dim + len(self.telling.places)
        self.layers = nn.ModuleList()
        for _ in range(depth):
            self.layers.append(nn.Sequential(nn.Linear(inputs, width), nn.BatchNorm1d(width), nn.ReLU(inplace=True)))
            inputs += width
        self.out = nn.Linear(inputs, self.cells.width)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Rows (n, width): relaxed in training, and drawn by the latent's chances otherwise."""
        return self.trace(latent, condition)[1]

    def trace(self, latent: Tensor, condition: Tensor | None) -> tuple[Tensor, Tensor]:
        """Answers (n, width) for each choice and number, and the rows that they become."""
        noise, chances, chosen = latent.split([self.noise_dim, self.cells.count, 2], 1)
        told = self.telling.drawn(chosen)
        if condition is not None:
            asked = self.telling(condition)
            told = torch.where(asked.sum(1, keepdim=True) > 0, asked, told)
        x = torch.cat([noise, told], 1)
        for layer in self.layers:
            x = torch.cat([layer(x), x], 1)
        answers = self.out(x).float()
        if self.training:
            return answers, self.cells.relaxed(answers, self.temperature)
        return answers, self.cells.drawn(answers, chances)


class PackedCritic(Discriminator):
    """Packs of rows and what they were told to be, (n, pack * width) each, to logits (n,).

    Args:
        cells: Of the table's columns.
        pack: Rows that are judged together.
        width: Units of each hidden layer.
        depth: Hidden layers.
        dropout: Share of the hidden units that are dropped.
    """

    def __init__(self, cells: Sequence[Cell], pack: int, width: int, depth: int, dropout: float) -> None:
        super().__init__()
        self.pack, self.telling = pack, Telling(cells)
        inputs = pack * (sum(cell.width for cell in cells) + len(self.telling.places))
        layers: list[nn.Module] = []
        for _ in range(depth):
            layers += [nn.Linear(inputs, width), nn.LeakyReLU(0.2, inplace=True), nn.Dropout(dropout)]
            inputs = width
        self.layers = nn.Sequential(*layers)
        self.head = Score(inputs)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """The last hidden layer, (n, width)."""
        assert condition is not None, "the game says what rows are told"
        told = self.telling(condition.unflatten(1, (self.pack, -1))).flatten(1)
        return self.layers(torch.cat([x, told], 1))


class Score(nn.Module):
    """Features (n, features) to logits (n,)."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(features, 1)

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """Logits (n,), float32."""
        return self.linear(features).float()[:, 0]


class Telling(nn.Module):
    """The categories among what rows are told; how often each is told of itself, which is how often the data have it.

    Args:
        cells: Of the table's columns.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        super().__init__()
        places: list[int] = []
        shares: list[float] = []
        start, categories = 0, [cell for cell in cells if cell.category]
        for cell in cells:
            if cell.category:
                total = max(1, sum(cell.counts))
                places += range(start + cell.number, start + cell.width)
                shares += [count / total / len(categories) for count in cell.counts]
            start += cell.width
        self.places: Tensor
        self.bounds: Tensor
        self.register_buffer("places", torch.tensor(places, dtype=torch.int64), persistent=False)
        self.register_buffer("bounds", torch.tensor(shares, dtype=torch.float64).cumsum(0)[:-1], persistent=False)

    def forward(self, condition: Tensor) -> Tensor:
        """The categories (..., k) of conditions (..., width and more)."""
        return condition[..., self.places]

    def drawn(self, chances: Tensor) -> Tensor:
        """One category (n, k), told of one column, for chances (n, 2) on [0, 1)."""
        told = torch.zeros(len(chances), len(self.places), device=chances.device)
        if not len(self.places):
            return told
        # Two float32 numbers are one that is fine enough for rare categories.
        chance = (chances[:, 0].double() + chances[:, 1].double() * 2**-24).clamp(0, 1 - 2**-53)
        return told.scatter_(1, torch.searchsorted(self.bounds, chance, right=True)[:, None], 1.0)
