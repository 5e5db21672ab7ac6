"""Checkpoints of StyleGAN2 as the published tools save them.

Those of Karras et al. 2020 (arXiv:2006.06676), and of Karras et al. 2021 (arXiv:2106.12423) where they train StyleGAN2.
"""

import re
from typing import Any

import torch

from zerosum.core.errors import DataError
from zerosum.imports.imported import Imported, Reading, Weights
from zerosum.imports.network import Network

RECORDED: frozenset[str] = frozenset()
"""Names of classes in such a checkpoint: none, since its networks carry their own source text."""

DISCRIMINATOR_NAMES = (("b4.fromrgb.", "fromrgb."), ("b4.", "head."), ("mapping.", "head.mapping."), ("", "blocks."))
"""How names in the published discriminator begin, and ours: the first that fits."""

OFFERED: dict[str, Any] = {
    "activation": "lrelu",
    "resample_filter": [1, 3, 3, 1],
    "lr_multiplier": 0.01,
    "num_channels": 1,
    "mbstd_num_channels": 1,
}
"""Settings of the published networks of which ours have one value only."""


def matches(network: Network) -> bool:
    """Whether this is StyleGAN2's generator."""
    return "synthesis.b4.const" in network.tensors


def translate(generator: Network, discriminator: Network | None) -> Imported:
    """The networks in our terms.

    Raises:
        DataError: They have a form that the recipe has not.
    """
    for network in (generator, discriminator):
        if network is not None:
            check_settings(network.settings)
    reading = Reading(generator.tensors, "generator")
    sides = grids(reading)
    widths = [reading.shape(f"synthesis.b{side}.conv1.weight", 4)[0] for side in sides]
    classes = reading.shape("mapping.embed.weight", 2)[1] if "mapping.embed.weight" in generator.tensors else 0
    style_dim = reading.shape("mapping.w_avg", 1)[0]
    depth = reading.count("mapping.fc{}.weight")
    told = style_dim if classes else 0
    channels = reading.shape(f"synthesis.b{sides[-1]}.torgb.weight", 4)[0]
    base, largest = channel_rule(sides, widths)
    settings = {
        "latent_dim": (reading.shape("mapping.fc0.weight", 2)[1] if depth else style_dim) - told,
        "style_dim": style_dim,
        "mapping_depth": depth,
        "channel_base": base,
        "largest_width": largest,
        "generator_architecture": architecture(generator.tensors, "torgb", sides),
        "largest_activation": limit(generator.settings.get("synthesis_kwargs", generator.settings)),
    }
    ours = None
    if discriminator is not None:
        settings |= discriminator_settings(discriminator, sides)
        ours = {discriminator_name(name): tensor for name, tensor in kept(discriminator.tensors).items()}
    side = sides[-1]
    return Imported(
        recipe="stylegan2",
        settings=settings,
        shape=(channels, side, side),
        classes=classes,
        generator=kept(generator.tensors) | silent_noise(generator.tensors, sides),
        discriminator=ours,
    )


def check_settings(settings: dict[str, Any]) -> None:
    """Refuse what a network was made with where ours have nothing like it; settings may be grouped."""
    for name, value in settings.items():
        if isinstance(value, dict):
            check_settings(value)
        elif name in OFFERED and value is not None and value != OFFERED[name]:
            raise DataError(f"its setting {name} is {value}; only {OFFERED[name]} can be imported")


def grids(reading: Reading) -> list[int]:
    """Sides of the generator's grids, from 4 on."""
    sides = [4]
    while f"synthesis.b{2 * sides[-1]}.conv1.weight" in reading.weights:
        sides.append(2 * sides[-1])
    return sides


def channel_rule(sides: list[int], widths: list[int]) -> tuple[int, int]:
    """Channels of a grid times its side, and the most channels, for which min(base / side, most) gives these widths."""
    largest = max(widths)
    base = next((w * side for side, w in zip(sides, widths, strict=True) if w < largest), largest * sides[-1])
    expected = [min(base // side, largest) for side in sides]
    if expected != widths:
        raise DataError(f"its grids have {widths} channels; by the published rule they would have {expected}")
    return base, largest


def architecture(tensors: Weights, picture: str, sides: list[int]) -> str:
    """How pictures leave or reach the grids: a layer on each of them, shortcuts, or neither."""
    prefix = "synthesis." if picture == "torgb" else ""
    if f"{prefix}b4.{picture}.weight" in tensors:
        return "skip"
    return "residual" if f"{prefix}b{sides[-1]}.skip.weight" in tensors else "plain"


def limit(settings: Any) -> float | None:
    """The size at which activations are cut off."""
    value = settings.get("conv_clamp") if isinstance(settings, dict) else None
    return float(value) if isinstance(value, int | float) else None


def discriminator_settings(discriminator: Network, sides: list[int]) -> dict[str, Any]:
    """What our recipe has to be told of the discriminator."""
    reading = Reading(discriminator.tensors, "discriminator")
    width = reading.shape("b4.fc.weight", 2)[0]
    seen = reading.shape("b4.conv.weight", 4)[1]
    epilogue = discriminator.settings.get("epilogue_kwargs")
    group = epilogue.get("mbstd_group_size", 4) if isinstance(epilogue, dict) else 4
    if not isinstance(group, int):
        raise DataError(f"its discriminator compares {group} samples; that must be a whole number")
    return {
        "discriminator_architecture": architecture(discriminator.tensors, "fromrgb", sides),
        "batch_statistics": "standard-deviation" if seen > width else "none",
        "statistics_group": group,
    }


def discriminator_name(name: str) -> str:
    """What a tensor of the published discriminator is called in ours."""
    theirs, ours = next(pair for pair in DISCRIMINATOR_NAMES if name.startswith(pair[0]))
    return ours + name.removeprefix(theirs)


def kept(tensors: Weights) -> Weights:
    """All but the filters, which are the same everywhere."""
    return {name: tensor for name, tensor in tensors.items() if not name.endswith("resample_filter")}


def silent_noise(tensors: Weights, sides: list[int]) -> Weights:
    """Noise of strength zero for the layers of a generator that was made without."""
    missing: Weights = {}
    for name in list(tensors):
        layer = re.fullmatch(r"(synthesis\.b(\d{1,5})\.conv[01])\.weight", name)
        if layer and f"{layer[1]}.noise_strength" not in tensors:
            side = int(layer[2])
            if side not in sides:
                raise DataError(f"its generator has a grid of {side} beside those of {sides}")
            missing |= {
                f"{layer[1]}.noise_strength": torch.zeros(()),
                f"{layer[1]}.noise_const": torch.zeros(1, 1).expand(side, side),
            }
    return missing
