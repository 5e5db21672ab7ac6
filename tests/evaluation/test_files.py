"""An evaluation as files: one page that opens offline, pictures that can be read, JSON that is JSON."""

import json
import re
from pathlib import Path

from PIL import Image

from zerosum.evaluation import as_json, evaluate, write


def test_the_report_holds_everything_and_asks_nobody(digits_run: Path, tmp_path: Path) -> None:
    found = evaluate(digits_run, features="random-conv", count=150)
    files = write(found, tmp_path / "out")
    text = files["report"].read_text(encoding="utf-8")
    assert "default-src 'none'" in text and "<script" not in text
    assert not re.search(r"(src|href)=\"(?!data:)", text)
    for measure in found.measures:
        assert measure.label in text
    for verdict in found.verdicts:
        assert verdict.text.split(" (")[0][:40] in text
    for name in ("samples", "reals", "neighbours", "spectrum"):
        with Image.open(files[name]) as image:
            image.load()
            assert min(image.size) > 100


def test_the_json_is_whole_and_strict(digits_run: Path, tmp_path: Path) -> None:
    found = evaluate(digits_run, metrics=["fd", "copying"], features="random-conv", count=150)
    files = write(found, tmp_path)
    values = json.loads(files["json"].read_text(encoding="utf-8"), parse_constant=lambda name: 1 / 0)
    assert values == json.loads(json.dumps(as_json(found)))
    assert values["measures"][0]["label"] == "fd[random-conv, n=150]"
    assert {"value", "low", "high", "floor", "n", "within", "seconds"} <= values["measures"][0].keys()
    assert values["facts"]["features"] == "random-conv"
