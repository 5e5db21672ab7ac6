"""`zerosum treat`: what it lists, does and undoes, as the person who types what it proposes sees it."""

import shlex
from pathlib import Path

import pytest

from zerosum.core.events import read_events
from zerosum.train.folder import RunFolder
from zerosum.train.treatment import treatments

HOPELESS = ("--optimizer.rate", "1e-8", "--optimizer.final-rate", "None", "--probe-rounds", "10")
SMALL = ("--width", "8", "--blocks", "1", "--batch", "32", "--log-rounds", "4")
RUN = Path("runs/00000-ring-r3gan")


@pytest.fixture
def hopeless(cli):
    """A run that learns nothing, and was told so."""
    assert cli("train", "ring", "--samples", str(32 * 100), *SMALL, *HOPELESS).code == 0
    return RunFolder(RUN)


def proposed(text: str, begin: str) -> list[str]:
    """The arguments of the command on the line that begins so."""
    (line,) = [line for line in text.splitlines() if line.startswith(begin)]
    return shlex.split(line.partition("zerosum ")[2])


def test_list_treat_resume_undo(cli, hopeless):
    listed = cli("treat", RUN)
    assert listed.code == 0 and "ALARM  no-progress" in listed.out
    assert "   1. the usual or ten times the learning rates, from the start\n" in listed.out
    assert "      optimizer.rate: 1e-08 -> 0.003\n" in listed.out
    assert not hopeless.treatments.exists() and "Undo:" not in listed.out
    command = proposed(listed.out, "Treat:")
    assert command == ["treat", str(RUN), "no-progress", "--remedy", "1"]
    done = cli(*command)
    assert done.code == 0 and "optimizer.rate: 1e-08 -> 0.003" in done.out
    assert [one.remedy for one in treatments(hopeless)] == ["the usual or ten times the learning rates"]
    resumed = cli(*proposed(done.out, "Go on:"))
    assert (resumed.code, resumed.error) == (0, "") and "Training in" in resumed.out
    looks = [event["quality"] for event in read_events(hopeless.events) if event["event"] == "probe"]
    assert looks[-1] < 0.8 * looks[0], "the treated settings are used"
    listed = cli("treat", RUN)
    assert "Done already for no-progress: the usual" in listed.out
    undone = cli(*proposed(listed.out, "Undo:"))
    assert undone.code == 0 and f"kept in {RUN / 'set-aside'}" in undone.out
    assert treatments(hopeless) == [] and read_events(hopeless.events)[-1]["event"] == "undone"
    looks = [event["quality"] for event in read_events(hopeless.events) if event["event"] == "probe"]
    assert looks[-1] > 0.8 * looks[0]
    assert cli("diagnose", RUN).code == 0
    more = [*proposed(undone.out, "Go on:"), "--samples", str(32 * 110)]
    assert "Going on at 3,200 samples" in cli(*more).out


def test_the_first_that_was_not_tried(cli, refused, hopeless):
    for number in (0, 1):
        assert cli("treat", RUN, "mode-collapse").code == 0
        assert treatments(hopeless)[-1].number == number
    sentence = refused(2, "treat", RUN, "mode-collapse")
    assert "Every remedy for mode-collapse" in sentence and "--remedy" in sentence


def test_nothing_to_do(cli, tmp_path):
    assert cli("train", "ring", "--samples", "64", *SMALL).code == 0
    answer = cli("treat", RUN)
    assert answer.code == 0 and "too early to say" in answer.out and "Treat:" not in answer.out


def test_what_is_refused(cli, refused, hopeless, tmp_path):
    before = hopeless.events.read_bytes()
    assert "--undo takes the latest treatment back" in refused(2, "treat", RUN, "mode-collapse", "--undo")
    assert "name it" in refused(2, "treat", RUN, "--remedy", "1")
    assert 'no remedy for "collapse"' in refused(2, "treat", RUN, "collapse")
    assert "no remedy 0 for no-progress" in refused(2, "treat", RUN, "no-progress", "--remedy", "0")
    assert "None of them would" in refused(2, "treat", RUN, "overfitting")
    assert "No treatment was done" in refused(4, "treat", RUN, "--undo")
    assert "no folder nothing" in refused(4, "treat", "nothing", "no-progress")
    assert "no folder nothing" in refused(4, "treat", "nothing")
    assert "is not a run" in refused(4, "treat", tmp_path, "--undo")
    with hopeless.locked():
        assert "Another process is training" in refused(4, "treat", RUN, "no-progress")
    assert hopeless.events.read_bytes() == before and not hopeless.set_aside.exists()
