"""What exploring draws: exactly the numbered samples where it should, and what was asked for between them."""

import numpy as np
import pytest
import torch

import zerosum
from zerosum.core.errors import DataError, SettingError
from zerosum.exploration import Explorer, Move
from zerosum.latent.directions import first_maps


def test_numbered_samples_are_those_of_sample(model):
    for space in ("z", "w") if model.has_styles else ("z",):
        explorer = Explorer(model, space=space)
        latents = explorer.space.at([5, 7, 70])
        assert np.array_equal(explorer.space.rows(latents), model.sample(seeds=[5, 7, 70]))
        told = explorer.space.at([5, 7], "dog")
        assert np.array_equal(explorer.space.rows(told), model.sample(seeds=[5, 7], condition="dog"))


def test_interpolations_go_through_the_samples(model):
    explorer = zerosum.explore(model)
    pictures = explorer.interpolate([3, 9, 4], "cat", steps=6)
    assert (
        np.array_equal(pictures.rows[::6], model.sample(seeds=[3, 9, 4], condition="cat")) and len(pictures.rows) == 13
    )
    loop = explorer.interpolate([3, 9, 4], "cat", steps=6, closed=True)
    assert len(loop.rows) == 18 and np.array_equal(loop.rows[:13], pictures.rows)
    steps = np.abs(np.diff(loop.rows.astype(int), axis=0)).mean((1, 2, 3))
    assert steps.max() < np.abs(loop.rows[0].astype(int) - loop.rows[6]).mean(), "no step is as long as the way"


def test_walks_go_through_the_samples_and_come_back(model):
    told = model.conditions(range(4), "cat")
    pictures = zerosum.explore(model).walk(range(4), "cat", steps=5)
    assert np.array_equal(pictures.rows[::5], model.sample(4, condition="cat")) and len(pictures.rows) == 20
    if pictures.latents.conditions is not None:
        assert (pictures.latents.conditions == told[0]).all()


def test_a_class_changes_half_way_in_z_and_attributes_evenly(light, attributed):
    pictures = Explorer(light).interpolate([0, 1], ["cat", "dog"], steps=4)
    assert pictures.latents.conditions.tolist() == [0, 0, 1, 1, 1]
    pictures = Explorer(attributed).interpolate([0, 1], ["glasses", "glasses=no"], steps=4)
    np.testing.assert_allclose(pictures.latents.conditions[:, 0], [1, 0.75, 0.5, 0.25, 0])


def test_a_mixing_matrix_has_the_samples_at_its_margins(styled):
    explorer = Explorer(styled)
    pictures = explorer.mix([0, 1], [2, 3, 4])
    grid = pictures.rows.reshape(3, 4, 16, 16, 1)
    assert np.array_equal(grid[0, 1:], styled.sample(seeds=[2, 3, 4]))
    assert np.array_equal(grid[1:, 0], styled.sample(seeds=[0, 1]))
    depth = explorer.space.center.shape[0]
    everything = explorer.mix([0, 1], [2, 3, 4], slice(0, depth)).rows.reshape(3, 4, 16, 16, 1)
    assert np.array_equal(everything[1, 1:], everything[0, 1:]), "all layers of a sample are that sample"
    with pytest.raises(SettingError, match=f"layers are 0 to {depth - 1}"):
        explorer.mix([0], [1], slice(0, depth + 1))


def test_chunks_are_mixed_in_z(make_model, light):
    biggan = make_model("biggan")
    assert biggan.chunks > 1
    grid = Explorer(biggan).mix([0, 1], [2, 3], slice(0, biggan.chunks), "cat").rows.reshape(3, 3, 16, 16, 1)
    assert np.array_equal(grid[1, 1:], biggan.sample(seeds=[2, 3], condition="cat"))
    with pytest.raises(SettingError, match="nothing can be mixed"):
        Explorer(light).mix([0], [1])


def test_truncations(styled, light):
    pictures = Explorer(styled).truncate(range(5), (0.0, 0.5, 1.0))
    none, half, all_ = pictures.rows.reshape(3, 5, 16, 16, 1).astype(int)
    assert (none == none[:1]).all() and np.array_equal(all_, styled.sample(5))
    assert half.std(0).mean() < all_.std(0).mean()
    in_z = Explorer(styled, space="z").truncate(range(5), (0.0, 0.5, 1.0)).rows
    assert np.abs(in_z.astype(int) - pictures.rows).max() <= 1, "the same trick, up to rounding"
    assert np.array_equal(in_z[5:10], styled.sample(5, truncation=0.5))
    with pytest.raises(SettingError, match="knows no truncation"):
        Explorer(light).truncate([0])


def test_principal_directions_and_sefa(model):
    for space in ("z", "w") if model.has_styles else ("z",):
        explorer = Explorer(model, space=space)
        for method in ("pca", "sefa"):
            axes = explorer.directions(method, 3, range(200))
            vectors = axes.directions.vectors
            torch.testing.assert_close(vectors @ vectors.T, torch.eye(3), rtol=0, atol=1e-4 if method == "sefa" else 1)
            pictures = explorer.sweep(axes, seed=5, columns=5)
            rows = pictures.rows.reshape(3, 5, 16, 16, 1)
            assert np.array_equal(rows[:, 2], np.repeat(model.sample(1, 5), 3, 0)), "the middle is the sample itself"
            assert np.abs(rows[0, 0].astype(int) - rows[0, 4]).mean() > 1


def test_the_first_direction_of_sefa_is_the_first_singular_vector_of_the_first_layer(light):
    weight = light.modules["generator"].trunk.project.weight[:, :6]
    expected = torch.linalg.svd(weight).Vh[0]
    found = Explorer(light).directions("sefa", 1).directions.vectors[0]
    assert abs(found @ expected) == pytest.approx(1, abs=1e-5)


def test_all_layers_that_are_told_styles_are_looked_at(styled):
    explorer = Explorer(styled)
    known = explorer.space.at([0])
    modules = torch.nn.ModuleList(styled.modules.values())
    maps = first_maps(modules, lambda: explorer.space.make(known), known.values[0, 0])
    affine = [weight for name, weight in modules.state_dict().items() if name.endswith("affine.weight")]
    assert len(maps) == sum(len(weight) for weight in affine)


def test_directions_of_a_score_raise_it(model):
    def brightness(rows: np.ndarray) -> np.ndarray:
        return rows.mean((1, 2, 3))

    explorer = Explorer(model)
    axes = explorer.direction_of_score(brightness, range(500))
    pictures = explorer.move(range(40), [Move(axes, 0, 2.0)], "cat")
    before, after = np.split(pictures.rows, 2)
    assert np.array_equal(before, model.sample(40, condition="cat"))
    assert (brightness(after) > brightness(before)).mean() >= 0.75


def test_directions_between_classes_are_in_w_and_not_in_z(styled):
    axes = Explorer(styled).direction_between("class:dog", "class:cat", each=200)
    middle = axes.directions.vectors[0]
    of = [Explorer(styled).space.at(range(300, 400), name).values[:, 0] @ middle for name in ("dog", "cat")]
    assert of[0].mean() - of[1].mean() > of[0].std()
    with pytest.raises(DataError, match="the same latents"):
        Explorer(styled, space="z").direction_between("class:dog", "class:cat")


def test_directions_are_kept_and_belong_to_a_space_and_a_model(styled, light, tmp_path):
    axes = Explorer(styled).directions("pca", 2, range(100))
    path = axes.save(tmp_path / "pca.safetensors")
    move = Move.parse(f"{path}:1=-2.5")
    assert (move.index, move.strength) == (1, -2.5)
    assert torch.equal(move.axes.directions.vectors, axes.directions.vectors)
    with pytest.raises(SettingError, match="take --space w"):
        Explorer(styled, space="z").move([0], [move])
    with pytest.raises(SettingError, match="no direction 2"):
        Explorer(styled).move([0], [Move(axes, 2, 1.0)])
    elsewhere = Explorer(light).directions("pca", 2, range(100))
    narrow = elsewhere.directions.vectors[:, :3]
    with pytest.raises(DataError, match="another model"):
        Explorer(light).move([0], [Move(type(axes)("z", type(axes.directions)(narrow, narrow[:, 0])), 0, 1.0)])


@pytest.mark.parametrize("text", ["", "a", "a:0", "a:0=", "a:x=1", "a:0=nan", ":0=1", "a:-1=2", "a:0=1e9"])
def test_what_is_no_move(text):
    with pytest.raises(SettingError, match="is no move"):
        Move.parse(text)


def test_directions_that_are_not_there(tmp_path):
    with pytest.raises(DataError, match="no directions at"):
        Move.parse(f"{tmp_path}/none.safetensors:0=1")
    (tmp_path / "bad.safetensors").write_bytes(b"\xff" * 40)
    with pytest.raises(DataError, match="cannot be read"):
        Move.parse(f"{tmp_path}/bad.safetensors:0=1")


def test_layers_limit_a_move(styled):
    explorer = Explorer(styled)
    axes = explorer.directions("pca", 1, range(100))
    moved = explorer.move([3], [Move(axes, 0, 2.0)], layers=slice(0, 2)).latents.values - explorer.space.at([3]).values
    assert (moved[0, :2] != 0).any() and (moved[0, 2:] == 0).all()


def test_points_have_paths_and_no_films(points, tmp_path):
    explorer = zerosum.explore(points)
    pictures = explorer.interpolate(range(3), steps=10)
    assert pictures.rows.shape == (21, 2) and np.array_equal(pictures.rows[::10], points.sample(3))
    assert pictures.write(tmp_path / "path.png").stat().st_size > 0
    with pytest.raises(SettingError, match="makes points"):
        pictures.write(tmp_path / "path.gif")
    with pytest.raises(DataError, match="only models of pictures"):
        explorer.invert(np.zeros((16, 16, 1), np.uint8))
    axes = explorer.directions("pca", 1, range(100))
    assert explorer.sweep(axes, columns=9).rows.shape == (9, 2)


def test_refusals(light, styled):
    with pytest.raises(SettingError, match="no styles w"):
        zerosum.explore(light, space="w")
    with pytest.raises(SettingError, match="no space"):
        zerosum.explore(light, space="v")
    explorer = zerosum.explore(styled)
    for call in (
        lambda: explorer.interpolate([0]),
        lambda: explorer.interpolate([0, -1]),
        lambda: explorer.interpolate([0, 2**32]),
        lambda: explorer.walk([]),
        lambda: explorer.walk([0, 1], "bird"),
        lambda: explorer.truncate([0], ()),
        lambda: explorer.truncate([0], (-1.0,)),
        lambda: explorer.directions("svm"),
        lambda: explorer.directions("pca", 99),
    ):
        with pytest.raises(SettingError):
            call()
