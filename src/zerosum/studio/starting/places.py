"""Where data may be chosen from: built-in sets, uploads, and what lies in the folder that the studio was started in.

A page names a place by an id that it was given with a listing, never by a path.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zerosum.data.images import is_picture
from zerosum.data.open import BUILTIN_NAMES
from zerosum.data.tables.formats.places import is_table
from zerosum.data.toys import TOYS
from zerosum.studio.answers import Refusal, unknown
from zerosum.studio.starting.uploads import ARRAYS, Uploads, described

ABOUT = {
    "digits": "10,000 handwritten digits of 28 x 28 pixels, in ten classes",
    "emoji": "1,911 emoji of 64 x 64 pixels, with classes and captions",
}
"""What the pictures that come with the package are; of toy sets their own summary says it."""

MOST_ENTRIES = 1000
"""Of one folder that are listed."""

Kind = Literal["built-in", "upload", "folder", "file"]


@dataclass(frozen=True)
class Place:
    """Data, or a folder that may hold some.

    Attributes:
        id: What pages call it.
        name: What a person calls it.
        kind: What it is.
        source: As `open_dataset` takes it.
        path: Where it is on the disk; None for what is built in.
    """

    id: str
    name: str
    kind: Kind
    source: str
    path: Path | None = None


class Places:
    """The places that pages were told of.

    Args:
        work: The folder that data may be chosen from.
        uploads: What was given to the studio.
    """

    def __init__(self, work: Path, uploads: Uploads) -> None:
        self.work, self.uploads = work, uploads
        self._known: dict[str, Place] = {}

    def find(self, place: str) -> Place:
        """The place of an id.

        Raises:
            Refusal: There is none.
        """
        if place not in self._known:
            self.listing(None)  # the studio may have been started again since
        if place not in self._known:
            raise unknown("place", place)
        return self._known[place]

    def listing(self, at: str | None) -> dict[str, Any]:
        """What there is at a place: all that there is to begin with where none is named.

        Raises:
            Refusal: There is no such place, or it is no folder.
        """
        if at is None:
            entries = [*self._built_in(), *self._uploaded(), *self._inside(self.work)]
            return {"at": None, "parent": None, "name": self.work.name, "entries": entries}
        place = self.find(at)
        if place.path is None or not place.path.is_dir():
            raise Refusal(422, f"{place.name} is no folder; take it as it is.")
        above = place.path.parent
        inside = above != self.work and above.is_relative_to(self.work)
        parent = self._place(above, "folder").id if inside else None
        return {"at": at, "parent": parent, "name": place.name, "entries": self._inside(place.path)}

    def at(self, path: Path, kind: Kind = "folder") -> Place:
        """The place of a path that the studio itself names, such as an upload's."""
        return self._place(path, kind)

    def shown(self, source: str) -> str:
        """A source as a person in the studio's folder names it in a command."""
        if source in BUILTIN_NAMES or not Path(source).is_relative_to(self.work):
            return source
        text = str(Path(source).relative_to(self.work))
        return f"./{text}" if text in BUILTIN_NAMES or text.startswith("-") else text

    def _built_in(self) -> list[dict[str, Any]]:
        entries = []
        for name in BUILTIN_NAMES:
            place = self._remember(name, "built-in", name, None)
            about = ABOUT.get(name) or TOYS[name].summary
            thumb = f"/api/places/{place.id}/thumb.jpg"
            entries.append({"id": place.id, "name": name, "kind": "built-in", "about": about, "thumb": thumb})
        return entries

    def _uploaded(self) -> list[dict[str, Any]]:
        entries = []
        for folder in self.uploads.all().values():
            told = described(folder)
            if told["count"]:
                entries.append({"id": self._place(top_of(folder), "upload").id, "kind": "upload", **told})
        return entries

    def _inside(self, folder: Path) -> list[dict[str, Any]]:
        """What a folder holds that data may be read from, folders first; what is hidden or leads elsewhere is not."""
        found: list[tuple[bool, str, dict[str, Any]]] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                path = Path(entry.path)
                if entry.name.startswith(".") or not self._is_inside(path):
                    continue
                if entry.is_dir():
                    item = {"kind": "folder", "size": None}
                elif entry.is_file() and is_data(entry.name):
                    item = {"kind": "file", "size": entry.stat().st_size}
                else:
                    continue
                place = self._place(path, item["kind"])
                found.append((item["kind"] == "file", entry.name.lower(), {"id": place.id, "name": entry.name, **item}))
        return [item for _, _, item in sorted(found, key=lambda one: one[:2])[:MOST_ENTRIES]]

    def _is_inside(self, path: Path) -> bool:
        """Whether a path leads to something in the studio's folder or its uploads, links followed."""
        real = Path(os.path.realpath(path))
        return any(real.is_relative_to(os.path.realpath(allowed)) for allowed in (self.work, self.uploads.folder))

    def _place(self, path: Path, kind: Kind) -> Place:
        return self._remember(path.name, kind, str(path), path)

    def _remember(self, name: str, kind: Kind, source: str, path: Path | None) -> Place:
        key = hashlib.sha256(source.encode()).hexdigest()[:16]
        return self._known.setdefault(key, Place(key, name, kind, source, path))


def top_of(folder: Path) -> Path:
    """The one thing at the top of an upload, which gives the data its name; the upload itself where there are more."""
    tops = [path for path in folder.iterdir() if not path.name.startswith(".")]
    alone = len(tops) == 1 and not is_picture(tops[0].name)
    return tops[0] if alone else folder


def is_data(name: str) -> bool:
    """Whether a file's name is one of data in a file of their own."""
    return is_table(name) or os.path.splitext(name)[1].lower() in (*ARRAYS, ".zip")
