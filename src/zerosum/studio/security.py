"""Who may speak with the studio: one person's own browser, on pages that the studio itself has sent.

A studio on a person's machine can start programs and read files, and every page that a browser opens can send requests
to it. So nothing is answered but requests that name this server (which ends DNS rebinding), bear its token as a cookie,
and, where they change something, come from its own pages.
"""

import ipaddress
import re
import secrets
import socket
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "img-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""What the studio's pages may load: nothing from elsewhere, and no script that stands in a page."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

SAFE = ("GET", "HEAD")

UPLOADS = "/api/uploads"
"""The one address that takes other bodies than JSON."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>zerosum studio</title></head>
<body><h1>zerosum studio</h1><p>{sentence}</p></body></html>
"""

NO_TOKEN = (
    "This studio belongs to whoever started it. Open the address that it printed in its terminal, the one that ends "
    "with ?token= and letters; this browser is known from then on."
)


class Guard:
    """Refuses what must not be answered, and adds the headers that tell browsers what the pages may do.

    Args:
        app: What answers the rest.
        token: The secret that a browser must have shown.
        port: The port that the studio listens on.
        host: The address that it listens on.
    """

    def __init__(self, app: ASGIApp, token: str, port: int, host: str = "127.0.0.1") -> None:
        self._app, self._token, self._port = app, token, port
        self._names = {*LOOPBACK, *own_names(host)}
        self._any_address = is_wildcard(host)
        self.cookie = f"zerosum-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse or pass on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = self._answer(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _answer(self, scope: Scope) -> Response | None:
        """The answer that a request gets here; None where it is passed on."""
        headers = Headers(scope=scope)
        if not self._is_ours(headers.getlist("host")):
            return _refusal(headers, 403, self._wrong_host(headers.get("host", "")))
        if scope["path"] == "/" and scope["method"] in SAFE:
            shown = parse_qs(scope["query_string"].decode("latin-1")).get("token")
            if shown is not None:
                return self._exchanged(shown) or _refusal(headers, 403, f"That is not its token. {NO_TOKEN}")
        if not self._knows(headers.get("cookie", "")):
            return _refusal(headers, 403, NO_TOKEN)
        foreign = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
        if scope["method"] in SAFE:
            if foreign and scope["path"] != "/":
                return _refusal(headers, 403, "Another site asked for this; only the studio's own pages may.")
            return None
        return self._changing(scope, headers, foreign)

    def _changing(self, scope: Scope, headers: Headers, foreign: bool) -> Response | None:
        """The refusal of a request that would change something, if it is refused."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        own = f"http://{headers['host']}"
        if foreign or (origin is not None and origin != own) or (origin is None and site != "same-origin"):
            return _refusal(headers, 403, f"Only the studio's own pages at {own} may change something.")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and scope["path"] != UPLOADS:
            return _refusal(headers, 415, f'The request is of the type "{kind}"; it must be application/json.')
        return None

    def _is_ours(self, hosts: Sequence[str]) -> bool:
        """Whether a request names this server: by a name that no stranger can have for it, and with its port."""
        found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::(\d+))?", hosts[0].lower()) if len(hosts) == 1 else None
        if found is None or (found[2] or "80") != str(self._port):  # browsers leave the usual port out
            return False
        return found[1] in self._names or (self._any_address and is_address(found[1]))

    def _wrong_host(self, host: str) -> str:
        return (
            f'This studio is at http://localhost:{self._port}, and the request was for "{host[:80]}". Over ssh, keep '
            f"the port: ssh -L {self._port}:localhost:{self._port} MACHINE."
        )

    def _exchanged(self, shown: Sequence[str]) -> Response | None:
        """The cookie for the right token, and the same page without it in the address; None for a wrong one."""
        if len(shown) != 1 or not self._same(shown[0]):
            return None
        response = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
        response.set_cookie(self.cookie, self._token, httponly=True, samesite="strict", path="/")
        return response

    def _knows(self, header: str) -> bool:
        try:
            morsel = SimpleCookie(header).get(self.cookie)
        except CookieError:
            return False
        return morsel is not None and self._same(morsel.value)

    def _same(self, token: str) -> bool:
        return secrets.compare_digest(token.encode(), self._token.encode())


def own_names(host: str) -> set[str]:
    """What this machine is called by whoever reaches it at an address other than loopback."""
    if is_loopback(host):
        return set()
    if is_wildcard(host):
        return {socket.gethostname().lower(), socket.getfqdn().lower()}
    return {f"[{host}]" if ":" in host else host.lower()}


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host.strip("[]")).is_loopback)


def is_wildcard(host: str) -> bool:
    """Whether an address stands for all of the machine's."""
    return host in ("", "0.0.0.0", "::")


def is_address(name: str) -> bool:
    """Whether a host's name is an address in numbers, which no rebound name can be."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _refusal(headers: Headers, status: int, sentence: str) -> Response:
    """A page for a person who opened an address, and JSON for a program."""
    if "text/html" in headers.get("accept", ""):
        escaped = sentence.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
        return HTMLResponse(_PAGE.format(sentence=escaped), status)
    return JSONResponse({"error": sentence}, status)
