"""The cache is used when it can be, renewed when it must be, and whole whatever happens."""

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError
from zerosum.data import cache as cache_module
from zerosum.data import open_dataset, packing

OPEN = "import sys; from zerosum.data import open_dataset; print(open_dataset(sys.argv[1]).fingerprint)"
SLOW = """
import sys, time
from zerosum.data import packing, open_dataset
packing.BLOCK = 4
read = packing.read_picture
def slow(*arguments):
    time.sleep(0.1)
    return read(*arguments)
packing.read_picture = slow
open_dataset(sys.argv[1], progress=lambda done, total: print(done, flush=True))
"""


class Decoding:
    """Counts how many pictures were decoded."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self, done: int, total: int) -> None:
        assert 0 < done <= total
        self.done = done


@pytest.fixture
def opened():
    """A function that opens a source and tells how many pictures that decoded."""

    def open_it(source: Path, **options):
        decoding = Decoding()
        return open_dataset(source, DataOptions(**options), decoding), decoding.done

    return open_it


def caches(folder: Path) -> list[Path]:
    return sorted((folder / "pictures").iterdir())


def test_the_second_start_decodes_nothing(pictures, opened) -> None:
    folder = pictures(130)
    first, decoded = opened(folder)
    assert decoded == 130
    second, decoded = opened(folder)
    assert decoded == 0 and isinstance(second.rows, np.memmap)
    assert np.array_equal(first.rows, second.rows) and first.fingerprint == second.fingerprint
    assert opened(folder, mirror=True, conditional=False)[1] == 0, "these do not change the pixels"


def test_changes_are_noticed(pictures, opened, cache: Path) -> None:
    folder = pictures(5)
    before, _ = opened(folder)
    os.utime(folder / "000.png", ns=(1, 1))
    touched, decoded = opened(folder)
    assert decoded == 5 and touched.fingerprint == before.fingerprint, "touched, but of the same content"
    assert len(caches(cache)) == 1, "the stale cache is gone"
    (folder / "000.png").unlink()
    assert opened(folder)[1] == 4
    (folder / "001.png").rename(folder / "renamed.png")
    after, decoded = opened(folder)
    assert decoded == 4 and after.fingerprint != before.fingerprint


@pytest.mark.parametrize(
    "options", [{"size": "32"}, {"fit": "pad"}, {"background": "red"}, {"channels": 1}, {"skip_bad": True}]
)
def test_options_have_their_own_caches(pictures, opened, cache: Path, options) -> None:
    folder = pictures(5)
    opened(folder)
    assert opened(folder, **options)[1] == 5
    assert opened(folder)[1] == opened(folder, **options)[1] == 0
    assert len(caches(cache)) == 2


def test_the_number_of_caches_is_bounded(pictures, opened, cache: Path, monkeypatch) -> None:
    monkeypatch.setattr(cache_module, "KEPT", 3)
    folder = pictures(3)
    for side in range(16, 22):
        opened(folder, size=str(side))
        for number, path in enumerate(caches(cache)):
            os.utime(path, (1000 + number, 1000 + number))
    assert len(caches(cache)) == 3 and opened(folder, size="21")[1] == 0


def test_a_killed_process_leaves_nothing_that_disturbs(pictures, opened, cache: Path) -> None:
    folder = pictures(40)
    with subprocess.Popen([sys.executable, "-c", SLOW, str(folder)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline()  # some blocks are written
        process.send_signal(signal.SIGKILL)
    (left,) = caches(cache)
    assert left.name.startswith(".") and (left / "rows.npy").exists()
    dataset, decoded = opened(folder)
    assert decoded == 40 and np.array_equal(dataset.rows, opened(folder)[0].rows)
    assert left.exists(), "it might be of a process that still works"
    for path in (left, *left.iterdir()):
        os.utime(path, (time.time() - 3600,) * 2)
    opened(folder, size="32")
    assert not left.exists()


def test_two_processes_at_once(pictures, opened, cache: Path) -> None:
    folder = pictures(300)
    processes = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(folder)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    answers = [process.communicate()[0].strip() for process in processes]
    dataset, decoded = opened(folder)
    assert decoded == 0 and answers == [dataset.fingerprint] * 2
    assert len(caches(cache)) == 1


def test_another_process_may_be_faster(pictures, opened, cache: Path) -> None:
    folder = pictures(5)
    expected, _ = opened(folder)
    (ready,) = caches(cache)
    aside = cache / "aside"
    ready.rename(aside)

    def finish_first(done: int, total: int) -> None:
        aside.rename(ready)

    dataset = open_dataset(folder, progress=finish_first)
    assert dataset.fingerprint == expected.fingerprint and caches(cache) == [ready]


@pytest.mark.parametrize("damage", ["cut", "gone", "index"])
def test_a_damaged_cache_is_built_again(pictures, opened, cache: Path, damage) -> None:
    folder = pictures(5)
    expected = opened(folder)[0].rows.copy()
    (ready,) = caches(cache)
    if damage == "cut":
        os.truncate(ready / "rows.npy", 200)
    elif damage == "gone":
        (ready / "rows.npy").unlink()
    else:
        (ready / "index.json").write_text("{}")
    dataset, decoded = opened(folder)
    assert decoded == 5 and np.array_equal(dataset.rows, expected)


def test_without_a_cache_folder_pictures_stay_in_memory(pictures, opened, tmp_path: Path, monkeypatch) -> None:
    folder = pictures(70)
    (folder / "007.png").write_bytes(b"")
    expected, _ = opened(folder, skip_bad=True)
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("ZEROSUM_CACHE", str(tmp_path / "file"))
    dataset, decoded = opened(folder, skip_bad=True)
    assert decoded == 70 and not isinstance(dataset.rows, np.memmap)
    assert np.array_equal(dataset.rows, expected.rows) and dataset.fingerprint == expected.fingerprint
    assert "kept in memory" in dataset.notes[-1] and "ZEROSUM_CACHE" in dataset.notes[-1]


def test_a_full_disk_is_a_sentence(pictures, opened, cache: Path) -> None:
    folder = pictures(20)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, most))  # the nearest thing to a full disk
    try:
        with pytest.raises(DataError, match="no room for 1 MB.*set the environment variable ZEROSUM_CACHE"):
            opened(folder, size="128")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert caches(cache) == []
    assert opened(folder, size="128")[1] == 20


def test_the_first_bad_file_ends_the_work(pictures, monkeypatch) -> None:
    folder = pictures(600, size=8)
    (folder / "000.png").write_bytes(b"")
    calls = []
    read = packing.read_picture
    monkeypatch.setattr(
        packing, "read_picture", lambda data, form: [calls.append(1), time.sleep(0.001), read(data, form)][2]
    )
    with pytest.raises(DataError, match="000.png"):
        open_dataset(folder, DataOptions(size="8", channels=3))
    assert len(calls) < 400, "what was already under way is finished, and nothing else is begun"


def test_home_is_the_default(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ZEROSUM_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_module.cache_folder() == tmp_path / ".cache" / "zerosum"
