"""From pictures to latents, learned from the pictures that a generator makes of known latents."""

import time
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

RATE = 1e-3
"""Of Adam."""


def train_encoder(
    encoder: nn.Module,
    pairs: Callable[[int], tuple[Tensor, Tensor]],
    steps: int,
    minutes: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterable[float]:
    """Teach an encoder to say the latents of samples; yields the mean squared error before each step.

    It learns from the generator's own samples, whose latents are known (as in Bau et al. 2019, arXiv:1910.11626). There
    is no end of them: none is seen twice, so that nothing can be learned by heart.

    Args:
        encoder: (samples (n, ...), None) -> latents (n, width).
        pairs: Number of a step -> its samples (n, ...) and their latents (n, width).
        steps: At most.
        minutes: After which no further step is begun; with it, how far the encoder comes depends on the machine.
        clock: Seconds.
    """
    encoder.train()
    optimizer = torch.optim.Adam(encoder.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps), RATE / 20)
    begin = clock()
    for step in range(steps):
        if minutes is not None and clock() - begin > 60 * minutes:
            break
        samples, latents = pairs(step)
        with torch.enable_grad():
            error = (encoder(samples, None) - latents).square().mean()
            optimizer.zero_grad()
            error.backward()
        optimizer.step()
        schedule.step()
        yield error.item()
    encoder.eval().requires_grad_(False)
