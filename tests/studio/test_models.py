"""Opened models: the newest request is drawn, processes that die are begun anew, and ids lead nowhere else."""

import asyncio
import json
import os
import shutil
import signal
import time
from pathlib import Path

import httpx
import pytest

from zerosum.core.errors import SettingError
from zerosum.studio.answers import Refusal
from zerosum.studio.app import App
from zerosum.studio.render import Renderer, Renderers
from zerosum.studio.workers import Worker, once

TOKEN, PORT, HERE = "a-secret-that-only-tests-know", 8765, "http://localhost:8765"
PICTURES = "00001-pictures-dcgan"


def place(seed: int) -> str:
    return json.dumps({"latent": {"seed": seed}})


def hold(value: int) -> list[int]:
    return [value]


def number(held: object, asked: int, progress) -> int:
    return asked


def take(held: list[int], asked: int, progress) -> tuple[int, int, int]:
    """What it holds, what was asked, and the process; it takes a moment."""
    progress("Taking", 1, 2)
    time.sleep(0.02)
    return held[0], asked, os.getpid()


def fail(held: list[int], asked: type[Exception], progress) -> None:
    raise asked("It went wrong.")


def run_out(held: list[int], asked: None, progress) -> None:
    raise OSError(28, "No space left on device", "kept.json")


def die(held: list[int], asked: None, progress) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def linger(held: list[int], asked: float, progress) -> float:
    time.sleep(asked)
    return asked


def test_of_fifty_requests_the_newest_is_drawn(work: Path):
    """As from a slider that is dragged: whatever was replaced while it waited is refused, and the last is right."""
    app = App(work / "runs", TOKEN, PORT, work=work)

    async def drag() -> tuple[list[httpx.Response], httpx.Response]:
        transport, cookies = httpx.ASGITransport(app), {f"zerosum-{PORT}": TOKEN}
        async with httpx.AsyncClient(transport=transport, base_url=HERE, cookies=cookies, timeout=120) as client:

            def asked(seed: int, view: str):
                return client.get(f"/api/models/{PICTURES}/picture", params={"view": view, "q": place(seed)})

            await asked(99, "first")  # the model is open
            answers = await asyncio.gather(*(asked(seed, "slider") for seed in range(50)))
            return answers, await asked(49, "alone")

    answers, alone = asyncio.run(drag())
    app.close()
    assert answers[-1].status_code == 200 and answers[-1].content == alone.content
    stale = [answer for answer in answers if answer.status_code == 409]
    drawn = [answer for answer in answers if answer.status_code == 200]
    assert len(stale) + len(drawn) == 50 and 1 <= len(drawn) <= 3, "the first, the last, and perhaps one between"
    assert stale[0].json() == {"error": "A newer picture was asked for."}


def test_views_do_not_replace_each_other(work: Path):
    async def ask() -> list[object]:
        renderer = Renderer(work / "runs" / PICTURES, "runs/x")
        tasks = [renderer.draw(view, number, index) for index, view in enumerate("abcabc")]
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        renderer.close()
        renderer.join()
        return answers

    answers = asyncio.run(ask())
    assert [isinstance(answer, Refusal) for answer in answers] == [True, True, True, False, False, False]


def test_a_process_holds_a_thing_and_answers():
    heard = []

    async def ask() -> list[object]:
        worker = Worker(hold, 7)
        answers = [await worker.ask(take, 3, progress=lambda *what: heard.append(what)), await worker.ask(take, 4)]
        for wrong in (SettingError, ValueError):
            with pytest.raises((SettingError, RuntimeError)) as caught:
                await worker.ask(fail, wrong)
            answers.append((type(caught.value), str(caught.value)))
        with pytest.raises(Refusal, match="kept.json cannot be used: No space left on device") as full:
            await worker.ask(run_out, None)
        assert full.value.status == 507
        worker.close()
        worker.join()
        return answers

    first, second, refused, failed = asyncio.run(ask())
    assert first[:2] == (7, 3) and second == (7, 4, first[2]) and first[2] != os.getpid()
    assert heard == [("Taking", 1, 2)]
    assert refused == (SettingError, "It went wrong.") and failed == (RuntimeError, "ValueError: It went wrong.")


def test_what_takes_long_keeps_nobody_waiting():
    async def ask() -> bool:
        worker = Worker(hold, 7)
        slow = asyncio.ensure_future(worker.ask(linger, 60.0))
        await worker.ask(take, 1, "moving")
        await worker.ask(take, 1, "beside")
        waiting = not slow.done() and not worker.idle
        worker.close()  # ends what nobody waits for
        with pytest.raises(Refusal, match="has ended"):
            await slow
        return waiting

    assert asyncio.run(ask())


def test_the_server_answers_while_a_process_is_started():
    """The first one waits for the imports of the process that all are forked from."""

    async def ask() -> int:
        asking, ticks = asyncio.ensure_future(once(take_nothing, 1)), 0
        while not asking.done():
            await asyncio.sleep(0.001)
            ticks += 1
        return ticks

    assert asyncio.run(ask()) >= 5


def take_nothing(held: None, asked: int, progress) -> int:
    time.sleep(0.05)
    return asked


def test_a_process_that_was_killed_is_a_sentence_and_begun_anew(work: Path):
    async def ask() -> None:
        renderers, folder = Renderers(), work / "runs" / PICTURES
        first = renderers.get(folder, "runs/x")
        with pytest.raises(Refusal, match="Try again") as caught:
            await first.make(die, None)
        assert caught.value.status == 503 and not first.alive
        second = renderers.get(folder, "runs/x")
        assert second is not first and second is renderers.get(folder, "runs/x")
        os.utime(folder / "model" / "model.safetensors", (1, 1))
        assert renderers.get(folder, "runs/x") is not second, "a better model was saved"
        renderers.close()

    asyncio.run(ask())


WAYS = ["..", "%2e%2e%2f%2e%2e", "..%5c..", "%00", "%2fetc", f"{PICTURES}%2f..%2f{PICTURES}", f".%2f{PICTURES}"]


@pytest.mark.parametrize("way", WAYS)
def test_ids_of_models_lead_nowhere_else(client, way):
    shutil.copytree(client.app.studio.root / PICTURES / "model", client.app.studio.root.parent / "model")
    for address in ("", "/picture?view=v&q={}", "/exports", "/invert/0", "/invert/0.png"):
        assert client.get(f"/api/models/{way}{address}").status_code == 404, address
    bodies = {
        "sheet": {"view": "v", "places": [], "columns": 1},
        "film": {"place": {}, "seeds": [1, 2], "frames": 2},
        "directions": {"method": "pca", "space": "z", "count": 1},
        "keep": {"name": "x", "place": {}},
        "nearest": {"seeds": [0]},
        "invert": {"picture": ""},
        "rows": {},
        "rows/file": {},
        "columns": {},
        "points": {},
        "export": {"to": "card"},
        "export/command": {"to": "card"},
    }
    for address, body in bodies.items():
        answer = client.post(f"/api/models/{way}/{address}", json=body)
        assert answer.status_code == 404, (address, answer.text)


@pytest.mark.parametrize("name", ["..", "../x", "a/b", "", ".hidden", "a" * 65, "x\0"])
def test_nothing_is_kept_under_a_name_that_leads_elsewhere(client, refused, work, name):
    before = sorted(work.rglob("*"))
    body = {"name": name, "place": {"latent": {"seed": 1}}}
    refused(422, client.post(f"/api/models/{PICTURES}/keep", json=body))
    assert [path for path in sorted(work.rglob("*")) if path not in before and path.is_file()] == []
