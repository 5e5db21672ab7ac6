"""How sharp pictures are, which tells the blurry from the crisp without any network."""

import torch
import torch.nn.functional as F
from torch import Tensor


def sharpness(pictures: Tensor) -> Tensor:
    """Variance of each picture's Laplacian, grey (Tolstikhin et al. 2018, Section 5, after Pech-Pacheco et al. 2000).

    Args:
        pictures: Shape (n, c, h, w), in [-1, 1]; sides of at least 3. A fourth channel, transparency, is left out.

    Returns:
        Shape (n,), float64; larger is sharper, and noise is sharper than anything: compare with reals.
    """
    grey = pictures.detach().to("cpu", torch.float32)[:, :3].mean(1, keepdim=True)
    kernel = torch.tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])[None, None]
    return F.conv2d(grey, kernel).flatten(1).double().var(1, correction=0)
