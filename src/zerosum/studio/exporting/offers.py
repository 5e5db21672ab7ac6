"""What can be made of a model for others: what may be said of it, how large it would be, and by which command."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zerosum.config.base import from_json
from zerosum.core.errors import SettingError, nearest_name
from zerosum.core.progress import Progress
from zerosum.export import estimate
from zerosum.studio.commands import spelled
from zerosum.studio.exploring.open_model import OpenModel


@dataclass(frozen=True, kw_only=True)
class Plain:
    """What needs no options."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Many samples in one picture.

    Attributes:
        seeds: Their numbers.
        columns: How many stand in a row; None for a nearly square sheet.
        truncation: As for `Model.sample`.
        format: Of the file.
    """

    seeds: str = "0-63"
    columns: int | None = None
    truncation: float | None = None
    format: Literal["png", "jpg"] = "png"


@dataclass(frozen=True, kw_only=True)
class Film:
    """A walk through samples and back.

    Attributes:
        seeds: Their numbers.
        frames: From one to the next.
        truncation: As for `Model.sample`.
        format: Of the file.
    """

    seeds: str = "0,1,2,3"
    frames: int = 24
    truncation: float | None = None
    format: Literal["gif", "mp4"] = "gif"


@dataclass(frozen=True, kw_only=True)
class Rows:
    """New rows of a table.

    Attributes:
        count: How many.
        format: Of the file.
    """

    count: int = 1000
    format: Literal["csv", "parquet"] = "csv"


Options = Plain | Sheet | Film | Rows
OPTIONS: dict[str, type[Options]] = {
    "html": Plain,
    "onnx": Plain,
    "rows": Rows,
    "sheet": Sheet,
    "film": Film,
    "card": Plain,
}
"""What can be made, in the order in which it is offered, and what may be said of it."""


def read_options(asked: Any) -> tuple[str, Options]:
    """What is to be made, and how.

    Raises:
        SettingError: There is no such thing, or no such option of it.
    """
    to = asked.get("to") if isinstance(asked, Mapping) else None
    if not isinstance(to, str) or to not in OPTIONS:
        raise SettingError(f"A model cannot be exported to {to!r}. {nearest_name(str(to), OPTIONS)}.")
    return to, from_json(OPTIONS[to], {name: value for name, value in asked.items() if name != "to"}, to)


def offers(opened: OpenModel, asked: None, progress: Progress) -> list[dict[str, Any]]:
    """What can be made of an opened model, how large and how fast it would be, and by which commands."""
    expected, kind, path = estimate(opened.model), opened.model.space.kind, opened.path
    known = {"truncation": opened.model.knows_truncation or opened.model.has_styles}
    found = [
        offer("html", path, expected.why_no_page, expected.page_bytes, expected.milliseconds),
        offer("onnx", path, expected.why_no_onnx, expected.onnx_bytes),
        offer("sheet", path) | known,
        offer("card", path),
    ]
    if kind == "image":
        found.insert(3, offer("film", path) | known)
    if kind == "table":
        found.insert(0, offer("rows", path))
    return found


def offer(
    to: str, path: str, why: str | None = None, size: int | None = None, milliseconds: float | None = None
) -> dict[str, Any]:
    """One thing that can be made, or why it cannot."""
    possible = why is None
    return {
        "to": to,
        "possible": possible,
        "why": why,
        "bytes": size if possible else None,
        "milliseconds": milliseconds if possible else None,
        "command": export_command(to, OPTIONS[to](), path) if possible else None,
    }


def export_command(to: str, options: Options, path: str) -> str | None:
    """The command that makes the same in a terminal; None where nothing has to be made."""
    if to == "card":
        return None
    if isinstance(options, Sheet):
        return spelled(["sample", path, "--seeds", options.seeds, *_truncated(options.truncation)])
    if isinstance(options, Film):
        walk = ["explore", "walk", path, "--seeds", options.seeds, "--steps", str(options.frames)]
        return spelled([*walk, *_truncated(options.truncation), "--out", f"walk.{options.format}"])
    if isinstance(options, Rows):
        return spelled(["sample", path, "--count", str(options.count), "--out", f"rows.{options.format}"])
    return spelled(["export", path, "--to", to])


def _truncated(truncation: float | None) -> list[str]:
    return [] if truncation is None else ["--truncation", f"{truncation:g}"]
