"""A person's picture made a latent that is computed with like others."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import quote

from zerosum.core.errors import SettingError
from zerosum.core.progress import Progress
from zerosum.drawing.sheets import picture
from zerosum.exploration import Inversion
from zerosum.studio.exploring.open_model import Answer, OpenModel
from zerosum.studio.exploring.pictures import tiled, written

MOST_LETTERS = 40
"""Of the name that a latent is kept under."""


@dataclass(frozen=True, kw_only=True)
class InvertAsked:
    """Which picture.

    Attributes:
        picture: Content of its file; its middle is fitted to the model's size.
        name: What to call it, for places as "@name"; a number follows where that is taken.
        space: Where to look for its latent.
        condition: What the picture is, where the model is told.
        stop: A file whose being there ends the search; None where nobody can end it.
    """

    picture: bytes
    name: str = "picture"
    space: Literal["z", "w"] | None = None
    condition: str | None = None
    stop: Path | None = None


def invert(opened: OpenModel, asked: InvertAsked, progress: Progress) -> Answer:
    """The picture, the nearest numbered sample and what was found, side by side; the latent is kept.

    Headers: X-Kept is the name that it is kept under; X-Error, X-Start-Error and X-Psnr are the facts of `invert`.

    Raises:
        DataError: It is no picture that can be read.
        SettingError: It was ended.
    """
    opened.needs("image", "only models of images can be given a picture")
    explorer, known = opened.explorer(asked.space), opened.model.known
    told = None if asked.condition is None or known is None else known.read(asked.condition)

    def hear(what: str, done: int, total: int) -> None:
        if asked.stop is not None and asked.stop.exists():
            raise SettingError("The search was ended.")
        progress(what, done, total)

    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(asked.picture)
        pictures = explorer.invert(path, Inversion(), told, hear)
    name = free_name(asked.name, opened.kept())
    explorer.keep(name, pictures)
    facts = {f"X-{fact.title()}": f"{value:.2f}" for fact, value in pictures.facts.items()}
    return written(picture(tiled(pictures.rows, 3)), exactly=True, headers=facts | {"X-Kept": quote(name)})


def free_name(wanted: str, taken: list[str]) -> str:
    """A name like the wanted one that nothing is kept under: of letters, digits, - and _."""
    letters = [letter if letter.isalnum() or letter in "-_" else "-" for letter in Path(wanted).stem]
    stem = "".join(letters)[:MOST_LETTERS].strip("-") or "picture"
    return next(name for name in (stem, *(f"{stem}-{number}" for number in range(2, 10_000))) if name not in taken)
