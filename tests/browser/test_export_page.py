"""Export: what can be made of a model, how large it would be, and the files that are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from zerosum.__main__ import main

Run = Callable[..., Any]
SLOW = 120_000  # milliseconds: networks are traced, written and checked in processes of their own


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short run on a table."""
    out = tmp_path_factory.mktemp("rows")
    lines = [f"{18 + number * 7 % 60},{'yes' if number % 3 else 'no'}" for number in range(300)]
    (out / "people.csv").write_text("age,answer\n" + "\n".join(lines) + "\n")
    small = ("--samples", "2000", "--batch", "100", "--device", "cpu", "--out", str(out), "--name", "people")
    assert main(["train", str(out / "people.csv"), *small]) == 0
    return out / "people"


def made(page: Any, to: str, act: Callable[[], Any], out: Path) -> Path:
    """The file that the page makes and hands over."""
    with page.expect_download(timeout=SLOW) as download:
        act()
    path = out / download.value.suggested_filename
    download.value.save_as(path)
    link = page.get_by_test_id(f"export-{to}-file").inner_text()
    assert path.name in link and not page.get_by_test_id(f"export-{to}").is_disabled()
    return path


def command(page: Any, to: str) -> str:
    """The command that does the same."""
    return page.get_by_test_id(f"export-{to}-command").inner_text()


def test_a_web_page_is_made_by_keyboard_as_estimated(visitor: Any, adopt: Run, tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    adopt("digits", "00000-digits")
    page = visitor.open("#/run/00000-digits/export")
    assert page.locator("button.primary:visible").get_attribute("data-testid") == "export-html"
    about, speed = page.get_by_test_id("export-html-estimate").inner_text().split(", ")
    size, unit = about.removeprefix("About ").split(" ")
    assert unit == "MB" and speed.endswith("ms")
    page.get_by_test_id("export-html").focus()
    path = made(page, "html", lambda: page.keyboard.press("Enter"), tmp_path)
    assert path.name == "00000-digits.html"
    assert path.read_bytes()[:15].lower() == b"<!doctype html>"
    assert abs(path.stat().st_size / 1e6 / float(size) - 1) < 0.1, "the estimate is wrong"
    assert "as PyTorch, to within" in page.get_by_test_id("export-html-result").inner_text()
    assert command(page, "html") == "zerosum export runs/00000-digits --to html"


def test_an_onnx_file_is_made(visitor: Any, adopt: Run, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    adopt("ring", "00000-ring")
    page = visitor.open("#/run/00000-ring/export")
    path = made(page, "onnx", page.get_by_test_id("export-onnx").click, tmp_path)
    onnx.checker.check_model(onnx.load(path))
    assert command(page, "onnx") == "zerosum export runs/00000-ring --to onnx"


def test_a_sheet_is_made_as_chosen(visitor: Any, adopt: Run, tmp_path: Path) -> None:
    visitor.tolerated += ["status of 422"]
    adopt("digits", "00000-digits")
    page = visitor.open("#/run/00000-digits/export")
    assert command(page, "sheet") == "zerosum sample runs/00000-digits --seeds 0-63"
    assert page.get_by_test_id("options.truncation").count() == 0, "this model knows no truncation"
    card = page.get_by_test_id("export-sheet-card")
    seeds = card.get_by_test_id("options.seeds")
    seeds.fill("three")
    seeds.press("Tab")
    card.get_by_test_id("export-sheet").click()
    wrong = card.locator("[data-setting='options.seeds'] .wrong")
    wrong.wait_for()
    assert "three" in wrong.inner_text() and seeds.get_attribute("aria-invalid") == "true"
    seeds.fill("3,7-11")
    seeds.press("Tab")
    card.get_by_text("zerosum sample runs/00000-digits --seeds 3,7-11").wait_for()
    card.get_by_test_id("options.columns").fill("3")
    path = made(page, "sheet", card.get_by_test_id("export-sheet").click, tmp_path)
    with Image.open(path) as sheet:
        assert sheet.format == "PNG" and sheet.width / sheet.height == pytest.approx(3 / 2, abs=0.05)
    assert not wrong.is_visible()


def test_a_film_and_a_card_are_made(visitor: Any, adopt: Run, tmp_path: Path) -> None:
    adopt("digits", "00000-digits")
    page = visitor.open("#/run/00000-digits/export")
    card = page.get_by_test_id("export-film-card")
    card.get_by_test_id("options.frames").fill("2")
    with Image.open(made(page, "film", card.get_by_test_id("export-film").click, tmp_path)) as film:
        assert film.format == "GIF" and getattr(film, "n_frames", 0) == 4 * 2
    text = made(page, "card", page.get_by_test_id("export-card").click, tmp_path).read_text()
    assert "digits" in text and "zerosum" in text


def test_what_is_impossible_says_why_and_rows_are_made(visitor: Any, studio: Any, rows: Path, tmp_path: Path) -> None:
    rows.rename(studio.root / "00000-people")
    page = visitor.open("#/run/00000-people/export")
    assert "Rows of tables are written as their columns say" in page.get_by_test_id("export-html-why").inner_text()
    assert page.get_by_test_id("export-html").count() == 0
    assert page.locator("button.primary:visible").get_attribute("data-testid") == "export-rows"
    card = page.get_by_test_id("export-rows-card")
    card.get_by_test_id("options.count").fill("25")
    card.get_by_test_id("options.count").press("Tab")
    card.get_by_text("zerosum sample runs/00000-people --count 25 --out rows.csv").wait_for()
    path = made(page, "rows", card.get_by_test_id("export-rows").click, tmp_path)
    lines = path.read_text().splitlines()
    assert lines[0].split(",")[-2:] == ["age", "answer"] and len(lines) == 1 + 25


def test_a_command_is_copied(visitor: Any, adopt: Run) -> None:
    adopt("ring", "00000-ring")
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.open("#/run/00000-ring/export")
    page.get_by_test_id("copy-export-onnx-command").click()
    page.get_by_text("Copied", exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == command(page, "onnx")


def test_without_a_model_there_is_a_way_on(visitor: Any, made_up: Run) -> None:
    page = visitor.open("#/export")
    assert "nothing to export yet" in page.get_by_test_id("nothing-to-export").inner_text()
    made_up("00000-young", rounds=2, looks=0, snapshots=0)
    page = visitor.open("#/run/00000-young/export")
    page.get_by_test_id("no-model-link").click()
    page.wait_for_url("**/#/run/00000-young/train")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(visitors: Any, adopt: Run, serious: Any, fits: Any, scheme: str) -> None:
    adopt("digits", "00000-digits")
    visitor = visitors(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    page = visitor.open("#/run/00000-digits/export")
    assert not serious(page)
    for width in (360, 768, 1440):
        assert fits(page, width), width
