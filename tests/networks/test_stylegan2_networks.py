"""StyleGAN2's networks: equality with the published networks' recorded outputs, styles, mixing, noise, sizes."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple, get_args

import pytest
import torch
from torch import Tensor, nn

from zerosum.networks.stylegan2 import (
    Architecture,
    Mapping,
    StyleGAN2Discriminator,
    StyleGAN2Generator,
    StyleGAN2Head,
)

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


def for_ours(name: str) -> str:
    """What a tensor of the published discriminator is called in ours."""
    for pattern, ours in (
        (r"b4\.fromrgb\.", "fromrgb."),
        (r"b4\.", "head."),
        (r"mapping\.", "head.mapping."),
        (r"", "blocks."),
    ):
        if re.match(pattern, name):
            return re.sub(f"^{pattern}", ours, name)
    raise AssertionError(name)


@pytest.fixture(scope="module", params=SETTINGS)
def reference(request: pytest.FixtureRequest, published: Published) -> Reference:
    """Our networks with a published checkpoint's tensors, and its recorded inputs and outputs."""
    checkpoint, arrays = published(request.param)
    settings = SETTINGS[request.param]
    generator = StyleGAN2Generator(latent_dim=32, style_dim=32, mapping_depth=2, **settings).eval()
    discriminator = StyleGAN2Discriminator(**settings).eval()
    kept = {
        network: {name: value for name, value in tensors.items() if not name.endswith("resample_filter")}
        for network, tensors in checkpoint.items()
    }
    generator.load_state_dict(kept["G_ema"])
    discriminator.load_state_dict({for_ours(name): value for name, value in kept["D"].items()})
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
