"""R3GAN's networks: equality with the reference's recorded outputs, shapes, precision and the initial state."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zerosum.imports.r3gan import IN_DISCRIMINATOR, IN_GENERATOR, renamed
from zerosum.networks.r3gan import (
    Downsample,
    R3GANDiscriminator,
    R3GANGenerator,
    ResidualBlock,
    Upsample,
)
from zerosum.nn.convolution import Convolution
from zerosum.nn.pyramid import Pyramid

Published = Callable[[str], tuple[dict[str, dict[str, Tensor]], dict[str, Tensor]]]
SETTINGS: dict[str, dict[str, Any]] = {
    "r3gan-16": {"shape": (3, 16, 16), "widths": (32, 32, 16), "cardinalities": (4, 4, 2), "blocks": (1, 2, 1)},
    "r3gan-32-classes": {
        "shape": (3, 32, 32),
        "widths": (48, 32, 32, 16),
        "cardinalities": (6, 4, 4, 2),
        "blocks": (1, 1, 1, 1),
        "classes": 5,
    },
}
TINY: dict[str, Any] = {"widths": (16, 8), "cardinalities": (4, 2), "blocks": (1, 2)}


class Reference(NamedTuple):
    generator: R3GANGenerator
    discriminator: R3GANDiscriminator
    arrays: dict[str, Tensor]
    condition: Tensor | None


@pytest.fixture(scope="module", params=SETTINGS)
def reference(request: pytest.FixtureRequest, published: Published) -> Reference:
    """Our networks with a reference checkpoint's weights, and its recorded inputs and outputs."""
    checkpoint, arrays = published(request.param)
    settings = SETTINGS[request.param]
    generator = R3GANGenerator(latent_dim=16, class_embedding_dim=16, **settings)
    discriminator = R3GANDiscriminator(class_embedding_dim=48, **settings)
    generator.load_state_dict(renamed(checkpoint["G_ema"], IN_GENERATOR, first_block=1))
    discriminator.load_state_dict(renamed(checkpoint["D"], IN_DISCRIMINATOR, first_block=0))
    condition = arrays["c"].argmax(dim=1) if "c" in arrays else None
    return Reference(generator, discriminator, arrays, condition)


def squared_gradient_norms(discriminator: nn.Module, x: Tensor, condition: Tensor | None) -> Tensor:
    """Of each sample, (n,), differentiable once more."""
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(discriminator(x, condition).sum(), x, create_graph=True)
    return gradient.square().sum(dim=(1, 2, 3))


def assert_near(ours: Tensor, theirs: Tensor) -> None:
    """Equal to 1e-4 of each value, or of the values' root mean square where a value is near zero."""
    torch.testing.assert_close(ours.detach(), theirs, rtol=1e-4, atol=1e-5 * theirs.square().mean().sqrt().item())


def test_generator_equals_reference(reference: Reference) -> None:
    assert_near(reference.generator(reference.arrays["z"], reference.condition), reference.arrays["image"])


def test_discriminator_equals_reference(reference: Reference) -> None:
    logits = reference.discriminator(reference.arrays["discriminator_input"], reference.condition)
    assert_near(logits, reference.arrays["discriminator_logits"])


@pytest.mark.parametrize(("penalty", "images"), [("r1", "discriminator_input"), ("r2", "image")])
def test_gradient_norms_equal_reference(reference: Reference, penalty: str, images: str) -> None:
    norms = squared_gradient_norms(reference.discriminator, reference.arrays[images], reference.condition)
    assert_near(norms, reference.arrays[penalty])


def test_losses_equal_reference(reference: Reference) -> None:
    _, discriminator, arrays, condition = reference
    fake = reference.generator(arrays["z"], condition)
    margin = discriminator(arrays["discriminator_input"], condition) - discriminator(fake, condition)
    norms = [squared_gradient_norms(discriminator, x, condition) for x in (arrays["discriminator_input"], fake)]
    assert_near(F.softplus(margin), arrays["generator_loss"])
    assert_near(F.softplus(-margin) + 0.5 / 2 * sum(norms), arrays["discriminator_loss_gamma_half"])


@pytest.mark.parametrize(
    ("height", "width", "stages"),
    [(28, 28, 3), (32, 32, 4), (64, 64, 5), (64, 96, 5), (96, 64, 5), (7, 7, 1), (1, 50, 1), (8, 8, 2), (31, 31, 4)],
)
def test_stages_for(height: int, width: int, stages: int) -> None:
    assert Pyramid.of(height, width).doublings + 1 == stages
    assert min(height, width) < 4 or 4 <= -(-min(height, width) // 2 ** (stages - 1)) <= 7


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 64, 96), (2, 20, 33), (3, 5, 7), (1, 1, 2)])
@pytest.mark.parametrize("channels_last", [False, True])
def test_any_shape_makes_the_round_trip(shape: tuple[int, int, int], channels_last: bool) -> None:
    torch.manual_seed(0)
    stages = Pyramid.of(*shape[1:]).doublings + 1
    sizes = {"widths": (8,) * stages, "cardinalities": (2,) * stages, "blocks": (1,) * stages}
    generator, discriminator = R3GANGenerator(shape, 6, **sizes), R3GANDiscriminator(shape, **sizes)
    z = torch.randn(3, 6)
    image = generator(z, None)
    logits = discriminator(image, None)
    assert image.shape == (3, *shape)
    assert logits.shape == (3,)
    assert image.isfinite().all() and logits.isfinite().all()
    if channels_last:
        generator.to(memory_format=torch.channels_last)
        discriminator.to(memory_format=torch.channels_last)
        torch.testing.assert_close(generator(z, None), image)
        torch.testing.assert_close(discriminator(image, None), logits)


def test_image_lies_in_the_middle_of_the_largest_grid() -> None:
    torch.manual_seed(0)
    shape, grid = (2, 6, 5), (2, 8, 8)
    sizes = {"widths": (8, 8, 8), "cardinalities": (2, 2, 2), "blocks": (1, 1, 1)}
    generator, whole_generator = R3GANGenerator(shape, 6, **sizes), R3GANGenerator(grid, 6, **sizes)
    discriminator, whole_discriminator = R3GANDiscriminator(shape, **sizes), R3GANDiscriminator(grid, **sizes)
    whole_generator.load_state_dict(generator.state_dict())
    whole_discriminator.load_state_dict(discriminator.state_dict())
    z, x, padded = torch.randn(1, 6), torch.randn(1, *shape), torch.zeros(1, *grid)
    padded[:, :, 1:7, 1:6] = x
    torch.testing.assert_close(generator(z), whole_generator(z)[:, :, 1:7, 1:6])
    torch.testing.assert_close(discriminator(x), whole_discriminator(padded))


def test_classes_change_images_and_logits() -> None:
    torch.manual_seed(0)
    settings = {"shape": (1, 8, 8), "classes": 3, "class_embedding_dim": 5, **TINY}
    generator, discriminator = R3GANGenerator(latent_dim=4, **settings), R3GANDiscriminator(**settings)
    z, condition = torch.randn(1, 4).expand(3, 4), torch.arange(3)
    images = generator(z, condition)
    logits = discriminator(images[:1].expand(3, -1, -1, -1), condition)
    assert images.flatten(1).unique(dim=0).shape[0] == 3
    assert logits.unique().numel() == 3


def test_errors_say_what_to_do() -> None:
    with pytest.raises(ValueError, match="pass None"):
        R3GANGenerator((1, 8, 8), 4, **TINY)(torch.randn(2, 4), torch.zeros(2, dtype=torch.int64))
    with pytest.raises(ValueError, match="pass their indices"):
        R3GANDiscriminator((1, 8, 8), classes=3, class_embedding_dim=4, **TINY)(torch.randn(2, 1, 8, 8), None)
    with pytest.raises(ValueError, match="needs at least 1"):
        R3GANGenerator((1, 8, 8), 4, classes=3, **TINY)
    with pytest.raises(ValueError, match="one entry per stage"):
        R3GANDiscriminator((1, 8, 8), widths=(8, 8), cardinalities=(2,), blocks=(1, 1))
    with pytest.raises(ValueError, match="does not divide"):
        R3GANDiscriminator((1, 8, 8), widths=(8, 8), cardinalities=(2, 3), blocks=(1, 1))


def test_resampling_is_the_binomial_filter_with_zeros_outside() -> None:
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64) / 8
    kernel = torch.outer(taps, taps).expand(4, 1, 4, 4)
    x = torch.randn(2, 4, 6, 10, dtype=torch.float64)
    down, up = Downsample(4, 4, (6, 10)).double(), Upsample(4, 4, (12, 20)).double()
    torch.testing.assert_close(down(x), F.conv2d(x, kernel, stride=2, padding=1, groups=4))
    torch.testing.assert_close(up(x), F.conv_transpose2d(x, 4 * kernel, stride=2, padding=1, groups=4))


@pytest.mark.parametrize("layer", [Upsample(2, 3, (4, 8)), Downsample(2, 3, (4, 8)), ResidualBlock(4, 2, 2, 1)])
def test_gradients_of_both_orders_are_right(layer: nn.Module) -> None:
    torch.manual_seed(0)
    layer = layer.double()
    for parameter in layer.parameters():
        nn.init.normal_(parameter)
    shape = {Upsample: (2, 2, 2, 4), Downsample: (2, 2, 4, 8), ResidualBlock: (2, 4, 3, 3)}[type(layer)]
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, x)
    assert torch.autograd.gradgradcheck(layer, x)


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 7, 12)])
def test_penalty_gradients_are_finite_and_reach_the_weights(shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    discriminator = R3GANDiscriminator(shape, **TINY).to(memory_format=torch.channels_last)
    for name, parameter in discriminator.named_parameters():
        if "contract" in name:
            nn.init.normal_(parameter, std=0.1)
    squared_gradient_norms(discriminator, torch.randn(4, *shape), None).sum().backward()
    for name, parameter in discriminator.named_parameters():
        if name.endswith("bias"):
            assert parameter.grad is None, "biases move the penalty only across a kink of a leaky ReLU"
        else:
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all() and parameter.grad.abs().max() > 0, name


def test_penalty_gradients_equal_those_of_plain_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    def gradients() -> list[Tensor]:
        torch.manual_seed(0)
        discriminator = R3GANDiscriminator((3, 12, 7), classes=3, class_embedding_dim=4, **TINY)
        for parameter in discriminator.parameters():
            nn.init.normal_(parameter, std=0.3)
        x, condition = torch.randn(4, 3, 12, 7), torch.tensor([0, 1, 2, 1])
        loss = discriminator(x, condition).sum() + squared_gradient_norms(discriminator, x, condition).sum()
        return list(torch.autograd.grad(loss, list(discriminator.parameters())))

    ours = gradients()
    monkeypatch.setattr(Convolution, "forward", nn.Conv2d.forward)
    monkeypatch.setattr("zerosum.networks.r3gan.leaky_relu_", F.leaky_relu)
    for our, plain in zip(ours, gradients(), strict=True):
        assert (our - plain).norm() < 1e-5 * plain.norm()


def test_bfloat16_autocast_is_near_float32() -> None:
    torch.manual_seed(0)
    generator, discriminator = R3GANGenerator((3, 8, 8), 6, **TINY), R3GANDiscriminator((3, 8, 8), **TINY)
    z = torch.randn(4, 6)
    image = generator(z)
    logits = discriminator(image)
    with torch.autocast("cpu", torch.bfloat16):
        image_16 = generator(z)
        logits_16 = discriminator(image_16)
    logits_16.sum().backward()
    assert logits_16.dtype == torch.float32, "differences of logits need more than bfloat16's digits"
    torch.testing.assert_close(image_16.float(), image, rtol=0.05, atol=0.05)
    torch.testing.assert_close(logits_16, logits, rtol=0.05, atol=0.05)
    assert all(parameter.grad is not None for parameter in generator.parameters())


def test_fresh_networks_start_linear_and_in_range() -> None:
    torch.manual_seed(0)
    settings = {"shape": (3, 4, 4), "widths": (256,), "cardinalities": (16,), "blocks": (3,)}
    generator, discriminator = R3GANGenerator(latent_dim=64, **settings), R3GANDiscriminator(**settings)
    blocks = [module for module in discriminator.modules() if isinstance(module, ResidualBlock)]
    hidden = torch.randn(2, 256, 4, 4)
    assert len(blocks) == 3
    assert all(torch.equal(block(hidden), hidden) for block in blocks)
    x, y = torch.randn(2, 512, 3, 4, 4)
    torch.testing.assert_close(discriminator(x + y), discriminator(x) + discriminator(y), rtol=1e-4, atol=1e-5)
    # Exactly 1 in the mean over draws of the weights.
    assert 0.7 < discriminator(x).std().item() < 1.3
    assert 0.7 < generator(torch.randn(512, 64)).std().item() < 1.3


def test_residual_scale_counts_the_blocks_of_the_network() -> None:
    torch.manual_seed(0)
    settings = {"shape": (3, 8, 8), "widths": (64, 64), "cardinalities": (4, 4), "blocks": (7, 9)}
    expected = (2 / (1 + 0.2**2)) ** 0.5 / 16**0.25 / 64**0.5
    for network in (R3GANGenerator(latent_dim=8, **settings), R3GANDiscriminator(**settings)):
        first = network.stages[0].get_submodule("block0.expand").weight
        assert first.std().item() == pytest.approx(expected, rel=0.05)


def test_stored_state_is_learned_parameters_only() -> None:
    for network in (R3GANGenerator((3, 8, 8), 6, **TINY), R3GANDiscriminator((3, 8, 8), **TINY)):
        assert set(network.state_dict()) == {name for name, _ in network.named_parameters()}
