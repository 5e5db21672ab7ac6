"""What a person sees who waits for work of known length."""

import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Waiting:
    """Bars on the error stream, one for each sort of work; where that is no terminal, a line when each begins."""

    def __init__(self, shown: bool = True) -> None:
        self._shown, self._bars = shown, shown and sys.stderr.isatty()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not self._bars,
            transient=True,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "Waiting":
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def say(self, what: str, done: int, total: int) -> None:
        """So much of a sort of work is done."""
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
            if self._shown and not self._bars:
                print(f"{what}: {total:,}", file=sys.stderr, flush=True)
        self._progress.update(self._tasks[what], completed=done)
