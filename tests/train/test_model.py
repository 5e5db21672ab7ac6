"""Trained models: one integer is one sample, wherever and with whatever else it is made."""

import inspect
import os
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import huggingface_hub
import numpy as np
import pytest
import torch
import yaml
from numpy.random import RandomState

import zerosum
from zerosum.core.errors import DataError, SettingError, ZerosumError
from zerosum.game.priors import Normal, Uniform
from zerosum.train.model import Model

TINY = {"generator_width": 8, "discriminator_width": 8, "latent_dim": 8}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty grey pictures of 8 x 8 in classes a, b and c, of 8, 12 and 20."""
    path = tmp_path_factory.mktemp("data") / "pictures.npz"
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), np.uint8)
    np.savez(path, images=images, labels=np.array(["a"] * 8 + ["b"] * 12 + ["c"] * 20))
    return path


@pytest.fixture(scope="module")
def train(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Model]:
    """A function that trains for a few rounds."""
    out = tmp_path_factory.mktemp("runs")

    def fit(data: Path | np.ndarray | str, recipe: str = "dcgan", **more: object) -> Model:
        usual = {"samples": 32, "batch": 8, "precision": "fp32", "out": out}
        return zerosum.fit(data, recipe=recipe, **(usual | (TINY if recipe == "dcgan" else {}) | more))

    return fit


@pytest.fixture(scope="module")
def conditional(train: Callable[..., Model], pictures: Path) -> Model:
    """A model with classes."""
    return train(pictures)


@pytest.fixture(scope="module")
def points(train: Callable[..., Model]) -> Model:
    """A model of points, with a normal prior."""
    return train("ring", recipe="r3gan")


@pytest.fixture(params=["conditional", "points"])
def model(request: pytest.FixtureRequest) -> Model:
    """Each of the two."""
    return request.getfixturevalue(request.param)


def test_shapes_and_types(conditional, points):
    assert conditional.sample(3).shape == (3, 8, 8, 1) and conditional.sample().dtype == np.uint8
    assert points.sample(70).shape == (70, 2) and points.sample().dtype == np.float32


def test_a_number_is_one_sample_in_any_batch(model):
    many = model.sample(64, seed=0)
    for seed in (0, 5, 31, 32, 63):
        assert np.array_equal(model.sample(1, seed=seed)[0], many[seed])
    order = RandomState(0).permutation(64)
    assert np.array_equal(model.sample(seeds=order), many[order])
    assert np.array_equal(model.sample(seeds=[7, 7, 7]), many[[7, 7, 7]])
    assert np.array_equal(model.sample(10, seed=40), many[40:50])
    assert len(np.unique(many.reshape(64, -1), axis=0)) == 64


def test_the_largest_number(model):
    assert np.array_equal(model.sample(seeds=[2**32 - 1]), model.sample(1, seed=2**32 - 1))


@pytest.mark.parametrize(
    "call", [{"count": 0}, {"count": -1}, {"seeds": []}, {"seed": -1}, {"seed": 2**32}, {"count": 2, "seed": 2**32 - 1}]
)
def test_refused_numbers(model, call):
    with pytest.raises(SettingError):
        model.sample(**call)


def test_sampling_changes_nothing(model):
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    first = model.sample(40)
    assert torch.equal(torch.rand(3), expected)
    assert np.array_equal(model.sample(40), first)


def test_latents_are_numpys():
    latents = Normal(5).latents([0, 7, 2**32 - 1])
    for latent, seed in zip(latents, [0, 7, 2**32 - 1], strict=True):
        assert np.array_equal(latent, RandomState(seed).randn(5).astype(np.float32))
    uniform = Uniform(5).latents([3])[0]
    assert np.array_equal(uniform, RandomState(3).uniform(-(3**0.5), 3**0.5, 5).astype(np.float32))


@pytest.mark.parametrize("prior", [Normal(8), Uniform(8)])
def test_classes_follow_their_frequencies(prior):
    count, frequencies = 4000, (0.2, 0.3, 0.0, 0.5)
    classes = prior.choices(range(count), frequencies)
    seen, expected = np.bincount(classes, minlength=4), count * np.array(frequencies)
    assert seen[2] == 0
    used = expected > 0
    assert ((seen - expected)[used] ** 2 / expected[used]).sum() < 13.8  # two degrees of freedom, one in a thousand
    assert prior.choices([3999, 17, 0], frequencies).tolist() == classes[[3999, 17, 0]].tolist()


def test_classes_do_not_depend_on_the_batch(conditional):
    assert conditional.space.classes == ("a", "b", "c")
    assert conditional.space.frequencies == pytest.approx((0.2, 0.3, 0.5))
    classes = conditional.conditions(range(64))
    many = conditional.sample(64)
    for seed in (0, 1, 2, 3, 33):
        (drawn,) = conditional.conditions([seed])
        assert drawn == classes[seed]
        assert np.array_equal(conditional.sample(1, seed=seed, condition=int(drawn))[0], many[seed])


def test_class_by_name_and_index(conditional):
    named = conditional.sample(4, condition="b")
    assert np.array_equal(named, conditional.sample(4, condition=1))
    assert conditional.conditions([0, 9], "b").tolist() == [1, 1]


def test_unknown_classes(conditional, points):
    for condition in ("d", 3, -1, 1.5):
        with pytest.raises(SettingError, match="Allowed: a, b, c"):
            conditional.sample(condition=condition)
    with pytest.raises(SettingError, match="told nothing"):
        points.sample(condition=0)


def test_save_and_load(model, tmp_path):
    folder = model.save(tmp_path / "model")
    loaded = zerosum.load(folder)
    assert np.array_equal(loaded.sample(40), model.sample(40))
    assert (loaded.settings, loaded.space, loaded.codec, loaded.facts) == (
        model.settings,
        model.space,
        model.codec,
        model.facts,
    )
    again = loaded.save(tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()
    assert np.array_equal(zerosum.from_pretrained(str(folder)).sample(3), model.sample(3))
    assert loaded.save(folder) == folder  # an earlier model gives way


def test_save_spares_other_folders(points, tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(DataError, match="not a model"):
        points.save(tmp_path)
    assert os.listdir(tmp_path) == ["thesis.tex"]


def test_a_run_holds_the_model_that_fit_returned(train, pictures, tmp_path):
    model = train(pictures, out=tmp_path, name="mine")
    assert np.array_equal(zerosum.load(tmp_path / "mine").sample(8), model.sample(8))
    assert model.facts["samples_seen"] == 32 and model.facts["data"] == "pictures"


def test_no_model_there(tmp_path):
    with pytest.raises(DataError, match="no model at"):
        zerosum.load(tmp_path)


def test_nothing_is_unpickled(model, tmp_path, monkeypatch):
    folder = model.save(tmp_path / "model")
    expected = model.sample(3)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("something was unpickled")

    for place in (torch, pickle):
        monkeypatch.setattr(place, "load", forbidden)
    for name in ("loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, forbidden)
    assert np.array_equal(zerosum.load(folder).sample(3), expected)


def test_the_card(model, tmp_path):
    text = (model.save(tmp_path / "model") / "README.md").read_text()
    _, front, body = text.split("---\n", 2)
    matter = yaml.safe_load(front)
    assert matter["library_name"] == "zerosum" and {"gan", "zerosum", model.recipe.name} <= set(matter["tags"])
    assert huggingface_hub.ModelCard(text, ignore_metadata_errors=False).data.library_name == "zerosum"
    assert f"# {model.recipe.name} trained on" in body
    (code,) = re.findall(r"```python\n(.*?)```", body, re.DOTALL)
    scope: dict[str, object] = {}
    exec(code.replace("path/to/this/folder", str(tmp_path / "model")), scope)
    assert len(scope["samples"]) == 64


class Hub:
    """Stands in for the Hub: an upload is a copy of the folder."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.calls: list[str] = []

    def __call__(self, token: str | None = None) -> "Hub":
        self.calls.append(f"token {token}")
        return self

    def create_repo(self, repo_id: str, *, private: bool, exist_ok: bool) -> str:
        self.calls.append(f"create {repo_id}, private {private}, exist_ok {exist_ok}")
        return f"https://hub.example/{repo_id}"

    def upload_folder(self, *, repo_id: str, folder_path: Path, commit_message: str) -> None:
        assert commit_message
        shutil.copytree(folder_path, self.place / repo_id)


def test_to_the_hub_and_back(model, tmp_path, monkeypatch):
    hub = Hub(tmp_path)
    for name in ("create_repo", "upload_folder"):  # the real one takes these arguments
        assert set(inspect.signature(getattr(Hub, name)).parameters) <= set(
            inspect.signature(getattr(huggingface_hub.HfApi, name)).parameters
        )
    monkeypatch.setattr(huggingface_hub, "HfApi", hub)
    assert model.push_to_hub("me/tiny", private=True, token="secret") == "https://hub.example/me/tiny"
    assert hub.calls == ["token secret", "create me/tiny, private True, exist_ok True"]
    assert sorted(os.listdir(tmp_path / "me/tiny")) == ["README.md", "config.json", "model.safetensors"]
    assert np.array_equal(zerosum.from_pretrained(str(tmp_path / "me/tiny")).sample(9), model.sample(9))

    def download(name: str, *, revision: str | None, token: str | None) -> str:
        assert (revision, token) == ("v1", "secret")
        return str(tmp_path / name)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    monkeypatch.chdir("/")
    assert np.array_equal(zerosum.from_pretrained("me/tiny", revision="v1", token="secret").sample(9), model.sample(9))


def test_fit_an_array(tmp_path):
    points = np.random.default_rng(0).normal(3, 2, (500, 3)).astype(np.float32)
    heard: list[str] = []
    arguments = {"samples": 128, "batch": 32, "out": tmp_path, "seed": 4, "optimizer": {"rate": 1e-3}, "width": 16}
    first = zerosum.fit(points, listener=lambda event: heard.append(event["event"]), **arguments)
    assert isinstance(first, zerosum.Model) and first.recipe.name == "r3gan"
    assert first.settings.optimizer.rate == 1e-3 and first.settings.width == 16
    assert heard[0] == "start" and heard[-1] == "finished"
    second = zerosum.fit(points, **arguments)
    assert len(list(tmp_path.iterdir())) == 2
    assert np.array_equal(first.sample(50), second.sample(50))
    third = zerosum.fit(points, **(arguments | {"seed": 5}))
    assert not np.array_equal(first.sample(50), third.sample(50))


def test_fit_pictures_with_options(tmp_path):
    pictures = np.random.default_rng(0).integers(0, 256, (20, 12, 12, 3), np.uint8)
    arguments = {"samples": 16, "batch": 8, "out": tmp_path, "precision": "fp32", "recipe": "dcgan"}
    model = zerosum.fit(pictures, options={"size": "8", "mirror": True}, **arguments, **TINY)
    assert model.sample().shape == (1, 8, 8, 3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"latent_dims": 3}, r'r3gan has no setting "latent_dims".*Did you mean "latent_dim"\?'),
        ({"latent_dim": "3"}, r"latent_dim is '3'"),
        ({"width": 0}, "width is 0"),
        ({"final_penalty": float("nan")}, "final-penalty is nan"),
        ({"penalties": "r1=nan"}, "the weight of r1 must be a number of at least 0"),
        ({"penalties": "r3"}, 'no penalty "r3".*Did you mean "r'),
        ({"optimizer": 3}, "optimizer"),
        ({"options": {"sizes": "64"}}, 'Did you mean "size"'),
        ({"options": {"size": 64}}, "options.size is 64"),
        ({"device": "gpu"}, "device is 'gpu'"),
        ({"precision": "fp8"}, "precision is 'fp8'"),
        ({"batch": 0}, "batch is 0"),
        ({"batch": 1.5}, "batch is 1.5"),
        ({"batch": 1000}, "468 samples to train on"),
        ({"seed": -1}, "seed is -1"),
        ({"recipe": "gam"}, 'Did you mean "gan"'),
        ({"preset": "point"}, 'Did you mean "points"'),
    ],
)
def test_fit_refuses_in_sentences(tmp_path, arguments, words):
    points = np.zeros((500, 2), np.float32)
    points[::2] = 1
    with pytest.raises(ZerosumError, match=words):
        zerosum.fit(points, out=tmp_path / "runs", samples=32, **({"batch": 32} | arguments))


@pytest.mark.parametrize("array", [np.zeros((5, 2, 3)), np.full((5, 2), np.nan), np.array([["a"]]), np.zeros((0, 2))])
def test_fit_refuses_arrays(tmp_path, array):
    with pytest.raises(ZerosumError):
        zerosum.fit(array, out=tmp_path / "runs", samples=32)
    assert not (tmp_path / "runs").exists()
