"""Places in JSON: numbered samples are those of `sample`, the ends of every way are exact, and nonsense is refused."""

import numpy as np
import pytest
import torch

from zerosum.core.errors import DataError, SettingError
from zerosum.exploration import Explorer
from zerosum.exploration.places import DEEPEST
from zerosum.latent.paths import bilinear, spherical


def corner(x: float, y: float) -> dict:
    return {"latent": {"plane": {"seeds": [3, 9, 4, 1], "x": x, "y": y}}, "condition": "cat"}


def test_numbered_samples_are_those_of_sample(model):
    places = [{"latent": {"seed": seed}, "condition": "dog"} for seed in (5, 70, 2)]
    shown = Explorer(model).show(*places)
    assert np.array_equal(shown.rows, model.sample(seeds=[5, 70, 2], condition="dog"))


def test_the_corners_of_a_plane_are_its_samples(model):
    shown = Explorer(model).show(corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1), corner(0.5, 0.5))
    assert np.array_equal(shown.rows[:4], model.sample(seeds=[3, 9, 4, 1], condition="cat"))
    middle = shown.rows[4].astype(int)
    assert all(np.abs(middle - row).max() > 0 for row in shown.rows[:4])


def test_planes_follow_the_sphere_across_and_then_down():
    corners = torch.randn(4, 64, generator=torch.Generator().manual_seed(0))
    found = bilinear(corners, 0.25, 0.75, spherical)
    quarter, most = torch.tensor([0.25]).double(), torch.tensor([0.75]).double()
    above, below = spherical(corners[:1], corners[1:2], quarter), spherical(corners[2:3], corners[3:], quarter)
    torch.testing.assert_close(found, spherical(above, below, most))
    lengths = corners.norm(dim=1)
    assert lengths.min() <= found.norm() <= lengths.max(), "and not shorter, as on straight lines"


def test_between_is_a_step_of_an_interpolation(model):
    explorer = Explorer(model)
    path = explorer.interpolate([3, 9], "cat", steps=4)
    place = {"latent": {"between": {"seeds": [3, 9], "t": 0.75}}, "condition": "cat"}
    assert np.array_equal(explorer.show(place).rows[0], path.rows[3])


def test_sums_are_those_of_arithmetic(model):
    explorer = Explorer(model)
    drawn = explorer.arithmetic("seeds:1,2,3 - 0.5*seeds:4,5 + seeds:6")
    terms = [{"factor": 1, "seeds": [1, 2, 3]}, {"factor": -0.5, "seeds": [4, 5]}, {"factor": 1, "seeds": [6]}]
    assert np.array_equal(explorer.show({"latent": {"sum": terms}}).rows[0], drawn.rows[-1])


def test_near_goes_so_much_of_the_way(light):
    explorer = Explorer(light)

    def near(amount: float) -> dict:
        of = {"between": {"seeds": [3, 9], "t": 0.5}}
        return {"latent": {"near": {"of": of, "seed": 8, "amount": amount}}, "condition": "cat"}

    start = {"latent": {"between": {"seeds": [3, 9], "t": 0.5}}, "condition": "cat"}
    shown = explorer.show(start, near(0), near(0.1), near(0.5), near(1))
    assert np.array_equal(shown.rows[0], shown.rows[1])
    assert np.array_equal(shown.rows[4], light.sample(seeds=[8], condition="cat")[0])
    away = (shown.latents.values - shown.latents.values[0]).norm(dim=1)
    assert away[1] == 0 < away[2] < away[3] < away[4]


def test_layers_are_mixed_as_in_the_matrix(styled):
    explorer = Explorer(styled)
    matrix = explorer.mix([1], [2], slice(0, 2)).rows.reshape(2, 2, 16, 16, 1)
    shown = explorer.show({"latent": {"seed": 1}, "mix": {"seed": 2, "layers": [0, 1]}})
    assert np.array_equal(shown.rows[0], matrix[1, 1])


def test_moves_go_along_kept_directions(styled, tmp_path):
    explorer = Explorer(styled, tmp_path)
    axes = explorer.directions("pca", 3, range(200))
    axes.save(tmp_path / "directions" / "mine.safetensors")
    move = {"axes": "mine", "index": 1, "strength": -1.5, "layers": [0, 1]}
    shown = explorer.show({"latent": {"seed": 1}, "moves": [move, {**move, "index": 0, "layers": None}]})
    start, vectors, spread = explorer.space.at([1]).values[0], axes.directions.vectors, axes.directions.spread
    expected = start - 1.5 * spread[0] * vectors[0]
    expected[:2] -= 1.5 * spread[1] * vectors[1]
    torch.testing.assert_close(shown.latents.values[0], expected)
    # Found anew, they are read again.
    explorer.directions("sefa", 3, range(200)).save(tmp_path / "directions" / "mine.safetensors")
    other = explorer.show({"latent": {"seed": 1}, "moves": [move]})
    assert not torch.equal(other.latents.values[0][0], expected[0])


def test_kept_latents_are_samples_like_others(model, tmp_path):
    explorer = Explorer(model, tmp_path)
    place = {"latent": {"sum": [{"factor": 1, "seeds": [1, 2, 3]}]}, "condition": "dog"}
    shown = explorer.show(place)
    explorer.keep("me", shown)
    assert np.array_equal(explorer.show({"latent": {"seed": "@me"}}).rows, shown.rows)
    way = {"latent": {"between": {"seeds": ["@me", 7], "t": 1}}, "condition": "dog"}
    assert np.array_equal(explorer.show(way).rows[0], model.sample(seeds=[7], condition="dog")[0])


def test_truncations_may_differ(styled):
    places = [{"latent": {"seed": 4}, "truncation": value} for value in (0.5, None, 1.0, 0.0)]
    shown = Explorer(styled, truncation=0.5).show(*places)
    expected = [Explorer(styled).truncate([4], [value]).rows[0] for value in (0.5, 0.5, 1.0, 0.0)]
    assert np.array_equal(shown.rows, np.stack(expected))


def test_a_glimpse_is_the_sample_but_for_rounding(model):
    explorer = Explorer(model)
    place = {"latent": {"seed": 5}, "condition": "dog"}
    glimpse = explorer.places.glimpse(place).astype(int)
    assert np.abs(glimpse - model.sample(seeds=[5], condition="dog")[0]).max() <= 1


def test_what_samples_are_told_in_words(light, attributed):
    told = Explorer(light).places.told
    drawn = [told({"latent": {"seed": seed}}) for seed in range(20)]
    assert drawn == [("cat", "dog")[index] for index in light.conditions(range(20)).tolist()]
    assert set(drawn) == {"cat", "dog"}
    assert told({"latent": {"seed": 1}, "condition": "1"}) == "dog"
    assert told({"latent": {"between": {"seeds": [1, 2], "t": 0.2}}, "condition": "cat"}) == "cat"
    assert told({"latent": {"between": {"seeds": [drawn.index("cat"), drawn.index("dog")], "t": 0.6}}}) == "dog"
    assert "glasses" in Explorer(attributed).places.told({"latent": {"seed": 1}, "condition": "glasses"})


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ({}, "an object with a latent"),
        ([], "an object with a latent"),
        ({"latent": {"seed": 1}, "colour": 1}, 'has no "colour"'),
        ({"latent": {"seed": 1.5}}, "is no sample"),
        ({"latent": {"seed": True}}, "is no sample"),
        ({"latent": {"seed": -1}}, "Sample numbers go from 0"),
        ({"latent": {"seed": "@../config"}}, "is no name"),
        ({"latent": {"seed": 1, "plane": {}}}, "says no latent"),
        ({"latent": {"plane": {"seeds": [1, 2, 3], "x": 0, "y": 0}}}, "says no latent"),
        ({"latent": {"plane": {"seeds": [1, 2, 3, 4], "x": 1.5, "y": 0}}}, "x is 1.5"),
        ({"latent": {"between": {"seeds": [1, 2], "t": float("nan")}}}, "t is nan"),
        ({"latent": {"sum": []}}, "says no latent"),
        ({"latent": {"sum": [{"factor": 1e9, "seeds": [1]}]}}, "The factor"),
        ({"latent": {"sum": [{"factor": 1, "seeds": []}]}}, "is no term"),
        ({"latent": {"sum": [{"factor": 1, "seeds": [1]}, {"factor": -1, "seeds": [1]}]}}, "cancel"),
        ({"latent": {"seed": 1}, "mix": {"seed": 2, "layers": [0, 0]}}, "cannot be told apart"),
        ({"latent": {"seed": 1}, "moves": [{"axes": "../x", "index": 0, "strength": 1}]}, "is no name"),
        ({"latent": {"seed": 1}, "moves": [{"axes": "x", "index": 0}]}, "is no move"),
        ({"latent": {"seed": 1}, "moves": {"axes": "x"}}, "no list"),
        ({"latent": {"seed": 1}, "space": "w"}, "this is z"),
        ({"latent": {"seed": 1}, "truncation": -1}, "The truncation is -1"),
        ({"latent": {"seed": 1}, "condition": 3}, "said in words"),
        ({"latent": {"seed": 1}, "condition": "horse"}, "no class"),
    ],
)
def test_what_is_no_place(light, tmp_path, place, sentence):
    with pytest.raises(SettingError, match=sentence):
        Explorer(light, tmp_path).show(place)


def test_what_is_not_kept(light, tmp_path):
    with pytest.raises(DataError, match='no selection "nobody"'):
        Explorer(light, tmp_path).show({"latent": {"seed": "@nobody"}})
    move = {"axes": "nothing", "index": 0, "strength": 1}
    with pytest.raises(DataError, match="no directions"):
        Explorer(light, tmp_path).show({"latent": {"seed": 1}, "moves": [move]})


def test_nesting_has_an_end(light):
    latent: dict = {"seed": 1}
    for _ in range(DEEPEST + 1):
        latent = {"near": {"of": latent, "seed": 2, "amount": 0.1}}
    with pytest.raises(SettingError, match="says no latent"):
        Explorer(light).show({"latent": latent})
