"""Systems side by side: trained alike, measured alike, ranked only where that means something."""

import json
import re
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from PIL import Image

from zerosum.config.run import Run
from zerosum.core.errors import SettingError, TrainingError
from zerosum.core.files import read_json
from zerosum.rivals import Standing, as_json, as_markdown, compare, train_rivals, write
from zerosum.rivals.compare import names
from zerosum.rivals.files import summary
from zerosum.train.plan import Plan
from zerosum.train.recorder import Listener

SHORT = Run(samples=2000, batch=100, precision="fp32")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two recipes on the ring."""
    return train_rivals(["r3gan", "gan"], "ring", SHORT, out=tmp_path_factory.mktemp("rivals"))


@pytest.fixture(scope="module")
def standing(runs: list[Path]) -> Standing:
    return compare(runs, count=300)


def test_rivals_train_on_the_same_data_with_the_same_seed_for_the_same_time(runs: list[Path]) -> None:
    configs = [read_json(run / "config.json") for run in runs]
    assert [config["recipe"] for config in configs] == ["r3gan", "gan"]
    assert configs[0]["data"]["fingerprint"] == configs[1]["data"]["fingerprint"]
    assert configs[0]["run"]["seed"] == configs[1]["run"]["seed"]
    assert configs[0]["run"]["samples"] == configs[1]["run"]["samples"] == 2000


def test_a_rival_that_was_trained_is_not_trained_again(runs: list[Path]) -> None:
    before = (runs[0] / "model" / "model.safetensors").stat().st_mtime_ns
    heard: list[str] = []
    again = train_rivals(["r3gan"], "ring", SHORT, out=runs[0].parent)
    assert again == runs[:1] and not heard
    assert read_json(runs[0] / "config.json")["run"]["samples"] == 2000
    assert (runs[0] / "model" / "model.safetensors").stat().st_mtime_ns >= before


def test_all_are_measured_beside_the_same_real_samples(standing: Standing) -> None:
    first, second = (rival.evaluation for rival in standing.rivals)
    for metric in ("fd", "energy", "precision", "recall", "two-sample"):
        assert first[metric].label == second[metric].label
        assert first[metric].floor == second[metric].floor


def test_the_best_is_the_better_of_two(standing: Standing) -> None:
    first, second = standing.rivals
    best = standing.best("energy")
    assert best is (first if first.evaluation["energy"].value < second.evaluation["energy"].value else second)
    assert standing.best("nothing of that name") is None


def test_the_files_are_whole_and_the_page_asks_nobody(standing: Standing, tmp_path: Path) -> None:
    files = write(standing, tmp_path / "out")
    text = files["report"].read_text(encoding="utf-8")
    assert "default-src 'none'" in text and not re.search(r"(src|href)=\"(?!data:)", text)
    for rival in standing.rivals:
        assert rival.name in text
    for name in ("plane", "reals"):
        with Image.open(files[name]) as image:
            image.load()
    values = json.loads(files["json"].read_text(encoding="utf-8"))
    assert [rival["name"] for rival in values["rivals"]] == [rival.name for rival in standing.rivals]
    assert values == json.loads(json.dumps(as_json(standing)))


def test_the_table_marks_one_best_in_each_column_and_ends_with_real_samples(standing: Standing) -> None:
    lines = [line for line in as_markdown(standing).splitlines() if line.startswith("|")]
    heading, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert len(rows) == 3 and rows[-1][0] == "real samples"
    column = heading.index("Frechet distance")
    assert sum("**best**" in row[column] for row in rows) == 1
    assert {len(row) for row in rows} == {len(heading)}


@pytest.mark.parametrize(
    ("recipes", "sentence"),
    [
        (["gan", "gan"], "named twice"),
        (["gna"], 'no recipe "gna"'),
        (["light"], "does not learn data of the kind points"),
    ],
)
def test_rivals_that_cannot_be_are_refused_before_any_is_trained(
    recipes: list[str], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingError, match=sentence):
        train_rivals(["r3gan", *recipes], "ring", SHORT, out=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_rival_whose_training_breaks_off_takes_part_with_what_it_shipped(
    runs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(plan: Plan, listener: Listener) -> NoReturn:
        raise TrainingError("The loss is not finite.")

    monkeypatch.setattr(import_module("zerosum.rivals.compare"), "train", fails)  # hidden by the function of that name
    assert train_rivals(["r3gan", "gan"], "ring", SHORT, out=runs[0].parent) == runs
    with pytest.raises(TrainingError, match="ring-gan-2000samples-seed0: The loss is not finite. It has no model yet"):
        train_rivals(["gan"], "ring", SHORT, out=tmp_path)


def test_the_summary_tells_of_a_training_that_broke_off(standing: Standing) -> None:
    whole, other = standing.rivals
    failed = {"event": "failed", "samples": 70, "seconds": 2.0, "reason": "The loss is not finite."}
    broken = replace(whole, events=[*whole.events, failed])
    assert whole.failure is None and broken.failure == "The loss is not finite."
    assert replace(whole, events=[failed, *whole.events]).failure is None  # it went on and came to its end
    told = f"The training of {whole.name} broke off (The loss is not finite); what is measured"
    assert told in summary(Standing(standing.data, [broken, other])) and told not in summary(standing)


def test_one_run_or_one_twice_is_no_comparison(runs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="at least two"):
        compare(runs[:1])
    with pytest.raises(SettingError, match="named twice"):
        compare([runs[0], runs[0]])
    np.save(tmp_path / "samples.npy", np.random.RandomState(0).randn(40, 2).astype(np.float32))
    assert compare([runs[0], tmp_path / "samples.npy"], "ring", count=300).rivals[0].evaluation["fd"].n == 40


def test_tables_of_other_tools_are_compared(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("sdmetrics")
    for seed, name in enumerate(("real", "good", "bad")):
        x = np.random.RandomState(seed).randn(300)
        table = pandas.DataFrame({"x": x, "half": x / 2, "sign": np.where(x > 0, "+", "-")})
        table = table.assign(x=x[::-1]) if name == "bad" else table
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    standing = compare([tmp_path / "good.csv", tmp_path / "bad.csv"], tmp_path / "real.csv", count=150)
    assert summary(standing).startswith("Most like the data: good")
    assert {"report", "samples-good.csv", "samples-bad.csv"} <= write(standing, tmp_path / "out").keys()


def test_runs_are_called_by_the_ends_of_their_paths_that_differ(tmp_path: Path) -> None:
    assert names([tmp_path / "a" / "x", tmp_path / "b" / "y"]) == ["x", "y"]
    assert names([tmp_path / "a" / "x", tmp_path / "b" / "x"]) == ["a/x", "b/x"]


def test_what_all_runs_are_called_is_not_said_of_each() -> None:
    trained = [Path(f"digits-{recipe}-5min-seed0") for recipe in ("wgan-gp", "gan", "vae")]
    assert names(trained) == ["wgan-gp", "gan", "vae"]
    numbered = [Path("00000-digits-light"), Path("00001-digits-light")]
    assert names(numbered) == ["00000-digits-light", "00001-digits-light"]
    assert names([Path("digits"), Path("digits-light")]) == ["digits", "digits-light"]
