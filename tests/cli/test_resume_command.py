"""`zerosum resume`."""

import json
import shlex
from pathlib import Path

import pytest

from zerosum.cli.display import PlainLines
from zerosum.core.events import read_events
from zerosum.train.folder import RunFolder

FLAT = ("--recipe", "gan", "--generator-width", "8", "--discriminator-units", "8", "--batch", "32")
RUN = Path("runs/00000-ring-gan")


def last(kind: str) -> dict:
    return [event for event in read_events(RUN / "events.jsonl") if event["event"] == kind][-1]


def test_a_run_goes_on(cli):
    assert cli("train", "ring", *FLAT, "--samples", "256").code == 0
    answer = cli("resume", RUN, "--samples", "512")
    assert (answer.code, answer.error) == (0, "")
    assert f"Going on at 256 samples in {RUN}" in answer.out and f"Model:         {RUN / 'model'}" in answer.out
    assert last("finished")["samples"] == 512
    assert [path.name for path in Path("runs").iterdir()] == [RUN.name]


def test_what_is_proposed_at_the_end_goes_on_further(cli):
    cli("train", "ring", *FLAT, "--samples", "64")
    answer = cli("resume", RUN, "--minutes", "0.01")
    (line,) = [line.partition("   (")[0] for line in answer.out.splitlines() if "goes on until" in line]
    command = line.partition("zerosum ")[2].strip()
    assert command == f"resume {RUN} --minutes 0.02"
    before = last("finished")["samples"]
    assert cli(*shlex.split(command)).code == 0 and last("finished")["samples"] > before


def test_a_run_that_has_had_its_length(cli, refused):
    cli("train", "ring", *FLAT, "--samples", "256", "--minutes", "5")
    before = (RUN / "events.jsonl").read_bytes()
    assert "as long as that: 5 minutes or 256 samples. Give more" in refused(2, "resume", RUN)
    assert "100 samples" in refused(2, "resume", RUN, "--samples", "100")
    assert (RUN / "events.jsonl").read_bytes() == before


def test_json_lines(cli):
    cli("train", "ring", *FLAT, "--samples", "64")
    answer = cli("resume", RUN, "--samples", "128", "--json")
    events = [json.loads(line) for line in answer.out.splitlines()]
    assert events[0]["event"] == "start" and events[0]["resumed"] and events[-1]["event"] == "finished"


def test_what_is_no_run(refused, work):
    assert "There is no folder nothing" in refused(4, "resume", "nothing")
    assert "is not a run" in refused(4, "resume", work)


def test_a_run_that_is_training(cli, refused):
    cli("train", "ring", *FLAT, "--samples", "64")
    with RunFolder(RUN).locked():
        assert "Another process is training" in refused(4, "resume", RUN, "--samples", "128")


@pytest.mark.parametrize(("event", "words"), [("paused", "Paused, as asked from elsewhere."), ("resumed", "Going on.")])
def test_a_pause_is_shown(event, words, capsys):
    display = PlainLines(None)  # type: ignore[arg-type]  # which speaks of no plan here
    display.listen({"event": event, "samples": 1280, "seconds": 1.0})
    assert capsys.readouterr().out == f"      1,280 samples  {words}\n"
