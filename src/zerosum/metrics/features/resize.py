"""How pictures are brought to a network's input.

Resizing without a filter invents patterns, and how a library resizes moves distances more than many a model does; so it
is done in one way, with a filter, which agrees with Pillow's (Parmar et al. 2022, "On aliased resizing").
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from zerosum.core.errors import DataError

CHANNELS = (1, 3, 4)
"""How many channels a picture may have: grey, red green blue, and those with opacity."""


def resized(x: Tensor, height: int, width: int) -> Tensor:
    """Pictures (n, c, h, w) on [-1, 1] to (n, c, height, width), bicubic, antialiased, within [-1, 1].

    The whole picture is kept: one of another aspect is distorted.
    """
    # Memory in the usual order is resized several times faster.
    x = F.interpolate(x.contiguous(), (height, width), mode="bicubic", antialias=True, align_corners=False)
    return x.clamp_(-1, 1)  # bicubic curves overshoot at edges, beyond what a stored picture can hold


def in_colour(x: Tensor) -> Tensor:
    """Pictures (n, 1, 3 or 4, h, w) on [-1, 1] to (n, 3, h, w): grey three times, transparency over white."""
    if x.dim() != 4 or x.shape[1] not in CHANNELS:
        raise DataError(
            f"A feature network for pictures was given samples of shape {tuple(x.shape[1:])}; it takes pictures of 1, "
            '3 or 4 channels. Measure these in "random-conv" or "pixels".'
        )
    if x.shape[1] == 1:
        return x.expand(-1, 3, -1, -1)
    if x.shape[1] == 4:
        opacity = (x[:, 3:] + 1) / 2
        return torch.lerp(torch.ones_like(x[:, :3]), x[:, :3], opacity.clamp(0, 1))
    return x


def words(height: int, width: int) -> str:
    """What `resized` does, for a person."""
    return f"to {height} x {width}, bicubic, antialiased; transparency over white"
