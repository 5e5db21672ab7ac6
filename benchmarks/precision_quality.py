"""Are samples as good when games are played in bfloat16, penalties included, after as many samples?

    python benchmarks/precision_quality.py --samples 30000 --seeds 2

Each recipe learns the built-in digits from the same first weights and the same batches: once as it is chosen on this
processor, bfloat16 with penalties that share the pass of the loss, and once in fp32, each penalty in a pass of its own.
The distance is that of `zerosum evaluate`; how far seeds are apart says what is chance.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import zerosum
from zerosum.config.average import Average
from zerosum.config.optimizer import Adam

SETTINGS: dict[str, dict[str, Any]] = {
    "stylegan2": {},
    "r3gan": {
        "width": 64,
        "blocks": 1,
        "batch": 32,
        "optimizer": Adam(rate=1e-3, betas=(0.0, 0.99)),
        "average": Average(),
    },
}
CHOICES: dict[str, dict[str, Any]] = {
    "bf16": {"precision": "bf16", "penalty_precision": "networks"},
    "fp32": {"precision": "fp32", "penalty_precision": "full"},
}


def main() -> None:
    """Train, evaluate and print the distances."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=[*SETTINGS])
    parser.add_argument("--samples", type=int, default=30_000)
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    for recipe in arguments.recipes:
        for seed in range(arguments.seeds):
            found = {}
            for name, choice in CHOICES.items():
                with tempfile.TemporaryDirectory() as out:
                    run: dict[str, Any] = {"samples": arguments.samples, "seed": seed, "out": out, "name": "run"}
                    zerosum.fit("digits", recipe=recipe, **run, **SETTINGS[recipe], **choice)
                    measured = zerosum.evaluate(Path(out) / "run", metrics=("fd", "manifold"), count=4750)
                found[name] = {key: round(measured[key].value, 4) for key in ("fd", "precision", "recall")}
            print(json.dumps({"recipe": recipe, "seed": seed, "samples": arguments.samples, **found}), flush=True)


if __name__ == "__main__":
    main()
