"""Does the doctor name what is wrong, before half of the run is over, and stay silent otherwise? And does it cure?

    python benchmarks/doctor.py                        an hour on two cores; writes benchmarks/results/doctor.md

What counts as named, as a false alarm and as cured is said at the beginning of the report, `doctor_report.py`.
"""

import argparse
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

from cases import ALL, CASES
from doctor_report import SEEDS, report
from sabotage import Case

RESULTS = Path(__file__).parent / "results"
MEASURED = 2_048


def examine(task: tuple[str, int, str, str]) -> dict[str, Any]:
    """Train one case; what was found and when, and how far its samples are from the data."""
    import torch

    from zerosum.core.errors import ZerosumError
    from zerosum.core.events import read_events
    from zerosum.train.model import Model
    from zerosum.train.session import train

    torch.set_num_threads(1)
    name, seed, on_alarm, keep = task
    case = CASES[name]
    with tempfile.TemporaryDirectory() as temporary:
        plan = case.plan(seed, Path(keep or temporary) / on_alarm, on_alarm)
        ended = "finished"
        try:
            train(plan)
        except ZerosumError as error:
            ended = str(error)
        folder = plan.out / (plan.name or "")
        events = read_events(folder / "events.jsonl")
        found = findings(events, plan.run.samples or 1)
        treated = [e["remedy"] for e in events if e["event"] == "treated"]
        outcome = {"case": name, "seed": seed, "on_alarm": on_alarm, "found": found, "treated": treated, "ended": ended}
        if (folder / "model" / "model.safetensors").exists() and plan.recipe.build is own_game(case):
            outcome |= distance(Model.load(folder), plan.dataset, case)
        return outcome


def findings(events: list[dict[str, Any]], length: int) -> list[dict[str, Any]]:
    """The warnings and alarms among events, in order, with the share of the run that was over."""
    return [
        {"failure": e["failure"], "level": e["level"], "done": round(e["samples"] / length, 3)}
        for e in events
        if e["event"] == "finding" and e["level"] != "note"
    ]


def asked_again(runs: list[dict[str, Any]], kept: Path) -> None:
    """Ask the doctor as it is now about kept runs: what it says has no influence on a run that only warns."""
    from zerosum.core.events import read_events
    from zerosum.health.doctor import diagnose
    from zerosum.health.timeline import Timeline

    for run in (run for run in runs if run["on_alarm"] == "warn"):
        events = read_events(kept / "warn" / f"{run['case']}-{run['seed']}" / "events.jsonl")
        timeline, said = Timeline(), [e for e in events if e["event"] == "finding" and not e["samples"]]
        for event in (e for e in events if e["event"] != "finding"):
            timeline.add(event)
            for found in diagnose(timeline) if event["event"] in ("probe", "failed") else ():
                if found.failure not in [e["failure"] for e in said]:
                    said.append(
                        {
                            "event": "finding",
                            "samples": event["samples"],
                            "failure": found.failure,
                            "level": found.level,
                        }
                    )
        run["found"] = findings(said, timeline.start["planned_samples"])


def own_game(case: Case) -> Any:
    """The recipe's own game: a model of another cannot be loaded by name."""
    from zerosum.core.registry import find_recipe

    return find_recipe(case.recipe).build


def distance(model: Any, dataset: Any, case: Case) -> dict[str, Any]:
    """Distance of 2,048 samples to as many real ones, the same between real ones, and the modes of a ring."""
    import numpy as np
    import torch

    from zerosum.metrics.distances import energy_distance
    from zerosum.metrics.features import feature_network
    from zerosum.metrics.frechet import frechet_distance

    network = feature_network(dataset.space)
    order = np.random.default_rng(0).permutation(len(dataset))
    count = min(MEASURED, len(order) // 2)
    halves = (np.sort(order[:count]), np.sort(order[count : 2 * count]))
    real, other = (network(dataset.codec.encode(torch.from_numpy(np.asarray(dataset.rows)[rows]))) for rows in halves)
    rows = model.numbered(range(count))
    fake = network(dataset.codec.encode(torch.from_numpy(rows)))
    measure = frechet_distance if dataset.space.kind == "image" else energy_distance
    found: dict[str, Any] = {"distance": float(measure(fake, real)), "floor": abs(float(measure(other, real)))}
    if case.data == "ring":
        from zerosum.data.toys import default_sigma, modes
        from zerosum.metrics.modes import found_modes

        points, centres = torch.from_numpy(model.sample(10_000)), torch.from_numpy(modes("ring"))
        met = found_modes(points, centres, default_sigma("ring"))
        found["modes"], found["good"] = met.found, round(met.good, 3)
    return found


def main() -> None:
    """Train what is not in the results yet, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", nargs="+", default=[case.name for case in ALL], choices=list(CASES))
    parser.add_argument("--seeds", type=int, nargs="+", help="instead of the half's own")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", choices=["warn", "autopilot"], help="leave out the other part")
    parser.add_argument("--keep", default="", help="folder to keep the runs in")
    parser.add_argument("--again", action="store_true", help="forget earlier results")
    parser.add_argument(
        "--ask", action="store_true", help="train nothing; ask the doctor about the runs in --keep again"
    )
    arguments = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    record = RESULTS / "doctor.jsonl"
    if arguments.ask:
        runs = [json.loads(line) for line in record.open()]
        asked_again(runs, Path(arguments.keep))
        record.write_text("".join(json.dumps(run) + "\n" for run in runs))
        (RESULTS / "doctor.md").write_text(report(runs) + "\n", encoding="utf-8")
        print(report(runs).split("## What")[0])
        return
    runs = [] if arguments.again or not record.exists() else [json.loads(line) for line in record.open()]
    known = {(run["case"], run["seed"], run["on_alarm"]) for run in runs}
    tasks = [
        (name, seed, mode, arguments.keep)
        for mode, name in product(("warn", "autopilot"), arguments.cases)
        for seed in arguments.seeds or SEEDS[CASES[name].half]
        if (name, seed, mode) not in known
        and arguments.only in (None, mode)
        and (mode == "warn" or CASES[name].curable)
    ]
    with ProcessPoolExecutor(arguments.processes) as pool, record.open("w" if arguments.again else "a") as file:
        for outcome in pool.map(examine, tasks):
            runs.append(outcome)
            file.write(json.dumps(outcome) + "\n")
            file.flush()
            shown = ", ".join(f"{f['failure']} {f['done']:.0%}" for f in outcome["found"])
            print(f"{outcome['on_alarm']} {outcome['case']} {outcome['seed']}: {shown or 'nothing'}", flush=True)
    (RESULTS / "doctor.md").write_text(report(runs) + "\n", encoding="utf-8")
    print(report(runs).split("## What")[0])


if __name__ == "__main__":
    main()
