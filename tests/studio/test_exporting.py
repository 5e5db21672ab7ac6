"""Files made of models: what is offered, what comes out, and what is refused."""

import csv
import io

import numpy as np
import pytest
from PIL import Image

from zerosum.cli.sample import main as sample
from zerosum.drawing.sheets import picture_grid
from zerosum.studio.exporting.offers import OPTIONS
from zerosum.train.model import Model

RING, PICTURES, TABLE = "00000-ring-r3gan", "00001-pictures-dcgan", "00002-people-tabular"


def export(client, model: str, **asked) -> tuple[dict, bytes]:
    """What was made: what the page is told of it, and the file."""
    answer = client.post(f"/api/models/{model}/export", json=asked)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    file = client.get(f"/api/files/{told['file']}")
    assert file.status_code == 200 and len(file.content) == told["bytes"]
    assert f'filename="{told["name"]}"' in file.headers["content-disposition"]
    return told, file.content


@pytest.mark.parametrize(
    ("model", "first", "possible"),
    [
        (PICTURES, ["html", "onnx", "sheet", "film", "card"], {"html", "onnx", "sheet", "film", "card"}),
        (RING, ["html", "onnx", "sheet", "card"], {"html", "onnx", "sheet", "card"}),
        (TABLE, ["rows", "html", "onnx", "sheet", "card"], {"rows", "onnx", "sheet", "card"}),
    ],
)
def test_what_can_be_made_and_why_not(client, model, first, possible):
    offers = client.get(f"/api/models/{model}/exports").json()
    assert [one["to"] for one in offers] == first and set(first) <= set(OPTIONS)
    assert {one["to"] for one in offers if one["possible"]} == possible
    for one in offers:
        if not one["possible"]:
            assert one["why"].endswith(".") and one["bytes"] is None and one["command"] is None
        elif one["to"] in ("html", "onnx"):
            assert one["bytes"] > 1000 and one["command"] == f"zerosum export runs/{model} --to {one['to']}"


def test_a_sheet_is_that_of_sample(client, work):
    told, data = export(client, PICTURES, to="sheet", seeds="0-8", columns=3)
    samples = Model.load(work / "runs" / PICTURES / "model").numbered(range(9))
    assert told["name"] == f"{PICTURES}-sheet.png"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), np.asarray(picture_grid(samples, 3)))
    _, data = export(client, PICTURES, to="sheet", format="jpg")
    assert data[:3] == b"\xff\xd8\xff"


def test_rows_are_those_of_sample(client, work):
    told, data = export(client, TABLE, to="rows", count=20)
    sample([str(work / "runs" / TABLE), "--count", "20", "--out", str(work / "rows.csv")])
    assert data == (work / "rows.csv").read_bytes() and told["name"] == f"{TABLE}-20-rows.csv"
    assert len(list(csv.DictReader(io.StringIO(data.decode())))) == 20


@pytest.mark.parametrize(
    ("asked", "command"),
    [
        ({"to": "rows", "count": 5, "format": "parquet"}, "sample runs/{} --count 5 --out rows.parquet"),
        ({"to": "sheet", "seeds": "3-5", "truncation": 0.5}, "sample runs/{} --seeds 3-5 --truncation 0.5"),
        ({"to": "html"}, "export runs/{} --to html"),
        ({"to": "card"}, None),
    ],
)
def test_the_same_as_a_command(client, refused, asked, command):
    told = client.post(f"/api/models/{TABLE}/export/command", json=asked)
    assert told.json() == {"command": command and f"zerosum {command.format(TABLE)}"}
    refused(404, client.post("/api/models/nothing/export/command", json=asked))
    refused(422, client.post(f"/api/models/{TABLE}/export/command", json={**asked, "out": "/etc/x"}))


def test_films_and_cards(client):
    _, film = export(client, PICTURES, to="film", seeds="0,1", frames=3)
    assert film[:4] == b"GIF8" and Image.open(io.BytesIO(film)).n_frames > 3  # type: ignore[attr-defined]
    told, card = export(client, PICTURES, to="card")
    assert told["name"] == f"{PICTURES}.md" and b"dcgan" in card


@pytest.mark.slow
@pytest.mark.parametrize(("to", "begin"), [("html", b"<!doctype html>"), ("onnx", b"\x08")])
def test_networks_are_checked_before_they_are_given_away(client, to, begin):
    pytest.importorskip("onnxruntime")
    told, data = export(client, RING, to=to)
    assert data.lower().startswith(begin) and "as PyTorch" in told["checks"][0]


@pytest.mark.parametrize(
    ("model", "asked", "said"),
    [
        (PICTURES, {}, "cannot be exported to None"),
        (PICTURES, {"to": "htm"}, 'Did you mean "html"'),
        (PICTURES, {"to": ["html"]}, "cannot be exported"),
        (PICTURES, {"to": "sheet", "seeds": "0-2000"}, "1,024 at most"),
        (PICTURES, {"to": "sheet", "seeds": "x"}, "x"),
        (PICTURES, {"to": "sheet", "columns": 0}, "--columns is 0"),
        (PICTURES, {"to": "sheet", "path": "/etc/passwd"}, '"path"'),
        (PICTURES, {"to": "sheet", "format": "../x"}, "format"),
        (PICTURES, {"to": "film", "frames": 0}, "0 steps"),
        (PICTURES, {"to": "film", "seeds": "0-9", "frames": 500}, "at most"),
        (PICTURES, {"to": "rows"}, "no rows of a table"),
        (TABLE, {"to": "rows", "count": 10**9}, "100,000 rows"),
        (TABLE, {"to": "html"}, "--to onnx"),
    ],
)
def test_what_cannot_be_made_is_refused(client, refused, model, asked, said):
    assert said in refused(422, client.post(f"/api/models/{model}/export", json=asked))


def test_files_are_gone_with_the_studio(both, refused):
    client, studio = both
    told, _ = export(client, PICTURES, to="card")
    path = studio.exports.find(told["file"]).path
    refused(404, client.get("/api/files/nothing"))
    studio.exports.close()
    assert not path.exists()
