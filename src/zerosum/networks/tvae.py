"""The networks of TVAE: Xu et al. 2019 (arXiv:1907.00503), Section 4.5."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from zerosum.core.cells import Cell
from zerosum.nn.cells import Cells

NARROWEST, WIDEST = 0.01, 1.0
"""Standard deviation of a number around what is decoded."""


class TableAutoencoder(nn.Module):
    """An encoder of rows (n, width), and a decoder that rows are drawn from.

    A latent is what the decoder is given, then a normal number for each number of a row, then a chance for each cell
    with choices.

    Args:
        cells: Of the table's columns.
        latent_dim: Numbers that a row is encoded to.
        width: Units of each hidden layer.
        depth: Hidden layers of either network.
    """

    def __init__(self, cells: Sequence[Cell], latent_dim: int, width: int, depth: int) -> None:
        super().__init__()
        self.cells, self.latent_dim = Cells(cells), latent_dim
        self.numbers = len(self.cells.numbers)
        self.encoder = perceptron(self.cells.width, 2 * latent_dim, width, depth)
        self.decoder = perceptron(latent_dim, self.cells.width, width, depth)
        self.deviation = nn.Parameter(torch.full((self.numbers,), 0.1))

    @property
    def deviations(self) -> Tensor:
        """Standard deviation of each number around what is decoded, (numbers,)."""
        return self.deviation.clamp(NARROWEST, WIDEST)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Rows (n, width) drawn for latents; a condition means nothing here."""
        code, noise, chances = latent.split([self.latent_dim, self.numbers, self.cells.count], 1)
        answers = self.decoder(code).float()
        rows = self.cells.drawn(answers, chances)
        return self.cells.shifted(rows, noise * self.deviations)

    def surprise(self, x: Tensor, answers: Tensor) -> Tensor:
        """-log p(x) of rows (n, width) under a decoder's answers (n, width), in nats, (n,).

        Numbers are normal around the tanh of their answer, where they say something; choices have theirs' softmax.
        """
        numbers, means = x[:, self.cells.numbers], answers[:, self.cells.numbers].tanh()
        apart = (numbers - means) / self.deviations
        normal = (apart.square() / 2 + self.deviations.log()) * self.cells.opened(x)
        return normal.sum(1) + self.cells.surprise(answers, x)


def perceptron(inputs: int, outputs: int, width: int, depth: int) -> nn.Sequential:
    """`depth` hidden layers of `width` units with ReLUs, and a linear layer."""
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(inputs, width), nn.ReLU(inplace=True)]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))
