"""The shell around all pages: quiet consoles, widths, keys, focus, and pages that are left before they are open."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
Eventually = Callable[..., None]

PAGES = ("start", "train", "explore", "playground", "runs", "health", "export")
OF_RUN = ("train", "explore", "health", "export")
WIDTHS = (360, 768, 1440)


def address(page: str, run: str = "digits") -> str:
    """Where a page is, of a run if it needs one."""
    return f"#/run/{run}/{page}" if page in OF_RUN else f"#/{page}"


def focused(page: Any) -> str:
    """What has the focus: its name for tests, or its tag."""
    return page.evaluate("document.activeElement.dataset.testid ?? document.activeElement.tagName.toLowerCase()")


def settle(page: Any) -> None:
    """Wait for what a page asks for after it says that it is ready."""
    page.wait_for_timeout(400)


def anew(page: Any) -> Any:
    """The page as it is right after its address was opened: nothing has the focus."""
    page.reload()
    page.locator("main[data-ready]").wait_for()
    return page


# ---- every page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_quiet_and_fits(visitors: Run, adopt: Run, serious: Run, fits: Run, name: str) -> None:
    # The visitor fails the test if a console tells of an error, or a request leaves this machine.
    adopt("digits")
    visitor = visitors(reduced_motion="reduce")
    page = visitor.open(address(name))
    for width in WIDTHS:
        assert fits(page, width), width
    moving = page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")
    assert moving == 0, "reduced motion was asked for"
    assert page.locator("h1").count() >= 1 and page.title().lower().startswith(name)
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    page.locator("html[data-theme=dark]").wait_for()
    assert serious(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_any_run_invites_or_works(visitor: Any, name: str) -> None:
    page = visitor.open(f"#/{name}")
    settle(page)
    assert page.get_by_test_id("problem").count() == 0 and page.locator("main").inner_text().strip()
    if name in OF_RUN:
        assert page.locator("main a[href='#/start']").count() >= 1


def test_a_run_that_is_not_there_is_told(visitor: Any) -> None:
    visitor.tolerated.append("status of 404")
    page = visitor.open("#/runs")
    page.evaluate("location.hash = '#/run/00099-gone/train'")
    problem = page.get_by_test_id("problem")
    problem.wait_for()
    assert "00099-gone" in problem.inner_text()


def test_unknown_pages_are_the_start(visitor: Any) -> None:
    page = visitor.open("#/nowhere")
    assert page.locator("main").get_attribute("data-page") == "start"


# ---- from page to page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["**/api/runs/ring", "**/api/runs/ring/series"])
def test_a_page_left_while_it_opens_leaves_only_the_next(visitor: Any, adopt: Run, asked: str) -> None:
    adopt("ring")
    page = visitor.open("#/start")
    held: list[Any] = []
    page.route(asked, lambda route: held.append(route))
    page.evaluate("location.hash = '#/run/ring/train?view=side'")
    for _ in range(100):
        page.wait_for_timeout(50)
        if held:
            break
    assert held, "the page Train has asked for nothing"
    page.evaluate("location.hash = '#/runs'")
    page.locator("main[data-ready=runs]").wait_for()
    for route in held:
        route.continue_()
    settle(page)
    assert page.evaluate("location.hash") == "#/runs"
    assert page.locator("main > .page").count() == 1 and page.get_by_test_id("stage").count() == 0
    assert page.locator("main").get_attribute("data-ready") == "runs"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("a")
    assert page.evaluate("location.hash") == "#/runs"


def test_quick_changes_end_on_the_last_page(visitor: Any, adopt: Run) -> None:
    adopt("digits")
    page = visitor.open("#/start")
    for name in (*PAGES, "runs", "train", "health"):
        page.evaluate("(hash) => { location.hash = hash; }", address(name))
    page.locator("main[data-ready=health]").wait_for()
    settle(page)
    assert page.locator("main > .page").count() == 1
    assert page.get_by_test_id("page-health").get_attribute("aria-current") == "page"
    assert page.locator("#rail [aria-current]").count() == 1


def test_back_and_forward(visitor: Any, adopt: Run) -> None:
    adopt("digits")
    page = visitor.open("#/runs")
    page.get_by_test_id("page-train").click()
    page.locator("main[data-ready=train]").wait_for()
    page.go_back()
    page.locator("main[data-ready=runs]").wait_for()
    page.go_forward()
    page.locator("main[data-ready=train]").wait_for()
    assert "digits" in page.title()


# ---- keys and focus ------------------------------------------------------------------------------------------------


def test_the_first_tab_stop_skips_to_the_page(visitor: Any, adopt: Run) -> None:
    adopt("digits")
    page = anew(visitor.open("#/runs"))
    page.keyboard.press("Tab")
    skip = page.get_by_text("Skip to the page")
    assert skip.evaluate("(link) => link === document.activeElement")
    assert skip.bounding_box()["x"] >= 0, "who has the focus there does not see it"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "page"
    assert page.evaluate("location.hash") == "#/runs"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_focus_goes_along_the_rail_then_the_bar_then_the_page(visitor: Any, adopt: Run) -> None:
    adopt("digits")
    page = anew(visitor.open("#/run/digits/train"))
    order = []
    for _ in range(12):
        page.keyboard.press("Tab")
        order.append(focused(page))
    assert order[1:8] == [f"page-{name}" for name in PAGES]
    assert order[8:11] == ["run-picker", "theme", "help"]
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_keys_go_to_pages_and_focus_follows(visitor: Any, adopt: Run) -> None:
    adopt("digits")
    page = visitor.open("#/start")
    for number, name in enumerate(PAGES, 1):
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press(str(number))
        page.locator(f"main[data-ready={name}]").wait_for()
    page.get_by_test_id("page-runs").focus()
    page.keyboard.press("Enter")
    page.locator("main[data-ready=runs]").wait_for()
    assert page.evaluate("document.activeElement.closest('main') !== null"), "Tab would begin at the rail again"


def test_the_keys_are_listed(visitor: Any, adopt: Run) -> None:
    adopt("digits")
    page = visitor.open("#/run/digits/train")
    page.keyboard.press("?")
    listed = page.get_by_test_id("keys").inner_text()
    assert "pause the training" in listed and "go to Explore" in listed
    page.keyboard.press("2")
    assert page.get_by_test_id("keys").is_visible(), "keys work behind the dialog"
    page.keyboard.press("Escape")
    page.get_by_test_id("keys").wait_for(state="detached")


# ---- the bar -------------------------------------------------------------------------------------------------------


def test_another_run_on_the_same_page(visitor: Any, adopt: Run) -> None:
    adopt("digits", "00000-digits")
    adopt("ring", "00001-ring")
    page = visitor.open("#/run/00000-digits/health")
    page.get_by_test_id("run-picker").select_option("00001-ring")
    page.wait_for_url("**/run/00001-ring/health")
    page.locator("main[data-ready=health]").wait_for()
    assert page.get_by_test_id("run-state").inner_text().startswith("finished")


def test_the_theme_stays_as_it_was_chosen(visitor: Any) -> None:
    page = visitor.open("#/runs")
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.get_by_test_id("theme").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.reload()
    page.locator("main[data-ready]").wait_for()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.get_by_test_id("theme").get_attribute("aria-label") == "Make it light"


def test_a_lost_connection_is_told_until_it_is_back(visitor: Any, studio: Any, made_up: Run) -> None:
    visitor.tolerated.append("ERR_|Failed to load resource")
    made_up().hold()
    page = visitor.open("#/run/00000-made-up/train")
    lost = page.get_by_text("No connection, trying again")
    assert lost.is_hidden()
    studio.end()
    lost.wait_for()
    studio.begin()
    lost.wait_for(state="hidden", timeout=30_000)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_bar_stays_in_one_row(visitor: Any, made_up: Run, width: int) -> None:
    made_up("00000-a-run-with-a-name-that-is-longer-than-most").hold()
    page = visitor.open("#/runs", width=width)
    page.get_by_test_id("run-state").get_by_text("training").wait_for()
    tops = page.evaluate(
        "[...document.querySelectorAll('#bar button, #bar select')].map((one) => "
        "one.getBoundingClientRect().top + one.getBoundingClientRect().height / 2)"
    )
    assert len(tops) >= 3 and max(tops) - min(tops) < 8
    assert page.evaluate("document.getElementById('bar').offsetHeight") < 64
