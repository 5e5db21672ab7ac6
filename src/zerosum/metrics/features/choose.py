"""Which features to measure in: networks by name, and the one to take where none is named."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from zerosum.core.by_path import refuse_weights
from zerosum.core.errors import SettingError, nearest_name
from zerosum.core.space import Space
from zerosum.metrics.features.by_path import OwnNetwork, network_by_path
from zerosum.metrics.features.efficientnet import EfficientNetLite0, weight_file
from zerosum.metrics.features.flat import Coordinates, Pixels
from zerosum.metrics.features.inception import Inception
from zerosum.metrics.features.network import FeatureNetwork
from zerosum.metrics.features.random_conv import RandomConvolutions
from zerosum.metrics.features.resize import CHANNELS
from zerosum.metrics.features.transformer import CLIP, DINOV2, Clip, DINOv2

_FROM_SHAPE: dict[str, Callable[[tuple[int, ...]], FeatureNetwork]] = {
    "random-conv": RandomConvolutions,
    "pixels": lambda shape: Pixels(),
}

_TRAINED: dict[str, Callable[[str | None], FeatureNetwork]] = {
    "efficientnet-lite0": lambda weights: EfficientNetLite0(Path(weights) if weights else None),
    "inception": lambda weights: Inception(Path(weights) if weights else None),
    "dinov2": lambda weights: DINOv2(weights or DINOV2),
    "clip": lambda weights: Clip(weights or CLIP),
}

NAMES = (*_TRAINED, *_FROM_SHAPE)
"""The networks for pictures that have a name."""


def open_network(name: str | nn.Module, space: Space, weights: str | Path | None = None) -> FeatureNetwork:
    """The feature network of a name, for samples of a space.

    Args:
        name: One of `NAMES`, or `coordinates` for anything but pictures; a trained one may be followed by a colon and
            its weights, as in `inception:PATH` and `dinov2:FOLDER_OR_HUB_NAME`; or a person's own network as
            `package.module:attribute` or `file.py:attribute`; or a module itself.
        space: What the samples are.
        weights: The weight file, or a transformer's folder or name on the hub, where the name does not have it.

    Raises:
        SettingError: There is no such network, or it does not take such samples.
        DataError: The network's package or its weights are not there.
    """
    if weights is not None and _takes_no_weights(name):
        raise SettingError(f'"{_called(name)}" takes no weights; those that do are {", ".join(_TRAINED)}.')
    if isinstance(name, FeatureNetwork):
        return name
    if space.kind != "image":
        if name != Coordinates.name:
            raise SettingError(
                f'Samples of kind "{space.kind}" cannot be measured in "{_called(name)}", which is for pictures; their '
                f'only features are "{Coordinates.name}".'
            )
        return Coordinates(space.size)
    if isinstance(name, nn.Module):
        return _tried(OwnNetwork(name), space)
    known, _, given = name.partition(":")
    if known in _TRAINED:
        return _trained(known, space, given or (str(weights) if weights else None))
    if name in _FROM_SHAPE:
        return _FROM_SHAPE[name](space.shape)
    if ":" in name:
        return _tried(network_by_path(name), space)
    refuse_weights(name)
    raise SettingError(
        f'There are no features "{name}" for pictures. {nearest_name(name, NAMES)}, or a network of your own as '
        '"package.module:attribute" or "file.py:attribute".'
    )


def default_network(space: Space) -> str:
    """The name of the network to take where none is asked for: a trained one where its weights are installed."""
    if space.kind != "image":
        return Coordinates.name
    trained = space.shape[0] in CHANNELS and weight_file() is not None
    return EfficientNetLite0.name if trained else RandomConvolutions.name


def _trained(name: str, space: Space, weights: str | None) -> FeatureNetwork:
    if space.shape[0] not in CHANNELS:
        raise SettingError(
            f'"{name}" was trained on pictures in colour, and these have {space.shape[0]} channels; it takes 1, 3 or '
            f"4. Take {' or '.join(_FROM_SHAPE)}."
        )
    return _TRAINED[name](weights)


def _tried(network: OwnNetwork, space: Space) -> OwnNetwork:
    """The network after a try on two pictures, so that one that does not fit is refused before the work begins."""
    network(torch.zeros(2, *space.shape))
    return network


def _takes_no_weights(name: str | nn.Module) -> bool:
    if isinstance(name, nn.Module):
        return True
    known, colon, _ = name.partition(":")
    return known not in _TRAINED and (bool(colon) or known in (*_FROM_SHAPE, Coordinates.name))


def _called(name: str | nn.Module) -> str:
    return name if isinstance(name, str) else type(name).__name__
