"""What a game is watched with: fixed, frozen, for any size, and a distance in it grows with what is wrong."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from zerosum.core.space import Space
from zerosum.metrics.distances import energy_distance, kernel_distance
from zerosum.metrics.features import feature_network


def image(*shape: int) -> Space:
    return Space(kind="image", shape=shape)


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def blurred(x: Tensor, sigma: float) -> Tensor:
    kernel = (-(torch.arange(-6, 7) ** 2) / (2 * sigma**2)).exp()
    kernel = (kernel[:, None] * kernel / kernel.sum() ** 2)[None, None]
    return F.conv2d(F.pad(x, (6, 6, 6, 6), mode="replicate"), kernel)


def test_points_are_their_own_features() -> None:
    network = feature_network(Space(kind="points", shape=(2,)))
    x = normal(5, 2)
    assert network.name == "coordinates" and network.resize == "none" and torch.equal(network(x), x)


def test_other_kinds_are_flattened() -> None:
    assert feature_network(Space(kind="sound", shape=(1, 7)))(normal(5, 1, 7)).shape == (5, 7)


@pytest.mark.parametrize(
    "shape", [(1, 8, 8), (3, 9, 13), (4, 28, 28), (5, 32, 16), (3, 64, 64), (3, 150, 100), (1, 3, 3)]
)
def test_pictures_of_any_size_have_at_most_256_finite_features(shape: tuple[int, ...]) -> None:
    network = feature_network(image(*shape))
    for x in (normal(4, *shape).tanh(), torch.full((4, *shape), -1.0), 1e6 * normal(4, *shape)):
        features = network(x)
        assert features.shape[0] == 4 and features.shape[1] <= 256
        assert features.dtype == torch.float32 and features.isfinite().all()


def test_equal_spaces_have_equal_networks_in_any_memory_format_and_under_autocast() -> None:
    x = normal(4, 3, 32, 32).tanh()
    features = feature_network(image(3, 32, 32))(x)
    other = feature_network(image(3, 32, 32))
    assert torch.equal(features, other(x))
    assert torch.allclose(features, other(x.contiguous(memory_format=torch.channels_last)), atol=1e-5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert torch.equal(features, other(x))


def test_the_network_is_frozen_and_named() -> None:
    network = feature_network(image(3, 32, 32))
    assert network.name == "random-conv" and not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_distances_grow_with_blur_noise_and_missing_samples(digits: Tensor) -> None:
    network = feature_network(image(1, 28, 28))
    reals, others = digits[:512], digits[512:1024]
    noise = normal(*others.shape, seed=1)
    pick = torch.randint(512, (512,), generator=torch.Generator().manual_seed(2))
    ladders = {
        "blur": [blurred(others, sigma) for sigma in (0.5, 0.7, 1.0, 2.0)],
        "noise": [others + amount * noise for amount in (0.1, 0.2, 0.4)],
        "collapse": [others[pick % kept] for kept in (100, 30, 10, 1)],
    }
    features = network(reals)
    for distance in (energy_distance, kernel_distance):
        floor = max(abs(distance(features, network(digits[start : start + 512]))) for start in (512, 1024, 1488))
        for name, ladder in ladders.items():
            values = [distance(features, network(x)) for x in ladder]
            assert values == sorted(values) and values[0] > 2 * floor, (distance, name, floor, values)
