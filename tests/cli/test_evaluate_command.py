"""`zerosum evaluate` and `zerosum compare` from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import zerosum

POINTS = {"samples": 640, "batch": 32, "width": 8, "group_width": 8, "blocks": 1, "precision": "fp32"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("evaluated")
    zerosum.fit("ring", out=out, name="ring", recipe="r3gan", **POINTS)
    return out / "ring"


def test_evaluate_prints_whole_names_and_writes_a_report(cli: Callable, run: Path) -> None:
    answer = cli("evaluate", run, "--samples", "200")
    assert answer.code == 0
    assert "fd[coordinates" in answer.out and "n=200" in answer.out
    assert "left out: artefacts, because it is for pictures" in answer.out
    assert (run / "evaluation" / "report.html").exists()


def test_evaluate_as_json_is_one_object(cli: Callable, run: Path, tmp_path: Path) -> None:
    answer = cli(
        "evaluate", run, "ring", "--samples", "200", "--metrics", "fd,toy", "--json", "--out", tmp_path / "out"
    )
    values = json.loads(answer.out)
    assert [measure["metric"] for measure in values["measures"]] == ["fd", "modes", "good", "jsd"]
    assert (tmp_path / "out" / "evaluation.json").exists()


def test_evaluate_measures_a_table_of_another_tool(cli: Callable, work: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    for seed, name in enumerate(("real", "synthetic")):
        x = np.random.RandomState(seed).randn(400)
        table = pandas.DataFrame({"x": x, "half": (x / 2).round(1), "sign": np.where(x > 0, "+", "-")})
        table.to_csv(f"{name}.csv", index=False)
    answer = cli("evaluate", "synthetic.csv", "real.csv", "--target", "half", "--metrics", "utility,columns")
    assert answer.code == 0, answer.error
    assert "utility[n=200, target=half]" in answer.out and "associations[" in answer.out
    assert (work / "evaluation-synthetic" / "samples.png").exists()
    refused = cli("evaluate", "synthetic.csv", "real.csv", "--target", "signs")
    assert refused.code == 2 and 'Did you mean "sign"' in refused.error


def test_help_names_every_metric(cli: Callable) -> None:
    answer = cli("evaluate", "--help")
    assert answer.code == 0 and all(name in answer.out for name in ("likelihood", "copying", "two-sample"))


def test_compare_trains_and_measures_recipes(cli: Callable, work: Path) -> None:
    answer = cli(
        *["compare", "--recipes", "r3gan,gan", "--data", "ring", "--samples", "640", "--batch", "64"],
        *["--evaluated", "200", "--precision", "fp32"],
    )
    assert answer.code == 0, answer.error
    assert "Nearest to the data" in answer.out and "real samples" in answer.out
    assert (work / "comparison" / "report.html").exists() and (work / "comparison" / "table.md").exists()
    assert len(list((work / "runs").iterdir())) == 2


@pytest.mark.parametrize(
    ("code", "arguments", "sentence"),
    [
        (4, ["evaluate", "nowhere"], "no model and there are no samples"),
        (2, ["compare"], "nothing to compare"),
        (2, ["compare", "--recipes", "gan,r3gan"], "none is given"),
        (2, ["compare", "--recipes", "gan,gam", "--data", "ring"], 'Did you mean "gan"'),
    ],
)
def test_bad_input_is_one_sentence(refused: Callable[..., str], code: int, arguments: list[str], sentence: str) -> None:
    assert sentence in refused(code, *arguments)
