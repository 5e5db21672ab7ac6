"""The results of `training_speed.py` as a page to read."""

from typing import Any

SPEEDUP_TARGET = 1.5
LOOP_TARGET = 0.03
HELP_TARGET = 0.3
LOADER_TARGET = 100_000

Result = dict[str, Any]


def as_markdown(results: Result) -> str:
    """The whole page."""
    sections = [
        _machine(results),
        _targets(results),
        _steps(results),
        _peak(results),
        _loop(results),
        _memory(results),
        _others(results),
    ]
    return "\n\n".join(sections) + "\n"


def _machine(results: Result) -> str:
    return f"""# Training speed{warning(results)}

Written by `make bench` on {results["machine"]["date"]}, in {results["seconds"]:.0f} s.

{machine_lines(results["machine"])}

Numbers are medians with quartiles in brackets. What is compared takes turns step by step."""


def warning(results: Result) -> str:
    """What stands under the title of a quick run."""
    return "\n\n**A quick run: these numbers only show that the benchmark works.**" if results["quick"] else ""


def machine_lines(here: Result) -> str:
    """What `measuring.machine` found, as a list."""
    flags = ", ".join(name for name, present in here["flags"].items() if present) or "none of those that matter"
    return f"""- processor: {here["processor"]}; {here["cores"]} cores, {here["logical_cores"]} logical; {flags}
- threads: {here["threads"]}
- system: {here["system"]}
- zerosum {here["zerosum"]}, torch {here["torch"]}, Python {here["python"]}
- graphics card: {here["cuda"] or "none"}"""


def _targets(results: Result) -> str:
    speedup = results["against_plain"]["ours"]["median"]
    loop, answer = results["loop"]["total_share"], results["help"]
    rows = results["loader"]["rows_per_second"]["median"]
    lines = [
        ("our DCGAN-64 against a plain loop", f">= {SPEEDUP_TARGET} x", f"{speedup:.2f} x", speedup >= SPEEDUP_TARGET),
        ("what the loop costs beside the bare step", f"<= {LOOP_TARGET:.0%}", f"{loop:.1%}", loop <= LOOP_TARGET),
        (
            "`zerosum --help`",
            f"< {HELP_TARGET} s",
            f"{answer['seconds']['median']:.2f} s",
            answer["seconds"]["median"] < HELP_TARGET,
        ),
        (
            "`zerosum --help` leaves torch alone",
            "yes",
            "no" if answer["imports_torch"] else "yes",
            not answer["imports_torch"],
        ),
        ("loader, 32 x 32 pictures", f">= {LOADER_TARGET:,}/s", f"{rows:,.0f}/s", rows >= LOADER_TARGET),
    ]
    judged = [(*line, "met" if met else "**missed**") for *line, met in lines]
    table = as_table(["target", "wanted", "measured", ""], judged)
    return f"## Targets\n\n{table}"


def _steps(results: Result) -> str:
    seconds, against, batch = results["step_seconds"], results["against_plain"], results["batch"]
    names = {
        "ours": f"ours, {results['precision']} as chosen",
        "ours_fp32": "ours, fp32",
        "plain": "plain loop, fp32",
    }
    rows = [
        (title, f"{batch / seconds[key]['median']:.1f}", milliseconds(seconds[key]), ratio(against.get(key)))
        for key, title in names.items()
    ]
    table = as_table(
        ["DCGAN, 3 x 64 x 64, batch 64", "images/s", "ms a step", "times as fast as plain, pairwise"], rows
    )
    return f"""## A training step

{table}

Medians of {results["cycles"]} steps each. Ours is a whole round of `zerosum.train.loop.play` with every hook, reading
from the packed pictures. The plain loop trains the same networks as tutorials write it: two default Adams, contiguous
memory, nobody frozen, no average, no records, and its one batch is in memory from the start."""


def _peak(results: Result) -> str:
    peak, seconds = results["peak"], results["step_seconds"]
    speeds = ", ".join(f"{speed / 1e9:,.0f} GFLOP/s in {name}" for name, speed in peak["flop_per_second"].items())
    rows = [
        (
            name,
            f"{peak['step_flop'][name] / 1e9:.2f}",
            f"{1000 * peak['floor_seconds'][name]:.0f}",
            f"{1000 * seconds[name]['median']:.0f}",
            f"{peak['share'][name]:.0%}",
        )
        for name in ("ours", "bare", "plain")
    ]
    table = as_table(["step", "GFLOP", "floor in ms", "measured in ms", "share of peak"], rows)
    return f"""## Share of the machine's peak

A matrix product of side 2048 runs at {speeds}. The floor is the step's operations in
matrix products and convolutions at that speed, in the precision of the step.

{table}"""


def _loop(results: Result) -> str:
    loop, shares = results["loop"], results["loop"]["shares"]
    single, inside = loop["seconds"], loop["inside_a_round_seconds"]
    pairs = loop["round_over_bare"]
    rows = [
        ("rounds without a record, pairwise over the bare step", "every round", f"{shares['rounds']:.2%}"),
        (f"a record, {1000 * single['record']:.0f} ms", "every 16 rounds", f"{shares['records']:.2%}"),
        (f"a contact sheet, {1000 * single['sheet']:.0f} ms", "every 30 s", f"{shares['sheets']:.2%}"),
        (f"a checkpoint, {1000 * single['checkpoint']:.0f} ms", "every 60 s", f"{shares['checkpoints']:.2%}"),
        ("**in all**", "", f"**{loop['total_share']:.2%}**"),
    ]
    return f"""## What the loop costs

{as_table(["what", "how often", "share of the time"], rows)}

The bare step ({milliseconds(results["step_seconds"]["bare"])} ms) is the same turns, networks, losses, backward passes
and fused optimizer steps, in the same precision and layout, on one batch that never changes. A round of ours takes
{pairs["median"]:.3f} times as long [{pairs["low"]:.3f} to {pairs["high"]:.3f}, {pairs["count"]} pairs].

Timed where they happen, its parts beside the turns are: reading, encoding and seeding both batches
{1000 * inside["feed"]:.1f} ms, the moving average {1000 * inside["average"]:.1f} ms, hooks with nothing due
{1000 * inside["hooks"]:.2f} ms."""


def _memory(results: Result) -> str:
    memory = results["memory_bytes"]
    rows = [
        (name, f"{memory[key] / 2**20:,.0f}", f"{(memory[key] - memory['imports']) / 2**20:,.0f}")
        for key, name in {"imports": "imports alone", "ours": "ours", "plain": "plain loop, fp32"}.items()
    ]
    return f"""## Peak memory

{as_table(["process", "MiB", "MiB beyond imports"], rows)}

Each in a process of its own. Ours includes the moving average, a contact sheet and a checkpoint."""


def _others(results: Result) -> str:
    loader, answer = results["loader"], results["help"]["seconds"]
    lines = [
        f"- `zerosum --help`: {answer['median']:.3f} s [{answer['low']:.3f} to {answer['high']:.3f}]",
        f"- loader, 32 x 32 x 3, batches of 64 from a memory map: {_count(loader['rows_per_second'])} images/s; "
        f"encoded as well: {_count(loader['encoded_per_second'])} images/s",
    ]
    if card := results.get("cuda"):
        lines += [
            f"- {card['card']}, {recipe} at 64 x 64, bf16, channels last, batch 64: {_count(card[recipe])} images/s"
            for recipe in ("dcgan", "r3gan")
        ]
    return "## Others\n\n" + "\n".join(lines)


def as_table(head: list[str], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def milliseconds(spread: Result) -> str:
    low, high = 1000 * spread["low"], 1000 * spread["high"]
    return f"{1000 * spread['median']:.0f} [{low:.0f} to {high:.0f}]"


def ratio(spread: Result | None) -> str:
    return f"{spread['median']:.2f} [{spread['low']:.2f} to {spread['high']:.2f}]" if spread else "1"


def _count(spread: Result) -> str:
    return f"{spread['median']:,.0f} [{spread['low']:,.0f} to {spread['high']:,.0f}]"
