"""Evaluations of tables: what the numbers mean, what is trusted, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas
import pytest

import zerosum
from zerosum.core.errors import DataError, SettingError
from zerosum.data import open_dataset
from zerosum.evaluation import Evaluation, evaluate, write

from .conftest import ROWS, drawn

pytest.importorskip("sklearn")
pytest.importorskip("sdmetrics")

Generating = Callable[[pandas.DataFrame], Path]


def levels(found: Evaluation) -> dict[str, str]:
    return {verdict.about: verdict.level for verdict in found.verdicts}


@pytest.fixture(scope="module")
def shuffled() -> pandas.DataFrame:
    """New rows whose columns have nothing to do with one another."""
    table = drawn(7)
    return pandas.DataFrame({name: table[name].sample(frac=1, random_state=i).values for i, name in enumerate(table)})


def test_new_real_rows_in_place_of_generated_ones_look_perfect(generating: Generating, folder: Path) -> None:
    found = evaluate(generating(drawn(5)), folder / "test.csv", count=ROWS)
    assert levels(found) == dict.fromkeys(levels(found), "good")
    assert {"overall", "quality", "use", "detection", "privacy"} <= levels(found).keys()
    assert found["detection"].value == pytest.approx(0.5, abs=0.06)
    assert found["quality"].value == pytest.approx(found["quality"].floor, abs=0.02)
    assert found["utility"].value == pytest.approx(found["utility"].floor, abs=0.06)
    assert found["utility"].value > 0.8 and found["utility"].settings == "target=rich"
    assert found["membership"].value == pytest.approx(0.5, abs=0.05) and found["copies"].value == 0
    assert found["dcr"].value == pytest.approx(1, abs=0.1)
    assert found.verdict.endswith("no privacy alarm.") and found.verdict.startswith("Quality 9")


def test_copies_of_training_rows_are_a_breach_of_privacy(generating: Generating, folder: Path) -> None:
    train = pandas.read_csv(folder / "train.csv")
    found = evaluate(generating(train), folder / "test.csv", count=400, metrics="privacy")
    assert found["copies"].value > 0.9 and found["copies"].floor == 0
    assert found["dcr"].value == 0 and found["closer"].value > 0.9
    assert found["membership"].value > 0.75 and found["membership"].low > 0.7  # type: ignore[operator]
    (verdict,) = found.verdicts
    assert verdict.level == "bad" and verdict.text.startswith("Privacy: ")
    assert "are training rows" in verdict.text and "attack" in verdict.text


def test_combinations_that_one_training_row_alone_has_are_not_to_come_again(folder: Path, tmp_path: Path) -> None:
    random = np.random.RandomState(0)

    def odd(rows: int) -> pandas.DataFrame:
        columns = {f"c{i}": random.choice(list("abcdefgh"), rows) for i in range(5)}
        return pandas.DataFrame(columns | {"x": random.randn(rows)})

    train = odd(ROWS)
    train.to_csv(tmp_path / "odd.csv", index=False)
    zerosum.fit(str(tmp_path / "odd.csv"), recipe="ctgan", out=tmp_path, name="run", samples=200, batch=100)
    repeated = train.assign(x=random.randn(ROWS))  # no row is a copy, and all choices are
    rows = {"repeated": repeated, "new": odd(ROWS)}
    found = {}
    for name, table in rows.items():
        with pytest.MonkeyPatch.context() as patch:
            model = zerosum.load(tmp_path / "run")
            made = np.asarray(open_dataset(table, like=model.codec).rows)
            patch.setattr(zerosum.Model, "numbered", lambda self, seeds, *more, made=made: made[np.asarray(seeds)])
            found[name] = evaluate(tmp_path / "run", odd(2 * ROWS), count=ROWS, metrics="privacy")
    assert found["repeated"]["rare"].value > 0.8 and found["repeated"]["copies"].value == 0
    assert "one training row alone" in found["repeated"].verdicts[0].text
    assert found["new"]["rare"].value < 0.05 and levels(found["new"]) == {"privacy": "good"}


def test_a_level_that_never_comes_costs_quality(generating: Generating, folder: Path) -> None:
    whole = drawn(5, 2 * ROWS)
    kept = whole[whole["job"] != "clerk"].reset_index(drop=True)
    found = evaluate(generating(kept), folder / "test.csv", count=400, metrics="quality,columns")
    assert found["shapes"].value < found["shapes"].floor - 0.05  # type: ignore[operator]
    assert levels(found)["quality"] != "good"
    table = next(table for table in found.tables if table.title == "Columns")
    assert table.rows[0][0] == "job"


def test_columns_that_are_independent_lose_trends_use_and_secrecy(
    generating: Generating, folder: Path, shuffled: pandas.DataFrame
) -> None:
    found = evaluate(generating(shuffled), folder / "test.csv", count=ROWS)
    assert found["shapes"].value == pytest.approx(found["shapes"].floor, abs=0.03)
    assert found["trends"].value < found["trends"].floor - 0.15  # type: ignore[operator]
    assert found["utility"].value < 0.7 * found["utility"].floor  # type: ignore[operator]
    assert found["detection"].value > 0.9
    assert found["associations"].value > 2 * found["associations"].floor  # type: ignore[operator]
    assert levels(found)["use"] == "bad" and levels(found)["detection"] == "bad" and levels(found)["overall"] == "bad"


def test_a_table_of_another_tool_is_read_as_the_real_one(folder: Path, tmp_path: Path) -> None:
    table = drawn(5)
    table["age"] = table["age"].astype(float)  # 31.0, as such tools write them
    table[table["job"] != "retired"].to_csv(tmp_path / "synthetic.csv", index=False)
    found = evaluate(tmp_path / "synthetic.csv", folder / "test.csv", count=300, metrics=["quality", "manifold", "fd"])
    assert found["quality"].value > 0.8 and found["fd"].value > 0
    assert 0 < found["recall"].value <= 1
    frames = evaluate(table, drawn(1, 2 * ROWS), count=300)
    assert frames["detection"].value == pytest.approx(0.5, abs=0.08)
    assert "not known what" in frames.left_out["privacy"] and "privacy could not be measured" in frames.verdict


def test_the_same_evaluation_gives_the_same_numbers(generating: Generating, folder: Path) -> None:
    run = generating(drawn(5))
    first, second = (evaluate(run, folder / "test.csv", count=200) for _ in range(2))
    assert [(m.label, m.value, m.low, m.floor) for m in first.measures] == [
        (m.label, m.value, m.low, m.floor) for m in second.measures
    ]


def test_a_run_is_measured_beside_its_own_table_and_written_down(run: Path, tmp_path: Path) -> None:
    found = evaluate(run, count=200)
    assert {"quality", "utility", "detection", "membership", "precision"} <= {m.metric for m in found.measures}
    assert "held out=32" in found["copies"].label and "other half" in dict(found.facts)["floor"]
    files = write(found, tmp_path)
    assert {"samples", "associations"} <= files.keys()
    page = files["report"].read_text(encoding="utf-8")
    assert found.verdict in page and "Generated rows" in page and "Pairs of columns" in page


def test_a_number_can_be_predicted_and_the_target_is_named(generating: Generating, folder: Path) -> None:
    run = generating(drawn(5))
    found = evaluate(run, folder / "test.csv", count=400, metrics="utility", target="pay")
    assert found["utility"].title.startswith("R2") and 0.7 < found["utility"].value <= 1
    with pytest.raises(SettingError, match='no column "rch".*Did you mean "rich"'):
        evaluate(run, folder / "test.csv", count=400, target="rch")
    with pytest.raises(SettingError, match="--target names a column of a table"):
        evaluate(np.zeros((40, 28, 28, 1), np.uint8), "digits", target="x", count=20)


def test_real_rows_may_lie_in_a_database(run: Path, tmp_path: Path) -> None:
    sqlite3 = pytest.importorskip("sqlite3")
    with sqlite3.connect(tmp_path / "shop.db") as database:
        drawn(1).to_sql("people", database, index=False)
    database.close()
    found = evaluate(run, f"sqlite:///{tmp_path}/shop.db#people", count=100, metrics="columns")
    assert found["associations"].floor < 0.2  # type: ignore[operator]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda table: table.drop(columns="job"), "lacks the column.s. job"),
        (lambda table: table.assign(job="astronaut"), 'cannot be read by the columns of run: .*most of them .*"job"'),
        (lambda table: table.assign(age=None), 'never had, most of them in the column "age". It is another table'),
    ],
)
def test_what_the_model_cannot_know_is_refused(
    run: Path, tmp_path: Path, change: Callable[[pandas.DataFrame], pandas.DataFrame], sentence: str
) -> None:
    change(drawn(1)).to_csv(tmp_path / "changed.csv", index=False)
    with pytest.raises(DataError, match=f"(?s){sentence}"):
        evaluate(run, tmp_path / "changed.csv", count=100)


def test_a_few_rows_that_the_model_cannot_know_are_left_out(run: Path, tmp_path: Path) -> None:
    table = drawn(1)
    table.loc[3, "job"] = "astronaut"
    table.to_csv(tmp_path / "changed.csv", index=False)
    found = evaluate(run, tmp_path / "changed.csv", count=100, metrics="quality")
    assert any("1 of " in note and 'in the column "job"; they are left out.' in note for note in found.notes)


def test_a_table_needs_a_real_one_and_a_model_needs_a_table(run: Path, folder: Path) -> None:
    with pytest.raises(DataError, match="SYNTHETIC.csv REAL.csv"):
        evaluate(folder / "other.csv")
    with pytest.raises(DataError, match="holds points; give a real table"):
        evaluate(folder / "other.csv", "ring")
    with pytest.raises(DataError, match="of the kind table and ring holds points"):
        evaluate(run, "ring", count=100)


@pytest.mark.parametrize("metric", ["artefacts", "likelihood", "smoothness", "toy", "cmmd"])
def test_metrics_of_pictures_and_points_refuse_tables(run: Path, metric: str) -> None:
    with pytest.raises(SettingError, match="does not apply.*Metrics that do apply: quality"):
        evaluate(run, metrics=metric, count=50)


def test_twins_by_chance_stay_and_training_rows_under_another_name_do_not(run: Path, tmp_path: Path) -> None:
    few = drawn(0)[["job", "town", "rich"]].fillna("none")
    few.to_csv(tmp_path / "few.csv", index=False)
    zerosum.fit(str(tmp_path / "few.csv"), recipe="ctgan", out=tmp_path, name="run", samples=200, batch=100)
    found = evaluate(tmp_path / "run", drawn(1)[["job", "town", "rich"]].fillna("none"), count=300, metrics="privacy")
    assert "held out=300" in found["copies"].label and found["copies"].floor > 0.95  # type: ignore[operator]
    wide = evaluate(run, drawn(0), count=300, metrics="privacy")  # those that it was trained on
    assert "held out=32" in wide["copies"].label
