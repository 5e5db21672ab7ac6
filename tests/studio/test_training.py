"""Trainings that pages start and steer: real processes, which outlive the studio."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.events import append_event, read_events
from zerosum.core.registry import recipes
from zerosum.studio.starting.forms import values_of
from zerosum.studio.starting.plans import PlanAsked
from zerosum.studio.watching.jobs import JOB, LOG, Jobs
from zerosum.train.folder import RunFolder

RING = "00000-ring-r3gan"
SMALL = {"widths": [16, 16]}

pytestmark = pytest.mark.slow


def until(client, run: str, *states: str, seconds: float = 60.0) -> dict:
    """The run, once it stands so."""
    end = time.monotonic() + seconds
    while True:
        found = client.get(f"/api/runs/{run}").json()
        if found["state"] in states:
            return found
        assert time.monotonic() < end, found
        time.sleep(0.1)


def has_come(client, run: str, samples: int, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while client.get(f"/api/runs/{run}").json()["samples"] < samples:
        assert time.monotonic() < end, client.get(f"/api/runs/{run}").json()
        time.sleep(0.1)


def ring(client) -> str:
    """The id of the data."""
    place = next(one for one in client.get("/api/places").json()["entries"] if one["name"] == "ring")
    return client.post("/api/data", json={"place": place["id"]}).json()["data"]


def started(client, **run) -> str:
    asked = {"data": ring(client), "recipe": "r3gan", "settings": SMALL, "run": {"batch": 64, "log_rounds": 4, **run}}
    answer = client.post("/api/runs", json=asked)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_two_runs_at_once_are_paused_resumed_and_stopped(empty, tmp_path):
    first, second = started(empty, samples=10**9), started(empty, samples=10**9, seed=1)
    assert (first, second) == ("00000-ring-r3gan", "00001-ring-r3gan")
    root = tmp_path / "here" / "runs"
    for run in (first, second):
        assert empty.get(f"/api/runs/{run}").json()["state"] in ("starting", "training")
        has_come(empty, run, 2000)
    assert read_events(root / first / "events.jsonl")[0]["batch"] == 64

    assert empty.post(f"/api/runs/{first}/control", json={"action": "pause"}).status_code == 202
    paused = until(empty, first, "paused")
    has_come(empty, second, empty.get(f"/api/runs/{second}").json()["samples"] + 2000)
    assert empty.get(f"/api/runs/{first}").json()["samples"] == paused["samples"], (
        "the other one goes on, and it does not"
    )

    sheets = len(paused["sheets"])
    empty.post(f"/api/runs/{first}/control", json={"action": "snapshot"})
    end = time.monotonic() + 30
    while len(empty.get(f"/api/runs/{first}").json()["sheets"]) <= sheets:
        assert time.monotonic() < end
        time.sleep(0.1)

    empty.post(f"/api/runs/{first}/control", json={"action": "resume"})
    until(empty, first, "training")
    has_come(empty, first, paused["samples"] + 1000)
    for run in (first, second):
        empty.post(f"/api/runs/{run}/control", json={"action": "stop"})
    for run in (first, second):
        stopped = until(empty, run, "stopped")
        assert stopped["canResume"] and not stopped["atEnd"] and stopped["error"] is None

    empty.post(f"/api/runs/{first}/control", json={"action": "resume"})
    has_come(empty, first, until(empty, first, "training")["samples"] + 1000)
    assert empty.post(f"/api/runs/{first}/control", json={"action": "stop"}).status_code == 202
    until(empty, first, "stopped")


def test_a_run_at_its_end_goes_on_for_longer(client, work, refused):
    assert "for how much longer" in refused(422, client.post(f"/api/runs/{RING}/control", json={"action": "resume"}))
    refused(422, client.post(f"/api/runs/{RING}/control", json={"action": "pause"}))
    client.post(f"/api/runs/{RING}/control", json={"action": "resume", "samples": 640})
    assert until(client, RING, "finished") and client.get(f"/api/runs/{RING}").json()["samples"] in (1280, 1920)
    has_come(client, RING, 1920)
    until(client, RING, "finished")


def test_treating_does_what_it_says_and_is_taken_back(client, work, refused):
    """The run was at its end: it trains for the whole length again, with the settings that the button named."""
    path = work / "runs" / RING / "events.jsonl"
    found = {"event": "finding", "samples": 64, "seconds": 1.0, "failure": "mode-collapse", "level": "alarm"}
    append_event(path, {**found, "what": "W.", "evidence": "E.", "try_this": []})
    before = client.get(f"/api/runs/{RING}").json()
    (finding,) = client.get(f"/api/runs/{RING}/findings").json()
    remedy = finding["remedies"][-1]
    asked = {"failure": "mode-collapse", "remedy": remedy["number"]}
    done = client.post(f"/api/runs/{RING}/treat", json=asked).json()
    assert done["changes"] == remedy["changes"] and done["back_to"] == remedy["back_to"] == 0
    until(client, RING, "training")
    treated = until(client, RING, "finished")
    assert treated["samples"] == 1280 and treated["canUndo"] and len(treated["treatments"]) == 1
    name, _, value = remedy["changes"][0].partition(": ")
    told = treated["settings"]
    for part in name.split("."):
        told = told[part]
    assert str(told) == value.partition(" -> ")[2] and treated["config"]["settings"] == before["settings"]
    assert client.get(f"/api/runs/{RING}/findings").json() == [], "they were of the other game"
    assert len(client.get(f"/api/runs/{RING}/series").json()["progress"]["samples"]) < 30

    undone = client.post(f"/api/runs/{RING}/undo", json={}).json()
    assert undone["changes"] == remedy["changes"]
    after = until(client, RING, "finished")
    assert after["settings"] == before["settings"] and not after["canUndo"] and after["sheets"] == before["sheets"]
    assert [one["failure"] for one in client.get(f"/api/runs/{RING}/findings").json()] == ["mode-collapse"]
    refused(409, client.post(f"/api/runs/{RING}/undo", json={}))
    refused(409, client.post(f"/api/runs/{RING}/treat", json={"failure": "mode-collapse", "remedy": 99}))
    refused(409, client.post(f"/api/runs/{RING}/treat", json={"failure": "boredom", "remedy": 0}))


def test_a_training_is_stopped_before_it_is_treated_and_goes_on_after_that(empty, tmp_path):
    run = started(empty, samples=10**9)
    has_come(empty, run, 2000)
    done = empty.post(f"/api/runs/{run}/treat", json={"failure": "mode-collapse", "remedy": 1})
    assert done.status_code == 200, done.text
    events = read_events(tmp_path / "here" / "runs" / run / "events.jsonl")
    assert [event["event"] for event in events if event["event"] in ("stopped", "treated")] == ["stopped", "treated"]
    until(empty, run, "training")
    has_come(empty, run, 500)
    assert empty.post(f"/api/runs/{run}/undo", json={}).status_code == 200
    until(empty, run, "training")
    empty.post(f"/api/runs/{run}/control", json={"action": "stop"})
    assert until(empty, run, "stopped")["treatments"] == []


def test_a_start_that_fails_says_why(empty, tmp_path, refused):
    """What is only found out in the process itself: here, that this machine has no such device."""
    run = started(empty, device="mps")
    failed = until(empty, run, "failed")
    assert "has no mps device" in failed["error"] and "Traceback" not in failed["error"]
    assert not failed["canResume"] and failed["recipe"] is None
    assert empty.get(f"/api/runs/{run}/series").json()["progress"]["samples"] == []
    again = Jobs(tmp_path / "here")
    assert again.trouble(RunFolder(tmp_path / "here" / "runs" / run)) == failed["error"], "also after a restart"
    refused(422, empty.post(f"/api/runs/{run}/control", json={"action": "resume"}))


def test_wishes_that_cannot_be_fulfilled_are_refused_before_anything_is_made(empty, tmp_path, refused):
    data = ring(empty)
    for wish, word in (
        ({"settings": {"penalties": "r9=1"}}, "no penalty"),
        ({"settings": {"widths": "wide"}}, "r3gan.widths"),
        ({"settings": {"optimizer": {"rate": -1.0}}}, "--optimizer.rate"),
        ({"settings": {"augment": "ada"}}, "--augment"),
        ({"run": {"minutes": 0.0}}, "--minutes"),
        ({"run": {"minuets": 1}}, "no setting"),
        ({"options": {"sigma": -1.0}}, "--sigma"),
        ({"options": {"size": "64"}}, "size"),
        ({"preset": "nope"}, "no preset"),
        ({"recipe": "nope"}, "no recipe"),
        ({"recipe": "light"}, "does not learn"),
    ):
        for address in ("/api/runs", "/api/plan"):
            assert word in refused(422, empty.post(address, json={"data": data, "recipe": "r3gan", **wish}))
    refused(404, empty.post("/api/runs", json={"data": "0" * 16}))
    assert not [path for path in (tmp_path / "here" / "runs").iterdir() if not path.name.startswith(".")]


def test_plans_are_estimated_by_a_trial(empty, tmp_path):
    data = ring(empty)
    asked = {"data": data, "recipe": "r3gan", "settings": SMALL, "run": {"samples": 100_000, "batch": 64}}
    plan = empty.post("/api/plan", json=asked).json()
    assert plan["command"] == "zerosum train ring --recipe r3gan --batch 64 --samples 100000 --widths 16 16"
    assert plan["samples"] == 100_000 and plan["seconds"] == pytest.approx(100_000 / plan["samples_per_second"])
    asked["run"] = {"minutes": 0.01, "samples": 10**9, "batch": 64}
    shorter = empty.post("/api/plan", json=asked).json()
    assert shorter["samples_per_second"] == plan["samples_per_second"], "it is remembered, whatever the length"
    assert shorter["seconds"] == pytest.approx(0.6)
    assert not list((tmp_path / "here" / "runs").glob("0*"))


def test_forms_are_of_the_data(empty, client):
    form = empty.get("/api/form", params={"data": ring(empty), "recipe": "auto"}).json()
    groups = {group["name"]: [field["name"] for field in group["fields"]] for group in form["fields"]}
    assert form["recipe"] == "r3gan" and list(groups) == ["run", "settings", "options"]
    assert "minutes" in groups["run"] and "widths" in groups["settings"]
    assert groups["options"] == ["conditional", "hold_out", "sigma"]
    seen = client.post("/api/data", json={"run": "00001-pictures-dcgan"}).json()
    assert [one["name"] for one in seen["classes"]] == ["cat", "dog"] and seen["source"].endswith("/pictures.npz")
    form = client.get("/api/form", params={"data": seen["data"], "recipe": "sngan", "preset": "small"})
    assert form.status_code == 200 and "mirror" in json.dumps(form.json()["fields"][2])
    names = [one["name"] for one in client.get("/api/recipes", params={"kind": "table"}).json()]
    assert "tabular" in names and "dcgan" not in names


def test_what_was_changed_of_data_can_be_seen_and_changed_back(empty):
    """The form says what is usual, and options are changes of that, whatever the data were read with before."""

    def told(form: dict) -> dict:
        return {field["name"]: field["value"] for field in form["fields"][2]["fields"]}

    place = next(one["id"] for one in empty.get("/api/places").json()["entries"] if one["name"] == "ring")
    narrow = empty.post("/api/data", json={"place": place, "options": {"sigma": 0.001}}).json()["data"]
    form = empty.get("/api/form", params={"data": narrow}).json()
    assert form["data"] == narrow and told(form)["sigma"] is None
    plans = empty.app.studio.plans
    for options, sigma in (({"sigma": 0.001}, 0.001), ({}, None), ({"sigma": 0.2}, 0.2)):
        wanted = asyncio.run(plans.wanted(PlanAsked(data=narrow, options=options)))
        assert wanted.seen.look.options.sigma == sigma
        assert ("--sigma" in wanted.arguments()) == (sigma is not None)


@pytest.mark.parametrize("name", ["pictures.npz", "people.csv", "ring"])
def test_whole_forms_can_be_sent_back(client, name):
    """Every field of the form of every recipe that learns such data, with the value that it has."""
    place = next(one["id"] for one in client.get("/api/places").json()["entries"] if one["name"] == name)
    seen = client.post("/api/data", json={"place": place}).json()
    plans = client.app.studio.plans
    tried = 0
    for recipe in recipes():
        form = client.get("/api/form", params={"data": seen["data"], "recipe": recipe.name})
        if form.status_code == 422:  # it learns other data, or needs to be told more of them
            assert seen["kind"] not in recipe.kinds or recipe.needs_condition
            continue
        sent = {group["name"]: values_of(group["fields"]) for group in form.json()["fields"]}
        asked = PlanAsked(data=form.json()["data"], recipe=recipe.name, **sent)
        wanted = asyncio.run(plans.wanted(asked))
        assert wanted.settings == wanted.usual and wanted.run == Run() and wanted.seen.look.options == DataOptions()
        assert wanted.arguments() == ["train", name, "--recipe", recipe.name]
        tried += 1
    assert tried >= 3


def test_a_training_that_was_killed_has_stopped_and_says_why(empty, tmp_path):
    run = started(empty, samples=10**9)
    has_come(empty, run, 2000)
    folder = tmp_path / "here" / "runs" / run
    os.kill(json.loads((folder / JOB).read_text())["process"], signal.SIGKILL)
    killed = until(empty, run, "stopped", "failed")
    assert killed["state"] == "stopped" and "The system has ended the training" in killed["error"]
    assert killed["canResume"] and not killed["atEnd"]
    assert {one["id"]: one["state"] for one in empty.get("/api/runs").json()} == {run: "stopped"}


@pytest.mark.parametrize(("minutes", "samples"), [(0, None), (-1, None), (1e999, None), (None, 0), (None, -5)])
def test_a_run_goes_on_for_longer_and_not_for_less(client, refused, minutes, samples):
    body = json.dumps({"action": "resume", "minutes": minutes, "samples": samples}).replace("Infinity", "1e999")
    sent = client.post(f"/api/runs/{RING}/control", content=body, headers={"Content-Type": "application/json"})
    assert "more than 0" in refused(422, sent)


STUDIO = """
import sys, time
from pathlib import Path
from zerosum.studio.watching.jobs import Jobs
from zerosum.train.folder import RunFolder
jobs, folder = Jobs(Path.cwd()), RunFolder(Path(sys.argv[1]))
jobs.start(folder, ["train", "ring", "--recipe", "r3gan", "--samples", "1000000000", "--batch", "64", "--widths", "16",
    "--out", str(folder.path.parent), "--name", folder.path.name])
time.sleep(1000)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_training_outlives_the_studio_however_that_ends(tmp_path: Path, how):
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    studio = subprocess.Popen(
        [sys.executable, "-c", STUDIO, str(folder.path)],
        cwd=tmp_path,
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    trained = None
    try:
        end = time.monotonic() + 60
        while len(read_events(folder.events)) < 4:
            assert time.monotonic() < end and studio.poll() is None
            time.sleep(0.1)
        trained = json.loads((folder.path / JOB).read_text())["process"]
        os.killpg(studio.pid, how)  # as a terminal does it, to the whole group
        studio.wait(10)
        before = read_events(folder.events)[-1]["samples"]
        while read_events(folder.events)[-1]["samples"] < before + 2000:
            assert time.monotonic() < end
            time.sleep(0.1)
        assert folder.held() and (folder.path / LOG).read_text()
    finally:
        studio.kill()
        studio.wait(10)
        if trained is not None:
            os.kill(trained, signal.SIGTERM)
    end = time.monotonic() + 30
    while folder.held():
        assert time.monotonic() < end
        time.sleep(0.1)
    assert read_events(folder.events)[-1]["event"] == "stopped"
