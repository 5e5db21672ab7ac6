"""What pages ask of models."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zerosum.studio.answers import Refusal, answer, asked, read
from zerosum.studio.exploring.description import description
from zerosum.studio.exploring.directions import DirectionsAsked, directions
from zerosum.studio.exploring.films import FilmAsked, film
from zerosum.studio.exploring.inverting import InvertAsked
from zerosum.studio.exploring.nearest import NearestAsked, nearest
from zerosum.studio.exploring.open_model import Answer
from zerosum.studio.exploring.pictures import PictureAsked, SheetAsked, picture, sheet
from zerosum.studio.exploring.points import PointsAsked, points
from zerosum.studio.exploring.selections import KeepAsked, keep
from zerosum.studio.exploring.tables import (
    ColumnsAsked,
    RowsAsked,
    RowsFileAsked,
    columns,
    rows,
    rows_file,
)
from zerosum.studio.render import Renderer
from zerosum.studio.studio import studio_of

LONGEST_VIEW = 64
"""Letters of a view's name."""

FRESH = {"Cache-Control": "no-store"}


@dataclass(frozen=True, kw_only=True)
class PictureSent:
    """A picture to find the latent of; see `InvertAsked`.

    Attributes:
        picture: Its file, in base 64.
    """

    picture: str
    name: str = "picture"
    space: Literal["z", "w"] | None = None
    condition: str | None = None


async def detail(request: Request) -> Response:
    """GET /api/models/ID."""
    return answer({"id": request.path_params["model"], **await _renderer(request).make(description, None)})


async def one_picture(request: Request) -> Response:
    """GET /api/models/ID/picture?view=V&q=PLACE&size=N&lossless=1."""
    query = request.query_params
    size = int(query["size"]) if query.get("size", "").isdecimal() else None
    wanted = read(f'{{"place": {query.get("q", "")}}}', PictureAsked)
    wanted = PictureAsked(place=wanted.place, size=size, lossless=query.get("lossless") == "1")
    return _file(await _renderer(request).draw(_view(query.get("view", "")), picture, wanted))


def drawn(kind: type[Any], method: Callable[..., Any]) -> Callable[[Request], Any]:
    """A route that answers a view's newest request, and its older ones with 409, beside the picture that moves."""

    async def route(request: Request) -> Response:
        wanted = await asked(request, kind)
        return _said(await _renderer(request).draw(_view(wanted.view), method, wanted, beside=True))

    return route


def made(kind: type[Any], method: Callable[..., Any]) -> Callable[[Request], Any]:
    """A route that answers when what takes its time is done."""

    async def route(request: Request) -> Response:
        wanted = await asked(request, kind)
        return _said(await _renderer(request).make(method, wanted))

    return route


async def begin_projection(request: Request) -> Response:
    """POST /api/models/ID/invert."""
    sent = await asked(request, PictureSent)
    try:
        content = base64.b64decode(sent.picture, validate=True)
    except binascii.Error as error:
        raise Refusal(422, f"The picture is not in base 64: {error}.") from error
    wanted = InvertAsked(picture=content, name=sent.name, space=sent.space, condition=sent.condition)
    return answer({"job": studio_of(request).projections.begin(_renderer(request), wanted)})


async def projection(request: Request) -> Response:
    """GET /api/models/ID/invert/JOB."""
    return answer(studio_of(request).projections.find(request.path_params["job"]).report())


async def projection_strip(request: Request) -> Response:
    """GET /api/models/ID/invert/JOB.png: the picture, the nearest sample, and what was found."""
    strip = studio_of(request).projections.find(request.path_params["job"]).strip
    if strip is None:
        raise Refusal(404, "There is nothing to see yet.")
    return _file(Answer(strip, "image/png"))


async def end_projection(request: Request) -> Response:
    """POST /api/models/ID/invert/JOB/cancel."""
    one = studio_of(request).projections.find(request.path_params["job"])
    one.end()
    return answer(one.report())


def _renderer(request: Request) -> Renderer:
    return studio_of(request).renderer(request.path_params["model"])


def _view(name: str) -> str:
    if not 0 < len(name) <= LONGEST_VIEW:
        raise Refusal(422, f"A view has a name of 1 to {LONGEST_VIEW} letters; this one has {len(name)}.")
    return name


def _said(what: Any) -> Response:
    return _file(what) if isinstance(what, Answer) else answer(what)


def _file(what: Answer) -> Response:
    headers = FRESH | what.headers
    if what.name is not None:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(what.name)}"
    return Response(what.data, media_type=what.kind, headers=headers)


MODEL = "/api/models/{model}"

ROUTES = [
    Route(MODEL, detail),
    Route(f"{MODEL}/picture", one_picture),
    Route(f"{MODEL}/sheet", drawn(SheetAsked, sheet), methods=["POST"]),
    Route(f"{MODEL}/film", made(FilmAsked, film), methods=["POST"]),
    Route(f"{MODEL}/directions", made(DirectionsAsked, directions), methods=["POST"]),
    Route(f"{MODEL}/keep", made(KeepAsked, keep), methods=["POST"]),
    Route(f"{MODEL}/nearest", made(NearestAsked, nearest), methods=["POST"]),
    Route(f"{MODEL}/invert", begin_projection, methods=["POST"]),
    Route(f"{MODEL}/invert/{{job}}.png", projection_strip),
    Route(f"{MODEL}/invert/{{job}}", projection),
    Route(f"{MODEL}/invert/{{job}}/cancel", end_projection, methods=["POST"]),
    Route(f"{MODEL}/rows", drawn(RowsAsked, rows), methods=["POST"]),
    Route(f"{MODEL}/rows/file", made(RowsFileAsked, rows_file), methods=["POST"]),
    Route(f"{MODEL}/columns", made(ColumnsAsked, columns), methods=["POST"]),
    Route(f"{MODEL}/points", drawn(PointsAsked, points), methods=["POST"]),
]
