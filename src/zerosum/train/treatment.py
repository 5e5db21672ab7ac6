"""The autopilot: after an alarm it changes settings, goes back as far as needed, and writes down what it did."""

import dataclasses
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open

from zerosum.config.base import check_numbers, differences, from_json, to_json
from zerosum.core.errors import SettingError
from zerosum.core.files import read_json, write_json
from zerosum.health.finding import Finding
from zerosum.health.remedies import REMEDIES, Remedy
from zerosum.train.checkpoint import checkpoints
from zerosum.train.folder import RunFolder
from zerosum.train.plan import Plan

MOST = 4
"""Treatments of one run, before it is given up."""


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """One thing that the autopilot did.

    Attributes:
        failure: What for.
        remedy: What, in a few words.
        number: Which of the failure's remedies it is, from 0.
        changes: The settings that changed, as `name: old -> new`.
        back_to: Samples at the checkpoint that the game went on from; 0 for the start.
        settings: The recipe's settings from then on.
    """

    failure: str
    remedy: str
    number: int
    changes: tuple[str, ...]
    back_to: int
    settings: dict


def treatments(folder: RunFolder) -> list[Treatment]:
    """What was done in a run so far, oldest first."""
    path = folder.treatments
    return [from_json(Treatment, value, str(path)) for value in read_json(path)] if path.exists() else []


def treated_settings(plan: Plan, folder: RunFolder) -> Any:
    """The settings that the treatments of this run have led to; the plan's if there were none."""
    done = treatments(folder)
    if not done:
        return plan.settings
    return from_json(plan.recipe.config, done[-1].settings, str(folder.treatments))


def treat(plan: Plan, folder: RunFolder, finding: Finding) -> Treatment | None:
    """Apply the first remedy for a finding that was not tried yet; None if there is none, or it was enough.

    Checkpoints that the game does not go on from, and contact sheets of what is undone, are moved into `set-aside/` and
    not deleted.
    """
    done = treatments(folder)
    tried = _tried(done, finding.failure)
    found = next(_possible(plan, finding.failure, after=tried), None) if len(done) < MOST else None
    if found is None:
        return None
    number, remedy, settings = found
    best = folder.best()
    known = _checkpoint(folder, best.checkpoint) if best else None
    usable = remedy.again == "best" and known is not None and _fits(plan, settings, known)
    back_to = best.samples if best is not None and usable else 0
    if best is not None and back_to == 0:  # its model is still the best there is, but its game is over
        write_json(folder.best_file, to_json(dataclasses.replace(best, set_aside=True)))
    _set_aside(folder, back_to, len(done))
    treatment = Treatment(
        failure=finding.failure,
        remedy=remedy.name,
        number=number,
        changes=tuple(differences(plan.settings, settings)),
        back_to=back_to,
        settings=to_json(settings),
    )
    write_json(folder.treatments, [to_json(one) for one in (*done, treatment)])
    return treatment


def treatable(plan: Plan, folder: RunFolder, failure: str) -> bool:
    """Whether there is something to try for a failure, or was: where there never was, a run need not end for it."""
    tried = _tried(treatments(folder), failure)
    return tried >= 0 or any(True for _ in _possible(plan, failure, after=tried))


def _tried(done: Sequence[Treatment], failure: str) -> int:
    """The number of the last remedy that was tried for a failure; -1 if there is none."""
    return max((one.number for one in done if one.failure == failure), default=-1)


def _possible(plan: Plan, failure: str, after: int) -> Iterator[tuple[int, Remedy, Any]]:
    """The later remedies of a failure that would change something, with their numbers and the settings they give."""
    for number, remedy in enumerate(REMEDIES.get(failure, ())):
        settings = remedy.change(plan.settings, plan.recipe.settings(plan.dataset.space))
        if number > after and settings != plan.settings and _makes_a_game(plan, settings):
            yield number, remedy, settings


def _makes_a_game(plan: Plan, settings: Any) -> bool:
    """Whether a game can be made of these settings: a remedy for pictures is none for points."""
    try:
        check_numbers(settings)
        dataclasses.replace(plan, settings=settings).build()
    except SettingError:
        return False
    return True


def _fits(plan: Plan, settings: Any, checkpoint: Path) -> bool:
    """Whether a game of these settings can take a checkpoint: a remedy may change networks, and take away state."""
    game = dataclasses.replace(plan, settings=settings).build()
    wanted = {
        f"{name}/module/{key}": tuple(value.shape)
        for name, player in game.players.items()
        for key, value in player.module.state_dict().items()
    }
    with safe_open(checkpoint / "state.safetensors", "pt") as file:
        saved = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys() if "/module/" in key}
        state = {key.removeprefix("game/") for key in file.keys() if key.startswith("game/")}
    return wanted == saved and state <= game.state.keys()


def _checkpoint(folder: RunFolder, samples: int | None) -> Path | None:
    return next((path for path in checkpoints(folder.checkpoints) if int(path.name) == samples), None)


def _set_aside(folder: RunFolder, back_to: int, number: int) -> None:
    """Move sheets and checkpoints later than `back_to` out of the way; all of them, where the game begins anew."""
    for path in (*folder.sheets(), *checkpoints(folder.checkpoints)):
        if int(path.stem) > back_to or back_to == 0:
            place = folder.path / "set-aside" / f"{number}-{path.name}"
            place.parent.mkdir(exist_ok=True)
            shutil.move(path, place)
