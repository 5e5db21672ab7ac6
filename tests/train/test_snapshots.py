"""Contact sheets while training: what is drawn of one and two dimensions, and what cannot be."""

import json
from pathlib import Path

import pytest
from PIL import Image

import zerosum


@pytest.mark.parametrize(
    ("data", "settings", "size"),
    [
        ("gaussian", {}, (720, 560)),
        ("gaussian", {"pack": 2}, (720, 560)),
        ("ring", {}, (520, 560)),
        ("ring", {"pack": 4}, (520, 560)),
        ("ring", {"loss": "relativistic"}, (520, 560)),
    ],
)
def test_the_contest_is_drawn(data: str, settings: dict, size: tuple[int, int], tmp_path: Path) -> None:
    """Packed samples are judged together and relativistic logits mean nothing alone: those pictures have no D(x)."""
    zerosum.fit(data, recipe="dcgan", samples=256, batch=64, out=tmp_path, name="run", **settings)
    (sheet,) = (tmp_path / "run" / "samples").glob("*.png")
    with Image.open(sheet) as picture:
        assert picture.size == size
    events = [json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()]
    assert events[-2]["event"] == "snapshot" and events[-1]["event"] == "finished"
