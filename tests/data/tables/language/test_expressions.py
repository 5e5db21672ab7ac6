"""Expressions: what they mean, row by row and against SQLite, and that any other text is refused in a sentence."""

import sqlite3
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zerosum.core.errors import SettingError
from zerosum.data.tables.language.expressions import DEEPEST, parse, parse_rule
from zerosum.data.tables.language.tokens import LONGEST
from zerosum.data.tables.language.tree import (
    And,
    Column,
    Comparison,
    Fixed,
    Missing,
    Not,
    Number,
    Or,
    Term,
    Unique,
    columns_of,
)
from zerosum.data.tables.language.truth import Values, check, true_rows


def numbers(*values: float | None, kind="number") -> Values:
    return Values(kind, numbers=np.array(values, np.float64))


def texts(*values: str | None) -> Values:
    return Values("text", texts=np.array(values, object))


def dates(*values: str | None) -> Values:
    found = [None if v is None else datetime.fromisoformat(v).replace(tzinfo=UTC).timestamp() for v in values]
    return numbers(*found, kind="date")


PEOPLE = {
    "age": numbers(20, 30, 40, None),
    "hours-per-week": numbers(40, 30, 50, 10),
    "net": numbers(0.1, 1, 2, 3),
    "tax": numbers(0.2, 1, None, 3),
    "gross": numbers(0.3, 3, 2, 6),
    "job": texts("cook", "it's", None, "3"),
    "home": texts("cook", "baker", "x", "-3"),
    "married": texts("True", "false", "FALSE", None),
    "start": dates("2024-01-31", "2024-01-31T12:00:00", "2023-12-31", None),
    "end": dates("2024-02-01", "2024-01-31T12:00:30", "2024-12-31", "2024-01-01"),
    "wait": numbers(86400, 30, 5400, None, kind="duration"),
}

TRUE = {
    "age = 30": [1],
    "age == 30": [1],
    "age != 30": [0, 2],
    "age <> 30": [0, 2],
    "not age = 30": [0, 2],
    "age < 30": [0],
    "age <= 30": [0, 1],
    "age > 30": [2],
    "age >= 30": [1, 2],
    "30 <= age": [1, 2],
    "age >= +3.0e1": [1, 2],
    "age > -1": [0, 1, 2],
    "age > --25": [1, 2],
    "age = '30'": [1],
    "age between 20 and 30": [0, 1],
    "age not between 20 and 30": [2],
    "age in (20, 40, 99)": [0, 2],
    "age not in (20, 99)": [1, 2],
    "age is missing": [3],
    "age IS Null": [3],
    "age is not missing": [0, 1, 2],
    "age is not null": [0, 1, 2],
    "not age is missing": [0, 1, 2],
    "age = 20 or age is missing and net = 3": [0, 3],
    "(age = 20 or age is missing) and net = 3": [3],
    "not age = 20 and net < 2": [1],
    "not (age = 20 and net < 2)": [1, 2, 3],
    "age = 20 or net = 3": [0, 3],
    "age = true or net = true": [1],
    "hours-per-week = age": [1],
    "hours-per-week - age = 20": [0],
    "hours-per-week-age=20": [0],
    "2 * age < hours-per-week + 1": [0],
    "age * 2 <= hours-per-week": [0],
    "2 * (age - 5) = hours-per-week - 10": [0],
    "-age < -30": [2],
    "age - (hours-per-week - 10) = 0": [2],
    "0.5 * age + 0.5 * age >= 40": [2],
    "net + tax = gross": [0, 3],
    "net + tax != gross": [1],
    "net + tax <= gross": [0, 1, 3],
    "net + tax > gross": [],
    "net + tax < gross": [1],
    "gross - net - tax = 0": [0, 3],
    "net + tax >= gross": [0, 3],
    "gross < net + tax": [],
    "job = 'cook'": [0],
    "job != 'cook'": [1, 3],
    "job = 'Cook'": [],
    "job = 'it''s'": [1],
    "job in ('cook', 3)": [0, 3],
    "job = 3": [3],
    "job = 3.0": [],
    "home = -3": [3],
    "job = home": [0],
    "job != home": [1, 3],
    "job is missing": [2],
    "married = true": [0],
    "married = FALSE": [1, 2],
    "married != true": [1, 2],
    "married = 'true'": [],
    "start = '2024-01-31'": [0],
    "start >= '2024-01-31'": [0, 1],
    "start = '2024-01-31 12:00'": [1],
    "start = '2024-01-31 14:00+02:00'": [1],
    "start between '2023-01-01' and '2024-01-31'": [0, 2],
    "start is missing": [3],
    "start < end": [0, 1, 2],
    "end - start = '1d'": [0],
    "end - start <= 30": [1],
    "end - start < 30": [],
    "end - start = 29": [],
    "end - start <= '24h'": [0, 1],
    "end > start + '1d'": [2],
    "start + wait = end": [0, 1],
    "end - '2024-01-01' >= '365d'": [2],
    "wait = '1d'": [0],
    "wait = '24:00:00'": [0],
    "wait = '1h30m'": [2],
    "wait = '01:30'": [2],
    "wait in (30, '1.5h')": [1, 2],
    "wait > '-1 days 02:00:00'": [0, 1, 2],
    "wait < '1m'": [1],
    "wait = '90m'": [2],
    "wait = '5400'": [2],
    "2 * wait = '60 s'": [1],
}


@pytest.mark.parametrize("text", TRUE)
def test_rows_of_which_an_expression_is_true(text):
    found = true_rows(parse(text, [*PEOPLE]), PEOPLE)
    assert found.dtype == bool and np.flatnonzero(found).tolist() == TRUE[text]


def test_no_rows():
    empty = {"age": numbers(), "job": texts()}
    assert true_rows(parse("age > 3 and not (job = 'a' or job = true)", [*empty]), empty).shape == (0,)


def test_what_overflows_is_compared_without_warnings():
    table = {"a": numbers(1e308, -1e308, 1)}
    assert true_rows(parse("10 * a > 5", ["a"]), table).tolist() == [True, False, True]
    assert true_rows(parse("10 * a - 10 * a = 0", ["a"]), table).tolist() == [False, False, True]
    assert not true_rows(parse("10 * a - 10 * a != 0", ["a"]), table).any(), "inf - inf is unknown"


def test_the_tree():
    assert parse("age > 3 and not (job is null or 2 * net - 1 = tax)", [*PEOPLE]) == And(
        (
            Comparison((Term(1.0, Column("age")),), ">", (Term(1.0, Number(3.0, "3")),)),
            Not(
                Or(
                    (
                        Missing("job"),
                        Comparison(
                            (Term(2.0, Column("net")), Term(1.0, Number(-1.0, "-1"))), "=", (Term(1.0, Column("tax")),)
                        ),
                    )
                )
            ),
        )
    )
    assert columns_of(parse("age > 3 and not (job is null or 2 * net - 1 = tax)", [*PEOPLE])) == {
        "age", "job", "net", "tax",
    }  # fmt: skip


def test_rules_of_their_own():
    assert parse_rule(' Unique ( age,"hours-per-week" ) ', [*PEOPLE]) == Unique(("age", "hours-per-week"))
    assert parse_rule("fixed(job, home)", [*PEOPLE]) == Fixed(("job", "home"))
    assert parse_rule("start <= end", [*PEOPLE]) == parse("start <= end", [*PEOPLE])
    assert columns_of(Unique(("a", "b"))) == {"a", "b"}
    assert parse("fixed = 3 and unique = 4", ["fixed", "unique"]), "the words are names where no parentheses follow"


NAMES = ["capital-gain", "capital", "gain", "a b", 'say "hi"', "tick`s", "Größe", "and", "Missing", "1st", "v1.5", "ſ",
         "not-paid", "is", "'", "x_1", "日付", "", "capital-gain-", "fixed", "true"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_name_in_quotes(name):
    for quote in '"`':
        text = f"{quote}{name.replace(quote, quote * 2)}{quote} = 1"
        assert columns_of(parse(text, NAMES)) == {name}
        assert parse_rule(f"unique({text[:-4]})", NAMES) == Unique((name,))


@pytest.mark.parametrize("name", ["capital-gain", "capital", "gain", "Größe", "v1.5", "not-paid", "x_1", "日付"])
def test_bare_names(name):
    for text in (f"{name}=1", f"{name} = 1", f"1<{name}", f"not({name})=1", f"{name} is missing"):
        assert columns_of(parse(text, NAMES)) == {name}


def test_a_bare_name_is_the_longest_that_fits():
    assert columns_of(parse("capital-gain = 1", NAMES)) == {"capital-gain"}
    assert columns_of(parse("capital-gain = 1", ["capital", "gain"])) == {"capital", "gain"}
    assert columns_of(parse("capital-gain-x > 1", ["capital", "capital-gain", "gain-x", "x"])) == {"capital-gain", "x"}
    assert columns_of(parse("a-1 = 2", ["a", "a-1"])) == {"a-1"}
    assert columns_of(parse("a-1 = 2", ["a"])) == {"a"}
    with pytest.raises(SettingError, match='"ages"'):
        parse("ages = 1", ["age"])


REFUSED = {
    "": "missing here",
    "  ": "missing here",
    "age": "comparison is missing",
    "age and net = 1": "comparison is missing",
    "not age": "comparison is missing",
    "true": "comparison is missing",
    "age >": "value is missing here",
    "age = missing": "value is missing here",
    "> 3": "»>«",
    "age = and": "»and«",
    "age => 3": "»>«",
    "age > 1 > 2": "join two with and",
    "(age > 1) = true": "join two with and",
    "(age > 1) + 2 = 3": "whole comparison",
    "age = (age > 1)": "whole comparison",
    "-(age > 1)": "whole comparison",
    "age = 1 net = 2": "»net«",
    "age = 1)": r"»\)«",
    "(age = 1": r"\) is missing",
    "age between 1 or 2": "and is missing",
    "age in 1, 2": r"\( is missing",
    "age in ()": "value is missing here",
    "age in (1, 2": r"\) is missing",
    "age not = 3": "in or between is missing",
    "age is 3": "missing or null is missing",
    "age + 1 is missing": "Only one column",
    "-age is missing": "Only one column",
    "3 is missing": "Only one column",
    "1 = 1": "no column",
    "'a' in ('b', 'a')": "no column",
    "age * net = 1": "Neither side",
    "age / 2 = 1": '"/" is neither',
    "1e300 * 1e300 * age = 1": "too large",
    "(1e308 + 1e308) * age = 1": "too large",
    "age = 1e999": '"1e999" is neither',
    "age = 1.2.3": '"1.2.3"',
    "job = >50K": "single quotes: '>50K'",
    "job = 50K": "single quotes: '50K'",
    "job=cook": "single quotes: 'cook'",
    'job = "cook"': "single quotes: 'cook'",
    "job = 'cook": "not closed",
    'job = "cook': "not closed",
    "job = `cook": "not closed",
    "job = @cook": "»@cook«",
    "hours-per-weak > 3": 'Did you mean "hours-per-week"',
    "Age > 3": 'Did you mean "age"',
    "start > 2024-01-31": "single quotes: '2024-01-31'",
    "unique(age)": "rule of its own",
    "not fixed(age, job)": "rule of its own",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(SettingError, match=REFUSED[text]) as refused:
        parse(text, [*PEOPLE])
    message = str(refused.value)
    assert message.endswith(".") and len(message) < 600 and "»" in message


@pytest.mark.parametrize(
    "text",
    ["unique()", "unique(age", "unique(age,)", "unique(age, age)", "unique(3)", "fixed(age) and age = 1", "fixed(agee)",
     "unique(2 * age)", "age = 1 and unique(age)", "fixed(fixed(age))"],
)  # fmt: skip
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(SettingError):
        parse_rule(text, [*PEOPLE])


INCOMPARABLE = {
    "age = 'old'": "\"age\" has numbers .* 'old'",
    "age in (1, 'nan')": "'nan'",
    "age = '1_0'": "'1_0'",
    "age + 'x' > 2": "'x'",
    "job < 'x'": '"job" has texts.* < .*declare',
    "job between 1 and 3": '"job" has texts.*declare',
    "job < home": "declare",
    "job + 1 = 2": "calculated",
    "job = -home": "calculated",
    "job = age": '"job" has texts and "age" has numbers',
    "start = home": '"home" has texts and "start" has dates',
    "start > 2024": '"start" has dates',
    "start > '2024'": '"start" has dates',
    "start > '2024-13-01'": "2024-13-01",
    "start = 'soon'": "\"start\" has dates, and 'soon' is none",
    "start = true": '"start" has dates',
    "wait = false": '"wait" has durations',
    f"wait < '{'9' * 400}d'": '"wait" has durations',
    "wait = '1 fortnight'": '"wait" has durations',
    "wait > '2024-01-01'": '"wait" has durations',
    "start > '1d'": '"start" has dates',
    "start + end > '2024-01-01'": '"start" has dates',
    "start + start > end + end": '"start" has dates',
    "2 * start > end": '"start" has dates',
    "end - start > '2024-01-01'": '"end" has dates',
    "start > age": '"start" has dates',
    "wait < start": '"start" has dates',
}


@pytest.mark.parametrize("text", INCOMPARABLE)
def test_what_cannot_be_compared_is_found_before_any_row_is_seen(text):
    expression = parse(f"age = 1 or not ({text})", [*PEOPLE])
    with pytest.raises(SettingError, match=INCOMPARABLE[text]):
        check(expression, {name: values.kind for name, values in PEOPLE.items()})
    with pytest.raises(SettingError, match=INCOMPARABLE[text]):
        true_rows(expression, PEOPLE)


def test_what_can_be_compared_passes():
    for text in TRUE:
        check(parse(text, [*PEOPLE]), {name: values.kind for name, values in PEOPLE.items()})
    check(Unique(("age",)), {"age": "number"})
    for rule in (parse("age = 1", ["age"]), parse("age is missing", ["age"]), Unique(("age",))):
        with pytest.raises(SettingError, match='no column "age"'):
            check(rule, {"ages": "number"})


def test_a_column_has_what_its_kind_says():
    for wrong in (
        {"kind": "text"},
        {"kind": "text", "numbers": np.ones(1)},
        {"kind": "date", "texts": np.array(["a"])},
    ):
        with pytest.raises(ValueError):
            Values(**wrong)


@pytest.mark.parametrize(
    "text",
    ["(" * 5_000, "(" * 100_000, "not " * 2_400, "(" * 4_000 + "age = 1" + ")" * 4_000, "age" * 40_000, "-" * 9_999,
     "age = '" + "1" * 100_000, "'" * 9_999, '"' * 9_999, "age-" * 2_499, "1" * 9_990 + "K", "9" * 9_000 + " = age",
     "age = 1 " + "in (" * 2_000, "1." * 4_999, "age = " + "1e" * 4_000, "and " * 2_000, "age + " * 1_600,
     "age = " + "2 * " * 2_000, "\x00", "\ud800", "²", "age = ٣", "age\u00a0> ³", "age > 1;drop", "__import__('os')"],
)  # fmt: skip
def test_hostile_texts_are_refused_in_a_sentence(text):
    with pytest.raises(SettingError) as refused:
        parse_rule(text, ["age", "a", "e"])
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize(
    "value", ["1" * 9_900, " " * 9_900, "1d" * 4_900, "1" * 4_000 + "d" + "1" * 4_000, "0001-01-01T00:00+23:59"]
)
def test_hostile_values_are_refused_in_a_sentence_or_compared(value):
    for name in ("age", "start", "wait"):
        try:
            assert true_rows(parse(f"{name} > '{value}'", [*PEOPLE]), PEOPLE).shape == (4,)
        except SettingError as error:
            assert len(str(error)) < 600


def test_limits():
    assert parse("(" * DEEPEST + "age = 1" + ")" * DEEPEST, ["age"])
    text = "age = 1 and " * 800 + "age = 1"
    assert true_rows(parse(text, ["age"]), {"age": numbers(1, 2, None)}).tolist() == [True, False, False]
    with pytest.raises(SettingError, match="10,000"):
        parse(" " * LONGEST + "age = 1", ["age"])


PIECES = ["age", "job", "start", "wait", "start", " ", "(", ")", ",", "=", "<", "!=", "+", "-", "*", "1", "2.5", "1e3",
          "'a'", "'1d'", "'2024-01-01'", "not ", " and ", " or ", " in ", " between ", " is ", "missing", "true", '"',
          "'", "`", "unique(", "fixed", "\n", "²"]  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join))
def test_any_text_is_a_rule_or_refused(text):
    try:
        rule = parse_rule(text, [*PEOPLE])
    except SettingError as error:
        assert str(error)
        return
    assert columns_of(rule) <= set(PEOPLE)
    if not isinstance(rule, Unique | Fixed):
        try:
            assert true_rows(rule, PEOPLE).shape == (4,)
        except SettingError as error:
            assert str(error)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_duration_or_refused(text):
    value = text.replace("'", "''")
    for name in ("start", "wait", "age"):
        try:
            true_rows(parse(f"{name} <= '{value}'", [*PEOPLE]), PEOPLE)
        except SettingError as error:
            assert str(error)


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions with few parentheses, so that it matters what binds first."""
    return (
        parts.map("not {}".format)
        | parts.map("({})".format)
        | st.tuples(parts, st.sampled_from(["and", "or", "AND", "Or"]), parts).map(" ".join)
    )


small = st.integers(-3, 3).map(str)
number_name, text_name, negated = (
    st.sampled_from(["a", "b", '"c-d"']),
    st.sampled_from("st"),
    st.sampled_from(["", "not "]),
)
calculated = number_name | st.builds(
    "{} * {} {} {} {}".format,
    small,
    number_name,
    st.sampled_from("+-"),
    number_name,
    st.sampled_from(["", "- 1", "+ b"]),
)
amount = calculated | small
word = st.sampled_from(["'x'", "'y'", "'it''s'", "''"])
operator = st.sampled_from(["=", "==", "!=", "<>", "<", "<=", ">", ">="])
equality = st.sampled_from(["=", "==", "!=", "<>"])
comparison = (
    st.builds("{} {} {}".format, calculated, operator, amount)
    | st.builds("{} {} {}".format, text_name, equality, word | text_name)
    | st.builds("{} {}between {} and {}".format, calculated, negated, amount, amount)
    | st.builds("{} {}in ({}, {})".format, calculated, negated, amount, amount)
    | st.builds("{} {}in ({}, {})".format, text_name, negated, word, text_name)
    | st.builds("{} is {}null".format, number_name | text_name, negated)
)
expressions = st.recursive(comparison, joined, max_leaves=8)
optional_number = st.none() | st.integers(-4, 4)
optional_text = st.none() | st.sampled_from(["x", "y", "it's", ""])
rows = st.lists(
    st.tuples(optional_number, optional_number, optional_number, optional_text, optional_text), min_size=1, max_size=12
)


@settings(max_examples=400, deadline=None)
@given(expressions, rows)
def test_sqlite_agrees(text, rows):
    """SQLite reads the same text about the same rows, with its own grammar and its own three-valued logic."""
    with sqlite3.connect(":memory:") as database:
        database.execute('create table rows (a integer, b integer, "c-d" integer, s text, t text)')
        database.executemany("insert into rows values (?, ?, ?, ?, ?)", rows)
        answer = database.execute(f"select ifnull(({text}), 0) from rows order by rowid").fetchall()
    database.close()
    a, b, c, s, t = zip(*rows, strict=True)
    table = {"a": numbers(*a), "b": numbers(*b), "c-d": numbers(*c), "s": texts(*s), "t": texts(*t)}
    assert true_rows(parse(text, [*table]), table).tolist() == [bool(value) for (value,) in answer]
