"""Settings as JSON: what is written is read back, and nothing else is."""

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Literal

import pytest

from zerosum import recipes as _recipes  # noqa: F401  registers the recipes
from zerosum.config.average import Average
from zerosum.config.base import check_numbers, differences, from_json, to_json
from zerosum.config.data import DataOptions
from zerosum.config.optimizer import Adam, MomentumSGD
from zerosum.config.ramp import Ramp, Stairs
from zerosum.config.run import Run
from zerosum.core.errors import SettingError
from zerosum.core.registry import recipes

CONFIGS = [
    pytest.param(config, id=f"{recipe.name}-{name}")
    for recipe in recipes()
    for name, config in [("defaults", recipe.config()), *recipe.presets.items()]
]


@pytest.mark.parametrize("config", [*CONFIGS, Run(), Run(log=("tensorboard",), minutes=2), DataOptions(size="16")])
def test_round_trip(config):
    text = json.dumps(to_json(config), allow_nan=False)
    assert from_json(type(config), json.loads(text)) == config
    assert differences(config, from_json(type(config), json.loads(text))) == []


@pytest.mark.parametrize("config", CONFIGS)
def test_every_setting_of_every_recipe_is_in_bounds_and_explained(config):
    check_numbers(config)
    assert type(config).__dataclass_params__.frozen


@pytest.mark.parametrize("config", CONFIGS)
def test_unknown_keys_name_the_nearest(config):
    for name in to_json(config):
        with pytest.raises(SettingError, match=f'Did you mean "{name}"'):
            from_json(type(config), {f"{name}x": 1})
    for name, value in to_json(config).items():
        if isinstance(value, dict):
            inner = next(iter(value))
            with pytest.raises(SettingError, match=rf'{name} has no setting "{inner}x".*Did you mean "{inner}"'):
                from_json(type(config), {name: {f"{inner}x": 1}}, "config.json")


@dataclass(frozen=True, kw_only=True)
class Everything:
    """One setting of each type that recipes use."""

    whole: int = 1
    fraction: float = 1.0
    name: str = "x"
    switch: bool = False
    choice: Literal["a", "b"] = "a"
    maybe: int | None = None
    pair: tuple[float, float] = (0.0, 1.0)
    many: tuple[str, ...] = ()
    inner: Adam = field(default_factory=Adam)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("whole", 1.5),
        ("whole", "1"),
        ("whole", True),
        ("whole", None),
        ("fraction", "1"),
        ("fraction", True),
        ("fraction", None),
        ("name", 1),
        ("switch", 1),
        ("switch", "true"),
        ("choice", "c"),
        ("choice", None),
        ("choice", ["a"]),
        ("maybe", "1"),
        ("maybe", 1.0),
        ("pair", [1.0]),
        ("pair", [1.0, 2.0, 3.0]),
        ("pair", ["a", "b"]),
        ("pair", 1.0),
        ("many", "tensorboard"),
        ("many", [1]),
        ("inner", None),
        ("inner", []),
        ("inner", {"rate": "fast"}),
    ],
)
def test_wrong_types(name, value):
    with pytest.raises(SettingError, match=rf"here\.{name}"):
        from_json(Everything, {name: value}, "here")


def test_what_json_writes_differently():
    read = from_json(Everything, {"fraction": 2, "pair": [1, 2], "many": ["a"], "maybe": None})
    assert read == Everything(fraction=2.0, pair=(1.0, 2.0), many=("a",))
    assert isinstance(read.fraction, float) and isinstance(read.pair, tuple)


@pytest.mark.parametrize("values", [None, [], "text", 3])
def test_not_an_object(values):
    with pytest.raises(SettingError, match="named settings"):
        from_json(Everything, values)


def test_missing_settings():
    @dataclass(frozen=True, kw_only=True)
    class Needy:
        needed: int

    with pytest.raises(SettingError, match="needed"):
        from_json(Needy, {})


def test_differences():
    old = Everything()
    new = dataclasses.replace(old, whole=2, inner=Adam(rate=1.0, betas=(0.0, 0.9)))
    assert differences(old, new) == [
        "whole: 1 -> 2",
        f"inner.rate: {old.inner.rate} -> 1.0",
        f"inner.betas: {old.inner.betas} -> (0.0, 0.9)",
    ]


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"whole": 0}, "--whole is 0"),
        ({"maybe": -1}, "--maybe is -1"),
        ({"fraction": -0.5}, "--fraction is -0.5"),
        ({"fraction": float("nan")}, "--fraction is nan"),
        ({"fraction": float("inf")}, "--fraction is inf"),
        ({"pair": (0.0, -1.0)}, "--pair is -1.0"),
        ({"inner": Adam(decay_samples=0)}, "--inner.decay-samples is 0"),
    ],
)
def test_numbers_out_of_bounds(change, flag):
    with pytest.raises(SettingError, match=flag):
        check_numbers(dataclasses.replace(Everything(), **change))


def test_numbers_in_bounds():
    check_numbers(Everything(fraction=0.0, pair=(0.0, 0.0), switch=False, maybe=None))


@pytest.mark.parametrize("betas", [(1.0, 0.9), (0.5, 1.0), (-0.1, 0.9), (float("nan"), 0.9)])
def test_betas(betas):
    with pytest.raises(SettingError, match="betas"):
        Adam(betas=betas)


@pytest.mark.parametrize(
    "change",
    [{"seed": -1}, {"seed": 2**32}, {"batch": 0}, {"minutes": 0.0}, {"minutes": float("nan")}, {"samples": -1}],
)
def test_runs_that_cannot_be(change):
    with pytest.raises(SettingError, match=f"--{next(iter(change))} is"):
        Run(**change)


def test_ramp():
    ramp = Ramp(2.0, 1.0, 100)
    assert [ramp.at(0), ramp.at(50), ramp.at(100), ramp.at(1000)] == pytest.approx([2.0, 1.5, 1.0, 1.0])
    assert Ramp(3.0).at(10**9) == 3.0


def test_stairs():
    stairs = Stairs(top=3, rest=100, climb=50)
    at = {0: 0, 99: 0, 100: 0, 110: 0.2, 125: 0.5, 149: 0.98, 150: 1, 250: 1, 275: 1.5, 300: 2, 449: 2.98, 450: 3}
    assert [stairs.at(samples) for samples in at] == pytest.approx(list(at.values()))
    assert stairs.at(450) == stairs.at(575) == stairs.at(10**9) == 3.0
    assert Stairs(top=0, rest=1, climb=1).at(10**9) == 0.0


def test_momentum():
    settings = MomentumSGD(rate=0.1, rate_half_life=100, momentum_samples=200)
    assert settings.at(100) == pytest.approx({"lr": 0.05, "momentum": 0.6})
    assert settings.at(10**6) == pytest.approx({"lr": settings.final_rate, "momentum": 0.7})


def test_average():
    average = Average(half_life=1000, ramp=0.1)
    assert average.decay(10**6, 1000) == pytest.approx(0.5)
    assert average.decay(1000, 100) == pytest.approx(0.5)  # early on, a tenth of what was seen
    assert average.decay(0, 10) == 0.0
