"""What the modules of an exported page compute, beside numpy and the Python that they repeat."""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.random import RandomState

from zerosum.data.conditions import Attributes, Classes
from zerosum.exploration.places import bilinear
from zerosum.exploration.spaces import open_space
from zerosum.export.generator import whole
from zerosum.export.page_data import directions_of, page_data
from zerosum.export.passes import cost
from zerosum.export.priors import PRIORS, prior_for_page
from zerosum.game.priors import Codes, Normal, Prior, Uniform

Node = Callable[[str, Any], Any]

SEEDS = [0, 1, 7, 1234, 2**31 - 1, 2**31, 2**32 - 1]


def ask(node: Node, what: str, **given: Any) -> Any:
    return node("page.mjs", {"ask": what, **given})


def test_streams_are_those_of_numpy(node: Node) -> None:
    seeds = [*SEEDS, [0], [1, 2], [7, 2**32 - 1, 3], list(range(700))]
    for seed, found in zip(seeds, ask(node, "streams", seeds=seeds, count=700), strict=True):
        stream = RandomState(seed)
        assert found[:700] == stream.random_sample(700).tolist()
        normal = stream.randn(700)
        assert np.array_equal(np.float32(found[700:1400]), np.float32(normal))
        assert found[1400] == stream.random_sample()  # whoever draws behind them draws the same


@pytest.mark.parametrize("prior", [Normal(5), Normal(128), Uniform(6), Codes.beside(7, (10, 3), 2)], ids=repr)
def test_latents_are_those_of_the_prior(node: Node, prior: Prior) -> None:
    found = np.array(ask(node, "latents", prior=prior_for_page(prior), seeds=SEEDS))
    assert np.array_equal(np.float32(found[:, :-1]), prior.latents(SEEDS).numpy())
    shares = np.array([0.25, 0.25, 0.5])
    bounds = np.cumsum(shares)[:-1]
    assert np.array_equal(np.searchsorted(bounds, found[:, -1], side="right"), prior.choices(SEEDS, shares))


def test_every_prior_that_a_page_may_have_is_tested() -> None:
    assert set(PRIORS) == {Normal, Uniform, Codes}


def test_what_samples_are_told(node: Node) -> None:
    chances = np.random.default_rng(0).random(300)

    def drawn(frequencies: np.ndarray) -> np.ndarray:
        return np.searchsorted(np.cumsum(frequencies)[:-1], chances, side="right")

    classes = Classes(np.array([0.5, 0.3, 0.2]), ("a", "b", "c"))
    known = {"kind": "classes", "names": ["a", "b", "c"], "frequencies": [0.5, 0.3, 0.2], "combinations": ""}
    any_class, second = ask(node, "told", known=known, chances=chances.tolist(), wishes=[None, 1])
    assert any_class == drawn(classes.frequencies).tolist() and second == [1] * 300

    table = np.array([[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 1]], np.uint8)
    attributes = Attributes(np.array([0.4, 0.3, 0.2, 0.1]), ("glasses", "hair=red", "hair=black", "hair=grey"), table)
    combinations = base64.b64encode(table.tobytes()).decode()
    known = {"kind": "attributes", "names": list(attributes.names), "combinations": combinations}
    known["frequencies"] = attributes.frequencies.tolist()
    asked = ["glasses", "glasses=no", "hair=red", "glasses, hair=black", "hair=grey=no", "glasses=no, hair=grey"]
    wishes = [{0: 1}, {0: 0}, {1: 1}, {0: 1, 2: 1}, {3: 0}, {0: 0, 3: 1}]
    everything, *found = ask(node, "told", known=known, chances=chances.tolist(), wishes=[None, *wishes])
    assert np.array_equal(everything, attributes.combinations[drawn(attributes.frequencies)])
    for request, rows in zip(asked, found, strict=True):
        wanted = attributes.asked(attributes.read(request))
        assert np.array_equal(rows, wanted.combinations[drawn(wanted.frequencies)]), request


def test_places_are_those_of_the_explorer(node: Node, make: Callable[..., Any]) -> None:
    model = make("light", "classes", latent_dim=20)
    space, stage = open_space(model, "z"), whole(model, range(4))
    found = directions_of(space, cost(model), 3, "pca", lambda what, done, total: None)
    told = page_data(space, [stage], found, "pca")
    seeds, moves = [3, 7, 11, 2**32 - 1], [0.0, -1.5, 4.0]
    plain = {"corners": seeds, "end": 5, "way": None, "wish": None, "x": 0, "y": 0, "truncation": 1, "moves": [0, 0, 0]}
    states = [plain, plain | {"x": 0.3, "y": 0.8}, plain | {"x": 1, "y": 1}, plain | {"way": 0.4}]
    states += [plain | {"x": 0.6, "moves": moves}, plain | {"way": 0.5, "wish": 2}]
    places = ask(node, "places", model=told, states=states)

    corners, between = space.at(seeds), space.between()
    end = space.at([5])
    step = (torch.tensor(moves)[:, None] * found.spread[:, None] * found.vectors).sum(0)
    way = torch.cat([corners.values[:1], end.values, corners.values[:1], end.values])
    wanted = [
        corners.values[0],
        bilinear(corners.values, 0.3, 0.8, between)[0],
        corners.values[3],
        bilinear(way, 0.4, 0.0, between)[0],
        bilinear(corners.values, 0.6, 0.0, between)[0] + step,
        bilinear(way, 0.5, 0.0, between)[0],
    ]
    for place, latent in zip(places, wanted, strict=True):
        assert np.allclose(place["values"], latent, atol=2e-6)
    classes = corners.conditions.tolist()
    assert [place["told"] for place in places] == [*(classes[i] for i in (0, 2, 3, 0, 1)), 2]


MODEL = {
    "known": {"kind": "classes", "names": ["a", "b"], "frequencies": [0.5, 0.5], "combinations": ""},
    "truncation": {"neutral": 1, "largest": 1.5},
    "directions": {"spread": [1, 1]},
}


def test_addresses_hold_what_is_set_and_nothing_else(node: Node) -> None:
    good = "s=7&corners=1,2,3&x=0.25&y=1&end=9&way=0.5&is=1&truncation=0.7&moves=0,-2.5"
    bad = "s=-1&corners=a,2.5,5000000000&x=7&y=&end=1e99&way=2&is=5&truncation=9&moves=99,Infinity&__proto__=1"
    (state, text), (usual, plain), (nothing, empty) = ask(node, "addresses", model=MODEL, texts=[f"#{good}", bad, ""])
    assert text == good
    assert state == {
        "corners": [7, 1, 2, 3],
        "x": 0.25,
        "y": 1,
        "end": 9,
        "way": 0.5,
        "wish": 1,
        "truncation": 0.7,
        "moves": [0, -2.5],
    }
    assert usual == nothing and plain == empty == "s=0"


def test_only_the_newest_request_of_a_view_is_drawn_and_the_urgent_one_first(node: Node) -> None:
    found = ask(node, "turns")
    assert found == {"drawn": ["first", 49, "tile 49"], "done": 3}
