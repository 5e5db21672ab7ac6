"""What is done about a finding, by the autopilot or by hand: settings change, and the game goes back as far as needed.

All of it needs the run's folder alone, and no data. What was done stands in treatments.json and in the event record,
and can be undone.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from zerosum.config.base import check_numbers, differences, from_json, to_json
from zerosum.core.errors import DataError, SettingError, nearest_name
from zerosum.core.events import Event, note_event, read_events, write_events
from zerosum.core.files import read_json, write_json
from zerosum.core.registry import Recipe, find_recipe
from zerosum.core.space import Space
from zerosum.game.game import Game
from zerosum.health.finding import Finding
from zerosum.health.remedies import REMEDIES, Remedy
from zerosum.train.aside import bring_back, check_aside, put_aside, undone_place
from zerosum.train.asked import asked_of
from zerosum.train.checkpoint import checkpoints
from zerosum.train.folder import RunFolder
from zerosum.train.plan import Plan

MOST = 4
"""Treatments of one run, before the autopilot gives it up."""


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """One thing that was done.

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


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One thing that could be done about a failure.

    Attributes:
        number: Which of the failure's remedies it is, from 0.
        remedy: What, in a few words.
        changes: The settings that would change, as `name: old -> new`.
        back_to: Samples at the checkpoint that the game would go on from; 0 for the start.
    """

    number: int
    remedy: str
    changes: tuple[str, ...]
    back_to: int


@dataclass(frozen=True)
class System:
    """What a run plays now.

    Attributes:
        recipe: The system.
        settings: Its config, as treatments have left it.
        space: What a sample is.
    """

    recipe: Recipe
    settings: Any
    space: Space

    @classmethod
    def of(cls, folder: RunFolder) -> "System":
        """The one of a run's folder.

        Raises:
            ZerosumError: The folder is not one of a run, or is damaged.
        """
        asked, done = asked_of(folder), treatments(folder)
        recipe = find_recipe(asked.recipe)
        if done:
            return cls(recipe, from_json(recipe.config, done[-1].settings, str(folder.treatments)), asked.space)
        return cls(recipe, from_json(recipe.config, asked.settings, str(folder.config)), asked.space)

    def outline(self, settings: Any) -> Game:
        """A game of other settings without numbers: its networks have names and shapes, and no weights.

        Raises:
            SettingError: No game can be made of them.
        """
        check_numbers(settings)
        try:
            with torch.device("meta"):
                return self.recipe.build(settings, self.space)
        except (ValueError, RuntimeError) as error:
            raise SettingError(f"These settings of {self.recipe.name} make no network: {error}.") from error

    def remedies(self, failure: str) -> Iterator[tuple[int, Remedy, Any]]:
        """The remedies of a failure that would change something, with their numbers and the settings they give."""
        usual = self.recipe.settings(self.space)
        for number, remedy in enumerate(REMEDIES.get(failure, ())):
            settings = remedy.change(self.settings, usual)
            if settings != self.settings and self._makes_a_game(settings):
                yield number, remedy, settings

    def _makes_a_game(self, settings: Any) -> bool:
        """Whether a game can be made of these settings: a remedy for pictures is none for points."""
        try:
            self.outline(settings)
        except SettingError:
            return False
        return True


def treatments(folder: RunFolder) -> list[Treatment]:
    """What was done in a run so far, oldest first."""
    path = folder.treatments
    return [from_json(Treatment, value, str(path)) for value in read_json(path)] if path.exists() else []


def treated_settings(plan: Plan, folder: RunFolder) -> Any:
    """The settings that the treatments of this run have led to; the plan's if there were none."""
    return System.of(folder).settings if folder.treatments.exists() else plan.settings


def settings_now(folder: RunFolder) -> Any:
    """The settings that a run is played with when it goes on, as treatments have left them."""
    return System.of(folder).settings


def possible_treatments(folder: RunFolder, failure: str) -> list[Proposal]:
    """What could be done about a failure, in the order in which it is usually tried; nothing is changed.

    Remedies that would change nothing, come to the same as an earlier one, or make no game of this run's samples, are
    left out.
    """
    system = System.of(folder)
    proposals: list[Proposal] = []
    for number, remedy, settings in system.remedies(failure):
        changes, back_to = tuple(differences(system.settings, settings)), _back_to(system, folder, remedy, settings)
        if not any((one.changes, one.back_to) == (changes, back_to) for one in proposals):
            proposals.append(Proposal(number=number, remedy=remedy.name, changes=changes, back_to=back_to))
    return proposals


def treat(folder: RunFolder, failure: str, number: int, why: str = "chosen by hand") -> Treatment:
    """Apply one of the remedies of a failure to a run that is not training now, and write down that it was done.

    Args:
        folder: The run.
        failure: What for, by its short name; whether the doctor has found it is not asked.
        number: Which of `possible_treatments`, by its number.
        why: What the record says of the reason.

    Raises:
        DataError: A process is training there, or nothing has happened there yet.
        SettingError: There is no such remedy, or it would change nothing.
    """
    if failure not in REMEDIES:
        raise SettingError(f'There is no remedy for "{failure}". {nearest_name(failure, REMEDIES)}.')
    with _at_rest(folder):
        system = System.of(folder)
        found = {one: (remedy, settings) for one, remedy, settings in system.remedies(failure)}
        if number not in found:
            able = "; ".join(f"{one + 1} ({remedy.name})" for one, (remedy, _) in found.items())
            raise SettingError(
                f"There is no remedy {number + 1} for {failure} that would change something in {folder.path}. "
                + (f"Those that would: {able}." if able else "None of them would.")
            )
        treatment = _apply(system, folder, failure, number, *found[number])
        _note(folder, treatment, why)
        return treatment


def treat_next(folder: RunFolder, finding: Finding) -> Event | None:
    """Apply the first remedy for a finding that was not tried yet; for the process that trains in the folder.

    Returns the event that says so; None if there is none, or it was enough.
    """
    done, system = treatments(folder), System.of(folder)
    untried = _untried(system, done, finding.failure)
    if not untried or len(done) >= MOST:
        return None
    return _note(folder, _apply(system, folder, finding.failure, *untried[0]), finding.evidence)


def treatable(folder: RunFolder, failure: str) -> bool:
    """Whether there is something to try for a failure, or was: where there never was, a run need not end for it."""
    done = treatments(folder)
    return any(one.failure == failure for one in done) or bool(_untried(System.of(folder), done, failure))


def undo(folder: RunFolder) -> Treatment:
    """Take back the latest treatment of a run that is not training now; the run is then as if it had never been.

    What came since goes to `set-aside/undone-K/`: checkpoints, contact sheets, model, and the events from the treatment
    on. An event says so.

    Raises:
        DataError: No treatment was done, what it has set aside is gone, or a process is training there.
    """
    with _at_rest(folder):
        done = treatments(folder)
        if not done:
            raise DataError(f"No treatment was done in {folder.path}, so there is none to undo.")
        number, treatment = len(done) - 1, done[-1]
        check_aside(folder, number)
        events = read_events(folder.events)
        treated = max((at for at, event in enumerate(events) if event["event"] == "treated"), default=len(events))
        undone = undone_place(folder)
        undone.mkdir(parents=True)
        write_json(undone / "treatment.json", to_json(treatment))
        write_events(undone / "events.jsonl", events[treated:])
        bring_back(folder, number, undone)
        write_events(folder.events, events[:treated])
        write_json(folder.treatments, [to_json(one) for one in done[:-1]])
        told = {"failure": treatment.failure, "remedy": treatment.remedy, "changes": treatment.changes}
        note_event(folder.events, "undone", **told, set_aside=str(undone))
        return treatment


@contextmanager
def _at_rest(folder: RunFolder) -> Iterator[None]:
    """Hold a run that something has happened in, and that no process is training."""
    asked_of(folder)
    with folder.locked():
        if not folder.events.exists():
            raise DataError(f"Nothing has happened in {folder.path} yet, so there is nothing to treat.")
        yield


def _untried(system: System, done: Sequence[Treatment], failure: str) -> list[tuple[int, Remedy, Any]]:
    """The remedies of a failure after the last one that was tried for it."""
    tried = max((one.number for one in done if one.failure == failure), default=-1)
    return [found for found in system.remedies(failure) if found[0] > tried]


def _apply(system: System, folder: RunFolder, failure: str, number: int, remedy: Remedy, settings: Any) -> Treatment:
    """Put aside what the game does not go on from, and write down the settings that it goes on with."""
    done, best = treatments(folder), folder.best()
    back_to = _back_to(system, folder, remedy, settings)
    put_aside(folder, len(done), back_to)
    if best is not None and back_to == 0:  # its model is still the best there is, but its game is over
        write_json(folder.best_file, to_json(dataclasses.replace(best, set_aside=True)))
    treatment = Treatment(
        failure=failure,
        remedy=remedy.name,
        number=number,
        changes=tuple(differences(system.settings, settings)),
        back_to=back_to,
        settings=to_json(settings),
    )
    write_json(folder.treatments, [to_json(one) for one in (*done, treatment)])
    return treatment


def _note(folder: RunFolder, treatment: Treatment, why: str) -> Event:
    """Write a treatment into the run's record."""
    told = {name: value for name, value in to_json(treatment).items() if name not in ("settings", "number")}
    return note_event(folder.events, "treated", why=why, **told)


def _back_to(system: System, folder: RunFolder, remedy: Remedy, settings: Any) -> int:
    """Samples at the checkpoint that a remedy lets the game go on from; 0 for the start."""
    best = folder.best() if remedy.again == "best" else None
    if best is None or best.checkpoint is None:
        return 0
    known = next((path for path in checkpoints(folder.checkpoints) if int(path.name) == best.checkpoint), None)
    return best.samples if known is not None and _fits(system.outline(settings), known) else 0


def _fits(game: Game, checkpoint: Path) -> bool:
    """Whether a game can take a checkpoint: a remedy may change networks, and take away state."""
    wanted = {
        f"{name}/module/{key}": tuple(value.shape)
        for name, player in game.players.items()
        for key, value in player.module.state_dict().items()
    }
    with safe_open(checkpoint / "state.safetensors", "pt") as file:
        saved = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys() if "/module/" in key}
        state = {key.removeprefix("game/") for key in file.keys() if key.startswith("game/")}
    return wanted == saved and state <= game.state.keys()
