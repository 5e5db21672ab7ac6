"""The studio as a process: a socket, a token, and an end in good order."""

import os
import re
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

import uvicorn

from zerosum.core.errors import SettingError
from zerosum.core.files import replacing
from zerosum.studio.app import App
from zerosum.studio.security import is_loopback, is_wildcard
from zerosum.studio.workers import prepare

MOST_TRIES = 100
"""Ports that are tried, one after the other, until one is free."""

LAST_ANSWERS = 2
"""Seconds that answers on their way have when the server ends."""

QUIETLY: dict[str, Any] = {
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    "lifespan": "off",
    "ws": "none",
    "timeout_graceful_shutdown": LAST_ANSWERS,
}
"""Settings of uvicorn."""

WARNING = (
    "Warning: it listens on {host}, so everyone who can reach this machine can reach it. Whoever has the address with "
    "its token can start programs and read data here, and nothing on the way is encrypted."
)


class Server(uvicorn.Server):
    """A server whose streams end with it; a signal ends it without an error."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End: in good order at the first signal, at once at a second Ctrl-C."""
        self._app.ending.set()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def serve(root: Path, run: str | None, port: int, host: str, open_browser: bool, say: Callable[[str], None]) -> None:
    """Serve the studio until a signal comes.

    Args:
        root: The folder that run folders are in.
        run: The run to show first, if any.
        port: The port to listen on, or the first free one behind it.
        host: The address to listen on.
        open_browser: Whether to open the studio in the person's browser.
        say: Tells the person something.

    Raises:
        SettingError: The address is not this machine's, or no port is free.
    """
    token = token_of(root)
    with listen(host, port) as listening:
        port = listening.getsockname()[1]
        app = App(root, token, port, host)
        address = f"http://{_name(host)}:{port}/?token={token}"
        address += f"#/run/{quote(run, safe='')}/train" if run else ""
        say(f"The studio over {root} is at\n\n    {address}\n\nCtrl-C ends it; trainings go on.")
        if not is_loopback(host):
            say(WARNING.format(host=host))
        prepare()
        if open_browser:  # beside the server, since a browser that is a program of the terminal is waited for
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        try:
            Server(uvicorn.Config(app, **QUIETLY), app).run([listening])
        finally:
            app.close()
    running = [run for run, folder in app.studio.runs.folders().items() if folder.held()]
    say("The studio has ended." + (f" Trainings go on in {', '.join(running)}." if running else ""))


def listen(host: str, port: int) -> socket.socket:
    """A socket on a port, or on the first free one behind it; 0 takes any.

    Raises:
        SettingError: The address is not this machine's, or none of the ports is free.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, min(port + MOST_TRIES, 2**16)):
        # Named, or asyncio does not switch Nagle's algorithm off, and each answer waits 40 ms for an acknowledgement.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that was just left is free
        try:
            listening.bind((host.strip("[]"), number))
            listening.listen()
        except (socket.gaierror, PermissionError, OverflowError) as error:
            listening.close()
            raise SettingError(f"--host {host} --port {port} cannot be listened on: {error}.") from error
        except OSError as error:
            listening.close()
            if isinstance(error, ConnectionError) or "assign" in str(error):
                raise SettingError(f"--host is {host}, which is no address of this machine.") from error
            continue
        return listening
    raise SettingError(f"No port from {port} to {min(port + MOST_TRIES, 2**16) - 1} is free; give another --port.")


def token_of(root: Path) -> str:
    """The secret of the studio over a folder: for its owner alone, and made once, so that pages survive a restart."""
    path = root / ".studio" / "token"
    if path.exists() and re.fullmatch(r"[\w-]{32,}", token := path.read_text("ascii", "replace").strip(), re.ASCII):
        return token
    token = secrets.token_urlsafe(32)
    with replacing(path) as temporary:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(token)
    return token


def _name(host: str) -> str:
    """What a person on this machine calls an address."""
    if is_wildcard(host) or host == "127.0.0.1":
        return "localhost"
    return f"[{host}]" if ":" in host else host
