"""Cells of a grid that attend to each other."""

import torch
from torch import Tensor, nn


class SelfAttention(nn.Module):
    """A grid with what its cells see of each other added to it, (n, c, h, w) to the same.

    Zhang et al. 2019 (arXiv:1805.08318), Equations 1 to 3: gamma * o + x, where o is a softmax of products of queries
    and keys, of an eighth of the channels, over values of as many. Written out and not as PyTorch's fused attention,
    which cannot be differentiated twice, as penalties on slopes ask.

    Args:
        channels: How many there are.
        pooled: As the authors' code and that of Brock et al. 2019 have it: keys and values are maxima over 2x2 cells,
            which takes a quarter of the products, and values have half of the channels.
    """

    def __init__(self, channels: int, pooled: bool = False) -> None:
        super().__init__()
        inner = max(1, channels // 8)
        values = max(1, channels // 2) if pooled else inner
        self.pool = nn.MaxPool2d(2) if pooled else nn.Identity()
        self.key, self.query = (nn.Linear(channels, inner, bias=False) for _ in range(2))
        self.value = nn.Linear(channels, values, bias=False)
        self.answer = nn.Linear(values, channels, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """The grid, changed; at first it is not, since gamma begins at zero."""
        cells = x.permute(0, 2, 3, 1)  # (n, h, w, c), the order that they have in memory
        keys, values = (self._pooled(layer(cells)) for layer in (self.key, self.value))  # (n, k, ...)
        shares = (self.query(cells).flatten(1, 2) @ keys.transpose(1, 2)).softmax(2)  # (n, h * w, k)
        seen = self.answer(shares @ values).unflatten(1, x.shape[2:]).permute(0, 3, 1, 2)
        return x + self.gamma.to(x.dtype) * seen

    def _pooled(self, cells: Tensor) -> Tensor:
        """Cells (n, h, w, c) in a row, (n, k, c)."""
        return self.pool(cells.permute(0, 3, 1, 2)).flatten(2).transpose(1, 2)
