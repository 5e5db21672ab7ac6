"""ES modules as one classic script: it does what the modules did, or is refused."""

import shutil
import subprocess
from pathlib import Path

import pytest

from zerosum.export import shell
from zerosum.export.assembling import assembled

FILES = {
    "main.js": """
import { double as twice, Counter } from "./parts/numbers.js";
import * as words from "./words.js";
import "./effects.js";
const counter = new Counter();
counter.add(twice(4));
console.log(words.said(counter.value), globalThis.order.join(" "));
""",
    "words.js": """
import { double } from "./parts/numbers.js";
globalThis.order.push("words");
export function said(value) { return `${value} and ${double(value)}`; }
""",
    "effects.js": """globalThis.order.push("effects");\n""",
    "parts/numbers.js": """
import "../beginning.js";
globalThis.order.push("numbers");
const factor = 2;
export const double = (value) => factor * value;
export class Counter { value = 0; add(more) { this.value += more; } }
export {};
""",
    "beginning.js": "globalThis.order = [];\n",
}


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / "main.js"


def test_a_script_does_what_its_modules_do(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    entry = put(tmp_path, FILES)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    script = tmp_path / "one.cjs"
    script.write_text(assembled(entry))
    outputs = [
        subprocess.run([node, file], capture_output=True, text=True, check=True).stdout for file in (entry, script)
    ]
    assert outputs == ["8 and 16 numbers words effects\n"] * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('import { a }\n  from "./a.js";\n', "cannot be put into one script"),
        ('import thing from "./a.js";\n', "cannot be put into one script"),
        ("export default 3;\n", "cannot be put into one script"),
        ('export { a } from "./a.js";\n', "cannot be put into one script"),
        ('import "./main.js";\n', "imports itself"),
        ('const text = "</SCRIPT>";\n', "would end the element"),
        ('const text = "<!-- ";\n', "would end the element"),
    ],
)
def test_what_would_not_work_is_refused(text: str, said: str, tmp_path: Path) -> None:
    entry = put(tmp_path, {"main.js": text, "a.js": "export const a = 1;\n"})
    with pytest.raises(AssertionError, match=said):
        assembled(entry)


def test_the_page_has_all_its_parts_and_no_place_is_left() -> None:
    parts = {"title": "{{wasm}}", "summary": "", "about": "", "model": "{}", "networks": ""}
    page = shell.page_of(parts).decode()
    assert "<title>{{wasm}}</title>" in page, "what is put in is not looked through again"
    assert page.count("{{") == page.count("{{wasm}}") + sum(text.count("{{") for text in shell.shell().values())
