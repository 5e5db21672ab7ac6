"""`zerosum export`: what is said before and after, where the file goes, and sentences for what cannot be."""

import re
from pathlib import Path

import numpy as np
import onnx
import pytest

import zerosum
from zerosum.cli import export
from zerosum.export import page_data
from zerosum.export.page_file import DIRECTIONS


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of tiny pictures."""
    folder = tmp_path_factory.mktemp("trained")
    images = np.random.default_rng(0).integers(0, 256, (32, 8, 8, 3), np.uint8)
    np.savez(folder / "data.npz", images=images)
    tiny = {"generator_width": 8, "discriminator_width": 8, "latent_dim": 8}
    zerosum.fit(folder / "data.npz", recipe="dcgan", samples=64, batch=16, out=folder, name="tiny", **tiny)
    return folder / "tiny"


def test_a_page_is_announced_and_written(cli, run, monkeypatch):
    monkeypatch.setattr(page_data, "LOOKED_AT", (32, 64))
    answer = cli("export", run)
    assert answer.code == 0
    before, after = answer.out.splitlines()
    size = Path("tiny.html").stat().st_size
    expected = re.fullmatch(r"A page of about ([\d.]+) MB, which takes about 1 ms for a picture on one core\.", before)
    assert expected is not None and float(expected[1]) == pytest.approx(size / 1e6, abs=0.11)
    assert re.fullmatch(
        rf"tiny\.html: {size / 1e6:.1f} MB\. ONNX Runtime draws the same samples with it as PyTorch, to within "
        r"[\d.e-]+ of 255 levels\.",
        after,
    )
    assert "Networks written as graphs: 1" in answer.error
    assert [path.name for path in Path().iterdir()] == ["tiny.html"]


def test_the_name_of_the_file_says_what_it_is(cli, run):
    assert cli("export", run / "model", "--out", "graph.onnx").code == 0
    onnx.checker.check_model("graph.onnx")
    Path("folder").mkdir()
    answer = cli("export", run / "model", "--to", "onnx", "--out", "folder")
    assert answer.code == 0 and answer.out.startswith("An ONNX file of about ")
    assert Path("folder/tiny.onnx").read_bytes() == Path("graph.onnx").read_bytes()


def test_python_writes_the_same(cli, run):
    assert cli("export", run, "--out", "a.onnx").code == 0
    zerosum.write_onnx(zerosum.load(run), "b.onnx")
    assert Path("a.onnx").read_bytes() == Path("b.onnx").read_bytes()


def test_a_page_without_sliders(cli, run, monkeypatch):
    asked = []
    monkeypatch.setattr(page_data, "find_axes", lambda *rest: asked.append(rest))
    assert cli("export", run, "--directions", "0", "-o", "plain.html").code == 0
    assert asked == [] and '"spread":[]' in Path("plain.html").read_text(encoding="utf-8") and DIRECTIONS > 0


def test_what_cannot_be_is_refused(refused, run):
    assert "There is no model at nowhere" in refused(4, "export", "nowhere")
    said = refused(2, "export", run, "--to", "html", "--out", "file.onnx")
    assert "--to is html, and --out ends in .onnx" in said
    assert "is a page, and no ONNX file" in refused(2, "export", "playground", "--to", "onnx")
    assert list(Path().iterdir()) == []


def test_a_model_that_cannot_be_a_page_says_why_before_anything_is_done(refused, run, monkeypatch):
    monkeypatch.setattr("zerosum.export.refusals.LARGEST_PAGE", 1000)
    monkeypatch.setattr(export, "write_page", None)
    assert "browsers open up to 0 MB well" in refused(2, "export", run)


def test_the_playground_is_written(cli):
    answer = cli("export", "playground", "--out", "learn.html")
    assert answer.code == 0 and answer.out.startswith("learn.html: ")
    assert Path("learn.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
