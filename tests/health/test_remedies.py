"""Remedies: what they change in the settings of every recipe, and that a game can be made of the outcome."""

import dataclasses
from typing import Any

import pytest

from zerosum import recipes as _recipes  # noqa: F401  registers the recipes
from zerosum.config.adversarial import Adversarial
from zerosum.config.base import check_numbers, differences, from_json, to_json
from zerosum.config.optimizer import Adam
from zerosum.config.penalties import parse_penalties
from zerosum.core.errors import SettingError
from zerosum.core.registry import Recipe, find_recipe, recipes
from zerosum.core.space import Space
from zerosum.health.checks import CHECKS
from zerosum.health.remedies import (
    REMEDIES,
    Remedy,
    both,
    discriminator_rate,
    faster,
    fewer_steps,
    firmer,
    optimizers,
    slower,
    unhurried,
    usual_discriminator_rate,
    usual_penalties,
    with_values,
)

POINTS = Space(kind="points", shape=(2,))
PICTURES = Space(kind="image", shape=(1, 8, 8))
SMALL: dict[str, Any] = {
    "width": 8,
    "generator_width": 8,
    "discriminator_width": 8,
    "discriminator_units": 8,
    "latent_dim": 4,
    "group_width": 4,
    "blocks": 1,
    "class_embedding_dim": 4,
}
CASES = [
    pytest.param(recipe, settings, id=f"{recipe.name}-{name}")
    for recipe in recipes()
    for name, settings in [("default", recipe.config()), *recipe.presets.items()]
]
ALONE = {"not-finite", "exploding-gradient", "mode-collapse", "partial-collapse", "oscillation", "late-collapse"}
"""Failures that a game of one player can have, and a slower one may not."""
EVERY = [
    pytest.param(failure, number, remedy, id=f"{failure}-{number}")
    for failure, tried in REMEDIES.items()
    for number, remedy in enumerate(tried)
]


def two(recipe: Recipe) -> bool:
    return issubclass(recipe.config, Adversarial)


def rates(settings: Any) -> dict[str, float]:
    return {name: optimizer.rate for name, optimizer in optimizers(settings).items()}


def spaces(recipe: Recipe) -> list[Space]:
    known = [space for space in (POINTS, PICTURES) if space.kind in recipe.kinds]
    classes = {"classes": ("a", "b"), "frequencies": (0.5, 0.5)}
    told = classes if recipe.condition == "classes" else {"condition_width": 3}
    return [dataclasses.replace(space, **told) if recipe.needs_condition else space for space in known]


def points() -> Any:
    return find_recipe("r3gan").presets["points"]


def test_only_failures_that_are_looked_for_have_remedies():
    assert REMEDIES.keys() <= {check.__name__.replace("_", "-") for check in CHECKS}
    for tried in REMEDIES.values():
        assert tried and all(remedy.name and remedy.again in ("best", "start") for remedy in tried)


@pytest.mark.parametrize(("failure", "number", "remedy"), EVERY)
@pytest.mark.parametrize(("recipe", "settings"), CASES)
def test_what_comes_out_is_settings_that_can_be_played(
    failure: str, number: int, remedy: Remedy, recipe: Recipe, settings: Any
) -> None:
    for space in spaces(recipe):
        changed = remedy.change(settings, recipe.settings(space))
        assert type(changed) is type(settings)
        check_numbers(changed)
        assert from_json(recipe.config, to_json(changed)) == changed, "it survives treatments.json"
        small = {name: value for name, value in SMALL.items() if hasattr(changed, name)}
        if not isinstance(settings, Adversarial):
            assert {change.split(".")[0] for change in differences(settings, changed)} <= optimizers(settings).keys()
            assert recipe.build(dataclasses.replace(changed, **small), space).players.keys() == {"generator"}
        elif space.kind == "points" and changed.augment != "none":
            with pytest.raises(SettingError, match="--augment"):  # which the autopilot takes for: not possible here
                recipe.build(dataclasses.replace(changed, **small), space)
        else:
            game = recipe.build(dataclasses.replace(changed, **small), space)
            assert game.players.keys() == {"generator", "discriminator"}


@pytest.mark.parametrize("recipe", [pytest.param(recipe, id=recipe.name) for recipe in recipes() if two(recipe)])
def test_some_remedy_of_each_failure_changes_the_usual_settings(recipe: Recipe) -> None:
    for space in spaces(recipe):
        usual = recipe.settings(space)
        for failure, tried in REMEDIES.items():
            assert any(differences(usual, remedy.change(usual, usual)) for remedy in tried), failure


@pytest.mark.parametrize("recipe", [pytest.param(recipe, id=recipe.name) for recipe in recipes() if not two(recipe)])
def test_a_single_player_becomes_slower_or_faster(recipe: Recipe) -> None:
    for space in spaces(recipe):
        usual = recipe.settings(space)
        helped = {
            failure for failure, tried in REMEDIES.items() if any(one.change(usual, usual) != usual for one in tried)
        }
        assert ALONE | {"no-progress"} <= helped
        assert not helped & {"overfitting", "weak-discriminator", "overpowering-discriminator", "vanishing-gradient"}


@pytest.mark.parametrize(("recipe", "settings"), CASES)
@pytest.mark.parametrize("factor", [0.1, 0.3])
def test_slower_than_usual_and_nothing_else(recipe: Recipe, settings: Any, factor: float) -> None:
    changed, before = slower(factor)(settings, settings), rates(settings)
    assert before and rates(changed) == pytest.approx({name: factor * rate for name, rate in before.items()})
    assert {change.split(".")[0].split(":")[0] for change in differences(settings, changed)} <= before.keys()


@pytest.mark.parametrize(("recipe", "settings"), CASES)
def test_rates_that_are_off_come_back_to_the_usual_ones(recipe: Recipe, settings: Any) -> None:
    names = optimizers(settings)
    high, low = (
        dataclasses.replace(settings, **{name: optimizer.scaled(factor) for name, optimizer in names.items()})
        for factor in (100.0, 0.01)
    )
    assert slower(0.1)(high, settings) == settings
    assert faster(low, settings) == settings
    assert rates(faster(settings, settings)) == pytest.approx({n: 10 * rate for n, rate in rates(settings).items()})
    assert rates(slower(0.1)(low, settings)) == pytest.approx({n: 1e-3 * rate for n, rate in rates(settings).items()})


@pytest.mark.parametrize("rate", [1e-4, 1e-3, 3e-3, 1.0])
def test_slower_ends_a_rate_that_rises(rate: float) -> None:
    usual = points()
    settings = dataclasses.replace(usual, optimizer=Adam(rate=rate, final_rate=10 * rate))
    changed = slower(0.1)(settings, usual).optimizer
    assert changed.at(10**9)["lr"] <= changed.at(0)["lr"], "it does not rise any more"
    assert changed.at(10**9)["lr"] < settings.optimizer.at(10**9)["lr"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("r1=0.02,r2=0.02", {"r1": 0.08, "r2": 0.08}),
        ("r1", {"r1": 4.0}),
        ("r1=0.5,r2", {"r1": 2.0, "r2": 4.0}),
        ("r1 = 2, r2 = 3", {"r1": 8.0, "r2": 12.0}),
        ("gradient-penalty=10", {"gradient-penalty": 40.0}),
    ],
)
def test_firmer_penalties(before: str, after: dict[str, float]) -> None:
    settings = Adversarial(penalties=before, penalty_every=7, final_penalty=0.5)
    changed = firmer(settings, Adversarial(penalties="r1=9"))
    assert parse_penalties(changed.penalties) == pytest.approx(after)
    assert dataclasses.replace(changed, penalties=before) == settings, "and nothing else"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("gradient-penalty", {"gradient-penalty": 40.0}),
        ("lecam,r1=2", {"lecam": 0.4, "r1": 8.0}),
        ("weight-decay", {"weight-decay": 0.001, "r1": 0.1}),
        ("lecam", {"lecam": 0.1, "r1": 0.1}),
        ("r1,lecam=0", {"r1": 4.0, "lecam": 0.0}),  # a checkpoint has its running mean
    ],
)
def test_slopes_are_held_whatever_else_is_penalised(before: str, after: dict[str, float]) -> None:
    assert parse_penalties(firmer(Adversarial(penalties=before), Adversarial()).penalties) == pytest.approx(after)


@pytest.mark.parametrize("none", ["none", "", "r1=0"])
def test_where_there_are_no_penalties_the_usual_ones_come(none: str) -> None:
    settings, usual = Adversarial(penalties=none), Adversarial(penalties="r1=3", penalty_every=4, final_penalty=2.0)
    changed = firmer(settings, usual)
    assert (changed.penalties, changed.penalty_every, changed.final_penalty) == ("r1=3", 4, 2.0)
    assert parse_penalties(firmer(settings, Adversarial()).penalties)["r1"] > 0


@pytest.mark.parametrize(
    ("rate", "factor", "expected"),
    [(1, 0.25, 0.25), (1, 4, 4), (100, 0.25, 1), (0.01, 4, 1), (0.5, 0.5, 0.25), (4, 4, 16), (1.5, 0.5, 1)],
)
def test_the_discriminator_first_comes_back_to_its_usual_rate(rate: float, factor: float, expected: float) -> None:
    changed = discriminator_rate(factor)(Adversarial(discriminator_rate=rate), Adversarial())
    assert changed.discriminator_rate == expected


@pytest.mark.parametrize("usual", [1.0, 6.0])
def test_the_discriminator_is_not_hurried_beyond_what_is_usual(usual: float) -> None:
    known = Adversarial(discriminator_rate=usual)
    for rate, expected in ((100.0, usual), (usual, usual), (0.5, 0.5)):
        assert unhurried(Adversarial(discriminator_rate=rate), known).discriminator_rate == expected
    for rate, expected in ((100.0, 100.0), (usual, usual), (0.5, usual)):
        assert usual_discriminator_rate(Adversarial(discriminator_rate=rate), known).discriminator_rate == expected


def test_penalties_that_grow_come_back_to_the_usual_ones() -> None:
    held, usual = Adversarial(penalties="r1=2", final_penalty=1e6), Adversarial(penalties="r1=1", final_penalty=3.0)
    changed = usual_penalties(held, usual)
    assert (changed.penalties, changed.final_penalty) == ("r1=1", 1.0)


def test_parts_of_remedies() -> None:
    settings, usual = Adversarial(discriminator_steps=5), Adversarial(discriminator_steps=3)
    assert fewer_steps(settings, usual).discriminator_steps == 3
    assert fewer_steps(usual, settings).discriminator_steps == 3, "never more"
    expected = Adversarial(discriminator_steps=5, loss="hinge", gradient_clip=2.0)
    assert with_values(loss="hinge", gradient_clip=2.0)(settings, usual) == expected
    twice = both(discriminator_rate(4.0), discriminator_rate(4.0), fewer_steps)(settings, usual)
    assert (twice.discriminator_rate, twice.discriminator_steps) == (16, 3)


@pytest.mark.parametrize(("recipe", "settings"), CASES)
@pytest.mark.parametrize(
    ("failure", "remedy"),
    [(failure, remedy) for failure, tried in REMEDIES.items() for remedy in tried if remedy.again == "best"],
)
def test_a_checkpoint_fits_the_game_that_goes_on_from_it(
    failure: str, remedy: Remedy, recipe: Recipe, settings: Any
) -> None:
    """The same weights, optimizers and averages; a remedy may bring further state, which begins afresh."""
    small = {name: value for name, value in SMALL.items() if hasattr(settings, name)}
    for space in spaces(recipe):
        if space.kind == "points" and (failure == "overfitting" or getattr(settings, "augment", "none") != "none"):
            continue  # pictures alone are augmented
        changed = remedy.change(settings, recipe.settings(space))
        games = [recipe.build(dataclasses.replace(some, **small), space) for some in (settings, changed)]
        for name in games[0].players:
            before, after = (game.players[name] for game in games)
            shapes = [{key: v.shape for key, v in player.module.state_dict().items()} for player in (before, after)]
            assert shapes[0] == shapes[1]
            assert type(before.optimizer) is type(after.optimizer)
            assert (before.average is None) == (after.average is None)
        assert games[0].state.keys() <= games[1].state.keys()
