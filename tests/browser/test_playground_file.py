"""The playground as one file: opened from the disk, without a network, in Chromium and in Firefox."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from zerosum.__main__ import main
from zerosum.export.playground_page import write_playground

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page."""
    return write_playground(tmp_path_factory.mktemp("page") / "playground.html")


class Learner:
    """Somebody with a browser and no network.

    Attributes:
        wrong: Errors, and requests that are neither for the page nor for what it is made of.
    """

    def __init__(self, browser: Any, file: Path, **options: Any) -> None:
        self.file = file
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True, **options)
        self.context.set_default_timeout(45_000)
        self.wrong: list[str] = []

    def open(self, hash: str = "") -> Any:
        """The playground, with its first frame drawn."""
        page = self.context.new_page()
        page.on("console", lambda message: message.type in ("error", "warning") and self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(f"{error}\n{error.stack}"))
        page.on("request", lambda request: self.look_at(request.url))
        page.goto(self.file.as_uri() + hash)
        page.locator("main[data-ready=playground]").wait_for()
        return page

    def look_at(self, address: str) -> None:
        if not address.startswith((self.file.as_uri(), "data:", "blob:null/")):
            self.wrong.append(f"a request left the page: {address}")


@pytest.fixture
def learner(browser: Any, file: Path) -> Iterator[Learner]:
    """The test fails if anything went wrong."""
    learner = Learner(browser, file)
    yield learner
    learner.context.close()
    assert not learner.wrong, "\n".join(learner.wrong)


def take_first_lesson(page: Any) -> None:
    """Do what the lesson says."""
    page.get_by_test_id("lesson-players").click()
    for testid, presses in {"step-d": 4, "step-g": 3, "run": 1}.items():
        said = page.get_by_test_id("lesson-does").text_content()
        for _ in range(presses):
            page.get_by_test_id(testid).click()
        page.wait_for_function(
            "said => document.querySelector('[data-testid=lesson-does]')?.textContent !== said", arg=said
        )


def test_a_lesson_is_done_and_remembered(learner: Learner) -> None:
    """From the first step to the tick; a new tab and a link know of it."""
    page = learner.open()
    assert page.get_by_test_id("lesson-players").get_attribute("aria-pressed") == "false"
    take_first_lesson(page)
    status = page.get_by_test_id("lesson-status")
    assert status.get_attribute("role") == "status" and "Lesson done: Two players." in status.text_content()
    assert page.get_by_test_id("lessons-done").text_content() == "1 of 10 done"
    chip = page.get_by_test_id("lesson-players")
    assert chip.locator("svg").count() == 1 and chip.text_content() == "Two players, done"
    assert page.get_by_test_id("run").text_content() == "Run"  # it waits for who reads
    link = page.evaluate("location.hash")
    assert "lesson=players" in link and "done=players" in link
    assert learner.open().get_by_test_id("lessons-done").text_content() == "1 of 10 done"
    page.get_by_test_id("lesson-next").click()
    assert page.evaluate("document.activeElement.dataset.testid") == "lesson-title"
    assert page.get_by_test_id("lesson-title").text_content() == "2. The first figure"
    page.get_by_test_id("lesson-close").click()
    page.wait_for_function("() => !location.hash.includes('lesson=')")
    assert page.evaluate("document.activeElement.dataset.testid") == "lesson-figure"


def test_a_link_opens_a_lesson_and_says_what_is_done(learner: Learner) -> None:
    page = learner.open("#lesson=leash&done=half.quality")
    page.get_by_test_id("lesson-title").wait_for()
    assert page.get_by_test_id("lesson-title").text_content() == "8. A critic on a leash"
    assert page.get_by_test_id("lessons-done").text_content() == "2 of 10 done"
    assert page.get_by_test_id("setting-loss").input_value() == "wasserstein"
    assert page.get_by_test_id("setting-players").input_value() == "discriminator"
    page.get_by_test_id("run").click()
    page.locator(".lesson-reached").wait_for()
    page.get_by_test_id("lesson-point").click()
    assert page.evaluate("document.activeElement.dataset.testid") == "penalty-gradient-penalty"
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.hash.includes('gradient-penalty')")


def test_a_lesson_is_taken_with_the_keyboard_alone(learner: Learner) -> None:
    page = learner.open()
    page.get_by_test_id("lesson-players").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.testid") == "lesson-title"
    for key, presses, reached in (("d", 4, 1), ("g", 3, 2), (" ", 1, 3)):
        for _ in range(presses):
            page.keyboard.press(key)
        page.locator(".lesson-reached").nth(reached - 1).wait_for()


def test_where_nothing_may_be_remembered_links_still_do(learner: Learner) -> None:
    """A browser that refuses storage to pages from the disk."""
    refusal = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    learner.context.add_init_script(refusal)
    page = learner.open("#done=players")
    take_first_lesson(page)
    assert page.get_by_test_id("lessons-done").text_content() == "1 of 10 done"
    page.get_by_test_id("theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_another_link_in_the_same_tab(learner: Learner) -> None:
    page = learner.open("#seed=3")
    page.evaluate("() => { location.hash = '#seed=5&data=circle'; }")
    page.wait_for_function("() => document.querySelector('[data-testid=seed]').value === '5'")
    page.wait_for_function("() => document.querySelector('[data-testid=data-circle]').checked")


def test_axe_finds_nothing_serious_in_a_lesson(learner: Learner, serious: Callable[[Any], list[str]]) -> None:
    page = learner.open("#done=figure")
    take_first_lesson(page)
    assert serious(page) == []


def test_no_width_is_too_narrow(learner: Learner, fits: Callable[[Any, int], bool]) -> None:
    page = learner.open("#lesson=figure&done=players.figure.half.copies")
    page.get_by_test_id("lesson").wait_for()
    for width in (360, 768, 1440):
        assert fits(page, width), width


def test_firefox(file: Path) -> None:
    """The same page, from the disk and without a network, in Firefox."""
    node, firefox = shutil.which("node"), shutil.which("firefox-esr") or shutil.which("firefox")
    if node is None or firefox is None or not (HERE.parents[1] / "node_modules/puppeteer-core").exists():
        pytest.skip("needs node, firefox and puppeteer-core: make browsers")
    command = [node, str(HERE / "firefox_playground.mjs"), firefox, file.as_uri()]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert found["wrong"] == []
    assert {address.split(":")[0] for address in found["requests"]} <= {"file", "data", "blob"}
    assert {address for address in found["requests"] if address.startswith("file:")} <= {file.as_uri()}
    assert found["count"] == "1 of 10 done" and "Lesson done" in found["status"]
    assert int(found["round"]) > 7


def test_the_command_writes_it(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", "playground"]) == 0
    assert (tmp_path / "playground.html").read_bytes() == file.read_bytes()
    assert re.search(r"playground\.html: 0\.\d MB", capsys.readouterr().out)
    assert main(["export", "playground", "--to", "onnx"]) != 0
    assert "page" in capsys.readouterr().err


def test_the_page_may_ask_nobody(file: Path) -> None:
    """Its policy allows its own script and style and nothing else, and there is nothing in it to fetch."""
    text = file.read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in policy[1] and "http" not in policy[1]
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", text, flags=re.DOTALL)
    assert re.findall(r"\b(?:src|srcset|action|data|style)=", markup) == []
    assert re.findall(r'\bhref="([^"]*)"', markup) == ["data:,"]
