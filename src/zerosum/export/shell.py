"""The page around a model: its script, its style, and the runtime in it."""

import base64
import gzip
import hashlib
import re
from functools import cache
from pathlib import Path

from zerosum.core.version import __version__
from zerosum.export.assembling import ENDS, assembled

HERE = Path(__file__).parent
STYLES = HERE.parent / "studio" / "static" / "style"
RUNTIME = HERE / "vendor" / "onnxruntime-web"

POLICY = (
    "default-src 'none'; script-src '{script}' 'wasm-unsafe-eval' blob:; style-src '{style}'; worker-src blob:; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)
"""What the page may do: run its one script and what that makes, and ask nobody for anything."""

_PLACE = re.compile(r"\{\{(\w+)\}\}")


def packed(data: bytes) -> str:
    """Bytes gzipped, in base64: what `page/unpacking.js` unpacks. The same bytes give the same text."""
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")


@cache
def shell() -> dict[str, str]:
    """The parts of a page that are the same for all models, by their places in `page/page.html`."""
    program, worker = assembled(HERE / "page" / "main.js"), assembled(HERE / "page" / "worker.js")
    style = joined(STYLES / "tokens.css", STYLES / "base.css", HERE / "page" / "page.css")
    wasm = (RUNTIME / "ort-wasm-simd-threaded.wasm.gz").read_bytes()
    return {
        "policy": POLICY.format(script=digest(program), style=digest(style)),
        "version": __version__,
        "style": style,
        "program": program,
        "worker": worker,
        "runtime": packed((RUNTIME / "ort.wasm.min.js").read_bytes()),
        "glue": packed((RUNTIME / "ort-wasm-simd-threaded.mjs").read_bytes()),
        "wasm": base64.b64encode(wasm).decode("ascii"),
        "licence": (RUNTIME / "LICENSE").read_text(encoding="utf-8").strip(),
    }


def shell_size() -> int:
    """Bytes of a page without a model."""
    return sum(len(part.encode("utf-8")) for part in shell().values())


def page_of(parts: dict[str, str]) -> bytes:
    """A page with these parts beside those of the shell."""
    return filled(HERE / "page" / "page.html", shell() | parts)


def filled(template: Path, parts: dict[str, str]) -> bytes:
    """A template with what belongs in its places."""
    return _PLACE.sub(lambda place: parts[place[1]], template.read_text(encoding="utf-8")).encode("utf-8")


def joined(*files: Path) -> str:
    """Style sheets as one, for an element of a page."""
    style = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert not any(end in style.lower() for end in (*ENDS, "</style")), "the style would end its element"
    return style


def digest(text: str) -> str:
    """What a content security policy knows a script or a style by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
