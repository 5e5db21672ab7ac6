"""The studio as an application: its pages at once, and what they ask as soon as that can be answered."""

import asyncio
import mimetypes
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from zerosum.studio.answers import HANDLERS
from zerosum.studio.security import Guard

if TYPE_CHECKING:
    from zerosum.studio.studio import Studio

STATIC = Path(__file__).parent / "static"

TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".html": "text/html",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
"""Said here, because what a system has on record about suffixes differs, and browsers run nothing of a wrong type."""


class App:
    """The studio over a folder of runs, as an ASGI application.

    Pages need nothing but their files. What they ask waits until all that trainings stand on is imported, which takes
    seconds, and happens meanwhile.

    Args:
        root: The folder that run folders are in; made if it is not there.
        token: The secret that a browser must show once.
        port: The port that it will listen on, which requests must name.
        host: The address that it will listen on.
        work: The folder that data may be chosen from; by default the current one.

    Attributes:
        ending: Set once the server ends, so that streams do.
    """

    def __init__(
        self, root: Path, token: str, port: int = 8765, host: str = "127.0.0.1", work: Path | None = None
    ) -> None:
        root.mkdir(parents=True, exist_ok=True)
        for suffix, kind in TYPES.items():
            mimetypes.add_type(kind, suffix)
        self.ending = threading.Event()
        self._root, self._work = root.resolve(), (work or Path.cwd()).resolve()
        self._opened = ThreadPoolExecutor(1).submit(self._open)
        routes = [Route("/", shell), Mount("/static", Static(directory=STATIC))]
        pages = Starlette(routes=routes, exception_handlers=HANDLERS)
        pages.router.redirect_slashes = False
        pages.router.default = self._answer
        self._guarded = Guard(pages, token, port, host)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        await self._guarded(scope, receive, send)

    @property
    def studio(self) -> "Studio":
        """What it holds, once that is there."""
        return self._opened.result()[0]

    def close(self) -> None:
        """End what was only done for pages; trainings go on."""
        self.ending.set()
        self.studio.close()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, api = await asyncio.wrap_future(self._opened)
        await api(scope, receive, send)

    def _open(self) -> tuple["Studio", ASGIApp]:
        from zerosum.studio.api import make_api  # here, because torch comes with it
        from zerosum.studio.studio import Studio

        studio = Studio(self._root, self._work, self.ending)
        return studio, make_api(studio)


class Static(StaticFiles):
    """The files of the pages; browsers ask each time whether they have changed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or the news that it has not changed."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


async def shell(request: Request) -> Response:
    """GET /: the one page."""
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})
