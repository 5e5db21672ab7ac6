"""Spectral normalisation against numpy's singular values."""

import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from zerosum.game.penalties import slopes
from zerosum.networks.dcgan import DCGANDiscriminator
from zerosum.networks.goodfellow import GoodfellowDiscriminator
from zerosum.networks.light import LightDiscriminator
from zerosum.networks.perceptron import PerceptronDiscriminator
from zerosum.networks.r3gan import R3GANDiscriminator
from zerosum.nn.discriminator import Discriminator
from zerosum.nn.spectral import SpectralNorm, bounded

NETWORKS = {
    "perceptron": lambda: PerceptronDiscriminator((2,), 16, 2, classes=3, statistics="discrimination"),
    "goodfellow": lambda: GoodfellowDiscriminator((1, 8, 8), 8, 3, 0.2, 0.5, True),
    "light": lambda: LightDiscriminator((3, 16, 16), 8, 32, 3),
    "dcgan": lambda: DCGANDiscriminator((3, 16, 16), 8, classes=3, normalised=False),
    "r3gan": lambda: R3GANDiscriminator((3, 16, 16), [16, 16, 16], [2, 2, 2], [1, 1, 1], 2, 3, 8),
}
SHAPES = {"perceptron": (2,), "goodfellow": (1, 8, 8)}


def normalised(name: str) -> Discriminator:
    torch.manual_seed(0)
    return bounded(NETWORKS[name](), True)


def inputs_of(name: str, count: int = 4) -> tuple[Tensor, Tensor]:
    return torch.randn(count, *SHAPES.get(name, (3, 16, 16))), torch.arange(count) % 3


def layers_of(module: nn.Module) -> list[nn.Module]:
    return [layer for layer in module.modules() if hasattr(layer, "parametrizations")]


def largest_singular_value(weight: Tensor) -> float:
    return float(np.linalg.svd(weight.detach().double().flatten(1).numpy(), compute_uv=False)[0])


@pytest.mark.parametrize("name", NETWORKS)
def test_no_layer_stretches_anything(name: str) -> None:
    discriminator = normalised(name)
    layers = layers_of(discriminator)
    maps = [m for m in discriminator.modules() if isinstance(m, nn.Linear | nn.Conv2d | nn.Embedding)]
    assert len(layers) == len(maps) >= 3
    for _ in range(100):
        discriminator(*inputs_of(name))
    with torch.no_grad():
        found = [largest_singular_value(layer.weight) for layer in layers]
    assert found == pytest.approx([1.0] * len(layers), abs=2e-3)


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_that_begin_at_zero_are_drawn_anew(name: str) -> None:
    """R3GAN's last convolutions of a block are zero at first; a direction is needed to be normalised."""
    discriminator = normalised(name)
    logits = discriminator(*inputs_of(name))
    logits.sum().backward()
    assert logits.isfinite().all()
    for layer in layers_of(discriminator):
        assert layer.weight.isfinite().all()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in layer.parameters(recurse=True))


def test_without_the_wish_nothing_changes() -> None:
    discriminator = NETWORKS["r3gan"]()
    before = copy.deepcopy(discriminator.state_dict())
    assert bounded(discriminator, False) is discriminator
    after = discriminator.state_dict()
    assert before.keys() == after.keys() and all(torch.equal(before[key], after[key]) for key in before)


@pytest.mark.parametrize("shape", [(7, 5), (4, 3, 3, 3), (1, 6)])
def test_the_estimate_converges_to_the_largest_singular_value(shape: tuple[int, ...]) -> None:
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    norm = SpectralNorm(weight)
    for _ in range(200):
        divided = norm(weight)
    torch.testing.assert_close(divided, weight / largest_singular_value(weight), atol=1e-5, rtol=1e-5)


def test_the_gradient_holds_the_singular_vectors_fixed() -> None:
    """Miyato et al. 2018, Equation 12: (G - <G, W / sigma> u v^T) / sigma for the gradient G of the divided weight."""
    weight = torch.randn(6, 4, requires_grad=True)
    norm = SpectralNorm(weight.detach())
    direction = torch.randn(6, 4)
    (norm(weight) * direction).sum().backward()
    matrix, left = weight.detach().double().numpy(), norm.left.double().numpy()
    # The right vector of the last step came from the left one before; it is what the new left one came from.
    assert weight.grad is not None
    for _ in range(300):
        norm(weight)
    weight.grad = None
    (norm(weight) * direction).sum().backward()
    left = norm.left.double().numpy()
    right = matrix.T @ left / np.linalg.norm(matrix.T @ left)
    sigma, above = left @ matrix @ right, direction.double().numpy()
    expected = (above - (above * matrix).sum() / sigma * np.outer(left, right)) / sigma
    np.testing.assert_allclose(weight.grad.numpy(), expected, atol=1e-5)


def test_several_forward_passes_before_one_backward_pass() -> None:
    """Real samples, then fakes, then a slope: power iteration moves on in between without spoiling the gradient."""
    discriminator = normalised("perceptron")
    x, condition = inputs_of("perceptron")
    first = discriminator(x, condition)
    second = discriminator(x + 1, condition)
    _, norms = slopes(lambda x: discriminator(x, condition), x)
    (second.mean() - first.mean() + norms.mean()).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in discriminator.parameters())


def test_looking_moves_nothing() -> None:
    """In evaluation the buffers stay, and the same input has the same logits."""
    discriminator = normalised("light").eval()
    inputs, before = inputs_of("light"), copy.deepcopy(discriminator.state_dict())
    logits = discriminator(*inputs)
    assert torch.equal(discriminator(*inputs), logits)
    assert all(torch.equal(before[key], value) for key, value in discriminator.state_dict().items())
    discriminator.train()(*inputs)
    moved = [key for key, value in discriminator.state_dict().items() if not torch.equal(before[key], value)]
    assert moved and all(key.endswith("left") for key in moved)


def test_the_buffers_are_saved_and_go_on() -> None:
    one, other = normalised("light"), bounded(NETWORKS["light"](), True)
    one(*inputs_of("light"))
    saved = one.state_dict()
    assert sum(key.endswith(".left") for key in saved) == len(layers_of(one))
    other.load_state_dict(saved)
    inputs = inputs_of("light")
    for _ in range(3):
        assert torch.equal(one(*inputs), other(*inputs))
    assert all(torch.equal(value, other.state_dict()[key]) for key, value in one.state_dict().items())


@pytest.mark.parametrize("name", NETWORKS)
def test_singular_values_are_fp32_under_autocast(name: str) -> None:
    discriminator = normalised(name)
    inputs = inputs_of(name)
    twin = copy.deepcopy(discriminator)
    twin.eval(), discriminator.eval()
    with torch.autocast("cpu", torch.bfloat16):
        logits = discriminator(*inputs)
        with torch.no_grad():
            weights = [layer.weight for layer in layers_of(discriminator)]
    torch.testing.assert_close(logits, twin(*inputs), atol=0.05, rtol=0.05)
    for weight, layer in zip(weights, layers_of(twin), strict=True):
        assert weight.dtype == torch.float32 and torch.equal(weight, layer.weight)
    discriminator.train()
    with torch.autocast("cpu", torch.bfloat16):
        discriminator(*inputs).sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in discriminator.parameters())
    assert all(b.dtype == torch.float32 for key, b in discriminator.named_buffers() if key.endswith("left"))


def test_a_bounded_perceptron_is_lipschitz() -> None:
    """All layers have norm 1 and leaky ReLU has slope at most 1: so has the whole."""
    discriminator = bounded(PerceptronDiscriminator((2,), 32, 3), True)
    with torch.no_grad():
        for layer in layers_of(discriminator):
            layer.parametrizations.weight.original.mul_(50)
    for _ in range(200):
        discriminator(torch.randn(4, 2))
    _, norms = slopes(lambda x: discriminator(x), torch.randn(500, 2))
    assert norms.max() < 1.01
