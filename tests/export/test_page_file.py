"""The file of an exported page: what it may do, what it holds, and that nothing in a model's names gets out."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch

from zerosum.core.errors import SettingError
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data.codec import ImageCodec
from zerosum.exploration.axes import find_axes
from zerosum.exploration.spaces import open_space
from zerosum.export import page_data, write_page
from zerosum.export.generator import whole
from zerosum.export.half import halved
from zerosum.export.networks import networks
from zerosum.export.tracing import traced
from zerosum.train.model import Model

Make = Callable[..., Model]
VENDOR = Path(__file__).parents[2] / "src/zerosum/export/vendor/onnxruntime-web"


class Page(HTMLParser):
    """A page's elements: tags with attributes, and the texts of scripts and styles by id or tag."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._name: str | None = None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._name = dict(attrs).get("id") or tag

    def handle_endtag(self, tag: str) -> None:
        self._name = None

    def handle_data(self, data: str) -> None:
        if self._name is not None:
            self.texts[self._name] = self.texts.get(self._name, "") + data


@pytest.fixture(scope="module", autouse=True)
def few() -> Iterator[None]:
    """Directions found among few samples, which takes less time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_data, "LOOKED_AT", (32, 64))
        yield


@pytest.fixture(scope="module")
def light(make: Make) -> Model:
    """A model with hostile names."""
    model = make("light", "classes")
    model.facts = {"data": '/home/secret-folder/<img src=x onerror="alert(1)">{{wasm}}.zip', "samples_seen": 5}
    return model


@pytest.fixture(scope="module")
def file(light: Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page."""
    return write_page(light, tmp_path_factory.mktemp("page") / "light.html", directions=3).path


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def unpacked(text: str) -> bytes:
    return gzip.decompress(base64.b64decode(text))


def test_a_page_may_run_its_own_script_and_nothing_else(file: Path) -> None:
    page = Page(file)
    (policy,) = (named["content"] for _, named in page.tags if named.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in str(policy).split(";"))
    assert rules["default-src"] == "'none'" and "connect-src" not in rules
    assert "unsafe-inline" not in str(policy) and "'unsafe-eval'" not in str(policy) and "http" not in str(policy)
    assert f"'{digest(page.texts['script'])}'" in rules["script-src"]
    assert rules["style-src"] == f"'{digest(page.texts['style'])}'"
    for tag, named in page.tags:
        assert not any(name.startswith("on") or name == "style" for name in named), (tag, named)
        assert tag not in ("img", "iframe", "object", "embed", "form", "base")
        assert named.get("src") is None and str(named.get("href", "data:,")).startswith("data:")
    assert [named.get("type") for tag, named in page.tags if tag == "script"].count(None) == 1


def test_names_stay_names(file: Path, light: Model) -> None:
    page = Page(file)
    told = json.loads(page.texts["model"])
    assert told["known"]["names"] == list(light.space.classes)
    assert page.texts["title"].strip() == told["title"] and "<img" in told["title"]
    text = file.read_text(encoding="utf-8")
    assert "alert(1)</script>" not in text and "secret-folder" not in text


def test_a_page_holds_the_runtime_as_it_was_published_and_its_licence(file: Path) -> None:
    page = Page(file)
    assert unpacked(page.texts["runtime"]) == (VENDOR / "ort.wasm.min.js").read_bytes()
    assert unpacked(page.texts["glue"]) == (VENDOR / "ort-wasm-simd-threaded.mjs").read_bytes()
    assert unpacked(page.texts["wasm"])[:4] == b"\0asm"
    assert (VENDOR / "LICENSE").read_text().strip() in page.texts["pre"]


def test_the_same_model_gives_the_same_page(file: Path, light: Model, tmp_path: Path) -> None:
    assert write_page(light, tmp_path / "again.html", directions=3).path.read_bytes() == file.read_bytes()


def test_weights_are_of_half_precision(file: Path) -> None:
    graph = onnx.load_from_string(unpacked(Page(file).texts["network-generator"])).graph
    large = [one for one in graph.initializer if np.prod(one.dims) >= 256]
    kinds = {one.data_type for one in large}
    assert large and onnx.TensorProto.FLOAT16 in kinds and onnx.TensorProto.FLOAT not in kinds


def test_weights_that_half_precision_spoils_stay_as_they_are(make: Make) -> None:
    def kinds(model: Model) -> set[int]:
        _, (graph,) = networks(model, lambda what, done, total: None)
        return {one.data_type for one in graph.graph.initializer}

    model = make("dcgan")
    assert onnx.TensorProto.FLOAT16 in kinds(model)
    with torch.no_grad():
        for module in model.modules.values():
            for parameter in module.parameters():
                parameter.mul_(1e6)  # beyond the largest number of half precision
    assert onnx.TensorProto.FLOAT16 not in kinds(model)


def test_half_precision_rounds_every_number_once(make: Make) -> None:
    graph = traced(whole(make("gan"), range(4)))
    before = {one.name: onnx.numpy_helper.to_array(one) for one in graph.graph.initializer}
    after = {one.name: onnx.numpy_helper.to_array(one) for one in halved(graph).graph.initializer}
    shrunk = [name for name in before if f"{name}.half" in after]
    assert shrunk and all(np.array_equal(after[f"{name}.half"], before[name].astype(np.float16)) for name in shrunk)
    assert all(np.array_equal(after[name], before[name]) for name in before if name not in shrunk)


@pytest.mark.parametrize("axes", ["pca", "sefa"])
def test_directions_are_those_that_exploring_finds(axes: Any, make: Make, tmp_path: Path) -> None:
    model = make("stylegan2")
    told = json.loads(Page(write_page(model, tmp_path / "page.html", directions=3, axes=axes).path).texts["model"])
    found = find_axes(open_space(model, "w"), axes, 3, range(page_data.LOOKED_AT[1])).directions
    vectors = np.frombuffer(base64.b64decode(told["directions"]["vectors"]), "<f4").reshape(3, -1)
    assert np.allclose(vectors, found.vectors, atol=1e-5) and np.allclose(told["directions"]["spread"], found.spread)
    assert told["directions"]["method"] == axes and np.allclose(told["directions"]["shares"], found.shares)
    assert [network["name"] for network in told["networks"]] == ["mapping", "synthesis"]
    assert told["truncation"]["neutral"] == 1 and told["space"]["name"] == "w"


def test_points_are_told_their_own_units_and_have_no_directions(make: Make, tmp_path: Path) -> None:
    model = make("r3gan", shape=(2,))
    told = json.loads(Page(write_page(model, tmp_path / "points.html").path).texts["model"])
    assert told["center"] == [1.0, -2.0] and told["scale"] == [2.0, 0.5] and told["directions"]["spread"] == []


def test_fewer_directions_than_none_are_refused(light: Model, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot have -1 directions"):
        write_page(light, tmp_path / "page.html", directions=-1)


def test_a_dcgan_of_64_pixels_is_a_page_of_14_megabytes_at_most(tmp_path: Path) -> None:
    space, recipe = Space(kind="image", shape=(3, 64, 64)), find_recipe("dcgan")
    settings = recipe.settings(space)
    model = Model(recipe, settings, space, ImageCodec(), None, recipe.build(settings, space))
    for module in model.modules.values():
        module.eval().requires_grad_(False)
    assert model.parameters > 3_500_000
    assert write_page(model, tmp_path / "page.html", directions=0).size < 13_950_000, "eight directions take 5 kB more"


def test_a_page_that_dies_leaves_what_was_there(light: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.html"
    path.write_text("before")

    def half(file: Path, data: bytes) -> None:
        with file.open("wb") as opened:
            opened.write(data[: len(data) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(KeyboardInterrupt):
        write_page(light, path, directions=0)
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"] and path.read_text() == "before"


def test_nothing_outside_is_named_where_a_browser_would_ask_for_it(file: Path) -> None:
    page = Page(file)
    addresses = re.findall(r"https?://[^\s\"'`]+", page.texts["script"] + page.texts["style"] + page.texts["worker"])
    assert set(addresses) == {"http://www.w3.org/2000/svg"}, "which names a language and is never fetched"
