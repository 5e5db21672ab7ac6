"""Feature networks by name: which there are, for which samples, and what is said about the others."""

from pathlib import Path

import pytest
import torch
from torch import nn

from zerosum.core.errors import SettingError
from zerosum.core.space import Space
from zerosum.metrics.features import open_network

POINTS = Space(kind="points", shape=(2,))


def test_points_have_their_coordinates_only() -> None:
    x = torch.ones(3, 2)
    assert torch.equal(open_network("coordinates", POINTS)(x), x)
    for name in ("pixels", "efficientnet-lite0", nn.Flatten()):
        with pytest.raises(SettingError, match='only features are "coordinates"'):
            open_network(name, POINTS)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("eficientnet", 'Did you mean "efficientnet-lite0"'),
        ("coordinates", "no features"),
        ("model.pth", "is a file of weights or a pickle"),
    ],
)
def test_an_unknown_name_is_an_error_that_says_what_there_is(colour: Space, name: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        open_network(name, colour)


def test_weights_are_for_trained_networks(colour: Space) -> None:
    with pytest.raises(SettingError, match="takes no weights"):
        open_network("pixels", colour, Path("weights.pth"))


def test_trained_networks_take_pictures_that_can_be_shown() -> None:
    with pytest.raises(SettingError, match="2 channels"):
        open_network("efficientnet-lite0", Space(kind="image", shape=(2, 8, 8)))


def test_a_network_that_is_open_is_taken_as_it_is(colour: Space) -> None:
    network = open_network("pixels", colour)
    assert open_network(network, colour) is network
