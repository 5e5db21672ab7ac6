"""Networks that grow: how a grid fades in, which layers are used, and the published sizes."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from zerosum.game.penalties import slopes
from zerosum.networks.progressive import ProgressiveDiscriminator, ProgressiveGenerator

TINY: dict[str, Any] = {"channel_base": 64, "largest": 8}
SHAPES = [(3, 16, 16), (1, 28, 28), (4, 13, 18), (2, 7, 30)]


class Pair:
    """A generator and a discriminator that are at the level that is asked for."""

    def __init__(self, shape: tuple[int, ...] = (3, 32, 32), classes: int = 0, **wider: int) -> None:
        torch.manual_seed(0)
        self.level = 0.0
        widths = TINY | wider
        self.generator = ProgressiveGenerator(shape, 6, **widths, level=lambda: self.level, classes=classes)
        self.discriminator = ProgressiveDiscriminator(shape, **widths, level=lambda: self.level, classes=classes)
        self.pyramid, self.top = self.generator.pyramid, self.generator.pyramid.doublings
        for network in (self.generator, self.discriminator):
            network.to(memory_format=torch.channels_last)
            for name, weight in network.named_parameters():
                if name.endswith("bias"):
                    nn.init.normal_(weight, std=0.1)  # so that a bias that is left out is seen

    def pictures(self, level: float, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        self.level = level
        return self.generator(latent, condition)

    def logits(self, level: float, x: Tensor, condition: Tensor | None = None) -> Tensor:
        self.level = level
        return self.discriminator(x, condition)

    def features(self, level: float, x: Tensor) -> Tensor:
        self.level = level
        return self.discriminator.features(x, None)


def learns(network: nn.Module, scalar: Tensor) -> set[str]:
    """The names of the weights that a scalar's gradient reaches."""
    network.zero_grad(set_to_none=True)
    scalar.backward()
    return {name for name, weight in network.named_parameters() if weight.grad is not None}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_grid_fades_into_the_picture(shape: tuple[int, ...]) -> None:
    """Section 2: (1 - a) times the smaller picture, enlarged, plus a times the larger one."""
    pair, latent = Pair(shape), torch.randn(4, 6)
    assert pair.top >= 1
    for grid in range(pair.top):
        before, after = pair.pictures(grid, latent), pair.pictures(grid + 1, latent)
        assert before.shape == after.shape == (4, *shape)
        assert not torch.allclose(before, after, atol=0.1)
        for share in (0.25, 0.5, 0.875):
            expected = (1 - share) * before + share * after
            torch.testing.assert_close(pair.pictures(grid + share, latent), expected, atol=1e-5, rtol=1e-5)


def test_the_first_moment_of_a_fade_changes_no_picture_and_no_logit() -> None:
    pair, latent = Pair(), torch.randn(4, 6)
    for grid in range(pair.top):
        before = pair.pictures(grid, latent)
        torch.testing.assert_close(pair.pictures(grid + 1e-6, latent), before, atol=1e-5, rtol=0)
        # Real pictures have more detail than the smaller grid, and are shown without it.
        x = torch.randn(4, 3, 32, 32)
        found = pair.logits(grid + 1e-6, pair.pyramid.show(x, grid + 1e-6))
        torch.testing.assert_close(found, pair.logits(grid, pair.pyramid.show(x, grid)), atol=1e-4, rtol=0)
        assert not torch.allclose(pair.logits(grid + 0.5, x), pair.logits(grid, x), atol=1e-3)


def test_the_last_moment_of_a_fade_is_the_next_grid() -> None:
    pair, latent, x = Pair(), torch.randn(4, 6), torch.randn(4, 3, 32, 32)
    for grid in range(1, pair.top + 1):
        torch.testing.assert_close(pair.pictures(grid - 1e-6, latent), pair.pictures(grid, latent), atol=1e-4, rtol=0)
        torch.testing.assert_close(pair.logits(grid - 1e-6, x), pair.logits(grid, x), atol=1e-4, rtol=0)


def test_a_grid_fades_into_the_features() -> None:
    """Figure 2: the smaller grid's own features of the picture, and those that the larger grid hands down."""
    pair, x = Pair(), torch.randn(4, 3, 32, 32)
    before, after = pair.features(0, x), pair.features(1, x)
    torch.testing.assert_close(pair.features(0.25, x), 0.75 * before + 0.25 * after)


@pytest.mark.parametrize("shape", SHAPES)
def test_cells_of_a_grid_are_squares_of_pixels(shape: tuple[int, ...]) -> None:
    pair, latent = Pair(shape), torch.randn(2, 6)
    for grid in range(pair.top + 1):
        x = pair.pictures(grid, latent)
        cells = pair.pyramid.reduce(x, grid)[0, 0].numel()
        assert len(x[0, 0].unique()) <= cells
        assert grid == pair.top or cells < x[0, 0].numel()


@pytest.mark.parametrize("level", [0, 0.5, 1, 1.5, 2, 2.5, 3])
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_gradients_reach_the_layers_in_use_and_no_others(player: str, level: float) -> None:
    pair = Pair()
    x = pair.pictures(level, torch.randn(4, 6))
    network = pair.generator if player == "generator" else pair.discriminator
    found = learns(network, pair.logits(level, x).sum())
    finest = -int(-level // 1)
    pictures = {int(level), finest}
    expected = {
        name
        for name, _ in network.named_parameters()
        if name.startswith(("first", "head"))
        or (name.startswith("blocks") and int(name.split(".")[1]) < finest)
        or (name.startswith(("to_picture", "from_picture")) and int(name.split(".")[1]) in pictures)
    }
    assert found == expected
    used = sum(name.startswith("blocks") for name in expected)
    assert used == finest * (2 * 2), "two convolutions a grid, each with a bias"


@pytest.mark.parametrize("shape", SHAPES)
def test_pictures_of_any_size_and_every_weight_learns_in_time(shape: tuple[int, ...]) -> None:
    pair = Pair(shape, classes=3)
    names: dict[nn.Module, set[str]] = {pair.generator: set(), pair.discriminator: set()}
    condition = torch.arange(6) % 3
    for grid in range(pair.top + 1):
        x = pair.pictures(grid, torch.randn(6, 6), condition)
        logits = pair.logits(grid, x, condition)
        assert x.shape == (6, *shape) and logits.shape == (6,)
        for network in names:
            network.zero_grad(set_to_none=True)
        logits.sum().backward()
        for network, found in names.items():
            found |= {n for n, weight in network.named_parameters() if weight.grad is not None and weight.grad.any()}
    for network, found in names.items():
        assert found == {name for name, _ in network.named_parameters()}


def test_pictures_may_come_on_the_grid_in_use() -> None:
    """As game and penalties give them, or whole, as those who look on do."""
    for shape in SHAPES:
        pair = Pair(shape)
        x = torch.randn(4, *shape)
        for level, grid in ((0, 0), (0.5, 1), (1, 1)):
            torch.testing.assert_close(
                pair.logits(level, x), pair.logits(level, pair.pyramid.reduce(x, grid)), atol=1e-5, rtol=1e-5
            )


def test_features_of_every_pixel_have_length_one() -> None:
    """Section 4.2, after every 3x3 convolution of the generator."""
    pair = Pair()
    seen: list[Tensor] = []
    layers = [pair.generator.first, *pair.generator.blocks]
    for layer in layers:
        layer.register_forward_hook(lambda *call: seen.append(call[2]))
    pair.pictures(pair.top, 100 * torch.randn(4, 6))
    assert len(seen) == pair.top + 1
    for features in seen:
        torch.testing.assert_close(features.square().mean(1), torch.ones_like(features[:, 0]), atol=1e-4, rtol=0)


def test_only_the_direction_of_a_latent_is_read() -> None:
    pair, latent = Pair(), torch.randn(4, 6)
    torch.testing.assert_close(pair.pictures(1, 7 * latent), pair.pictures(1, latent), atol=1e-4, rtol=1e-4)


def test_classes_are_heard() -> None:
    pair = Pair(classes=3)
    latent, x, condition = (
        torch.randn(1, 6).expand(3, -1),
        torch.randn(1, 3, 32, 32).expand(3, -1, -1, -1),
        torch.arange(3),
    )
    for level in (0, 1.5, 3):
        assert pair.pictures(level, latent, condition).flatten(1).unique(dim=0).shape[0] == 3
        assert len(pair.logits(level, x, condition).unique()) == 3


def test_evaluation_is_at_the_level_that_training_has_come_to() -> None:
    pair, latent, x = Pair(), torch.randn(4, 6), torch.randn(4, 3, 32, 32)
    pictures, logits = pair.pictures(1.5, latent), pair.logits(1.5, x)
    pair.generator.eval(), pair.discriminator.eval()
    torch.testing.assert_close(pair.pictures(3, latent), pictures)
    torch.testing.assert_close(pair.logits(3, x), logits)


def test_sizes_are_the_papers() -> None:
    """Table 2: 23.1 million weights each at 1024 x 1024, whose pictures are read from and written to the last grid."""

    def weights(network: nn.Module) -> int:
        others = (network.get_submodule(name) for name in ("to_picture", "from_picture") if hasattr(network, name))
        left_out = sum(w.numel() for layers in others for layer in list(layers)[:-1] for w in layer.parameters())
        return sum(weight.numel() for weight in network.parameters()) - left_out

    def level() -> float:
        return 0.0

    sizes: dict[str, Any] = {"channel_base": 16384, "largest": 512, "level": level}
    generator = ProgressiveGenerator((3, 1024, 1024), 512, **sizes)
    discriminator = ProgressiveDiscriminator((3, 1024, 1024), **sizes)
    assert generator.pyramid.doublings == 8 and generator.pyramid.base == (4, 4)
    assert weights(generator) == pytest.approx(23.1e6, rel=0.003)
    assert weights(discriminator) == pytest.approx(23.1e6, rel=0.003)


def test_bfloat16_is_near_float32() -> None:
    pair, latent = Pair(channel_base=1024, largest=32), torch.randn(4, 6)
    for level in (0, 1.5, 3):
        pictures = pair.pictures(level, latent)
        logits = pair.logits(level, pictures)
        with torch.autocast("cpu", torch.bfloat16):
            coarse, coarse_logits = pair.pictures(level, latent), pair.logits(level, pictures)
        assert coarse.dtype == coarse_logits.dtype == torch.float32
        assert (coarse - pictures).square().mean() < 1e-3 * pictures.square().mean()
        assert (coarse_logits - logits).abs().max() < 0.05 * (1 + logits.abs().max())


@pytest.mark.parametrize("level", [0, 1.5, 3])
def test_slopes_teach_every_weight_in_use(level: float) -> None:
    pair = Pair()
    pair.level = level
    _, squared = slopes(pair.discriminator, pair.pyramid.reduce(torch.randn(4, 3, 32, 32), -int(-level // 1)))
    used = learns(pair.discriminator, squared.sum())
    weights = dict(pair.discriminator.named_parameters())
    assert used and all(name.endswith("bias") or weights[name].grad.any() for name in used)  # type: ignore[union-attr]
