"""The playground in a browser: what is learnt there, what the controls do, and that nothing is asked of anybody."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

WHOLE_RING = 8


def playground(visitor: Any, query: str = "", page: Any = None, **size: int) -> Any:
    """The playground with its first frame drawn; `query` as in "?seed=3"."""
    page = visitor.open(f"#/playground{query}", page, **size)
    page.locator("main[data-ready=playground]").wait_for()
    return page


def number(page: Any, testid: str) -> float:
    """The first number that a reading shows."""
    found = re.search(r"-?[\d,.]+(?:e-?\d+)?", page.get_by_test_id(testid).text_content())
    assert found, f"{testid} shows no number"
    return float(found[0].replace(",", ""))


def address(page: Any) -> str:
    """Where the page is, as its address bar says."""
    return page.evaluate("() => location.href")


def readings(page: Any) -> dict[str, str]:
    """All readings but how fast it goes."""
    rows = page.locator("dd[data-testid^=reading-]")
    pairs = rows.evaluate_all("rows => rows.map(row => [row.dataset.testid.slice(8), row.textContent])")
    return {name: text for name, text in pairs if name != "pace"}


def slide(page: Any, testid: str, text: str) -> None:
    """Move a slider until it says something."""
    slider = page.get_by_test_id(testid)
    slider.focus()
    slider.press("Home")
    for _ in range(20):
        if slider.get_attribute("aria-valuetext") == text:
            return
        slider.press("ArrowRight")
    raise AssertionError(f"{testid} never says {text}")


def steps(page: Any, count: int, button: str = "step-both") -> None:
    """Make single moves, and wait until they are made."""
    before = number(page, "reading-round")
    page.get_by_test_id(button).evaluate("(button, count) => { while (count--) button.click(); }", count)
    page.locator(f"[data-testid=reading-round]:text-is('{before + count:.0f}')").wait_for()


def test_the_ring_is_learnt(visitor: Any, eventually: Callable[..., None]) -> None:
    """Nearly all modes are found, and most points are good, after some hundred rounds in the worker."""
    page = playground(visitor, "?seed=3&speed=64")
    assert number(page, "reading-modes") == 0
    page.get_by_test_id("run").click()
    eventually(lambda: number(page, "reading-round") >= 700, "700 rounds are played", seconds=60)
    page.get_by_test_id("run").click()
    assert page.get_by_test_id("run").text_content() == "Run"
    assert number(page, "reading-modes") >= WHOLE_RING - 2
    assert number(page, "reading-good") > 50
    assert "8 modes" in page.get_by_test_id("board").get_attribute("aria-label")


def test_a_step_of_one_player_leaves_the_other_alone(visitor: Any) -> None:
    """D's step changes what D says and not the samples; G's step changes the samples; both are counted."""
    page = playground(visitor, "?seed=5&generatorRate=0.05&discriminatorRate=0.05")
    samples = ("distance", "diversity")
    before = readings(page)
    steps(page, 3, "step-d")
    after = readings(page)
    assert [after[name] for name in samples] == [before[name] for name in samples]
    assert after["accuracy"] != before["accuracy"]
    steps(page, 1, "step-g")
    assert [readings(page)[name] for name in samples] != [after[name] for name in samples]


def test_a_link_plays_the_same_run(visitor: Any, eventually: Callable[..., None]) -> None:
    """All settings and the seed are in the address; who opens it sees the same numbers."""
    page = playground(visitor)
    page.get_by_test_id("data-moons").check(force=True)
    page.get_by_test_id("setting-loss").select_option("hinge")
    page.get_by_test_id("setting-spectral").check()
    slide(page, "penalty-r1", "off")
    slide(page, "setting-batch", "32")
    page.get_by_test_id("seed").fill("77")
    page.get_by_test_id("seed").press("Enter")
    steps(page, 20)
    eventually(lambda: "seed=77" in address(page), "the address is written")
    link, found = address(page), readings(page)
    for part in ("data=moons", "loss=hinge", "seed=77", "batch=32", "spectral=true", "penalties=none"):
        assert part in link
    other = visitor.tab()
    other.goto(link)
    other.locator("main[data-ready]").wait_for()
    assert other.get_by_test_id("setting-loss").input_value() == "hinge"
    steps(other, 20)
    assert readings(other) == found
    steps(other, 1)
    assert readings(other) != found


def test_a_setting_holds_at_once_and_its_run_goes_on(visitor: Any) -> None:
    """What needs no new weights changes within the game; what does begins a new one; a bad link says why."""
    page = playground(visitor)
    steps(page, 2)
    slide(page, "setting-generatorRate", "0.01")
    steps(page, 1)
    assert number(page, "reading-round") == 3
    page.get_by_test_id("setting-loss").select_option("wasserstein")
    steps(page, 1)
    assert number(page, "reading-round") == 4
    page.get_by_test_id("setting-spectral").check()
    page.locator("[data-testid=reading-round]:text-is('0')").wait_for()
    page = playground(visitor, "?loss=bogus", page)
    assert "bogus" in page.get_by_test_id("trouble").text_content()
    assert page.get_by_test_id("setting-loss").input_value() == "non-saturating"
    steps(page, 1)


def test_a_game_that_explodes_says_so(visitor: Any) -> None:
    """Weights that are no numbers any more stop the game, with a way out."""
    rates = "generatorRate=1&discriminatorRate=1&optimizer=descent&penalties=none"
    page = playground(visitor, f"?loss=hellinger&{rates}")
    page.get_by_test_id("run").click()
    page.get_by_test_id("trouble").filter(has_text="exploded").wait_for()
    assert page.get_by_test_id("run").text_content() == "Run"
    page.get_by_test_id("setting-loss").select_option("non-saturating")
    page.get_by_test_id("reset").click()
    page.locator("[data-testid=reading-round]:text-is('0')").wait_for()
    assert page.get_by_test_id("trouble").is_hidden()
    steps(page, 1)


def test_points_are_drawn_and_typed(visitor: Any, eventually: Callable[..., None]) -> None:
    """A stroke of the pointer becomes the data; so do typed points, in the plane or on a line; links hold them."""
    page = playground(visitor)
    page.get_by_test_id("draw").click()
    page.get_by_test_id("board").scroll_into_view_if_needed()
    box = page.get_by_test_id("board").bounding_box()
    left, middle = box["x"] + 0.2 * box["width"], box["y"] + 0.5 * box["height"]
    page.mouse.move(left, middle)
    page.mouse.down()
    page.mouse.move(left + 0.6 * box["width"], middle, steps=12)
    page.mouse.up()
    eventually(lambda: "data=points2" in address(page), "the drawing is the data")
    page.get_by_test_id("draw").click()
    page.get_by_test_id("type-points").click()
    rows = [[float(one) for one in row.split(", ")] for row in page.get_by_test_id("points").input_value().split("\n")]
    assert len(rows) > 10
    assert min(x for x, _ in rows) < -1 and max(x for x, _ in rows) > 1, "as wide as the stroke"
    assert max(abs(y) for _, y in rows) < 0.3, "and as flat"
    steps(page, 2)
    page.get_by_test_id("points").fill("0.5\n0.6\n-1")
    page.get_by_test_id("use-points").click()
    page.get_by_test_id("layer-threads").wait_for()
    eventually(lambda: "data=points1" in address(page), "the typed numbers are the data")
    assert "latentSize=1" in address(page)
    steps(page, 3)
    found = readings(page)
    other = visitor.tab()
    other.goto(address(page))
    other.locator("main[data-ready]").wait_for()
    steps(other, 3)
    assert readings(other) == found
    page.get_by_test_id("points").fill("0.5, 1\n0.6")
    page.get_by_test_id("use-points").click()
    assert "Line 2" in page.locator(".pg-hand .wrong").text_content()


def test_slow_motion_says_what_happens(visitor: Any) -> None:
    """Each phase has its sentence; nothing is learnt before the phase in which it is."""
    page = playground(visitor)
    before = readings(page)
    page.keyboard.press("m")
    for words in (
        "D's move",
        "D judges",
        "D learns",
        "G's move",
        "D judges the fakes",
        "gradient of G's loss",
        "G learns",
    ):
        caption = page.get_by_test_id("caption")
        caption.filter(has_text=words).wait_for()
        if words == "D judges":
            assert readings(page) == before
        if words != "G learns":
            page.keyboard.press("n")
    page.locator("[data-testid=reading-round]:text-is('2')").wait_for()
    page.get_by_test_id("slow").click()
    assert page.get_by_test_id("slow-next").is_hidden()


def test_a_game_is_saved_and_gone_on_with(visitor: Any, tmp_path: Any) -> None:
    """An opened file goes on as the saved game does; what is no such file is refused in a sentence."""
    page = playground(visitor, "?average=0.9&loss=relativistic")
    steps(page, 4)
    page.get_by_role("heading", name="Files").click()
    with page.expect_download() as download:
        page.get_by_test_id("save").click()
    path = tmp_path / "game.json"
    download.value.save_as(path)
    steps(page, 4)
    found = readings(page)
    page.get_by_test_id("reset").click()
    page.locator("[data-testid=reading-round]:text-is('0')").wait_for()
    page.get_by_test_id("open-file").set_input_files(path)
    page.locator("[data-testid=reading-round]:text-is('4')").wait_for()
    steps(page, 4)
    assert readings(page) == found
    path.write_text(json.dumps({"format": "something else"}), encoding="utf-8")
    page.get_by_test_id("open-file").set_input_files(path)
    page.get_by_test_id("trouble").filter(has_text="no file of the playground").wait_for()


def test_by_keyboard_alone(visitor: Any, eventually: Callable[..., None]) -> None:
    """Keys run, pause, step and begin again; with Tab everything is reached, and the focus is seen."""
    page = playground(visitor)
    page.keyboard.press("s")
    page.locator("[data-testid=reading-round]:text-is('1')").wait_for()
    page.keyboard.press(" ")
    eventually(lambda: number(page, "reading-round") > 5, "it runs")
    page.keyboard.press(" ")
    assert page.get_by_test_id("run").text_content() == "Run"
    page.keyboard.press("b")
    page.locator("[data-testid=reading-round]:text-is('0')").wait_for()
    reached = set()
    page.get_by_test_id("run").focus()
    for _ in range(70):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => [document.activeElement.dataset.testid ?? '',"
            " getComputedStyle(document.activeElement.closest('.pg-tile') ?? document.activeElement).outlineStyle]"
        )
        if focused[0]:
            assert focused[1] != "none", f"nobody sees the focus on {focused[0]}"
            reached.add(focused[0])
    assert {"step-d", "slow", "reset", "speed", "seed", "share", "layer-heat", "data-ring", "draw"} <= reached
    assert {"setting-loss", "penalty-r1", "setting-generatorRate", "setting-batch"} <= reached


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_for_axe(
    scheme: str, visitors: Callable[..., Any], serious: Callable[[Any], list[str]]
) -> None:
    """With all groups and the table open, in either theme."""
    page = playground(visitors(color_scheme=scheme, reduced_motion="reduce"))
    steps(page, 2)
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.get_by_test_id("numbers").get_by_role("cell").first.wait_for()
    assert serious(page) == []
    page.get_by_test_id("data-gaussian1").check(force=True)
    page.get_by_test_id("layer-threads").wait_for()
    page.get_by_test_id("slow").click()
    assert serious(page) == []


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_it_fits(width: int, visitor: Any) -> None:
    """Nothing is wider than the window, and the stage is seen without scrolling."""
    page = playground(visitor, width=width, height=800)
    page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
    steps(page, 1)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    box = page.get_by_test_id("board").bounding_box()
    assert abs(box["width"] - box["height"]) < 2
    assert box["width"] > 0.85 * width if width < 600 else box["width"] > 300
    assert box["y"] + 0.6 * box["height"] < 800


def test_less_motion(visitors: Callable[..., Any], eventually: Callable[..., None]) -> None:
    """Who wants less of it gets few drawings a second, and slow motion that waits."""
    page = playground(visitors(reduced_motion="reduce"), "?speed=16")
    page.evaluate(
        "() => { window.drawn = 0; new MutationObserver(() => { window.drawn += 1; })"
        ".observe(document.querySelector('[data-testid=reading-round]'), {childList: true}); }"
    )
    page.get_by_test_id("run").click()
    eventually(lambda: number(page, "reading-round") > 40, "it runs")
    page.get_by_test_id("run").click()
    assert page.evaluate("() => window.drawn") < 0.5 * number(page, "reading-round")
