"""Features of real samples are kept by content, and processes together give the numbers of one."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from accelerate import Accelerator
from torch import Tensor

from zerosum.core.space import Space
from zerosum.data.codec import ImageCodec
from zerosum.evaluation import describe
from zerosum.evaluation.describe import Workers
from zerosum.metrics.features import FeatureNetwork, open_network

SPACE = Space(kind="image", shape=(1, 8, 8))


class Counting(FeatureNetwork):
    """Pixels, and how often they were asked for."""

    name = "counting"
    asked = 0

    def features(self, x: Tensor) -> Tensor:
        type(self).asked += len(x)
        return x.flatten(1)


def rows(seed: int = 0, count: int = 100) -> np.ndarray:
    return np.random.RandomState(seed).randint(0, 256, (count, 8, 8, 1)).astype(np.uint8)


@pytest.fixture
def workers() -> Workers:
    return Workers(Accelerator(cpu=True), lambda what, done, total: None)


def test_features_are_kept_for_the_same_content_and_the_same_network(workers: Workers) -> None:
    network = Counting()
    network.freeze()
    first = workers.features(network, rows(), ImageCodec(), "samples", keep=True)
    asked = Counting.asked
    again = workers.features(network, rows().copy(), ImageCodec(), "samples", keep=True)
    assert Counting.asked == asked and first.equal(again)
    workers.features(network, rows(1), ImageCodec(), "samples", keep=True)
    assert Counting.asked == asked + 100


def test_damaged_features_are_made_again(workers: Workers, own_cache: Path) -> None:
    network = open_network("pixels", SPACE)
    first = workers.features(network, rows(), ImageCodec(), "samples", keep=True)
    (file,) = (own_cache / "features").glob("*.npy")
    file.write_bytes(file.read_bytes()[:100])
    assert workers.features(network, rows(), ImageCodec(), "samples", keep=True).equal(first)


def test_the_oldest_features_are_dropped(workers: Workers, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describe, "KEPT", 2)
    network = open_network("pixels", SPACE)
    for seed in range(4):
        workers.features(network, rows(seed), ImageCodec(), "samples", keep=True)
    assert len(list((own_cache / "features").glob("*.npy"))) == 2


def test_progress_reaches_the_end() -> None:
    heard: list[tuple[str, int, int]] = []
    workers = Workers(Accelerator(cpu=True), lambda *said: heard.append(said))
    workers.features(open_network("pixels", SPACE), rows(), ImageCodec(), "real samples", keep=False)
    assert heard[-1] == ("Describing real samples", 100, 100)


@pytest.mark.slow
def test_two_processes_measure_what_one_does(digits_run: Path, tmp_path: Path) -> None:
    command = ["-m", "zerosum", "evaluate", str(digits_run), "--samples", "150", "--features", "random-conv"]
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone"]
    values = []
    for name, start in (("one", [sys.executable]), ("two", launcher)):
        place = ["--out", str(tmp_path / name), "--device", "cpu"]
        done = subprocess.run([*start, *command, *place], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("Report:") == 1
        found = json.loads((tmp_path / name / "evaluation.json").read_text())
        values.append({measure["label"]: (measure["value"], measure["floor"]) for measure in found["measures"]})
    assert values[0] == values[1]
