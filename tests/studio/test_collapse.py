"""A run that is made to collapse, from its start to the remedy and back, as pages do it."""

import hashlib
import time
from pathlib import Path

import pytest

from zerosum.core.events import read_events

pytestmark = pytest.mark.slow

COLLAPSING = {"widths": [32, 32], "discriminator_rate": 100.0}
"""A discriminator that learns a hundred times as fast as it should."""

RUN = {"samples": 49_152, "batch": 128, "probe_rounds": 48, "seed": 0}


def until(client, run: str, *states: str) -> dict:
    end = time.monotonic() + 120
    while (found := client.get(f"/api/runs/{run}").json())["state"] not in states:
        assert time.monotonic() < end, found
        time.sleep(0.2)
    return found


def weights(folder: Path) -> dict[str, str]:
    """What the files of checkpoints and of the model hold."""
    paths = [path for part in ("checkpoints", "model") for path in (folder / part).rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def flat(settings: dict, prefix: str = "") -> dict:
    """Settings by their dotted names."""
    found = {}
    for name, value in settings.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return found


def test_it_is_found_treated_and_given_back(empty, tmp_path):
    place = next(one for one in empty.get("/api/places").json()["entries"] if one["name"] == "ring")
    data = empty.post("/api/data", json={"place": place["id"]}).json()["data"]
    wish = {"data": data, "recipe": "r3gan", "settings": COLLAPSING, "run": RUN}
    run = empty.post("/api/runs", json=wish).json()["id"]
    before, folder = until(empty, run, "finished", "failed"), tmp_path / "here" / "runs" / run
    assert before["state"] == "finished", before["error"]

    events = read_events(folder / "events.jsonl")
    first = next(number for number, event in enumerate(events) if event["event"] == "finding")
    looks = [event for event in events[:first] if event["event"] == "probe"]
    assert events[first]["level"] == "alarm" and len(looks) <= 3, "it is found within three looks"
    found = empty.get(f"/api/runs/{run}/findings").json()
    finding = next(one for one in found if one["failure"] == events[first]["failure"])
    assert finding["what"] and finding["evidence"] and finding["remedies"]

    remedy, weighed = finding["remedies"][0], weights(folder)
    assert any(name.startswith("model/") for name in weighed) and any("checkpoints/" in name for name in weighed)
    asked = {"failure": finding["failure"], "remedy": remedy["number"]}
    assert empty.post(f"/api/runs/{run}/treat", json=asked).json()["changes"] == remedy["changes"]
    treated = until(empty, run, "finished", "failed")
    assert treated["canUndo"] and weights(folder) != weighed
    old, new = flat(before["settings"]), flat(treated["settings"])
    differing = [f"{name}: {old[name]} -> {new[name]}" for name in old if old[name] != new[name]]
    assert sorted(differing) == sorted(remedy["changes"]), "what the button says, and nothing else"

    assert empty.post(f"/api/runs/{run}/undo", json={}).json()["changes"] == remedy["changes"]
    after = until(empty, run, "finished")
    assert after["settings"] == before["settings"] and not after["canUndo"]
    assert weights(folder) == weighed, "to the bit"
    assert empty.get(f"/api/runs/{run}/findings").json() == found
