"""StyleGAN2's networks: equality with the published networks' recorded outputs, styles, mixing, noise, sizes."""

from collections.abc import Callable
from typing import Any, NamedTuple, get_args

import pytest
import torch
from torch import Tensor

from zerosum.game.penalties import slopes
from zerosum.imports.stylegan2 import discriminator_name, kept
from zerosum.networks.stylegan2 import (
    Architecture,
    Mapping,
    StyleGAN2Discriminator,
    StyleGAN2Generator,
    StyleGAN2Head,
)
from zerosum.nn.pyramid import Grids

Published = Callable[[str], tuple[dict[str, dict[str, Tensor]], dict[str, Tensor]]]
SETTINGS: dict[str, dict[str, Any]] = {
    "stylegan2-32": {"shape": (3, 32, 32), "channel_base": 512, "largest": 64},
    "stylegan2-64-classes": {"shape": (3, 64, 64), "channel_base": 1024, "largest": 64, "classes": 5},
}
TINY: dict[str, Any] = {"channel_base": 64, "largest": 8}
SMALL_LATENTS: dict[str, Any] = {"latent_dim": 6, "style_dim": 5, "mapping_depth": 2}


class Reference(NamedTuple):
    generator: StyleGAN2Generator
    discriminator: StyleGAN2Discriminator
    arrays: dict[str, Tensor]
    condition: Tensor | None


@pytest.fixture(scope="module", params=SETTINGS)
def reference(request: pytest.FixtureRequest, published: Published) -> Reference:
    """Our networks with a published checkpoint's tensors, and its recorded inputs and outputs."""
    checkpoint, arrays = published(request.param)
    settings = SETTINGS[request.param]
    generator = StyleGAN2Generator(latent_dim=32, style_dim=32, mapping_depth=2, **settings).eval()
    discriminator = StyleGAN2Discriminator(**settings).eval()
    generator.load_state_dict(kept(checkpoint["G_ema"]))
    discriminator.load_state_dict({discriminator_name(name): value for name, value in kept(checkpoint["D"]).items()})
    condition = arrays["c"].argmax(dim=1) if "c" in arrays else None
    return Reference(generator, discriminator, arrays, condition)


def assert_near(ours: Tensor, theirs: Tensor) -> None:
    """Equal to 1e-4 of each value, or of the values' root mean square where a value is near zero."""
    torch.testing.assert_close(ours.detach(), theirs, rtol=1e-4, atol=1e-5 * theirs.square().mean().sqrt().item())


def test_styles_equal_the_published(reference: Reference) -> None:
    assert_near(reference.generator.styles(reference.arrays["z"], reference.condition), reference.arrays["w"])


def test_pictures_equal_the_published(reference: Reference) -> None:
    generator, _, arrays, condition = reference
    assert_near(generator(arrays["z"], condition), arrays["image_const_noise"])


def test_truncated_pictures_equal_the_published(reference: Reference) -> None:
    generator, _, arrays, condition = reference
    styles = generator.styles(arrays["z"], condition)
    styles = torch.cat([generator.mapping.w_avg.lerp(styles[:, :4], 0.5), styles[:, 4:]], 1)
    assert_near(styles, arrays["w_truncated"])
    assert_near(generator.synthesise(styles), arrays["image_truncated"])


def test_pictures_without_noise_equal_the_published(reference: Reference) -> None:
    generator, _, arrays, _ = reference
    strengths = {name: value for name, value in generator.named_parameters() if name.endswith("noise_strength")}
    kept = {name: value.detach().clone() for name, value in strengths.items()}
    with torch.no_grad():
        for value in strengths.values():
            value.zero_()
        without = generator.synthesise(arrays["w"])
        for name, value in strengths.items():
            value.copy_(kept[name])
    assert_near(without, arrays["image_no_noise"])


def test_logits_equal_the_published(reference: Reference) -> None:
    _, discriminator, arrays, condition = reference
    logits = discriminator(arrays["discriminator_input"], condition)
    assert_near(logits, arrays["discriminator_logits"].squeeze(1))


def test_widths_are_the_papers() -> None:
    grids = Grids(1024, 1024, 32768, 512)
    assert grids.widths == [512, 512, 512, 512, 512, 256, 128, 64, 32]
    assert Grids(28, 28, 1024, 128).widths == Grids(32, 32, 1024, 128).widths[1:], "by size, not by number of grids"


@pytest.mark.parametrize("architecture", get_args(Architecture))
@pytest.mark.parametrize("shape", [(3, 16, 16), (1, 28, 28), (4, 13, 18), (2, 7, 30)])
def test_pictures_of_any_size_and_every_weight_learns(architecture: Architecture, shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    generator = StyleGAN2Generator(shape, **SMALL_LATENTS, **TINY, architecture=architecture)
    discriminator = StyleGAN2Discriminator(shape, **TINY, architecture=architecture)
    for network in (generator, discriminator):
        network.to(memory_format=torch.channels_last)
    pictures = generator(torch.randn(4, 6))
    logits = discriminator(pictures)
    assert pictures.shape == (4, *shape) and logits.shape == (4,)
    logits.sum().backward()
    for network in (generator, discriminator):
        for name, weight in network.named_parameters():
            assert weight.grad is not None and weight.grad.any(), name


def test_mixing_crosses_over_at_a_layer() -> None:
    torch.manual_seed(0)
    generator = StyleGAN2Generator((3, 32, 32), **SMALL_LATENTS, **TINY, mixing=1.0)
    latent = torch.randn(200, 6)
    styles = generator.styles(latent)
    own = generator.mapping.eval()(latent, None)
    is_own = (styles == own[:, None]).all(2)  # (n, layers)
    crossings = is_own.sum(1)
    assert styles.shape == (200, 8, 5)
    assert set(crossings.tolist()) == set(range(1, 8)), "the first layer is the sample's own, the last is not"
    for sample, crossing in enumerate(crossings.tolist()):
        assert is_own[sample, :crossing].all(), "coarse layers first"
        assert torch.equal(styles[sample, crossing:], styles[sample, -1:].expand(8 - crossing, -1)), "one other latent"


@pytest.mark.parametrize(("mixing", "expected"), [(0.0, 0.0), (0.3, 0.3), (0.9, 0.9)])
def test_share_of_mixed_samples(mixing: float, expected: float) -> None:
    torch.manual_seed(0)
    generator = StyleGAN2Generator((3, 8, 8), **SMALL_LATENTS, **TINY, mixing=mixing)
    styles = generator.styles(torch.randn(2000, 6))
    mixed = (styles[:, 0] != styles[:, -1]).any(1).float().mean().item()
    assert mixed == pytest.approx(expected, abs=0.04)
    styles = generator.eval().styles(torch.randn(50, 6))
    assert torch.equal(styles[:, 0], styles[:, -1]), "nothing is mixed when sampling"


def test_coarse_styles_reach_coarse_layers() -> None:
    """A style changes the grids from its own on, and no coarser one."""
    torch.manual_seed(0)
    generator = StyleGAN2Generator((3, 32, 32), **SMALL_LATENTS, **TINY).eval()
    styles = generator.styles(torch.randn(1, 6))
    grids = list(generator.synthesis.values())
    seen: dict[int, Tensor] = {}
    for index, block in enumerate(grids):
        block.conv1.register_forward_hook(lambda *call, index=index: seen.update({index: call[2].detach()}))
    for layer in range(generator.layers):
        generator.synthesise(styles)
        before = dict(seen)
        changed = styles.clone()
        changed[:, layer] += 1
        generator.synthesise(changed)
        reached = [not torch.equal(before[index], seen[index]) for index in range(len(grids))]
        first = (layer + 1) // 2  # the grid whose convolution has this style
        assert reached == [index >= first for index in range(len(grids))], layer


def test_the_mean_of_styles_is_followed_in_training_alone() -> None:
    torch.manual_seed(0)
    generator = StyleGAN2Generator((3, 8, 8), **SMALL_LATENTS, **TINY, mixing=0.0)
    mapping = generator.mapping
    latent = torch.randn(64, 6)
    generator.eval()(latent)
    assert not mapping.w_avg.any()
    generator.train()(latent)
    torch.testing.assert_close(mapping.w_avg, 0.005 * mapping.eval()(latent, None).mean(0))
    mapping.train()
    with torch.no_grad():
        for _ in range(2000):
            mapping(torch.randn(64, 6), None)
        expected = mapping.eval()(torch.randn(20_000, 6), None).mean(0)
    torch.testing.assert_close(mapping.w_avg, expected, rtol=0, atol=0.05)


def test_latents_are_normalised_and_classes_are_heard() -> None:
    torch.manual_seed(0)
    mapping = Mapping(6, 3, 5, 2)
    latent, condition = torch.randn(3, 6), torch.arange(3)
    torch.testing.assert_close(mapping(10 * latent, condition), mapping(latent, condition))
    assert mapping(latent[:1].expand(3, -1), condition).unique(dim=0).shape[0] == 3
    head = StyleGAN2Head(8, (4, 4), 3, "none")
    assert head(torch.randn(1, 128).expand(3, -1), condition).unique().numel() == 3


@pytest.mark.parametrize(("statistics", "looks"), [("none", False), ("standard-deviation", True)])
def test_the_head_looks_at_the_batch_if_asked(statistics: str, looks: bool) -> None:
    torch.manual_seed(0)
    discriminator = StyleGAN2Discriminator((3, 16, 16), **TINY, statistics=statistics)
    pictures = torch.randn(4, 3, 16, 16)
    among_others, among_itself = discriminator(pictures)[0], discriminator(pictures[:1].expand(4, -1, -1, -1))[0]
    assert torch.allclose(among_others, among_itself, atol=1e-6) != looks


def test_slopes_of_the_discriminator_reach_its_weights() -> None:
    torch.manual_seed(0)
    discriminator = StyleGAN2Discriminator((3, 16, 16), **TINY).to(memory_format=torch.channels_last)
    _, squared = slopes(discriminator, torch.randn(4, 3, 16, 16))
    squared.sum().backward()
    for name, weight in discriminator.named_parameters():
        # Biases move slopes only across the kinks of the leaky ReLUs.
        assert name.endswith("bias") or (weight.grad is not None and weight.grad.any()), name


def test_bfloat16_is_near_float32() -> None:
    torch.manual_seed(0)
    generator = StyleGAN2Generator((3, 32, 32), **SMALL_LATENTS, channel_base=1024, largest=32).eval()
    discriminator = StyleGAN2Discriminator((3, 32, 32), channel_base=1024, largest=32)
    latent = torch.randn(4, 6)
    pictures = generator(latent)
    logits = discriminator(pictures)
    with torch.autocast("cpu", torch.bfloat16):
        coarse = generator(latent)
        coarse_logits = discriminator(pictures)
    assert coarse.dtype == coarse_logits.dtype == torch.float32
    assert (coarse - pictures).square().mean() < 1e-3 * pictures.square().mean()
    assert (coarse_logits - logits).abs().max() < 0.05 * (1 + logits.abs().max())


def test_the_generator_is_a_graph_for_any_number_of_samples() -> None:
    """Without grouped convolutions over a batch's kernels, nothing in it depends on how many samples there are."""
    torch.manual_seed(0)
    generator = StyleGAN2Generator((3, 16, 16), **SMALL_LATENTS, **TINY, classes=3).eval().requires_grad_(False)
    number = torch.export.Dim("number", min=1, max=64)
    shapes = ({0: number}, {0: number})
    program = torch.export.export(generator, (torch.randn(2, 6), torch.arange(2)), dynamic_shapes=shapes)
    latent, condition = torch.randn(5, 6), torch.arange(5) % 3
    torch.testing.assert_close(program.module()(latent, condition), generator(latent, condition))
