"""The studio's playground as one page of HTML that opens from the disk."""

from pathlib import Path

from zerosum.core.files import replacing
from zerosum.core.version import __version__
from zerosum.export.assembling import assembled
from zerosum.export.shell import HERE, STYLES, digest, filled, joined

PAGE = HERE / "page" / "playground"
ENGINE = STYLES.parent / "playground" / "engine" / "worker.js"
SHEETS = ("tokens.css", "base.css", "playground.css", "lessons.css")

POLICY = (
    "default-src 'none'; script-src '{script}' blob:; style-src '{style}'; worker-src blob:; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
"""What the page may do: run its one script and the engine in it, and ask nobody for anything."""


def write_playground(path: Path | str) -> Path:
    """Write the playground, its lessons and its engine as one page, for a browser without a network.

    Args:
        path: The file to write; an earlier one is replaced.

    Returns:
        The file.
    """
    path = Path(path)
    program, style = assembled(PAGE / "main.js"), joined(*(STYLES / sheet for sheet in SHEETS), PAGE / "page.css")
    parts = {
        "policy": POLICY.format(script=digest(program), style=digest(style)),
        "version": __version__,
        "style": style,
        "program": program,
        "worker": assembled(ENGINE),
    }
    with replacing(path) as temporary:
        temporary.write_bytes(filled(PAGE / "page.html", parts))
    return path
