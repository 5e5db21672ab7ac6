"""DINOv2 and CLIP from folders with tiny random models; nothing is downloaded."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.core.space import Space
from zerosum.metrics.features import open_network
from zerosum.metrics.features.resize import resized

transformers = pytest.importorskip("transformers")

TINY = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "patch_size": 14}


def saved(model: type, config: Any, folder: Path) -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        made = model(config).eval()
    made.save_pretrained(folder)
    return made


@pytest.fixture(scope="module")
def dinov2(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp("dinov2")
    return saved(
        transformers.Dinov2Model, transformers.Dinov2Config(**TINY, image_size=28, mlp_ratio=2), folder
    ), folder


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp("clip")
    config = transformers.CLIPVisionConfig(**TINY, image_size=42, intermediate_size=32, projection_dim=8)
    return saved(transformers.CLIPVisionModelWithProjection, config, folder), folder


def normalised(x: Tensor, mean: list[float], spread: list[float]) -> Tensor:
    return ((x + 1) / 2 - torch.tensor(mean)[:, None, None]) / torch.tensor(spread)[:, None, None]


@torch.no_grad()
def test_dinov2_gives_the_class_token(dinov2: tuple[Any, Path], colour: Space, pictures: Tensor) -> None:
    model, folder = dinov2
    network = open_network(f"dinov2:{folder}", colour)
    x = normalised(resized(pictures, 224, 224), [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    assert torch.allclose(network(pictures), model(pixel_values=x).last_hidden_state[:, 0], atol=1e-4)
    assert network.resize.startswith("to 224 x 224") and not network.contrastive


@torch.no_grad()
def test_clip_gives_embeddings_of_unit_length(clip: tuple[Any, Path], colour: Space, pictures: Tensor) -> None:
    model, folder = clip
    network = open_network("clip", colour, folder)
    x = normalised(resized(pictures, 42, 42), [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
    expected = model(pixel_values=x).image_embeds
    assert torch.allclose(network(pictures), expected / expected.norm(dim=1, keepdim=True), atol=1e-5)
    assert network.resize.startswith("to 42 x 42") and network.contrastive


def test_other_weights_are_another_identity(dinov2: tuple[Any, Path], colour: Space, tmp_path: Path) -> None:
    model, folder = dinov2
    name = f"dinov2:{folder}"
    assert open_network(name, colour).identity == open_network(name, colour).identity
    other = saved(type(model), transformers.Dinov2Config(**TINY, image_size=28, mlp_ratio=3), tmp_path)
    assert open_network(f"dinov2:{tmp_path}", colour).identity != open_network(name, colour).identity
    assert other is not model


def test_weights_of_another_model_are_refused(clip: tuple[Any, Path], colour: Space) -> None:
    with pytest.raises(DataError, match="does not hold the weights of a Dinov2Model"):
        open_network(f"dinov2:{clip[1]}", colour)


def test_what_is_not_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch, colour: Space, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="neither a folder nor"):
        open_network("clip:nothing", colour)
    with pytest.raises(DataError, match="could not be read"):
        open_network(f"clip:{tmp_path}", colour)
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(DataError, match="pip install transformers"):
        open_network("dinov2", colour)
