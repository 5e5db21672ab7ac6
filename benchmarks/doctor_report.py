"""What came of the examination of the doctor, as Markdown."""

from collections import Counter
from typing import Any

from cases import ALL, CASES
from sabotage import Case

SEEDS = {"examination": (2, 3, 4), "tuning": (0,)}
"""What the cases of each half are trained with."""

INTRODUCTION = """\
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
    lines = ["# The doctor examined", "", INTRODUCTION]
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
