"""Identifiers: their pattern, and new ones that are all different."""

import re

import numpy as np
import pytest

from zerosum.data.tables.columns.identifiers import CALLED_SO, identifiers, pattern_of, whole_identifiers

PATTERNS = {
    "C-9999": ["C-1001", "C-2348", "C-9072", "C-0893"],
    r"\A\9\X-99": ["A9X-11", "A9X-93", "A9X-05"],
    "AA99": ["BX10", "QA93", "ZZ85"],
    "hhhh": ["a9f0", "09bd", "f3a1", "3b72"],
    "aaa": ["abc", "xyz", "qrq"],
    "X9": ["A1", "72", "Z3"],
    "**": ["aB", "Zz", "q7"],
    "9é-9": ["1é-1", "2é-2"],
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns(pattern):
    assert pattern_of(PATTERNS[pattern]) == pattern


def test_the_commonest_length_decides():
    assert pattern_of(["A-10", "A-23", "A-38", "A-101", "wholly other"]) == r"\A-99"
    assert pattern_of([]) == "9999"


@pytest.mark.parametrize("pattern", ["C-999999", "hhhhhhhh", r"\A99-AAAAA", "*****"])
def test_a_hundred_thousand_are_all_different_and_fit_the_pattern(pattern):
    made = identifiers(pattern, range(100_000))
    assert len(set(made)) == 100_000
    assert pattern_of(made) == pattern
    assert identifiers(pattern, [77, 5]) == [made[77], made[5]]


def test_all_of_a_pattern_are_made():
    assert sorted(identifiers("99", range(100))) == [f"{number:02d}" for number in range(100)]


def test_patterns_with_too_few_have_more_digits():
    made = identifiers("A9", range(10_000))
    assert len(set(made)) == 10_000 and all(re.fullmatch(r"[A-Z]\d+", text) for text in made)
    assert {len(text) for text in made[:260]} == {2} and {len(text) for text in made[260:2600]} == {3}
    assert identifiers("-", [0, 1, 11]) == ["-", "-1", "-11"]


def test_the_pattern_of_many_numbers_in_a_row():
    assert pattern_of([f"C-{number:06d}" for number in range(1_000, 1_000_000, 9)]) == "C-999999"


def test_letters_beyond_ascii():
    made = identifiers(pattern_of(["é-1", "ß-2", "ü-3"]), range(10))
    assert len(set(made)) == 10 and all(re.fullmatch(r".-\d", text) for text in made)


def test_whole_numbers_go_on():
    assert whole_identifiers(1000, 1099, 1, [0, 1, 99, 100]) == [1000, 1001, 1099, 1100]
    assert whole_identifiers(-5, 95, 10, range(3)) == [-5, 5, 15]


def test_large_whole_numbers_stay_between_the_bounds():
    low, high = float(-(2**62)), float(2**63)
    made = whole_identifiers(low, high, 2.0**50, range(1000))
    assert len(set(made)) == 1000 and all(-(2**62) <= number < 2**63 for number in made)
    assert np.array(made).dtype == np.int64


@pytest.mark.parametrize(
    ("name", "called"),
    [("id", 1), ("customer_id", 1), ("customerId", 1), ("order no", 1), ("idle", 0), ("width", 0), ("uuid", 1)],
)
def test_names_of_identifiers(name, called):
    assert bool(CALLED_SO.search(name)) == bool(called)
