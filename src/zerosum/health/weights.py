"""The largest singular values of the players' layers, read from a checkpoint without building the networks.

They grow slowly in healthy games and leap in those that collapse late (Brock et al. 2018, arXiv:1809.11096).
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from zerosum.core.errors import DataError

LAYERS = 6
"""Layers of each player that are looked at, the largest ones."""

VALUES = 3
"""Singular values of each."""

EXACT = 256
"""Smaller sides are decomposed exactly, larger ones by iteration."""


@dataclass(frozen=True)
class Spectrum:
    """The largest singular values of one layer.

    Attributes:
        player: Whose it is.
        layer: The layer's name.
        shape: Of its weight.
        values: The largest singular values of the weight as a matrix, falling.
    """

    player: str
    layer: str
    shape: tuple[int, ...]
    values: tuple[float, ...]


def spectra(path: Path, seconds: float = 2.0) -> list[Spectrum]:
    """The spectra of the players' largest layers, those of one player together.

    Args:
        path: A checkpoint's `state.safetensors`.
        seconds: No further layer is begun after this time.

    Raises:
        DataError: The file is damaged.
    """
    end = time.perf_counter() + seconds
    found = []
    try:
        with safe_open(path, "pt") as file:
            shapes: dict[str, list[tuple[str, str, tuple[int, ...]]]] = {}
            for key in file.keys():  # noqa: SIM118  not a dictionary
                match = re.fullmatch(r"([^/]+)/module/(.+)", key)
                shape = tuple(file.get_slice(key).get_shape()) if match else ()
                if match and len(shape) >= 2 and min(shape) > 0:
                    shapes.setdefault(match[1], []).append((key, match[2], shape))
            largest = [sorted(layers, key=_size)[:LAYERS] for layers in shapes.values()]
            for rank in range(LAYERS):  # the largest of each player first, in case that time runs out
                for player, layers in zip(shapes, largest, strict=True):
                    if rank < len(layers) and time.perf_counter() < end:
                        key, layer, shape = layers[rank]
                        tensor = file.get_tensor(key)
                        if tensor.is_floating_point():
                            found.append(Spectrum(player, layer.removesuffix(".weight"), shape, singular(tensor)))
    except (OSError, SafetensorError) as error:
        raise DataError(f"The checkpoint {path} cannot be read: {error}.") from error
    return sorted(found, key=lambda spectrum: spectrum.player)


def singular(weight: Tensor) -> tuple[float, ...]:
    """The largest singular values of a weight with its inputs in one dimension, falling; none if it is not finite."""
    matrix = weight.detach().float().flatten(1)
    if not matrix.isfinite().all():
        return ()
    if min(matrix.shape) > EXACT:
        # The matrix on the subspace that ten iterations have turned towards the largest ones.
        generator = torch.Generator().manual_seed(0)
        basis = torch.randn(matrix.shape[1], 4 * VALUES, generator=generator)
        for _ in range(10):
            basis = torch.linalg.qr(matrix.T @ (matrix @ basis)).Q
        matrix = matrix @ basis
    return tuple(torch.linalg.svdvals(matrix)[:VALUES].tolist())


def _size(layer: tuple[str, str, tuple[int, ...]]) -> tuple[int, str]:
    size = 1
    for side in layer[2]:
        size *= side
    return -size, layer[0]
