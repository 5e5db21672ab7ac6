"""What pages ask to be made of models, and the files."""

import asyncio

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from zerosum.studio.answers import answer, asked_json
from zerosum.studio.exporting.offers import export_command, offers, read_options
from zerosum.studio.studio import studio_of


async def offered(request: Request) -> Response:
    """GET /api/models/ID/exports."""
    return answer(await studio_of(request).renderer(request.path_params["model"]).make(offers, None))


async def export(request: Request) -> Response:
    """POST /api/models/ID/export."""
    studio = studio_of(request)
    folder = await asyncio.to_thread(studio.runs.find_model, request.path_params["model"])
    file, made = await studio.exports.make(folder, await asked_json(request))
    return answer({"file": file, "name": made.name, "bytes": made.path.stat().st_size, "checks": made.checks}, 201)


async def command(request: Request) -> Response:
    """POST /api/models/ID/export/command: what makes the same in a terminal."""
    studio, model = studio_of(request), request.path_params["model"]
    await asyncio.to_thread(studio.runs.find_model, model)
    to, options = read_options(await asked_json(request))
    return answer({"command": export_command(to, options, studio.named(model))})


async def download(request: Request) -> Response:
    """GET /api/files/FILE."""
    made = studio_of(request).exports.find(request.path_params["file"])
    return FileResponse(made.path, filename=made.name, headers={"Cache-Control": "no-store"})


ROUTES = [
    Route("/api/models/{model}/exports", offered),
    Route("/api/models/{model}/export", export, methods=["POST"]),
    Route("/api/models/{model}/export/command", command, methods=["POST"]),
    Route("/api/files/{file}", download),
]
