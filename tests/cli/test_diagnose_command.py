"""`zerosum diagnose`: on a real run, on short and damaged records, and on what is no run."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

import zerosum

POINTS = {"samples": 640, "batch": 32, "width": 8, "group_width": 8, "blocks": 1, "precision": "fp32"}
NOTE = {
    "event": "finding",
    "samples": 0,
    "seconds": 0.0,
    "failure": "few",
    "level": "warn",
    "what": "There are [red]few[/red] points.",
    "evidence": "12 points.",
    "try_this": ["Collect more."],
}


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of some rounds on the ring."""
    out = tmp_path_factory.mktemp("diagnosed")
    zerosum.fit("ring", out=out, recipe="r3gan", **POINTS)
    (run,) = [path for path in out.iterdir() if path.is_dir()]
    return run


@pytest.fixture
def run(trained: Path, tmp_path: Path) -> Path:
    """A copy of that run, to be written to."""
    return Path(shutil.copytree(trained, tmp_path / "00000-ring <b>&"))


def write_events(folder: Path, *events: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return folder


def test_a_run_is_diagnosed(cli, run):
    answer = cli("diagnose", run)
    assert (answer.code, answer.error) == (0, "")
    assert "data ring" in answer.out and "How things stand" in answer.out and "Weights" in answer.out
    assert f"Charts: {run / 'diagnosis.png'}" in answer.out and f"Report: {run / 'report.html'}" in answer.out
    with Image.open(run / "diagnosis.png") as image:
        image.load()
        assert image.width >= 500
    text = (run / "report.html").read_text(encoding="utf-8")
    assert "00000-ring &lt;b&gt;&amp;" in text and "<b>" not in text and "Real samples" in text


def test_json_and_another_place_and_the_file_of_events(cli, run):
    before = {path.name for path in run.iterdir()}
    answer = cli("diagnose", run / "events.jsonl", "--json", "--out", "there")
    assert (answer.code, answer.error) == (0, "")
    (line,) = answer.out.splitlines()
    said = json.loads(line)
    assert said["run"] == str(run) and said["facts"]["data"] == "ring" and said["facts"]["state"] == "finished"
    assert {layer["player"] for layer in said["singular_values"]} == {"generator", "discriminator"}
    assert Path(said["files"]["diagnosis"]).exists() and Path(said["files"]["report"]).parent == Path("there")
    assert {path.name for path in run.iterdir()} == before


def test_findings_about_the_data_and_treatments_are_told(cli, tmp_path):
    treated = {
        "event": "treated",
        "samples": 64,
        "seconds": 1.0,
        "failure": "mode-collapse",
        "remedy": "a firmer hand",
        "changes": ["penalties: none -> r1=1"],
        "back_to": 0,
    }
    start = {"event": "start", "samples": 0, "seconds": 0.0, "folder": "x"}
    folder = write_events(tmp_path / "run", start, NOTE, treated, start)
    answer = cli("diagnose", folder)
    assert answer.code == 0
    for words in (
        "WARNING",
        "few, before the first round",
        "[red]few[/red]",
        "12 points.",
        "Collect more.",
        "a firmer",
    ):
        assert words in answer.out
    said = json.loads(cli("diagnose", folder, "--json").out)
    assert [(one["failure"], one["present"]) for one in said["findings"]] == [("few", True)]
    assert said["treatments"][0]["remedy"] == "a firmer hand"
    assert "penalties: none -&gt; r1=1" in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_short_records(cli, run, count, tmp_path):
    lines = (run / "events.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "short").mkdir()
    (tmp_path / "short" / "events.jsonl").write_text("".join(lines[:count]) + '{"event": "prog')
    answer = cli("diagnose", tmp_path / "short")
    assert answer.code == 0 and "too early" in answer.out


def test_numbers_that_json_does_not_have(cli, tmp_path):
    when = {"samples": 64, "seconds": 1.0}
    probe = {"event": "probe", **when, "quality": float("nan"), "recall": float("inf")}
    folder = write_events(tmp_path / "run", {"event": "start", "samples": 0, "seconds": 0}, probe)
    answer = json.loads(cli("diagnose", folder, "--json").out, parse_constant=lambda name: pytest.fail(name))
    assert answer["run"] == str(folder)


def test_what_is_no_run_is_refused(refused, tmp_path, run):
    assert "There is no folder" in refused(4, "diagnose", "nowhere")
    assert "is not a run" in refused(4, "diagnose", tmp_path)
    assert "is not a run" in refused(4, "diagnose", run / "config.json")
    (run / "events.jsonl").write_text("")
    assert "no events yet" in refused(4, "diagnose", run)
    (run / "events.jsonl").unlink()
    assert "no events yet" in refused(4, "diagnose", run)


@pytest.mark.parametrize(
    "event",
    [
        [],
        {"samples": 0, "seconds": 0},
        {"event": "probe", "samples": "many", "seconds": 0},
        {"event": "probe", "samples": 1, "seconds": 0, "quality": "good"},
        {"event": "probe", "samples": 1, "seconds": 0, "quality": 10**400},
        {"event": "progress", "samples": -1, "seconds": 0},
        {**NOTE, "level": "panic"},
        {**NOTE, "try_this": 3},
    ],
)
def test_damaged_events_are_refused(refused, tmp_path, event):
    start = {"event": "start", "samples": 0, "seconds": 0}
    assert "is damaged" in refused(4, "diagnose", write_events(tmp_path / "run", start, event))


def test_files_that_are_no_text_are_refused(refused, run):
    (run / "events.jsonl").write_bytes(b"\xff\xfe\x00")
    assert "is damaged" in refused(4, "diagnose", run)
    (run / "events.jsonl").write_text("no event at all\n")
    assert "no line of it is an event" in refused(4, "diagnose", run)


def test_a_damaged_contact_sheet_is_left_out(cli, run):
    (run / "reals.png").write_bytes(b"nothing")
    assert cli("diagnose", run).code == 0
    assert "Real samples" not in (run / "report.html").read_text(encoding="utf-8")


def test_help(cli):
    answer = cli("diagnose", "--help")
    assert answer.code == 0 and "RUN" in answer.out and "--json" in answer.out
    assert "zerosum diagnose RUN" in cli("--help").out
