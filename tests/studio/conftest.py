"""What the tests of the studio share: small trained runs, and browsers that have shown the token."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from starlette.testclient import TestClient

import zerosum
from zerosum.studio.app import App
from zerosum.studio.server import Server, listen
from zerosum.studio.studio import Studio

TOKEN = "a-secret-that-only-tests-know"
PORT = 8765
HERE = f"http://localhost:{PORT}"

RING, PICTURES, TABLE = "00000-ring-r3gan", "00001-pictures-dcgan", "00002-people-tabular"
"""The runs of `trained`."""


def train_pictures(folder: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (96, 8, 8, 3), np.uint8)
    np.savez(folder / "pictures.npz", images=images, labels=np.array(["cat", "dog"] * 48))
    tiny = {"generator_width": 8, "discriminator_width": 8, "latent_dim": 8}
    zerosum.fit(folder / "pictures.npz", recipe="dcgan", samples=128, batch=16, out=folder / "runs", **tiny)


def train_table(folder: Path) -> None:
    random = np.random.default_rng(0)
    lines = [f"{20 + n % 50},{'red' if x < 0.7 else 'blue'}" for n, x in enumerate(random.random(200))]
    (folder / "people.csv").write_text("age,colour\n" + "\n".join(lines) + "\n")
    zerosum.fit(folder / "people.csv", recipe="tabular", samples=200, batch=20, out=folder / "runs")


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, and in `runs` a run of points, one of pictures of two classes, and one of a table."""
    folder = tmp_path_factory.mktemp("studio")
    small = {"samples": 1280, "batch": 64, "out": folder / "runs"}
    zerosum.fit("ring", recipe="r3gan", **small, widths=(16, 16))
    train_pictures(folder)
    train_table(folder)
    return folder


@pytest.fixture
def work(trained: Path, tmp_path: Path) -> Path:
    """The same as a test's own, to change."""
    folder = tmp_path / "work"
    shutil.copytree(trained, folder)
    return folder


def opened(root: Path, work: Path) -> Iterator[tuple[TestClient, Studio]]:
    app = App(root, TOKEN, PORT, work=work)
    with TestClient(app, base_url=HERE, follow_redirects=False, headers={"Origin": HERE}) as client:
        assert client.get(f"/?token={TOKEN}").status_code == 303
        yield client, app.studio
        for process, _ in app.studio.jobs._started.values():
            process.terminate()
            process.wait(60)
    app.close()


@pytest.fixture
def both(work: Path) -> Iterator[tuple[TestClient, Studio]]:
    """A browser that is known to the studio over `work`, and the studio."""
    yield from opened(work / "runs", work)


@pytest.fixture
def client(both: tuple[TestClient, Studio]) -> TestClient:
    """The browser."""
    return both[0]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[TestClient]:
    """A browser that is known to a studio without runs; it was started in the folder `here`."""
    (tmp_path / "here").mkdir()
    for client, _ in opened(tmp_path / "here" / "runs", tmp_path / "here"):
        yield client


@pytest.fixture
def refused() -> Callable[..., str]:
    """A function that expects an answer to be a refusal in one sentence, and returns the sentence."""

    def check(status: int, response: object) -> str:
        assert response.status_code == status, response.text
        assert "default-src 'self'" in response.headers["content-security-policy"]
        (sentence,) = response.json().values()
        assert list(response.json()) == ["error"] and sentence.endswith((".", "?")) and "Traceback" not in sentence
        return sentence

    return check


class Running:
    """A studio that runs, as it would for a person, in a thread of this process.

    Attributes:
        address: Where it is.
        cookie: What a browser that has shown the token sends.
    """

    def __init__(self, root: Path, port: int = 0) -> None:
        listening = listen("127.0.0.1", port)
        self.port = listening.getsockname()[1]
        self.app = App(root, TOKEN, self.port, work=root.parent)
        self._server = Server(uvicorn.Config(self.app, log_level="error", lifespan="off", ws="none"), self.app)
        self._thread = threading.Thread(target=self._server.run, args=([listening],))
        self._thread.start()
        self.address = f"http://127.0.0.1:{self.port}"
        self.cookie = {f"zerosum-{self.port}": TOKEN}

    def stop(self) -> None:
        """As Ctrl-C does."""
        self._server.handle_exit(2, None)
        self._thread.join(20)
        assert not self._thread.is_alive()
        self.app.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """A function that starts a studio over a folder; at the end all are stopped."""
    started: list[Running] = []

    def start(root: Path, port: int = 0) -> Running:
        started.append(Running(root, port))
        return started[-1]

    yield start
    for one in started:
        one.stop()
