"""What holds for every feature network: the same features in any company, and an identity that tells them apart."""

import pytest
import torch
from torch import Tensor, nn

from zerosum.core.space import Space
from zerosum.metrics.features import NAMES, FeatureNetwork, default_network, open_network
from zerosum.metrics.features.efficientnet import weight_file

WITHOUT_DOWNLOAD = [name for name in NAMES if name not in ("inception", "dinov2", "clip")]


class Summed(FeatureNetwork):
    """The smallest network with weights."""

    name = "summed"
    together = 4

    def __init__(self, weight: float) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 1)
        nn.init.constant_(self.layer.weight, weight)
        nn.init.zeros_(self.layer.bias)
        self.sizes: list[int] = []
        self.freeze()

    def features(self, x: Tensor) -> Tensor:
        self.sizes.append(len(x))
        return self.layer(x)


def summed(weight: float = 1.0) -> Summed:
    with torch.random.fork_rng():
        return Summed(weight)


def test_samples_go_through_in_equal_portions() -> None:
    network = summed()
    x = torch.arange(18.0).reshape(9, 2)
    assert torch.equal(network(x), x.sum(1, keepdim=True)) and network.sizes == [4, 4, 4]


def test_the_identity_changes_with_whatever_changes_the_features() -> None:
    renamed, shrunk, revised = summed(), summed(), summed()
    renamed.name, shrunk.resize, revised.revision = "added", "to 8 x 8", 2
    others = [network.identity for network in (renamed, shrunk, revised, summed(1.001), summed().bfloat16())]
    assert summed().identity == summed().identity and summed().identity.startswith("summed-")
    assert len({summed().identity, *others}) == 6


@pytest.mark.parametrize("name", WITHOUT_DOWNLOAD)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_every_network_is_frozen_and_judges_a_picture_by_itself(name: str, channels: int) -> None:
    if name == "efficientnet-lite0" and weight_file() is None:
        pytest.skip("the package with the weights is not installed")
    space = Space(kind="image", shape=(channels, 24, 24))
    network = open_network(name, space)
    x = torch.rand(3, *space.shape, generator=torch.Generator().manual_seed(0), requires_grad=True) * 2 - 1
    features = network(x)
    assert features.dtype == torch.float32 and features.shape[0] == 3 and features.isfinite().all()
    assert not features.requires_grad and not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert network.name == name and network.identity == open_network(name, space).identity
    assert torch.allclose(features[:1], network(x[:1]), atol=1e-5) and torch.equal(features, network(x))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(features, network(x))


def test_pixels_are_the_picture(colour: Space, pictures: Tensor) -> None:
    assert torch.equal(open_network("pixels", colour)(pictures), pictures.flatten(1))


def test_the_default_is_a_trained_network_where_there_is_one(monkeypatch: pytest.MonkeyPatch, colour: Space) -> None:
    module = "zerosum.metrics.features.choose.weight_file"
    assert default_network(Space(kind="points", shape=(2,))) == "coordinates"
    monkeypatch.setattr(module, lambda: "somewhere")
    assert default_network(colour) == "efficientnet-lite0"
    assert default_network(Space(kind="image", shape=(2, 8, 8))) == "random-conv"
    monkeypatch.setattr(module, lambda: None)
    assert default_network(colour) == "random-conv"
