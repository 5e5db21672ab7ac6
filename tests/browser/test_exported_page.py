"""The exported page as people get it: opened from the disk, without a network, in Chromium and in Firefox."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import zerosum
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data.codec import ImageCodec
from zerosum.data.conditions import Classes
from zerosum.exploration.axes import find_axes
from zerosum.exploration.places import bilinear
from zerosum.exploration.spaces import Latents, LatentSpace, open_space
from zerosum.export import page_data, write_page
from zerosum.train.model import Model

HERE = Path(__file__).parent
HOSTILE = '<img src="x" onerror="alert(1)"></script><script>alert(2)</script>'

LEVELS = 2
"""Of 255, by which a picture of the page may be off."""

PIXELS = """() => {
  const canvas = document.querySelector("[data-testid=picture]");
  return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
}"""


@dataclass(frozen=True)
class Exported:
    """A model and its page."""

    model: Model
    path: Path

    @property
    def space(self) -> LatentSpace:
        """The one that the page moves in."""
        return open_space(self.model, "auto")

    def off(self, pixels: list[int], wanted: np.ndarray) -> int:
        """By how many levels a canvas is off a picture (height, width, channels)."""
        height, width, channels = wanted.shape
        found = np.array(pixels).reshape(height, width, 4)
        assert (found[..., 3] == 255).all()
        return int(np.abs(found[..., :3] - np.broadcast_to(wanted.astype(int), (height, width, 3))).max())

    def drawn(self, latents: Latents, truncation: float | None = None) -> np.ndarray:
        """The picture of a latent, by PyTorch."""
        x = latents.values if truncation is None else self.truncated(latents.values, truncation)
        return self.space.rows(Latents(x, latents.conditions))[0]

    def truncated(self, styles: torch.Tensor, truncation: float) -> torch.Tensor:
        """Styles brought nearer to their mean."""
        return self.space.center + truncation * (styles - self.space.center)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the pages lie; their directions are found among few samples, which takes less time."""
    pytest.importorskip("onnxscript")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_data, "LOOKED_AT", (32, 64))
        yield tmp_path_factory.mktemp("exported")


@pytest.fixture(scope="session")
def digits(folder: Path, trained: dict[str, Path]) -> Exported:
    """A short training's model of digits."""
    model = zerosum.load(trained["digits"])
    return Exported(model, write_page(model, folder / "digits.html", directions=3).path)


@pytest.fixture(scope="session")
def ring(folder: Path, trained: dict[str, Path]) -> Exported:
    """A short training's model of points."""
    model = zerosum.load(trained["ring"])
    return Exported(model, write_page(model, folder / "ring.html").path)


@pytest.fixture(scope="session")
def styled(folder: Path) -> Exported:
    """A model with styles, in colour, not square; one of its classes has a name that somebody meant badly."""
    torch.manual_seed(0)
    names, recipe = ("cat", "dog", HOSTILE), find_recipe("stylegan2")
    space = Space(kind="image", shape=(3, 16, 24), classes=names, frequencies=(0.25, 0.25, 0.5))
    tiny = {"latent_dim": 6, "style_dim": 8, "mapping_depth": 2, "channel_base": 64, "largest_width": 16}
    settings = replace(recipe.settings(space), **tiny)
    known = Classes(np.array([0.25, 0.25, 0.5]), names)
    model = Model(recipe, settings, space, ImageCodec(), known, recipe.build(settings, space))
    for module in model.modules.values():
        module.requires_grad_(False).train()
    for first in range(0, 640, 64):  # the mean style
        seeds = range(first, first + 64)
        model.game.generate(model.modules, model.latents(seeds), model.conditions(seeds))
    for module in model.modules.values():
        module.eval()
    return Exported(model, write_page(model, folder / "styled.html", directions=3).path)


class Reader:
    """A person with a browser and no network, who opens pages from the disk."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True, **options)
        self.context.set_default_timeout(45_000)
        self.wrong: list[str] = []

    def open(self, exported: Exported, hash: str = "#s=0") -> Any:
        """The page, as soon as something is drawn."""
        page = self.context.new_page()
        page.on("console", lambda message: message.type == "error" and self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(f"{error}\n{error.stack}"))
        page.on("dialog", lambda dialog: self.wrong.append(dialog.message))
        page.on("request", lambda request: self.look_at(request.url, exported))
        page.goto(exported.path.as_uri() + hash)
        page.get_by_test_id("caption").filter(has_text=re.compile(".")).wait_for()
        return page

    def look_at(self, address: str, exported: Exported) -> None:
        """Note an address that is neither the page nor in it."""
        if not address.startswith((exported.path.as_uri(), "data:", "blob:null/")):
            self.wrong.append(f"a request left the page: {address}")

    @staticmethod
    def see(page: Any, hash: str, caption: str) -> list[int]:
        """The pixels of what an address shows, which another sample was shown before."""
        for text, said in (("s=99", "Sample 99"), (hash, caption)):
            page.evaluate("(text) => { location.hash = text; }", text)
            page.get_by_test_id("caption").filter(has_text=re.compile(rf"^{re.escape(said)}(\D|$)")).wait_for()
        return page.evaluate(PIXELS)


@pytest.fixture
def readers(browser: Any) -> Iterator[Callable[..., Reader]]:
    """A function that makes readers; the test fails if anything went wrong on their pages."""
    made: list[Reader] = []

    def make(**options: Any) -> Reader:
        made.append(Reader(browser, **options))
        return made[-1]

    yield make
    for reader in made:
        reader.context.close()
        assert not reader.wrong, "\n".join(reader.wrong)


@pytest.fixture
def reader(readers: Callable[..., Reader]) -> Reader:
    """One of them."""
    return readers()


def test_numbers_are_the_pictures_that_python_gives(reader: Reader, digits: Exported) -> None:
    page = reader.open(digits)
    for seed, wanted in enumerate(digits.model.sample(4)):
        assert digits.off(reader.see(page, f"s={seed}", f"Sample {seed}"), wanted) <= LEVELS
    largest = digits.model.sample(1, seed=2**32 - 1)[0]
    assert digits.off(reader.see(page, f"s={2**32 - 1}", f"Sample {2**32 - 1}"), largest) <= LEVELS


def test_numbers_are_the_pictures_that_python_gives_in_firefox(digits: Exported) -> None:
    node, firefox = shutil.which("node"), shutil.which("firefox-esr") or shutil.which("firefox")
    if node is None or firefox is None or not (HERE.parents[1] / "node_modules/puppeteer-core").exists():
        pytest.skip("needs node, firefox and puppeteer-core: make browsers")
    command = [node, str(HERE / "firefox_pictures.mjs"), firefox, digits.path.as_uri(), *map(str, range(4))]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert found["wrong"] == []
    assert {address.split(":")[0] for address in found["requests"]} <= {"file", "data", "blob"}
    assert {address for address in found["requests"] if address.startswith("file:")} <= {digits.path.as_uri()}
    for pixels, wanted in zip(found["pictures"], digits.model.sample(4), strict=True):
        assert digits.off(pixels, wanted) <= LEVELS


def test_all_that_is_set_is_what_python_computes(reader: Reader, styled: Exported) -> None:
    page, space, sample = reader.open(styled), styled.space, styled.model.sample
    for seed, wanted in enumerate(sample(4)):
        assert styled.off(reader.see(page, f"s={seed}", f"Sample {seed}, class"), wanted) <= LEVELS
    dog = sample(seeds=[5], condition="dog")[0]
    assert styled.off(reader.see(page, "s=5&is=1", "Sample 5, class dog"), dog) <= LEVELS
    typical = sample(seeds=[5], truncation=0.5)[0]
    assert styled.off(reader.see(page, "s=5&truncation=0.5", "Sample 5"), typical) <= LEVELS

    corners, between = space.at([0, 1, 2, 3]), space.between()
    middle = Latents(bilinear(corners.values, 0.3, 0.8, between), None)
    said = "Between samples 0, 1, 2 and 3: 30 % across, 80 % down"
    assert styled.off(reader.see(page, "s=0&x=0.3&y=0.8", said), styled.drawn(middle)) <= LEVELS
    axes = find_axes(space, "pca", 3, range(page_data.LOOKED_AT[1])).directions
    step = 2.5 * axes.spread[1] * axes.vectors[1]
    far = Latents(space.at([7]).values + step, None)
    assert styled.off(reader.see(page, "s=7&moves=0,2.5", "Sample 7"), styled.drawn(far)) <= LEVELS


def test_names_of_classes_are_only_text(reader: Reader, styled: Exported) -> None:
    page = reader.open(styled)
    page.get_by_test_id("class-2").check(force=True)
    page.get_by_test_id("caption").filter(has_text=HOSTILE).wait_for()
    assert page.locator("main img, main script").count() == 0


def test_points_are_those_of_python(reader: Reader, ring: Exported, eventually: Callable[..., None]) -> None:
    page = reader.open(ring)
    for seed, point in enumerate(ring.model.sample(4)):
        page.evaluate("(text) => { location.hash = text; }", f"s={seed}")
        caption = page.get_by_test_id("caption").filter(has_text=re.compile(f"^Sample {seed}:"))
        said = re.findall(r"-?\d+\.\d+", caption.text_content().replace("\u2212", "-"))
        assert np.allclose([float(number) for number in said], point, atol=6e-4)
    drawn = """document.querySelector("[data-testid=picture]").toDataURL()"""
    plain = page.evaluate(drawn)
    page.get_by_test_id("count").select_option("1000")
    eventually(lambda: page.evaluate(drawn) != plain, "fewer points are fewer dots")


def test_a_person_needs_no_mouse(reader: Reader, digits: Exported, reach: Callable[[Any, str], None]) -> None:
    page = reader.open(digits)

    def caption(text: str) -> None:
        page.get_by_test_id("caption").filter(has_text=re.compile(text)).wait_for()

    reach(page, "sample")
    page.keyboard.press("Control+A")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    caption("^Sample 12,")
    reach(page, "next")
    page.keyboard.press("Enter")
    caption("^Sample 13,")
    reach(page, "class-any")
    page.keyboard.press("ArrowRight")
    caption("^Sample 13, class 0$")
    reach(page, "across")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    caption("10 % across, 2 % down")
    reach(page, "direction-1")
    page.keyboard.press("End")
    caption("moved along directions")
    reach(page, "reset")
    page.keyboard.press("Enter")
    reach(page, "play")
    reach(page, "way")
    page.keyboard.press("End")
    caption("^100 % of the way from sample 13 to sample 17")
    page.keyboard.press("r")
    caption(r"^Sample \d+, class 0$")


def test_pictures_are_saved_as_they_are(reader: Reader, digits: Exported, tmp_path: Path) -> None:
    page = reader.open(digits)
    reader.see(page, "s=3", "Sample 3")
    with page.expect_download() as download:
        page.get_by_test_id("save-picture").click()
    assert download.value.suggested_filename == "digits-sample-3.png"
    download.value.save_as(tmp_path / "sample.png")
    with Image.open(tmp_path / "sample.png") as picture:
        assert (
            digits.off(list(np.asarray(picture.convert("RGBA")).ravel()), digits.model.sample(1, seed=3)[0]) <= LEVELS
        )
    page.wait_for_timeout(1500)  # until the strip is drawn
    with page.expect_download() as download:
        page.get_by_test_id("save-strip").click()
    download.value.save_as(tmp_path / "strip.png")
    with Image.open(tmp_path / "strip.png") as strip:
        assert strip.height == 28 and strip.width % 28 == 0 and strip.width >= 5 * 28
        last = np.asarray(strip.convert("RGBA"))[:, -28:].ravel()
        assert digits.off(list(last), digits.model.sample(1, seed=7)[0]) <= LEVELS


def test_fifty_quick_moves_end_on_the_last_one(
    reader: Reader, digits: Exported, eventually: Callable[..., None]
) -> None:
    page = reader.open(digits)
    page.evaluate("""() => {
      const slider = document.querySelector("[data-testid=way]");
      for (let step = 1; step <= 50; step += 1) {
        slider.value = String(step / 100);
        slider.dispatchEvent(new Event("input"));
      }
    }""")
    page.get_by_test_id("caption").filter(has_text="50 % of the way").wait_for()
    space = digits.space
    ends = space.at([0, 4])
    way = bilinear(ends.values[[0, 1, 0, 1]], 0.5, 0.0, space.between())
    assert digits.off(page.evaluate(PIXELS), digits.drawn(Latents(way, ends.conditions[1:]))) <= LEVELS
    eventually(lambda: "way=0.5" in page.evaluate("location.hash"), "the address is that of the last move")


def test_a_link_shows_what_was_seen(readers: Callable[..., Reader], digits: Exported) -> None:
    reader = readers(permissions=["clipboard-read", "clipboard-write"])
    page = reader.open(digits)
    seen = reader.see(page, "s=8&is=4&way=0.25&moves=1.5", "25 % of the way")
    page.get_by_test_id("copy").click()
    page.get_by_test_id("copy").filter(has_text="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    other = reader.open(digits, "#" + link.split("#")[1])
    assert other.evaluate(PIXELS) == seen
    assert other.get_by_test_id("class-4").is_checked() and other.get_by_test_id("direction-0").input_value() == "1.5"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_and_can_be_heard(
    theme: str,
    readers: Callable[..., Reader],
    digits: Exported,
    ring: Exported,
    serious: Callable[[Any], list[str]],
    fits: Callable[[Any, int], bool],
) -> None:
    reader = readers(color_scheme=theme, bypass_csp=True)  # axe is put into the page
    for exported in (digits, ring):
        page = reader.open(exported)
        assert page.evaluate("document.documentElement.dataset.theme") == theme
        for width in (360, 768, 1440):
            assert fits(page, width), width
        assert "Sample 0" in page.get_by_test_id("picture").get_attribute("aria-label")
        page.locator("summary").click()
        assert serious(page) == []


def test_who_wants_no_motion_gets_steps(
    readers: Callable[..., Reader], digits: Exported, eventually: Callable[..., None]
) -> None:
    page = readers(reduced_motion="reduce").open(digits)
    page.evaluate("""() => {
      globalThis.seen = [];
      const slider = document.querySelector("[data-testid=way]");
      const look = () => globalThis.seen.push(slider.getAttribute("aria-valuetext"));
      new MutationObserver(look).observe(slider, { attributes: true, attributeFilter: ["aria-valuetext"] });
    }""")
    page.get_by_test_id("play").click()
    eventually(lambda: page.evaluate("globalThis.seen.length") >= 3, "it plays")
    page.get_by_test_id("play").click()
    seen = page.evaluate("globalThis.seen")
    assert seen[:3] == ["0 % of the way", "13 % of the way", "25 % of the way"]
    assert page.get_by_test_id("play").text_content() == "Play"


def test_an_old_browser_is_told_what_it_lacks(readers: Callable[..., Reader], digits: Exported) -> None:
    reader = readers()
    page = reader.context.new_page()
    page.add_init_script("globalThis.Worker = class { constructor() { throw new Error('no'); } };")
    page.goto(digits.path.as_uri())
    page.locator("#waiting").filter(has_text="It takes one with WebAssembly SIMD").wait_for()
