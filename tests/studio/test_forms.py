"""Forms from settings, and commands that make the same settings: one source for both."""

import dataclasses
import json
import shlex
import types
import typing
from pathlib import Path

import pytest
import tyro

from zerosum.cli.train import FLAGS, Train, make, spell_out
from zerosum.config.adversarial import Adversarial
from zerosum.config.base import from_json, to_json
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.errors import SettingError
from zerosum.core.registry import find_recipe, recipes
from zerosum.studio.commands import flags, spelled, train_arguments
from zerosum.studio.starting.forms import attribute_docs, fields_of, values_of, with_changes

RECIPES = [recipe.name for recipe in recipes()]


def every_settings(recipe):
    return [recipe.config(), *recipe.presets.values()]


@pytest.mark.parametrize("name", RECIPES)
def test_a_form_gives_back_the_settings_that_it_was_made_of(name):
    recipe = find_recipe(name)
    for settings in every_settings(recipe):
        fields = json.loads(json.dumps(fields_of(settings)))
        assert from_json(recipe.config, values_of(fields), name) == settings
        assert [field["name"] for field in fields] == [field.name for field in dataclasses.fields(settings)]


@pytest.mark.parametrize(
    "kind", [*(recipe.config for recipe in recipes()), Run, DataOptions], ids=lambda kind: kind.__name__
)
def test_every_field_has_words(kind):
    def check(fields):
        for field in fields:
            assert field["help"].strip() and "  " not in field["help"] and field["label"][0].isupper(), field
            check(field.get("fields", []))

    check(fields_of(kind()))


def test_what_fields_say():
    fields = {field["name"]: field for field in fields_of(find_recipe("dcgan").config())}
    assert fields["loss"]["kind"] == "choice" and "hinge" in fields["loss"]["choices"]
    assert fields["spectral_norm"] == {
        "name": "spectral_norm",
        "label": "Spectral norm",
        "help": "Divide the weight of every layer of the discriminator by its largest singular value.",
        "optional": False,
        "value": False,
        "kind": "switch",
    }
    assert (fields["gradient_clip"]["kind"], fields["gradient_clip"]["optional"]) == ("number", True)
    assert (fields["frozen_grids"]["kind"], fields["frozen_grids"]["value"]) == ("integer", None)
    optimizer = {field["name"]: field for field in fields["optimizer"]["fields"]}
    assert optimizer["betas"]["kind"] == "list" and (optimizer["betas"]["of"], optimizer["betas"]["length"]) == (
        "number",
        2,
    )
    widths = next(field for field in fields_of(find_recipe("r3gan").config()) if field["name"] == "widths")
    assert (widths["of"], widths["length"]) == ("integer", None)


def test_words_are_those_of_the_nearest_class():
    inherited, own = attribute_docs(Adversarial), attribute_docs(find_recipe("wgan-gp").config)
    assert own["augment"] == inherited["augment"] and own["loss"] != inherited["loss"]
    own = attribute_docs(find_recipe("dcgan").config)
    assert "latent_dim" in own and "latent_dim" not in attribute_docs(Adversarial)


def test_changes_reach_into_groups():
    base = {"a": 1, "group": {"b": 2, "c": [3]}}
    assert with_changes(base, {"group": {"c": [4, 5]}, "new": None}) == {
        "a": 1,
        "group": {"b": 2, "c": [4, 5]},
        "new": None,
    }
    assert with_changes(base, {"group": 7})["group"] == 7 and base == {"a": 1, "group": {"b": 2, "c": [3]}}
    with pytest.raises(SettingError, match=r"dcgan.optimizer.rate is 'fast'; it must be float"):
        usual = to_json(find_recipe("dcgan").config())
        from_json(find_recipe("dcgan").config, with_changes(usual, {"optimizer": {"rate": "fast"}}), "dcgan")


def others(hint, value):
    """Values of a type that are not this one."""
    parts = [part for part in typing.get_args(hint) if part is not type(None)]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return [*others(parts[0], value), *([] if value is None else [None])]
    if typing.get_origin(hint) is typing.Literal:
        return [part for part in typing.get_args(hint) if part != value]
    if typing.get_origin(hint) is tuple:
        if parts[-1] is not Ellipsis:
            return [tuple(0.25 + number / 8 for number in range(len(parts)))]
        return [(), (1, 2, 3)] if parts[0] is int else [(), ("a=category", "b c=date")]
    if hint is str:
        return ["black"]
    return [not value] if hint is bool else [(value or 0) + 3] if hint is int else [(value or 0) / 3 + 0.1]


def variants(config):
    """The same with one of its settings another."""
    hints = typing.get_type_hints(type(config))
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        choices = variants(value) if dataclasses.is_dataclass(value) else others(hints[field.name], value)
        for choice in choices:
            try:
                yield dataclasses.replace(config, **{field.name: choice})
            except SettingError:
                continue


@pytest.mark.parametrize("name", ["dcgan", "gan", "stylegan2", "tabular", "vae"])
def test_flags_make_settings_of_the_usual_ones(name):
    recipe = find_recipe(name)
    usual = recipe.config()
    for wanted in variants(usual):
        arguments = flags(wanted, usual)
        assert arguments and tyro.cli(recipe.config, args=arguments, default=usual, config=(FLAGS,)) == wanted, (
            arguments
        )


@pytest.mark.parametrize("usual", [Run(), DataOptions()], ids=["run", "options"])
def test_flags_of_runs_and_data(usual):
    for wanted in variants(usual):
        arguments = spell_out(["data", *flags(wanted, usual)])
        command, rest = tyro.cli(Train, args=arguments, return_unknown_args=True, config=(FLAGS,))
        assert (command.run if isinstance(usual, Run) else command.reading) == wanted and not rest, arguments


def test_a_command_makes_the_plan_that_it_was_made_of(tmp_path: Path):
    recipe = find_recipe("r3gan")
    usual = recipe.presets["points"]
    settings = dataclasses.replace(
        usual,
        penalties="r1=0.5",
        optimizer=dataclasses.replace(usual.optimizer, rate=1 / 3, betas=(0.1, 0.2)),
        gradient_clip=1e-7,
        spectral_norm=not usual.spectral_norm,
        grid_blocks=(),
    )
    run, options = Run(minutes=0.1, seed=7, on_alarm="stop"), DataOptions(sigma=0.03, hold_out=False)
    arguments = train_arguments(
        "ring", "r3gan", "points", settings, usual, run, options, tmp_path / "my runs", "it's mine"
    )
    verb, *rest = shlex.split(spelled(arguments))[1:]
    plan, _ = make(rest)
    assert (verb, plan.recipe.name, plan.settings, plan.options) == ("train", "r3gan", settings, options)
    assert (plan.out, plan.name, plan.dataset.source) == (tmp_path / "my runs", "it's mine", "ring")
    assert dataclasses.replace(plan.run, batch=None) == run
