"""The studio's server: its addresses, and who may ask for them."""

import asyncio
import importlib.util
import mimetypes
import platform
from pathlib import Path

import torch
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from zerosum.core.errors import ZerosumError
from zerosum.core.version import __version__
from zerosum.studio import data_routes, export_routes, model_routes, run_routes
from zerosum.studio.answers import answer, failed, refused
from zerosum.studio.security import Guard
from zerosum.studio.studio import Studio, studio_of

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


class Static(StaticFiles):
    """The files of the pages; browsers ask each time whether they have changed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or the news that it has not changed."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def make_app(
    root: Path, token: str, port: int = 8765, host: str = "127.0.0.1", work: Path | None = None
) -> tuple[ASGIApp, Studio]:
    """The studio over a folder of runs, as an ASGI application, and what it holds.

    Args:
        root: The folder that run folders are in; made if it is not there.
        token: The secret that a browser must show once.
        port: The port that it will listen on, which requests must name.
        host: The address that it will listen on.
        work: The folder that data may be chosen from; by default the current one.
    """
    root.mkdir(parents=True, exist_ok=True)
    for suffix, kind in TYPES.items():
        mimetypes.add_type(kind, suffix)
    routes = [
        Route("/", shell),
        Route("/api/state", state),
        *run_routes.ROUTES,
        *data_routes.ROUTES,
        *export_routes.ROUTES,
        *model_routes.ROUTES,
        Mount("/static", Static(directory=STATIC)),
    ]
    handlers = {ZerosumError: refused, HTTPException: not_found, Exception: failed}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    app.state.studio = Studio(root.resolve(), (work or Path.cwd()).resolve())
    return Guard(app, token, port, host), app.state.studio


async def shell(request: Request) -> Response:
    """GET /: the one page."""
    return FileResponse(STATIC / "index.html", headers={"Cache-Control": "no-cache"})


async def state(request: Request) -> Response:
    """GET /api/state: what the studio runs on, and what is installed."""
    return answer(
        {
            "version": __version__,
            "device": await asyncio.to_thread(device),
            "root": studio_of(request).root.name,
            "export": {"onnx": installed("onnx") and installed("onnxscript"), "mp4": installed("av")},
        }
    )


async def not_found(request: Request, error: Exception) -> Response:
    """The answer to an address that there is not, or that is not asked so."""
    assert isinstance(error, HTTPException)
    sentences = {404: f"There is nothing at {request.url.path[:80]}.", 405: "That cannot be asked in this way."}
    sentence = sentences.get(error.status_code, f"{error.detail}.")
    return JSONResponse({"error": sentence}, error.status_code, error.headers)


def device() -> dict[str, object]:
    """Where trainings compute if they are told nothing else: its name, and the processor's threads."""
    if torch.cuda.is_available():
        name = torch.cuda.get_device_name()
    elif torch.backends.mps.is_available():
        name = "Apple graphics (mps)"
    else:
        name = platform.processor() or platform.machine()
    return {"name": name, "threads": torch.get_num_threads()}


def installed(package: str) -> bool:
    """Whether a package can be imported; it is not."""
    return importlib.util.find_spec(package) is not None
