"""`zerosum explore VERB RUN_OR_MODEL`: each verb is a few flags and a call of `exploration.Explorer`."""

from collections.abc import Sequence

import tyro

from zerosum.api import explore
from zerosum.cli.exploring import Interpolate, Mix, Show, Truncate, Verb, Walk
from zerosum.cli.steering import Arithmetic, Directions, Invert, MoveAlong, Select
from zerosum.core.errors import SettingError, nearest_name

VERBS: dict[str, type[Verb]] = {
    "interpolate": Interpolate,
    "walk": Walk,
    "mix": Mix,
    "truncate": Truncate,
    "arithmetic": Arithmetic,
    "directions": Directions,
    "move": MoveAlong,
    "invert": Invert,
    "select": Select,
    "show": Show,
}


def main(arguments: Sequence[str]) -> None:
    """Do what the first argument says with what the others say."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(overview())
        return
    verb, rest = arguments[0], arguments[1:]
    if verb not in VERBS:
        raise SettingError(f'There is nothing to explore by "{verb}". {nearest_name(verb, VERBS)}.')
    command = tyro.cli(VERBS[verb], prog=f"zerosum explore {verb}", args=rest)
    command.run(explore(command.model, command.space, command.truncation))


def overview() -> str:
    """What `zerosum explore --help` prints."""
    lines = [f"  zerosum explore {verb:<12} {(kind.__doc__ or '').splitlines()[0]}" for verb, kind in VERBS.items()]
    return "\n".join([*lines, "", "Details:  zerosum explore VERB --help"])
