"""What tests in a browser share: a studio, a visitor whose pages may not err, and runs, trained or made up.

Everything in this folder bears the mark `browser`, and is left out where there is no chromium or no playwright.
"""

import json
import math
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from PIL import Image, ImageDraw

from zerosum.__main__ import main

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
HERE = Path(__file__).parent
WIDTHS = (360, 768, 1440)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


# ---- the studio ----------------------------------------------------------------------------------------------------


class Studio:
    """A studio over a folder of runs, served by a thread of this process; it can be ended and begun again.

    Attributes:
        root: The folder of runs.
        port: Where it listens.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]
        self._server: Any = None
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """The address that a person opens first."""
        from zerosum.studio.server import token_of

        return f"{self.home}?token={token_of(self.root)}"

    @property
    def home(self) -> str:
        """The address without the token."""
        return f"http://localhost:{self.port}/"

    def begin(self) -> None:
        """Serve."""
        import uvicorn

        from zerosum.studio.app import App
        from zerosum.studio.server import Server, listen, token_of

        listening = listen("127.0.0.1", self.port)
        assert listening.getsockname()[1] == self.port, "the port is not free any more"
        self._app = App(self.root, token_of(self.root), self.port, work=self.root.parent)
        config = uvicorn.Config(self._app, log_level="error", access_log=False, lifespan="off", ws="none")
        self._server = Server(config, self._app)
        self._thread = threading.Thread(target=self._server.run, args=([listening],), daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop serving; pages and trainings are left alone."""
        if self._thread is not None:
            self._app.ending.set()
            self._server.should_exit = self._server.force_exit = True
            self._thread.join(20)
            assert not self._thread.is_alive(), "the studio does not end"
            self._app.close()
            self._thread = None

    def end_trainings(self) -> None:
        """End the trainings that were started from pages."""
        for process, _ in self._app.studio.jobs._started.values():
            process.terminate()
            process.wait(60)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio over an empty folder."""
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")
    root = tmp_path / "runs"
    root.mkdir()
    studio = Studio(root)
    studio.begin()
    yield studio
    studio.end()
    studio.end_trainings()


# ---- the browser ---------------------------------------------------------------------------------------------------


class Visitor:
    """A person with a browser: several tabs, and a list of all that went wrong in any of them.

    Attributes:
        context: The browser's profile, with the studio's cookie.
        wrong: Errors on consoles, exceptions, and requests that left this machine.
        tolerated: Patterns of what may go wrong in this test.
    """

    def __init__(self, browser: Any, studio: Studio, **options: Any) -> None:
        self.studio = studio
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, **options)
        self.context.set_default_timeout(60_000)
        self.wrong: list[str] = []
        self.tolerated: list[str] = []
        self.known = False

    def tab(self) -> Any:
        """A new tab, in which nothing is open yet."""
        page = self.context.new_page()
        page.on("console", lambda message: message.type == "error" and self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(f"{error}\n{error.stack}"))
        page.on("request", self._look_at)
        return page

    def open(self, hash: str = "#/start", page: Any = None, **size: int) -> Any:
        """A page of the studio, as soon as it says that it is ready.

        Args:
            hash: The part of the address that names the page: "#/run/ID/train".
            page: The tab; a new one by default.
            size: `width` and `height` of its window.
        """
        page = page or self.tab()
        if size:
            page.set_viewport_size({"width": 1440, "height": 900} | size)
        if not self.known:
            page.goto(self.studio.address)
            self.known = True
        page.goto(self.studio.home + hash)
        page.locator("main[data-ready]").wait_for()
        return page

    def check(self) -> None:
        """Fail if anything went wrong."""
        bad = [one for one in self.wrong if not any(re.search(pattern, one) for pattern in self.tolerated)]
        assert not bad, "\n".join(bad)

    def _look_at(self, request: Any) -> None:
        if not request.url.startswith((self.studio.home, "data:", f"blob:{self.studio.home}")):
            self.wrong.append(f"a request left the studio: {request.url}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A chromium without a window; closed before other tests come, since its driver keeps an event loop running."""
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("there is no chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Any, studio: Studio) -> Iterator[Visitor]:
    """Somebody who visits the studio; the test fails if anything went wrong on a page."""
    visitor = Visitor(browser, studio)
    yield visitor
    visitor.context.close()
    visitor.check()


@pytest.fixture
def visitors(browser: Any, studio: Studio) -> Iterator[Callable[..., Visitor]]:
    """A function that makes visitors with options of playwright's contexts, such as `color_scheme="dark"`."""
    made: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        made.append(Visitor(browser, studio, **options))
        return made[-1]

    yield make
    for visitor in made:
        visitor.context.close()
        visitor.check()


@pytest.fixture(scope="session")
def serious() -> Callable[[Any], list[str]]:
    """A function that says what axe finds on a page that is serious or critical."""
    path = HERE.parents[1] / "node_modules/axe-core/axe.min.js"

    def look(page: Any) -> list[str]:
        if not path.exists():
            pytest.skip("axe-core is not installed: make browsers")
        page.evaluate(path.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        return [
            f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes']]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    return look


@pytest.fixture(scope="session")
def fits() -> Callable[[Any, int], bool]:
    """A function that makes a page's window so wide, and says whether nothing stays wider than that."""

    def look(page: Any, width: int) -> bool:
        page.set_viewport_size({"width": width, "height": 900})
        end = time.monotonic() + 10
        while page.evaluate("document.documentElement.scrollWidth") > width:
            if time.monotonic() > end:
                return False
            page.wait_for_timeout(50)  # charts hear of it a moment later
        return True

    return look


@pytest.fixture(scope="session")
def reach() -> Callable[[Any, str], None]:
    """A function that presses Tab until something has the focus: `reach(page, "seed")`."""

    def go(page: Any, testid: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.dataset.testid") == testid:
                return
        raise AssertionError(f"Tab does not lead to {testid}")

    return go


# ---- runs ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Short real runs, by the name of their data: ring (points) and digits (pictures)."""
    out = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZEROSUM_CACHE", str(out / "cache"))
        common = ("--out", str(out), "--device", "cpu", "--snapshot-seconds", "0.5", "--log-rounds", "4")
        ring = ("--recipe", "gan", "--samples", "12800", "--batch", "64", "--probe-rounds", "50")
        assert main(["train", "ring", "--name", "ring", *ring, *common]) == 0
        digits = ("--recipe", "light", "--samples", "768", "--batch", "32", "--probe-rounds", "8")
        small = ("--generator-width", "8", "--discriminator-width", "8")
        assert main(["train", "digits", "--name", "digits", *digits, *small, *common]) == 0
    return {name: out / name for name in ("ring", "digits")}


@pytest.fixture
def adopt(studio: Studio, trained: dict[str, Path]) -> Callable[..., Path]:
    """A function that copies a trained run into the studio's folder: `adopt("ring", "00001-ring")`."""

    def copy(data: str, name: str | None = None) -> Path:
        return Path(shutil.copytree(trained[data], studio.root / (name or data)))

    return copy


class MadeUp:
    """A run that is written here, event by event, as a training would write it.

    Attributes:
        folder: Its folder.
        samples: Samples seen by now.
    """

    BATCH = 64

    def __init__(self, folder: Path, config: Path) -> None:
        (folder / "samples").mkdir(parents=True)
        shutil.copy(config, folder / "config.json")
        self._picture(0).save(folder / "reals.png")
        self.folder, self.samples, self.written = folder, 0, 0
        self._lock: IO[str] | None = None
        metric = {"metric": "energy-distance[coordinates, n=256]", "floor": 0.01, "looked_at": 256}
        self.event("start", resumed=False, precision="fp32", batch=self.BATCH, planned_samples=10**6, **metric)

    def hold(self) -> "MadeUp":
        """Be taken for a run that is trained now."""
        import fcntl

        self._lock = (self.folder / ".lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        return self

    def let_go(self) -> None:
        """Be no longer."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def event(self, name: str, **values: Any) -> None:
        """Write any event."""
        self.events([{"event": name, "samples": self.samples, "seconds": round(self.samples / 1000, 3), **values}])

    def events(self, events: list[dict[str, Any]]) -> None:
        """Write events as they are."""
        with (self.folder / "events.jsonl").open("a", encoding="utf-8") as file:
            file.write("".join(json.dumps(event) + "\n" for event in events))
        self.written += len(events)

    def progress(self, count: int = 1, **values: float) -> None:
        """Record so many rounds."""
        events = []
        for _ in range(count):
            self.samples += self.BATCH
            wave = math.sin(self.samples / 5000)
            known = {
                "samples_per_second": 1000 + 50 * wave,
                "discriminator/adversarial": 1.2 + 0.1 * wave,
                "discriminator/accuracy_real": 0.7 + 0.05 * wave,
                "discriminator/accuracy_fake": 0.72 - 0.05 * wave,
                "discriminator/auc": 0.75 + 0.05 * wave,
                "discriminator/gap": 0.5,
                "discriminator/spread": 0.8,
                "discriminator/diversity": 0.95,
                "discriminator/gradient_norm": 2 + wave,
                "generator/adversarial": 0.8 - 0.1 * wave,
                "generator/gradient_norm": 0.5 + 0.1 * wave,
            }
            when = {"samples": self.samples, "seconds": self.samples / 1000, "rounds": self.samples // self.BATCH}
            events.append({"event": "progress", **when, **known, **values})
        self.events(events)

    def probe(self, **values: Any) -> None:
        """Take a closer look, with histograms: real samples at 1 on average, generated ones at -1."""
        heap = [round(60 * math.exp(-((bin - 24.5) ** 2) / 40)) for bin in range(40)]
        found = {
            "quality": 1 / (1 + self.samples / 10_000),
            "fresh_accuracy": 0.8,
            "precision": 0.8,
            "recall": 0.6,
            "coverage": 0.7,
            "variety": 0.95,
            "judged_real": 0.75,
            "judged_fake": 0.67,
            "judged_held_out": 0.7,
            "overfitting": 0.1,
            "logit_middle": 0.0,
            "logit_reach": 5.0,
            "logits_trained": heap,
            "logits_held_out": [count // 5 for count in heap],
            "logits_fake": heap[::-1],
        }
        self.event("probe", took=0.1, **found | values)

    def snapshot(self) -> None:
        """Draw a contact sheet; no two of them look the same."""
        path = self.folder / "samples" / f"{self.samples:012d}.png"
        self._picture(self.samples).save(path)
        self.event("snapshot", file=str(path))

    def finding(self, failure: str, level: str = "alarm") -> None:
        """Let the doctor find something."""
        told = {"what": f"The samples show {failure}.", "evidence": "It is 0.1; below 0.2 is an alarm."}
        self.event("finding", failure=failure, level=level, **told, try_this=["Lower both learning rates."])

    @staticmethod
    def _picture(number: int) -> Image.Image:
        picture = Image.new("RGB", (320, 320), "white")
        shade = number * 37 % 200
        ImageDraw.Draw(picture).ellipse((40, 40, 280, 280), fill=(shade, 120, 200 - shade // 2))
        ImageDraw.Draw(picture).text((140, 150), str(number), fill="white")
        return picture


@pytest.fixture
def made_up(studio: Studio, trained: dict[str, Path]) -> Iterator[Callable[..., MadeUp]]:
    """A function that makes up a run in the studio's folder: `made_up("00001-ring", snapshots=5)`."""
    made: list[MadeUp] = []

    def make(name: str = "00000-made-up", rounds: int = 40, looks: int = 4, snapshots: int = 3) -> MadeUp:
        run = MadeUp(studio.root / name, trained["ring"] / "config.json")
        made.append(run)
        for number in range(rounds):
            run.progress()
            if looks and (number + 1) % max(1, rounds // looks) == 0:
                run.probe()
            if snapshots and (number + 1) % max(1, rounds // snapshots) == 0:
                run.snapshot()
        return run

    yield make
    for run in made:
        run.let_go()


@pytest.fixture
def eventually() -> Callable[..., None]:
    """A function that waits until something holds: `eventually(lambda: ..., "what was expected")`."""

    def wait(holds: Callable[[], bool], what: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, what
            time.sleep(0.05)

    return wait
