"""How fast zerosum trains on this machine: `make bench` writes results/training_speed.json and .md.

What is compared takes turns step by step, so that a slow minute of the machine slows all of it; numbers are medians
with quartiles. `--quick` runs a few steps only, to see that it works.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from contestants import BATCH, BareStep, OurTraining, PlainLoop, first_batch, write_pictures
from measuring import MATRIX_FLOP, Spread, interleaved, machine, matrix_product, peak_memory, seconds_of, timed
from report import as_markdown
from torch.utils.flop_counter import FlopCounterMode

from zerosum.config.run import Run
from zerosum.data import open_dataset
from zerosum.data.loader import Loader

RESULTS = Path(__file__).parent / "results"
PICTURES = 256
USUAL = Run()

Result = dict[str, Any]


def main() -> None:
    """Measure everything and write it down, or measure the one part that a subprocess was started for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few steps only: whether it works, not how fast")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the results")
    parser.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--pictures", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.part:
        print(json.dumps(PARTS[arguments.part](arguments.pictures, arguments.quick)))
        return
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["ZEROSUM_CACHE"] = str(Path(temporary) / "cache")  # here and in the parts' processes
        pictures = write_pictures(Path(temporary) / "pictures", PICTURES)
        results = {"machine": machine(), "quick": arguments.quick, "batch": BATCH}
        results |= training(pictures, Path(temporary) / "runs", cycles=4 if arguments.quick else 32)
        results["memory_bytes"] = {
            part: in_process(part, pictures, arguments.quick) for part in ("imports", "ours", "plain")
        }
        results["help"] = help_time(3 if arguments.quick else 10)
        results["loader"] = loader_speed(Path(temporary), blocks=5 if arguments.quick else 25)
        if torch.cuda.is_available():
            results["cuda"] = in_process("cuda", pictures, arguments.quick)
    results["seconds"] = round(time.perf_counter() - begin, 1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "training_speed.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    text = as_markdown(results)
    (arguments.out / "training_speed.md").write_text(text, encoding="utf-8")
    print(text)


def training(pictures: Path, out: Path, cycles: int) -> Result:
    """Our training, the plain loop, the bare step and the matrix products that are the machine's peak."""
    real = first_batch(pictures)
    ours, ours_fp32 = OurTraining(pictures, out, "auto"), OurTraining(pictures, out, "fp32")
    precision = ours.engine.precision
    plain, bare = PlainLoop(real), BareStep(real, precision)
    flop = {"ours": count_flop(ours), "bare": count_flop(bare), "plain": count_flop(plain)}
    contestants = {
        "ours": ours,
        "bare": bare,
        "plain": plain,
        "ours_fp32": ours_fp32,
        "product_fp32": matrix_product(torch.float32),
        "product_bf16": matrix_product(torch.bfloat16),
    }
    for each in (ours, ours_fp32):
        each.warm_up()
    interleaved(contestants, 2)
    parts = take_apart(ours)
    recorded: list[bool] = []
    contestants["ours"] = lambda: (recorded.append(ours.recorded), ours())
    seconds = interleaved(contestants, cycles)
    return {
        "precision": precision,
        "cycles": cycles,
        "step_seconds": {name: asdict(Spread.of(values)) for name, values in seconds.items()},
        "against_plain": {
            name: asdict(Spread.of_ratios(seconds["plain"], seconds[name])) for name in ("ours", "ours_fp32")
        },
        "peak": share_of_peak(flop, seconds, precision),
        "loop": cost_of_loop(ours, seconds, recorded, parts),
    }


def count_flop(step: Any) -> int:
    """Floating point operations of one step in matrix products and convolutions, backward included.

    By hand, for DCGAN at 3 x 64 x 64 with 64 base channels, in multiplications and additions (MAC) per picture:
    a hidden 4 x 4 convolution costs 16 taps * channels in * channels out * pixels of the smaller grid = 33.55 M, three
    of them in each network; the layer at the picture 3.15 M; the linear maps 0.82 M in G and 0.008 M in D. That is
    G = 104.6 M and D = 103.8 M forward. A backward pass costs once more for the weights and once more for the inputs,
    which the first layer does not need unless the gradient goes on to the generator:

        discriminator's turn   G + 2 D forward, 2 D for the weights, 2 (D - 3.15 M) for the inputs    721.2 M
        generator's turn       G + D forward, D for the inputs, G for the weights, G - 0.82 M          520.7 M

    1241.9 M MAC = 2483.9 MFLOP a picture, 158.97 GFLOP a batch of 64. The counter agrees to all digits, so it does see
    the backward pass. The plain loop generates once less and computes weights' gradients that nobody asked for.
    """
    with FlopCounterMode(display=False) as counter:
        step()
    return counter.get_total_flops()


def share_of_peak(flop: dict[str, int], seconds: dict[str, list[float]], precision: str) -> Result:
    """How near the steps come to the speed at which this machine multiplies large matrices."""
    peak = {name: MATRIX_FLOP / statistics.median(seconds[f"product_{name}"]) for name in ("fp32", "bf16")}
    computed_in = {"ours": precision, "bare": precision, "plain": "fp32"}
    floor = {name: flop[name] / peak[computed_in[name]] for name in flop}
    return {
        "flop_per_second": peak,
        "step_flop": flop,
        "floor_seconds": floor,
        "share": {name: floor[name] / statistics.median(seconds[name]) for name in floor},
    }


def take_apart(ours: OurTraining, rounds: int = 12) -> Result:
    """Median seconds a round of what our loop does beside the turns, timed where it happens."""
    feeding: list[float] = []
    averaging: list[float] = []
    hooking: list[float] = []
    with (
        patch.object(ours.feed, "batch", timed(ours.feed.batch, feeding)),
        patch.object(ours.engine, "advance", timed(ours.engine.advance, averaging)),
        patch.object(ours, "hooks", [timed(hook, hooking) for hook in ours.hooks]),
    ):
        ours(rounds)
    per_call = {"feed": feeding, "average": averaging, "hooks": hooking}
    return {name: float(np.median(np.reshape(values, (rounds, -1)).sum(axis=1))) for name, values in per_call.items()}


def cost_of_loop(ours: OurTraining, seconds: dict[str, list[float]], recorded: list[bool], parts: Result) -> Result:
    """What a round of `play` costs beside the bare step, as shares of the bare step.

    Ordinary rounds are compared with the bare step of the same cycle. What happens now and then is timed by itself and
    spread over the time from one to the next.
    """
    ordinary = [index for index, flag in enumerate(recorded) if not flag]
    pairs = Spread.of_ratios([seconds["ours"][i] for i in ordinary], [seconds["bare"][i] for i in ordinary])
    bare = statistics.median(seconds["bare"])
    ordinary_round = statistics.median(seconds["ours"][i] for i in ordinary)
    record = statistics.median(s for s, flag in zip(seconds["ours"], recorded, strict=True) if flag) - ordinary_round
    sheet = statistics.median(seconds_of(ours.draw_sheet) for _ in range(3))
    savings = []
    for _ in range(3):
        ours()
        savings.append(seconds_of(ours.save_checkpoint))
    saving = statistics.median(savings)
    shares = {
        "rounds": pairs.median - 1,
        "records": record / USUAL.log_rounds / bare,
        "sheets": sheet / USUAL.snapshot_seconds,
        "checkpoints": saving / USUAL.checkpoint_seconds,
    }
    return {
        "round_over_bare": asdict(pairs),
        "seconds": {"record": record, "sheet": sheet, "checkpoint": saving},
        "inside_a_round_seconds": parts,
        "shares": shares,
        "total_share": sum(shares.values()),
    }


def in_process(part: str, pictures: Path, quick: bool) -> Any:
    """Measure a part in a process of its own, which nothing else has warmed up or filled."""
    command = [sys.executable, __file__, "--part", part, "--pictures", str(pictures), *(["--quick"] if quick else [])]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def memory_of_imports(pictures: Path, quick: bool) -> int:
    """Peak memory when everything is imported and nothing is trained."""
    return peak_memory()


def memory_of_ours(pictures: Path, quick: bool) -> int:
    """Peak memory of our training with its average, records, a contact sheet and a checkpoint."""
    with tempfile.TemporaryDirectory() as temporary:
        ours = OurTraining(pictures, Path(temporary), "auto")
        ours(2 if quick else 6)
        ours.draw_sheet()
        ours.save_checkpoint()
    return peak_memory()


def memory_of_plain(pictures: Path, quick: bool) -> int:
    """Peak memory of the plain loop, which saves and draws nothing."""
    plain = PlainLoop(first_batch(pictures))
    for _ in range(2 if quick else 6):
        plain()
    return peak_memory()


def cuda_speed(pictures: Path, quick: bool) -> Result:
    """Pictures per second on a graphics card at 64 x 64 in bf16, channels last."""
    speeds: Result = {"card": torch.cuda.get_device_name()}
    rounds = 4 if quick else 20
    with tempfile.TemporaryDirectory() as temporary:
        for recipe in ("dcgan", "r3gan"):
            ours = OurTraining(pictures, Path(temporary), "bf16", recipe, "cuda")
            ours.warm_up()
            blocks = []
            for _ in range(2 if quick else 5):
                torch.cuda.synchronize()
                begin = time.perf_counter()
                ours(rounds)
                torch.cuda.synchronize()
                blocks.append(BATCH * rounds / (time.perf_counter() - begin))
            speeds[recipe] = asdict(Spread.of(blocks))
            del ours
            torch.cuda.empty_cache()
    return speeds


def help_time(runs: int) -> Result:
    """Seconds until `zerosum --help` has answered, and whether torch was imported for it."""
    command = [str(Path(sys.executable).with_name("zerosum")), "--help"]
    probe = "import sys; from zerosum.__main__ import main; main(['--help']); sys.exit('torch' in sys.modules)"

    def ask() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    ask()
    imported = subprocess.run([sys.executable, "-c", probe], stdout=subprocess.DEVNULL).returncode != 0
    return {"seconds": asdict(Spread.of(seconds_of(ask) for _ in range(runs))), "imports_torch": imported}


def loader_speed(folder: Path, blocks: int, count: int = 50_000, batches: int = 100) -> Result:
    """Pictures per second that the loader reads from a memory map of 32 x 32 colour pictures, in batches of 64."""
    path = folder / "pictures32.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), np.uint8))
    dataset = open_dataset(path)
    loader = Loader(dataset, seed=0, batch=BATCH)
    position = 0

    def read(encoded: bool) -> float:
        nonlocal position
        begin = time.perf_counter()
        for _ in range(batches):
            rows, _ = loader.rows(position)
            if encoded:
                dataset.codec.encode(rows)
            position += BATCH
        return BATCH * batches / (time.perf_counter() - begin)

    read(True)  # the first batch draws the epoch's order; later epochs are drawn inside the measurement
    speeds = [(read(False), read(True)) for _ in range(blocks)]
    rows, encoded = zip(*speeds, strict=True)
    return {"rows_per_second": asdict(Spread.of(rows)), "encoded_per_second": asdict(Spread.of(encoded))}


PARTS = {"imports": memory_of_imports, "ours": memory_of_ours, "plain": memory_of_plain, "cuda": cuda_speed}

if __name__ == "__main__":
    main()
