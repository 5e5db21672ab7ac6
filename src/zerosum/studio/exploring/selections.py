"""What is shown, kept under a name to be computed with."""

from dataclasses import dataclass
from typing import Any

from zerosum.core.errors import SettingError
from zerosum.core.progress import Progress
from zerosum.exploration.places import plain_name
from zerosum.studio.exploring.open_model import OpenModel


@dataclass(frozen=True, kw_only=True)
class KeepAsked:
    """What is to be kept.

    Attributes:
        name: What to call it; "@name" then stands for it in places and expressions.
        place: Where it is.
    """

    name: str
    place: dict


def keep(opened: OpenModel, asked: KeepAsked, progress: Progress) -> dict[str, Any]:
    """Keep what is at a place as a selection; says all names that something is kept under.

    Raises:
        SettingError: Something else is kept under that name.
    """
    name = plain_name(asked.name)
    if name in opened.kept():
        raise SettingError(f'There is a "{name}" already; take another name.')
    explorer = opened.explorer_for(asked.place)
    explorer.keep(name, explorer.show(asked.place))
    return {"kept": opened.kept()}
