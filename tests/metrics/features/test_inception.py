"""FID's Inception: its way to resize, its deviations, and its weight file's names; with random weights."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from zerosum.core.errors import DataError
from zerosum.core.space import Space
from zerosum.metrics.features import FeatureNetwork, inception, open_network


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as torch-fidelity writes them."""
    generator = torch.Generator().manual_seed(0)
    with torch.device("meta"):
        shapes = nn.ModuleDict(inception._layers()).state_dict() | {
            "fc.weight": torch.zeros(1008, 2048),
            "fc.bias": torch.zeros(1008),
        }
    weights = {}
    for name, tensor in shapes.items():
        if name.endswith("conv.weight"):
            fan_in = tensor[0].numel()
            weights[name] = torch.randn(tensor.shape, generator=generator) * (2 / fan_in) ** 0.5
        elif name.endswith(("bn.weight", "running_var")):
            weights[name] = torch.ones(tensor.shape)
        else:
            weights[name] = torch.zeros(tensor.shape, dtype=tensor.dtype)
    path = tmp_path_factory.mktemp("inception") / "weights.pth"
    torch.save(weights, path)
    return path


@pytest.fixture
def network(file: Path, colour: Space) -> FeatureNetwork:
    network = open_network(f"inception:{file}", colour)
    network.together = 2
    return network


def test_features_and_logits_have_their_shapes(network: FeatureNetwork, pictures: Tensor) -> None:
    features = network(pictures[:2])
    assert features.shape == (2, 2048) and features.isfinite().all() and (features >= 0).all() and features.std() > 0
    assert network.head is not None and network.head(features).shape == (2, 1008)
    assert "TensorFlow 1" in network.resize and "not antialiased" in network.resize


def test_it_has_the_weights_of_inception_v3(network: FeatureNetwork) -> None:
    """21,785,568 numbers in kernels and normalisations, as every implementation of Table 1 has; we fold scales away."""
    kernels = [module.weight for module in network.modules() if isinstance(module, nn.Conv2d)]
    assert len(kernels) == 94 and sum(kernel.numel() + 2 * len(kernel) for kernel in kernels) == 21_785_568


def test_pictures_are_rounded_to_bytes(network: FeatureNetwork, pictures: Tensor) -> None:
    stored = pictures[:2].add(1).mul(127.5).round()
    assert torch.equal(network(pictures[:2]), network(stored / 127.5 - 1))


@pytest.mark.parametrize(("old", "new"), [(5, 12), (12, 5), (1, 4), (6, 6)])
def test_stretching_is_that_of_tensorflow_1(old: int, new: int) -> None:
    line = np.random.RandomState(0).rand(old).astype(np.float32)
    expected = []
    for index in range(new):
        place = index * old / new
        below = int(place)
        above = min(below + 1, old - 1)
        expected.append(line[below] + (line[above] - line[below]) * (place - below))
    x = torch.from_numpy(line)
    assert np.allclose(inception._stretched(x[None, None, None], 3, new)[0, 0, 0].numpy(), expected, atol=1e-6)
    assert np.allclose(inception._stretched(x[None, None, :, None], 2, new)[0, 0, :, 0].numpy(), expected, atol=1e-6)


def test_mean_pools_do_not_count_padding_and_the_last_pool_takes_the_largest(network: FeatureNetwork) -> None:
    ones = torch.ones(1, 2, 4, 4)
    layers = dict(network.get_submodule("layers").named_children())
    for name in ("Mixed_5b", "Mixed_6e", "Mixed_7b"):
        assert torch.equal(layers[name].pool(ones), ones)  # type: ignore[operator]
    corner = torch.zeros(1, 2, 4, 4).index_fill(2, torch.tensor(0), 1)
    assert layers["Mixed_7c"].pool(corner)[0, 0, 1].min() == 1  # type: ignore[operator]


def test_without_a_connection_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, colour: Space) -> None:
    def offline(*arguments: object, **options: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", offline)
    with pytest.raises(DataError, match="inception:PATH"):
        open_network("inception", colour)


def test_a_file_of_another_network_is_refused(tmp_path: Path, colour: Space) -> None:
    torch.save({"fc.weight": torch.zeros(2, 2)}, tmp_path / "weights.pth")
    with pytest.raises(DataError, match="does not hold the weights"):
        open_network("inception", colour, tmp_path / "weights.pth")
