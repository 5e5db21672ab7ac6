"""What requests ask and what they are answered: JSON that is checked on its way in, and sentences where that fails."""

import json
import math
from collections.abc import Mapping
from typing import Any, TypeVar

from starlette.requests import Request
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


async def failed(request: Request, error: Exception) -> Response:
    """The answer where the fault is ours; the terminal shows where."""
    sentence = f"The studio made a mistake ({type(error).__name__}: {error}). The terminal that it runs in says where."
    return JSONResponse({"error": sentence}, 500)


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
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refusal(422, f"The request is not JSON: {error}.") from error


def _sayable(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _sayable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_sayable(part) for part in value]
    return value
