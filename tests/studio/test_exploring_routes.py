"""Models over HTTP: what pages ask, what is refused, what is dropped for something newer, and what can be ended."""

import asyncio
import base64
import io
import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

import zerosum
from zerosum.core.errors import SettingError
from zerosum.studio import render
from zerosum.studio.answers import Refusal

PICTURES, TABLE, RING = "00001-pictures-dcgan", "00002-people-tabular", "00000-ring-r3gan"
PLACE = {"latent": {"seed": 7}}


def ask(client: Any, model: str, what: str, body: Any) -> Any:
    return client.post(f"/api/models/{model}/{what}", json=body)


def test_pictures_are_those_of_python(client, work):
    answer = client.get(f"/api/models/{PICTURES}/picture?view=me&lossless=1&q={json.dumps(PLACE)}")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Cache-Control"] == "no-store"
    expected = zerosum.load(work / "runs" / PICTURES).sample(seeds=[7])[0]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(answer.content))), expected)


def test_models_are_described(client):
    for model, kind in ((PICTURES, "image"), (TABLE, "table"), (RING, "points")):
        found = client.get(f"/api/models/{model}").json()
        assert (found["id"], found["kind"], found["path"]) == (model, kind, f"runs/{model}")


def test_everything_is_there(client):
    sheet = ask(client, PICTURES, "sheet", {"view": "a", "places": [PLACE] * 3, "columns": 3})
    assert Image.open(io.BytesIO(sheet.content)).size == (24, 8)
    film = ask(client, PICTURES, "film", {"place": {}, "seeds": [1, 2], "frames": 4})
    assert film.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{PICTURES}-1-2.gif"
    assert sum(1 for _ in ImageSequence.Iterator(Image.open(io.BytesIO(film.content)))) == 5
    found = ask(client, PICTURES, "directions", {"method": "pca", "count": 2}).json()
    assert found["count"] == len(found["shares"]) == 2
    assert ask(client, PICTURES, "keep", {"name": "me", "place": PLACE}).json() == {"kept": ["me"]}
    near = ask(client, PICTURES, "nearest", {"seeds": [1, 2], "count": 3})
    assert Image.open(io.BytesIO(near.content)).size == (32, 16) and len(json.loads(near.headers["X-Distances"])) == 2
    rows = ask(client, TABLE, "rows", {"view": "a", "count": 5, "condition": "age > 30"}).json()
    assert len(rows["rows"]) == 5 and all(int(age) > 30 for age, _ in rows["rows"])
    written = ask(client, TABLE, "rows/file", {"count": 5, "format": "csv"})
    assert len(written.text.splitlines()) == 6 and written.headers["Content-Type"].startswith("text/csv")
    assert len(ask(client, TABLE, "columns", {"count": 50}).json()["columns"]) == 2
    assert len(ask(client, RING, "points", {"view": "a", "count": 9}).json()["fake"]) == 9


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("sheet", {"view": "", "places": [PLACE], "columns": 1}),
        ("sheet", {"view": "v" * 65, "places": [PLACE], "columns": 1}),
        ("sheet", {"view": "a", "places": [{"latent": {"seed": "@../../secret"}}], "columns": 1}),
        (
            "sheet",
            {"view": "a", "places": [{**PLACE, "moves": [{"axes": "../x", "index": 0, "strength": 1}]}], "columns": 1},
        ),
        ("keep", {"name": "../../me", "place": PLACE}),
        ("film", {"place": {}, "seeds": [1, 2], "frames": 10**6}),
        ("film", {"place": {}, "seeds": [1, 2], "rate": 0}),
        ("film", {"place": {}, "seeds": [1, 2], "format": "exe"}),
        ("directions", {"method": "guess"}),
        ("nearest", {"seeds": [1], "count": 99}),
        ("rows", {"view": "a"}),
        ("points", {"view": "a"}),
        ("invert", {"picture": "no base 64!"}),
        ("sheet", {"view": "a", "places": [PLACE], "columns": 1, "colour": "red"}),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(client, refused, what, body):
    refused(422, ask(client, PICTURES, what, body))


def test_pictures_that_are_refused(client, refused):
    address = f"/api/models/{PICTURES}/picture"
    for query in ("view=a", "view=a&q=", "view=a&q=7", 'view=a&q={"latent":{"seed":-1}}', 'q={"latent":{"seed":1}}'):
        refused(422, client.get(f"{address}?{query}"))
    refused(404, client.get('/api/models/nobody/picture?view=a&q={"latent":{"seed":1}}'))
    refused(404, client.get("/api/models/..%2F..%2Fetc/picture?view=a&q={}"))


def photo(work: Path) -> str:
    """A picture that the model can make, as a page sends it."""
    written = io.BytesIO()
    Image.fromarray(zerosum.load(work / "runs" / PICTURES).sample(seeds=[3])[0]).save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


def ended(client: Any, address: str) -> Any:
    """The report of a search that is over."""
    end = time.monotonic() + 60
    while not (report := client.get(address).json())["finished"]:
        assert time.monotonic() < end, report
        time.sleep(0.05)
    return report


def test_a_photo_becomes_a_latent(client, work, refused):
    job = ask(client, PICTURES, "invert", {"picture": photo(work), "name": "me.png"}).json()["job"]
    address = f"/api/models/{PICTURES}/invert/{job}"
    report = ended(client, address)
    assert (
        report["error"] is None and report["kept"] == "me" and set(report["facts"]) == {"error", "start-error", "psnr"}
    )
    assert Image.open(io.BytesIO(client.get(f"{address}.png").content)).size == (24, 8)
    assert client.get(f"/api/models/{PICTURES}").json()["kept"] == ["me"]
    refused(404, client.get(f"/api/models/{PICTURES}/invert/nothing"))
    refused(404, client.get(f"/api/models/{PICTURES}/invert/nothing.png"))


def test_a_search_can_be_ended(client, work, refused):
    job = ask(client, PICTURES, "invert", {"picture": photo(work)}).json()["job"]
    address = f"/api/models/{PICTURES}/invert/{job}"
    assert client.post(f"{address}/cancel", json={}).status_code == 200
    report = ended(client, address)
    assert report["error"] == "The search was ended." and report["kept"] is None
    refused(404, client.get(f"{address}.png"))
    assert client.get(f"/api/models/{PICTURES}").json()["kept"] == []


# ---- what is drawn next --------------------------------------------------------------------------------------------


class Slow:
    """A worker that answers when it is told to, with what it was asked.

    Attributes:
        begun: What it was asked, by lane, in this order.
    """

    alive = idle = True

    def __init__(self, *arguments: Any) -> None:
        self.begun: list[tuple[str, Any]] = []
        self.gates: dict[Any, asyncio.Event] = {}

    async def ask(self, method: Any, asked: Any, lane: str, progress: Any = None) -> Any:
        self.begun.append((lane, asked))
        await self.gates.setdefault(asked, asyncio.Event()).wait()
        if asked == "wrong":
            raise SettingError("It is wrong.")
        return asked

    def finish(self, asked: Any) -> None:
        """Answer what was asked."""
        self.gates.setdefault(asked, asyncio.Event()).set()


@pytest.fixture
def renderer(monkeypatch, tmp_path) -> SimpleNamespace:
    """A renderer over such a worker."""
    worker = Slow()
    monkeypatch.setattr(render, "Worker", lambda *arguments: worker)
    return SimpleNamespace(renderer=render.Renderer(tmp_path, "model"), worker=worker)


async def soon(ways: list[Any]) -> list[asyncio.Task[Any]]:
    """Tasks that have begun."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


def test_only_the_newest_of_a_view_is_drawn(renderer):
    async def drag() -> None:
        (first,) = await soon([renderer.renderer.draw("a", print, 0)])
        *others, last = await soon([renderer.renderer.draw("a", print, number) for number in range(1, 50)])
        for number in range(50):
            renderer.worker.finish(number)
        assert await first == 0 and await last == 49
        for other in others:
            with pytest.raises(Refusal, match="newer") as refusal:
                await other
            assert refusal.value.status == 409
        assert renderer.worker.begun == [("moving", 0), ("moving", 49)]

    asyncio.run(drag())


def test_views_take_turns(renderer):
    async def look() -> None:
        tasks = await soon([renderer.renderer.draw("a", print, "a0")])
        views = [renderer.renderer.draw(view, print, f"{view}{number}") for number in range(1, 3) for view in "ba"]
        tasks += await soon(views)
        for asked in ("a0", "b1", "b2", "a1", "a2"):
            renderer.worker.finish(asked)
        await asyncio.gather(*tasks, return_exceptions=True)
        # The first was begun at once; then each view's newest, first that of the view that has waited for longer.
        assert [asked for _, asked in renderer.worker.begun] == ["a0", "b2", "a2"]

    asyncio.run(look())


def test_what_moves_waits_for_nothing_else(renderer):
    async def look() -> None:
        sheet, film = await soon(
            [renderer.renderer.draw("map", print, "sheet", beside=True), renderer.renderer.make(print, "film")]
        )
        renderer.worker.finish("picture")
        assert await renderer.renderer.draw("picture", print, "picture") == "picture"
        assert not sheet.done() and not film.done()
        renderer.worker.finish("sheet")
        assert await sheet == "sheet" and not film.done()
        renderer.worker.finish("film")
        assert await film == "film"
        assert sorted(renderer.worker.begun) == [("beside", "sheet"), ("moving", "picture"), ("slow", "film")]

    asyncio.run(look())


def test_an_error_belongs_to_whoever_asked(renderer):
    async def look() -> None:
        wrong, right = await soon(
            [renderer.renderer.draw("a", print, "wrong"), renderer.renderer.draw("b", print, "right")]
        )
        renderer.worker.finish("wrong")
        renderer.worker.finish("right")
        with pytest.raises(SettingError, match="It is wrong"):
            await wrong
        assert await right == "right" and renderer.renderer.idle

    asyncio.run(look())
