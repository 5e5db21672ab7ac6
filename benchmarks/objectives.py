"""Which loss should I use? Every objective with no penalty, with R1, with a gradient penalty and with spectral norm.

    python benchmarks/objectives.py                    some 35 minutes on two cores; writes benchmarks/results/

All play with the same networks, learning rates and number of samples; only the rules differ. On `ring` and `grid` (8
and 25 modes) the figures are the modes found of 10,000 samples and the share of samples within three sigma of one; on
`digits` the Frechet distance fd[random-conv, n=2048] to real digits. The Wasserstein objective without a penalty
has its weights clipped at 0.01, as published. A run whose loss is not finite counts as failed.
"""

import argparse
import dataclasses
import json
import statistics
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
DATA = {"ring": "r3gan", "grid": "r3gan", "digits": "light"}
LENGTH = {"ring": 128_000, "grid": 192_000, "digits": 25_600}
HELD = {
    "points": {
        "none": {"penalties": "none"},
        "R1": {"penalties": "r1=0.05", "penalty_every": 4},
        "GP": {"penalties": "gradient-penalty=0.1", "penalty_every": 4},
        "spectral": {"penalties": "none", "spectral_norm": True},
    },
    "image": {
        "none": {"penalties": "none"},
        "R1": {"penalties": "r1=2", "penalty_every": 16},
        "GP": {"penalties": "gradient-penalty=10", "penalty_every": 16},
        "spectral": {"penalties": "none", "spectral_norm": True},
    },
}
SAMPLES = 10_000
MEASURED = 2_048


def play(task: tuple[str, str, str, int]) -> dict[str, Any]:
    """Train once and measure."""
    import torch

    from zerosum.api import make_plan, open_for
    from zerosum.config.data import DataOptions
    from zerosum.config.run import Run
    from zerosum.core.errors import TrainingError
    from zerosum.train.session import train

    torch.set_num_threads(1)
    data, loss, held, seed = task
    dataset, recipe, _ = open_for(data, DataOptions(), DATA[data], "cpu")
    kind, length = dataset.space.kind, LENGTH[data]
    rules = {"loss": loss} | HELD[kind][held]
    if loss == "wasserstein" and held == "none":
        rules["weight_limit"] = 0.01
    settings = dataclasses.replace(recipe.settings(dataset.space), **rules)
    settings = dataclasses.replace(settings, optimizer=dataclasses.replace(settings.optimizer, decay_samples=length))
    if kind == "image":
        settings = dataclasses.replace(settings, generator_width=24, discriminator_width=16)
    run = Run(samples=length, seed=seed, device="cpu", snapshot_seconds=1e9, checkpoint_seconds=1e9)
    outcome: dict[str, Any] = {"data": data, "loss": loss, "held": held, "seed": seed}
    with tempfile.TemporaryDirectory() as out:
        plan = make_plan(dataset, DataOptions(), recipe, settings, run, Path(out), "run")
        try:
            model, _ = train(plan)
        except TrainingError:
            return outcome | {"failed": True}
    return outcome | (modes_of(model, data) if kind == "points" else distance_of(model, dataset))


def modes_of(model: Any, data: str) -> dict[str, Any]:
    """Modes found and the share of good samples."""
    import torch

    from zerosum.data.toys import default_sigma, modes
    from zerosum.metrics.modes import found_modes

    points, centres = (torch.from_numpy(x) for x in (model.sample(SAMPLES), modes(data)))
    found = found_modes(points, centres, default_sigma(data))
    return {"modes": found.found, "good": round(found.good, 4)}


def distance_of(model: Any, dataset: Any) -> dict[str, Any]:
    """Frechet distance between generated and real digits."""
    import numpy as np
    import torch

    from zerosum.metrics.features import feature_network
    from zerosum.metrics.frechet import frechet_distance

    network = feature_network(dataset.space)
    chosen = np.random.default_rng(0).permutation(len(dataset))[:MEASURED]
    real, fake = (
        network(dataset.codec.encode(torch.from_numpy(rows)))
        for rows in (np.asarray(dataset.rows)[np.sort(chosen)], model.sample(MEASURED))
    )
    return {"fd": round(frechet_distance(fake, real), 2)}


def cell(runs: list[dict[str, Any]]) -> str:
    """What the table says of one setting's seeds."""
    failed = sum(run.get("failed", False) for run in runs)
    good = [run for run in runs if not run.get("failed")]
    if not good:
        return "failed"
    if "fd" in good[0]:
        text = f"{statistics.median(run['fd'] for run in good):.3g}"
    else:
        modes = " ".join(str(run["modes"]) for run in good)
        text = f"{modes} ({statistics.median(run['good'] for run in good):.0%})"
    return text + (f", {failed} failed" if failed else "")


def table(runs: list[dict[str, Any]], seeds: int) -> str:
    """The results as Markdown."""
    from zerosum.game.objectives import OBJECTIVES

    lines = [f"# Every objective, {seeds} seeds", "", (__doc__ or "").split("\n\n", 2)[2].strip(), ""]
    for data in DATA:
        columns = list(HELD["image"])
        unit = (
            "median fd, smaller is better" if data == "digits" else "modes found by seed (median share of good samples)"
        )
        lines += [f"## {data}: {unit}", "", f"| loss | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
        for loss in OBJECTIVES:
            cells = [
                cell([r for r in runs if (r["data"], r["loss"], r["held"]) == (data, loss, held)]) for held in columns
            ]
            lines.append(f"| {loss} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Play every combination that is not in the results yet, and write the table."""
    from zerosum.game.objectives import OBJECTIVES

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=list(DATA), choices=list(DATA))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--again", action="store_true", help="forget earlier results")
    arguments = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    record = RESULTS / "objectives.jsonl"
    runs = [] if arguments.again or not record.exists() else [json.loads(line) for line in record.open()]
    known = {(run["data"], run["loss"], run["held"], run["seed"]) for run in runs}
    tasks = [
        (data, loss, held, seed)
        for seed, data, loss, held in product(range(arguments.seeds), arguments.data, OBJECTIVES, HELD["image"])
        if (data, loss, held, seed) not in known
    ]
    with ProcessPoolExecutor(arguments.processes) as pool, record.open("w" if arguments.again else "a") as file:
        for outcome in pool.map(play, tasks):
            runs.append(outcome)
            file.write(json.dumps(outcome) + "\n")
            file.flush()
            print(json.dumps(outcome), flush=True)
    (RESULTS / "objectives.md").write_text(table(runs, arguments.seeds) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
