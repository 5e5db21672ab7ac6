"""ONNX files: what they compute beside PyTorch, what they say of themselves, and what is never left behind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from zerosum.core.errors import SettingError
from zerosum.export import checking, onnx_file, tracing, write_onnx
from zerosum.train.model import Model

Make = Callable[..., Model]

SEEDS = [0, 1, 2, 3, 77, 2**32 - 1]

CASES = {
    "dcgan": {},
    "light": {"told": "classes"},
    "stylegan2": {"told": "classes"},  # truncation brings styles nearer to their mean
    "biggan": {"told": "classes"},  # truncation cuts latents off; spectral norms
    "progressive": {},  # grids that have grown, and share
    "attributes": {"told": "attributes"},
    "autoencoder": {},  # codes drawn like the ones that were seen
    "r3gan": {"shape": (2,), "told": "classes"},
    "gan": {"shape": (1,)},
}


def opened(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def feeds(session: Any, model: Model, seeds: list[int], truncation: float | None) -> dict[str, np.ndarray]:
    """What a file wants for numbered samples, as somebody would write it who has only read what it says of itself."""
    told = model.conditions(seeds)
    every = {"latent": model.latents(seeds).numpy()}
    if told is not None:
        every["condition" if told.is_floating_point() else "class"] = told.numpy()
    neutral = said(session)["truncation"]
    if neutral is not None:
        every["truncation"] = np.asarray(neutral["none"] if truncation is None else truncation, np.float32)
    assert {one.name for one in session.get_inputs()} == set(every) == set(said(session)["inputs"])
    return every


def said(session: Any) -> dict[str, Any]:
    return json.loads(session.get_modelmeta().custom_metadata_map["zerosum"])


@pytest.mark.parametrize("recipe", CASES)
def test_a_file_draws_the_samples_that_python_draws(recipe: str, make: Make, tmp_path: Path) -> None:
    model = make(recipe, **CASES[recipe])
    before = model.numbered(SEEDS)
    path = tmp_path / "new" / "model.onnx"
    written = write_onnx(model, path)
    assert written.path == path and written.size == path.stat().st_size and written.difference < 1e-5
    assert [file.name for file in path.parent.iterdir()] == ["model.onnx"]
    onnx.checker.check_model(path, full_check=True)

    session = opened(path)
    for truncation in (None, 0.5) if model.knows_truncation else (None,):
        wanted = model.numbered(SEEDS, None, truncation)
        for count in (1, 4, len(SEEDS)):  # any number at a time
            (x,) = session.run(["samples"], feeds(session, model, SEEDS[:count], truncation))
            assert x.shape == (count, *model.space.shape) and x.dtype == np.float32
            rows = np.asarray(model.codec.decode(torch.from_numpy(x)))
            assert np.abs(rows.astype(float) - wanted[:count]).max() <= (1 if model.space.kind == "image" else 1e-5)
    assert np.array_equal(model.numbered(SEEDS), before), "exporting has changed the model"


def test_what_a_file_says_of_itself(make: Make, tmp_path: Path) -> None:
    model = make("biggan", "classes")
    session = opened(write_onnx(model, tmp_path / "model.onnx").path)
    told = said(session)
    assert told["recipe"] == "biggan" and told["kind"] == "image" and told["shape"] == [1, 16, 16]
    assert told["told"]["names"] == list(model.space.classes) and told["facts"]["samples_seen"] == 1234
    assert told["latent"]["size"] == model.prior.dimension and "RandomState(s)" in told["latent"]["sample number s"]
    assert "-1 to 1" in told["range"] and "index" in told["inputs"]["class"]
    with_names = {one.name: one.shape for one in session.get_inputs()}
    assert with_names["latent"] == ["samples", model.prior.dimension] and with_names["truncation"] == []
    graph = onnx.load(tmp_path / "model.onnx").graph
    assert not any(node.op_type.startswith("Random") for node in graph.node)
    assert str(Path(tracing.__file__).parents[1]).encode() not in (tmp_path / "model.onnx").read_bytes()


def test_an_export_that_dies_leaves_what_was_there(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, path = make("gan", shape=(2,)), tmp_path / "model.onnx"
    path.write_bytes(b"before")

    def half(file: Path, data: bytes) -> None:
        with file.open("wb") as opened:
            opened.write(data[: len(data) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(KeyboardInterrupt):
        write_onnx(model, path)
    assert [file.name for file in tmp_path.iterdir()] == ["model.onnx"] and path.read_bytes() == b"before"


def test_a_graph_that_computes_something_else_is_not_written(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(stage: Any) -> onnx.ModelProto:
        proto = tracing.traced(stage)
        weights = next(one for one in proto.graph.initializer if one.data_type == onnx.TensorProto.FLOAT)
        numbers = onnx.numpy_helper.to_array(weights) * np.float32(1.1)
        weights.CopyFrom(onnx.numpy_helper.from_array(numbers, weights.name))
        return proto

    monkeypatch.setattr(onnx_file, "traced", wrong)
    with pytest.raises(SettingError, match="than PyTorch: they differ by up to .* Nothing was written"):
        write_onnx(make("r3gan", shape=(2,)), tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_missing_packages_are_named(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxscript", None)
    with pytest.raises(SettingError, match=r"pip install 'zerosum\[export\]'"):
        write_onnx(make("gan", shape=(2,)), tmp_path / "model.onnx")


def test_what_waits_is_told_how_far_it_is(make: Make, tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    write_onnx(make("gan", shape=(2,)), tmp_path / "model.onnx", lambda *said: heard.append(said))
    assert heard == [(what, done, 1) for what in (tracing.TRACED, checking.COMPARED) for done in (0, 1)]
