"""Processes that compute for the studio, so that its server always answers.

A worker holds one thing, such as an opened model, and is asked for what methods make of it. It has three threads: one
for what a person waits for while a slider moves, one for what is seen beside that, and one for what takes its time. Its
process is forked from one that has
imported everything already, which takes 50 ms instead of 3 s, where the system can do that.
"""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Literal, get_args

from zerosum.core.errors import ZerosumError
from zerosum.core.progress import Progress
from zerosum.studio.answers import Refusal, explained

Make = Callable[..., Any]
"""Makes what a worker holds, from plain arguments; a function or class that processes find by its name."""

Method = Callable[[Any, Any, Progress], Any]
"""(what the worker holds, what is asked, who hears how far it is) -> the answer; found by its name likewise."""

Lane = Literal["moving", "beside", "slow"]
"""The threads of a worker; what is asked in one lane is not kept waiting by the others."""

LAST_MOMENT = 3.0
"""Seconds that a process has to end."""

ENDED = "The process that computes this has ended, perhaps because the memory was full. Try again; it is started anew."

if sys.platform == "win32":
    CONTEXT = multiprocessing.get_context("spawn")
else:
    CONTEXT = multiprocessing.get_context("forkserver")
    CONTEXT.set_forkserver_preload(["zerosum.studio.starting.looking", "zerosum.studio.exploring.routes", "pandas"])


def prepare() -> None:
    """Start the process that workers are forked from, before the first of them is wanted."""
    if sys.platform != "win32":
        from multiprocessing.forkserver import ensure_running

        ensure_running()


async def once(method: Method, asked: Any, progress: Progress | None = None) -> Any:
    """What a method makes of nothing but what is asked, in a process that ends with it and gives all memory back."""
    worker = Worker(_nothing)
    try:
        return await worker.ask(method, asked, progress=progress)
    finally:
        worker.close()


def _nothing() -> None:
    """What such a process holds."""


@dataclass
class _Waiting:
    """Who waits for an answer."""

    future: asyncio.Future[Any]
    progress: Progress | None


class Worker:
    """A process that holds something.

    Args:
        make: Makes it; an error of it is the answer to every question.
        arguments: What it is made from.

    Attributes:
        alive: Whether it can still be asked.
    """

    def __init__(self, make: Make, *arguments: Any) -> None:
        self.alive = True
        self._loop = asyncio.get_running_loop()
        self._here, there = CONTEXT.Pipe()
        process = CONTEXT.Process(target=_work, args=(there, make, arguments), daemon=True)
        self._waiting: dict[int, _Waiting] = {}
        self._number, self._sending = 0, threading.Lock()
        self._listening = threading.Thread(target=self._listen, args=(process, there), daemon=True)
        self._listening.start()

    @property
    def idle(self) -> bool:
        """Whether nobody waits for it."""
        return not self._waiting

    async def ask(self, method: Method, asked: Any, lane: Lane = "slow", progress: Progress | None = None) -> Any:
        """What a method makes of what the worker holds.

        Args:
            method: The method.
            asked: What is asked of it.
            lane: What it may keep waiting: nothing but what is in the same lane.
            progress: Hears how far it is, in the server's loop.

        Raises:
            ZerosumError: As the method does; or the process has ended.
        """
        self._number += 1
        number, waiting = self._number, _Waiting(self._loop.create_future(), progress)
        self._waiting[number] = waiting
        try:
            await asyncio.to_thread(self._send, (number, method, asked, lane))  # large ones wait for the process
        except OSError:
            self._waiting.pop(number, None)
            raise Refusal(503, ENDED) from None
        return await waiting.future

    def close(self) -> None:
        """End the process, whatever it does; whoever waits for it is told."""
        try:
            self._send(None)
        except OSError:
            pass  # it has ended before

    def join(self) -> None:
        """Wait for its end for a moment, so that what it shares with others is given back."""
        self._listening.join(LAST_MOMENT)

    def _send(self, message: Any) -> None:
        with self._sending:
            self._here.send(message)

    def _listen(self, process: BaseProcess, there: Connection) -> None:
        """Start the process, which may have to wait for the first of all, and hand on what comes from it to its end."""
        try:
            with there:
                process.start()
            while True:
                number, kind, value = self._here.recv()
                self._loop.call_soon_threadsafe(self._hear, number, kind, value)
        except (EOFError, OSError, RuntimeError):  # the last where the server's loop has ended before
            pass
        if process.pid is not None:
            process.join()
        try:
            self._loop.call_soon_threadsafe(self._give_up)
        except RuntimeError:
            pass

    def _hear(self, number: int, kind: str, value: Any) -> None:
        waiting = self._waiting.get(number)
        if waiting is None or waiting.future.done():
            return
        if kind == "progress":
            if waiting.progress is not None:
                waiting.progress(*value)
            return
        del self._waiting[number]
        if kind == "answer":
            waiting.future.set_result(value)
        else:
            waiting.future.set_exception(value)

    def _give_up(self) -> None:
        self.alive = False
        for waiting in self._waiting.values():
            if not waiting.future.done():
                waiting.future.set_exception(Refusal(503, ENDED))
        self._waiting.clear()


def _work(pipe: Connection, make: Make, arguments: tuple[Any, ...]) -> None:
    """What the process does: make what it holds, and answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the server, which ends its workers
    sending, held = threading.Lock(), _Held(make, arguments)

    def send(*message: Any) -> None:
        with sending:
            pipe.send(message)

    working: set[int] = set()

    def answer(number: int, method: Method, asked: Any) -> None:
        def progress(what: str, done: int, total: int) -> None:
            send(number, "progress", (what, done, total))

        try:
            send(number, "answer", method(held.get(), asked, progress))
        except ZerosumError as error:
            send(number, "refusal", error)
        except BrokenPipeError:
            pass  # the server has gone
        except OSError as error:
            send(number, "refusal", Refusal(507, explained(error)))
        except Exception as error:  # of any kind: it is the server that tells the person
            traceback.print_exc()
            send(number, "failure", RuntimeError(f"{type(error).__name__}: {error}"))
        working.discard(number)

    lanes = {lane: ThreadPoolExecutor(1) for lane in get_args(Lane)}
    while (message := _received(pipe)) is not None:
        number, method, asked, lane = message
        working.add(number)
        lanes[lane].submit(answer, number, method, asked)
    if working:
        os._exit(0)  # nobody waits for what is still computed


def _received(pipe: Connection) -> Any:
    """The next message; None where the process is to end, or the server has."""
    try:
        return pipe.recv()
    except (EOFError, OSError):
        return None


class _Held:
    """What a worker holds, made when it is first wanted, by whichever thread comes first."""

    def __init__(self, make: Make, arguments: tuple[Any, ...]) -> None:
        self._make, self._arguments, self._lock = make, arguments, threading.Lock()
        self._made: list[Any] = []

    def get(self) -> Any:
        with self._lock:
            if not self._made:
                self._made.append(self._make(*self._arguments))
        return self._made[0]
