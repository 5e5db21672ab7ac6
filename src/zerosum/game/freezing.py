"""Layers of a discriminator that keep what another data set has taught them.

FreezeD: Mo, Cho and Shin 2020 (arXiv:2002.10964), Section 3.2. The layers near the picture know what edges and textures
are, which few new pictures cannot teach better.
"""

import math
from functools import partial

import torch
from torch import Tensor, nn

from zerosum.core.errors import SettingError
from zerosum.core.space import Space


@torch.no_grad()
def first_grids(grids: int, shape: tuple[int, ...], space: Space, module: nn.Module) -> frozenset[str]:
    """Names of the weights of the layers that work on the first so many grids, which halve from one to the next.

    One sample of zeros goes through the discriminator, and each layer that has weights notes the size of what it gets.

    Args:
        grids: How many, from the picture's on.
        shape: Of what the discriminator is shown, (channels, height, width).
        space: What samples are, for what is told with them.
        module: The discriminator, an `nn.discriminator.Discriminator`.

    Raises:
        SettingError: It has no grids, or no layers on further ones.
    """
    sides: dict[str, int] = {}

    def note(name: str, layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if inputs and inputs[0].dim() == 4:
            sides.setdefault(name, min(inputs[0].shape[2:]))

    own = {name: own_weights(layer) for name, layer in module.named_modules()}
    hooks = [
        layer.register_forward_pre_hook(partial(note, name)) for name, layer in module.named_modules() if own[name]
    ]
    device = next(module.parameters()).device
    condition = torch.zeros(2, dtype=torch.int64, device=device) if space.classes else None
    if space.condition_width:
        condition = torch.zeros(2, space.condition_width, device=device)
    training = module.training
    module.eval()
    module.features(torch.zeros(2, *shape, device=device), condition)  # type: ignore[operator]
    module.train(training)
    for hook in hooks:
        hook.remove()
    # A layer may see a grid with a margin around it; to the nearest halving it is the same one.
    levels = {name: round(math.log2(max(sides.values()) / side)) for name, side in sides.items()}
    if grids > max(levels.values(), default=-1):
        raise SettingError(
            f"--frozen-grids is {grids}, and the discriminator has layers on {max(levels.values(), default=-1) + 1} "
            "grids; leave at least one of them to learn."
        )
    frozen = [name for name, level in levels.items() if level < grids]
    return frozenset(f"{name}.{weight}" if name else weight for name in frozen for weight in own[name])


def own_weights(layer: nn.Module) -> list[str]:
    """Names of the weights of a layer that are not those of layers within it, normalised ones among them."""
    names = [name for name, _ in layer.named_parameters()]
    return [name for name in names if "." not in name or name.startswith("parametrizations.")]
