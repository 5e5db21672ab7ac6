"""Expressions: what they mean, and that any text is either one or refused in a sentence."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from zerosum.core.errors import SettingError, ZerosumError
from zerosum.latent.concepts import Term, combined, lengthened, parse


def test_terms_with_signs_and_factors():
    assert parse("@thick - class:3 + 0.5 * seeds:5,9-12") == [
        Term(1.0, "selection", "thick"),
        Term(-1.0, "class", "3"),
        Term(0.5, "seeds", "5,9-12"),
    ]


def test_signs_inside_of_words_and_quotes_are_no_operators():
    assert parse("attributes:hair=light-brown, beard=no + class:sea-lion") == [
        Term(1.0, "attributes", "hair=light-brown, beard=no"),
        Term(1.0, "class", "sea-lion"),
    ]
    assert parse('prompt:"red + blue" - prompt:a fire truck') == [
        Term(1.0, "prompt", "red + blue"),
        Term(-1.0, "prompt", "a fire truck"),
    ]


def test_a_leading_sign():
    assert [term.factor for term in parse("- class:1 + class:2")] == [-1.0, 1.0]
    assert [term.factor for term in parse("+ class:1")] == [1.0]


@pytest.mark.parametrize(
    "text",
    ["", " ", "+", "class:", "@", "@ ", "class:1 +", "class:1 + + class:2", "7", "klass:7", "selection:x", "0*class:1",
     "101*class:1", 'class:"a', "seeds", "2*", "class:1 - ", "x" * 20_000, " + ".join(["class:1"] * 65)],
)  # fmt: skip
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(SettingError) as refused:
        parse(text)
    assert str(refused.value).endswith(".") and len(str(refused.value)) < 600


PIECES = [
    "class:",
    "seeds:",
    "@",
    "+",
    "-",
    " + ",
    " - ",
    "*",
    "1",
    "0.5*",
    '"',
    "a",
    ",",
    "\n",
    "attributes:x=no",
    "²",
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map("".join))
def test_any_text_is_an_expression_or_refused(text):
    try:
        terms = parse(text)
    except ZerosumError as error:
        assert str(error)
    else:
        assert terms and all(term.text and 0 < abs(term.factor) <= 100 for term in terms)


def test_terms_as_a_person_writes_them_are_read_again():
    terms = parse("@thick - 0.5*class:3 + seeds:1,2")
    assert [parse(str(term).removeprefix("-"))[0].text for term in terms] == [term.text for term in terms]


def test_where_factors_sum_to_one_the_center_makes_no_difference():
    a, b, c = torch.randn(3, 7)
    for center in (torch.zeros(7), torch.randn(7)):
        torch.testing.assert_close(combined([a, b, c], [1, -1, 1], center), a - b + c)
    center = torch.randn(7)
    torch.testing.assert_close(combined([a, b], [1, -1], center), center + a - b)


def test_vectors_are_lengthened_and_keep_their_direction():
    mean = torch.randn(50, 128).mean(0)
    usual = lengthened(mean, torch.tensor(9.0))
    assert usual.norm() == pytest.approx(9, rel=1e-5)
    assert torch.cosine_similarity(usual, mean, dim=0) == pytest.approx(1)
    assert torch.equal(lengthened(mean, mean.norm()), mean), "what is long enough stays what it is"


def test_terms_that_cancel():
    with pytest.raises(SettingError, match="cancel"):
        lengthened(torch.full((4,), 1e-8), torch.tensor(3.0))
