"""What pages may ask: all addresses below /api."""

import asyncio
import importlib.util
import platform

import torch
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from zerosum.core.version import __version__
from zerosum.studio.answers import HANDLERS, answer
from zerosum.studio.exploring import routes as exploring
from zerosum.studio.exporting import routes as exporting
from zerosum.studio.starting import routes as starting
from zerosum.studio.studio import Studio, studio_of
from zerosum.studio.watching import routes as watching


def make_api(studio: Studio) -> ASGIApp:
    """The application that answers pages out of a studio."""
    routes = [
        Route("/api/state", state),
        *watching.ROUTES,
        *starting.ROUTES,
        *exporting.ROUTES,
        *exploring.ROUTES,
    ]
    api = Starlette(routes=routes, exception_handlers=HANDLERS)
    api.router.redirect_slashes = False
    api.state.studio = studio
    return api


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
