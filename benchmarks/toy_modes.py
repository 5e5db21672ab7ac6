"""How many modes of a toy mixture a recipe finds, and how many of its samples lie on them.

    python benchmarks/toy_modes.py ring --recipes wgan-gp r3gan gan --seconds 30 --seeds 5

Each seed is a training of its own from the same defaults that `zerosum train ring --recipe NAME` takes. A sample is
good if it lies within three standard deviations of a centre; a mode is found if at least 20 of 10,000 samples are good
there.
"""

import argparse
import json
import tempfile
from pathlib import Path

import torch

import zerosum
from zerosum.data.toys import default_sigma, modes
from zerosum.metrics.modes import found_modes

SAMPLES = 10_000


def main() -> None:
    """Train, judge and print a table, and a JSON line for each recipe."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", choices=["ring", "grid"])
    parser.add_argument("--recipes", nargs="+", default=["wgan-gp", "r3gan", "gan"])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sheets", type=Path, help="folder to copy the last contact sheets to")
    arguments = parser.parse_args()
    centres, sigma = torch.from_numpy(modes(arguments.data)), default_sigma(arguments.data)
    for recipe in arguments.recipes:
        results = []
        for seed in range(arguments.seeds):
            with tempfile.TemporaryDirectory() as out:
                model = zerosum.fit(arguments.data, recipe=recipe, minutes=arguments.seconds / 60, seed=seed, out=out)
            points = model.sample(SAMPLES)
            found, _, good = found_modes(torch.from_numpy(points), centres, sigma)
            results.append({"seed": seed, "modes": found, "good": round(good, 4), **model.facts})
            print(f"{arguments.data} {recipe:8} seed {seed}: {found}/{len(centres)} modes, {good:.1%} good", flush=True)
            if arguments.sheets:
                arguments.sheets.mkdir(parents=True, exist_ok=True)
                model.codec.sheet(points).save(arguments.sheets / f"{arguments.data}-{recipe}-{seed}.png")
        print(json.dumps({"data": arguments.data, "recipe": recipe, "seconds": arguments.seconds, "runs": results}))


if __name__ == "__main__":
    main()
