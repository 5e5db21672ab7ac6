"""Does the doctor name what is wrong, before half of the run is over, and stay silent otherwise? And does it cure?

    python benchmarks/doctor.py                        some 45 minutes on two cores; writes benchmarks/results/doctor.md

The cases of the examination are trained with three seeds, those that the thresholds were chosen on with one other; all
are in `cases.py`. A sabotaged run counts as named if an expected failure is found (as a warning or an alarm) before
half of its samples are seen; "first" is stricter, and wants no other failure to be found before it. A healthy run with
any warning or alarm, at any time, is a false alarm; findings about the data, which come before training, count like
others. The examination half is what counts.

The autopilot is then let loose on the sabotaged cases that a change of settings can save. Cured is a run whose samples
are no farther from the data than 1.25 times those of the healthy case of the same seed, by more than the distance
between real samples and real ones: fd[random-conv, n=2048] for pictures, the energy distance at n=2048 for points, and
for `ring` all eight modes.
"""

import argparse
import json
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

from cases import ALL, CASES
from sabotage import Case

RESULTS = Path(__file__).parent / "results"
MEASURED = 2_048
SEEDS = {"examination": (2, 3, 4), "tuning": (0,)}


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

    from zerosum.metrics.distances import energy_distance, frechet_distance
    from zerosum.metrics.features import feature_network

    network = feature_network(dataset.space)
    order = np.random.default_rng(0).permutation(len(dataset))
    count = min(MEASURED, len(order) // 2)
    halves = (np.sort(order[:count]), np.sort(order[count : 2 * count]))
    real, other = (network(dataset.codec.encode(torch.from_numpy(np.asarray(dataset.rows)[rows]))) for rows in halves)
    rows = model.sample(count)
    fake = network(dataset.codec.encode(torch.from_numpy(rows)))
    measure = frechet_distance if dataset.space.kind == "image" else energy_distance
    found: dict[str, Any] = {"distance": float(measure(fake, real)), "floor": abs(float(measure(other, real)))}
    if case.data == "ring":
        from toy_modes import judge

        from zerosum.data.toys import default_sigma, modes

        found["modes"], good = judge(model.sample(10_000), modes("ring"), default_sigma("ring"))
        found["good"] = round(good, 3)
    return found


def named(case: Case, run: dict[str, Any], first: bool = False) -> bool:
    """Whether an expected failure was found in time; with `first`, before any other."""
    if first and run["found"] and run["found"][0]["failure"] not in case.expected:
        return False
    return any(found["failure"] in case.expected and found["done"] <= 0.5 for found in run["found"])


def cured(run: dict[str, Any], healthy: dict[str, Any]) -> bool:
    """Whether a treated run ends with the quality of the healthy one."""
    if "distance" not in run:
        return False
    near = run["distance"] <= 1.25 * max(healthy["distance"], 0) + healthy["floor"]
    return near and run.get("modes", 8) >= min(8, healthy.get("modes", 8))


def report(runs: list[dict[str, Any]]) -> str:
    """The results as Markdown."""
    watched = [run for run in runs if run["on_alarm"] == "warn"]
    lines = ["# The doctor examined", "", (__doc__ or "").split("\n\n", 2)[2].strip(), ""]
    lines += ["| half | sabotaged runs | named in time | named first | healthy runs | false alarms |", "|---" * 6 + "|"]
    halves = [half for half in SEEDS if any(CASES[run["case"]].half == half for run in watched)]
    for half in halves:
        sick = [(CASES[r["case"]], r) for r in watched if CASES[r["case"]].expected and CASES[r["case"]].half == half]
        well = [r for r in watched if not CASES[r["case"]].expected and CASES[r["case"]].half == half]
        right, early = (sum(named(case, run, first) for case, run in sick) for first in (False, True))
        false = sum(bool(run["found"]) for run in well)
        lines.append(
            f"| {half} | {len(sick)} | **{right}** ({right / max(1, len(sick)):.0%}) | {early} "
            f"({early / max(1, len(sick)):.0%}) | {len(well)} | **{false}** ({false / max(1, len(well)):.0%}) |"
        )
    lines += [
        "",
        "## What was found first in which case",
        "",
        "| half | case | expected | found first, by seed |",
        "|---" * 4 + "|",
    ]
    for case in ALL:
        mine = [run for run in watched if run["case"] == case.name]
        if not mine:
            continue
        firsts = ", ".join(
            f"{run['found'][0]['failure']} ({run['found'][0]['done']:.0%})" if run["found"] else "nothing"
            for run in mine
        )
        lines.append(f"| {case.half} | {case.name} | {' or '.join(case.expected) or 'nothing'} | {firsts} |")
    lines += [
        "",
        "## Confusion",
        "",
        "Expected failures, down, against what was found: the expected one if it was ever",
    ]
    lines += ["found, else what came first.", ""]
    for half in halves:
        lines += [half.capitalize() + ":", "", confusion([r for r in watched if CASES[r["case"]].half == half]), ""]
    lines += ["## The autopilot", "", *autopilot(runs)]
    return "\n".join(lines)


def confusion(watched: list[dict[str, Any]]) -> str:
    """How often which failure was found where which was expected."""
    pairs = Counter((expectation(CASES[run["case"]]), verdict(CASES[run["case"]], run)) for run in watched)
    rows = sorted({expected for expected, _ in pairs})
    columns = sorted({found for _, found in pairs})
    lines = [f"| expected | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {row} | " + " | ".join(str(pairs[row, column] or "") for column in columns) + " |" for row in rows]
    return "\n".join(lines)


def expectation(case: Case) -> str:
    """What must be found in a case."""
    return case.expected[0] if case.expected else "nothing"


def verdict(case: Case, run: dict[str, Any]) -> str:
    """What was found in a run: what must be, if it was found at all, else what came first."""
    found = [finding["failure"] for finding in run["found"]]
    return expectation(case) if set(found) & set(case.expected) else (found or ["nothing"])[0]


def autopilot(runs: list[dict[str, Any]]) -> list[str]:
    """How many sabotaged runs were cured."""
    by = {(run["case"], run["seed"], run["on_alarm"]): run for run in runs}
    treated = [
        run
        for run in runs
        if run["on_alarm"] == "autopilot" and (CASES[run["case"]].healthy, run["seed"], "warn") in by
    ]
    lines = []
    for half in SEEDS:
        mine = [run for run in treated if CASES[run["case"]].half == half]
        if not mine:
            continue
        good = sum(cured(run, by[CASES[run["case"]].healthy, run["seed"], "warn"]) for run in mine)
        lines.append(f"{half.capitalize()}: **{good} of {len(mine)}** runs cured ({good / max(1, len(mine)):.0%}).  ")
    lines += ["", "| half | case | by seed: distance to the data (healthy, and sabotaged without help) | remedies |"]
    lines += ["|---" * 4 + "|"]
    for case in ALL:
        mine = [run for run in treated if run["case"] == case.name]
        cells = []
        for run in mine:
            healthy, left = by[case.healthy, run["seed"], "warn"], by.get((case.name, run["seed"], "warn"), {})
            now, well, alone = (
                f"{one['distance']:.3g}" if "distance" in one else "none" for one in (run, healthy, left)
            )
            cells.append(f"{'cured' if cured(run, healthy) else 'NOT cured'}: {now} ({well}, {alone})")
        if mine:
            done = sorted({remedy for run in mine for remedy in run["treated"]})
            lines.append(f"| {case.half} | {case.name} | {'; '.join(cells)} | {'; '.join(done)} |")
    return lines


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
