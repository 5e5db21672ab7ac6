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
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = max(1, channels // 8)
        self.key, self.query, self.value = (nn.Linear(channels, inner, bias=False) for _ in range(3))
        self.answer = nn.Linear(inner, channels, bias=False)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """The grid, changed; at first it is not, since gamma begins at zero."""
        cells = x.permute(0, 2, 3, 1).flatten(1, 2)  # (n, h * w, c), the order that they have in memory
        shares = (self.query(cells) @ self.key(cells).transpose(1, 2)).softmax(2)
        seen = self.answer(shares @ self.value(cells)).unflatten(1, x.shape[2:]).permute(0, 3, 1, 2)
        return x + self.gamma.to(x.dtype) * seen
