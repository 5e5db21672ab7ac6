"""From data to a file that can be given away, by keyboard alone: start, train, explore, export."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Wait = Callable[..., None]

SLOW = 120_000  # milliseconds: data are read, networks trained and exported in processes of their own


def reach(page: Any, testid: str, key: str = "Tab", most: int = 90) -> None:
    """Press Tab until something has the focus."""
    seen = []
    for _ in range(most):
        page.keyboard.press(key)
        seen.append(page.evaluate("document.activeElement.dataset.testid ?? document.activeElement.tagName"))
        if seen[-1] == testid:
            return
    raise AssertionError(f"{key} never reaches {testid}: {seen}")


def press(page: Any, testid: str, key: str = "Tab") -> None:
    """Go to something with Tab, and press Enter there."""
    page.get_by_test_id(testid).first.wait_for(timeout=SLOW)
    reach(page, testid, key)
    page.keyboard.press("Enter")


def test_from_data_to_a_file_by_keyboard(visitor: Any, studio: Any, eventually: Wait, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    page = visitor.open("#/start")

    press(page, "place-ring")
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    page.get_by_test_id("run.minutes").wait_for()
    reach(page, "run.minutes")
    page.keyboard.press("Control+a")
    page.keyboard.type("0.08")
    press(page, "train")

    page.locator("main[data-ready=train]").wait_for(timeout=SLOW)
    (run,) = (path.name for path in studio.root.iterdir() if path.name.endswith("-ring-r3gan"))
    page.get_by_test_id("run-state").get_by_text("finished").wait_for(timeout=SLOW)
    eventually(lambda: int(page.get_by_test_id("sheet-b").get_attribute("data-samples") or 0) > 0, "no samples")
    press(page, "view-reals")
    page.get_by_test_id("sheet-real").wait_for()
    press(page, "to-explore", "Shift+Tab")

    page.locator("main[data-ready=explore]").wait_for(timeout=SLOW)
    assert page.evaluate("location.hash").startswith(f"#/run/{run}/explore")
    seed = page.get_by_test_id("seed")
    before = seed.input_value()
    press(page, "seed-next")
    eventually(lambda: seed.input_value() != before, "the seed does not change")
    eventually(lambda: f"s={seed.input_value()}" in page.evaluate("location.hash"), "the link does not say the seed")

    press(page, "page-export", "Shift+Tab")
    page.locator("main[data-ready=export]").wait_for(timeout=SLOW)
    with page.expect_download(timeout=SLOW) as download:
        press(page, "export-onnx")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == f"{run}.onnx" and path.stat().st_size > 1000
