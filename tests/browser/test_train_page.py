"""The page Train: samples over time, what follows and what stays, charts, findings, and a run that is steered."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zerosum.core.events import read_events

Run = Callable[..., Any]
Eventually = Callable[..., None]

SLOW = 120_000  # milliseconds: data are read, and networks trained, in processes of their own


def shown(page: Any) -> int:
    """Samples seen at the contact sheet that is shown."""
    return int(page.get_by_test_id("sheet-b").get_attribute("data-samples") or -1)


def pixel(page: Any, name: str = "b") -> list[int]:
    """The colour in the middle of a contact sheet."""
    return page.get_by_test_id(f"sheet-{name}").evaluate(
        "(sheet) => [...sheet.getContext('2d').getImageData(sheet.width / 2, sheet.height / 3, 1, 1).data]"
    )


def place(page: Any, index: int) -> None:
    """Move the scrubber, as a hand does."""
    page.get_by_test_id("scrubber").evaluate(
        "(range, to) => { range.value = to; range.dispatchEvent(new Event('input', {bubbles: true})) }", index
    )


def numbers(page: Any, testid: str) -> list[list[str]]:
    """The rows of a chart's table."""
    page.get_by_test_id(f"{testid}-as-table").click()
    rows = page.get_by_test_id(f"{testid}-table").locator("tbody tr")
    return rows.evaluate_all("(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))")


def names(folder: Path) -> list[str]:
    """The names of a run's events, oldest first."""
    return [event["event"] for event in read_events(folder / "events.jsonl")]


def words(page: Any, testid: str) -> str:
    """What a chart says of itself."""
    return page.get_by_test_id(f"{testid}-plot").get_attribute("aria-label") or ""


# ---- samples -------------------------------------------------------------------------------------------------------


def test_shows_the_newest_samples_and_every_other(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(snapshots=4)
    samples = sorted(int(path.stem) for path in (run.folder / "samples").iterdir())
    page = visitor.open("#/run/00000-made-up/train")
    eventually(lambda: shown(page) == run.samples, "no samples")
    seen = []
    for _ in samples:
        seen.append((shown(page), tuple(pixel(page))))
        page.keyboard.press("ArrowLeft")
        page.wait_for_timeout(150)
    assert [number for number, _ in seen] == samples[::-1]
    assert len({colour for _, colour in seen}) == len(samples)


def test_grid_follows_a_new_snapshot(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up().hold()
    page = visitor.open("#/run/00000-made-up/train")
    eventually(lambda: shown(page) > 0, "no samples")
    for _ in range(2):
        run.progress(5)
        run.snapshot()
        eventually(lambda: shown(page) == run.samples, "the grid has not followed within 2 s", seconds=2)


def test_a_placed_scrubber_stays_until_it_is_sent_to_the_end(
    visitor: Any, made_up: Run, eventually: Eventually
) -> None:
    run = made_up(snapshots=4).hold()
    page = visitor.open("#/run/00000-made-up/train")
    eventually(lambda: shown(page) > 0, "no samples")
    place(page, 1)
    eventually(lambda: shown(page) == 20 * run.BATCH, "the second sheet is not shown")
    run.progress(5)
    run.snapshot()
    newest = page.get_by_test_id("scrubber-newest")
    newest.get_by_text("3 on").wait_for()
    page.wait_for_timeout(300)
    assert shown(page) == 20 * run.BATCH and page.get_by_test_id("scrubber").input_value() == "1"
    newest.click()
    eventually(lambda: shown(page) == run.samples, "it has not gone to the newest")
    run.progress(5)
    run.snapshot()
    eventually(lambda: shown(page) == run.samples, "it does not follow again")


def test_a_held_scrubber_does_not_move(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(snapshots=4).hold()
    page = visitor.open("#/run/00000-made-up/train")
    eventually(lambda: shown(page) > 0, "no samples")
    before = shown(page)
    box = page.get_by_test_id("scrubber").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    run.progress(5)
    run.snapshot()
    eventually(lambda: f"{run.samples:,}" in page.get_by_test_id("run-facts").inner_text(), "nothing came")
    page.wait_for_timeout(300)
    slider = page.get_by_test_id("scrubber")
    assert (shown(page), slider.input_value(), slider.get_attribute("max")) == (before, "3", "3")
    page.mouse.up()
    eventually(lambda: shown(page) == run.samples, "let go at the end, it does not follow")


def test_playing_goes_to_the_end(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(snapshots=5)
    page = visitor.open("#/run/00000-made-up/train")
    place(page, 0)
    eventually(lambda: shown(page) == 8 * run.BATCH, "the first sheet is not shown")
    page.keyboard.press("p")
    eventually(lambda: shown(page) == run.samples, "it has not played to the end")
    page.get_by_role("button", name="Play", exact=True).wait_for()


def test_two_snapshots_beside_each_other_and_flipped(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(snapshots=4)
    page = visitor.open("#/run/00000-made-up/train")
    place(page, 1)
    page.keyboard.press("a")
    page.keyboard.press("End")
    first, second = page.get_by_test_id("sheet-a"), page.get_by_test_id("sheet-b")
    eventually(lambda: shown(page) == run.samples, "B is not the newest")
    assert first.is_visible() and second.is_visible()
    assert first.get_attribute("data-samples") == str(20 * run.BATCH)
    assert pixel(page, "a") != pixel(page, "b")
    page.keyboard.press("f")
    assert first.is_visible() and not second.is_visible()
    page.get_by_test_id("flip").click()
    assert second.is_visible() and not first.is_visible()
    page.get_by_test_id("view-reals").click()
    assert page.get_by_test_id("sheet-real").is_visible() and not first.is_visible()


def test_the_address_opens_the_same_again(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(snapshots=4)
    page = visitor.open("#/run/00000-made-up/train")
    place(page, 2)
    page.keyboard.press("a")
    place(page, 1)
    eventually(lambda: "at=1280" in page.evaluate("location.hash"), "the address does not say the moment")
    other = visitor.open(page.evaluate("location.hash"))
    eventually(lambda: shown(other) == 20 * run.BATCH, "another moment is shown")
    assert other.get_by_test_id("view-side").get_attribute("aria-pressed") == "true"
    pinned = other.get_by_test_id("sheet-a")
    eventually(lambda: pinned.get_attribute("data-samples") == str(30 * run.BATCH), "another one is pinned")


# ---- numbers -------------------------------------------------------------------------------------------------------


def test_charts_show_what_the_record_says(visitor: Any, made_up: Run) -> None:
    run = made_up(rounds=40, looks=4)
    page = visitor.open("#/run/00000-made-up/train")
    page.get_by_test_id("losses").scroll_into_view_if_needed()
    events = [event for event in read_events(run.folder / "events.jsonl") if event["event"] == "progress"]
    rows = numbers(page, "losses")
    assert len(rows) == len(events)
    for row, event in zip(rows, events, strict=True):
        expected = [event["discriminator/adversarial"], event["generator/adversarial"]]
        assert [float(cell) for cell in row[1:]] == pytest.approx(expected, rel=5e-3)
        assert row[0] == f"{event['samples']:,} samples"


def test_charts_say_in_words_what_they_draw(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up().hold()
    page = visitor.open("#/run/00000-made-up/train")
    plot = page.get_by_test_id("quality-plot")
    eventually(lambda: " now; the smallest is " in words(page, "quality"), "no words")
    assert plot.get_attribute("role") == "img" and "0.0115" not in words(page, "quality")
    run.progress(5)
    run.probe(quality=0.0115)
    eventually(lambda: "0.0115 now; the smallest is 0.0115" in words(page, "quality"), "the words stay behind")
    assert "real samples among themselves: 0.01" in words(page, "quality")


def test_charts_are_downloaded_as_csv(visitor: Any, made_up: Run) -> None:
    made_up(rounds=30)
    page = visitor.open("#/run/00000-made-up/train")
    page.get_by_test_id("gradients").scroll_into_view_if_needed()
    with page.expect_download() as download:
        page.get_by_test_id("gradients-csv").click()
    header, *rows = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert header == '"samples","discriminator","generator"' and len(rows) == 30
    assert [float(cell) for cell in rows[0].split(",")] == pytest.approx([64, 2.0128, 0.50128], rel=1e-3)


def test_charts_zoom_together_and_back(visitor: Any, made_up: Run) -> None:
    made_up(rounds=100)
    page = visitor.open("#/run/00000-made-up/train")
    page.get_by_test_id("losses").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box = page.get_by_test_id("losses-plot").locator(".u-over").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.25 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], middle, steps=5)
    page.mouse.up()
    page.get_by_test_id("losses-reset").wait_for()
    assert page.get_by_test_id("quality-reset").is_visible() and page.get_by_test_id("part").input_value() == "zoomed"
    assert 20 <= len(numbers(page, "losses")) <= 30
    page.get_by_test_id("quality-reset").click()
    assert page.get_by_test_id("losses-reset").is_hidden() and page.get_by_test_id("part").input_value() == "all"


def test_time_instead_of_samples(visitor: Any, made_up: Run) -> None:
    made_up(rounds=40)
    page = visitor.open("#/run/00000-made-up/train")
    page.get_by_test_id("axis").select_option("seconds")
    page.get_by_test_id("losses").scroll_into_view_if_needed()
    rows = numbers(page, "losses")
    assert rows[-1][0] == "2.56 s" and len(rows) == 40


def test_histograms_and_the_reading_move_with_the_scrubber(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(rounds=20, looks=0, snapshots=0)
    run.probe(judged_real=1.0, judged_fake=0.99, logits_fake=[200] + [0] * 39)
    run.snapshot()
    run.progress(10)
    run.probe()
    run.snapshot()
    page = visitor.open("#/run/00000-made-up/train")
    reading, scores = page.get_by_test_id("reading"), page.get_by_test_id("scores")
    eventually(lambda: "D is right 71\u00a0% of the time: healthy pressure" in reading.inner_text(), "another reading")
    words = scores.get_attribute("aria-label")
    assert f"after {run.samples:,} samples" in words and "The threshold is 0" in words
    assert re.search(r"Real samples: 1\.25 on average, \d\d % are taken for real", words)
    assert re.search(r"Generated samples: -1\.25 on average", words)
    page.keyboard.press("ArrowLeft")
    eventually(lambda: "far ahead" in reading.inner_text(), "the reading does not move")
    assert "Generated samples: -4.88 on average, 0 % are taken for real" in scores.get_attribute("aria-label")


def test_the_reading_is_of_now_where_the_last_look_is_old(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(rounds=20, looks=0).hold()
    run.probe(judged_real=1.0, judged_fake=1.0)
    page = visitor.open("#/run/00000-made-up/train")
    reading = page.get_by_test_id("reading")
    eventually(lambda: "D is right 100\u00a0% of the time: far ahead" in reading.inner_text(), "another reading")
    run.progress(5, **{"discriminator/accuracy_real": 0.5, "discriminator/accuracy_fake": 0.52})
    eventually(lambda: "D is right 51\u00a0% of the time, as by guessing" in reading.inner_text(), "it stays behind")


def test_critics_are_read_by_pairs(visitor: Any, adopt: Callable[..., Path]) -> None:
    adopt("digits")
    page = visitor.open("#/run/digits/train")
    page.get_by_test_id("reading").get_by_text(re.compile("% of pairs")).wait_for()
    page.get_by_test_id("area").wait_for()
    assert page.get_by_test_id("accuracy").is_hidden() and page.get_by_test_id("gap").is_visible()


def test_many_events_open_with_all_peaks(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(rounds=10)
    run.progress(20_000)
    run.progress(1, **{"generator/adversarial": 77.0})
    run.progress(20_000)
    page = visitor.open("#/run/00000-made-up/train")
    page.get_by_test_id("losses").scroll_into_view_if_needed()
    eventually(lambda: "generator" in words(page, "losses"), "nothing is drawn")
    with page.expect_download() as download:
        page.get_by_test_id("losses-csv").click()
    rows = Path(download.value.path()).read_text(encoding="utf-8").splitlines()[1:]
    assert len(rows) == 2000 and max(float(row.split(",")[2]) for row in rows) == 77.0


# ---- live ----------------------------------------------------------------------------------------------------------


def test_charts_that_nobody_sees_are_drawn_and_printed(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up().hold()
    page = visitor.open("#/run/00000-made-up/train")
    eventually(lambda: page.get_by_test_id("speed-plot").locator("canvas").count() == 1, "the last chart is not drawn")
    assert page.evaluate("scrollY") == 0
    assert page.get_by_test_id("speed-plot").evaluate(
        "(plot) => plot.querySelector('canvas').getContext('2d').getImageData(0, 0, 400, 200).data.some(Boolean)"
    )
    run.progress(7)
    eventually(lambda: f"{run.samples:,}" in page.get_by_test_id("run-facts").inner_text(), "nothing came")
    page.wait_for_timeout(800)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert f"Up to {run.samples:,} samples." in words(page, "speed")


def test_pointing_at_a_sample_says_its_seed(visitor: Any, adopt: Callable[..., Path], eventually: Eventually) -> None:
    adopt("digits")
    page = visitor.open("#/run/digits/train")
    eventually(lambda: shown(page) > 0, "no samples")
    sheet = page.get_by_test_id("sheet-b").bounding_box()
    page.mouse.move(sheet["x"] + 0.99 * sheet["width"], sheet["y"] + 0.01 * sheet["height"])
    tile = page.get_by_test_id("tile-b")
    columns = json.loads(page.evaluate("fetch('/api/runs/digits').then((answer) => answer.text())"))["sheet"]["columns"]
    assert tile.inner_text() == str(columns - 1)
    tile.click()
    page.wait_for_url(f"**/run/digits/explore?s={columns - 1}*")


def test_columns_stay_bounded_and_keep_extremes(visitor: Any) -> None:
    page = visitor.open("#/runs")
    found = page.evaluate(
        """async () => {
          const { Columns } = await import("/static/train/columns.js");
          const columns = new Columns();
          let most = 0;
          for (let row = 1; row <= 50000; row++) {
            const loss = row === 12345 ? 99 : row === 23456 ? -99 : Math.sin(row);
            columns.add({ samples: 64 * row, seconds: row / 10, loss, ...row % 16 === 0 && { r1: row } });
            most = Math.max(most, columns.count);
          }
          const gaps = columns.of("samples").slice(1).map((x, row) => x - columns.of("samples")[row]);
          const r1 = columns.of("r1").filter((value) => value !== null);
          const loss = columns.of("loss");
          return { most, count: columns.count, low: Math.min(...loss), high: Math.max(...loss),
            lengths: Object.values(columns.columns).map((column) => column.length), last: columns.of("samples").at(-1),
            widest: Math.max(...gaps), ordered: gaps.every((gap) => gap > 0), r1: [Math.min(...r1), Math.max(...r1)] };
        }"""
    )
    assert found["most"] <= 4001 and set(found["lengths"]) == {found["count"]} and found["count"] > 1500
    assert (found["low"], found["high"], found["last"], found["r1"]) == (-99, 99, 64 * 50_000, [16, 50_000])
    assert found["ordered"] and found["widest"] <= 3 * 64 * 50_000 / found["count"]


def test_hours_of_events_take_no_more_memory(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up().hold()
    page = visitor.open("#/run/00000-made-up/train")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")

    def hear(times: int) -> dict[str, float]:
        for _ in range(times):
            run.progress(1500)
            run.probe()
            run.snapshot()
            eventually(lambda: f"{run.samples:,}" in page.get_by_test_id("run-facts").inner_text(), "nothing came")
        page.wait_for_timeout(1200)
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
        return {**session.send("Runtime.getHeapUsage"), **session.send("Memory.getDOMCounters")}

    before, after = hear(4), hear(8)  # after so many, columns are as long as they become
    assert after["usedSize"] - before["usedSize"] < 1.5e6
    assert after["nodes"] - before["nodes"] < 200 and after["jsEventListeners"] - before["jsEventListeners"] < 20


def test_the_stream_survives_a_restart(visitor: Any, studio: Any, made_up: Run, eventually: Eventually) -> None:
    visitor.tolerated.append("ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|Failed to load resource")
    run = made_up(rounds=20).hold()
    page = visitor.open("#/run/00000-made-up/train")
    for step in range(6):
        run.progress(3)
        if step == 2:
            studio.end()
        if step == 4:
            studio.begin()
        page.wait_for_timeout(150)
    facts, samples = page.get_by_test_id("run-facts"), f"{run.samples:,}"
    eventually(lambda: samples in facts.inner_text(), "it does not hear the rest", seconds=30)
    page.get_by_test_id("losses").scroll_into_view_if_needed()
    page.wait_for_timeout(800)
    events = [event for event in read_events(run.folder / "events.jsonl") if event["event"] == "progress"]
    assert [row[0] for row in numbers(page, "losses")] == [f"{event['samples']:,} samples" for event in events]


def test_a_record_that_was_cut_back_is_loaded_anew(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(rounds=40).hold()
    page = visitor.open("#/run/00000-made-up/train")
    page.get_by_test_id("losses").scroll_into_view_if_needed()
    path = run.folder / "events.jsonl"
    kept = [event for event in read_events(path) if event["samples"] <= 20 * run.BATCH]
    other = path.with_suffix(".new")
    other.write_text("".join(json.dumps(event) + "\n" for event in kept), encoding="utf-8")
    other.replace(path)
    run.samples = 20 * run.BATCH
    run.progress(2)
    eventually(lambda: "1,408 samples" in words(page, "losses"), "not loaded anew")
    assert len(numbers(page, "losses")) == 22


def test_two_runs_in_three_tabs(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    first, second = made_up("00000-first").hold(), made_up("00001-second").hold()
    pages = [visitor.open(f"#/run/{name}/train") for name in ("00000-first", "00001-second", "00000-first")]
    first.progress(7)
    first.snapshot()
    second.progress(3)
    second.snapshot()
    for page, run in zip(pages, (first, second, first), strict=True):
        page.bring_to_front()
        eventually(lambda page=page, run=run: shown(page) == run.samples, "a tab does not hear its run")


# ---- the doctor, and steering --------------------------------------------------------------------------------------


def test_a_finding_shows_as_a_card(visitor: Any, made_up: Run) -> None:
    run = made_up(rounds=40).hold()
    page = visitor.open("#/run/00000-made-up/train")
    page.get_by_test_id("no-findings").wait_for()
    run.progress(3)
    run.finding("mode-collapse")
    card = page.get_by_test_id("finding-mode-collapse")
    card.wait_for()
    assert "alarm" in card.inner_text() and "The samples show mode-collapse." in card.inner_text()
    page.get_by_text("below 0.2 is an alarm").wait_for(state="hidden")
    card.get_by_text("The numbers, and what to try").click()
    page.get_by_text("below 0.2 is an alarm").wait_for()
    assert "collapse" in page.locator("#urgent").inner_text()


def begin_training(page: Any, data: str, **changes: Any) -> None:
    """Choose data and settings on the page Start, and train."""
    page.get_by_test_id(f"place-{data}").click()
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    page.evaluate("(text) => { location.hash += `&${new URLSearchParams({changes: text})}`; }", json.dumps(changes))
    page.get_by_test_id("changed-count").get_by_text(str(sum(map(len, changes.values())))).wait_for(timeout=SLOW)
    page.get_by_test_id("train").click()
    page.locator("main[data-ready=train]").wait_for(timeout=SLOW)


def test_a_collapse_shows_at_once_and_its_remedy_works_and_is_undone(
    visitor: Any, studio: Any, eventually: Eventually
) -> None:
    page = visitor.open("#/start")
    often = {"batch": 32, "log_rounds": 3, "probe_rounds": 30, "samples": 1600}
    begin_training(page, "ring", settings={"discriminator_rate": 100.0}, run=often)
    card = page.get_by_test_id("finding-exploding-gradient")
    card.wait_for(timeout=SLOW)
    (folder,) = (path for path in studio.root.iterdir() if path.name.endswith("-ring-r3gan"))
    told = [name for name in names(folder) if name in ("probe", "finding")]
    assert "alarm" in card.inner_text() and told.index("finding") <= 3, "the third look has come and gone"

    page.get_by_test_id("remedy-exploding-gradient-0").click()
    changes = page.get_by_test_id("changes").locator("tbody tr").all_inner_texts()
    assert "discriminator_rate\t100.0\t1.0" in changes
    page.get_by_test_id("remedy-exploding-gradient-0-yes").click()
    page.get_by_test_id("treatment").wait_for(timeout=SLOW)
    (treatment,) = json.loads((folder / "treatments.json").read_text())
    assert treatment["failure"] == "exploding-gradient" and treatment["settings"]["discriminator_rate"] == 1
    assert treatment["changes"] == ["{}: {} -> {}".format(*row.split("\t")) for row in changes]
    eventually(lambda: names(folder)[-1] == "finished", "it does not train on", seconds=90)

    page.get_by_test_id("undo").click()
    page.get_by_test_id("undo-yes").click()
    page.get_by_test_id("treatment").wait_for(state="hidden", timeout=SLOW)
    card.wait_for()
    assert json.loads((folder / "treatments.json").read_text()) == []
    assert json.loads((folder / "config.json").read_text())["settings"]["discriminator_rate"] == 100


def test_pausing_going_on_and_stopping(
    visitor: Any, studio: Any, adopt: Callable[..., Path], eventually: Eventually
) -> None:
    folder = adopt("ring")
    page = visitor.open("#/run/ring/train")
    page.get_by_test_id("pause").get_by_text("Train longer").wait_for()
    page.get_by_test_id("pause").click()
    page.get_by_test_id("longer").fill("3")
    page.get_by_test_id("longer-ask-yes").click()
    pause = page.get_by_test_id("pause")
    pause.get_by_text("Pause", exact=True).wait_for(timeout=SLOW)
    page.keyboard.press("Escape")
    page.locator("body").press(" ")
    pause.get_by_text(re.compile("Pausing|Go on")).wait_for()
    pause.get_by_text("Go on").wait_for()
    sheets = len(list((folder / "samples").iterdir()))
    page.get_by_test_id("snapshot").click()
    eventually(lambda: len(list((folder / "samples").iterdir())) >= sheets, "no snapshot")
    pause.click()
    pause.get_by_text("Pause", exact=True).wait_for()
    page.get_by_test_id("stop").click()
    page.get_by_test_id("stop-no").click()
    page.get_by_test_id("stop-dialog").wait_for(state="detached")
    page.get_by_test_id("stop").click()
    page.get_by_test_id("stop-yes").click()
    page.get_by_test_id("stop").wait_for(state="hidden")
    eventually(lambda: "Stopped" in page.get_by_test_id("log").inner_text(), "the log does not tell")
    assert [name for name in names(folder) if name in ("paused", "resumed", "stopped")] == [
        "paused",
        "resumed",
        "stopped",
    ]


# ---- for everyone --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", (360, 768, 1440))
def test_nothing_is_wider_than_the_window(
    visitor: Any, adopt: Callable[..., Path], made_up: Run, fits: Run, width: int
) -> None:
    adopt("digits")
    made_up("00000-a-run-with-a-name-that-is-longer-than-most").finding("mode-collapse")
    for run in ("digits", "00000-a-run-with-a-name-that-is-longer-than-most"):
        assert fits(visitor.open(f"#/run/{run}/train?view=side", width=width), width)


@pytest.mark.parametrize("scheme", ("light", "dark"))
def test_axe_finds_nothing_serious(
    visitors: Callable[..., Any], made_up: Run, serious: Callable[..., Any], scheme: str
) -> None:
    made_up().finding("mode-collapse")
    page = visitors(color_scheme=scheme, reduced_motion="reduce").open("#/run/00000-made-up/train?view=side")
    page.get_by_test_id("finding-mode-collapse").wait_for()
    page.get_by_test_id("losses").scroll_into_view_if_needed()
    page.get_by_test_id("losses-as-table").click()
    assert serious(page) == []


def test_by_keyboard_alone(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up(snapshots=4)
    page = visitor.open("#/run/00000-made-up/train")
    eventually(lambda: shown(page) == run.samples, "no samples")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.closest('[data-testid]')?.dataset.testid"))
        if reached[-1] == "scrubber":
            page.keyboard.press("ArrowLeft")
        if reached[-1] == "losses-as-table":
            page.keyboard.press("Enter")
            break
    assert shown(page) == 30 * run.BATCH
    assert {"view-side", "pin", "scrubber-play", "scrubber", "part", "axis", "losses-as-table"} <= set(reached)
    assert page.get_by_test_id("losses-table").is_visible()


def test_without_a_run_it_invites(visitor: Any) -> None:
    page = visitor.open("#/train")
    page.get_by_test_id("no-run").wait_for()
    assert page.get_by_test_id("to-start").get_attribute("href") == "#/start"


def test_leaving_leaves_nothing_behind(visitor: Any, made_up: Run, eventually: Eventually) -> None:
    run = made_up().hold()
    page = visitor.open("#/run/00000-made-up/train")
    visitor.open("#/runs", page)
    run.progress(3)
    run.snapshot()
    page.wait_for_timeout(500)
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("location.hash") == "#/runs"
    visitor.open("#/run/00000-made-up/train", page)
    eventually(lambda: shown(page) == run.samples, "it does not open again")
