"""Encoders that say where a search for a picture's latent may begin; learned once for a model, and kept beside it."""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from zerosum.core.files import replacing
from zerosum.core.progress import Progress
from zerosum.core.seeding import seed_from
from zerosum.exploration.fingerprint import fingerprint
from zerosum.exploration.spaces import LatentSpace
from zerosum.latent.encoder import train_encoder
from zerosum.networks.autoencoder import ConvolutionalEncoder

BATCH = 64
"""Samples that an encoder learns from at a time."""


def open_encoder(
    space: LatentSpace, first: int, steps: int, minutes: float | None, folder: Path | None, progress: Progress
) -> Callable[[Tensor], Tensor]:
    """What says the latents (n, ...) of samples in the model's range (n, c, h, w).

    An encoder that was taught these very samples of these very weights is read; another is taught, and kept unless time
    cut it short.

    Args:
        space: What latents are meant.
        first: Number of the first of the generator's own samples that it learns from.
        steps: Batches of samples that it learns from.
        minutes: After which it learns no more.
        folder: The folder that has, or gets, `encoders/`; None to keep nothing.
        progress: Hears of the learning.
    """
    shape = space.at([first]).values.shape[1:]
    flat = space.center if space.center.dim() == 1 else space.center[0]
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed_from("encoder", first) % 2**63)
        width = shape[-1] if space.name == "w" else shape.numel()
        encoder = ConvolutionalEncoder(space.model.space.shape, width, width=32, largest=128, classes=0)
    name = f"{space.name}-{fingerprint(space.model)}-{first}-{steps}.safetensors"
    path = None if folder is None else folder / "encoders" / name
    if path is None or not _read(encoder, path):
        learned = 0
        for learned, _ in enumerate(train_encoder(encoder, _pairs(space, flat, first), steps, minutes), 1):
            progress("Training an encoder", learned, steps)
        if path is not None and learned == steps:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary:
                save_file({key: value.contiguous() for key, value in encoder.state_dict().items()}, temporary)
    encoder.eval().requires_grad_(False)

    def latents(samples: Tensor) -> Tensor:
        with torch.no_grad():
            said = encoder(samples, None) * space.spread + flat
        return said[:, None].expand(-1, *shape) if space.name == "w" else space.within(said)

    return latents


def _pairs(space: LatentSpace, flat: Tensor, first: int) -> Callable[[int], tuple[Tensor, Tensor]]:
    """A step's samples (n, c, h, w), and their latents (n, width) as shares of the spread."""

    def pairs(step: int) -> tuple[Tensor, Tensor]:
        known = space.at(range(first + step * BATCH, first + (step + 1) * BATCH))
        vectors = known.values.mean(1) if space.name == "w" else known.values
        return space.make(known).cpu(), (vectors - flat) / space.spread

    return pairs


def _read(encoder: nn.Module, path: Path) -> bool:
    """Give an encoder the weights that were kept; False where there are none, or not this one's."""
    if not path.is_file():
        return False
    try:
        encoder.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError):
        return False  # it only saves time: what cannot be read is learned again
    return True
