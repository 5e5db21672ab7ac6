"""Models that are told what to make: asked rightly, asked wrongly, and evaluated by whether they listen."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import zerosum
from zerosum.core.errors import SettingError
from zerosum.evaluation import Evaluation

WORDS = {"red": "a red square", "blue": "a blue square", "green": "a green square"}
COLOURS = {"red": (220, 20, 20), "blue": (20, 20, 220), "green": (20, 180, 20)}


def squares(path: Path, **arrays: np.ndarray) -> Path:
    """Ninety-six noisy squares in three colours, 16 x 16, with what is told of them."""
    noise = np.random.default_rng(0).normal(0, 12, (96, 16, 16, 3))
    colours = np.array(list(COLOURS.values()))[np.arange(96) % 3]
    images = (colours[:, None, None] + noise).clip(0, 255).astype(np.uint8)
    np.savez(path, images=images, **arrays)
    return path


@pytest.fixture(scope="session")
def attributed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was told of three colours, one property."""
    folder = tmp_path_factory.mktemp("attributed")
    table = np.arange(96)[:, None] % 3 == np.arange(3)
    names = np.array([f"colour={name}" for name in COLOURS])
    data = squares(folder / "data.npz", attributes=table, attribute_names=names)
    settings = {"generator_width": 8, "discriminator_width": 8, "latent_dim": 4, "blocks": 1, "precision": "fp32"}
    zerosum.fit(data, recipe="attributes", samples=256, batch=16, out=folder, name="run", **settings)
    return folder / "run"


@pytest.fixture(scope="session")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that was told of three colours in words, each word for word like many others or, at times, its own."""
    folder = tmp_path_factory.mktemp("prompted")
    own = [f" number {number}" if number % 2 else "" for number in range(96)]
    words = np.array([WORDS[name] + own[number] for number, name in enumerate([*COLOURS] * 32)])
    data = squares(folder / "data.npz", texts=words)
    settings = {"generator_width": 8, "discriminator_width": 8, "latent_dim": 4, "precision": "fp32"}
    zerosum.fit(data, recipe="text", samples=256, batch=16, out=folder, name="run", **settings)
    return folder / "run"


def test_attributes_are_asked_for_by_name(cli: Callable, attributed: Path) -> None:
    asked = ("--seeds", "0-3", "--format", "npz", "--attributes")
    assert cli("sample", attributed, *asked, "colour=red", "--out", "red.npz").code == 0
    assert cli("sample", attributed, *asked, "colour=blue", "--out", "blue.npz").code == 0
    with np.load("red.npz") as red, np.load("blue.npz") as blue:
        assert np.array_equal(red["images"], zerosum.load(attributed).sample(4, condition="colour=red"))
        assert not np.array_equal(red["images"], blue["images"])


def test_prompts_are_the_same_pictures_in_python(cli: Callable, prompted: Path) -> None:
    asked = ("--prompt", "a red square", "--seeds", "0-3", "--format", "npz", "--out", "red.npz")
    assert cli("sample", prompted, *asked).code == 0
    with np.load("red.npz") as red:
        assert np.array_equal(red["images"], zerosum.load(prompted).sample(4, condition="a red square"))


def test_flags_of_other_models_are_refused(refused: Callable, attributed: Path, prompted: Path) -> None:
    for flag in ("--prompt", "--class"):
        line = refused(2, "sample", attributed, flag, "red")
        assert f"{flag} means nothing to this model of the recipe attributes: it takes --attributes." in line
    for flag in ("--attributes", "--class"):
        line = refused(2, "sample", prompted, flag, "red")
        assert f"{flag} means nothing to this model of the recipe text: it takes --prompt." in line


def test_attributes_that_do_not_exist_are_named_with_the_nearest(refused: Callable, attributed: Path) -> None:
    line = refused(2, "sample", attributed, "--attributes", "colour=rod")
    assert "colour=rod" in line and "colour=red" in line


def test_a_prompt_that_the_encoder_cannot_take_is_refused(refused: Callable, prompted: Path) -> None:
    line = refused(2, "sample", prompted, "--prompt", "red heart " * 300)
    assert "602 word pieces" in line and "256" in line


def test_recipes_that_must_be_told_refuse_data_that_tells_nothing(refused: Callable, folder: Path) -> None:
    assert "metadata.csv" in refused(4, "train", folder, "--recipe", "text")
    np.savez("plain.npz", images=np.zeros((32, 8, 8, 3), np.uint8))
    assert "speaks of no attributes" in refused(4, "train", "plain.npz", "--recipe", "attributes")


@pytest.fixture(scope="session")
def heard(attributed: Path) -> Evaluation:
    return zerosum.evaluate(attributed, features="random-conv", count=48, metrics=("attributes",))


def test_an_untrained_model_does_not_listen_and_real_samples_would(heard: Evaluation) -> None:
    measure = heard["attributes"]
    assert measure.floor == pytest.approx(1.0)  # the colours are plain to see
    assert measure.value < 0.9
    assert [figure.name for figure in heard.figures if figure.title == "What was asked for"] == ["attributes"]


def test_prompts_are_judged_by_retrieval_for_known_and_for_held_out_captions(prompted: Path) -> None:
    found = zerosum.evaluate(prompted, features="random-conv", count=48, metrics=("retrieval",))
    assert found["retrieval"].floor > 0.5  # colours are plain to see, numbers are not
    held_out = found["retrieval-held-out"]
    assert 0 < held_out.n < 32  # those captions that are in training too are no new ones
    assert held_out.floor is not None
    assert "captions" in {figure.name for figure in found.figures}


def test_metrics_of_told_models_are_refused_for_others(prompted: Path) -> None:
    with pytest.raises(SettingError, match="it needs a model that is told attributes"):
        zerosum.evaluate(prompted, features="random-conv", metrics=("attributes",))
