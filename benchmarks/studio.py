"""How soon the studio answers, as a person sees it: in chromium, over HTTP, with the studio in a process of its own.

    python benchmarks/studio.py                 writes benchmarks/results/studio.md; takes about 15 minutes
    python benchmarks/studio.py --minutes 1     shorter: the memory of a page is watched for as many minutes

Everything is measured in the page, from the person's event to the picture's next frame, by the browser's own clock. The
model is a DCGAN of 64 x 64 pixels and the usual width, on one thread.
"""

import argparse
import json
import math
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from measuring import Spread, machine
from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).parent / "results" / "studio.md"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--enable-precise-memory-info")
LONG, LIVE, MODEL = "00000-long", "00001-live", "00002-model"
EVENTS = 100_000
SNAPSHOTS = 60
LOADS = 9
DRAGGED, SPACING = 80, 120  # inputs of a dragged slider, and milliseconds from one to the next
RAPID = 50  # inputs as fast as they can be made

FIRST_PAINT = """() => new Promise((done) => {
  const look = () => document.querySelector("#page[data-ready]")
    ? requestAnimationFrame(() => setTimeout(() => done(performance.now()))) : requestAnimationFrame(look);
  look();
})"""
"""Milliseconds from the beginning of the navigation to the frame after the page said that it can be used."""

SCRUB = """async () => {
  const slider = document.querySelector("[data-testid=scrubber]");
  const sheet = document.querySelector("[data-testid=sheet-b]");
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const taken = [];
  for (let index = 10; index < 50; index += 1) {
    await wait(60);
    const before = sheet.dataset.samples;
    const begin = performance.now();
    slider.value = String(index);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    while (sheet.dataset.samples === before) {
      await new Promise((done) => setTimeout(done));
    }
    taken.push(performance.now() - begin);
  }
  return taken;
}"""
"""Milliseconds from the scrubber's event until another sheet is on the canvas, for steps of one through a run."""

NOTE_INPUTS_AND_FRAMES = """() => {
  const slider = document.querySelector("[data-testid=direction-0]");
  const inputs = [], frames = [], channel = new MessageChannel();
  let shown = null;
  // Whatever is posted while a frame is made is heard right after it was handed over to be shown.
  channel.port1.onmessage = () => frames.push({ at: performance.now(), strength: shown });
  const note = ({ timeStamp }) => inputs.push({ at: timeStamp, strength: Number(slider.value) });
  slider.addEventListener("input", note, true);
  document.querySelector("[data-testid=picture]").addEventListener("drawn", ({ detail }) => {
    shown = detail.place.moves?.[0].strength ?? 0;
    requestAnimationFrame(() => channel.port2.postMessage(null));
  });
  window.noted = { inputs, frames };
}"""

HURRY = """async (count) => {
  window.noted.frames.length = 0;
  const slider = document.querySelector("[data-testid=direction-0]");
  for (let number = 1; number <= count; number++) {
    slider.value = String(-2 + (4 * number) / count);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => setTimeout(done, 2));
  }
}"""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="of live events, for the memory of a page")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as work, sync_playwright() as driver:
        root = Path(work) / "runs"
        prepare(root)
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        with studio(root) as address:
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.goto(address)
            home = page.url.split("#")[0]
            rows = [
                *paints(page, home),
                *opening(page, home),
                *scrubbing(page, home),
                *sliding(page, home),
                *listening(page, home, root / LIVE, arguments.minutes),
            ]
        browser.close()
    report(rows, arguments.out)


# ---- what is looked at ---------------------------------------------------------------------------------------------


def prepare(root: Path) -> None:
    """A run with many events, one that goes on, and a model of 64 x 64 pixels."""
    train = [sys.executable, "-m", "zerosum", "train", "emoji", "--size", "64", "--recipe", "dcgan", "--device", "cpu"]
    subprocess.run([*train, "--samples", "128", "--out", str(root), "--name", MODEL], check=True, capture_output=True)
    for name, rounds in ((LONG, EVENTS), (LIVE, 100)):
        folder = root / name
        (folder / "samples").mkdir(parents=True)
        shutil.copy(root / MODEL / "config.json", folder)
        events = [{"event": "start", "samples": 0, "seconds": 0, "batch": 64, "planned_samples": 10**8}]
        every = max(1, rounds // SNAPSHOTS)
        for number in range(1, rounds + 1):
            events.append(progress(number))
            if number % every == 0:
                events.append(snapshot(folder, number))
        append(folder, events)


def progress(number: int) -> dict[str, Any]:
    """What a training writes of a round."""
    wave = math.sin(number / 80)
    values = {
        "adversarial": 1 + wave / 9,
        "gradient_norm": 2 + wave,
        "accuracy_real": 0.7,
        "accuracy_fake": 0.7 + wave / 20,
    }
    named = {f"discriminator/{name}": value for name, value in values.items()} | {"generator/adversarial": 1 - wave / 9}
    return {"event": "progress", "samples": 64 * number, "seconds": number / 10, "samples_per_second": 640} | named


def snapshot(folder: Path, number: int) -> dict[str, Any]:
    """A contact sheet of 8 x 8 pictures of 64 x 64 pixels, unlike any other."""
    path = folder / "samples" / f"{64 * number:012d}.png"
    sheet = Image.effect_noise((512, 512), 80).convert("RGB")
    ImageDraw.Draw(sheet).text((200, 250), str(number), fill="red")
    sheet.save(path)
    return {"event": "snapshot", "samples": 64 * number, "seconds": number / 10, "file": str(path)}


def append(folder: Path, events: list[dict[str, Any]]) -> None:
    """Write events as a training does."""
    with (folder / "events.jsonl").open("a", encoding="utf-8") as file:
        file.write("".join(json.dumps(event) + "\n" for event in events))


@contextmanager
def studio(root: Path) -> Iterator[str]:
    """A studio over a folder of runs, in a process of its own, and the address that it prints."""
    command = [sys.executable, "-m", "zerosum", "studio", str(root), "--no-open", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = next(filter(None, (re.search(r"http://\S+", line) for line in process.stdout)))
        yield found[0]
        process.terminate()


# ---- what is measured ----------------------------------------------------------------------------------------------

Row = tuple[str, str, str]
"""What, what it took, what is asked for."""


def paints(page: Page, home: str) -> list[Row]:
    """Until the first page can be used: right after the studio's start, while it imports, and later."""
    taken = []
    for _ in range(LOADS):
        page.goto("about:blank")
        page.goto(f"{home}#/start")
        taken.append(page.evaluate(FIRST_PAINT))
    first, *later = taken
    return [
        ("first page usable", milliseconds(later), "400 ms"),
        ("the same as soon as the studio has said its address", f"{first:,.0f} ms", ""),
    ]


def opening(page: Page, home: str) -> list[Row]:
    """Until a run with many events stands there, with its curves."""
    taken = []
    for _ in range(LOADS):
        page.goto("about:blank")
        page.goto(f"{home}#/run/{LONG}/train")
        taken.append(page.evaluate(FIRST_PAINT))
    return [(f"a run with {EVENTS:,} events opens", milliseconds(taken), "2,000 ms")]


def scrubbing(page: Page, home: str) -> list[Row]:
    """From the scrubber's event to the other sheet."""
    page.goto(f"{home}#/run/{LONG}/train")
    page.locator("#page[data-ready]").wait_for()
    page.wait_for_timeout(3000)
    return [("scrubber to another snapshot, decoded ahead", milliseconds(page.evaluate(SCRUB)), "16 ms")]


def sliding(page: Page, home: str) -> list[Row]:
    """From a slider's event to the frame with its picture: asked for, drawn, sent, decoded and painted."""
    page.goto(f"{home}#/run/{MODEL}/explore")
    page.get_by_test_id("find-pca").click()
    slider = page.get_by_test_id("direction-0")
    slider.wait_for(timeout=120_000)
    page.wait_for_timeout(3000)
    page.evaluate(NOTE_INPUTS_AND_FRAMES)
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for number in range(DRAGGED):
        share = abs((number * 0.618034) % 2 - 1)  # to and fro, never twice to the same place
        page.mouse.move(box["x"] + 10 + (box["width"] - 20) * share, box["y"] + box["height"] / 2)
        page.wait_for_timeout(SPACING)
    page.mouse.up()
    page.wait_for_timeout(500)
    noted = page.evaluate("window.noted")
    taken = [answered(one, noted["frames"]) for one in noted["inputs"]]
    page.evaluate(HURRY, RAPID)
    page.wait_for_timeout(1500)
    frames = page.evaluate("window.noted.frames")
    words = f"{len(frames)} pictures, the last one of {frames[-1]['strength']:g}"
    return [
        ("slider to a new picture of 64 x 64", milliseconds(taken), "median 50 ms, nine in ten within 80 ms"),
        (f"{RAPID} inputs within a moment, to 2", words, f"fewer than {RAPID}, the last one of 2"),
    ]


def answered(one: dict[str, float], frames: list[dict[str, float]]) -> float:
    """Milliseconds from an input to the frame that shows it; infinite if none does."""
    after = (
        frame["at"] - one["at"] for frame in frames if frame["at"] > one["at"] and frame["strength"] == one["strength"]
    )
    return next(after, math.inf)


def listening(page: Page, home: str, folder: Path, minutes: float) -> list[Row]:
    """The memory of a page while events come, ten a second and a sheet every five seconds."""
    page.goto("about:blank")
    page.goto(f"{home}#/run/{LIVE}/train")
    page.locator("#page[data-ready]").wait_for()
    session = page.context.new_cdp_session(page)
    heap, number, begin = [], 100, time.monotonic()
    while time.monotonic() - begin < 60 * minutes:
        for _ in range(50):
            number += 1
            append(folder, [progress(number)])
            time.sleep(0.1)
        append(folder, [snapshot(folder, number)])
        session.send("HeapProfiler.collectGarbage")
        heap.append(session.send("Runtime.getHeapUsage")["usedSize"] / 1e6)
    quarter = max(1, len(heap) // 4)
    first, last = (statistics.median(part) for part in (heap[quarter : 2 * quarter], heap[-quarter:]))
    words = f"{first:.1f} MB in the second quarter, {last:.1f} MB in the last"
    return [(f"memory of a page, {minutes:g} minutes of live events", words, "no leak")]


def milliseconds(values: list[float]) -> str:
    """A median, and what nine in ten stay below."""
    spread = Spread.of(values)
    most = sorted(values)[math.ceil(0.9 * len(values)) - 1]
    return f"median {spread.median:.1f} ms, nine in ten within {most:.1f} ms"


def report(rows: list[Row], out: Path) -> None:
    """Write a table."""
    known = machine()
    lines = ["# The studio in a browser", "", f"{known['processor']}, {known['cores']} cores, {known['date']}.", ""]
    lines += ["| what | measured | asked for |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows), ""]
    text = "\n".join(lines)
    print(text)
    out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
