"""Health: what the doctor found and when, what it checked, what is done about it, and what samples were copied from."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zerosum.core.events import read_events

Run = Callable[..., Any]
SLOW = 90_000  # milliseconds: a training starts anew in a process of its own
COLLAPSED = {"discriminator/diversity": 0.05}
ROUNDS = 400  # between two looks, so that the looks go far enough into what is planned to count


def collapsed(made_up: Run) -> Any:
    """A run whose samples have become all the same, as its record tells and as its doctor has said."""
    run = made_up("00004-collapsed", rounds=0, looks=0, snapshots=0)
    for look in range(12):
        run.progress(ROUNDS, **COLLAPSED)
        run.probe(variety=0.04, recall=0.0, coverage=0.02, quality=2.0 + 0.01 * (look % 2))
        run.snapshot()
        if look == 4:
            run.finding("mode-collapse")
    return run


def test_a_collapsed_run_shows_its_card(visitor: Any, made_up: Run) -> None:
    run = collapsed(made_up)
    page = visitor.open("#/run/00004-collapsed/health")
    verdict = page.get_by_test_id("verdict").inner_text()
    assert verdict.startswith("alarm") and "whatever the latent, its samples are nearly the same" in verdict
    card = page.get_by_test_id("finding-mode-collapse")
    words = card.inner_text()
    assert "The samples show mode-collapse." in words, "what was found"
    assert "It is 0.1; below 0.2 is an alarm." in words, "the evidence and the threshold"
    assert "Lower both learning rates." in words, "what to try"
    assert page.get_by_role("listitem").filter(has_text="Are samples nearly the same?").inner_text().endswith("yes")
    fine = page.get_by_role("listitem").filter(has_text="Has a loss or a weight become infinite")
    assert fine.inner_text().endswith("no"), "what is in order is said too"
    history = page.get_by_test_id("moments").get_by_role("listitem").all_inner_texts()
    assert history == [f"alarm mode collapse at {5 * ROUNDS * run.BATCH:,} samples"]
    variety = page.get_by_test_id("standing").get_by_role("row").filter(has_text="variety").inner_text()
    assert "0.04" in variety and "below 0.25 is collapse" in variety


def test_what_comes_later_appears_by_itself(visitor: Any, made_up: Run) -> None:
    run = made_up("00001-ring", rounds=8, looks=1).hold()
    page = visitor.open("#/run/00001-ring/health")
    assert page.get_by_test_id("finding-mode-collapse").count() == 0
    assert "too early" in page.get_by_test_id("verdict").inner_text()
    assert "healthy" not in page.get_by_test_id("verdict").inner_text()
    run.finding("mode-collapse")
    run.probe()
    page.get_by_test_id("finding-mode-collapse").wait_for(timeout=SLOW)


def test_a_run_in_order_is_called_healthy(visitor: Any, made_up: Run) -> None:
    made_up("00001-ring", rounds=1600, looks=16)
    page = visitor.open("#/run/00001-ring/health")
    assert page.get_by_test_id("verdict").inner_text().startswith("healthy")
    assert page.get_by_test_id("findings").count() == 0
    answers = [
        line.split("\n")[-1] for line in page.get_by_test_id("checked").get_by_role("listitem").all_inner_texts()
    ]
    assert len(answers) > 10 and set(answers) == {"no"}


def test_what_was_found_in_the_data_stays(visitor: Any, made_up: Run) -> None:
    run = made_up("00001-ring", rounds=0, looks=0, snapshots=0)
    run.finding("unbalanced", "note")
    run.progress(1600)
    run.probe()
    page = visitor.open("#/run/00001-ring/health")
    assert "1 note. First of all: The samples show unbalanced." in page.get_by_test_id("verdict").inner_text()
    card = page.get_by_test_id("finding-unbalanced").inner_text()
    assert "seen in the data" in card and "not found" not in card


def test_a_remedy_is_confirmed_done_and_undone(visitor: Any, studio: Any, adopt: Run, eventually: Run) -> None:
    folder: Path = adopt("ring", "00001-ring")
    before = (folder / "events.jsonl").read_bytes()
    last = read_events(folder / "events.jsonl")[-1]
    told = {"what": "The generator has collapsed.", "evidence": "Variety 0.1; below 0.25 is an alarm.", "try_this": []}
    found = {"event": "finding", "failure": "mode-collapse", "level": "alarm", **told}
    with (folder / "events.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(found | {name: last[name] for name in ("samples", "seconds")}) + "\n")
    page = visitor.open("#/run/00001-ring/health")
    remedy = page.get_by_test_id("finding-mode-collapse").get_by_role("button").first
    remedy.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    changes = dialog.get_by_role("row").all_inner_texts()[1:]
    assert changes and "can be undone" in dialog.inner_text()
    page.keyboard.press("Escape")
    assert not (folder / "treatments.json").exists(), "it was done without a yes"
    assert remedy.evaluate("button => button === document.activeElement"), "the focus is lost"
    remedy.click()
    dialog.get_by_role("button").last.click()
    page.get_by_test_id("treatments").wait_for(timeout=SLOW)
    (treatment,) = json.loads((folder / "treatments.json").read_text())
    assert treatment["failure"] == "mode-collapse"
    assert [row.split("\t")[0] for row in changes] == [change.split(":")[0] for change in treatment["changes"]]
    done = page.get_by_test_id("treatments").get_by_role("row").all_inner_texts()[1:]
    assert done == changes, "what was done is not what was said"
    eventually(
        lambda: read_events(folder / "events.jsonl")[-1]["event"] == "finished", "it does not train on", seconds=90
    )
    page = visitor.open("#/run/00001-ring/health", page)
    page.get_by_test_id("undo").click()
    page.get_by_test_id("undo-yes").click()
    page.get_by_test_id("treatments").wait_for(state="detached", timeout=SLOW)
    assert json.loads((folder / "treatments.json").read_text()) == []
    assert (folder / "events.jsonl").read_bytes().startswith(before)


def test_the_nearest_training_samples_stand_beside_samples(visitor: Any, adopt: Run) -> None:
    adopt("digits", "00002-digits")
    page = visitor.open("#/run/00002-digits/health")
    page.get_by_test_id("gallery-show").click()
    image = page.get_by_test_id("gallery-image")
    image.wait_for(timeout=SLOW)
    wide, high = image.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])")
    assert 1 < high / wide < 3, "eight rows of four pictures"
    assert "Samples number 0 to 7" in image.get_attribute("alt")
    address = image.get_attribute("src")
    page.get_by_test_id("gallery-next").click()
    page.get_by_text("Samples number 8 to 15").wait_for(timeout=SLOW)
    assert image.get_attribute("src") != address


def test_points_have_no_gallery(visitor: Any, adopt: Run) -> None:
    adopt("ring", "00001-ring")
    page = visitor.open("#/run/00001-ring/health")
    page.get_by_test_id("checked").wait_for()
    assert page.get_by_test_id("gallery").count() == 0


def test_without_runs_there_is_a_way_on(visitor: Any) -> None:
    page = visitor.open("#/health")
    page.get_by_test_id("no-patient-link").click()
    page.get_by_test_id("drop").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(visitors: Any, made_up: Run, serious: Any, fits: Any, scheme: str) -> None:
    collapsed(made_up)
    visitor = visitors(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    page = visitor.open("#/run/00004-collapsed/health")
    assert not serious(page)
    for width in (360, 768, 1440):
        assert fits(page, width), width
