"""Which samples are alike: a rough parting of data that has no classes."""

import numpy as np
import torch
from torch.nn import functional as F

from zerosum.core.seeding import seed_from

STUDIED = 8192
"""Samples that the groups are found on; all others are put to the nearest."""
STEPS = 10
AT_ONCE = 2**24
"""Numbers that are held in memory as they are stored."""


def similar_groups(rows: np.ndarray, groups: int) -> np.ndarray:
    """The group of each sample by k-means (Lloyd 1982), shape (n,), int64; groups can stay empty.

    Args:
        rows: Stored samples: pictures (n, height, width, channels), which are compared at 8 x 8, or points (n, d).
        groups: How many.
    """
    generator = np.random.Generator(np.random.PCG64(seed_from("groups")))
    studied = np.sort(generator.permutation(len(rows))[:STUDIED])
    sample = _described(rows[studied])
    centres = sample[torch.from_numpy(generator.permutation(len(sample))[:groups])]
    for _ in range(STEPS):
        nearest = torch.cdist(sample, centres).argmin(1)
        counts = torch.bincount(nearest, minlength=len(centres))[:, None]
        sums = torch.zeros_like(centres).index_add_(0, nearest, sample)
        centres = torch.where(counts > 0, sums / counts.clamp(min=1), centres)
    return torch.cdist(_described(rows), centres).argmin(1).numpy()


def _described(rows: np.ndarray) -> torch.Tensor:
    """Numbers to compare samples by, (n, f), made of a few samples at a time: pictures can be large."""
    part = max(1, AT_ONCE // rows[0].size)
    return torch.cat([_pooled(rows[start : start + part]) for start in range(0, len(rows), part)])


def _pooled(rows: np.ndarray) -> torch.Tensor:
    x = torch.from_numpy(np.ascontiguousarray(rows)).float()
    return F.adaptive_avg_pool2d(x.permute(0, 3, 1, 2), 8).flatten(1) if x.dim() == 4 else x.flatten(1)
