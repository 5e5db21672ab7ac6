"""Rows that are asked for: what generators are told of them, and which rows are as asked."""

import numpy as np
import pandas as pd
import pytest
import torch

from zerosum.core.errors import SettingError
from zerosum.core.telling import Tells
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.data.tables.formats.frames import open_frames
from zerosum.data.tables.language.asked import Rows
from zerosum.data.tables.table import read_table

COUNT = 4000


@pytest.fixture(scope="module")
def codec() -> TableCodec:
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": generator.integers(17, 91, COUNT),
            "gain": np.where(generator.random(COUNT) < 0.9, 0, generator.integers(1, 100_000, COUNT)),
            "job": generator.choice(["cook", "baker", "smith", "king"], COUNT, p=[0.6, 0.25, 0.14, 0.01]),
            "home": np.where(generator.random(COUNT) < 0.2, None, generator.choice(["own", "rent"], COUNT)),
            "height": generator.normal(1.7, 0.1, COUNT),
            "born": pd.Timestamp("1990-01-01") + pd.to_timedelta(generator.integers(0, 9999, COUNT), unit="D"),
            "kids": generator.integers(0, 4, COUNT),
        }
    )
    return read_table(open_frames(frame)).codec


def asked(codec: TableCodec, text: str, tells: Tells = "any") -> Rows:
    rows = codec.known(tells).asked(text)
    assert isinstance(rows, Rows)
    return rows


def told(codec: TableCodec, rows: Rows) -> tuple[pd.DataFrame, np.ndarray]:
    """What is told, as a frame, and which columns are told anything, (k, columns)."""
    assert rows.told is not None
    width = sum(cell.width for cell in codec.cells)
    return codec.presented(codec.decode(rows.told[:, :width]), range(len(rows.told))), rows.told[:, width:].numpy()


EXPRESSIONS = {
    "job = 'king'": ["job"],
    "age = 30": ["age"],
    "age >= 85": ["age"],
    "age between 85 and 86": ["age"],
    "kids = 3": ["kids"],
    "gain = 0": ["gain"],
    "gain = 54321": ["gain"],
    "gain > 95000 and gain < 95100": ["gain"],
    "born >= '2017-01-01'": ["born"],
    "born = '1999-06-15'": ["born"],
    "height > 1.9": ["height"],
    "home is missing": ["home"],
    "job = 'king' and home = 'own'": ["job", "home"],
    "job in ('king', 'smith')": ["job"],
    "job != 'cook'": [],
    "age > 20": [],
    "age > kids": [],
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_told_rows_hold_what_is_asked(codec, text):
    rows = asked(codec, text)
    frame, flags = told(codec, rows)
    names = [column.name for column, flag in zip(codec.learned, flags[0], strict=True) if flag]
    assert names == EXPRESSIONS[text] and (flags == flags[0]).all()
    assert rows.frequencies.sum() == pytest.approx(1) and (rows.frequencies > 0).all()
    for name in names:
        parts = [part for part in text.split(" and ") if name in part] if "between" not in text else [text]
        number = [column.name for column in codec.learned].index(name)
        values = np.zeros((len(frame), len(codec.learned)))
        values[:] = np.nan
        values[:, number] = codec.decode(rows.told[:, : -len(codec.cells)])[:, number]
        for part in parts:
            assert asked(codec, part).accepted(values).all(), part


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_is_told_of_a_cell_is_one_choice(codec, text):
    rows = asked(codec, text)
    x, start = rows.at(np.arange(len(rows.frequencies))), 0
    assert x.dtype == torch.float32
    for number, cell in enumerate(codec.cells):
        choices = x[:, start + cell.number : start + cell.width]
        flag = x[:, len(x[0]) - len(codec.cells) + number]
        assert torch.equal(choices.sum(1), flag)
        if cell.number:
            assert (x[:, start].abs() <= flag).all()
        start += cell.width


def test_choices_are_told_as_often_as_they_are(codec):
    rows = asked(codec, "job in ('king', 'smith')")
    frame, _ = told(codec, rows)
    shares = dict(zip(frame["job"], rows.frequencies, strict=True))
    assert shares["smith"] == pytest.approx(0.14 / 0.15, abs=0.02)


def test_generators_that_listen_to_nothing_are_told_nothing(codec):
    rows = asked(codec, "job = 'king' and age = 30", "nothing")
    assert rows.told is not None and rows.told.shape[0] == 1 and not rows.told.any()


def test_generators_that_listen_to_one_category_are_told_the_rarest(codec):
    frame, flags = told(codec, asked(codec, "home = 'own' and job = 'king' and age = 30", "one category"))
    assert flags.sum() == 1 and frame["job"].tolist() == ["king"]
    _, flags = told(codec, asked(codec, "age = 30", "one category"))
    assert not flags.any()


@pytest.mark.parametrize("tells", ["nothing", "one category", "any"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("job = 'priest'", 'nothing that the column "job" has satisfies it; its values are'),
        ("age > 30 and age < 20", "No row can be as asked"),
        ("salary > 5", "salary"),
        ("age = 'old'", "age"),
        ("age >", "age"),
    ],
)
def test_what_cannot_be(codec, text, sentence, tells):
    with pytest.raises(SettingError, match=sentence):
        asked(codec, text, tells)


def test_numbers_beyond_the_data_cannot_be_told(codec):
    for text in ("age > 200", "age = 30.5", "born > '2030-01-01'"):
        with pytest.raises(SettingError, match="No row can be as asked"):
            asked(codec, text)


def test_bounds_are_told_as_dates(codec):
    with pytest.raises(SettingError, match="its values go from 1990-01-04 to 2017-05-17"):
        asked(codec, "born > '2030-01-01'")


def test_requests_are_texts(codec):
    with pytest.raises(SettingError, match="as in"):
        codec.known("any").asked(5)


def test_rows_that_are_as_asked(codec):
    rows = np.zeros((4, 7))
    rows[:, 0] = [30, 31, np.nan, 30]
    assert asked(codec, "age = 30").accepted(rows).tolist() == [True, False, False, True]


def test_examples_are_expressions_that_rows_can_satisfy(codec):
    examples = [codec.known("any").words(number) for number in range(len(codec.learned))]
    assert examples[0] == "job = 'cook'" and "age >= 17" in examples
    for example in examples:
        asked(codec, example)
    odd = pd.DataFrame({'it\'s a "name"': ["o'clock", "noon"] * 20, "not": np.arange(40) % 3})
    rows = read_table(open_frames(odd)).codec.known("any")
    assert rows.words(0) == '"it\'s a ""name""" = \'noon\''
    assert all(rows.asked(rows.words(number)).expression for number in range(2))
