"""What lists, pages and charts are told of runs."""

import io
import json
import shutil

import numpy as np
import pytest
from PIL import Image

from zerosum.core.events import append_event, read_events
from zerosum.health.checks import CHECKS
from zerosum.studio.watching.health import QUESTIONS
from zerosum.train.folder import RunFolder

RING, PICTURES, TABLE = "00000-ring-r3gan", "00001-pictures-dcgan", "00002-people-tabular"


def test_a_list_of_runs(client, work):
    found = {run["id"]: run for run in client.get("/api/runs").json()}
    assert set(found) == {RING, PICTURES, TABLE}
    ring = found[RING]
    last = read_events(work / "runs" / RING / "events.jsonl")[-1]
    assert (ring["recipe"], ring["data"], ring["kind"], ring["state"]) == ("r3gan", "ring", "points", "finished")
    assert (ring["samples"], ring["seconds"]) == (1280, last["seconds"])
    assert ring["planned"] == {"samples": 1280, "seconds": None} and ring["model"] and ring["error"] is None
    looks = [e["quality"] for e in read_events(work / "runs" / RING / "events.jsonl") if e["event"] == "probe"]
    assert ring["quality"]["best"] == min(looks) and ring["quality"]["metric"].startswith("energy-distance")
    assert len(ring["spark"]) == len(looks) and set(ring["findings"]) == {"alarm", "warn", "note"}


def test_runs_that_changed_last_come_first_and_what_is_no_run_does_not(client, work):
    append_event(work / "runs" / PICTURES / "events.jsonl", {"event": "stopped", "samples": 128, "seconds": 9.0})
    (work / "runs" / "notes.txt").write_text("x")
    (work / "runs" / "folder").mkdir()
    runs = client.get("/api/runs").json()
    assert [run["id"] for run in runs][0] == PICTURES and len(runs) == 3
    assert runs[0]["state"] == "stopped"


def test_two_hundred_runs_are_read_once(both, work, monkeypatch):
    client, studio = both
    for number in range(200):
        shutil.copytree(
            work / "runs" / RING, work / "runs" / f"{number + 10:05d}-ring", ignore=lambda *_: {"checkpoints"}
        )
    assert len(client.get("/api/runs").json()) == 203
    monkeypatch.setattr("zerosum.studio.watching.summary.event_of", lambda line: pytest.fail("a record was read again"))
    monkeypatch.setattr("zerosum.studio.watching.runs.asked_of", lambda folder: pytest.fail("a config was read again"))
    assert len(client.get("/api/runs").json()) == 203


def test_a_page_of_a_run(client, work):
    ring, pictures = (client.get(f"/api/runs/{run}").json() for run in (RING, PICTURES))
    assert ring["config"]["recipe"] == "r3gan" and ring["settings"] == ring["config"]["settings"]
    assert (ring["pictured"], pictures["pictured"]) == ("points", "image")
    assert ring["sheet"] is None and pictures["sheet"] == {"columns": 8, "count": 64}
    assert (ring["even"], pictures["even"]) == (None, 0.0), "relativistic discriminators are critics"
    assert ring["canResume"] and ring["atEnd"] and not ring["canUndo"] and ring["treatments"] == []
    assert ring["thresholds"]["exploded"] > ring["thresholds"]["exploding"]
    drawn = sorted(int(path.stem) for path in (work / "runs" / RING / "samples").glob("*.png"))
    assert [sheet["samples"] for sheet in ring["sheets"]] == drawn


def test_contact_sheets_as_jpeg_and_as_they_were_saved(client, work):
    for run in (RING, PICTURES, TABLE):
        detail = client.get(f"/api/runs/{run}").json()
        sheet = detail["sheets"][-1]
        shown, real = client.get(sheet["url"]), client.get(detail["reals"])
        for answer in (shown, real):
            assert answer.headers["content-type"] == "image/jpeg" and "immutable" in answer.headers["cache-control"]
        saved = work / "runs" / run / "samples" / f"{sheet['samples']:012d}.png"
        again = client.get(f"/api/runs/{run}/sheets/{sheet['samples']}.png")
        assert again.content == saved.read_bytes() and again.headers["cache-control"] == "no-cache"
        before = np.asarray(Image.open(saved).convert("RGB"), float)
        after = np.asarray(Image.open(io.BytesIO(shown.content)).convert("RGB"), float)
        assert before.shape == after.shape and np.abs(before - after).mean() < 12


def test_another_sheet_of_the_same_name_is_elsewhere(client, work):
    """After a treatment a sheet may be drawn again after as many samples; browsers keep what an address showed."""
    before = client.get(f"/api/runs/{PICTURES}").json()["sheets"][0]
    path = work / "runs" / PICTURES / "samples" / f"{before['samples']:012d}.png"
    Image.new("RGB", (8, 8)).save(path)
    after = client.get(f"/api/runs/{PICTURES}").json()["sheets"][0]
    assert after["samples"] == before["samples"] and after["url"] != before["url"]


@pytest.mark.parametrize("address", ["sheets/1.jpg", "sheets/1280.gif", "sheets/-1.jpg", "sheets/x.jpg", "sheets/1280"])
def test_sheets_that_there_are_not(client, refused, address):
    refused(404, client.get(f"/api/runs/{RING}/{address}"))


def test_columns_of_a_run(client, work):
    series = client.get(f"/api/runs/{RING}/series").json()
    events = read_events(work / "runs" / RING / "events.jsonl")
    rounds = [event for event in events if event["event"] == "progress"]
    assert series["progress"]["samples"] == [event["samples"] for event in rounds]
    for name in ("discriminator/adversarial", "generator/gradient_norm"):
        assert series["progress"][name] == pytest.approx([event[name] for event in rounds], rel=1e-5)
    looks = [event for event in events if event["event"] == "probe"]
    assert series["probe"]["quality"] == pytest.approx([event["quality"] for event in looks], rel=1e-5)
    assert [h["samples"] for h in series["histograms"]] == [event["samples"] for event in looks]
    assert series["histograms"][0]["logits_fake"] == looks[0]["logits_fake"]
    names = [note["event"] for note in series["notes"]]
    assert names[0] == "start" and "snapshot" in names and not {"progress", "probe", "finding"} & set(names)
    assert str(work) not in json.dumps(series), "places on the disk are nobody's business"


def test_a_record_of_a_hundred_thousand_events(client, work):
    """A page gets few points, every peak, the whole list of what happened, and goes on from the end."""
    path = work / "runs" / RING / "events.jsonl"
    with path.open("a") as file:
        for number in range(100_000):
            loss = {40_000: 1e6, 70_000: -1e6}.get(number, number % 7)
            file.write(f'{{"event": "progress", "samples": {2000 + number}, "seconds": {number}.5, "loss": {loss}}}\n')
    append_event(path, {"event": "finished", "samples": 102_000, "seconds": 100_001.0})
    series = client.get(f"/api/runs/{RING}/series").json()
    columns = series["progress"]
    assert {len(column) for column in columns.values()} == {2000}
    assert columns["samples"][-1] == 101_999 and max(filter(None, columns["loss"])) == 1e6
    assert min(value for value in columns["loss"] if value is not None) == -1e6
    assert series["notes"][-1]["event"] == "finished"
    assert series["offset"].startswith(f"{path.stat().st_size}.")
    run = client.get(f"/api/runs/{RING}").json()
    assert (run["state"], run["samples"]) == ("finished", 102_000)


def test_a_page_gets_the_latest_of_many_sheets(client, work):
    path = work / "runs" / RING / "events.jsonl"
    for number in range(2000, 2500):
        append_event(path, {"event": "snapshot", "samples": number, "seconds": 1.0, "file": "x"})
    notes = client.get(f"/api/runs/{RING}/series").json()["notes"]
    assert [note["samples"] for note in notes if note["event"] == "snapshot"] == list(range(2200, 2500))


def test_findings_with_what_can_be_done(client, work):
    path = work / "runs" / RING / "events.jsonl"
    said = {"event": "finding", "what": "W.", "evidence": "E.", "try_this": ["T."], "seconds": 1.0}
    append_event(path, {**said, "samples": 0, "failure": "few", "level": "warn"})
    append_event(path, {**said, "samples": 64, "failure": "plateau", "level": "note"})
    append_event(path, {"event": "treated", "samples": 64, "seconds": 1.0})
    append_event(path, {**said, "samples": 70, "failure": "mode-collapse", "level": "warn"})
    append_event(path, {**said, "samples": 90, "failure": "mode-collapse", "level": "alarm", "what": "Worse."})
    found = client.get(f"/api/runs/{RING}/findings").json()
    assert [(one["failure"], one["level"], one["what"]) for one in found] == [
        ("mode-collapse", "alarm", "Worse."),
        ("few", "warn", "W."),
    ]
    remedy = found[0]["remedies"][-1]
    assert remedy["name"] and " -> " in remedy["changes"][0] and remedy["back_to"] == 0 and not found[1]["remedies"]


def test_the_doctor_on_a_whole_run(client, work):
    health = client.get(f"/api/runs/{RING}/health").json()
    assert health["verdict"] and ["recipe", "r3gan"] in health["facts"] and health["looks"] >= 1
    asked = [one["failure"] for one in health["checked"]]
    assert "mode-collapse" in asked and "checkerboard" not in asked and "lost-categories" not in asked
    assert {"name", "value", "meaning"} == set(health["standing"][0])
    assert "lost-categories" in str(client.get(f"/api/runs/{TABLE}/health").json()["checked"])


def test_every_check_has_its_question():
    assert list(QUESTIONS) == [check.__name__.replace("_", "-") for check in CHECKS]
    assert all(question.endswith("?") for question in QUESTIONS.values())


def test_what_tells_runs_apart(client, work, refused):
    other = work / "runs" / "00009-ring"
    shutil.copytree(work / "runs" / RING, other)
    config = json.loads((other / "config.json").read_text())
    config["settings"]["optimizer"]["rate"] = 0.5
    config["settings"]["widths"] = [8, 8]
    config["run"]["seed"] = 3
    (other / "config.json").write_text(json.dumps(config))
    answer = client.get("/api/compare", params={"run": [RING, "00009-ring"]}).json()
    differing = {row["name"]: row["values"] for row in answer["settings"]}
    assert answer["runs"] == [RING, "00009-ring"]
    assert set(differing) == {"settings.optimizer.rate", "settings.widths", "run.seed"}
    assert differing["settings.widths"] == ["16, 16", "8, 8"] and differing["run.seed"] == [0, 3]
    both = client.get("/api/compare", params={"run": [RING, PICTURES]}).json()
    assert {"name": "recipe", "values": ["r3gan", "dcgan"]} in both["settings"]
    refused(422, client.get("/api/compare", params={"run": RING}))
    refused(404, client.get("/api/compare", params={"run": [RING, "nothing"]}))


def test_damaged_runs_are_listed_with_the_reason(client, work):
    (work / "runs" / RING / "config.json").write_text('{"run": {}, "recipe": 3}')
    (work / "runs" / TABLE / "config.json").write_text("{")
    (work / "runs" / PICTURES / "config.json").unlink()
    runs = {run["id"]: run for run in client.get("/api/runs").json()}
    assert len(runs) == 3 and runs[RING]["error"] and runs[TABLE]["error"] and runs[PICTURES]["recipe"] is None
    for run in runs:
        assert client.get(f"/api/runs/{run}").status_code == 200
        assert client.get(f"/api/runs/{run}/series").status_code == 200
        assert client.get(f"/api/runs/{run}/findings").status_code == 200


def test_a_run_that_somebody_trains_is_seen_to(client, work):
    folder = RunFolder(work / "runs" / RING)
    with folder.locked():
        append_event(folder.events, {"event": "start", "samples": 0, "seconds": 0.0})
        assert client.get(f"/api/runs/{RING}").json()["state"] == "training"
        append_event(folder.events, {"event": "paused", "samples": 0, "seconds": 0.0})
        paused = client.get(f"/api/runs/{RING}").json()
        assert paused["state"] == "paused" and paused["canResume"] and not paused["atEnd"]
    assert client.get(f"/api/runs/{RING}").json()["state"] == "stopped"


def test_models_are_found_in_runs_and_beside_them(client, work, refused):
    shutil.copytree(work / "runs" / PICTURES / "model", work / "runs" / "imported")
    assert client.get("/api/models/imported").json()["recipe"] == "dcgan"
    shutil.rmtree(work / "runs" / RING / "model")
    refused(404, client.get(f"/api/models/{RING}"))
    assert not {run["id"]: run for run in client.get("/api/runs").json()}[RING]["model"]


def test_state_of_the_studio(client):
    state = client.get("/api/state").json()
    assert state["version"] and state["root"] == "runs" and state["device"]["threads"] >= 1
    assert set(state["export"]) == {"onnx", "mp4"}
