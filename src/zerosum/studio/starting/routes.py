"""What pages ask of data, and of trainings that they want."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from zerosum.studio.answers import Refusal, answer, asked
from zerosum.studio.pictures import kept
from zerosum.studio.starting.data import DataAsked
from zerosum.studio.starting.plans import PlanAsked, described_recipes
from zerosum.studio.studio import studio_of


async def places(request: Request) -> Response:
    """GET /api/places?at=PLACE_ID."""
    at = request.query_params.get("at")
    return answer(await asyncio.to_thread(studio_of(request).places.listing, at))


async def place_thumb(request: Request) -> Response:
    """GET /api/places/PLACE_ID/thumb.jpg, of a built-in set."""
    data = await studio_of(request).data.thumb(request.path_params["place"])
    return kept(data, "image/jpeg", for_ever=False)


async def upload(request: Request) -> Response:
    """POST /api/uploads: one file."""
    studio, name = studio_of(request), request.headers.get("x-file-name")
    if name is None:
        raise Refusal(422, "The header X-File-Name must say what the file is called.")
    given, path = await studio.uploads.receive(request.headers.get("x-upload"), name, request.stream())
    place = studio.places.at(path, "upload")
    return answer({"upload": given, "place": place.id}, 201)


async def look(request: Request) -> Response:
    """POST /api/data."""
    studio = studio_of(request)
    data, seen = await studio.data.look(await asked(request, DataAsked))
    return answer({"data": data, "source": studio.places.shown(seen.look.source), **seen.told})


async def thumbs(request: Request) -> Response:
    """GET /api/data/DATA_ID/thumbs.jpg."""
    return kept(studio_of(request).data.find(request.path_params["data"]).thumbs, "image/jpeg", for_ever=False)


async def known_recipes(request: Request) -> Response:
    """GET /api/recipes?kind=KIND."""
    return answer(described_recipes(request.query_params.get("kind")))


async def form(request: Request) -> Response:
    """GET /api/form?data=DATA_ID&recipe=NAME&preset=PRESET."""
    query = request.query_params
    if "data" not in query:
        raise Refusal(422, "Say which data the form is for: data=ID.")
    plans = studio_of(request).plans
    return answer(await plans.form(query["data"], query.get("recipe") or "auto", query.get("preset") or None))


async def plan(request: Request) -> Response:
    """POST /api/plan: what a training would take."""
    return answer(await studio_of(request).plans.estimate(await asked(request, PlanAsked)))


async def start(request: Request) -> Response:
    """POST /api/runs: start a training."""
    return answer(await studio_of(request).plans.start(await asked(request, PlanAsked)), 201)


ROUTES = [
    Route("/api/places", places),
    Route("/api/places/{place}/thumb.jpg", place_thumb),
    Route("/api/uploads", upload, methods=["POST"]),
    Route("/api/data", look, methods=["POST"]),
    Route("/api/data/{data}/thumbs.jpg", thumbs),
    Route("/api/recipes", known_recipes),
    Route("/api/form", form),
    Route("/api/plan", plan, methods=["POST"]),
    Route("/api/runs", start, methods=["POST"]),
]
