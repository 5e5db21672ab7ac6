"""Rows of a table as networks see them, and back."""

import json

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import chisquare

from zerosum.core.errors import DataError, SettingError
from zerosum.data import codec_from_json
from zerosum.data.tables.encoding.codec import TableCodec, chances
from zerosum.data.tables.formats.frames import open_frames
from zerosum.data.tables.table import Table, read_alike, read_table

SHARES = (0.7, 0.2, 0.1)


def people(count: int = 400, seed: int = 0) -> pd.DataFrame:
    """A small table with a column of every learned kind, most of them with gaps."""
    generator = np.random.default_rng(seed)
    missing = generator.random((count, 4)) < 0.1
    return pd.DataFrame(
        {
            "age": pd.array(np.where(missing[:, 0], None, generator.integers(17, 91, count)), dtype="Int64"),
            "income": np.where(missing[:, 1], np.nan, np.exp(generator.normal(8, 1, count)).round(2)),
            "height": generator.normal(1.7, 0.1, count),
            "job": np.where(
                missing[:, 2], None, generator.choice(["cook", "baker", "smith"], count, p=[0.7, 0.2, 0.1])
            ),
            "member": generator.random(count) < 0.3,
            "since": pd.Timestamp("1965-01-01") + pd.to_timedelta(generator.integers(0, 20000, count), unit="D"),
            "wait": pd.to_timedelta(generator.integers(0, 5000, count), unit="s"),
            "size": pd.Categorical(generator.choice(["S", "M", "L"], count), ["S", "M", "L"], ordered=True),
            "id": range(1000, 1000 + count),
        }
    )


def table(frame: pd.DataFrame | None = None, **options) -> Table:
    return read_table(open_frames(people() if frame is None else frame), **options)


def encoded(one: Table) -> torch.Tensor:
    return one.codec.encode(torch.from_numpy(np.array(one.rows)))


@pytest.mark.parametrize("numbers", ["pieces", "modes"])
def test_each_cell_has_one_choice_and_a_place(numbers):
    one = table(numbers=numbers)
    x, start = encoded(one), 0
    assert x.shape == (400, sum(cell.width for cell in one.codec.cells)) and x.dtype == torch.float32
    for cell in one.codec.cells:
        choices = x[:, start + cell.number : start + cell.width]
        assert ((choices == 0) | (choices == 1)).all() and (choices.sum(1) == 1).all()
        assert tuple(choices.sum(0).long().tolist()) == cell.counts
        if cell.number:
            closed = ~torch.tensor(cell.gated)[choices.argmax(1)]
            assert (x[:, start].abs() <= 1).all() and (x[closed, start] == 0).all()
        start += cell.width


def test_rows_come_back():
    one = table()
    back = one.codec.decode(encoded(one))
    exact = [column.step is not None or not column.is_number for column in one.codec.learned]
    assert exact == [name != "height" for name in ("age income height job member since wait size".split())]
    assert np.array_equal(back[:, exact], one.rows[:, exact], equal_nan=True)
    assert np.allclose(back, one.rows, rtol=0, atol=1e-5, equal_nan=True)


def test_modes_come_back_within_four_deviations():
    one = table(numbers="modes")
    back = one.codec.decode(encoded(one))
    assert np.array_equal(np.isnan(back), np.isnan(one.rows))
    assert np.array_equal(back[:, [0, 3, 4, 7]], np.array(one.rows)[:, [0, 3, 4, 7]], equal_nan=True)
    apart = np.abs(back[:, 2] - one.rows[:, 2])
    assert np.mean(apart < 1e-5) > 0.98 and apart.max() < 0.05


def test_answers_stay_in_the_range_of_the_data():
    one = table()
    noise = torch.randn(500, encoded(one).shape[1], generator=torch.Generator().manual_seed(0)) * 3
    rows = one.codec.decode(noise)
    for number, column in enumerate(one.codec.learned):
        known = rows[:, number][np.isfinite(rows[:, number])]
        if column.is_number:
            assert known.min() >= column.low and known.max() <= column.high
        else:
            assert set(known) <= set(range(len(column.levels)))
    assert one.codec.presented(rows, range(500)).dtypes.equals(people().dtypes)


def test_half_precision_gives_the_same_choices():
    one = table()
    x = encoded(one)
    exact, rough = one.codec.decode(x), one.codec.decode(x.bfloat16())
    assert np.array_equal(exact[:, [3, 4, 7]], rough[:, [3, 4, 7]], equal_nan=True)


def test_chances_are_even_and_do_not_depend_on_company():
    rows = torch.from_numpy(np.random.default_rng(0).integers(0, 50, (20000, 3)).astype(np.float64))
    rows = torch.cat([rows, torch.arange(20000.0, dtype=torch.float64)[:, None]], 1)
    rows[::7, 1] = torch.nan
    columns = torch.tensor([0, 2, 3])
    found = chances(rows, columns)
    assert found.shape == (20000, 3) and found.dtype == torch.float64 and ((found >= 0) & (found < 1)).all()
    for column in found.T:
        assert chisquare(np.histogram(column.numpy(), 64, (0, 1))[0]).pvalue > 1e-3
    assert abs(np.corrcoef(found.numpy().T)[np.triu_indices(3, 1)]).max() < 0.03
    assert abs(np.corrcoef(found[:-1, 0], found[1:, 0])[0, 1]) < 0.03
    order = torch.randperm(20000)
    assert torch.equal(chances(rows[order], columns), found[order])
    assert torch.equal(chances(rows[5:6], columns), found[5:6])
    assert torch.equal(chances(rows, columns[1:]), found[:, 1:])


def test_a_row_is_told_alike_in_any_company():
    one = table(numbers="modes")
    rows = torch.from_numpy(np.array(one.rows))
    assert torch.equal(one.codec.encode(rows)[50:60], one.codec.encode(rows[50:60]))


@pytest.mark.parametrize("numbers", ["pieces", "modes"])
def test_json_gives_the_same_codec(numbers):
    one = table(numbers=numbers, rules=("fixed(job, size)", "age >= 17"))
    again = codec_from_json(json.loads(json.dumps(one.codec.to_json())))
    assert again == one.codec
    rows = torch.from_numpy(np.array(one.rows))
    assert isinstance(again, TableCodec) and torch.equal(again.encode(rows), encoded(one))


def tampered(change) -> dict:
    values = json.loads(json.dumps(table(rules=("fixed(job, size)",)).codec.to_json()))
    change(values)
    return values


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values["cells"].pop(),
        lambda values: values["pieces"].pop(),
        lambda values: values["columns"].pop(0),
        lambda values: values["columns"][3]["levels"].append("king"),
        lambda values: values["columns"][3].update(kind="integer"),
        lambda values: values["columns"][0].update(missing=0.0),
        lambda values: values["columns"][0].update(low=float("nan")),
        lambda values: values["columns"][0].update(step=-1.0),
        lambda values: values["pieces"][0]["starts"].reverse(),
        lambda values: values["pieces"][0]["knots"][0].pop(),
        lambda values: values["pieces"][0]["knots"][0].reverse(),
        lambda values: values["pieces"][0]["knots"].pop(),
        lambda values: values["cells"][0].update(choices=99, counts=[], gated=[]),
        lambda values: values["cells"][0].update(counts=[1, 2]),
        lambda values: values["combinations"][0].update(columns=[3, 88]),
        lambda values: values["combinations"][0]["known"][0].pop(),
        lambda values: values.update(modes=[{"shares": [1.0], "means": [0.0], "deviations": [1.0]}]),
    ],
)
def test_tampered_json_is_refused(change):
    with pytest.raises(DataError):
        codec_from_json(tampered(change))


def test_tampered_modes_are_refused():
    values = json.loads(json.dumps(table(numbers="modes").codec.to_json()))
    values["modes"][0]["deviations"][0] = 0.0
    with pytest.raises(DataError, match="damaged"):
        codec_from_json(values)


def test_json_of_wrong_types_is_refused():
    with pytest.raises(SettingError):
        codec_from_json(tampered(lambda values: values["columns"][0].update(kind="number")))


def test_many_columns_and_many_levels():
    generator = np.random.default_rng(1)
    frame = pd.DataFrame({f"c{k}": generator.integers(0, 3 + k, 300) for k in range(300)})
    frame["place"] = [f"place {number}" for number in generator.permutation(np.repeat(np.arange(150), 2))]
    one = table(frame.astype({f"c{k}": str for k in range(0, 300, 2)}))
    assert len(one.codec.cells) == 301
    assert np.array_equal(one.codec.decode(encoded(one)), one.rows)
    names = [f"place {number}" for number in generator.permutation(np.repeat(np.arange(5000), 2))]
    wide = table(pd.DataFrame({"place": names, "y": np.arange(10000) % 7}))
    assert wide.codec.cells[0].choices == 5000 and set(wide.codec.cells[0].counts) == {2}
    few = torch.from_numpy(np.array(wide.rows[:200]))
    assert np.array_equal(wide.codec.decode(wide.codec.encode(few)), few)


def test_a_table_read_alike_has_the_same_columns():
    one = table()
    other = read_alike(open_frames(people(seed=1)), one.codec)
    assert other.codec is one.codec and other.rows.shape == (400, 8)
    with pytest.raises(DataError, match=r"lacks the column\(s\) job, which the model has"):
        read_alike(open_frames(people().drop(columns="job")), one.codec)
    with pytest.raises(DataError, match='400 of 400 rows of frame have entries .* in the column "job". It is another'):
        read_alike(open_frames(people().assign(job="king")), one.codec)
    some = people(seed=1)
    some.loc[[5, 9], "job"] = "king"
    kept = read_alike(open_frames(some), one.codec)
    assert np.array_equal(kept.rows, np.delete(other.rows, [5, 9], 0), equal_nan=True)
    assert "2 of 400 rows" in kept.notes[-1] and kept.notes[-1].endswith('in the column "job"; they are left out.')


def test_pictures_of_columns(tmp_path):
    one = table()
    sheet = one.codec.sheet(np.array(one.rows))
    assert one.codec.contest(one.rows[:50], one.rows[50:], np.empty(0), None).size == sheet.size
    path = one.codec.write(one.rows[0], tmp_path / "row")
    assert path.read_text().splitlines()[0] == "age,income,height,job,member,since,wait,size,id"
