"""The stream of events: nothing is lost and nothing comes twice, whatever happens to the server and the record."""

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest

from zerosum.core.events import append_event, forget_after
from zerosum.studio.watching import stream
from zerosum.studio.watching.stream import Follower, _batch
from zerosum.studio.watching.tail import Place

RUN, OTHER = "00000-a", "00001-b: 50 % & more"


def event(number: int, name: str = "progress") -> dict:
    return {"event": name, "samples": 64 * number, "seconds": number / 10, "number": number}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two runs with a record of one event each."""
    for run in (RUN, OTHER):
        folder = tmp_path / "runs" / run
        folder.mkdir(parents=True)
        append_event(folder / "events.jsonl", event(0, "start"))
    return tmp_path / "runs"


class Tab:
    """What a browser does with a stream: it comes again with the id that it heard last."""

    def __init__(self, running, places: dict[str, str]) -> None:
        self.running, self.places = running, places
        self.last: str | None = None
        self.heard: list[tuple[str, dict]] = []
        self.states: list[dict] = []
        self.resets: list[str] = []

    def listen(self, enough, seconds: float = 20.0) -> None:
        """Hear messages until it is enough or the stream ends."""
        end = time.monotonic() + seconds
        headers = {} if self.last is None else {"Last-Event-ID": self.last}
        asked = {"run": [f"{run}:{place}" for run, place in self.places.items()]}
        with httpx.stream(
            "GET",
            f"{self.running.address}/api/stream",
            params=asked,
            headers=headers,
            cookies=self.running.cookie,
            timeout=60,
        ) as answer:
            assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
            for message in messages(answer.iter_lines()):
                self._hear(message)
                if enough(self):
                    return
                assert time.monotonic() < end, "nothing more came"

    def _hear(self, message: dict[str, str]) -> None:
        if "data" not in message:
            return
        self.last, data = message["id"], json.loads(message["data"])
        if message["event"] == "run":
            self.heard += [(data["run"], one) for one in data["events"]]
        elif message["event"] == "reset":
            self.resets.append(data["run"])
        else:
            self.states.append(data)

    def numbers(self, run: str = RUN) -> list[int]:
        return [one["number"] for name, one in self.heard if name == run]


def messages(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    message: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            message[name] = value
        else:
            yield message
            message = {}


def place_now(running, run: str) -> str:
    answer = httpx.get(f"{running.address}/api/runs/{run}/series", cookies=running.cookie, timeout=60)
    return answer.json()["offset"]


def test_what_is_written_is_heard_at_once_and_once(serve, root):
    running = serve(root)
    tab = Tab(running, {run: place_now(running, run) for run in (RUN, OTHER)})
    for number in range(1, 40):
        append_event(root / (RUN if number % 3 else OTHER) / "events.jsonl", event(number))
    tab.listen(lambda tab: len(tab.heard) == 39 and len(tab.states) == 2)
    assert tab.numbers() == [number for number in range(1, 40) if number % 3]
    assert tab.numbers(OTHER) == list(range(3, 40, 3))
    assert {state["run"]: state["state"] for state in tab.states} == {RUN: "stopped", OTHER: "stopped"}
    assert {unquote(part.rpartition(":")[0]) for part in (tab.last or "").split(",")} == {RUN, OTHER}


class Process:
    """`zerosum studio` as a person starts it, which can be killed.

    Attributes:
        address: Where it is.
        cookie: What a browser that has shown the token sends.
    """

    def __init__(self, root: Path, port: int = 0) -> None:
        arguments = [sys.executable, "-m", "zerosum", "studio", str(root), "--no-open", "--port", str(port)]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert self._process.stdout is not None
        said = "".join(iter(self._process.stdout.readline, "Ctrl-C ends it; trainings go on.\n"))
        found = re.search(r"http://localhost:(\d+)/\?token=(\S+)", said)
        assert found is not None, said
        self.port, self.address = int(found[1]), f"http://localhost:{found[1]}"
        self.cookie = {f"zerosum-{self.port}": found[2]}

    def stop(self) -> None:
        """Without a warning."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def begin(serve):
    """A function that starts a studio in a thread of this process or in a process of its own; at the end all stop."""
    started: list[Process] = []

    def start(how: str, root: Path, port: int = 0):
        if how == "thread":
            return serve(root, port)
        started.append(Process(root, port))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.mark.parametrize("how", ["thread", pytest.param("process", marks=pytest.mark.slow)])
def test_nothing_is_lost_or_doubled_when_the_server_is_started_again(begin, root, how):
    """In a thread it ends in good order, and as a process it is killed; three tabs listen."""
    running = begin(how, root)
    port, place = running.port, place_now(running, RUN)
    tabs = [Tab(running, {RUN: place}) for _ in range(3)]
    written, done = [0], threading.Event()

    def write() -> None:
        while not done.is_set():
            written[0] += 1
            append_event(root / RUN / "events.jsonl", event(written[0]))
            time.sleep(0.002)

    def listen(tab: Tab) -> None:
        try:
            tab.listen(lambda tab: False, 60.0)
        except httpx.TransportError:
            pass  # the server was killed; a browser comes again

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3 if how == "thread" else 1):
            listening = [threading.Thread(target=listen, args=(tab,)) for tab in tabs]
            heard = [len(tab.heard) for tab in tabs]
            for one in listening:
                one.start()
            while any(len(tab.heard) < before + 20 for tab, before in zip(tabs, heard, strict=True)):
                time.sleep(0.02)
                assert all(one.is_alive() for one in listening)
            running.stop()  # in the middle of everything
            for one in listening:
                one.join(20)
            time.sleep(0.1)
            running = begin(how, root, port)
            assert running.port == port
            for tab in tabs:
                tab.running = running
    finally:
        done.set()
        writer.join()
    for tab in tabs:
        tab.listen(lambda tab: tab.numbers()[-1:] == [written[0]], 60.0)
        assert tab.numbers() == list(range(1, written[0] + 1)) and not tab.resets
    assert written[0] > 100


def test_a_record_that_is_cut_back_is_to_be_loaded_again(serve, root):
    """As a run that goes on from a checkpoint does it; the new record may be longer than the old one."""
    running, path = serve(root), root / RUN / "events.jsonl"
    for number in range(1, 10):
        append_event(path, event(number))
    tab = Tab(running, {RUN: place_now(running, RUN), OTHER: place_now(running, OTHER)})
    append_event(path, event(10))
    tab.listen(lambda tab: tab.numbers() == [10])
    forget_after(path, 64 * 4)
    for number in range(5, 30):
        append_event(path, event(number) | {"again": True})
    tab.listen(lambda tab: tab.resets == [RUN])
    append_event(path, event(30))
    append_event(root / OTHER / "events.jsonl", event(1))
    tab.listen(lambda tab: tab.numbers(OTHER) == [1])
    assert tab.numbers() == [10] and set(tab.resets) == {RUN}, "nothing more of it comes, and it says so each time"
    series = httpx.get(f"{running.address}/api/runs/{RUN}/series", cookies=running.cookie).json()
    assert series["progress"]["number"] == [1, 2, 3, 4, *range(5, 31)]
    tab = Tab(running, {RUN: series["offset"]})
    append_event(path, event(31))
    tab.listen(lambda tab: tab.numbers() == [31])


def test_a_run_that_goes_on_where_it_stopped_is_the_same_record(serve, root):
    running, path = serve(root), root / RUN / "events.jsonl"
    append_event(path, event(1))
    tab = Tab(running, {RUN: place_now(running, RUN)})
    forget_after(path, 64)
    append_event(path, event(2))
    tab.listen(lambda tab: tab.numbers() == [2])
    assert not tab.resets


def test_states_change_as_events_tell(serve, root):
    running, path = serve(root), root / RUN / "events.jsonl"
    tab = Tab(running, {RUN: place_now(running, RUN)})
    tab.listen(lambda tab: len(tab.states) == 1)
    append_event(path, event(1, "finished"))
    tab.last = None
    tab.listen(lambda tab: tab.states[-1]["state"] == "finished")
    assert tab.states[-1]["samples"] == 64


def test_pages_hear_of_pictures_by_their_address(serve, root):
    running, folder = serve(root), root / OTHER
    (folder / "samples").mkdir()
    (folder / "samples" / "000000000064.png").write_bytes(b"png")
    tab = Tab(running, {OTHER: place_now(running, OTHER)})
    append_event(folder / "events.jsonl", event(1, "snapshot") | {"file": "/home/me/runs/x.png"})
    append_event(folder / "events.jsonl", event(2, "start") | {"folder": "/home/me/runs/x"})
    tab.listen(lambda tab: len(tab.heard) == 2)
    assert tab.heard[0][1]["url"].startswith("/api/runs/00001-b%3A%2050%20%25%20%26%20more/sheets/64.jpg?v=")
    assert "/home/me" not in json.dumps(tab.heard)


def test_damaged_lines_are_passed_over(serve, root):
    running, path = serve(root), root / RUN / "events.jsonl"
    tab = Tab(running, {RUN: place_now(running, RUN)})
    with path.open("a") as file:
        file.write(
            '{"event": "progress", "sam\n[1, 2]\n\n{"event": "progress", "samples": 1, "seconds": 1, "number": 5'
        )
    append_event(path, {})
    append_event(path, event(6) | {"loss": float("nan")})
    tab.listen(lambda tab: bool(tab.numbers()))
    assert tab.numbers() == [6] and tab.heard[0][1]["loss"] is None


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 422),
        ({"run": RUN}, 422),
        ({"run": f"{RUN}:12"}, 422),
        ({"run": f"{RUN}:x.00000000"}, 422),
        ({"run": "nothing:0.00000000"}, 404),
        ({"run": [f"{RUN}{number}:0.00000000" for number in range(17)]}, 422),
    ],
)
def test_what_cannot_be_followed_is_refused(serve, root, refused, asked, status):
    running = serve(root)
    refused(status, httpx.get(f"{running.address}/api/stream", params=asked, cookies=running.cookie))


def test_a_stream_shows_that_it_lives(serve, root, monkeypatch):
    monkeypatch.setattr(stream, "PING", 0.05)
    running = serve(root)
    asked = {"run": f"{RUN}:{place_now(running, RUN)}"}
    with httpx.stream("GET", f"{running.address}/api/stream", params=asked, cookies=running.cookie) as answer:
        assert ": ping" in answer.iter_lines()


def test_at_most_so_much_comes_at_once(both, root, monkeypatch):
    """A backlog is sent in parts, so that neither memory nor a page is flooded."""
    monkeypatch.setattr(stream, "MOST_BYTES", 2000)
    path, runs = root / RUN / "events.jsonl", both[1].runs
    for number in range(1, 200):
        append_event(path, event(number))
    monkeypatch.setattr(runs, "root", root)
    follower, texts = Follower(RUN, runs.find(RUN), Place()), []
    while text := _batch(runs, [follower], look=False):
        texts.append(text)
    assert len(texts) > 5 and max(map(len, texts)) < 4000
    assert sum(text.count('"number"') for text in texts) == 200
