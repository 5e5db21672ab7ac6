"""A model that is open, in the process that was started for it, with what has been made of it so far."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from zerosum import recipes as _recipes  # noqa: F401  registers the recipes
from zerosum.core.errors import SettingError
from zerosum.data.dataset import Dataset
from zerosum.evaluation.subject import Subject, find_subject, open_lesson
from zerosum.exploration import Explorer
from zerosum.exploration.fingerprint import fingerprint
from zerosum.train.model import Model


@dataclass(frozen=True)
class Answer:
    """A file as an answer.

    Attributes:
        data: Its content.
        kind: Its type, such as "image/jpeg".
        headers: What is said beside it.
        name: What it is called where it is saved; None for what is only shown.
    """

    data: bytes
    kind: str
    headers: dict[str, str] = field(default_factory=dict)
    name: str | None = None


class OpenModel:
    """An open model.

    Args:
        folder: Of the model or its run; selections and directions are kept there.
        path: The same, as commands name it.

    Raises:
        DataError: There is no model there, or it is damaged.
    """

    def __init__(self, folder: Path, path: str) -> None:
        self.folder, self.path = folder, path
        self.subject: Subject = find_subject(folder)
        assert self.subject.model is not None, "a folder with a model"
        self.model: Model = self.subject.model
        self._explorers: dict[str, Explorer] = {}

    @property
    def kind(self) -> str:
        """What it makes: image, points or table."""
        return self.model.space.kind

    @property
    def spaces(self) -> tuple[Literal["z", "w"], ...]:
        """The spaces that it can be explored in, the one to begin with first."""
        return ("w", "z") if self.model.has_styles else ("z",)

    def explorer(self, space: Literal["z", "w"] | None = None) -> Explorer:
        """The explorer of a space of latents; of the one to begin with where none is named.

        Raises:
            SettingError: The generator has no such space.
        """
        name = self.spaces[0] if space is None else space
        if name not in self._explorers:
            self._explorers[name] = Explorer(self.model, self.folder, name)
        return self._explorers[name]

    def explorer_for(self, place: Any) -> Explorer:
        """The explorer of the space that a place is in; errors as for `explorer`."""
        space = place.get("space") if isinstance(place, dict) else None
        if space not in (None, *self.spaces):
            raise SettingError(f"There is no space {space!r} in this model; take {' or '.join(self.spaces)}.")
        return self.explorer(space)

    @cached_property
    def weights(self) -> str:
        """Which weights it has, in six letters."""
        return fingerprint(self.model)[:6]

    @cached_property
    def lesson(self) -> Dataset | None:
        """What it was trained on, if that is known and still there."""
        return open_lesson(self.subject)

    @cached_property
    def trained(self) -> np.ndarray | None:
        """The stored samples that it was trained on, shape (n, ...), if they are still there."""
        return None if self.lesson is None else self.lesson.rows[self.lesson.training]

    def kept(self) -> list[str]:
        """Names of the selections and latents that are kept for it."""
        names = (path.stem for path in (self.folder / "selections").glob("*.json"))
        return sorted(name for name in names if re.fullmatch(r"[\w-]{1,64}", name))

    def needs(self, kind: str, what: str) -> None:
        """Refuse what only models of one kind can do.

        Raises:
            SettingError: This one makes something else.
        """
        if self.kind != kind:
            raise SettingError(f"This model makes {self.kind}; {what}.")
