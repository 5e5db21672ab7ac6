"""Tables opened as data sets, from every kind of source."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError
from zerosum.data import open_dataset
from zerosum.data.dataset import Dataset
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.data.tables.formats.writing import write_frame
from zerosum.data.tables.restoring import restored_frame, write_rows


def shop(count: int = 300) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "order": range(5000, 5000 + count),
            "paid": (generator.random(count) * 90).round(2),
            "when": pd.Timestamp("2024-02-01") + pd.to_timedelta(generator.integers(0, 10**6, count), unit="s"),
            "card": generator.random(count) < 0.7,
            "city": np.where(generator.random(count) < 0.1, None, generator.choice(["Bern", "Rome"], count)),
            "pieces": pd.array(
                np.where(generator.random(count) < 0.1, None, generator.integers(1, 60, count)), "Int64"
            ),
            "shop": "north",
        }
    )


def codec_of(dataset: Dataset) -> TableCodec:
    assert isinstance(dataset.codec, TableCodec)
    return dataset.codec


SOURCES = ["frame", "a.csv", "a.parquet", "a.jsonl", "a.feather", "a.db#orders", "a.xlsx"]


@pytest.mark.parametrize("name", SOURCES)
def test_a_table_is_a_data_set(name, tmp_path: Path):
    source = shop() if name == "frame" else tmp_path / name
    if name != "frame":
        write_frame(shop(), source)
    dataset = open_dataset(source)
    codec = codec_of(dataset)
    kinds = {column.name: column.kind for column in codec.columns}
    expected = {"order": "identifier", "paid": "decimal", "when": "date", "card": "boolean", "city": "category"}
    assert kinds == {**expected, "pieces": "integer", "shop": "constant"}
    assert dataset.space.kind == "table" and dataset.space.shape == (sum(cell.width for cell in dataset.space.cells),)
    assert len(dataset) == 300 and dataset.rows.shape == (300, 5) and len(dataset.held_out) == 32
    assert any('"shop" is constant' in note for note in dataset.notes)
    x = codec.encode(torch.from_numpy(np.array(dataset.rows)))
    assert np.array_equal(codec.decode(x), dataset.rows, equal_nan=True)
    frame = restored_frame(codec, dataset.rows, range(300))
    for column in ("paid", "city", "shop", "order"):
        assert frame[column].tolist() == pytest.approx(shop()[column].tolist(), nan_ok=True) or (
            frame[column].tolist() == shop()[column].tolist()
        )


def test_text_that_is_trained_on_comes_back_spelled_alike_or_typed(tmp_path: Path):
    text = "n,price,day,on,city\n" + "".join(
        f"{number % 37},{number / 8 % 9:.3f},{1 + number % 28:02d}.02.2024,{'true' if number % 3 else 'false'},{city}\n"
        for number, city in enumerate(["Bern", "", "Rome"] * 30)
    )
    path = tmp_path / "a.csv"
    path.write_text(text)
    dataset = open_dataset(path)
    codec = codec_of(dataset)
    write_rows(codec, dataset.rows, range(90), tmp_path / "b.csv")
    assert (tmp_path / "b.csv").read_text() == text
    frame = codec.presented(dataset.rows, range(90))
    assert frame.dtypes.astype(str).tolist() == ["int64", "float64", "datetime64[us]", "bool", "object"]
    write_rows(codec, dataset.rows, range(90), tmp_path / "b.parquet")
    assert open_dataset(tmp_path / "b.parquet").space.size == dataset.space.size


def test_typed_tables_are_written_as_text_too(tmp_path: Path):
    dataset = open_dataset(shop())
    write_rows(codec_of(dataset), dataset.rows, range(300), tmp_path / "b.csv")
    lines = (tmp_path / "b.csv").read_text().splitlines()
    assert lines[0] == ",".join(shop()) and len(lines) == 301
    assert lines[1].split(",")[:2] == ["5000", str(shop()["paid"][0])]


def test_the_fingerprint_is_that_of_the_content(tmp_path: Path):
    write_frame(shop(), tmp_path / "a.csv")
    write_frame(shop(), tmp_path / "other.csv")
    changed = shop()
    changed.loc[7, "paid"] += 0.01
    write_frame(changed, tmp_path / "changed.csv")
    prints = [open_dataset(tmp_path / name).fingerprint for name in ("a.csv", "other.csv", "changed.csv")]
    assert prints[0] == prints[1] != prints[2]
    ruled = open_dataset(tmp_path / "a.csv", DataOptions(rule=("paid >= 0",)))
    declared = open_dataset(tmp_path / "a.csv", DataOptions(column=("pieces=category",)))
    assert len({prints[0], ruled.fingerprint, declared.fingerprint}) == 3


def test_rows_in_a_file_are_the_same(tmp_path: Path, monkeypatch, cache: Path):
    write_frame(shop(), tmp_path / "a.parquet")
    plain = open_dataset(tmp_path / "a.parquet")
    monkeypatch.setattr("zerosum.data.tables.gathering.IN_MEMORY", 1000)
    monkeypatch.setattr("zerosum.data.tables.formats.frames.CHUNK_ROWS", 70)
    monkeypatch.setattr("zerosum.data.tables.columns.measuring.AT_ONCE", 5000)
    monkeypatch.setattr("zerosum.data.tables.encoding.codec.PART", 100)
    mapped = open_dataset(tmp_path / "a.parquet")
    assert isinstance(mapped.rows, np.memmap) and np.array_equal(mapped.rows, plain.rows, equal_nan=True)
    assert mapped.fingerprint == plain.fingerprint
    assert not [*(cache / "tables").iterdir()]  # the file has no name and is gone with the process


def test_no_room_for_the_file(monkeypatch, tmp_path: Path):
    monkeypatch.setattr("zerosum.data.tables.gathering.IN_MEMORY", 1000)
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("ZEROSUM_CACHE", str(tmp_path / "taken"))
    with pytest.raises(DataError, match="no room for the table's rows.*ZEROSUM_CACHE"):
        open_dataset(shop())


def test_a_table_opened_like_another():
    dataset = open_dataset(shop())
    again = open_dataset(shop().iloc[::-1].drop(columns=["order", "shop"]), like=dataset.codec)
    assert again.codec is dataset.codec and np.array_equal(again.rows[::-1], dataset.rows, equal_nan=True)
    pictures = open_dataset("ring")
    with pytest.raises(DataError, match="is a table, and the model makes samples of the kind points"):
        open_dataset(shop(), like=pictures.codec)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (DataOptions(conditional=True), "--where"),
        (DataOptions(sigma=1.0), "--sigma"),
        (DataOptions(query="select 1"), "query"),
        (DataOptions(mirror=True), "mirror"),
        (DataOptions(column=("price=integer",)), 'no column "price"'),
        (DataOptions(column=("city=integer",)), '"city" cannot be integer'),
        (DataOptions(rule=("paid >",)), "paid"),
    ],
)
def test_options_that_do_not_go_with_a_table(options, sentence):
    with pytest.raises(SettingError, match=sentence):
        open_dataset(shop(), options)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,a\n1,2\n", "several columns with the name 'a'"),
        ("a,b\n", "no rows"),
        ("a,b\n1,2\n", "no column that could be learned"),
        ("a,b\n1,2\n1,2\n1,2\n", "no column that could be learned"),
        ("a,b\n" + "".join(f"{k % 50},1\n" for k in range(99)) + "x,2\n", "mixes numbers with other things"),
        ("a,b\n1,2\n1e999,3\n", "infinite values"),
    ],
)
def test_bad_files(tmp_path: Path, text, sentence):
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(DataError, match=sentence):
        open_dataset(tmp_path / "bad.csv")


def test_more_cells_than_are_allowed(monkeypatch):
    monkeypatch.setattr("zerosum.data.tables.formats.frames.MOST_CELLS", 1000)
    with pytest.raises(DataError, match="more than 1,000 cells"):
        open_dataset(shop())
