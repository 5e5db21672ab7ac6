"""What expressions demand of single columns: never less than is true, and contradictions are found."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zerosum.core.errors import SettingError
from zerosum.data.tables.language.expressions import parse
from zerosum.data.tables.language.ranges import allowed, impossible
from zerosum.data.tables.language.truth import Kind, Values, true_rows

KINDS: dict[str, Kind] = {
    "age": "number",
    "net": "number",
    "job": "text",
    "home": "text",
    "start": "date",
    "wait": "duration",
}
INF = math.inf


def values(kind: Kind, *entries: float | str | None) -> Values:
    if kind == "text":
        return Values(kind, texts=np.array(entries, object))
    return Values(kind, numbers=np.array(entries, np.float64))


BOUNDS = {
    "age > 5": (5, INF, False),
    "5 >= age": (-INF, 5, False),
    "age = 5": (5, 5, False),
    "age = '5'": (5, 5, False),
    "age = true": (1, 1, False),
    "age != 5": (-INF, INF, False),
    "age between 1 and 5 and age > 2": (2, 5, False),
    "age not between 1 and 5": (-INF, INF, False),
    "age in (3, 1, 7)": (1, 7, False),
    "age in (3, 1, 7) and age != 7": (1, 3, False),
    "age in (3, 1, 7) and age not in (1, 7)": (3, 3, False),
    "not age > 5": (-INF, 5, False),
    "not not (age > 5 and net = 1)": (5, INF, False),
    "not (age > 5 or net = 1 or age < 1)": (1, 5, False),
    "age < 3 or age between 5 and 9": (-INF, 9, False),
    "(age > 3 or age < 1) and age < 2": (-INF, 1, False),
    "age is missing": (INF, -INF, True),
    "age is not missing": (-INF, INF, False),
    "age > 5 or age is missing": (5, INF, True),
    "(age > 5 or age is missing) and (age < 7 or age is missing)": (5, 7, True),
    "age >= 5 and net < age and (age < 9 or net > 1) and job = 'x'": (5, INF, False),
    "2 * age <= 60 and age > 5": (5, INF, False),
    "2 * age <= 60": (-INF, INF, False),
    "age = age": (-INF, INF, False),
}


@pytest.mark.parametrize("text", BOUNDS)
def test_bounds(text):
    low, high, missing = BOUNDS[text]
    found = allowed(parse(text, [*KINDS]), KINDS)["age"]
    assert (found.bounds, found.missing) == ((low, high), missing)
    assert found.present == (low <= high)


def test_bounds_of_dates_and_durations_are_seconds():
    found = allowed(parse("start >= '1970-01-02' and wait in ('1m', 90)", [*KINDS]), KINDS)
    assert found["start"].bounds == (86400, INF) and found["wait"].bounds == (60, 90)


def test_levels_that_are_allowed():
    found = allowed(parse("(job = 'cook' or job in ('baker', 3)) and home != job and job != 'baker'", [*KINDS]), KINDS)
    assert [*found] == ["job"]
    assert found["job"].holds(values("text", "cook", "baker", "3", "smith", None)).tolist() == [1, 0, 1, 0, 0]
    assert not found["job"].missing and found["job"].present


def test_candidates_are_held_to_parts_that_calculate():
    found = allowed(parse("2 * age <= 60 and age != 4", [*KINDS]), KINDS)["age"]
    assert found.holds(values("number", 4, 30, 31, None)).tolist() == [False, True, False, False]


@pytest.mark.parametrize("text", ["age < net", "age > 5 or net > 5", "not (age = 1 and job = 'a')", "age + net = 5"])
def test_parts_about_several_columns_are_left_out(text):
    assert allowed(parse(text, [*KINDS]), KINDS) == {}


IMPOSSIBLE = {
    "age > 5 and age < 3": "age",
    "age > 5 and age < 5": "age",
    "age >= 5 and age < 5": "age",
    "age >= 5 and age <= 5": None,
    "age > 5 and age < 6": None,
    "age = 5 and age = 6": "age",
    "age = 5 and age != 5": "age",
    "age between 9 and 1": "age",
    "age in (1, 2) and age in (3, 4)": "age",
    "age in (1, 2) and not age < 2 and age != 2": "age",
    "age is missing and age > 1": "age",
    "age is missing and age is not missing": "age",
    "age is missing and net > 1": None,
    "(age > 5 or age is missing) and (age < 3 or age is missing)": None,
    "(age > 5 or age is missing) and age < 3": "age",
    "net < 3 and (age > 5 and age < 3)": "age",
    "net < 3 or (age > 5 and age < 3)": None,
    "not (age <= 5 or age >= 3)": "age",
    "age < age": "age",
    "age > net and net > age": None,
    "2 * age > 4 and 2 * age < 2": None,
    "job = 'a' and job = 'b'": "job",
    "job = 'a' and job != 'a'": "job",
    "job = 'a' and job in ('b', 'a')": None,
    "job != 'a' and job != 'b'": None,
    "job = true and job != 'true'": None,
    "job = '1' and job = '1.0'": "job",
    "age = '1' and age = '1.0'": None,
    "start > '2024-01-02' and start <= '2024-01-01'": "start",
    "wait > '1h' and wait < '60m'": "wait",
    "wait > '1h' and wait < '61m'": None,
    "age > 0 and age < 5e-324": "age",
    "age > 1e308 and age > 1.7976931348623157e308": None,
}


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_contradictions(text):
    sentence = impossible(parse(text, [*KINDS]), KINDS)
    if IMPOSSIBLE[text] is None:
        assert sentence is None
    else:
        assert sentence is not None and f'"{IMPOSSIBLE[text]}"' in sentence and sentence.endswith(".")


def test_what_cannot_be_compared_is_refused():
    for function in (allowed, impossible):
        with pytest.raises(SettingError, match="'old'"):
            function(parse("age = 'old'", ["age"]), KINDS)
        with pytest.raises(SettingError, match="no column"):
            function(parse("agee = 1", ["agee"]), KINDS)


name, level = st.sampled_from(["age", "net"]), st.sampled_from(["'a'", "'b'", "true", "3"])
number, operator = st.integers(-3, 3).map(str), st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
leaf = (
    st.builds("{} {} {}".format, name, operator, number | name)
    | st.builds("{} {}in ({}, {})".format, name, st.sampled_from(["", "not "]), number, number)
    | st.builds("{} between {} and {}".format, name, number, number)
    | st.builds("2 * {} - 1 {} {}".format, name, operator, number)
    | st.builds("job {} {}".format, st.sampled_from(["=", "!="]), level)
    | st.builds("{} is {}missing".format, st.sampled_from(["age", "net", "job"]), st.sampled_from(["", "not "]))
)
expressions = st.recursive(
    leaf,
    lambda part: (
        st.builds("not ({})".format, part)
        | st.builds("({} {} {})".format, part, st.sampled_from(["and", "and", "or"]), part)
    ),
    max_leaves=8,
)
half = st.none() | st.integers(-8, 8).map(lambda double: double / 2)
row = st.tuples(half, half, st.sampled_from([None, "a", "b", "True", "3", "c"]))


@settings(max_examples=400, deadline=None)
@given(expressions, st.lists(row, min_size=1, max_size=30))
def test_rows_of_which_the_whole_is_true_are_allowed(text, rows):
    expression = parse(text, [*KINDS])
    ages, nets, jobs = zip(*rows, strict=True)
    table = {"age": values("number", *ages), "net": values("number", *nets), "job": values("text", *jobs)}
    true = true_rows(expression, table)
    assert not (true.any() and impossible(expression, KINDS))
    for column, found in allowed(expression, KINDS).items():
        assert found.holds(table[column])[true].all()
        missing = table[column].missing
        assert found.missing or not (true & missing).any()
        assert found.present or not (true & ~missing).any()
        if table[column].numbers is not None:
            inside = table[column].numbers[true & ~missing]
            assert (inside >= found.bounds[0]).all() and (inside <= found.bounds[1]).all()


@settings(max_examples=200, deadline=None)
@given(expressions)
def test_bounds_are_no_wider_than_what_is_allowed(text):
    """Among many candidates, the allowed ones reach both ends, to within what lies between candidates."""
    grid = np.append(np.arange(-500, 501) / 10, np.nan)
    for column, found in allowed(parse(text.replace("2 * ", "").replace(" - 1", ""), [*KINDS]), KINDS).items():
        if KINDS[column] == "number":
            held = grid[found.holds(Values("number", numbers=grid)) & ~np.isnan(grid)]
            low, high = found.bounds
            assert len(held) > 0 if found.present else len(held) == 0
            if len(held):
                assert abs(held.min() - max(low, -50)) < 0.11 and abs(held.max() - min(high, 50)) < 0.11
