"""`zerosum inspect`: what is found in data, printed and saved."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zerosum.config.data import DataOptions
from zerosum.data import open_dataset


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table with a column of most kinds."""
    monkeypatch.setenv("COLUMNS", "80")
    generator = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "id": range(200),
            "price": (generator.random(200) * 50).round(2),
            "pieces": generator.integers(0, 90, 200).astype(str),
            "day": pd.Timestamp("2024-02-01") + pd.to_timedelta(generator.integers(0, 300, 200), unit="D"),
            "size": generator.choice(["S", "M", "L"], 200),
            "a column with a name of many letters [bold]": generator.choice(["yes", "no"], 200),
            "kind": "shop",
            "remark": [f"there is nothing to be said of {number}" for number in range(200)],
        }
    )
    frame.loc[::4, "pieces"] = ""
    path = tmp_path / "shop.csv"
    frame.to_csv(path, index=False)
    return path


def test_a_line_for_each_column(cli, shop):
    answer = cli("inspect", shop)
    assert (answer.code, answer.error) == (0, "")
    assert f"{shop}: 200 samples of kind table, told as" in answer.out
    _, _, lines = answer.out.partition("numbers each\n")
    heading, *rows = lines.splitlines()
    assert heading.split() == "column kind why missing distinct done with it".split()
    assert all(len(line) <= 80 for line in [heading, *rows])
    first = {row.split()[0]: " ".join(row.split()) for row in rows if not row.startswith(" ")}
    assert first["id"] == "id identifier once each, - 200 made anew from 0"
    assert first["price"].startswith("price decimal up to 2 - ")
    assert first["pieces"].startswith("pieces integer whole numbers 25.00% ")
    assert first["day"].startswith("day date as %Y-%m-%d - ") and first["day"].endswith(" to")
    assert first["size"] == "size category texts that - 3 L, M, S"
    assert first["kind"] == 'kind constant always the same - 1 written: "shop"'
    assert first["remark"].startswith("remark text ") and first["remark"].endswith("left out")
    assert "[bold]" in lines.replace("\n", "") or "bold]" in lines
    assert '"remark" is free text' in answer.out


def test_a_saved_schema_gives_the_same(cli, shop, tmp_path):
    schema = tmp_path / "schema.json"
    assert cli("inspect", shop, "--save", schema).code == 0
    saved = json.loads(schema.read_text())
    assert saved["size"] == {"kind": "category"} and saved["id"] == {"kind": "identifier"}
    plain = json.loads(cli("inspect", shop, "--json").out)
    again = json.loads(cli("inspect", shop, "--json", "--schema", schema).out)
    for one, other in zip(plain["columns"], again["columns"], strict=True):
        assert {**one, "why": ""} == {**other, "why": ""}
    prints = [open_dataset(shop, DataOptions(**given)).fingerprint for given in ({}, {"schema": str(schema)})]
    assert prints[0] == prints[1], "a run goes on with the schema that was saved of it"


def test_a_changed_schema_is_followed(cli, shop, tmp_path):
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps({"size": {"kind": "ordinal", "levels": ["S", "M", "L"]}, "price": "text"}))
    columns = json.loads(cli("inspect", shop, "--json", "--schema", schema, "--column", "pieces=category").out)[
        "columns"
    ]
    kinds = {column["name"]: (column["kind"], column["levels"][:3]) for column in columns}
    assert kinds["size"] == ("ordinal", ["S", "M", "L"]) and kinds["price"][0] == "text"
    assert kinds["pieces"] == ("category", ["0", "1", "2"])
    saved = tmp_path / "again.json"
    cli("inspect", shop, "--schema", schema, "--save", saved)
    assert json.loads(saved.read_text())["size"] == {"kind": "ordinal", "levels": ["S", "M", "L"]}


def test_facts_as_json(cli, shop):
    facts = json.loads(cli("inspect", shop, "--json").out)
    assert facts["samples"] == 200 and facts["kind"] == "table" and len(facts["fingerprint"]) == 16
    assert [column["name"] for column in facts["columns"]][:2] == ["id", "price"]
    assert any("remark" in note for note in facts["notes"])


def test_many_columns(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    pd.DataFrame(np.random.default_rng(0).integers(0, 9, (40, 500)), columns=[f"c{k}" for k in range(500)]).to_csv(
        tmp_path / "wide.csv", index=False
    )
    answer = cli("inspect", tmp_path / "wide.csv")
    assert answer.code == 0 and len(answer.out.splitlines()) < 1100
    assert max(map(len, answer.out.splitlines()[1:])) <= 80


def test_other_data(cli):
    answer = cli("inspect", "ring")
    assert answer.code == 0 and "samples of kind points" in answer.out


def test_wrong_flags(refused, shop, tmp_path):
    assert "there is no column" in refused(2, "inspect", shop, "--column", "prize=integer").lower()
    assert "write NAME=KIND" in refused(2, "inspect", shop, "--column", "price=number")
    assert "cannot be date" in refused(2, "inspect", shop, "--column", "size=date")
    assert "is no table" in refused(2, "inspect", "ring", "--save", tmp_path / "schema.json")
    assert "no file" in refused(4, "inspect", shop, "--schema", tmp_path / "none.json")
    assert "no file" in refused(4, "inspect", tmp_path / "none.csv")
    (tmp_path / "wrong.json").write_text('{"price": {"sort": "integer"}}')
    assert "sort" in refused(2, "inspect", shop, "--schema", tmp_path / "wrong.json")
