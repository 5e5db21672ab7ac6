"""Which weights a model has, in sixteen letters."""

import hashlib

import torch

from zerosum.train.model import Model


def fingerprint(model: Model) -> str:
    """The first sixteen hexadecimal digits of the SHA-256 of the weights that sampling needs, by name."""
    digest = hashlib.sha256()
    for player, module in sorted(model.modules.items()):
        for name, value in sorted(module.state_dict().items()):
            digest.update(f"{player}.{name} {tuple(value.shape)} {value.dtype}".encode())
            digest.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:16]
