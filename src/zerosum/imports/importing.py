"""From a checkpoint file to a model, whatever system it is of."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from zerosum.config.base import check_numbers, from_json, to_json
from zerosum.core.errors import DataError, SettingError
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data.codec import ImageCodec
from zerosum.data.conditions import Classes
from zerosum.game.game import Game
from zerosum.imports import biggan, dcgan, r3gan, stylegan2
from zerosum.imports.files import read_checkpoint, refusal
from zerosum.imports.imported import DISCRIMINATOR, GENERATOR, Imported, Weights
from zerosum.imports.machine import Record
from zerosum.imports.network import LAYERS, Network, network_of
from zerosum.train.devices import arrange
from zerosum.train.model import Model

PICKLED: tuple[ModuleType, ...] = (stylegan2, r3gan)
"""Systems whose checkpoints hold both networks, with the settings that they were made with."""

BARE: tuple[ModuleType, ...] = (dcgan, biggan)
"""Systems whose checkpoints are state dicts, one file for each network."""

TENSORFLOW = "dnnlib.tflib.network.Network"
"""What the networks in StyleGAN's oldest checkpoints are recorded as."""

BROKEN = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError)
"""What translating weights ends in where they break an assumption, since a file may say anything; nested without end is
a `RuntimeError`."""

WRAPPERS = ("state_dict", "model", "generator", "G", "G_ema")
"""Names under which a file may keep a state dict."""

KNOWN = "StyleGAN2 (the ADA and StyleGAN3 tools), R3GAN, DCGAN (PyTorch's example), BigGAN-PyTorch"
"""What can be imported, for sentences."""


def import_checkpoint(path: Path | str, discriminator: Path | str | None = None) -> Model:
    """A checkpoint of another tool as a model; nothing in the file is executed.

    Args:
        path: The file: a pickle of the StyleGAN or R3GAN tools, or a state dict of a generator.
        discriminator: The file of the discriminator, for systems that save it on its own.

    Raises:
        DataError: The file cannot be read, asks for what is not allowed, or is of another kind.
    """
    path = Path(path)
    recorded = frozenset([TENSORFLOW, *LAYERS]).union(*(system.RECORDED for system in PICKLED))
    content = read_checkpoint(path, recorded)
    try:
        if bare := weights_of(content):
            judge = None if discriminator is None else weights_of(read_checkpoint(Path(discriminator)))
            imported = from_weights(bare, judge)
        else:
            if discriminator is not None:
                raise SettingError(f"{path} holds the discriminator itself; leave --discriminator out.")
            imported = from_networks(content)
        return model_of(imported, path.stat().st_size, path.name)
    except DataError as error:
        raise refusal(path, error) from error
    except BROKEN as error:
        told = DataError(f"its networks are not what their names say ({type(error).__name__})")
        raise refusal(path, told) from error


def weights_of(content: Any) -> Weights:
    """The tensors of a state dict, also where it is kept under a name; empty for anything else."""
    for name in WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(name), dict):
            content = content[name]
            break
    if not isinstance(content, dict) or not content or not all(isinstance(name, str) for name in content):
        return {}
    tensors = {name: value for name, value in content.items() if isinstance(value, Tensor)}
    # Networks that were spread over several graphics cards have their names behind this word.
    return {name.removeprefix("module."): value for name, value in tensors.items()}


def from_weights(weights: Weights, judge: Weights | None) -> Imported:
    """What state dicts become.

    Raises:
        DataError: They are of no known system, or of a discriminator alone.
    """
    system = next((system for system in BARE if system.which(weights)), None)
    if system is None:
        raise DataError(
            f"it is a state dict of no known network (its first tensor is {next(iter(weights))}); {offer()}"
        )
    if system.which(weights) != GENERATOR:
        raise DataError("it is a discriminator; give the generator's file, and this one as --discriminator")
    if judge is not None and system.which(judge) != DISCRIMINATOR:
        raise DataError("what was given as --discriminator is none that belongs to this generator")
    return system.translate(weights, judge)


def from_networks(content: Any) -> Imported:
    """What a checkpoint of both networks becomes; of the generators it has, the averaged one.

    Raises:
        DataError: They are of no known system.
    """
    if any(isinstance(part, Record) and part.name == TENSORFLOW for part in parts(content)):
        raise DataError(
            "it is a StyleGAN of TensorFlow, from before 2021; convert it with legacy.py of the StyleGAN2-ADA tools, "
            "and import what that writes"
        )
    if not isinstance(content, Mapping) or not any(name in content for name in ("G_ema", "G")):
        raise DataError(f"it holds {described(content)} and no generator; {offer()}")
    generator = network_of(content["G_ema"] if content.get("G_ema") is not None else content.get("G"))
    judge = content.get("D")
    discriminator: Network | None = None if judge is None else network_of(judge)
    system = next((system for system in PICKLED if system.matches(generator)), None)
    if system is None:
        alias_free = any(name.startswith("synthesis.input.") for name in generator.tensors)
        found = "StyleGAN3's alias-free generator" if alias_free else f'a generator of the class "{generator.name}"'
        raise DataError(f"it holds {found}; {offer()}")
    return system.translate(generator, discriminator)


def parts(content: Any) -> list[Any]:
    """The members of a container, or the thing itself."""
    if isinstance(content, Mapping):
        return list(content.values())
    return list(content) if isinstance(content, list | tuple) else [content]


def described(content: Any) -> str:
    """What something is, for a sentence."""
    if isinstance(content, Mapping):
        names = ", ".join(str(name)[:40] for name in list(content)[:5])
        return f"a dictionary of {names or 'nothing'}"
    return f"a {content.name}" if isinstance(content, Record) else f"a {type(content).__name__}"


def offer() -> str:
    """What can be imported, as the end of a sentence."""
    return f"what can be imported: {KNOWN}"


def model_of(imported: Imported, bytes_in_file: int, name: str) -> Model:
    """The model of a translated checkpoint.

    Raises:
        DataError: The weights do not fit the networks that the settings make.
    """
    recipe = find_recipe(imported.recipe)
    names = tuple(str(index) for index in range(imported.classes))
    frequencies = tuple(1 / len(names) for _ in names)
    space = Space(kind="image", shape=imported.shape, classes=names, frequencies=frequencies)
    values = to_json(recipe.config()) | {name: to_json(value) for name, value in imported.settings.items()}
    try:
        settings = from_json(recipe.config, values, recipe.name)
        check_numbers(settings)
        with torch.device("meta"):  # shapes alone, so that a file that claims to be huge reserves no memory
            sketch = recipe.build(settings, space)
    except (SettingError, ValueError, RuntimeError) as error:
        raise DataError(f"its settings make no network of ours: {str(error).rstrip('.')}") from error
    given = {GENERATOR: imported.generator, DISCRIMINATOR: imported.discriminator}
    check_weights(sketch, given, bytes_in_file)
    game = recipe.build(settings, space)
    for player, weights in given.items():
        if weights is not None:
            arrange(game.players[player].module, space).load_state_dict(weights)
    known = Classes(names=names, frequencies=torch.tensor(frequencies).numpy()) if names else None
    facts = {"data": f"what {name} was trained on", "imported": name}
    opponents = () if imported.discriminator is None else (DISCRIMINATOR,)
    return Model(recipe, settings, space, ImageCodec(), known, game, facts=facts, opponents=opponents)


def check_weights(sketch: Game, given: Mapping[str, Weights | None], bytes_in_file: int) -> None:
    """Compare translated weights with the networks that they are for.

    Raises:
        DataError: Some are missing, left over or of another shape, or the networks are larger than the file.
    """
    total = 0
    for player, weights in given.items():
        if weights is None:
            continue
        wanted = sketch.players[player].module.state_dict()
        total += sum(tensor.numel() for tensor in wanted.values())
        wrong = [
            f"{name} ({shape_of(weights, name)} there, {shape_of(wanted, name)} here)"
            for name in {**wanted, **weights}
            if shape_of(weights, name) != shape_of(wanted, name)
        ]
        if wrong:
            raise DataError(f"its {player} is of another form: {len(wrong)} tensors differ, first {wrong[0]}")
    if total > bytes_in_file:
        raise DataError(f"its networks have {total:,} numbers, and the file has {bytes_in_file:,} bytes")


def shape_of(weights: Mapping[str, Tensor], name: str) -> str:
    """A tensor's shape, for a sentence."""
    return "x".join(map(str, weights[name].shape)) or "one number" if name in weights else "none"
