"""A normal distribution that is fitted to what passes by."""

import torch
from torch import Tensor, nn


class NormalCodes(nn.Module):
    """Fits a normal distribution, one for each class, to codes while they pass, and turns latents into codes like them.

    Ghosh et al. 2020 (arXiv:1903.12436), Section 4, fit one to a deterministic autoencoder's codes after training; here
    mean and covariance are running averages, so that a sample can be had at any time. They are buffers, as those of
    batch normalisation, and change in training alone.

    Args:
        dimension: Width d of a code.
        classes: How many classes there are; 0 for none.
        memory: Codes of a class over which its averages are taken; older ones fade.
    """

    seen: Tensor
    mean: Tensor
    covariance: Tensor

    def __init__(self, dimension: int, classes: int, memory: int) -> None:
        super().__init__()
        kinds = max(1, classes)
        self.memory = memory
        self.register_buffer("seen", torch.zeros(kinds))
        self.register_buffer("mean", torch.zeros(kinds, dimension))
        self.register_buffer("covariance", torch.eye(dimension).repeat(kinds, 1, 1))

    def forward(self, codes: Tensor, condition: Tensor | None) -> Tensor:
        """The codes (n, d) as they are, of class indices (n,)."""
        if self.training:
            self._note(codes.detach().float(), self._kinds(codes, condition))
        return codes

    def like(self, latents: Tensor, condition: Tensor | None) -> Tensor:
        """Codes (n, d) as they are usual for the classes (n,), from standard normal latents (n, d), float32."""
        with torch.autocast(latents.device.type, enabled=False):
            kinds = self._kinds(latents, condition)
            return self.mean[kinds] + (self.factors()[kinds] @ latents.float()[:, :, None]).squeeze(2)

    def factors(self) -> Tensor:
        """What independent standard normal numbers are multiplied by to vary as codes do, (classes, d, d)."""
        return torch.linalg.cholesky(self.covariance + self._slack())

    def _note(self, codes: Tensor, kinds: Tensor) -> None:
        counts = torch.zeros_like(self.seen).index_add_(0, kinds, torch.ones_like(codes[:, 0]))
        divisor = counts.clamp(min=1)
        mean = torch.zeros_like(self.mean).index_add_(0, kinds, codes) / divisor[:, None]
        apart = codes - mean[kinds]
        products = apart[:, :, None] * apart[:, None, :]
        covariance = torch.zeros_like(self.covariance).index_add_(0, kinds, products) / divisor[:, None, None]
        self.seen.add_(counts).clamp_(max=self.memory)
        share = (counts / self.seen.clamp(min=1)).clamp(max=1)
        moved = mean - self.mean
        between = (share * (1 - share))[:, None, None] * moved[:, :, None] * moved[:, None, :]
        self.covariance.lerp_(covariance, share[:, None, None]).add_(between)
        self.mean.lerp_(mean, share[:, None])

    def _kinds(self, codes: Tensor, condition: Tensor | None) -> Tensor:
        """Which distribution each code belongs to, (n,)."""
        if len(self.seen) > 1 and condition is not None:
            return condition
        return torch.zeros(codes.shape[0], dtype=torch.int64, device=codes.device)

    def _slack(self) -> Tensor:
        """Codes that vary in fewer directions than they could have a singular covariance; (classes, d, d)."""
        variance = self.covariance.diagonal(dim1=1, dim2=2).mean(1).clamp(min=1e-12)
        return 1e-5 * variance[:, None, None] * torch.eye(self.mean.shape[1], device=self.mean.device)
