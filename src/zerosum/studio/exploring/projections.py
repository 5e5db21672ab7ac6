"""Pictures of a person on their way to becoming latents: begun, watched, and ended early."""

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote

from zerosum.core.errors import ZerosumError
from zerosum.studio.answers import unknown
from zerosum.studio.exploring.inverting import InvertAsked, invert
from zerosum.studio.render import Renderer

MOST_KEPT = 20
"""Projections that are remembered."""


@dataclass
class Projection:
    """One picture's.

    Attributes:
        stop: The file that ends it.
        what: What is being done.
        done: Steps of it.
        total: Of so many.
        finished: Whether it is over, well or not.
        error: Why it failed, if it did.
        kept: The name that the latent is kept under, once it is.
        facts: As those of `Explorer.invert`.
        strip: The picture, the nearest numbered sample and what was found, as PNG.
        task: What waits for it.
    """

    stop: Path
    what: str = "Waiting"
    done: int = 0
    total: int = 1
    finished: bool = False
    error: str | None = None
    kept: str | None = None
    facts: dict[str, float] = field(default_factory=dict)
    strip: bytes | None = None
    task: asyncio.Task[None] | None = None

    def hear(self, what: str, done: int, total: int) -> None:
        """Note the progress."""
        self.what, self.done, self.total = what, done, total

    def end(self) -> None:
        """Have it end at its next step."""
        self.stop.touch()

    def report(self) -> dict[str, Any]:
        """What a page is told."""
        names = ("what", "done", "total", "finished", "error", "kept", "facts")
        return {name: getattr(self, name) for name in names}


class Projections:
    """Those of a studio."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Projection] = OrderedDict()
        self._folder = TemporaryDirectory()

    def begin(self, renderer: Renderer, asked: InvertAsked) -> str:
        """Begin one; returns its id."""
        job = secrets.token_hex(8)
        one = self._known[job] = Projection(Path(self._folder.name) / job)
        one.task = asyncio.create_task(_project(one, renderer, replace(asked, stop=one.stop)))
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)[1].end()
        return job

    def find(self, job: str) -> Projection:
        """One by its id.

        Raises:
            Refusal: There is none of that id.
        """
        if job not in self._known:
            raise unknown("projection", job)
        return self._known[job]

    def close(self) -> None:
        """Forget them all."""
        self._known.clear()
        self._folder.cleanup()


async def _project(one: Projection, renderer: Renderer, asked: InvertAsked) -> None:
    try:
        answer = await renderer.make(invert, asked, one.hear)
        one.strip, one.kept = answer.data, unquote(answer.headers["X-Kept"])
        names = {"error": "X-Error", "start-error": "X-Start-Error", "psnr": "X-Psnr"}
        one.facts = {name: float(answer.headers[header]) for name, header in names.items()}
    except ZerosumError as error:
        one.error = str(error)
    except RuntimeError as error:  # the fault is ours, and the terminal says where
        one.error = f"The studio made a mistake: {error}."
    finally:
        one.finished = True
