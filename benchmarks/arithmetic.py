"""Does arithmetic with concepts do what it says? `thick 3s - 3s + 7s` must be a thick 7.

    zerosum train digits --recipe light --conditional --minutes 15
    python benchmarks/arithmetic.py runs/00000-digits-light --judge FOLDER --sheet sheet.png

A trial draws two digits, a and c, and samples that no other trial uses: 320 a's, of which the tenth that has most of
the attribute is kept; 32 other a's; 32 c's. Each is averaged, and the picture of `@most - @plain + @onto` is right if

- the judge, a classifier of digits that no generator has seen, calls it a c, and
- it has more of the attribute than three quarters of the model's ordinary c's (500 for each digit).

Chance is the share of these ordinary c's that are right by the same rule: at most a quarter.

Attributes are measured on the picture. A stroke's width is four times the mean distance of its ink to the paper, on the
picture enlarged three times and cut at half of its brightness. Slant is minus the covariance of x and y over the
variance of y, over all ink, y downwards: how far a digit leans to the right on a pixel's height. FOLDER holds
`judge_digits.py` with `network`, `to_input`, and `digits_judge.npz`; without it nothing can be measured.
"""

import argparse
import importlib.util
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from scipy.stats import binomtest

from zerosum.api import load
from zerosum.drawing.gallery import labelled_rows
from zerosum.exploration import Explorer
from zerosum.train.model import Model

POOL, KEPT, ORDINARY = 320, 32, 500
BEYOND = 0.75
MOST = 1000
FINER = 3
SHOWN = 10

Score = Callable[[np.ndarray], np.ndarray]
Judge = Callable[[np.ndarray], np.ndarray]


def width(rows: np.ndarray) -> np.ndarray:
    """Mean width of the strokes of pictures (n, height, width, 1), in pixels, (n,)."""
    pictures = torch.from_numpy(rows[..., 0]).float()[:, None]
    large = torch.nn.functional.interpolate(pictures, scale_factor=FINER, mode="bilinear")[:, 0].numpy() > 127
    depths = [np.asarray(distance_transform_edt(ink))[ink] for ink in large]
    return np.array([4 * depth.mean() / FINER if len(depth) else 0.0 for depth in depths])


def slant(rows: np.ndarray) -> np.ndarray:
    """How far pictures (n, height, width, 1) lean to the right on a pixel's height, (n,)."""
    ink = rows[..., 0].astype(np.float64)
    total = ink.sum((1, 2)).clip(1)
    y, x = np.mgrid[: ink.shape[1], : ink.shape[2]]
    middle_y, middle_x = ((ink * place).sum((1, 2)) / total for place in (y, x))
    dy, dx = y - middle_y[:, None, None], x - middle_x[:, None, None]
    return -(ink * dx * dy).sum((1, 2)) / (ink * dy * dy).sum((1, 2)).clip(1)


ATTRIBUTES: dict[str, Score] = {
    "thick": width,
    "thin": lambda rows: -width(rows),
    "leaning right": slant,
    "leaning left": lambda rows: -slant(rows),
}

METHODS: dict[str, tuple[Literal["z", "w"], float | None]] = {
    "z": ("z", None),
    "w": ("w", None),
    "w, truncation 0.7": ("w", 0.7),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--trials", type=int, default=200, help=f"for each attribute and method, at most {MOST}")
    parser.add_argument("--seed", type=int, default=0, help="another one draws other trials of other samples")
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args()
    if not (arguments.judge / "digits_judge.npz").exists():
        sys.exit(f"There is no judge at {arguments.judge}, so nothing can be measured.")
    judge, model = open_judge(arguments.judge), load(arguments.model)
    results, shown = [], []
    for method, (space, truncation) in METHODS.items():
        if space == "w" and not model.has_styles:
            continue
        known = ordinary(model, truncation)
        for attribute, score in ATTRIBUTES.items():
            with tempfile.TemporaryDirectory() as folder:
                explorer = Explorer(model, Path(folder), space, truncation)
                right, digit, rows = trials(explorer, judge, score, known, arguments.trials, arguments.seed)
            chance = np.mean(
                [(judge(of) == c) & (score(of) > np.quantile(score(of), BEYOND)) for c, of in enumerate(known)]
            )
            low, high = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
            results.append(
                {
                    "method": method,
                    "attribute": attribute,
                    "right": round(float(right.mean()), 3),
                    "interval": [round(float(low), 3), round(float(high), 3)],
                    "right digit": round(float(digit.mean()), 3),
                    "chance": round(float(chance), 3),
                    "trials": len(right),
                }
            )
            shown.append((f"{method}: {attribute}", rows))
            print(results[-1], flush=True)
    if arguments.sheet:
        labelled_rows(
            [row for name, rows in shown for row in zip((f"a, {name}", "c", "result"), rows, strict=True)]
        ).save(arguments.sheet)
    print(json.dumps({"model": arguments.model, "facts": model.facts, "results": results}))


def ordinary(model: Model, truncation: float | None) -> list[np.ndarray]:
    """The model's samples of each digit, numbers that trials do not use."""
    first = 2**31
    return [
        model.sample(ORDINARY, first + c * ORDINARY, str(c), truncation=truncation)
        for c in range(len(model.space.classes))
    ]


def trials(
    explorer: Explorer, judge: Judge, score: Score, known: list[np.ndarray], count: int, seed: int
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    """Whether each trial came out right, whether it is the right digit, and pictures of the first ones."""
    bounds = [np.quantile(score(rows), BEYOND) for rows in known]
    generator = np.random.default_rng(seed)
    right, digit, pictures = [], [], []
    for trial in range(count):
        a, c = (str(number) for number in generator.choice(len(known), 2, replace=False))
        first = (seed * MOST + trial) * (POOL + 2 * KEPT)
        explorer.select("most", range(first, first + POOL), a, score, KEPT / POOL)
        explorer.select("plain", range(first + POOL, first + POOL + KEPT), a)
        explorer.select("onto", range(first + POOL + KEPT, first + POOL + 2 * KEPT), c)
        most, _, onto, result = explorer.arithmetic("@most - @plain + @onto").rows
        digit.append(judge(result[None])[0] == int(c))
        right.append(digit[-1] and score(result[None])[0] > bounds[int(c)])
        pictures.append((most, onto, result))
    return np.array(right), np.array(digit), tuple(np.stack(row) for row in zip(*pictures[:SHOWN], strict=True))


def open_judge(folder: Path) -> Judge:
    """A function from pictures (n, 28, 28, 1) to the digits that the judge sees in them, (n,)."""
    spec = importlib.util.spec_from_file_location("judge_digits", folder / "judge_digits.py")
    assert spec is not None and spec.loader is not None
    code = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(code)
    network = code.network()
    with np.load(folder / "digits_judge.npz", allow_pickle=False) as weights:
        network.load_state_dict({name: torch.from_numpy(weights[name]) for name in weights.files})
    network.eval()

    @torch.no_grad()
    def judge(rows: np.ndarray) -> np.ndarray:
        return network(code.to_input(rows[..., 0])).argmax(1).numpy()

    return judge


if __name__ == "__main__":
    main()
