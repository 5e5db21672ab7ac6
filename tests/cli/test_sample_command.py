"""`zerosum sample`: numbered samples, the same as in Python."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import zerosum
from zerosum.core.errors import SettingError
from zerosum.core.seeding import parse_seeds
from zerosum.train.model import Model

TINY = {"generator_width": 8, "discriminator_width": 8, "latent_dim": 8}


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of tiny colour pictures of two classes, one three times as frequent as the other."""
    folder = tmp_path_factory.mktemp("pictures")
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (32, 8, 8, 3), np.uint8)
    np.savez(folder / "data.npz", images=images, labels=np.array(["cat", "dog", "dog", "dog"] * 8))
    trained = zerosum.fit(
        folder / "data.npz", recipe="dcgan", samples=32, batch=8, out=folder / "runs", precision="fp32", **TINY
    )
    return trained.save(folder / "model")


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_one_picture_a_seed_and_a_sheet(cli, model):
    answer = cli("sample", model, "--seeds", "3,0-1,70", "--out", "made")
    assert (answer.code, answer.error) == (0, "")
    assert "4 samples" in answer.out and "Contact sheet: made-sheet.png" in answer.out
    expected = zerosum.load(model).sample(seeds=[3, 0, 1, 70])
    assert {path.name for path in Path("made").iterdir()} == {
        "seed00000.png",
        "seed00001.png",
        "seed00003.png",
        "seed00070.png",
    }
    for seed, row in zip([3, 0, 1, 70], expected, strict=True):
        assert np.array_equal(pixels(Path(f"made/seed{seed:05d}.png")), row)


def test_npz_equals_python(cli, model):
    assert cli("sample", model, "--seeds", "0-40", "--format", "npz", "--out", "all.npz").code == 0
    loaded = zerosum.load(model)
    with np.load("all.npz", allow_pickle=False) as arrays:
        assert np.array_equal(arrays["images"], loaded.sample(41, seed=0))
        assert np.array_equal(arrays["labels"], loaded.conditions(range(41)))
        assert arrays["seeds"].tolist() == list(range(41))


def test_npz_into_a_folder_trains_again(cli, model):
    assert cli("sample", model, "--seeds", "0-7", "--format", "npz", "--out", "made").code == 0
    answer = cli("train", "made/samples.npz", "--dry-run", "--generator-width", "8", "--discriminator-width", "8")
    assert answer.code == 0 and "8 samples of kind image, shape (3, 8, 8)" in answer.out


def test_class_by_name_and_by_index(cli, model):
    for spelling in ("dog", "1"):
        assert cli("sample", model, "--seeds", "0-3", "--class", spelling, "--out", spelling).code == 0
    for number, row in enumerate(zerosum.load(model).sample(4, condition="dog")):
        assert np.array_equal(pixels(Path(f"dog/seed{number:05d}.png")), row)
        assert np.array_equal(pixels(Path(f"1/seed{number:05d}.png")), row)


def test_unknown_classes(refused, model):
    assert 'Did you mean "dog"?' in refused(2, "sample", model, "--class", "dogs")
    assert "cat, dog" in refused(2, "sample", model, "--class", "2")
    refused(2, "sample", model, "--class", "²")
    refused(2, "sample", model, "--class", "9" * 5000)


@pytest.mark.parametrize(
    "seeds", ["", "a", "1-", "-1", "3-1", "1,,2", "0-1000000", "²", "9" * 5000, "4294967296", "0-600000,0-600000"]
)
def test_refused_seeds(refused, model, seeds):
    refused(2, "sample", model, f"--seeds={seeds}")
    assert not Path("samples").exists()


def test_out_is_a_file(cli, model):
    Path("occupied").touch()
    answer = cli("sample", model, "--seeds", "0", "--out", "occupied")
    assert answer.code == 1 and answer.error.startswith("zerosum: occupied")


def test_flags_that_do_not_parse(cli, model):
    answer = cli("sample", model, "--format", "jpg")
    assert answer.code == 2 and "jpg" in answer.error
    assert cli("sample").code == 2
    assert cli("sample", "--help").code == 0


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 50)), min_size=1, max_size=10))
def test_seeds_round_trip(ranges):
    text = ", ".join(str(first) if not more else f"{first}-{first + more}" for first, more in ranges)
    assert parse_seeds(text) == [number for first, more in ranges for number in range(first, first + more + 1)]


@given(st.text(max_size=20) | st.text("0123456789-, ", max_size=12))
def test_any_text_as_seeds(text):
    try:
        assert parse_seeds(text)
    except SettingError as error:
        assert "--seeds" in str(error)


def test_no_model_there(refused, tmp_path):
    assert "no model" in refused(4, "sample", tmp_path)
    assert "no model" in refused(4, "sample", tmp_path / "nothing")


def test_a_run_without_a_model_yet(refused, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/config.json").write_text("{}")
    assert "no model yet" in refused(4, "sample", tmp_path / "run")


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    """A copy of the model to tamper with."""
    folder = tmp_path / "copy"
    return Model.load(model).save(folder)


def tamper(folder: Path, *keys: str, value: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    place = config
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    (folder / "config.json").write_text(json.dumps(config))


@pytest.mark.parametrize("damage", [b"", b"\xff" * 100, None])
def test_damaged_weights(refused, copy, damage):
    path = copy / "model.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] if damage is None else damage)
    assert "model.safetensors" in refused(4, "sample", copy)


def test_weights_of_another_model(refused, copy):
    tamper(copy, "settings", "latent_dim", value=9)
    line = refused(4, "sample", copy)
    assert "does not hold the weights of this dcgan: tensors" in line and '(1, first "trunk.project.weight")' in line


@pytest.mark.parametrize("text", ["", "{", "\x00"])
def test_config_that_is_not_json(refused, copy, text):
    (copy / "config.json").write_text(text)
    assert "config.json" in refused(4, "sample", copy)


@pytest.mark.parametrize(
    ("keys", "value", "words"),
    [
        (("settings", "latent_dims"), 8, ['"latent_dims"', 'Did you mean "latent_dim"?']),
        (("settings", "optimizer", "rat"), 1.0, ['"rat"', 'Did you mean "rate"?']),
        (("settings", "latent_dim"), "8", ["latent_dim", "'8'"]),
        (("settings",), [], ["settings"]),
        (("recipe",), "dcgam", ['Did you mean "dcgan"?']),
        (("space", "frequencies"), [0.5], ["frequencies"]),
        (("space", "frequencies"), [0.5, 0.6], ["frequencies"]),
        (("space", "shape"), [3, 0, 8], ["shape"]),
        (("space", "colour"), 1, ["colour"]),
        (("codec", "kind"), "images", ['Did you mean "image"?']),
        (("codec", "gamma"), 1, ["gamma"]),
    ],
)
def test_tampered_config(cli, copy, keys, value, words):
    tamper(copy, *keys, value=value)
    answer = cli("sample", copy)
    assert answer.code in (2, 4) and answer.error.startswith("zerosum: ")
    assert [word for word in words if word not in answer.error] == []


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("recipe",), ["dcgan"]),
        (("codec",), "image"),
        (("codec",), {"kind": "points", "center": [0.0], "scale": [0.0]}),
        (("facts",), None),
        (("settings", "latent_dim"), -1),
        ((), []),
        ((), {"recipe": "dcgan"}),
    ],
)
def test_config_of_another_form(cli, copy, keys, value):
    if keys:
        tamper(copy, *keys, value=value)
    else:
        (copy / "config.json").write_text(json.dumps(value))
    answer = cli("sample", copy)
    assert answer.code in (2, 4) and answer.error.startswith("zerosum: ")
