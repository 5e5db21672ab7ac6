"""`zerosum explore`: the pictures that Python gives, and sentences for what cannot be."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import zerosum
from zerosum.cli.explore import VERBS
from zerosum.cli.exploring import parse_layers
from zerosum.core.errors import SettingError, ZerosumError
from zerosum.exploration import Inversion
from zerosum.latent.inversion import Descent


def trained(folder: Path, recipe: str, **more: object) -> Path:
    images = np.random.default_rng(0).integers(0, 256, (32, 8, 8, 3), np.uint8)
    np.savez(folder / "data.npz", images=images, labels=np.array(["cat", "dog"] * 16))
    model = zerosum.fit(
        folder / "data.npz", recipe=recipe, samples=64, batch=16, out=folder / "runs", precision="fp32", **more
    )
    return model.save(folder / "model")


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of tiny colour pictures of two classes."""
    tiny = {"generator_width": 8, "discriminator_width": 8, "latent_dim": 8}
    return trained(tmp_path_factory.mktemp("plain"), "dcgan", **tiny)


@pytest.fixture(scope="session")
def styled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with styles."""
    tiny = {"latent_dim": 6, "style_dim": 8, "mapping_depth": 2, "channel_base": 64, "largest_width": 16}
    return trained(tmp_path_factory.mktemp("styled"), "stylegan2", **tiny)


def pixels(path: str) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_every_verb_draws_what_python_draws(cli, styled):
    explorer = zerosum.explore(styled)
    axes = explorer.directions("pca", 2, range(50))
    axes.save("pca.safetensors")
    Image.fromarray(np.full((20, 30), 99, np.uint8)).save("grey.png")
    how = Inversion(candidates=4, starts=2, descent=Descent(steps=3))
    move = zerosum.exploration.Move.parse("pca.safetensors:1=2")
    for verb, flags, expected in (
        ("interpolate", ("--seeds", "1-3", "--class", "dog"), explorer.interpolate([1, 2, 3], "dog")),
        ("mix", ("--rows", "0,1", "--columns", "2"), explorer.mix([0, 1], [2])),
        ("truncate", ("--seeds", "0-2", "--truncations", "0", "0.7"), explorer.truncate([0, 1, 2], (0, 0.7))),
        (
            "arithmetic",
            ("seeds:1-5 - class:cat + class:dog",),
            explorer.arithmetic("seeds:1-5 - class:cat + class:dog"),
        ),
        ("directions", ("--count", "2", "--samples", "50"), explorer.sweep(axes)),
        ("move", ("--seeds", "4,5", "--direction", "pca.safetensors:1=2"), explorer.move([4, 5], [move])),
        (
            "invert",
            ("grey.png", "--candidates", "4", "--starts", "2", "--steps", "3"),
            explorer.invert("grey.png", how),
        ),
    ):
        positional, flags = ((flags[0],), flags[1:]) if not flags[0].startswith("--") else ((), flags)
        answer = cli("explore", verb, styled, *positional, *flags)
        assert (answer.code, f"{verb}.png" in answer.out) == (0, True), answer
        assert np.array_equal(pixels(f"{verb}.png"), np.asarray(expected.sheet())), verb


def test_walks_are_animations_and_films(cli, plain):
    assert cli("explore", "walk", plain, "--seeds", "0-2", "--steps", "4").code == 0
    with Image.open("walk.gif") as animation:
        assert animation.n_frames == 12
    assert cli("explore", "walk", plain, "--seeds", "0-2", "--steps", "4", "--out", "walk.mp4").code == 0
    assert Path("walk.mp4").read_bytes()[4:8] == b"ftyp"


def test_a_selection_by_a_score_is_computed_with(cli, plain):
    Path("score.py").write_text("def red(rows):\n    return rows[..., 0].mean((1, 2))\n")
    chosen = ("--seeds", "0-49", "--class", "cat", "--score", "score.py:red", "--share", "0.1")
    assert cli("explore", "select", plain, "red", *chosen).code == 0
    assert len(zerosum.explore(plain).selection("red").seeds) == 5
    answer = cli("explore", "arithmetic", plain, "@red - class:cat + class:dog", "--save", "reddog")
    assert answer.code == 0 and "@red | -class:cat | class:dog | result: arithmetic.png" in answer.out
    assert cli("explore", "arithmetic", plain, "@reddog").code == 0
    score = ("--method", "score", "--score", "score.py:red", "--samples", "60", "--save", "red.safetensors")
    assert "Directions: red.safetensors" in cli("explore", "directions", plain, *score).out
    between = ("--method", "concepts", "--to", "@red", "--without", "seeds:0-9")
    assert cli("explore", "directions", plain, *between).code == 0


def test_refusals(refused, plain, styled, tmp_path):
    assert 'Did you mean "invert"?' in refused(2, "explore", "inverts", plain)
    assert "no model" in refused(4, "explore", "walk", tmp_path)
    assert "no styles w" in refused(2, "explore", "walk", plain, "--space", "w")
    assert "nothing can be mixed" in refused(2, "explore", "mix", plain)
    assert "knows no truncation" in refused(2, "explore", "walk", plain, "--truncation", "0.5")
    assert "no class 'bird'" in refused(2, "explore", "arithmetic", plain, "class:bird")
    assert "names nothing" in refused(2, "explore", "arithmetic", plain, "bird")
    assert "Nothing was selected" in refused(4, "explore", "arithmetic", styled, "@bird")
    assert "0 to 4294967295" in refused(2, "explore", "interpolate", plain, "--seeds", "0,4294967296")
    assert "--rows is" in refused(2, "explore", "mix", styled, "--rows", "x")
    assert "--layers is" in refused(2, "explore", "mix", styled, "--layers", "3-1")
    assert "--to and --without" in refused(2, "explore", "directions", plain, "--method", "concepts")
    assert "needs --score" in refused(2, "explore", "directions", plain, "--method", "score")
    assert "cannot be imported" in refused(4, "explore", "directions", plain, "--method", "score", "--score", "no.py:f")
    assert "no directions at" in refused(4, "explore", "move", plain, "--direction", "no.safetensors:0=1")
    assert "no picture at" in refused(4, "explore", "invert", plain, "none.png")
    Path("text.png").write_text("no picture")
    assert "text.png cannot be inverted" in refused(4, "explore", "invert", plain, "text.png")
    assert "no kind of file" in refused(2, "explore", "interpolate", plain, "--out", "a.jpg")


def test_overview_and_help(cli):
    for arguments in ((), ("--help",)):
        answer = cli("explore", *arguments)
        assert answer.code == 0 and all(f"zerosum explore {verb}" in answer.out for verb in VERBS)
        assert max(map(len, answer.out.splitlines())) <= 120
    for verb in VERBS:
        assert cli("explore", verb, "--help").code == 0


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(
    st.lists(
        st.sampled_from(["class:cat", "seeds:1-3", "@no", " - ", " + ", "2*", "-"]) | st.text(max_size=5), max_size=6
    )
)
def test_any_expression_is_drawn_or_refused(plain, parts):
    try:
        assert len(zerosum.explore(plain).arithmetic("".join(parts), each=4).rows) > 1
    except ZerosumError as error:
        assert str(error)


@given(st.text("0123456789-² ", max_size=6))
def test_any_text_as_layers(text):
    try:
        layers = parse_layers(text)
    except SettingError as error:
        assert "--layers" in str(error)
    else:
        assert 0 <= layers.start < layers.stop
