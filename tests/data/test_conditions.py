"""What samples can be told to be: what a request allows, how often, and that it comes back from a file as it was."""

import numpy as np
import pytest
import torch

from zerosum.core.errors import DataError, SettingError
from zerosum.data.conditions import MOST_SHIPPED, Attributes, Captions, Classes, Conditions, conditions_from

NAMES = ("glasses", "hair=black", "hair=red", "beard")
ROWS = np.array([[1, 1, 0, 0]] * 5 + [[0, 0, 1, 0]] * 3 + [[0, 1, 0, 0]] * 2, np.uint8)


@pytest.fixture
def attributes() -> Attributes:
    return Attributes.of(NAMES, ROWS)[0]


def vectors(conditions: Conditions) -> set[tuple[float, ...]]:
    return {tuple(row) for row in conditions.at(np.arange(len(conditions.frequencies))).tolist()}


def test_combinations_are_those_of_the_samples() -> None:
    conditions, indices = Attributes.of(NAMES, ROWS)
    assert np.array_equal(conditions.combinations[indices], ROWS)
    assert sorted(conditions.frequencies) == pytest.approx([0.2, 0.3, 0.5])
    assert conditions.width == 4 and conditions.at(indices).dtype == torch.float32


def test_what_is_not_asked_for_is_as_in_the_data(attributes: Attributes) -> None:
    black = attributes.asked("hair=black")
    assert vectors(black) == {(1, 1, 0, 0), (0, 1, 0, 0)}
    assert sorted(black.frequencies) == pytest.approx([2 / 7, 5 / 7])
    assert vectors(attributes.asked("glasses=no, hair=black")) == {(0, 1, 0, 0)}
    assert vectors(attributes.asked({"glasses": False, "hair=black": True})) == {(0, 1, 0, 0)}


def test_what_no_sample_has_is_the_nearest_with_a_change(attributes: Attributes) -> None:
    """Values of one property exclude each other, so that asking for red hair takes the black away."""
    assert vectors(attributes.asked("hair=red, glasses")) == {(1, 0, 1, 0)}
    bearded = attributes.asked("beard")
    assert vectors(bearded) == {(*row[:3], 1) for row in vectors(attributes)}
    assert sorted(bearded.frequencies) == pytest.approx([0.2, 0.3, 0.5])


@pytest.mark.parametrize(
    ("request_", "words"),
    [("glases", "glasses"), ("hair=green", "hair="), ("", "glasses, hair=black"), (3, "by name"), ({"x": True}, '"x"')],
)
def test_unknown_attributes(attributes: Attributes, request_: object, words: str) -> None:
    with pytest.raises(SettingError, match=words):
        attributes.asked(request_)  # type: ignore[arg-type]


def test_a_class_is_all_that_is_drawn() -> None:
    classes = Classes(np.array([0.2, 0.3, 0.5]), ("0", "2", "cat"))
    for request_, index in (("cat", 2), (1, 1), (2, 1), (0, 0)):
        assert classes.asked(request_).frequencies.tolist() == np.eye(3)[index].tolist(), "names come before indices"
    for wrong in ("dog", 3, -1, 1.5):
        with pytest.raises(SettingError, match="class"):
            classes.asked(wrong)  # type: ignore[arg-type]


def captions(count: int) -> Captions:
    table = np.random.default_rng(0).normal(size=(count, 6)).astype(np.float32)
    return Captions(np.full(count, 1 / count), "an/encoder", tuple(f"text {n}" for n in range(count)), table)


@pytest.mark.parametrize("kind", ["classes", "attributes", "captions"])
def test_they_come_back_from_a_file(kind: str, attributes: Attributes) -> None:
    all_of_them: dict[str, Conditions] = {
        "classes": Classes(np.array([0.25, 0.75]), ("a", "b")),
        "attributes": attributes,
        "captions": captions(5),
    }
    before = all_of_them[kind]
    after = conditions_from(before.to_json(), before.table, "here")
    indices = np.arange(len(before.frequencies))
    assert type(after) is type(before) and after.to_json() == before.to_json()
    assert torch.equal(after.at(indices), before.at(indices))
    broken = before.to_json() | {"frequencies": [1.0] * (len(indices) + 1)}
    for wrong in ({}, [], broken, before.to_json() | {"kind": "x"}):
        with pytest.raises(DataError, match="here"):
            conditions_from(wrong, before.table, "here")


def test_a_model_keeps_the_most_frequent_combinations_and_captions_from_all_over() -> None:
    bits = (np.arange(2**11)[:, None] >> np.arange(11)) & 1
    many = Attributes.of(tuple("abcdefghijk"), np.concatenate([bits, bits[:500]]).astype(np.uint8))[0]
    kept = many.shipped()
    assert len(kept.combinations) == MOST_SHIPPED and kept.frequencies.sum() == pytest.approx(1)
    assert vectors(kept) >= {tuple(row) for row in bits[:500].tolist()}, "those that come twice"
    texts = captions(3000).shipped()
    assert len(texts.texts) == len(texts.vectors) == MOST_SHIPPED
    assert (texts.texts[0], texts.texts[-1]) == ("text 0", "text 2999")
    few = captions(7).shipped()
    assert few.texts == captions(7).texts
