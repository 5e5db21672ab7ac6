"""Runs: the table, what is found in it, several side by side, and going on with one or beginning another like it."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zerosum.core.events import read_events

Run = Callable[..., Any]
SLOW = 90_000  # milliseconds: a training starts in a process of its own


def names(page: Any) -> list[str]:
    """The runs in the table, from the top."""
    return [one.inner_text() for one in page.get_by_test_id("runs").locator("tbody th a").all()]


def told_otherwise(folder: Path, **settings: Any) -> None:
    """Let a run have been trained with other settings."""
    config = json.loads((folder / "config.json").read_text())
    config["settings"] |= settings
    (folder / "config.json").write_text(json.dumps(config))


def move(page: Any, index: int) -> None:
    """Move the scrubber, as a hand does."""
    page.get_by_test_id("scrubber").evaluate(
        "(range, to) => { range.value = to; range.dispatchEvent(new Event('input', {bubbles: true})) }", index
    )


# ---- the table -----------------------------------------------------------------------------------------------------


def test_the_table_says_how_runs_stand(visitor: Any, adopt: Run, made_up: Run) -> None:
    adopt("ring", "00000-ring")
    sick = made_up("00001-sick", looks=5)
    sick.finding("mode-collapse")
    going = made_up("00002-going", looks=0).hold()
    page = visitor.open("#/runs")
    assert names(page) == ["00002-going", "00001-sick", "00000-ring"], "the newest is not first"
    finished, stopped, training = (
        page.get_by_test_id(f"run-{name}") for name in ("00000-ring", "00001-sick", "00002-going")
    )
    assert "finished" in finished.inner_text() and "12,800" in finished.inner_text()
    assert "stopped" in stopped.inner_text() and "1 alarm" in stopped.inner_text()
    assert "training" in training.inner_text() and "not measured yet" in training.inner_text()
    spark = stopped.get_by_role("img")
    best = f"{1 / (1 + sick.samples / 10_000):.3g}"
    assert spark.get_attribute("aria-label").endswith(f"smallest {best}") and best in stopped.inner_text()
    assert stopped.locator("polyline").get_attribute("points").count(",") == 5
    samples = going.samples
    going.progress(5)
    training.get_by_text(f"{samples + 5 * going.BATCH:,}", exact=True).wait_for()
    page.get_by_test_id("findings-00001-sick").click()
    page.get_by_test_id("finding-mode-collapse").wait_for()


def test_runs_are_found_and_sorted(visitor: Any, made_up: Run) -> None:
    for name, rounds in (("00000-short", 8), ("00001-long", 32), ("00002-middle", 16)):
        made_up(name, rounds=rounds, looks=2)
    page = visitor.open("#/runs")
    page.get_by_test_id("sort-samples").click()
    assert names(page) == ["00000-short", "00002-middle", "00001-long"]
    assert page.get_by_role("columnheader", name="Samples").get_attribute("aria-sort") == "ascending"
    page.get_by_test_id("sort-samples").click()
    assert names(page) == ["00001-long", "00002-middle", "00000-short"]
    page.get_by_test_id("find-runs").fill("ring MIDDLE")
    assert names(page) == ["00002-middle"]
    page.reload()
    page.get_by_test_id("run-00002-middle").wait_for()
    assert names(page) == ["00002-middle"], "a reload forgets what was looked for"
    page.get_by_test_id("find-runs").fill("nowhere")
    page.get_by_text("No run has these words").wait_for()


def test_without_runs_there_is_a_way_on(visitor: Any) -> None:
    page = visitor.open("#/runs")
    page.get_by_test_id("no-runs-link").click()
    page.get_by_test_id("drop").wait_for()


# ---- side by side --------------------------------------------------------------------------------------------------


def test_two_runs_are_compared_by_keyboard(visitor: Any, adopt: Run) -> None:
    adopt("ring", "00000-ring")
    told_otherwise(adopt("ring", "00001-ring"), latent_dim=11, loss="hinge")
    page = visitor.open("#/runs")
    for name in ("00000-ring", "00001-ring"):
        page.get_by_test_id(f"choose-{name}").focus()
        page.keyboard.press("Space")
    page.get_by_test_id("compare").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("compared-00000-ring").wait_for()
    differing = page.get_by_test_id("differing").get_by_role("row").all_inner_texts()
    assert [re.sub(r"\s+", " ", row) for row in differing] == [
        "Setting A 00000-ring B 00001-ring",
        "settings.loss non-saturating hinge",
        "settings.latent_dim 16 11",
    ]
    page.get_by_test_id("sheets").get_by_text("12,800").first.wait_for()
    page.keyboard.press("ArrowLeft")
    assert page.get_by_test_id("sheets").get_by_text("12,800").count() == 0, "the arrow keys move nothing"


def test_grids_are_shown_at_equally_many_samples(visitor: Any, made_up: Run) -> None:
    often, seldom = made_up("00000-often", snapshots=8), made_up("00001-seldom", snapshots=2)
    page = visitor.open("#/runs?compare=00000-often,00001-seldom")
    kept = {
        run.folder.name: sorted(int(path.stem) for path in (run.folder / "samples").iterdir())
        for run in (often, seldom)
    }
    places = sorted({*kept["00000-often"], *kept["00001-seldom"]})
    assert page.get_by_test_id("scrubber").get_attribute("max") == str(len(places) - 1)
    for index, place in enumerate(places):
        move(page, index)
        assert f"{place:,} samples seen" in page.get_by_test_id("scrubber").get_attribute("aria-valuetext")
        for name, samples in kept.items():
            image = page.get_by_test_id(f"sheet-{name}").locator("img")
            before = [one for one in samples if one <= place]
            assert image.is_visible() == bool(before)
            if before:
                assert f"after {before[-1]:,} seen" in image.get_attribute("alt")
                assert f"/{before[-1]}.jpg" in image.get_attribute("src")
    shown = page.get_by_test_id("sheet-00000-often").locator("img")
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320


def test_curves_lie_over_each_other(visitor: Any, made_up: Run) -> None:
    runs = [made_up("00000-one", rounds=16, looks=4), made_up("00001-two", rounds=32, looks=4)]
    page = visitor.open("#/runs?compare=00000-one,00001-two")
    chart = page.get_by_test_id("compare-chart")
    for name in ("A 00000-one", "B 00001-two"):
        chart.get_by_text(name).first.wait_for()
    for curve, word in (("real", "Judged right, real"), ("quality", "Distance to the data")):
        page.get_by_test_id("curve").select_option(curve)
        chart.get_by_text(word, exact=True).wait_for()
    page.get_by_test_id("curve-axis").select_option("seconds")
    page.get_by_test_id("compare-chart-as-table").click()
    rows = page.get_by_test_id("compare-chart-table").locator("tbody tr").all_inner_texts()
    ends = [
        event["samples"]
        for run in runs
        for event in read_events(run.folder / "events.jsonl")
        if event["event"] == "probe"
    ]
    assert len(rows) == len(set(ends)), "not every look of both runs is in the table"


def test_four_at_most_are_chosen(visitor: Any, made_up: Run) -> None:
    for number in range(5):
        made_up(f"0000{number}-ring", rounds=4, looks=1, snapshots=1)
    page = visitor.open("#/runs")
    for number in range(4):
        page.get_by_test_id(f"choose-0000{number}-ring").check()
    assert page.get_by_test_id("choose-00004-ring").is_disabled()
    page.get_by_test_id("compare").click()
    page.locator("[data-testid^=compared-]").nth(3).wait_for()
    assert "None: these runs have the same settings" in page.locator("main").inner_text()
    page.get_by_test_id("all-runs").click()
    page.get_by_test_id("choose-00000-ring").check()
    page.get_by_test_id("choose-none").click()
    assert not page.get_by_test_id("choose-00000-ring").is_checked()


# ---- going on ------------------------------------------------------------------------------------------------------


def test_a_finished_run_trains_for_longer(visitor: Any, adopt: Run, eventually: Run) -> None:
    folder: Path = adopt("ring", "00000-ring")
    page = visitor.open("#/runs")
    page.get_by_test_id("resume-00000-ring").get_by_text("Train longer").click()
    page.get_by_test_id("more-minutes").fill("0.02")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for(state="detached", timeout=SLOW)

    def went_on() -> bool:
        last = read_events(folder / "events.jsonl")[-1]
        return last["event"] == "finished" and last["samples"] > 12_800

    eventually(went_on, "it does not train on", seconds=90)
    page.get_by_test_id("run-00000-ring").get_by_text("finished").wait_for()


def test_a_run_that_cannot_go_on_says_why(visitor: Any, made_up: Run) -> None:
    visitor.tolerated += ["status of 4"]
    run = made_up("00000-gone", rounds=4, looks=1)
    (run.folder / "config.json").write_text("{}")
    page = visitor.open("#/runs")
    page.get_by_test_id("resume-00000-gone").click()
    wrong = page.get_by_test_id("run-00000-gone").get_by_role("alert")
    wrong.wait_for()
    assert wrong.inner_text().endswith(".")


def test_a_clone_fills_start(visitor: Any, adopt: Run) -> None:
    told_otherwise(adopt("ring", "00000-ring"), latent_dim=11)
    page = visitor.open("#/runs")
    page.get_by_test_id("clone-00000-ring").click()
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    assert page.get_by_test_id("data-name").inner_text() == "ring"
    assert page.get_by_test_id("recipe-name").inner_text() == "gan"
    page.get_by_test_id("all-settings").click()
    assert page.get_by_test_id("settings.latent_dim").input_value() == "11"
    assert "changed" in (page.locator("[data-setting='settings.latent_dim']").get_attribute("class") or "").split()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(
    visitors: Any, adopt: Run, made_up: Run, serious: Any, fits: Any, scheme: str
) -> None:
    adopt("digits", "00000-digits")
    made_up("00001-a-run-with-a-rather-long-name").finding("mode-collapse")
    visitor = visitors(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    for address in ("#/runs", "#/runs?compare=00000-digits,00001-a-run-with-a-rather-long-name"):
        page = visitor.open(address)
        assert not serious(page)
        for width in (360, 768, 1440):
            assert fits(page, width), (address, width)
        page.close()
