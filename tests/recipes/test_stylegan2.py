"""StyleGAN2 as a game: truncation, lazy penalties, presets."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.registry import find_recipe
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.data.codec import ImageCodec
from zerosum.game.game import Game
from zerosum.networks.stylegan2 import StyleGAN2Generator
from zerosum.recipes.stylegan2 import SMALL, StyleGAN2, stylegan2
from zerosum.train.model import Model

SPACE = Space(kind="image", shape=(3, 16, 16))
TINY: dict[str, Any] = {"latent_dim": 6, "style_dim": 5, "mapping_depth": 2, "channel_base": 64, "largest_width": 8}


def tiny(space: Space = SPACE, **settings: Any) -> Game:
    torch.manual_seed(0)
    return stylegan2(replace(SMALL, **TINY, **settings), space)


def generator_of(game: Game) -> StyleGAN2Generator:
    generator = game.players["generator"].module
    assert isinstance(generator, StyleGAN2Generator)
    with torch.no_grad():
        generator.mapping.w_avg.normal_()
    return generator.eval()


def test_truncation_moves_styles_to_their_mean() -> None:
    game = tiny()
    generator = generator_of(game)
    modules, latents = {"generator": generator}, torch.randn(4, 6)
    assert game.truncated is not None
    whole = game.generate(modules, latents, None)
    mean = generator.synthesise(generator.mapping.w_avg.expand(1, generator.layers, -1))
    torch.testing.assert_close(game.truncated(modules, latents, None, 1.0), whole)
    torch.testing.assert_close(game.truncated(modules, latents, None, 0.0), mean.expand(4, -1, -1, -1))
    spread = [game.truncated(modules, latents, None, psi).std(0).mean().item() for psi in (0.0, 0.3, 0.7, 1.0)]
    assert spread == sorted(spread) and spread[0] < 1e-6 < spread[1]


def test_samples_are_truncated_on_request() -> None:
    game = tiny()
    generator_of(game)
    model = Model(find_recipe("stylegan2"), SMALL, SPACE, ImageCodec(), None, game)
    whole = model.sample(3).astype(int)
    assert abs(model.sample(3, truncation=1.0) - whole).max() <= 1, "but for rounding"
    alike = model.sample(3, truncation=0.0)
    assert (alike == alike[:1]).all() and abs(alike - whole).max() > 1


def test_path_lengths_and_slopes_come_at_their_own_rounds() -> None:
    turns = tiny(penalties="r1,path-length", penalty_steps="own", penalty_every=16, path_every=4).turns
    assert [(turn.player, turn.every) for turn in turns] == [
        ("discriminator", 1),
        ("generator", 1),
        ("discriminator", 16),
        ("generator", 4),
    ]


def test_path_lengths_are_those_of_styles() -> None:
    """The penalty's running mean is that of the slope along w, found here by differences in float64."""
    game = tiny(penalties="path-length", penalty_steps="own", path_every=2, mixing=0.0)
    generator = generator_of(game)
    loss = game.turns[2].loss(Batch(torch.zeros(2, 3, 16, 16), None, Noise(7)))
    again, generator = Noise(7), generator.double()
    styles = generator.styles(again.normal(2, 6).double()).detach()
    direction = again.normal(2, 3, 16, 16).double() / 16

    def along(styles: torch.Tensor) -> torch.Tensor:
        return (generator.synthesise(styles) * direction).sum((1, 2, 3)).detach()

    slopes = torch.zeros_like(styles)
    for layer in range(styles.shape[1]):
        for index in range(styles.shape[2]):
            step = torch.zeros_like(styles)
            step[:, layer, index] = 1e-6
            slopes[:, layer, index] = (along(styles + step) - along(styles - step)) / 2e-6
    lengths = slopes.square().sum(2).mean(1).sqrt()
    mean = game.state["path-length/mean"].item()
    assert mean == pytest.approx(0.01 * lengths.mean().item(), rel=1e-4)
    expected = 2 * 2 * (lengths - mean).square().mean().item()
    assert loss.terms["path-length"].item() == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("side", "preset"), [(28, "small"), (48, "small"), (64, "large"), (128, "large")])
def test_presets_by_size(side: int, preset: str) -> None:
    found = find_recipe("stylegan2")
    assert found.settings(Space(kind="image", shape=(3, side, side))) == found.presets[preset]


def test_large_pictures_take_the_papers_settings() -> None:
    assert find_recipe("stylegan2").settings(Space(kind="image", shape=(3, 256, 200))) == StyleGAN2()


def test_mixing_is_a_share() -> None:
    with pytest.raises(SettingError, match="--mixing"):
        replace(SMALL, mixing=1.5)
