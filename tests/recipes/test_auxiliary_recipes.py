"""InfoGAN and AC-GAN: what they ask for and refuse, and that their networks are not told what they are to find out."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch

from zerosum.api import open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.registry import find_recipe
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game.priors import Codes
from zerosum.recipes.acgan import ACGAN
from zerosum.recipes.infogan import InfoGAN
from zerosum.train.engine import Engine

DIGITS = Space(kind="image", shape=(1, 28, 28))
LABELLED = Space(kind="image", shape=(1, 28, 28), classes=("a", "b"), frequencies=(0.5, 0.5))


def test_the_published_sizes() -> None:
    """Chen et al. 2016, Appendix C: the latents of digits, house numbers and faces are 74, 168 and 228 wide."""
    recipe = find_recipe("infogan")
    for settings, width in ((InfoGAN(), 74), (recipe.presets["house-numbers"], 168), (recipe.presets["faces"], 228)):
        assert recipe.build(settings, DIGITS).prior.dimension == width
    players = recipe.build(InfoGAN(), DIGITS).players
    assert players["generator"].optimizer.at(0)["lr"] == pytest.approx(1e-3)
    assert players["discriminator"].optimizer.at(0)["lr"] == pytest.approx(2e-4)
    assert players["discriminator"].module.auxiliary.out.out_features == 10 + 2 * 2


def test_codes_that_mean_nothing_are_refused() -> None:
    with pytest.raises(SettingError, match="--categorical-codes is 10 1; each code needs at least 2"):
        InfoGAN(categorical_codes=(10, 1))
    with pytest.raises(SettingError, match="neither --categorical-codes nor --continuous-codes"):
        InfoGAN(categorical_codes=(), continuous_codes=None)
    assert InfoGAN(categorical_codes=()).continuous_codes == 2


def test_infogan_is_not_told_the_classes() -> None:
    dataset, recipe, _ = open_for("digits", DataOptions(), "infogan", "cpu")
    assert not dataset.space.classes
    assert isinstance(recipe.build(InfoGAN(), dataset.space).prior, Codes)
    with pytest.raises(SettingError, match="infogan knows no classes"):
        open_for("digits", DataOptions(conditional=True), "infogan", "cpu")


def test_acgan_needs_classes() -> None:
    open_for("digits", DataOptions(), "acgan", "cpu")
    for data, options in (("digits", DataOptions(conditional=False)), (np.zeros((70, 8, 8), np.uint8), DataOptions())):
        with pytest.raises(SettingError, match="acgan learns from the classes.*without classes.*light"):
            open_for(data, options, "acgan", "cpu")


def test_acgan_tells_the_class_to_the_generator_alone() -> None:
    """The discriminator has to find out, so its answers may not depend on the class that it is asked about."""
    torch.manual_seed(0)
    small = dataclasses.replace(ACGAN(), generator_width=8, discriminator_width=8)
    players = find_recipe("acgan").build(small, LABELLED).players
    generator, discriminator = (players[name].module.eval() for name in ("generator", "discriminator"))
    latents, one, other = torch.randn(4, small.latent_dim), torch.zeros(4).long(), torch.ones(4).long()
    with torch.no_grad():
        fake = generator(latents, one)
        assert not torch.allclose(fake, generator(latents, other))
        assert torch.equal(discriminator(fake, one), discriminator(fake, other))
        assert discriminator.auxiliary(discriminator.features(fake, None)).shape == (4, 2)


@pytest.mark.parametrize("recipe", ["infogan", "acgan"])
@pytest.mark.parametrize(
    "settings",
    [
        {"spectral_norm": True, "penalties": "r1,lecam"},
        {"feature_matching": 1.0, "batch_statistics": "standard-deviation"},
        {"augment": "ada", "loss": "relativistic", "top_share": 0.5},
        {"penalties": "r1,path-length", "penalty_every": 2, "penalty_steps": "own"},
    ],
    ids="-".join,
)
def test_auxiliary_heads_go_with_the_rules(recipe: str, settings: dict[str, Any]) -> None:
    """Both players have the terms in the move that is theirs, and steps that are a penalty's alone have not."""
    found = find_recipe(recipe)
    small = dataclasses.replace(found.config(), generator_width=8, discriminator_width=8, **settings)
    space = LABELLED if found.condition else DIGITS
    game = found.build(small, space)
    engine = Engine(game, Run(device="cpu", precision="bf16"), space)
    batch = Batch(torch.rand(8, 1, 28, 28) * 2 - 1, torch.arange(8) % 2 if space.classes else None, Noise(0))
    names = {"infogan": ("-codes",), "acgan": ("class-of-fake",)}[recipe]
    for turn in game.turns:
        record = engine.take(turn, batch)
        assert all(value.isfinite() for value in record.values())
        terms = [name for name in record if name.endswith(names)]
        assert bool(terms) == any(name.endswith("adversarial") for name in record)
