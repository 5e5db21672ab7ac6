"""A population that rows are drawn from, tables of it in files, and a model that was trained on one for a moment."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas
import pytest

import zerosum
from zerosum.data import open_dataset

ROWS = 600


def drawn(seed: int, rows: int = ROWS) -> pandas.DataFrame:
    """People: columns of every kind, which depend on one another, and some entries that are missing."""
    random = np.random.RandomState(seed)
    age = random.randint(18, 80, rows)
    job = np.select([age > 65, random.rand(rows) < 0.3], ["retired", "manager"], "clerk")
    pay = np.round(1000 + 20 * age + 1500 * (job == "manager") + 300 * random.randn(rows), 2)
    joined = pandas.Timestamp("2024-01-01") - pandas.to_timedelta(30 * age + random.randint(0, 400, rows), unit="D")
    town = random.choice(["Ayr", "Bath", "Crewe", "Deal"], rows, p=[0.4, 0.3, 0.2, 0.1])
    rich = np.where(pay + 200 * random.randn(rows) > 3000, "yes", "no")
    table = pandas.DataFrame(
        {"age": age, "pay": pay, "joined": joined.strftime("%Y-%m-%d"), "job": job, "town": town, "rich": rich}
    )
    table.loc[random.rand(rows) < 0.1, "pay"] = np.nan
    table.loc[random.rand(rows) < 0.1, "town"] = None
    return table


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tables lie: learned from, never seen, and drawn by some other tool."""
    out = tmp_path_factory.mktemp("tables")
    for seed, name in enumerate(("train", "test", "other")):
        drawn(seed, 2 * ROWS if name == "test" else ROWS).to_csv(out / f"{name}.csv", index=False)
    return out


@pytest.fixture(scope="session")
def run(folder: Path) -> Path:
    """A run of a few rounds."""
    zerosum.fit(str(folder / "train.csv"), recipe="ctgan", out=folder, name="run", samples=600, batch=100)
    return folder / "run"


@pytest.fixture
def generating(run: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[pandas.DataFrame], Path]:
    """A run whose model generates the rows of a table."""

    def of(table: pandas.DataFrame) -> Path:
        model = zerosum.load(run)
        rows = np.asarray(open_dataset(table, like=model.codec).rows)
        monkeypatch.setattr(zerosum.Model, "numbered", lambda self, seeds, *more: rows[np.asarray(seeds)])
        return run

    return of
