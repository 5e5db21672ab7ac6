"""Opened models, each in a process of its own, which computes only what a page still wants to see."""

import asyncio
import os
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zerosum.core.progress import Progress
from zerosum.studio.answers import Refusal
from zerosum.studio.exploring.open_model import OpenModel
from zerosum.studio.workers import Lane, Method, Worker

MOST_MODELS = 2
"""Models that are open at once; each takes the memory of a process with torch."""

STALE = "A newer picture was asked for."


@dataclass(frozen=True)
class _Wish:
    """What a view wants to see."""

    method: Method
    asked: Any
    future: asyncio.Future[Any]


class _Queue:
    """What views want to see of a worker in one lane: of each view only the newest, and views take turns."""

    def __init__(self, worker: Worker, lane: Lane) -> None:
        self._worker = worker
        self._lane: Lane = lane
        self._next: OrderedDict[str, _Wish] = OrderedDict()
        self._busy: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        return not self._next

    async def draw(self, view: str, method: Method, asked: Any) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        known = self._next.get(view)
        if known is not None and not known.future.done():
            known.future.set_exception(Refusal(409, STALE))
        self._next[view] = _Wish(method, asked, future)  # in the older one's place, which has waited for longer
        if self._busy is None:
            self._busy = asyncio.create_task(self._draw_all())
        return await future

    async def _draw_all(self) -> None:
        while self._next:
            _, wish = self._next.popitem(last=False)
            try:
                answer = await self._worker.ask(wish.method, wish.asked, self._lane)
            except Exception as error:  # of any kind: it belongs to whoever asked
                if not wish.future.done():
                    wish.future.set_exception(error)
            else:
                if not wish.future.done():
                    wish.future.set_result(answer)
        self._busy = None


class Renderer:
    """One opened model.

    Of what a view asks for while another answer is computed, only the newest is computed next; what it replaces is
    refused with 409.

    Args:
        folder: Of the model or its run.
        path: The same, as commands name it.
    """

    def __init__(self, folder: Path, path: str) -> None:
        self.version = version_of(folder)
        self._worker = Worker(OpenModel, folder, path)
        self._moving, self._beside = _Queue(self._worker, "moving"), _Queue(self._worker, "beside")

    @property
    def alive(self) -> bool:
        """Whether its process is."""
        return self._worker.alive

    @property
    def idle(self) -> bool:
        """Whether nobody waits for it."""
        return self._worker.idle and self._moving.idle and self._beside.idle

    async def draw(self, view: str, method: Method, asked: Any, beside: bool = False) -> Any:
        """What a method makes of the opened model, for a view that wants to see it now.

        Args:
            view: Whose picture it is; the next one of the same view takes its place while it waits.
            method: A function of an `OpenModel`, found by its name.
            asked: What is asked of it.
            beside: Whether it is seen beside what moves, and must not keep that waiting.

        Raises:
            Refusal: 409, where the same view has asked for something newer.
            ZerosumError: As the method does.
        """
        return await (self._beside if beside else self._moving).draw(view, method, asked)

    async def make(self, method: Method, asked: Any, progress: Progress | None = None) -> Any:
        """The same for what takes its time, one after the other, without keeping views waiting."""
        return await self._worker.ask(method, asked, "slow", progress)

    def close(self) -> None:
        """End its process."""
        self._worker.close()

    def join(self) -> None:
        """Wait for its end for a moment."""
        self._worker.join()


class Renderers:
    """The opened models, those used last; a model that is trained is opened again whenever a better one was saved."""

    def __init__(self) -> None:
        self._open: OrderedDict[Path, Renderer] = OrderedDict()
        self._leaving: list[Renderer] = []

    def get(self, folder: Path, path: str) -> Renderer:
        """The opened model of a folder; opened anew where its weights have changed or its process has ended."""
        known = self._open.pop(folder, None)
        if known is not None and (not known.alive or known.version != version_of(folder)):
            self._leaving.append(known)
            known = None
        self._open[folder] = known or Renderer(folder, path)
        while len(self._open) > MOST_MODELS:
            self._leaving.append(self._open.popitem(last=False)[1])
        for renderer in [one for one in self._leaving if one.idle]:  # what somebody waits for is finished
            self._leaving.remove(renderer)
            renderer.close()
        return self._open[folder]

    def close(self) -> None:
        """End all processes, and wait for that for a moment."""
        ending = (*self._open.values(), *self._leaving)
        for renderer in ending:
            renderer.close()
        for renderer in ending:
            renderer.join()
        self._open.clear()
        self._leaving.clear()


def version_of(folder: Path) -> int:
    """When the weights of a model, or of a run's, were written."""
    for path in (folder / "model" / "model.safetensors", folder / "model.safetensors"):
        try:
            return os.stat(path).st_mtime_ns
        except FileNotFoundError:
            continue
    return 0
