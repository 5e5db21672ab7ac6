"""What is said before anything is written: sizes beside those of files, work beside what is counted by hand."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from zerosum.core.errors import SettingError
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data.codec import ImageCodec
from zerosum.data.conditions import Captions
from zerosum.export import estimate, refusals, write_onnx, write_page
from zerosum.export.passes import cost
from zerosum.game.priors import Normal
from zerosum.train.model import Model

Make = Callable[..., Model]


@pytest.mark.parametrize("width", [16, 64, 128])
def test_sizes_come_within_three_percent(width: int, make: Make, tmp_path: Path) -> None:
    model = make("dcgan", shape=(3, 16, 16), generator_width=width, latent_dim=64)
    expected = estimate(model)
    page = write_page(model, tmp_path / "model.html", directions=0)
    assert page.size == pytest.approx(expected.page_bytes, rel=0.03)
    graph = write_onnx(model, tmp_path / "model.onnx")
    assert graph.size == pytest.approx(expected.onnx_bytes, rel=0.03, abs=20_000)


def test_work_is_that_of_the_layers(make: Make) -> None:
    """DCGAN, 64 px, width 64: a transposed convolution makes k k c_in c_out products for each cell that it reads."""
    space = Space(kind="image", shape=(3, 64, 64))
    recipe = find_recipe("dcgan")
    settings = recipe.settings(space)
    taken = cost(Model(recipe, settings, space, ImageCodec(), None, recipe.build(settings, space)))
    widths, first = [512, 256, 128, 64, 3], 100 * 512 * 16
    layers = [4 * 4 * a * b * (4 * 2**i) ** 2 for i, (a, b) in enumerate(zip(widths, widths[1:], strict=False))]
    assert taken.multiplications == pytest.approx(first + sum(layers), rel=0.01)
    convolutions = first + sum(16 * a * b for a, b in zip(widths, widths[1:], strict=False))
    assert taken.weights == pytest.approx(convolutions, rel=0.01) and taken.passes == 1


def test_weights_that_no_sample_depends_on_are_not_counted(make: Make) -> None:
    model = make("vae")
    assert cost(model).weights < 0.8 * model.parameters, "the encoder draws nothing"


def refused(model: Model, path: Path) -> list[str]:
    """What is said where neither file can be written; both writers say the same as the estimate."""
    sentences = []
    for write, why in ((write_onnx, estimate(model).why_no_onnx), (write_page, estimate(model).why_no_page)):
        if why is not None:
            with pytest.raises(SettingError) as refusal:
                write(model, path / "file")
            assert str(refusal.value) == why and why.endswith(".") and not list(path.iterdir())
            sentences.append(why)
    return sentences


def test_many_passes_are_refused(make: Make, tmp_path: Path) -> None:
    file, page = refused(make("diffusion", shape=(2,)), tmp_path)
    assert "35 times through its network" in file and "too long" in page


def test_words_are_refused_of_a_page_and_not_of_a_file(make: Make, tmp_path: Path) -> None:
    model = copy.copy(make("attributes", "attributes"))
    model.known = Captions(np.ones(1), "some-encoder", ("a red one",), np.zeros((1, 3), np.float32))
    (page,) = refused(model, tmp_path)
    assert "some-encoder, does not fit into a page" in page and "--prompt" in page


def test_unknown_priors_are_refused_of_a_page(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(refusals.PRIORS, Normal, None)
    monkeypatch.delitem(refusals.PRIORS, Normal)
    (page,) = refused(make("light"), tmp_path)
    assert "cannot draw the latents of the recipe light" in page and "Normal" in page


def test_huge_files_are_refused(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "LARGEST_PAGE", 5_000_000)
    monkeypatch.setattr(refusals, "LARGEST_FILE", 1000)
    file, page = refused(make("light"), tmp_path)
    assert "at most 1e-06 GB" in file and "browsers open up to 5 MB" in page


def test_estimating_changes_nothing(make: Make) -> None:
    model = make("stylegan2", "classes")
    before = model.numbered([0, 1])
    torch.manual_seed(3)
    wanted = torch.rand(2)
    torch.manual_seed(3)
    estimate(model)
    assert torch.equal(torch.rand(2), wanted) and np.array_equal(model.numbered([0, 1]), before)


def test_tables_are_refused_of_a_page(tmp_path: Path) -> None:
    import zerosum

    rows: list[Any] = ["size,colour"] + [f"{number},{('red', 'blue')[number % 2]}" for number in range(40)]
    (tmp_path / "rows.csv").write_text("\n".join(rows))
    model = zerosum.fit(tmp_path / "rows.csv", samples=16, batch=8, out=tmp_path / "runs")
    empty = tmp_path / "empty"
    empty.mkdir()
    (page,) = refused(model, empty)
    assert "zerosum sample MODEL -o rows.csv" in page
    assert write_onnx(model, tmp_path / "rows.onnx").difference < 1e-4
