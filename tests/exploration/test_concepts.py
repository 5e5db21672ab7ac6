"""Arithmetic with concepts: exact where it can be, and selections that are kept."""

import json

import numpy as np
import pytest
import torch

import zerosum
from zerosum.core.errors import DataError, SettingError
from zerosum.exploration import Explorer


def test_one_sample_is_that_sample(model):
    assert np.array_equal(Explorer(model).arithmetic("seeds:7").rows[-1:], model.sample(1, 7))


def test_in_z_a_class_is_exchanged_and_the_latent_stays(light):
    explorer = Explorer(light)
    number = next(seed for seed in range(99) if int(light.conditions([seed])) == 0)  # a cat
    result = explorer.arithmetic(f"seeds:{number} - class:cat + class:dog").rows[-1:]
    expected = light.sample(1, number, condition="dog")
    assert np.abs(result.astype(int) - expected).max() <= 1, "class terms are the same samples, which cancel"


def test_in_w_the_difference_of_classes_is_added(styled):
    explorer = Explorer(styled)
    result = explorer.arithmetic("seeds:3 - class:cat + class:dog", each=100)
    cats, dogs = (explorer.space.at(range(100), name).values.mean(0) for name in ("cat", "dog"))
    torch.testing.assert_close(result.latents.values[0], explorer.space.at([3]).values[0] - cats + dogs)
    assert len(result.rows) == 4 and result.columns == 4


def test_the_last_class_that_is_added_decides(light):
    explorer = Explorer(light)
    for expression, expected in (
        ("class:dog + class:cat", 0),
        ("class:cat + class:dog", 1),
        ("class:cat + class:dog + 0.5*class:cat - class:dog", 0),
        ("class:1", 1),
    ):
        assert explorer.arithmetic(expression).latents.conditions.tolist() == [expected]


def test_averages_in_z_are_as_long_as_the_shortest_of_usual_latents(light):
    latents = Explorer(light).arithmetic("seeds:0-99").latents.values
    assert light.latents(range(100)).mean(0).norm() < latents.norm()
    assert latents.norm() == pytest.approx(6**0.5 - 3 / 2**0.5, rel=1e-5)


def test_attributes_are_added_and_taken_away(attributed):
    explorer = Explorer(attributed)
    plain = next(seed for seed in range(99) if attributed.conditions([seed])[0, 0] == 0)
    result = explorer.arithmetic(f"seeds:{plain} + attributes:glasses - attributes:glasses=no").latents
    wanted = attributed.conditions([plain])[0].clone()
    wanted[0] = 1
    assert torch.equal(result.conditions[0], wanted)
    torch.testing.assert_close(result.values[0], attributed.latents([plain])[0])


def test_a_score_selects_and_the_selection_is_kept(light, tmp_path):
    light.save(tmp_path / "model")
    explorer = zerosum.explore(tmp_path / "model")

    def brightness(rows: np.ndarray) -> np.ndarray:
        return rows.mean((1, 2, 3))

    selection = explorer.select("bright", range(100), "dog", brightness, share=0.1)
    of_all = brightness(light.sample(100, condition="dog"))
    assert set(selection.seeds) == set(np.argsort(-of_all)[:10].tolist())
    again = zerosum.explore(tmp_path / "model")
    assert again.selection("bright") == selection
    assert np.array_equal(again.draw(selection).rows, light.sample(seeds=selection.seeds, condition="dog"))
    result = again.arithmetic("@bright")
    assert brightness(result.rows[-1:])[0] > of_all.mean() and result.latents.conditions.tolist() == [1]
    assert zerosum.load(tmp_path / "model").sample(1) is not None, "a model with selections is still a model"


def test_results_are_kept_and_computed_with(model, tmp_path):
    explorer = Explorer(model, tmp_path)
    result = explorer.arithmetic("seeds:1-5")
    explorer.keep("mean", result)
    again = explorer.arithmetic("@mean")
    assert np.array_equal(again.rows[-1], result.rows[-1])
    if model.has_styles:
        with pytest.raises(DataError, match="take --space w"):
            Explorer(model, tmp_path, "z").arithmetic("@mean")


def test_a_mapping_and_an_index_are_conditions_too(light, attributed, tmp_path):
    assert Explorer(light, tmp_path).select("one", [4], 1).condition == "1"
    assert np.array_equal(Explorer(light, tmp_path).arithmetic("@one").rows[-1:], light.sample(1, 4, condition=1))
    Explorer(attributed, tmp_path).select("two", [4], {"glasses": True, "hair=red": False})
    found = Explorer(attributed, tmp_path).arithmetic("@two").latents.conditions
    assert torch.equal(found, attributed.conditions([4], {"glasses": True, "hair=red": False}))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("class:bird", "no class 'bird'"),
        ("attributes:glasses", "takes class:"),
        ("prompt:a bird", "takes class:"),
        ("seeds:4294967296", "0 to 4294967295"),
        ("seeds:a", 'seeds: is "a"'),
        ("seeds:3 - seeds:3", "cancel"),
        ("nonsense", "names nothing"),
        ("@a/b", "no name for a selection"),
    ],
)
def test_expressions_that_name_nothing(light, tmp_path, expression, words):
    with pytest.raises(SettingError, match=words):
        Explorer(light, tmp_path).arithmetic(expression)


def test_a_selection_knows_the_weights_that_it_was_made_with(light, make_model, tmp_path):
    Explorer(light, tmp_path).select("few", [1, 2])
    other = make_model("light")
    next(other.modules["generator"].parameters()).data.add_(1e-3)
    with pytest.raises(DataError, match="made with other weights"):
        Explorer(other, tmp_path).arithmetic("@few")
    (tmp_path / "own.json").write_text('{"seeds": [1, 2]}')
    path = str(tmp_path / "own.json")
    assert np.array_equal(Explorer(other).draw(Explorer(other).selection(path)).rows, other.sample(seeds=[1, 2]))


def test_selections_that_are_not_there_or_damaged(light, tmp_path):
    explorer = Explorer(light, tmp_path)
    with pytest.raises(DataError, match="Nothing was selected"):
        explorer.arithmetic("@thick")
    explorer.select("thin", [1])
    with pytest.raises(DataError, match="There are thin"):
        explorer.arithmetic("@thick")
    with pytest.raises(SettingError, match="in no folder"):
        Explorer(light).arithmetic("@thick")
    damaged = tmp_path / "damaged.json"
    for value in (
        [],
        {},
        {"seeds": ["a"]},
        {"seeds": [1], "values": [1.0]},
        {"sees": [1]},
        {"space": "z", "shape": [1, 7], "values": [1.0, 2.0], "told": [0.0]},
        {"space": "z", "shape": [1, 2], "values": [1.0, 2.0], "told": [0.0]},
        {"space": "z", "shape": [1, 6], "values": [1.0] * 6, "told": []},
    ):
        damaged.write_text(json.dumps(value))
        with pytest.raises(DataError):
            explorer.arithmetic(f"@{damaged}")


def test_scores_that_score_nothing(light, tmp_path):
    explorer = Explorer(light, tmp_path)
    for score in (lambda rows: rows, lambda rows: [np.nan] * len(rows), lambda rows: 1 / 0, lambda rows: "bright"):
        with pytest.raises(DataError, match="The score of 9 samples"):
            explorer.select("x", range(9), score=score)
    with pytest.raises(SettingError, match="share"):
        explorer.select("x", range(9), score=lambda rows: rows.mean((1, 2, 3)), share=0)
