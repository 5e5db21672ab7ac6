"""A disk that fills up while training: a sentence, and everything saved before is whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = ["train", "ring", "--batch", "32", "--name", "run", "--checkpoint-seconds", "0.05", "--json"]
LIMITED = """
import resource, signal, sys
from zerosum.__main__ import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that writing fails with an error, as on a full disk

def events():
    import zerosum.cli.display as display
    listen = display.JSONLines.listen
    def limited(self, event):
        listen(self, event)
        if event["event"] == "checkpoint":
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
    display.JSONLines.listen = limited

events()
sys.exit(main(sys.argv[2:]))
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=120, env=environment)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits are set as on Unix")
@pytest.mark.parametrize(
    ("limit", "log_rounds"),
    [
        pytest.param(0, 1, id="the record"),
        pytest.param(3000, 100_000, id="the weights"),
        pytest.param(50_000, 100_000, id="half of the weights"),
    ],
)
def test_full_disk(work, limit, log_rounds):
    full = run("-c", LIMITED, str(limit), *COMMAND, "--log-rounds", str(log_rounds), "--samples", "1000000")
    assert full.returncode not in (0, None) and "Traceback" not in full.stderr
    sentence = full.stderr.splitlines()[-1]
    assert sentence.startswith("zerosum: ") and "could not be written" in sentence and "runs/run" in sentence

    folder = Path("runs/run")
    first = [json.loads(line) for line in full.stdout.splitlines()]
    (saved,) = [event["samples"] for event in first if event["event"] == "checkpoint"]
    assert [path.name for path in (folder / "checkpoints").iterdir()] == [f"{saved:012d}"]
    assert not list(folder.rglob(".*.part"))

    again = run("-m", "zerosum", *COMMAND, "--samples", str(saved + 3200))
    assert (again.returncode, again.stderr) == (0, "")
    events = [json.loads(line) for line in again.stdout.splitlines()]
    assert events[0]["resumed"] and events[0]["samples"] == saved
    assert events[-1]["event"] == "finished" and events[-1]["samples"] == saved + 3200
    assert json.loads((folder / "events.jsonl").read_text().splitlines()[-1])["event"] == "finished"
