"""The page Explore: what is seen is what Python and commands make, a drag ends on its last value, all of it by keys."""

import csv
import hashlib
import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

import zerosum
from zerosum.__main__ import main
from zerosum.studio.workers import prepare

Eventually = Callable[..., None]

DIGITS, RING, PEOPLE, FACES = "digits", "ring", "people", "faces"
WIDTHS = (360, 768, 1440)

PIXELS = """(canvas) => {
  const {width, height} = canvas;
  return {width, height, data: [...canvas.getContext("2d").getImageData(0, 0, width, height).data]};
}"""


@pytest.fixture(scope="session")
def grown(trained: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The trained runs, one of a table, and one of pictures with classes and styles."""
    prepare()
    out = tmp_path_factory.mktemp("grown")
    random = np.random.default_rng(0)
    lines = [f"{20 + n % 50},{'red' if x < 0.7 else 'blue'}" for n, x in enumerate(random.random(200))]
    (out / "people.csv").write_text("age,colour\n" + "\n".join(lines) + "\n")
    zerosum.fit(out / "people.csv", recipe="tabular", samples=400, batch=20, out=out, name=PEOPLE)
    images = random.integers(0, 256, (64, 16, 16, 3), np.uint8)
    np.savez(out / "faces.npz", images=images, labels=np.array(["cat", "dog"] * 32))
    sizes = {"latent_dim": 6, "style_dim": 8, "mapping_depth": 2, "channel_base": 64, "largest_width": 16}
    zerosum.fit(out / "faces.npz", recipe="stylegan2", samples=64, batch=16, out=out, name=FACES, **sizes)
    return {**trained, PEOPLE: out / PEOPLE, FACES: out / FACES}


@pytest.fixture
def explore(visitor: Any, studio: Any, grown: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A function that opens a run's page in a studio, as in `explore("digits", "s=7")`; commands run where it does."""
    monkeypatch.chdir(studio.root.parent)

    def open(run: str, query: str = "", page: Any = None, **size: int) -> Any:
        if not (studio.root / run).exists():
            shutil.copytree(grown[run], studio.root / run)
        return visitor.open(f"#/run/{run}/explore?{query}", page, **size)

    return open


def place(page: Any) -> dict[str, Any]:
    """The place whose picture is seen."""
    return json.loads(page.get_by_test_id("picture").get_attribute("data-place") or "{}")


def exact(page: Any, wanted: Callable[[dict[str, Any]], bool] = bool) -> np.ndarray:
    """The exact picture, (height, width, 3), as soon as it is that of a place that is wanted."""
    canvas = page.get_by_test_id("picture")
    for _ in range(400):
        page.wait_for_timeout(50)
        if canvas.get_attribute("data-exact") == "true" and wanted(place(page)):
            return pixels(canvas)
    raise AssertionError(f"there is still the picture of {place(page)}")


def pixels(canvas: Any) -> np.ndarray:
    """What a canvas shows, (height, width, 3)."""
    found = canvas.evaluate(PIXELS)
    return np.array(found["data"], np.uint8).reshape(found["height"], found["width"], 4)[..., :3]


def file_of(path: Path) -> np.ndarray:
    """What a picture's file shows, (height, width, 3)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def written_by(command: str) -> Path:
    """The file that a copied command writes here."""
    words = shlex.split(command)
    assert words[0] == "zerosum" and main(words[1:]) == 0, command
    if words[1] == "sample" and "--out" not in words:
        arrays = Path("samples/samples.npz")
        return arrays if "npz" in words else Path(f"samples/seed{int(words[words.index('--seeds') + 1]):05d}.png")
    return Path(words[words.index("--out") + 1] if "--out" in words else "show.png")


def set_slider(page: Any, testid: str, value: float, event: str = "input") -> None:
    """Move a slider, as a hand does."""
    page.get_by_test_id(testid).evaluate(
        "(slider, [value, event]) => { slider.value = value; slider.dispatchEvent(new Event(event, {bubbles: true})) }",
        [value, event],
    )


def copied(page: Any, what: str) -> str:
    """What "Copy as" offers."""
    return page.get_by_test_id(f"as-{what}").text_content()


# ---- the same as in Python and commands ----------------------------------------------------------------------------


def test_a_number_is_the_same_sample_everywhere(explore: Any) -> None:
    page = explore(DIGITS, "s=7&told=3")
    shown = exact(page)
    row = zerosum.load("runs/digits").sample(seeds=[7], condition="3")[0]
    assert np.array_equal(shown, np.broadcast_to(row, shown.shape)), "Python"
    assert copied(page, "command") == "zerosum sample runs/digits --seeds 7 --class 3"
    assert np.array_equal(shown, file_of(written_by(copied(page, "command")))), "command"
    assert page.get_by_test_id("told").text_content() == "3"


@pytest.mark.parametrize(
    ("run", "queries"),
    [
        (
            DIGITS,
            [
                "plane=4,8,15,16&x=.3&y=.81",
                "way=3,9&t=.35&told=5",
                "a=1,2,5&b=3,9&c=8",
                "a=1,2&near=903:.25",
                "s=@mine",
            ],
        ),
        (
            FACES,
            ["s=3&psi=.6", "s=3&space=z", "s=1&mix=9&layers=1-3&told=dog", "plane=1,2,3,4&x=.2&y=.9&space=z&psi=.5"],
        ),
    ],
)
def test_copied_commands_python_and_links_make_the_very_picture(
    explore: Any, visitor: Any, run: str, queries: list[str]
) -> None:
    page = explore(run)
    zerosum.explore(f"runs/{run}").keep("mine", zerosum.explore(f"runs/{run}").show({"latent": {"seed": 12}}))
    seen = set()
    for query in queries:
        explore(run, query, page)
        shown = exact(page)
        seen.add(shown.tobytes())
        assert np.array_equal(shown, file_of(written_by(copied(page, "command")))), copied(page, "command")
        exec(copied(page, "python"), {})
        assert np.array_equal(shown, file_of(Path("picture.png"))), copied(page, "python")
        link = copied(page, "link")
        other = visitor.tab()
        other.goto(link)
        other.locator("main[data-ready=explore]").wait_for()
        assert np.array_equal(shown, exact(other)) and place(other) == place(page), link
        other.close()
    assert len(seen) == len(queries), "they are different pictures"


def test_the_picture_can_be_saved(explore: Any) -> None:
    page = explore(DIGITS, "plane=4,8,15,16&x=.3&y=.8")
    shown = exact(page)
    with page.expect_download() as download:
        page.get_by_test_id("save-picture").click()
    assert download.value.suggested_filename == "digits-Between-4-8-15-16.png"
    assert np.array_equal(shown, file_of(download.value.path()))


LINKS = [
    "plane=4%2C8%2C15%2C%40mine&x=.3&y=.81",
    "way=3%2C9&t=.35&frames=48&loop=1&told=dog",
    "tab=arithmetic&a=1%2C2%2C5&b=3&c=8&near=903%3A.25",
    "s=%40mine&space=z&psi=.7",
    "s=1&mix=9&layers=1-3&move=pca-w-10-0a1b2c%3A1%3D-2.5%400-1&move=smile%3A0%3D.05",
    "s=4294967295&tab=photo",
]

CONDITIONS = {
    "age > 3": ["age > 3"],
    "age between 20 and 30 and colour = 'salt and pepper'": ["age between 20 and 30", "colour = 'salt and pepper'"],
    'a = 1 and (b = 2 or c = 3) and "x and y" is missing': ["a = 1", "(b = 2 or c = 3)", '"x and y" is missing'],
    "a = 1 and b = 2 or c = 3": ["a = 1 and b = 2 or c = 3"],
    "a = 'it''s' and b = 2": ["a = 'it''s'", "b = 2"],
    "": [],
}


def test_links_say_all_of_a_state_and_conditions_are_taken_apart(explore: Any) -> None:
    page = explore(FACES)
    again = page.evaluate(
        """async ([links, run]) => {
          const {queryOf, stateOf} = await import("/static/explore/link.js");
          const model = await (await fetch(`/api/models/${run}`)).json();
          return links.map((link) => queryOf(stateOf(new URLSearchParams(link), model), model).toString());
        }""",
        [LINKS, FACES],
    )
    assert again == LINKS
    parts = page.evaluate(
        """async (conditions) => {
          const {conditionOf, partsOf} = await import("/static/explore/condition.js");
          const column = (name, kind) => ({name, kind});
          return [conditions.map(partsOf), conditionOf(column("age", "integer"), ">=", "-3.5"),
            conditionOf(column("age", "integer"), ">=", "old"), conditionOf(column('a "b"', "category"), "=", "it's"),
            conditionOf(column("and", "category"), "is missing", "")];
        }""",
        list(CONDITIONS),
    )
    assert parts[0] == list(CONDITIONS.values())
    assert parts[1:] == ["age >= -3.5", "age >= 'old'", '"a ""b""" = \'it\'\'s\'', '"and" is missing']


# ---- a drag --------------------------------------------------------------------------------------------------------


def test_a_drag_ends_on_its_last_value(explore: Any) -> None:
    page = explore(DIGITS, "way=3,9")
    exact(page)
    asked = []
    page.on("request", lambda request: "/picture?" in request.url and asked.append(request.url))
    page.evaluate(
        """async () => {
          const slider = document.querySelector("[data-testid=way]");
          for (let number = 1; number <= 50; number++) {
            slider.value = String(number / 50 - 0.09);
            slider.dispatchEvent(new Event("input", {bubbles: true}));
            await new Promise((resolve) => setTimeout(resolve, 1));
          }
        }"""
    )
    canvas = page.get_by_test_id("picture")
    for _ in range(400):
        page.wait_for_timeout(50)
        if place(page)["latent"]["between"]["t"] == 0.91:
            break
    page.wait_for_timeout(500)
    last = place(page)
    assert last["latent"]["between"]["t"] == 0.91
    assert 1 <= len(asked) < 50, "stale pictures are not made"
    assert canvas.get_attribute("data-exact") == "false", "a slider that is still held shows what is fast"
    expected = page.evaluate(
        """async (place) => {
          const query = new URLSearchParams({view: "test", q: JSON.stringify(place)});
          const bitmap = await createImageBitmap(await (await fetch(`/api/models/digits/picture?${query}`)).blob());
          const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
          canvas.getContext("2d").drawImage(bitmap, 0, 0);
          return [...canvas.getContext("2d").getImageData(0, 0, bitmap.width, bitmap.height).data];
        }""",
        last,
    )
    hashes = [
        hashlib.sha256(np.array(data, np.uint8)).hexdigest() for data in (expected, canvas.evaluate(PIXELS)["data"])
    ]
    assert hashes[0] == hashes[1]
    set_slider(page, "way", 0.91, "change")
    assert np.array_equal(exact(page), file_of(written_by(copied(page, "command")))), (
        "and the exact one when it is let go"
    )


def test_dragging_the_plane(explore: Any) -> None:
    page = explore(DIGITS)
    page.locator("[data-testid=plane][data-map]").wait_for()
    box = page.get_by_test_id("plane").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 5, steps=6)
    page.mouse.move(box["x"] - 50, box["y"] - 50)
    page.mouse.up()
    exact(page, lambda found: found["latent"]["plane"]["x"] == found["latent"]["plane"]["y"] == 0)
    row = zerosum.load("runs/digits").sample(seeds=[0])[0]
    assert np.array_equal(exact(page)[..., :1], row), "its corners are its samples"
    page.get_by_test_id("reset-plane").click()
    exact(page, lambda found: found["latent"]["plane"]["x"] == 0.5)
    page.get_by_test_id("corner-3").fill("77")
    page.keyboard.press("Enter")
    exact(page, lambda found: found["latent"]["plane"]["seeds"] == [0, 1, 2, 77])


def test_undo_and_redo(explore: Any) -> None:
    page = explore(DIGITS, "s=5")
    first = exact(page)
    page.keyboard.press("ArrowRight")
    second = exact(page, lambda found: found["latent"] == {"seed": 6})
    page.get_by_test_id("class-4").click()
    exact(page, lambda found: found.get("condition") == "4")
    page.get_by_test_id("picture").click()
    for key, wanted, condition in (("z", 6, None), ("z", 5, None), ("y", 6, None), ("y", 6, "4"), ("z", 6, None)):
        page.keyboard.press(key)
        shown = exact(page, lambda found: (found["latent"], found.get("condition")) == ({"seed": wanted}, condition))  # noqa: B023
        if condition is None:
            assert np.array_equal(shown, first if wanted == 5 else second)
    page.get_by_test_id("undo").click()
    exact(page, lambda found: found["latent"] == {"seed": 5})
    assert page.get_by_test_id("undo").is_disabled()
    page.keyboard.press("z")
    assert page.get_by_test_id("said").text_content() == "There is nothing to undo"


# ---- arithmetic, directions, films ---------------------------------------------------------------------------------


def test_trays_by_keys_are_arithmetic_as_in_python(explore: Any) -> None:
    page = explore(DIGITS, "tab=arithmetic&told=3")
    page.locator("[data-testid=candidates][data-first='0']").wait_for()
    page.get_by_test_id("candidates-0").focus()
    for key in ("a", "ArrowRight", "A", "ArrowRight", "b", "ArrowRight", "ArrowRight", "c"):
        page.keyboard.press(key)
    terms = [{"factor": 1, "seeds": [0, 1]}, {"factor": -1, "seeds": [2]}, {"factor": 1, "seeds": [4]}]
    shown = exact(page, lambda found: found["latent"] == {"sum": terms})
    explorer = zerosum.explore("runs/digits")
    drawn = explorer.arithmetic("seeds:0,1 - seeds:2 + seeds:4")
    assert np.array_equal(explorer.show({"latent": {"sum": terms}}).rows[0], drawn.rows[-1])
    assert np.array_equal(shown[..., :1], explorer.show({"latent": {"sum": terms}, "condition": "3"}).rows[0])
    page.locator(".around[data-drawn]").wait_for()
    tiles = [pixels(page.get_by_test_id(f"near-{index}").locator("canvas")).tobytes() for index in range(9)]
    assert tiles[4] == shown.tobytes() and len(set(tiles)) == 9, "neighbours lie around the result"
    page.get_by_test_id("near-2").click()
    near = exact(page, lambda found: "near" in found["latent"])
    assert near.tobytes() == tiles[2]
    page.get_by_test_id("keep-name").fill("mine")
    page.keyboard.press("Enter")
    page.get_by_test_id("tab-photo").click()
    page.get_by_test_id("kept-mine").click()
    assert np.array_equal(exact(page, lambda found: found["latent"] == {"seed": "@mine"}), near)


def test_directions_have_sliders_shares_and_names(explore: Any) -> None:
    page = explore(DIGITS, "s=7")
    before = exact(page)
    page.get_by_test_id("find-pca").click()
    slider = page.get_by_test_id("direction-1")
    slider.wait_for()
    with page.expect_response("**/directions"):
        page.get_by_test_id("find-pca").click()
    page.wait_for_timeout(200)
    slider.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    shown = exact(page, lambda found: found.get("moves", [{}])[0].get("strength") == 1.5)
    assert not np.array_equal(shown, before)
    name = place(page)["moves"][0]["axes"]
    assert (Path("runs/digits/directions") / f"{name}.safetensors").exists()
    assert np.array_equal(shown, file_of(written_by(copied(page, "command"))))
    shares = [line.split()[-2] for line in page.locator(".direction").all_inner_texts()]
    assert len(shares) == 10 and sorted(map(float, shares), reverse=True) == list(map(float, shares))
    page.get_by_test_id("direction-name-1").fill("slant")
    page.keyboard.press("Enter")
    page.reload()
    page.locator("main[data-ready=explore]").wait_for()
    assert page.get_by_test_id("direction-name-1").input_value() == "slant"
    assert np.array_equal(exact(page), shown) and page.get_by_test_id("direction-1").input_value() == "1.5"
    page.get_by_test_id("find-sefa").click()
    page.locator("[data-testid=find-sefa][aria-pressed=true]").wait_for()
    set_slider(page, "direction-0", 1, "change")
    exact(page, lambda found: [move["strength"] for move in found["moves"]] == [1.5, 1])
    page.get_by_test_id("undo").click()
    page.locator("[data-testid=find-pca][aria-pressed=true]").wait_for()
    page.get_by_test_id("reset-directions").click()
    assert np.array_equal(exact(page, lambda found: "moves" not in found), before)


def test_films_can_be_taken_along(explore: Any, tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    page = explore(DIGITS, "way=3,9&told=4&frames=6&loop=1")
    exact(page)
    files = {}
    for form in ("gif", "mp4"):
        with page.expect_download() as download:
            page.get_by_test_id(f"film-{form}").click()
        assert download.value.suggested_filename == f"digits-3-9.{form}"
        files[form] = download.value.path()
    with Image.open(files["gif"]) as image:
        frames = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(image)]
    assert len(frames) == 12
    first = zerosum.load("runs/digits").sample(seeds=[3], condition="4")[0]
    factor = len(frames[0]) // len(first)
    assert np.array_equal(frames[0][::factor, ::factor], first[..., 0]), "it begins at the first sample"
    with av.open(str(files["mp4"])) as video:
        assert sum(1 for _ in video.decode(video=0)) == 12
    command = page.get_by_test_id("film-command").text_content()
    assert written_by(command).read_bytes() == files["gif"].read_bytes(), command


def test_style_mixing(explore: Any) -> None:
    page = explore(FACES)
    page.get_by_test_id("tab-mix").click()
    page.locator(".matrix[data-drawn]").wait_for()
    # The third row's sample, with layers of the second column's.
    tile = page.get_by_test_id(f"mix-{3 * 7 + 2}")
    tile.click()
    shown = exact(page, lambda found: "mix" in found and found["latent"] == {"seed": 2})
    assert place(page)["mix"] == {"seed": 5, "layers": [0, 1]}
    matrix = zerosum.explore("runs/faces").mix([2], [5], slice(0, 2)).rows.reshape(2, 2, 16, 16, 3)
    assert np.array_equal(shown, matrix[1, 1]) and np.array_equal(shown, pixels(tile.locator("canvas")))


def test_nearest_training_pictures(explore: Any) -> None:
    page = explore(DIGITS, "s=7")
    exact(page)
    page.get_by_test_id("nearest").locator("summary").click()
    page.locator("[data-testid=nearest][data-drawn]").wait_for()
    told = [float(text) for text in page.locator(".neighbour span").all_inner_texts()]
    assert len(told) == 5 and told == sorted(told) and told[0] > 0
    nearest = pixels(page.locator(".neighbour canvas").first).astype(float)
    apart = np.sqrt(np.square(nearest - exact(page)).mean())
    assert told[0] == pytest.approx(apart, abs=0.06)


def test_favourites_stay(explore: Any) -> None:
    page = explore(DIGITS, "s=7")
    first = exact(page)
    page.keyboard.press("f")
    page.get_by_test_id("favourite-0").wait_for()
    page.get_by_test_id("tab-plane").click()
    exact(page, lambda found: "plane" in found["latent"])
    page.keyboard.press("f")
    page.reload()
    page.locator("main[data-ready=explore]").wait_for()
    page.get_by_test_id("favourite-1").click()
    assert np.array_equal(exact(page, lambda found: found["latent"] == {"seed": 7}), first)
    page.get_by_test_id("unfavour-0").focus()
    page.keyboard.press("Enter")
    assert page.locator(".favourite").count() == 1


# ---- a picture of one's own ----------------------------------------------------------------------------------------


@pytest.fixture
def photo(grown: dict[str, Path], tmp_path: Path) -> Path:
    """A picture that the model can make, three times as large."""
    row = zerosum.load(grown[DIGITS]).sample(seeds=[3], condition="4")[0][..., 0]
    path = tmp_path / "my photo.png"
    Image.fromarray(row.repeat(3, 0).repeat(3, 1)).save(path)
    return path


def test_a_photo_becomes_a_chip(explore: Any, photo: Path) -> None:
    page = explore(DIGITS, "tab=photo&told=4")
    page.get_by_test_id("photo-file").set_input_files(photo)
    page.get_by_test_id("crop").wait_for()
    page.get_by_test_id("project").click()
    chip = page.get_by_test_id("kept-my-photo")
    chip.wait_for(timeout=60_000)
    shown = exact(page, lambda found: found["latent"] == {"seed": "@my-photo"})
    assert chip.get_attribute("aria-pressed") == "true"
    assert page.locator(".photo-found canvas").count() == 3
    assert np.array_equal(pixels(page.locator(".photo-found canvas").nth(2)), shown)
    assert np.array_equal(shown, file_of(written_by(copied(page, "command"))))


def test_a_search_can_be_cancelled(explore: Any, photo: Path, eventually: Eventually) -> None:
    page = explore(DIGITS, "tab=photo")
    page.get_by_test_id("photo-file").set_input_files(photo)
    page.get_by_test_id("crop").wait_for()
    page.get_by_test_id("project").click()
    page.get_by_test_id("project-cancel").click()
    page.get_by_text("The search was ended.").wait_for()
    eventually(lambda: page.get_by_test_id("project-cancel").is_hidden(), "it can be cancelled no longer")
    assert page.locator("[data-testid^=kept-]").count() == 0


def test_what_is_no_picture_is_said(explore: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("not a picture")
    page = explore(DIGITS, "tab=photo")
    page.get_by_test_id("photo-file").set_input_files(tmp_path / "notes.png")
    page.get_by_test_id("problem").wait_for()
    assert "notes.png cannot be read" in page.get_by_test_id("problem").text_content()


# ---- tables and points ---------------------------------------------------------------------------------------------


def rows_of(page: Any) -> list[list[str]]:
    """The rows that are seen, without their numbers."""
    return [row.split("\t")[1:] for row in page.locator("table.rows tbody tr").all_inner_texts()]


def test_conditions_hold_in_every_row(explore: Any) -> None:
    page = explore(PEOPLE)
    page.locator("table.rows[data-condition='']").wait_for()
    page.get_by_test_id("condition-value").fill("40")
    page.keyboard.press("Enter")
    page.get_by_test_id("condition-column").select_option("colour")
    page.get_by_test_id("condition-value").select_option("blue")
    page.get_by_test_id("condition-add").click()
    page.locator("table.rows[data-condition=\"age >= 40 and colour = 'blue'\"]").wait_for()
    rows = rows_of(page)
    assert len(rows) == 50 and all(int(age) >= 40 and colour == "blue" for age, colour in rows)
    page.get_by_test_id("column-colour").wait_for()
    command = copied(page, "command")
    assert list(csv.reader(written_by(command).read_text().splitlines()))[1:] == rows, command
    names: dict[str, Any] = {}
    exec(copied(page, "python"), names)
    assert [[str(age), colour] for age, colour in names["rows"].to_numpy().tolist()] == rows
    page.reload()
    page.locator("table.rows[data-condition*=blue]").wait_for()
    assert rows_of(page) == rows, "the address says it all"
    page.get_by_test_id("condition-0").click()
    page.locator("table.rows[data-condition=\"colour = 'blue'\"]").wait_for()
    page.get_by_test_id("undo").click()
    page.locator("table.rows[data-condition*=age]").wait_for()
    with page.expect_download() as download:
        page.get_by_test_id("file-rows").fill("50")
        page.get_by_test_id("save-csv").click()
    assert list(csv.reader(download.value.path().read_text().splitlines()))[1:] == rows


def test_what_no_row_can_be_is_said_at_its_field(explore: Any, visitor: Any) -> None:
    visitor.tolerated.append("422")
    page = explore(PEOPLE, "where=colour+%3D+'green'")
    problem = page.get_by_test_id("where-problem")
    problem.wait_for()
    assert "colour" in problem.text_content()
    page.get_by_test_id("where").fill("colour = 'red'")
    page.keyboard.press("Enter")
    page.locator("table.rows[data-condition=\"colour = 'red'\"]").wait_for()
    assert problem.is_hidden() and {colour for _, colour in rows_of(page)} == {"red"}


def test_points_over_real_ones(explore: Any) -> None:
    page = explore(RING, "s=40&n=250")
    page.locator("[data-testid=scatter][data-count='250']").wait_for()
    command = copied(page, "command")
    found = np.load(written_by(command))["points"]
    assert np.array_equal(found, zerosum.load("runs/ring").sample(seeds=range(40, 290))), command
    names: dict[str, Any] = {}
    exec(copied(page, "python"), names)
    assert np.array_equal(names["points"], found)
    page.get_by_test_id("points-numbers").locator("summary").click()
    written = page.get_by_test_id("points-numbers").locator("tbody tr").first.inner_text().split("\t")
    assert written[0] == "40" and written[1] == ", ".join(
        f"{value:.3f}" for value in np.round(found[0].astype(float), 4)
    )
    page.get_by_role("heading", name="Explore").click()
    page.keyboard.press("ArrowRight")
    page.locator("[data-testid=scatter][data-first='41']").wait_for()
    set_slider(page, "count", 0)
    page.locator("[data-testid=scatter][data-count='100']").wait_for()


# ---- for everybody -------------------------------------------------------------------------------------------------


def test_everything_by_keys(explore: Any, reach: Any) -> None:
    page = explore(DIGITS)
    exact(page)
    reach(page, "tab-plane")
    reach(page, "plane")
    page.keyboard.press("End")
    page.keyboard.press("PageUp")
    exact(page, lambda found: (found["latent"]["plane"]["x"], found["latent"]["plane"]["y"]) == (1, 0))
    page.keyboard.press("Shift+Tab")
    reach(page, "class-own")
    reach(page, "class-6")
    page.keyboard.press("Enter")
    exact(page, lambda found: found.get("condition") == "6")
    page.get_by_test_id("tab-plane").focus()
    page.keyboard.press("ArrowLeft")
    exact(page, lambda found: found["latent"] == {"seed": 0})
    reach(page, "seed")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    exact(page, lambda found: found["latent"] == {"seed": 12})
    reach(page, "samples-0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    exact(page, lambda found: found["latent"]["seed"] not in (0, 12))
    page.keyboard.press("r")
    exact(page, lambda found: found["latent"]["seed"] >= 30)


ALL = {
    FACES: ["", "s=3", "way=1,2", "a=1,2&b=3&c=4", "s=1&mix=2&layers=0-1", "tab=photo"],
    PEOPLE: ["where=age+%3E+30"],
    RING: [""],
}
SOME = {FACES: ["a=1,2&b=3&c=4"], PEOPLE: ["where=age+%3E+30"], RING: [""]}


@pytest.mark.parametrize(("scheme", "pages"), [("light", ALL), ("dark", SOME)])
def test_nothing_serious_and_no_sideways_scrolling(
    explore: Any, visitor: Any, serious: Any, fits: Any, scheme: str, pages: dict[str, list[str]]
) -> None:
    page = visitor.tab()
    page.emulate_media(color_scheme=scheme)
    seen = "[data-testid=picture][data-place], table.rows tbody tr, [data-testid=scatter][data-count]"
    for run, query in [(run, query) for run, queries in pages.items() for query in queries]:
        explore(run, query, page)
        page.locator(seen).first.wait_for()
        page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
        if run == PEOPLE:
            page.get_by_test_id("column-colour").wait_for()
            assert serious(page) == [], "charts of columns"
            page.get_by_test_id("columns-numbers").click()
        assert serious(page) == [], (run, query)
        for width in WIDTHS:
            assert fits(page, width), (run, query, width)


def test_a_run_without_a_model_says_so(visitor: Any, made_up: Any) -> None:
    visitor.tolerated.append("404")
    made_up()
    page = visitor.open("#/run/00000-made-up/explore")
    assert "no model yet" in page.get_by_test_id("nothing-to-explore").text_content()


def test_nothing_at_all_says_what_to_do(visitor: Any) -> None:
    page = visitor.open("#/explore")
    page.get_by_test_id("to-start").click()
    page.locator("main[data-ready=start]").wait_for()
