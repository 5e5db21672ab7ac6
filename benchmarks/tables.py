"""Tables: `ctgan` and `tabular` beside the field's package, in one run, interleaved.

    python benchmarks/tables.py prepare adult.csv.xz tables/adult                (train.csv and test.csv, 80/20)
    python benchmarks/tables.py prepare diamonds.csv tables/diamonds --target price
    python benchmarks/tables.py speed tables/adult --package PYTHON              (seconds, side by side)
    python benchmarks/tables.py quality tables/adult --package PYTHON            (after 30 epochs, and as many seconds)
    python benchmarks/tables.py quality tables/adult --systems tabular --seconds 600
    python benchmarks/tables.py judge tables/adult samples.csv                   (any synthetic rows)

PYTHON is the interpreter of an environment of its own, in which the package was installed by
`pip install ctgan==0.12.1 torch==2.13.0`; its licence lets nobody ship it, and nothing here needs it otherwise. Both
train on the same rows with batches of 500 and networks of the same size.

Quality is SDMetrics' report of the synthetic rows beside the training rows, as many as these. F1 is of the rarer value
of the last column: HistGradientBoosting, trained on the synthetic rows and tested on the held-out ones, on category
codes.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import zerosum
from zerosum.data import open_dataset
from zerosum.data.tables.restoring import write_rows
from zerosum.train.model import Model

Frame = Any
"""A frame of pandas, which describes its types too loosely for a type checker."""

SHARE = 0.8
"""Of the rows that are trained on."""

PACKAGE = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
import ctgan.synthesizers.ctgan as module
from ctgan import CTGAN
task, folder, epochs, seed, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
frame = pd.read_csv(f"{folder}/train.csv", keep_default_na=False)
texts = [name for name in frame.columns if frame[name].dtype == object]
marks = []
plain = module.DataTransformer.transform
def transform(self, *given, **named):
    found = plain(self, *given, **named)
    marks.append(time.perf_counter())
    return found
module.DataTransformer.transform = transform
model = CTGAN(epochs=epochs, enable_gpu=False, verbose=False)
model.set_random_state(seed)
begin = time.perf_counter()
model.fit(frame, texts)
end = time.perf_counter()
found = {"prepare": marks[0] - begin, "epoch": (end - marks[0]) / epochs, "fit": end - begin}
begin = time.perf_counter()
model.sample(100_000)
found["sample 100,000"] = time.perf_counter() - begin
if out != "-":
    model.sample(len(frame)).to_csv(out, index=False)
print(json.dumps(found))
"""


def prepare(source: Path, folder: Path, target: str | None) -> None:
    """Part a table, blanks after delimiters stripped, into training rows and held-out ones; its target comes last."""
    frame = pd.read_csv(source, skipinitialspace=True, keep_default_na=False)
    if target is not None:
        frame = frame[[*(name for name in frame.columns if name != target), target]]
    order = np.random.RandomState(0).permutation(len(frame))
    cut = int(len(frame) * SHARE) + 1
    folder.mkdir(parents=True, exist_ok=True)
    frame.iloc[order[:cut]].to_csv(folder / "train.csv", index=False)
    frame.iloc[order[cut:]].to_csv(folder / "test.csv", index=False)


def of_package(python: str, task: str, folder: Path, epochs: int, seed: int, out: str = "-") -> dict[str, float]:
    """The package's seconds, and its samples in a file if one is named."""
    command = [python, "-c", PACKAGE, task, str(folder), str(epochs), str(seed), out]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"The package failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def ours(folder: Path, recipe: str, seed: int, out: str, **length: Any) -> tuple[dict[str, float], Model]:
    """Our seconds, and a model."""
    begin = time.perf_counter()
    rows = len(open_dataset(folder / "train.csv", numbers="modes" if recipe == "ctgan" else "pieces"))
    found = {"prepare": time.perf_counter() - begin}
    marks: list[tuple[float, int]] = []

    def listen(event: dict[str, Any]) -> None:
        if event["event"] in ("start", "progress"):
            marks.append((time.perf_counter(), event["samples"]))

    model = zerosum.fit(
        folder / "train.csv",
        recipe=recipe,
        seed=seed,
        out=out,
        listener=listen,
        options={"hold_out": False},
        **length,
    )
    (first, before), (last, after) = marks[0], marks[-1]
    found |= {"epoch": (last - first) / max(1, after - before) * rows, "fit": time.perf_counter() - begin}
    found["samples"] = after
    begin = time.perf_counter()
    model.sample(100_000)
    found["sample 100,000"] = time.perf_counter() - begin
    return found, model


def speed(folder: Path, python: str, rounds: int, out: str) -> None:
    """Print seconds of both, interleaved, and the ratios of their medians."""
    found: dict[str, list[dict[str, float]]] = {"package": [], "ctgan": []}
    for number in range(rounds):
        found["package"].append(of_package(python, "speed", folder, 3, number))
        found["ctgan"].append(ours(folder, "ctgan", number, out, samples=6 * 26_000)[0])
        print(json.dumps({name: runs[-1] for name, runs in found.items()}), flush=True)
    for what in ("prepare", "epoch", "sample 100,000"):
        theirs, mine = (statistics.median(run[what] for run in found[name]) for name in ("package", "ctgan"))
        print(f"{what}: package {theirs:.2f} s, ctgan {mine:.2f} s, {theirs / mine:.2f} times as fast")


def quality(
    folder: Path, systems: list[str], python: str, seeds: list[int], epochs: int, seconds: float, out: str
) -> None:
    """Print quality and F1 of the package and of ours after as many epochs, and of `tabular` after as many seconds."""
    rows = len(pd.read_csv(folder / "train.csv"))
    for seed in seeds:
        given = seconds
        if "package" in systems:
            path = folder / f"package-{seed}.csv"
            took = of_package(python, "quality", folder, epochs, seed, str(path))["fit"]
            given = given or took
            report("package", seed, folder, path, f"{took:.0f} s")
        if "ctgan" in systems:
            took, model = ours(folder, "ctgan", seed, out, samples=rows * epochs)
            length = f"{epochs} epochs, {took['fit']:.0f} s"
            report("ctgan", seed, folder, written(model, folder / f"ctgan-{seed}.csv", rows), length)
        if "tabular" in systems:
            took, model = ours(folder, "tabular", seed, out, minutes=given / 60)
            length = f"{took['fit']:.0f} s, {took['samples']:,.0f} rows"
            report("tabular", seed, folder, written(model, folder / f"tabular-{seed}.csv", rows), length)


def written(model: Model, path: Path, rows: int) -> Path:
    """A file with so many rows of a model."""
    numbers = range(rows)
    write_rows(model.codec, model.numbered(numbers), numbers, path)  # type: ignore[arg-type]
    return path


def report(name: str, seed: int, folder: Path, samples: Path, length: str) -> None:
    """Print a line of figures."""
    print(json.dumps({"system": name, "seed": seed, "length": length} | judged(folder, samples)), flush=True)


def judged(folder: Path, samples: Path) -> dict[str, float]:
    """SDMetrics' quality, and F1 or R2 of a model that is trained on the samples and tested on held-out rows."""
    train: Frame
    train, test, synthetic = (
        pd.read_csv(path, keep_default_na=False) for path in (folder / "train.csv", folder / "test.csv", samples)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sdmetrics.reports.single_table import QualityReport

        numbers = [name for name in train.columns if pd.api.types.is_numeric_dtype(train[name])]
        kinds = {name: {"sdtype": "numerical" if name in numbers else "categorical"} for name in train.columns}
        found: Any = QualityReport()
        found.generate(train, synthetic, {"columns": kinds}, verbose=False)
        parts: Frame = found.get_properties().set_index("Property")["Score"]
    return {
        "quality": round(found.get_score(), 4),
        "shapes": round(float(parts["Column Shapes"]), 4),
        "pairs": round(float(parts["Column Pair Trends"]), 4),
        "learned": round(learned(train, test, synthetic), 4),
        "learned from real rows": round(learned(train, test, train), 4),
    }


def learned(train: Frame, test: Frame, lesson: Frame) -> float:
    """F1 of the rarer of two values of the last column, macro F1 of a few, or R2 of a number, on held-out rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.metrics import f1_score, r2_score

    target = train.columns[-1]
    texts = [name for name in train.columns if train[name].dtype == object]

    def coded(frame: Frame) -> Frame:
        known = {name: {level: code for code, level in enumerate(sorted(train[name].unique()))} for name in texts}
        return frame.assign(**{name: frame[name].map(known[name]).fillna(-1) for name in texts})

    lesson, test = coded(lesson), coded(test)
    inputs, wanted = lesson.drop(columns=target), lesson[target]
    if wanted.nunique() < 2:
        return 0.0
    if target not in texts and train[target].nunique() > 20:
        regressor = HistGradientBoostingRegressor(random_state=0).fit(inputs, wanted)
        return float(r2_score(test[target], regressor.predict(test.drop(columns=target))))
    classifier = HistGradientBoostingClassifier(random_state=0).fit(inputs, wanted)
    said = classifier.predict(test.drop(columns=target))
    if train[target].nunique() > 2:
        return float(f1_score(test[target], said, average="macro"))
    rarer = coded(train)[target].value_counts().idxmin()
    return float(f1_score(test[target] == rarer, said == rarer))


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["prepare", "speed", "quality", "judge"])
    parser.add_argument("source", type=Path)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--package", default="python")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--target", help="column to predict; by default the last")
    parser.add_argument("--systems", nargs="+", default=["package", "ctgan", "tabular"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--seconds", type=float, default=0.0, help="of tabular; by default those of the package")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--out", default="runs/tables")
    given = parser.parse_args()
    if given.task == "prepare":
        prepare(given.source, given.folder, given.target)
    elif given.task == "speed":
        speed(given.source, given.package, given.rounds, given.out)
    elif given.task == "quality":
        quality(given.source, given.systems, given.package, given.seeds, given.epochs, given.seconds, given.out)
    else:
        print(json.dumps(judged(given.source, given.folder)))


if __name__ == "__main__":
    main()
