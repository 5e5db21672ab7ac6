"""Start: data given in every way, a recipe, settings, and a training, by hand and by keyboard alone."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from zerosum.core.events import read_events
from zerosum.core.registry import find_recipe

SLOW = 60_000  # milliseconds: data are read, and plans tried out, in processes of their own


def pictures(folder: Path, classes: int = 2, each: int = 20) -> Path:
    """A folder with a folder of pictures for each class."""
    random = np.random.default_rng(0)
    for label in range(classes):
        (folder / f"kind{label}").mkdir(parents=True)
        for number in range(each):
            picture = random.integers(0, 256, (24, 24, 3), dtype=np.uint8)
            Image.fromarray(picture).save(folder / f"kind{label}" / f"{number}.png")
    return folder


def table(path: Path, rows: int = 400) -> Path:
    """A table with a number, a code that looks like one, and a word."""
    random = np.random.default_rng(0)
    ages, codes = random.integers(18, 90, rows), random.integers(0, 5, rows)
    lines = (f"{age},{code},{'yes' if age > 50 else 'no'}" for age, code in zip(ages, codes, strict=True))
    path.write_text("age,code,answer\n" + "\n".join(lines) + "\n")
    return path


@pytest.fixture
def known_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No trials of plans, which take seconds, where a test is about something else."""
    data = pytest.importorskip("zerosum.studio.starting.data")

    async def speed(self: Any, trial: Any) -> float:
        return 1234.0

    monkeypatch.setattr(data.Data, "speed", speed)


def tab_to(page: Any, testid: str, most: int = 80) -> None:
    """Press Tab until something has the focus."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.dataset.testid ?? document.activeElement.tagName"))
        if seen[-1] == testid:
            return
    raise AssertionError(f"Tab never reaches {testid}: {seen}")


def drop(page: Any, path: Path) -> None:
    """Drag something from the disk over the page, and let go."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 600, "data": data})
    page.get_by_test_id("veil").wait_for()
    session.send("Input.dispatchDragEvent", {"type": "drop", "x": 700, "y": 600, "data": data})


def planned(page: Any) -> str:
    """The command of the plan, once it was tried out."""
    page.get_by_test_id("command").wait_for(timeout=SLOW)
    return page.get_by_test_id("command").inner_text()


def plan_of(page: Any, act: Callable[[], Any], asked: str = "") -> dict[str, Any]:
    """What the server says of the plan after something was done; of several, the one for which this was asked."""

    def is_meant(answer: Any) -> bool:
        return answer.url.endswith("/api/plan") and asked in (answer.request.post_data or "")

    with page.expect_response(is_meant, timeout=SLOW) as heard:
        act()
    return heard.value.json()


def set_to(page: Any, testid: str, text: str) -> None:
    """Type a value and leave the field."""
    page.get_by_test_id(testid).fill(text)
    page.get_by_test_id(testid).press("Tab")


def ended(folder: Path) -> bool:
    """Whether a run has finished."""
    events = read_events(folder / "events.jsonl") if (folder / "events.jsonl").exists() else []
    return bool(events) and events[-1]["event"] == "finished"


@pytest.mark.usefixtures("known_speed")
def test_a_keyboard_is_enough_from_data_to_a_training(visitor, studio, eventually) -> None:
    page = visitor.open("#/start")
    tab_to(page, "place-ring")
    page.keyboard.press("Enter")
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    assert page.evaluate("document.activeElement.tagName") == "H1", "Tab would begin at the top again"
    planned(page)
    tab_to(page, "run.minutes")
    page.keyboard.press("Control+a")
    page.keyboard.type("0.02")
    assert "--minutes 0.02" in plan_of(page, lambda: page.keyboard.press("Tab"))["command"]
    tab_to(page, "train")
    page.keyboard.press("Enter")
    page.wait_for_url("**/train", timeout=SLOW)
    (run,) = (path for path in studio.root.iterdir() if path.name.endswith("-ring-r3gan"))
    assert page.url.endswith(f"#/run/{run.name}/train")
    eventually(lambda: ended(run), "the training does not finish", seconds=90)
    assert json.loads((run / "config.json").read_text())["run"]["minutes"] == 0.02


def test_who_has_nothing_begins_with_one_click(visitor) -> None:
    page = visitor.open("#/start")
    assert page.locator("button.primary:visible").count() == 1
    page.get_by_test_id("first").click()
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    assert page.get_by_test_id("data-name").inner_text() == "digits"
    assert "10,000" in page.get_by_test_id("data-facts").inner_text()
    assert "28 × 28, grey" in page.get_by_test_id("data-facts").inner_text()
    assert page.get_by_test_id("thumbs").evaluate("image => image.decode().then(() => image.naturalWidth)") > 8 * 28
    assert page.locator("button.primary:visible").count() == 1
    assert "zerosum train digits" in planned(page)
    assert re.fullmatch(
        r"About [\d,.]+ samples a second on this machine: [\d,]+ samples in 20 min\.",
        page.get_by_test_id("estimate").inner_text(),
    )
    page.reload()
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    assert page.get_by_test_id("data-name").inner_text() == "digits", "a reload forgets the data"


def test_a_folder_dropped_anywhere_becomes_data(visitor, tmp_path) -> None:
    page = visitor.open("#/start")
    drop(page, pictures(tmp_path / "squares"))
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    assert page.get_by_test_id("data-name").inner_text() == "squares"
    facts = page.get_by_test_id("data-facts").inner_text().split("\n")
    assert facts == ["Samples", "40", "Each", "24 × 24, colour", "Classes", "2"]
    checks = page.get_by_test_id("data-checks")
    assert "so few pictures" in checks.inner_text()
    checks.locator("summary").first.click()
    assert "fewer than 50 an alarm" in checks.inner_text()
    assert not page.get_by_test_id("veil").is_visible()


@pytest.mark.usefixtures("known_speed")
def test_a_table_says_what_its_columns_are_and_is_told_better(visitor, tmp_path) -> None:
    page = visitor.open("#/start")
    page.get_by_test_id("file-input").set_input_files(str(table(tmp_path / "people.csv")))
    page.get_by_test_id("columns").wait_for(timeout=SLOW)
    assert page.get_by_test_id("recipe-name").inner_text() == "tabular"
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="code", exact=True))
    assert page.get_by_test_id("kind-code").input_value() == "integer"
    before = row.inner_text()
    planned(page)
    plan = plan_of(page, lambda: page.get_by_test_id("kind-code").select_option("category"))
    assert "--column code=category" in plan["command"]
    assert "as you said" in row.inner_text() and row.inner_text() != before
    assert "column" in page.url, "a link would not hold it"
    plan_of(page, lambda: page.get_by_test_id("columns-reset").click())
    assert page.get_by_test_id("kind-code").input_value() == "integer"


def test_an_archive_becomes_data(visitor, tmp_path) -> None:
    folder = pictures(tmp_path / "squares")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        for path in sorted(folder.rglob("*.png")):
            archive.write(path, path.relative_to(folder))
    page = visitor.open("#/start")
    page.get_by_test_id("file-input").set_input_files(str(tmp_path / "packed.zip"))
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    assert page.get_by_test_id("data-name").inner_text() == "packed"
    facts = page.get_by_test_id("data-facts").inner_text().split("\n")
    assert facts == ["Samples", "40", "Each", "24 × 24, colour", "Classes", "2"]


@pytest.mark.usefixtures("known_speed")
def test_damaged_pictures_are_named_and_can_be_left_out(visitor, studio) -> None:
    visitor.tolerated += ["status of 422"]
    folder = pictures(studio.root.parent / "damaged")
    whole = (folder / "kind0" / "7.png").read_bytes()
    (folder / "kind0" / "7.png").write_bytes(whole[: len(whole) // 2])
    page = visitor.open("#/start")
    page.get_by_test_id("place-damaged").click()
    page.get_by_test_id("place-use").click()
    problem = page.get_by_test_id("problem")
    problem.wait_for(timeout=SLOW)
    assert "7.png cannot be used" in problem.inner_text()
    page.get_by_test_id("skip-bad").click()
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    assert page.get_by_test_id("data-facts").inner_text().split("\n")[1] == "39"
    assert "--skip-bad" in planned(page)
    assert problem.count() == 0
    page.reload()
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    page.get_by_test_id("all-settings").click()
    assert page.get_by_test_id("options.skip_bad").is_checked(), "a reload forgets it"


def test_files_that_are_refused_are_named_with_a_sentence_and_the_others_stay(visitor, tmp_path) -> None:
    visitor.tolerated += ["status of 413", "status of 422"]
    folder = pictures(tmp_path / "mixed")
    (folder / "model.pkl").write_bytes(b"\x80\x04.")
    (folder / "large.png").write_bytes(bytes(10_000_001))
    page = visitor.open("#/start")
    page.get_by_test_id("folder-input").set_input_files(str(folder))
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    refused = page.get_by_test_id("refused")
    assert refused.get_by_role("listitem").count() == 2
    large = refused.get_by_role("listitem").filter(has_text="large.png").inner_text()
    assert "10,000,000 bytes" in large
    pickled = refused.get_by_role("listitem").filter(has_text="model.pkl").inner_text()
    assert "pickle" in pickled or "run" in pickled
    assert page.get_by_test_id("data-facts").inner_text().split("\n")[1] == "40"


def test_where_every_file_is_refused_one_is_asked_again(visitor, tmp_path) -> None:
    visitor.tolerated += ["status of 422"]
    (tmp_path / "weights.pt").write_bytes(b"\x80\x04.")
    page = visitor.open("#/start")
    page.get_by_test_id("file-input").set_input_files(str(tmp_path / "weights.pt"))
    page.get_by_test_id("refused").wait_for(timeout=SLOW)
    assert "weights.pt" in page.get_by_test_id("refused").inner_text()
    assert page.get_by_test_id("drop").is_visible()


def test_data_that_cannot_be_read_say_why(visitor, studio) -> None:
    visitor.tolerated += ["status of 422"]
    (studio.root.parent / "broken.npz").write_bytes(b"no archive")
    page = visitor.open("#/start")
    page.get_by_test_id("place-broken.npz").click()
    page.get_by_test_id("problem").wait_for(timeout=SLOW)
    assert "broken.npz" in page.get_by_test_id("problem").inner_text()
    assert page.get_by_test_id("drop").is_visible()


def test_a_folder_of_the_studio_is_entered_and_used(visitor, studio) -> None:
    pictures(studio.root.parent / "albums" / "summer")
    page = visitor.open("#/start")
    page.get_by_test_id("place-albums").press("Enter")
    page.get_by_test_id("place-summer").press("Enter")
    page.get_by_test_id("place-kind0").wait_for()
    page.get_by_test_id("place-use").press("Enter")
    page.get_by_test_id("train-card").wait_for(timeout=SLOW)
    assert page.get_by_test_id("data-name").inner_text() == "summer"


CHANGES = {
    "settings.penalties": "r1=0.2",  # a text
    "settings.optimizer.rate": "0.004",  # a number in a group
    "settings.optimizer.betas": "0.1, 0.9",  # a list
    "settings.pack": "2",  # a whole number
    "settings.gradient_clip": "1.5",  # one that is left open otherwise
    "run.seed": "7",
}


@pytest.mark.usefixtures("known_speed")
def test_settings_go_into_the_address_the_command_and_the_run(visitor, studio, eventually) -> None:
    page = visitor.open("#/start")
    page.get_by_test_id("place-ring").click()
    planned(page)
    page.get_by_test_id("all-settings").click()
    for testid, text in CHANGES.items():
        set_to(page, testid, text)
    page.get_by_test_id("settings.spectral_norm").check()
    page.get_by_test_id("settings.loss").select_option(label="hinge")
    plan = plan_of(page, lambda: set_to(page, "run.minutes", "0.7"), asked='"minutes":0.7')
    assert page.get_by_test_id("changed-count").inner_text() == "8 changed"
    page.reload()
    assert planned(page) == plan["command"], "a reload loses settings"
    page.get_by_test_id("all-settings").click()
    assert page.get_by_test_id("settings.optimizer.betas").input_value() == "0.1, 0.9"
    page.get_by_test_id("run.minutes").fill("0.02")
    page.get_by_test_id("train").click()  # while the field still has the focus: nothing may move away under the pointer
    page.wait_for_url("**/train", timeout=SLOW)
    (run,) = (path for path in studio.root.iterdir() if path.name.endswith("-ring-r3gan"))
    eventually(lambda: ended(run), "the training does not finish", seconds=90)
    config = json.loads((run / "config.json").read_text())
    found = config["settings"]
    assert found["penalties"] == "r1=0.2" and found["loss"] == "hinge" and found["spectral_norm"] is True
    assert found["optimizer"]["rate"] == 0.004 and found["optimizer"]["betas"] == [0.1, 0.9]
    assert (found["pack"], found["gradient_clip"]) == (2, 1.5)
    assert config["run"]["seed"] == 7


@pytest.mark.usefixtures("known_speed")
def test_a_change_is_marked_and_taken_back(visitor) -> None:
    page = visitor.open("#/start")
    page.get_by_test_id("place-ring").click()
    usual = planned(page)
    page.get_by_test_id("all-settings").click()
    field = page.locator("[data-setting='settings.latent_dim']")
    assert not field.locator(".reset").is_visible()
    assert "--latent-dim 9" in plan_of(page, lambda: set_to(page, "settings.latent_dim", "9"))["command"]
    assert "changed" in (field.get_attribute("class") or "").split()
    assert plan_of(page, lambda: field.locator(".reset").click())["command"] == usual
    assert page.get_by_test_id("changed-count").count() == 0
    page.get_by_test_id("find-setting").fill("learning rate start")
    assert page.get_by_test_id("settings.optimizer.rate").is_visible()
    assert not page.get_by_test_id("settings.latent_dim").is_visible()


REFUSED = {
    "settings.optimizer.rate": ("-1", "Rate is -1.0; it must be a finite number and not negative."),
    "settings.penalties": ("r9=1", 'There is no penalty "r9".'),
    "settings.optimizer.betas": ("0.5, 2", "each must be at least 0 and less than 1"),
    "run.batch": ("0", "Batch is 0"),
}


@pytest.mark.usefixtures("known_speed")
@pytest.mark.parametrize("testid", REFUSED)
def test_a_refused_setting_says_so_in_its_place(visitor, testid) -> None:
    visitor.tolerated += ["status of 422"]
    page = visitor.open("#/start")
    page.get_by_test_id("place-ring").click()
    planned(page)
    page.get_by_test_id("all-settings").click()
    text, sentence = REFUSED[testid]
    set_to(page, testid, text)
    wrong = page.locator(f"[data-setting='{testid}'] .wrong")
    wrong.wait_for()
    assert sentence in wrong.inner_text()
    assert page.get_by_test_id(testid).get_attribute("aria-invalid") == "true"
    page.get_by_test_id("train").click()
    page.locator(f"[data-testid='{testid}']:focus").wait_for()
    assert page.get_by_test_id("refusal").inner_text() == wrong.inner_text()
    assert "#/start" in page.url


@pytest.mark.usefixtures("known_speed")
def test_another_recipe_brings_its_own_settings(visitor) -> None:
    page = visitor.open("#/start")
    page.get_by_test_id("place-ring").click()
    planned(page)
    assert page.get_by_test_id("recipe-name").inner_text() == "r3gan"
    page.get_by_test_id("other-recipes").locator("summary").click()
    plan = plan_of(page, lambda: page.get_by_test_id("recipe-wgan-gp").check())
    assert "--recipe wgan-gp" in plan["command"]
    assert "for these data r3gan is proposed" in page.get_by_test_id("recipe-why").inner_text()
    assert "1704.00028" in page.get_by_test_id("recipe-card").inner_text()
    page.get_by_test_id("all-settings").click()
    steps = find_recipe("wgan-gp").presets["points"].discriminator_steps
    assert page.get_by_test_id("settings.discriminator_steps").input_value() == str(steps)


@pytest.mark.usefixtures("known_speed")
def test_a_clone_begins_with_the_data_and_settings_of_its_run(visitor, studio, adopt) -> None:
    adopt("ring", "00003-ring-gan")
    config = studio.root / "00003-ring-gan" / "config.json"
    said = json.loads(config.read_text())
    said["settings"]["latent_dim"] = 11
    config.write_text(json.dumps(said))
    page = visitor.open("#/start?clone=00003-ring-gan")
    command = planned(page)
    assert command.startswith("zerosum train ring --recipe gan")
    assert "--latent-dim 11" in command and "--log-rounds 4" in command
    assert page.get_by_test_id("data-name").inner_text() == "ring"


@pytest.mark.usefixtures("known_speed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits(visitors, serious, fits, scheme) -> None:
    visitor = visitors(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    page = visitor.open("#/start")
    page.get_by_test_id("place-gaussian").wait_for()
    assert not serious(page)
    page.get_by_test_id("place-ring").click()
    planned(page)
    page.get_by_test_id("all-settings").click()
    page.get_by_test_id("other-recipes").locator("summary").click()
    assert not serious(page)
    assert page.evaluate("document.getAnimations().length") == 0, "something moves"
    for width in (360, 768, 1440):
        assert fits(page, width), width
