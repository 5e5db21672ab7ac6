"""Penalties that share a pass in bfloat16: their gradients against the same in fp32, in the recipes that ask for it."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

import zerosum.recipes  # noqa: F401  registers them
from zerosum.core.batch import Batch
from zerosum.core.registry import find_recipe
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game.game import Game

SPACE = Space(kind="image", shape=(3, 32, 32))
SETTINGS: dict[str, dict[str, Any]] = {
    "r3gan": {"width": 64, "blocks": 1, "latent_dim": 16},
    "stylegan2": {"latent_dim": 32, "style_dim": 32, "mapping_depth": 2, "channel_base": 1024, "largest_width": 64},
}
NEAR = {"r1": 0.1, "r2": 0.04, "path-length": 0.1}
"""Relative errors of gradients that are accepted, twice the largest that were seen: here, and after 400 rounds."""


def game_of(name: str) -> Game:
    recipe = find_recipe(name)
    torch.manual_seed(0)
    game = recipe.build(replace(recipe.config(), **SETTINGS[name]), SPACE)
    for player in game.players.values():
        player.module.to(memory_format=torch.channels_last)
        with torch.no_grad():
            for weight in player.module.parameters():
                if not weight.any():  # residual branches that begin at zero would have no slope
                    weight.normal_(std=0.05)
    return game


def gradients(game: Game, precision: torch.dtype) -> dict[str, Tensor]:
    """Of every penalty, for all weights of its player, flat."""
    found = {}
    for turn in game.turns:
        weights = list(game.players[turn.player].module.parameters())
        batch = Batch(torch.randn(8, *SPACE.shape, generator=torch.Generator().manual_seed(1)), None, Noise(0))
        torch.manual_seed(2)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            terms = turn.loss(batch).terms
        for name in NEAR.keys() & terms.keys():
            of_term = torch.autograd.grad(terms[name], weights, retain_graph=True, materialize_grads=True)
            found[name] = torch.cat([gradient.flatten() for gradient in of_term])
    return found


@pytest.mark.parametrize(
    ("name", "penalties"), [("r3gan", {"r1", "r2"}), ("stylegan2", {"r1", "path-length"})], ids=["r3gan", "stylegan2"]
)
def test_gradients_in_bfloat16_are_those_in_fp32(name: str, penalties: set[str]) -> None:
    game = game_of(name)
    exact = gradients(game, torch.float32)
    for value in game.state.values():
        value.zero_()  # the mean path length, which was moved
    near = gradients(game, torch.bfloat16)
    assert exact.keys() == near.keys() == penalties
    for penalty in penalties:
        apart = (near[penalty] - exact[penalty]).norm() / exact[penalty].norm()
        along = (near[penalty] @ exact[penalty]) / exact[penalty].square().sum()
        assert 0 < apart < NEAR[penalty], penalty
        assert along.item() == pytest.approx(1, abs=0.03), penalty
