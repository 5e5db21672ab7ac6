"""Pictures are inverted: those that the model made itself nearly exactly, and others after they were fitted."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from zerosum.core.errors import DataError, SettingError
from zerosum.exploration import Explorer, Inversion
from zerosum.exploration.inversion import rms
from zerosum.latent.inversion import Descent

QUICK = Inversion(candidates=64, starts=3, descent=Descent(steps=150))


@pytest.mark.parametrize("space", ["z", "w"])
def test_the_models_own_pictures_are_found_again(styled, light, space):
    model = styled if space == "w" else light
    explorer = Explorer(model, space=space)
    target = model.sample(1, 100_000)[0]
    nearest = min(rms(target, row) for row in model.sample(64))
    pictures = explorer.invert(target, QUICK)
    assert pictures.facts["error"] < 0.25 * nearest
    assert pictures.facts["start-error"] >= nearest - 1e-9
    assert np.array_equal(pictures.rows[0], target) and len(pictures.latents) == 1
    assert np.array_equal(pictures.rows[2:], explorer.space.rows(pictures.latents))
    again = explorer.invert(target, QUICK)
    assert np.array_equal(again.rows, pictures.rows), "seeded"


def test_more_styles_come_nearer_to_other_pictures(styled):
    other = np.zeros((16, 16, 1), np.uint8)
    other[4:12, 6:10] = 255
    one, each = (
        Explorer(styled).invert(other, Inversion(64, 2, plus, descent=Descent(steps=150))).facts["error"]
        for plus in (False, True)
    )
    assert each < one


@pytest.mark.parametrize("space", ["z", "w"])
def test_where_an_encoder_says_is_where_a_search_starts(styled, space, monkeypatch):
    explorer = Explorer(styled, space=space)
    target = styled.sample(1, 77_777)[0]
    answer = explorer.space.at([77_777]).values
    monkeypatch.setattr("zerosum.exploration.inversion.open_encoder", lambda *_: lambda samples: answer)
    how = Inversion(candidates=8, starts=2, encoder_steps=1, descent=Descent(steps=1, noise=0.0))
    condition = styled.known.names[int(styled.conditions([77_777]))]
    assert explorer.invert(target, how, condition).facts["error"] < 2


def test_an_encoder_is_trained_and_heard_of(styled):
    explorer = Explorer(styled)
    target = styled.sample(1, 77_777)[0]
    heard: list[str] = []
    how = Inversion(candidates=8, starts=2, features="none", encoder_steps=30, descent=Descent(steps=20))
    pictures = explorer.invert(target, how, progress=lambda what, done, total: heard.append(what))
    assert pictures.rows.shape == (3, 16, 16, 1)
    assert heard.count("Training an encoder") == 30 and heard.count("Inverting") >= 20


def test_an_encoder_is_kept_for_these_weights_alone(styled, make_model, tmp_path):
    target = styled.sample(1, 77_777)[0]
    how = Inversion(candidates=8, starts=2, features="none", encoder_steps=5, descent=Descent(steps=2))

    def inverted(model, how) -> tuple[np.ndarray, int]:
        heard: list[str] = []
        found = Explorer(model, tmp_path).invert(target, how, progress=lambda what, *_: heard.append(what))
        return found.rows, heard.count("Training an encoder")

    first, steps = inverted(styled, how)
    assert steps == 5
    again, steps = inverted(styled, how)
    assert steps == 0 and np.array_equal(first, again), "the second picture finds the encoder there"
    assert inverted(make_model("stylegan2", told=False), how)[1] == 5, "another model's is of no use"
    assert inverted(styled, replace(how, encoder_steps=4))[1] == 4
    for path in (tmp_path / "encoders").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    mended, steps = inverted(styled, how)
    assert steps == 5 and np.array_equal(first, mended), "what is damaged is learned again"
    inverted(styled, replace(how, encoder_steps=6, encoder_minutes=0.0))
    assert not list((tmp_path / "encoders").glob("*-6.safetensors")), "what time cut short is not kept"


def test_files_of_another_size_and_kind_are_fitted(light, tmp_path):
    explorer, quick = Explorer(light), Inversion(8, 1, descent=Descent(steps=3))
    for name, image in (
        ("wide.png", Image.new("RGB", (40, 20), "red")),
        ("deep.png", Image.new("RGBA", (5, 9))),
        ("flat.jpg", Image.new("L", (300, 300), 99)),
    ):
        image.save(tmp_path / name)
        pictures = explorer.invert(tmp_path / name, quick, "cat")
        assert pictures.rows.shape == (3, 16, 16, 1) and np.isfinite(pictures.facts["error"])
        assert pictures.latents.conditions.tolist() == [0]


def test_what_is_no_picture(light, tmp_path):
    explorer = Explorer(light)
    (tmp_path / "text.png").write_text("no picture")
    for path, words in (("none.png", "no picture at"), ("text.png", "text.png cannot be inverted")):
        with pytest.raises(DataError, match=words):
            explorer.invert(tmp_path / path)
    with pytest.raises(DataError):
        explorer.invert(tmp_path)
    for array in (np.zeros((8, 8, 1), np.uint8), np.zeros((16, 16, 1)), np.zeros((16, 16, 3), np.uint8)):
        with pytest.raises(DataError, match="uint8 of shape"):
            explorer.invert(array)
    for wrong in ({"starts": 0}, {"starts": 9, "candidates": 8}, {"descent": Descent(steps=0)}, {"encoder_steps": -1}):
        with pytest.raises(SettingError):
            Inversion(**wrong)
    with pytest.raises(SettingError, match="no features"):
        explorer.invert(np.zeros((16, 16), np.uint8), Inversion(features="eyes"))
