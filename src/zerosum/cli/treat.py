"""`zerosum treat RUN`."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.text import Text

from zerosum.api import diagnose, possible_treatments, treat, undo
from zerosum.cli.diagnose import STYLES
from zerosum.cli.display import program
from zerosum.core.errors import SettingError
from zerosum.health.report import moment
from zerosum.health.summary import WORDS
from zerosum.train.folder import RunFolder
from zerosum.train.treatment import Proposal, Treatment, treatments


@dataclass(frozen=True, kw_only=True)
class Treat:
    """Do something about what the doctor found in a run that is not training now, and undo it.

    Without FAILURE it lists what could be done. What is treated goes on from its best checkpoint or from the start,
    with other settings; whatever it does not go on from is kept in the run's folder.
    """

    run: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """Folder of a run."""
    failure: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="[FAILURE]")] = None
    """What to treat, by its short name: "mode-collapse"."""
    remedy: int | None = None
    """Which of the remedies for it, by its number in the list; by default the first that was not tried for it."""
    undo: bool = False
    """Take the latest treatment back: the run is then as if it had never been."""


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Treat, prog="zerosum treat", args=arguments, config=(tyro.conf.FlagCreatePairsOff,))
    console, folder = Console(highlight=False), RunFolder(command.run)
    if command.undo:
        if command.failure is not None or command.remedy is not None:
            raise SettingError("--undo takes the latest treatment back, whatever it was for; give nothing beside it.")
        done = undo(folder)
        console.print(Text(f"Undone: {done.remedy} (for {done.failure})", style="bold"))
        print(f"What came of it is kept in {folder.set_aside}.")
        _say_how_to_go_on(folder)
    elif command.failure is not None:
        done = treat(folder, command.failure, _chosen(folder, command.failure, command.remedy))
        _show(console, f"{done.failure}: {done.remedy}, {_from(done)}", done.changes)
        _say_how_to_go_on(folder)
    elif command.remedy is not None:
        raise SettingError("--remedy is for one failure; name it: zerosum treat RUN FAILURE --remedy 1.")
    else:
        _list(console, folder)


def _chosen(folder: RunFolder, failure: str, remedy: int | None) -> int:
    """The number of the remedy that was asked for, from 0, or of the first that was not tried yet."""
    if remedy is not None:
        return remedy - 1
    tried = {done.number for done in treatments(folder) if done.failure == failure}
    numbers = [proposal.number for proposal in possible_treatments(folder, failure)]
    untried = [number for number in numbers if number not in tried]
    if numbers and not untried:
        raise SettingError(
            f"Every remedy for {failure} that would change something was tried in {folder.path}. To try one again, "
            f"give its --remedy: {', '.join(str(number + 1) for number in numbers)}."
        )
    return untried[0] if untried else 0  # which `treat` then refuses, and says why


def _list(console: Console, folder: RunFolder) -> None:
    """Print what was found, and what could be done about each of it."""
    diagnosis, done = diagnose(folder.path), treatments(folder)
    console.print(Text(diagnosis.verdict, style="bold"))
    able: list[tuple[str, int]] = []
    for finding in diagnosis.findings:
        gone = "; not found at the latest look any more" if finding.failure in diagnosis.gone else ""
        heading = (WORDS[finding.level], STYLES[finding.level])
        console.print(Text.assemble("\n", heading, f"  {finding.failure}, {moment(finding)}{gone}"))
        proposals = possible_treatments(folder, finding.failure)
        able += [(finding.failure, proposal.number + 1) for proposal in proposals]
        for proposal in proposals:
            _show(console, f"   {proposal.number + 1}. {proposal.remedy}, {_from(proposal)}", proposal.changes)
        if not proposals:
            console.print(Text("   No change of settings helps against it."))
    for one in done:
        console.print(Text(f"\nDone already for {one.failure}: {one.remedy}"))
    command = [*program(), "treat", str(folder.path)]
    print()
    if able:
        failure, remedy = able[0]
        print(f"Treat:  {shlex.join([*command, failure, '--remedy', str(remedy)])}")
    if done:
        print(f"Undo:   {shlex.join([*command, '--undo'])}")


def _show(console: Console, heading: str, changes: Sequence[str]) -> None:
    """Print what is done, and the settings that it changes."""
    console.print(Text(heading))
    for change in changes:
        console.print(Text(f"      {change}", style="dim"))


def _from(one: Proposal | Treatment) -> str:
    """Where the game goes on, in words."""
    return f"from {one.back_to:,} samples" if one.back_to else "from the start"


def _say_how_to_go_on(folder: RunFolder) -> None:
    print(f"Go on:  {shlex.join([*program(), 'resume', str(folder.path)])}")
