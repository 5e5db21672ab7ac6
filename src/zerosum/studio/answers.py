"""What requests ask and what they are answered: JSON that is checked on its way in, and sentences where that fails."""

import json
import math
from collections.abc import Mapping
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from zerosum.config.base import from_json
from zerosum.core.errors import ZerosumError

T = TypeVar("T")

MOST_BODY = 1 << 20
"""Bytes of a request that is no upload."""


class Refusal(ZerosumError):
    """Something that is not done, with the status that says of what sort the reason is."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def unknown(what: str, name: str) -> Refusal:
    """The refusal of an id that names nothing."""
    return Refusal(404, f'There is no {what} "{name[:80]}" here. It may have been moved; go back and choose again.')


def answer(value: Any, status: int = 200) -> Response:
    """A value as JSON; what is not finite becomes null."""
    return JSONResponse(_sayable(value), status, headers={"Cache-Control": "no-store"})


async def refused(request: Request, error: Exception) -> Response:
    """The answer to a request that cannot be done as it was asked: 422, or what a `Refusal` says."""
    status = error.status if isinstance(error, Refusal) else 422
    return JSONResponse({"error": str(error)}, status)


async def not_found(request: Request, error: Exception) -> Response:
    """The answer to an address that there is not, or that is not asked so."""
    assert isinstance(error, HTTPException)
    sentences = {404: f"There is nothing at {request.url.path[:80]}.", 405: "That cannot be asked in this way."}
    sentence = sentences.get(error.status_code, f"{error.detail}.")
    return JSONResponse({"error": sentence}, error.status_code, error.headers)


async def unusable(request: Request, error: Exception) -> Response:
    """The answer where the disk does not do what it should: it is full, or the studio may not write there."""
    assert isinstance(error, OSError)
    return JSONResponse({"error": explained(error)}, 507)


async def failed(request: Request, error: Exception) -> Response:
    """The answer where the fault is ours; the terminal shows where."""
    sentence = f"The studio made a mistake ({type(error).__name__}: {error}). The terminal that it runs in says where."
    return JSONResponse({"error": sentence}, 500)


async def left(request: Request, error: Exception) -> Response:
    """What nobody hears: the page was closed before it had sent everything."""
    return Response(status_code=400)


HANDLERS: Mapping[Any, Any] = {
    ZerosumError: refused,
    HTTPException: not_found,
    OSError: unusable,
    ClientDisconnect: left,
    Exception: failed,
}
"""What becomes of errors."""


def explained(error: OSError) -> str:
    """What the system says of a file, as a sentence."""
    return f"{error.filename or 'The disk'} cannot be used: {error.strerror or error}."


async def asked(request: Request, kind: type[T], most: int = MOST_BODY) -> T:
    """What a request's JSON body of at most so many bytes says, as a dataclass.

    Raises:
        Refusal: It is too long or no JSON.
        SettingError: A field is unknown, missing or of the wrong type; the message names it.
    """
    return from_json(kind, await asked_json(request, most), "The request")


async def asked_json(request: Request, most: int = MOST_BODY) -> Any:
    """The same as it was sent.

    Raises:
        Refusal: It is too long or no JSON.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise Refusal(413, f"The request has more than the {most:,} bytes that are allowed here.")
    return _parsed(bytes(body).decode("utf-8", "replace"))


def read(text: str, kind: type[T]) -> T:
    """A dataclass from a text of JSON; errors as for `asked`."""
    return from_json(kind, _parsed(text), "The request")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(422, f"The request is not JSON: {error}.") from error


def _refuse_constant(name: str) -> None:
    """NaN and infinities, which Python reads and JSON does not have."""
    raise ValueError(f"{name} is no number")


def _sayable(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _sayable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_sayable(part) for part in value]
    return value
