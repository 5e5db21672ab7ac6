"""Where a command trains: in the folder of the run that it goes on with, or in a new one."""

import dataclasses
from typing import Any

from zerosum.config.base import differences, from_json
from zerosum.config.run import Run
from zerosum.core.errors import SettingError
from zerosum.core.files import read_json
from zerosum.train.asked import asked_of
from zerosum.train.folder import RunFolder, named_run, new_folder, runs_like
from zerosum.train.plan import Plan


def place(plan: Plan) -> RunFolder:
    """The folder to train in.

    A run goes on when its name is given again, or when the same recipe, data and seed are asked for again and it has
    not yet trained for as long as is asked. Everything else gets a new folder.

    Raises:
        SettingError: The run that would go on was started with other settings.
    """
    if plan.name is not None:
        known = named_run(plan.out, plan.name)
        if known and plan.new:
            raise SettingError(f"{known.path} is there already, and --new starts afresh: choose another --name.")
        if known:
            _refuse_changes(plan, known)
        return known or new_folder(plan.out, plan.name, numbered=False)
    identity = {"recipe": plan.recipe.name, "data.source": plan.dataset.source, "run.seed": plan.run.seed}
    alike = [] if plan.new else [run for run in runs_like(plan.out, identity) if not reached(plan.run, run)]
    for known in alike:
        if not _changes(plan, known):
            return known
    for known in alike[:1]:
        if not reached(asked_of(known).run, known):
            _refuse_changes(plan, known)
    return new_folder(plan.out, f"{plan.dataset.name}-{plan.recipe.name}", numbered=True)


def remembered(plan: Plan, folder: RunFolder) -> Run:
    """The plan's run settings, with the precision and the batch of an earlier session where none are asked for."""
    run = plan.run
    if folder.config.exists():
        asked = asked_of(folder)
        if run.precision == "auto":
            run = dataclasses.replace(run, precision=asked.precision)
        if plan.asked_batch is None:
            run = dataclasses.replace(run, batch=asked.run.batch)
    return run


def _refuse_changes(plan: Plan, folder: RunFolder) -> None:
    changed = _changes(plan, folder)
    if changed:
        raise SettingError(
            f"{folder.path} was started with other settings ({'; '.join(changed)}). To go on with it, ask for the old "
            "ones; to start afresh, add --new or another --name."
        )


def _changes(plan: Plan, folder: RunFolder) -> list[str]:
    asked = asked_of(folder)
    if asked.recipe != plan.recipe.name:
        return [f"recipe: {asked.recipe} -> {plan.recipe.name}"]
    changed = differences(from_json(plan.recipe.config, asked.settings, str(folder.config)), plan.settings)
    if asked.data.fingerprint != plan.dataset.fingerprint:
        changed.append("data: its files or options are not the same")
    origin = plan.origin and plan.origin.path
    if asked.origin != origin:
        changed.append(f"from: {asked.origin or 'random weights'} -> {origin or 'random weights'}")
    return changed


def reached(run: Run, folder: RunFolder) -> bool:
    """Whether the run in `folder` has trained for as long as `run` asks."""
    checkpoint = folder.newest_checkpoint()
    if checkpoint is None:
        return False
    clock: dict[str, Any] = read_json(checkpoint / "clock.json")
    enough_samples = run.samples is not None and clock["samples"] >= run.samples
    enough_time = run.minutes is not None and clock["seconds"] >= 60 * run.minutes
    return enough_samples or enough_time
