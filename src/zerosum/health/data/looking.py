"""What all checks of data look at: a part of it, chosen by the seed alone, in small pieces."""

import numpy as np
import torch
from torch.nn import functional

FEWEST_LOOKED_AT = 400  # samples, however large each is
NEIGHBOURING_ROWS = 8  # are looked at together: reads from disk are longer, and copies often lie side by side
POOLED = 8  # side of the grid that pictures are averaged to before they are compared


def choose_rows(count: int, most: int, generator: np.random.Generator) -> np.ndarray:
    """Numbers of at most `most` of `count` rows, ascending: all of them, or random runs of neighbours."""
    if count <= most:
        return np.arange(count)
    runs = generator.choice(count // NEIGHBOURING_ROWS, size=most // NEIGHBOURING_ROWS, replace=False)
    return (np.sort(runs)[:, None] * NEIGHBOURING_ROWS + np.arange(NEIGHBOURING_ROWS)).ravel()


def parts(chosen: np.ndarray, row_bytes: int) -> list[np.ndarray]:
    """Row numbers in groups that are read at once: about 4 MiB each, which stays in the processor's cache."""
    step = max(1, (1 << 22) // row_bytes)
    return [chosen[start : start + step] for start in range(0, len(chosen), step)]


def pool(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, height, width, channels) averaged to a small grid: (n, channels * POOLED * POOLED), float32."""
    # Eight pixels to a side of each cell are enough of a large picture.
    down, across = (max(1, side // (8 * POOLED)) for side in pictures.shape[1:3])
    thinned = torch.from_numpy(np.ascontiguousarray(pictures[:, ::down, ::across].transpose(0, 3, 1, 2)))
    return functional.adaptive_avg_pool2d(thinned.float(), POOLED).flatten(1).numpy()


def share(part: int, whole: int, things: str) -> str:
    """A count for a person: how many of how many, and in per cent."""
    return f"{part:,} of {whole:,} {things} ({100 * part / whole:.3g} %)"
