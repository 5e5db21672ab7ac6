"""`zerosum studio [FOLDER]`."""

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from zerosum.core.errors import DataError, SettingError

NEEDED = ("starlette", "uvicorn")


@dataclass(frozen=True, kw_only=True)
class Serve:
    """Open the studio: a web app on this machine to train, watch, explore, learn and export."""

    folder: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")] = Path("runs")
    """The folder that run folders are in, or one of them."""
    port: int = 8765
    """The port to listen on; if it is taken, the next free one."""
    host: str = "127.0.0.1"
    """The address to listen on. Any other than this machine's own lets others reach the studio; they need its token."""
    open: bool = True
    """Open it in the browser."""


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Serve, prog="zerosum studio", args=arguments, config=(tyro.conf.FlagCreatePairsOff,))
    missing = [package for package in NEEDED if importlib.util.find_spec(package) is None]
    if missing:
        raise SettingError(f"The studio needs {' and '.join(missing)}: pip install 'zerosum[studio]'.")
    if not 0 <= command.port < 2**16:
        raise SettingError(f"--port is {command.port}; ports go from 0 to {2**16 - 1}.")
    if command.folder.exists() and not command.folder.is_dir():
        raise DataError(f"{command.folder} is a file; give the folder that run folders are in.")
    from zerosum.studio.server import serve  # stands on the packages of the extra

    root, run = place_of(command.folder)
    serve(root, run, command.port, command.host, command.open, lambda text: print(text, flush=True))


def place_of(folder: Path) -> tuple[Path, str | None]:
    """The folder that runs are in, and the one that was named, if it was one of them."""
    if (folder / "events.jsonl").exists():
        path = folder.resolve()
        return path.parent, path.name
    return folder, None
