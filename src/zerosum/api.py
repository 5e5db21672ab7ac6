"""The interface from Python, and the plans that the command line makes."""

import dataclasses
import os
from pathlib import Path
from typing import Any

import torch

from zerosum import recipes as _recipes  # noqa: F401  registers the recipes
from zerosum.config.base import check_numbers, from_json, to_json
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.errors import DataError, SettingError, ZerosumError
from zerosum.core.registry import Numbers, Recipe, Told, find_recipe, recipes
from zerosum.core.space import Space
from zerosum.data import Dataset, open_dataset
from zerosum.data.packing import Progress
from zerosum.diagnosis import Diagnosis, diagnose
from zerosum.evaluation import Evaluation, evaluate
from zerosum.exploration import Explorer, SpaceName
from zerosum.export import write_onnx, write_page
from zerosum.imports import import_checkpoint
from zerosum.train.asked import Asked, asked_of
from zerosum.train.folder import RunFolder
from zerosum.train.model import Model
from zerosum.train.origin import Origin, origin_of
from zerosum.train.plan import Plan
from zerosum.train.recorder import Listener
from zerosum.train.session import train
from zerosum.train.treatment import possible_treatments, treat, undo

__all__ = [
    "Diagnosis",
    "Evaluation",
    "Explorer",
    "Model",
    "ZerosumError",
    "choose_recipe",
    "diagnose",
    "evaluate",
    "explore",
    "fit",
    "from_pretrained",
    "import_checkpoint",
    "load",
    "make_plan",
    "open_for",
    "plan_of",
    "possible_treatments",
    "train",
    "treat",
    "undo",
    "write_onnx",
    "write_page",
]

SHORT = 5.0
"""Minutes below which a graphics card is given the light recipe."""

DEFAULT_MINUTES = {"image": 20.0, "points": 0.5, "table": 5.0}
"""How long to train where neither minutes nor samples are given, by kind of data."""

PASSED = ("array", "frame")
"""What data that a program passed are called where others have a path."""


def fit(
    data: Any,
    *,
    recipe: str = "auto",
    preset: str | None = None,
    minutes: float | None = None,
    samples: int | None = None,
    batch: int | None = None,
    seed: int = 0,
    device: str = "auto",
    precision: str = "auto",
    on_alarm: str = "warn",
    out: Path | str = "runs",
    name: str | None = None,
    origin: Path | str | None = None,
    listener: Listener = lambda event: None,
    options: dict[str, Any] | None = None,
    **settings: Any,
) -> Model:
    """Train a generator on data and return it.

    Args:
        data: A folder of pictures, a .zip, an .npz or .npy file, an array, or the name of a built-in set; or a table: a
            frame of pandas or Polars, a file (.csv, .parquet, ...), or a database's URL.
        recipe: Which system to train; "auto" chooses one for the data and the device.
        preset: Named settings of the recipe to start from.
        minutes: How long to train.
        samples: How many real samples to train on; with `minutes`, whatever is reached first.
        batch: Real samples per round; by default the recipe's.
        seed: Seed of everything random.
        device: "auto", "cpu", "cuda" or "mps".
        precision: "auto", "fp32" or "bf16".
        on_alarm: What to do when the doctor is alarmed: "warn", "stop" or "autopilot".
        out: The folder that run folders are made in.
        name: The run folder's name; a run of that name goes on. By default every call is a new, numbered run.
        origin: Folder of a model or of a run whose weights to begin with; recipe and settings are then its own.
        listener: Called with every event, a dictionary, as it happens.
        options: Fields of `DataOptions`, for example {"size": "64", "mirror": True}.
        settings: Fields of the recipe's config.

    Raises:
        ZerosumError: Something that the caller can put right; the message says what.
    """
    asked = {"seed": seed, "batch": batch, "minutes": minutes, "samples": samples}
    run = from_json(Run, asked | {"device": device, "precision": precision, "on_alarm": on_alarm}, "fit")
    data_options = from_json(DataOptions, options or {}, "options")
    start = None if origin is None else origin_of(origin)
    dataset, chosen, _ = open_for(data, data_options, recipe, device, minutes, origin=start)
    base = first_settings(chosen, dataset.space, preset, start)
    values = to_json(base) | {setting: to_json(value) for setting, value in settings.items()}
    config = from_json(chosen.config, values, chosen.name)
    plan = make_plan(dataset, data_options, chosen, config, run, Path(out), name, new=name is None, origin=start)
    return train(plan, listener)[0]


def first_settings(chosen: Recipe, space: Space, preset: str | None, origin: Origin | None) -> Any:
    """The settings that others are changed from: the origin's, a preset's, or those for such samples.

    Raises:
        SettingError: There is both an origin and a preset, or no such preset.
    """
    if origin is None:
        return chosen.settings(space, preset)
    if preset is not None:
        raise SettingError(f"A run that begins with {origin.path} has its settings; leave --preset out.")
    return origin.settings


def load(path: Path | str) -> Model:
    """A trained model, from its folder or its run's folder."""
    return Model.load(path)


def from_pretrained(name_or_path: str, *, revision: str | None = None, token: str | None = None) -> Model:
    """A trained model from a folder, or from the Hugging Face Hub by `owner/name`."""
    return Model.from_pretrained(name_or_path, revision=revision, token=token)


def explore(model: Model | Path | str, space: SpaceName = "auto", truncation: float | None = None) -> Explorer:
    """A model to explore: interpolation, walks, mixing, arithmetic, directions, inversion.

    Args:
        model: A model, or the folder of one or of a run; selections are kept there.
        space: The latents to work with: "z", "w" (styles), or "auto" for w where the generator has styles.
        truncation: As for `Model.sample`, for all that is drawn.

    Raises:
        ZerosumError: There is no model, or it has no such space.
    """
    folder = None if isinstance(model, Model) else Path(model)
    return Explorer(model if isinstance(model, Model) else load(model), folder, space, truncation)


def open_for(
    data: Any,
    options: DataOptions,
    recipe: str = "auto",
    device: str = "auto",
    minutes: float | None = None,
    progress: Progress | None = None,
    origin: Origin | None = None,
) -> tuple[Dataset, Recipe, str]:
    """Open data for a recipe: the data, the recipe, and a sentence that says what was chosen and why.

    What samples are told to be, classes, attributes or captions, is what the recipe knows. With an origin, the recipe
    and the size and channels of pictures are its own.

    Raises:
        SettingError: The recipe is unknown, does not learn this kind of data, or needs classes where there are none.
    """
    if origin is not None:
        recipe, options = as_origin(origin, recipe, options)
    told: Told | None = "classes" if recipe == "auto" else find_recipe(recipe).condition
    if told is None and options.conditional:
        raise SettingError(f"The recipe {recipe} knows no classes; leave out --conditional or take another recipe.")
    numbers: Numbers = "pieces" if recipe == "auto" else find_recipe(recipe).numbers
    dataset = open_dataset(data, options, progress, told, numbers)
    kind = dataset.space.kind
    if recipe == "auto":
        chosen, why = choose_recipe(dataset.space, device, minutes)
        return dataset, chosen, f"recipe {chosen.name}: {why}"
    chosen = find_recipe(recipe)
    if kind not in chosen.kinds:
        able = ", ".join(other.name for other in recipes() if kind in other.kinds)
        raise SettingError(f"The recipe {recipe} does not learn data of the kind {kind}. Recipes that do: {able}.")
    if chosen.needs_condition and dataset.conditions is None:
        able = ", ".join(other.name for other in recipes() if kind in other.kinds and not other.needs_condition)
        raise SettingError(
            f"The recipe {recipe} learns from the {told} of samples, and {dataset.name} is read without {told}. Give "
            f"data with {told}, leave --no-conditional out, or take a recipe that needs none: {able}."
        )
    why = "as asked" if origin is None else f"which {origin.path} is of"
    return dataset, chosen, f"recipe {chosen.name}, {why}"


def as_origin(origin: Origin, recipe: str, options: DataOptions) -> tuple[str, DataOptions]:
    """The recipe of an origin, and data read in the form of its samples where nothing else is asked for.

    Raises:
        SettingError: Another recipe is asked for.
    """
    if recipe not in ("auto", origin.recipe.name):
        raise SettingError(
            f"{origin.path} is of the recipe {origin.recipe.name}, and --recipe is {recipe}; leave one of them out."
        )
    if origin.space.kind == "image":
        channels, height, width = origin.space.shape
        size = f"{height}x{width}"
        options = dataclasses.replace(options, size=options.size or size, channels=options.channels or channels)
    if not origin.space.classes and origin.recipe.condition == "classes" and options.conditional is None:
        options = dataclasses.replace(options, conditional=False)
    return origin.recipe.name, options


def choose_recipe(space: Space, device: str, minutes: float | None = None) -> tuple[Recipe, str]:
    """The recipe for a kind of sample, a device and a time, and why."""
    if space.shape == (1,):
        return find_recipe("dcgan"), "one dimension, where one can watch D(x) follow p_data / (p_data + p_g)"
    if space.kind == "table":
        return find_recipe("tabular"), "the recipe for tables, which is ahead of ctgan after the same time"
    if space.kind != "image":
        return find_recipe("r3gan"), f"relativistic pairs under R1 and R2 find the modes of {space.kind} reliably"
    graphics_card = device in ("cuda", "mps") or (
        device == "auto" and (torch.cuda.is_available() or torch.backends.mps.is_available())
    )
    if not graphics_card:
        return find_recipe("light"), "pictures and no graphics card, where the number of samples seen decides"
    if minutes is not None and minutes < SHORT:
        return find_recipe(
            "light"
        ), f"pictures, and less than the {SHORT:g} minutes that r3gan's networks need to begin"
    return find_recipe("r3gan"), "pictures and a graphics card to train the modern baseline on"


def make_plan(
    dataset: Dataset,
    options: DataOptions,
    recipe: Recipe,
    settings: Any,
    run: Run,
    out: Path = Path("runs"),
    name: str | None = None,
    new: bool = False,
    origin: Origin | None = None,
) -> Plan:
    """A plan with the blanks filled in: a length if none was given, and a batch.

    Raises:
        SettingError: A setting is a number that means nothing.
    """
    check_numbers(settings)
    if run.minutes is None and run.samples is None:
        run = dataclasses.replace(run, minutes=DEFAULT_MINUTES[dataset.space.kind])
    usual = usual_batch(len(dataset.training), settings.usual_batch)
    asked_batch, run = run.batch, dataclasses.replace(run, batch=run.batch or usual)
    return Plan(dataset, options, recipe, settings, run, out, name, new, asked_batch, origin)


def plan_of(
    folder: Path | str, *, minutes: float | None = None, samples: int | None = None, progress: Progress | None = None
) -> Plan:
    """The plan of a run that is there already, from its folder alone; `train` goes on with it.

    Args:
        folder: Of the run.
        minutes: How long to train, earlier sessions counted in. A length given here takes the place of all that the run
            was to have; by default it keeps its own.
        samples: How many real samples to train on; with `minutes`, whatever is reached first.
        progress: Called with the number of pictures done and to do while pictures are decoded.

    Raises:
        ZerosumError: The folder is not one of a run, or its data are gone or not what they were.
    """
    path = Path(folder) if Path(folder).name not in ("", "..") else Path(folder).resolve()
    asked = asked_of(RunFolder(path))
    run = asked.run
    if minutes is not None or samples is not None:
        run = dataclasses.replace(run, minutes=minutes, samples=samples)
    try:
        origin = None if asked.origin is None else origin_of(asked.origin)
    except ZerosumError as error:
        raise DataError(f"{path} began with the weights of {asked.origin}, which cannot be read: {error}") from error
    dataset, recipe = _data_again(path, asked, origin, progress)
    settings = from_json(recipe.config, asked.settings, f"{path}/config.json, settings")
    return make_plan(dataset, asked.data.options, recipe, settings, run, path.parent, path.name, origin=origin)


def _data_again(path: Path, asked: Asked, origin: Origin | None, progress: Progress | None) -> tuple[Dataset, Recipe]:
    """The data of the run in a folder, and its recipe, as they were when it began.

    Raises:
        DataError: They are gone, or not what they were.
    """
    source = asked.data.source
    if source in PASSED or ":***@" in source:
        held = "an array or a frame of the program that made it" if source in PASSED else "a database with a password"
        raise DataError(
            f"{path} is trained on {held}, which its folder does not hold. To go on, give the data again, with the "
            f'place of the run: zerosum.fit(data, out="{path.parent}", name="{path.name}", ...).'
        )
    try:
        dataset, recipe, _ = open_for(source, asked.data.options, asked.recipe, progress=progress, origin=origin)
    except ZerosumError as error:
        raise DataError(f"The data of {path} cannot be opened as they were: {error}") from error
    if dataset.fingerprint != asked.data.fingerprint:
        raise DataError(
            f"The data in {source} are not what they were when {path} began. Put them back as they were; or train on "
            f"what they are now, from these weights: zerosum train {source} --from {path}."
        )
    return dataset, recipe


def usual_batch(samples: int, wanted: int) -> int:
    """The recipe's batch, or less where the data has fewer samples; it divides among the processes of this run."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    return max(min(wanted, samples) // world, 1) * world
