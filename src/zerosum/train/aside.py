"""What is put out of the way when a run is treated, and brought back when that is undone. Nothing is deleted.

`set-aside/0/` is the run as it was before its first treatment: checkpoints, contact sheets, model and best.json. What
the game goes on from is in both places, as links to one content where the disk can do that. What comes of a treatment
that is undone goes to `set-aside/undone-0/`.
"""

import itertools
import os
import shutil
from pathlib import Path

from zerosum.core.errors import DataError
from zerosum.core.files import replacing
from zerosum.train.checkpoint import checkpoints
from zerosum.train.folder import RunFolder


def put_aside(folder: RunFolder, number: int, back_to: int) -> None:
    """Keep the run as it is in `set-aside/NUMBER/`; take it back to the checkpoint of so many samples, 0: to none."""
    place = _before(folder, number)
    if place.exists():  # left by a treatment that was cut short
        place.rename(undone_place(folder))
    with replacing(place) as temporary:
        temporary.mkdir()
        for path in _parts(folder):
            if path.is_dir():
                shutil.copytree(path, temporary / path.name, copy_function=_link)
            elif path.exists():
                _link(path, temporary / path.name)
    for path in (*folder.sheets(), *checkpoints(folder.checkpoints)):
        if int(path.stem) > back_to or back_to == 0:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def check_aside(folder: RunFolder, number: int) -> None:
    """Refuse to undo a treatment whose run before is not kept.

    Raises:
        DataError: It is not.
    """
    place = _before(folder, number)
    if not place.is_dir():
        raise DataError(f"There is no folder {place}, so that what was set aside cannot be brought back.")


def bring_back(folder: RunFolder, number: int, undone: Path) -> None:
    """Make the run what it was before treatment NUMBER, and move what it is now into the folder `undone`."""
    place = _before(folder, number)
    for path in _parts(folder):
        if path.exists():
            path.rename(undone / path.name)
        if (place / path.name).exists():
            (place / path.name).rename(path)
    for left in place.iterdir():  # what others have put there
        left.rename(undone / left.name)
    place.rmdir()


def undone_place(folder: RunFolder) -> Path:
    """The next free name for what comes of a treatment that is undone."""
    names = (folder.set_aside / f"undone-{number}" for number in itertools.count())
    return next(place for place in names if not place.exists())


def _before(folder: RunFolder, number: int) -> Path:
    return folder.set_aside / str(number)


def _parts(folder: RunFolder) -> tuple[Path, ...]:
    return folder.checkpoints, folder.samples, folder.model, folder.best_file


def _link(source: str | Path, target: str | Path) -> None:
    """Give a file, which is never changed in place, a second name; copy it where the disk has no such links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
