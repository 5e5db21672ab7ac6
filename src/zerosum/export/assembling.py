"""ES modules as one classic script, which browsers run from the disk where they refuse to load modules."""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import (?:(\{[^}]*\}|\* as \w+) from )?"(\.[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?:async )?(?:function\*?|class|const) (\w+)", re.MULTILINE)
_EMPTY = re.compile(r"^export \{\};$", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
_RENAMED = re.compile(r"(\w+) as (\w+)")

ENDS = ("</script", "<!--")
"""What would end, or comment out, the element of a page that a script stands in."""


def assembled(entry: Path) -> str:
    """A module and all that it imports, as one script in which each module is a function that returns its exports.

    Understood are `import {a, b as c} from "./file.js";`, `import * as name from "./file.js";` and
    `import "./file.js";` on lines of their own, and `export` before a function, a class or a constant; imports are of
    files, and go round in no circle.

    Args:
        entry: The file that is run last.
    """
    order: list[Path] = []
    _visit(entry.resolve(), order, ())
    numbers = {path: number for number, path in enumerate(order)}
    script = '"use strict";\n' + "".join(_wrapped(path, numbers) for path in order)
    assert not any(end in script.lower() for end in ENDS), f"{entry} would end the element it stands in"
    return script


def _visit(path: Path, order: list[Path], importers: tuple[Path, ...]) -> None:
    """Put a module behind all that it imports."""
    assert path not in importers, f"{path} imports itself by way of {', '.join(map(str, importers))}"
    if path in order:
        return
    for found in _IMPORT.finditer(path.read_text(encoding="utf-8")):
        _visit((path.parent / found[2]).resolve(), order, (*importers, path))
    order.append(path)


def _wrapped(path: Path, numbers: dict[Path, int]) -> str:
    """A module as a function, run once, whose answer is what it exports."""
    text = path.read_text(encoding="utf-8")
    exports = _EXPORT.findall(text)

    def imported(found: re.Match[str]) -> str:
        module = f"module{numbers[(path.parent / found[2]).resolve()]}"
        if found[1] is None:
            return ""
        names = _RENAMED.sub(r"\1: \2", found[1].removeprefix("* as "))
        return f"const {names} = {module};"

    body = _EMPTY.sub("", _IMPORT.sub(imported, text))
    body = _EXPORT.sub(lambda found: found[0].removeprefix("export "), body)
    left = _LEFT.search(body)
    assert left is None, f"{path} has a line that cannot be put into one script: {left and left[0]}"
    answer = f"return {{ {', '.join(exports)} }};\n" if exports else ""
    return f"// {path.name}\nconst module{numbers[path]} = (() => {{\n{body}{answer}}})();\n"
