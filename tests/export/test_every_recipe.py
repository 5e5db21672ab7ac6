"""Being registered means being tested: what every recipe draws can be exported, or a sentence says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import zerosum
from zerosum.core.errors import SettingError
from zerosum.core.registry import Recipe, recipes
from zerosum.export import estimate, write_onnx, write_page
from zerosum.train.model import Model

REFUSED = {"diffusion"}
"""Recipes whose samples take more than one graph."""

CASES = [
    pytest.param(recipe, kind, id=f"{recipe.name}-{kind}")
    for recipe in recipes()
    for kind in recipe.kinds
    if recipe.condition != "captions"  # which need an encoder; tests/export/test_estimating.py has them
]


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "kind"), CASES)
def test_it_is_a_file_or_refused(recipe: Recipe, kind: str, make: Callable[..., Model], tmp_path: Path) -> None:
    model = table_model(recipe.name, tmp_path) if kind == "table" else model_of(recipe, kind, make)
    path = tmp_path / "model.onnx"
    if recipe.name in REFUSED:
        with pytest.raises(SettingError, match="times through its network"):
            write_onnx(model, path)
        assert estimate(model).why_no_page is not None
        return
    assert write_onnx(model, path).difference < 1e-4
    if kind == "table":
        assert "which only zerosum can" in (estimate(model).why_no_page or "")
        return
    written = write_page(model, tmp_path / "model.html", directions=0)
    assert written.difference < (2 / 255 if kind == "image" else 1e-5)


def model_of(recipe: Recipe, kind: str, make: Callable[..., Model]) -> Model:
    shapes: dict[str, Any] = {"image": (3, 16, 16), "points": (2,)}
    return make(recipe.name, recipe.condition if recipe.needs_condition else None, shapes[kind])


def table_model(recipe: str, folder: Path) -> Model:
    rows = ["size,colour"] + [f"{number},{('red', 'blue')[number % 2]}" for number in range(40)]
    (folder / "rows.csv").write_text("\n".join(rows))
    return zerosum.fit(folder / "rows.csv", recipe=recipe, samples=20, batch=20, out=folder / "runs")
