"""Layers of one latent beside those of another (Karras et al. 2019, arXiv:1812.04948, Section 3.1)."""

from torch import Tensor


def mixed(rows: Tensor, columns: Tensor, taken: slice) -> Tensor:
    """Every row's latent with some layers of every column's.

    Args:
        rows: Latents that all other layers are from, shape (a, layers, width), coarsest layer first.
        columns: Latents that some layers are taken from, shape (b, layers, width).
        taken: Which layers.

    Returns:
        Shape (a, b, layers, width).
    """
    matrix = rows[:, None].repeat(1, len(columns), 1, 1)
    matrix[:, :, taken] = columns[None, :, taken]
    return matrix
