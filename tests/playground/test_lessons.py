"""The lessons: a pupil who does what a step says gets on, and one who only presses Run does not."""

import re
from collections.abc import Callable
from typing import Any

import pytest

Node = Callable[[str, Any], Any]

SMILE = [1.2, 0, 1.15, 0.45, 0.97, 0.8, 0.71, 0.98, 0.3, 1.1, -0.1, 1.1, -0.5, 1.05, -0.85, 0.9, -1.1, 0.64, -1.2, 0.23]
ISLANDS = [0.1 * ((3 * i) % 7) + (1 if i % 2 else -1.4) for i in range(50)]

PUPILS: dict[str, list[dict[str, Any]]] = {
    "players": [{"kind": "discriminator"}, {"kind": "generator"}, {}],
    "figure": [{}, {"changes": {"players": "both"}}],
    "saturation": [
        {},
        {"changes": {"loss": "non-saturating"}, "kind": "nothing"},
        {"changes": {"players": "both"}},
    ],
    "collapse": [{}, {"changes": {"discriminatorRate": 0.005}}],
    "oscillation": [{}, {"changes": {"penalties": {"r1": 1}}}],
    "half": [{}, {"changes": {"discriminatorDepth": 3}}, {}],
    "copies": [{}, {"changes": {"noise": 0.5}}],
    "leash": [{}, {"changes": {"penalties": {"gradient-penalty": 1}}}, {"changes": {"players": "both"}}],
    "quality": [{}, {"changes": {"players": "generator"}}, {"changes": {"players": "both"}}],
    "drawing": [{"changes": {"data": "points2", "points": [*SMILE, *ISLANDS]}, "kind": "nothing"}, {}],
}
"""What pupils do at each step: settings that they change, and the moves they make then."""

LESSONS = list(PUPILS)


@pytest.fixture(scope="module")
def fared(node: Node) -> dict[str, Any]:
    """How the pupils fared, by lesson."""
    return node("lessons.mjs", PUPILS)


def test_all_lessons_are_taken(fared: dict[str, Any]) -> None:
    assert list(fared) == LESSONS
    assert {name: lesson["steps"] for name, lesson in fared.items()} == {n: len(steps) for n, steps in PUPILS.items()}


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_is_reached_before_it_is_done(fared: dict[str, Any], name: str) -> None:
    """The game that a lesson begins with passes no check, and neither does playing on without the step's change."""
    lesson = fared[name]
    assert not lesson["atOnce"]
    assert [step["idle"] for step in lesson["fared"]] == [False] * lesson["steps"]


@pytest.mark.parametrize("name", LESSONS)
def test_what_a_step_says_leads_to_success(fared: dict[str, Any], name: str) -> None:
    """Every step is reached by what it asks for, after some moves that a person can wait for."""
    lesson = fared[name]
    assert lesson["done"], lesson["fared"]
    rounds = [step["moves"] for step in lesson["fared"]]
    assert all(count is not None and count <= 1200 for count in rounds), rounds


@pytest.mark.parametrize("name", LESSONS)
def test_each_step_says_in_numbers_how_far_it_is(fared: dict[str, Any], name: str) -> None:
    for step in fared[name]["fared"]:
        assert re.search(r"\d", step["before"])
        assert "NaN" not in step["before"] and "undefined" not in step["before"] and "null" not in step["before"]


def test_texts(node: Node) -> None:
    """Every lesson has its parts, points at controls that there are, and ends with its sources."""
    course = node("course.mjs", None)
    assert len({lesson["name"] for lesson in course["lessons"]}) == len(course["lessons"]) >= 8
    assert len({lesson["short"] for lesson in course["lessons"]}) == len(course["lessons"])
    for lesson in course["lessons"]:
        assert set(lesson["layers"]) <= set(course["layers"])
        assert lesson["speed"] in course["speeds"]
        assert lesson["because"] and lesson["sees"] and lesson["title"]
        assert lesson["sources"], lesson["name"]
        for source in lesson["sources"]:
            assert re.fullmatch(r"https://arxiv\.org/abs/\d{4}\.\d{4,5}", source["address"])
            assert re.search(r"\b(19|20)\d\d\b", source["paper"])
        for step in lesson["steps"]:
            assert step["does"].endswith((".", "?")) and step["watch"] and step["found"].endswith(".")
            assert step["points"], "a step points at nothing"
            assert set(step["points"]) <= set(course["controls"])
