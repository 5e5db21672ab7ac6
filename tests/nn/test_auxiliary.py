"""A further head fits every discriminator and leaves it as it was."""

import copy

import pytest
import torch

from zerosum.networks.dcgan import DCGANDiscriminator
from zerosum.networks.goodfellow import GoodfellowDiscriminator
from zerosum.networks.light import LightDiscriminator
from zerosum.networks.perceptron import PerceptronDiscriminator
from zerosum.networks.r3gan import R3GANDiscriminator
from zerosum.networks.wgan_gp import ResidualCritic
from zerosum.nn.auxiliary import AuxiliaryHead, with_auxiliary
from zerosum.nn.spectral import bounded

NETWORKS = {
    "perceptron": lambda: PerceptronDiscriminator((2,), 16, 2, statistics="discrimination"),
    "goodfellow": lambda: GoodfellowDiscriminator((3, 13, 18), 8, 3, 0.2, 0.5, True),
    "light": lambda: LightDiscriminator((3, 13, 18), 8, 32, 0, "standard-deviation"),
    "dcgan": lambda: DCGANDiscriminator((3, 13, 18), 8),
    "dcgan of unit norm": lambda: bounded(DCGANDiscriminator((3, 13, 18), 8, normalised=False), True),
    "wgan-gp": lambda: ResidualCritic((3, 13, 18), 8),
    "r3gan": lambda: R3GANDiscriminator((3, 13, 18), [16, 16], [2, 2], [1, 1]),
}


@pytest.mark.parametrize("hidden", [None, 12])
@pytest.mark.parametrize("name", NETWORKS)
def test_it_fits_and_leaves_no_trace(name: str, hidden: int | None) -> None:
    torch.manual_seed(0)
    discriminator, shape = NETWORKS[name](), (2,) if name == "perceptron" else (3, 13, 18)
    before = copy.deepcopy(discriminator.state_dict())
    assert with_auxiliary(discriminator, shape, 5, hidden) is discriminator and discriminator.training
    after = discriminator.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())
    assert after.keys() - before.keys() == {f"auxiliary.{key}" for key in discriminator.auxiliary.state_dict()}
    said = discriminator.auxiliary(discriminator.features(torch.randn(6, *shape), None))
    said.square().sum().backward()
    assert said.shape == (6, 5)
    reached = {key for key, p in discriminator.named_parameters() if p.grad is not None and p.grad.abs().max() > 0}
    assert any(not key.startswith("auxiliary") for key in reached), "the shared layers learn of it"
    assert not any(key.startswith("head") for key in reached), "and the other head does not"


def test_what_it_says_is_exact_under_autocast() -> None:
    head, features = AuxiliaryHead(8, 3), torch.randn(4, 8).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        said = head(features)
    assert said.dtype == torch.float32
    torch.testing.assert_close(said, head.out(features.float()), rtol=0, atol=0)
