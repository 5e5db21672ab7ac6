"""Run folders: numbered, never overwritten, and found again when the same command is given again."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zerosum.config.base import from_json
from zerosum.core.errors import DataError, SettingError
from zerosum.core.files import read_json
from zerosum.train.checkpoint import checkpoints


@dataclass(frozen=True, kw_only=True)
class Best:
    """The checkpoint whose generator is shipped.

    Attributes:
        samples: Samples seen at it.
        quality: Distance between its samples and real ones.
        lowest: The smallest such distance so far.
        coverage: Share of real samples that its samples are near to.
        set_aside: Whether a treatment has put it out of the way, so that a checkpoint of that name is another game's.
    """

    samples: int
    quality: float
    lowest: float
    coverage: float = 1.0
    set_aside: bool = False

    @property
    def checkpoint(self) -> int | None:
        """The name of its checkpoint, as a number; None where that is set aside."""
        return None if self.set_aside else self.samples


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run and the names of what is in it."""

    path: Path

    @property
    def config(self) -> Path:
        """What was asked for: recipe, settings, data, run."""
        return self.path / "config.json"

    @property
    def events(self) -> Path:
        """What happened, a JSON object a line."""
        return self.path / "events.jsonl"

    @property
    def samples(self) -> Path:
        """Contact sheets, named by the samples seen."""
        return self.path / "samples"

    def sheets(self) -> list[Path]:
        """The contact sheets of the game that is played now, oldest first."""
        return sorted(path for path in self.samples.glob("*.png") if path.stem.isdigit())

    @property
    def checkpoints(self) -> Path:
        """States to go on from."""
        return self.path / "checkpoints"

    @property
    def model(self) -> Path:
        """The generator to ship."""
        return self.path / "model"

    def newest_checkpoint(self) -> Path | None:
        """The checkpoint to go on from, if there is one."""
        return (checkpoints(self.checkpoints) or [None])[-1]

    @property
    def treatments(self) -> Path:
        """What was done about findings, by the autopilot or by hand."""
        return self.path / "treatments.json"

    @property
    def set_aside(self) -> Path:
        """What treatments have put out of the way, and what undoing them has."""
        return self.path / "set-aside"

    @property
    def control(self) -> Path:
        """What the process that trains here is asked to do, a JSON object a line."""
        return self.path / "control.jsonl"

    @property
    def best_file(self) -> Path:
        """Which checkpoint the model is from."""
        return self.path / "best.json"

    def best(self) -> Best | None:
        """The checkpoint that the model is from, if there is one."""
        return from_json(Best, read_json(self.best_file), str(self.best_file)) if self.best_file.exists() else None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder against other processes; the hold ends with the process, however it ends."""
        try:
            import fcntl
        except ImportError:  # no such locks on this system
            yield
            return
        with self._lock.open("w") as file:
            for patience in reversed(range(10)):  # whoever asks whether it is held, holds it for a moment
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if not patience:
                        raise DataError(
                            f"Another process is training in {self.path}. Wait for it or stop it; a run beside it "
                            "needs its own --name."
                        ) from None
                    time.sleep(0.02)
            yield

    def held(self) -> bool:
        """Whether a process holds the folder now; never where the system has no such locks."""
        try:
            import fcntl
        except ImportError:
            return False
        if not self._lock.exists():
            return False
        with self._lock.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    @property
    def _lock(self) -> Path:
        return self.path / ".lock"


def new_folder(out: Path, name: str, numbered: bool) -> RunFolder:
    """Make the folder of a new run in `out`: NAME, or NUMBER-NAME with the next free number."""
    out.mkdir(parents=True, exist_ok=True)
    while True:
        numbers = [int(match[1]) for path in out.iterdir() if (match := re.match(r"(\d+)-", path.name))]
        path = out / (f"{max(numbers, default=-1) + 1:05d}-{name}" if numbered else name)
        try:
            path.mkdir(exist_ok=not numbered)
        except FileExistsError:
            continue  # another process took the number first
        return RunFolder(path)


def runs_like(out: Path, identity: dict[str, Any]) -> list[RunFolder]:
    """The numbered runs in `out` whose config holds these values, by dotted name; newest first."""
    found = []
    for path in sorted(out.iterdir(), reverse=True) if out.is_dir() else []:
        folder = RunFolder(path)
        if re.match(r"\d+-", path.name) and folder.config.exists():
            config = read_json(folder.config)
            if all(_look_up(config, key) == value for key, value in identity.items()):
                found.append(folder)
    return found


def named_run(out: Path, name: str) -> RunFolder | None:
    """The run called `name` in `out`, if it was started before."""
    if not name or Path(name).name != name or name.startswith("."):
        raise SettingError(
            f'"{name}" cannot be a run\'s --name: it must be a plain folder name. Use --out for the place.'
        )
    folder = RunFolder(out / name)
    # A run that was killed as it began has left no more than hidden files.
    foreign = folder.path.exists() and not all(path.name.startswith(".") for path in folder.path.iterdir())
    if foreign and not folder.config.exists():
        raise DataError(f"{folder.path} is there already and is not a run. Choose another --name.")
    return folder if folder.config.exists() else None


def _look_up(config: dict[str, Any], dotted: str) -> Any:
    value: Any = config
    for key in dotted.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value
