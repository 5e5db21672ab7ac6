"""What pages ask of runs."""

import asyncio
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from zerosum.studio.answers import answer, asked, unknown
from zerosum.studio.pictures import as_jpeg, kept
from zerosum.studio.studio import studio_of
from zerosum.studio.watching.control import Control, Treat
from zerosum.studio.watching.health import compare
from zerosum.studio.watching.stream import followers, stream


async def listing(request: Request) -> Response:
    """GET /api/runs."""
    return answer(await asyncio.to_thread(studio_of(request).runs.listing))


async def detail(request: Request) -> Response:
    """GET /api/runs/ID."""
    return answer(await asyncio.to_thread(studio_of(request).runs.detail, request.path_params["run"]))


async def series(request: Request) -> Response:
    """GET /api/runs/ID/series."""
    return answer(await asyncio.to_thread(studio_of(request).runs.series, request.path_params["run"]))


async def events(request: Request) -> Response:
    """GET /api/stream?run=ID:OFFSET&run=..."""
    studio, named = studio_of(request), request.query_params.getlist("run")
    followed = await asyncio.to_thread(followers, studio.runs, named, request.headers.get("last-event-id"))
    messages = stream(studio.runs, followed, studio.ending.is_set)
    return StreamingResponse(messages, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def sheet(request: Request) -> Response:
    """GET /api/runs/ID/sheets/SAMPLES.jpg: the contact sheet; .png: the one that is saved."""
    runs, run = studio_of(request).runs, request.path_params["run"]
    samples, form = request.path_params["samples"], request.path_params["form"]
    known = await asyncio.to_thread(lambda: {int(path.stem): path for path in runs.find(run).sheets()})
    if samples not in known or form not in ("jpg", "png"):
        raise unknown("contact sheet", f"{samples}.{form}")
    return await _picture(request, known[samples], form)


async def reals(request: Request) -> Response:
    """GET /api/runs/ID/reals.jpg: real samples."""
    folder = await asyncio.to_thread(studio_of(request).runs.find, request.path_params["run"])
    path = folder.path / "reals.png"
    if not path.exists():
        raise unknown("picture", "reals.jpg")
    return await _picture(request, path, "jpg")


async def control(request: Request) -> Response:
    """POST /api/runs/ID/control."""
    wanted = await asked(request, Control)
    await asyncio.to_thread(studio_of(request).controls.control, request.path_params["run"], wanted)
    return answer({}, 202)


async def findings(request: Request) -> Response:
    """GET /api/runs/ID/findings."""
    return answer(await asyncio.to_thread(studio_of(request).controls.findings, request.path_params["run"]))


async def health(request: Request) -> Response:
    """GET /api/runs/ID/health."""
    studio, run = studio_of(request), request.path_params["run"]
    folder = await asyncio.to_thread(studio.runs.find, run)
    return answer(await studio.examined(folder))


async def comparison(request: Request) -> Response:
    """GET /api/compare?run=A&run=B..."""
    runs, named = studio_of(request).runs, dict.fromkeys(request.query_params.getlist("run"))
    return answer(await asyncio.to_thread(lambda: compare({run: runs.find(run) for run in named})))


async def treat(request: Request) -> Response:
    """POST /api/runs/ID/treat."""
    wanted = await asked(request, Treat)
    return answer(await asyncio.to_thread(studio_of(request).controls.treat, request.path_params["run"], wanted))


async def undo(request: Request) -> Response:
    """POST /api/runs/ID/undo."""
    return answer(await asyncio.to_thread(studio_of(request).controls.undo, request.path_params["run"]))


async def _picture(request: Request, path: Path, form: str) -> Response:
    """A saved picture; an address that says which version it means may be kept for ever."""
    root = studio_of(request).root

    def content() -> bytes:
        if not path.resolve().is_relative_to(root):  # a link
            raise unknown("picture", path.name)
        return as_jpeg(path) if form == "jpg" else path.read_bytes()

    data = await asyncio.to_thread(content)
    return kept(data, f"image/{'jpeg' if form == 'jpg' else 'png'}", for_ever="v" in request.query_params)


ROUTES = [
    Route("/api/runs", listing),
    Route("/api/runs/{run}", detail),
    Route("/api/runs/{run}/series", series),
    Route("/api/runs/{run}/sheets/{samples:int}.{form}", sheet),
    Route("/api/runs/{run}/reals.jpg", reals),
    Route("/api/runs/{run}/control", control, methods=["POST"]),
    Route("/api/runs/{run}/findings", findings),
    Route("/api/runs/{run}/health", health),
    Route("/api/compare", comparison),
    Route("/api/runs/{run}/treat", treat, methods=["POST"]),
    Route("/api/runs/{run}/undo", undo, methods=["POST"]),
    Route("/api/stream", events),
]
