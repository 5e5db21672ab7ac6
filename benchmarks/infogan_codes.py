"""Does InfoGAN's categorical code come to mean the digit, though nobody tells it of digits?

    python benchmarks/infogan_codes.py --seeds 3 --minutes 5

Each seed is a training of its own from the recipe's defaults. The recognition head then says a code of each real digit.
Which code stands for which digit is decided on the digits trained on, by the one-to-one assignment that is right most
often; the accuracy is that on the held-out ones, which the training never saw. The sheet of the best seed goes to
docs/pictures/infogan-codes.png: a row for each value of the categorical code and one for each continuous code.
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from scipy.optimize import linear_sum_assignment

from zerosum.api import make_plan, open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.data import open_dataset
from zerosum.evaluation.codes import code_sheet
from zerosum.game.priors import Codes
from zerosum.train.devices import arrange
from zerosum.train.plan import Plan
from zerosum.train.session import train

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "infogan-codes.png"


def main() -> None:
    """Train, judge and print each seed's accuracy; draw the best one's codes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="digits")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--sheet", type=Path, default=PICTURE)
    arguments = parser.parse_args()
    dataset, recipe, _ = open_for(arguments.data, DataOptions(), "infogan", "cpu")
    labels = open_dataset(arguments.data).labels  # of the same rows; the recipe itself is not told
    assert labels is not None, "there are classes to compare with"
    best, results = -1.0, []
    for seed in range(arguments.seeds):
        run = Run(minutes=arguments.minutes, seed=seed)
        with tempfile.TemporaryDirectory() as out:
            plan = make_plan(dataset, DataOptions(), recipe, recipe.settings(dataset.space), run, Path(out))
            model, folder = train(plan)
            said = recognise(plan, sorted(folder.checkpoints.iterdir())[-1] / "state.safetensors")
        digit_of = assign(said[dataset.training], labels[dataset.training], plan.settings.categorical_codes[0])
        accuracy = float((digit_of[said[dataset.held_out]] == labels[dataset.held_out]).mean())
        results.append({"seed": seed, "accuracy": round(accuracy, 4), **model.facts})
        print(f"{arguments.data} infogan seed {seed}: accuracy {accuracy:.1%}", flush=True)
        if accuracy > best:
            best = accuracy
            assert isinstance(model.prior, Codes)
            code_sheet(model, model.prior).save(arguments.sheet)
    print(json.dumps({"data": arguments.data, "minutes": arguments.minutes, "best": best, "runs": results}))


@torch.no_grad()
def recognise(plan: Plan, checkpoint: Path) -> np.ndarray:
    """The value of the first categorical code that the recognition head reads off each real sample, (n,)."""
    game, prefix = plan.build(), "discriminator/module/"
    assert isinstance(game.prior, Codes)
    discriminator = game.players["discriminator"].module
    weights = {name.removeprefix(prefix): x for name, x in load_file(checkpoint).items() if name.startswith(prefix)}
    discriminator.load_state_dict(weights)
    arrange(discriminator, plan.dataset.space).eval()
    found = []
    for rows in torch.from_numpy(np.asarray(plan.dataset.rows)).split(256):
        said = discriminator.auxiliary(discriminator.features(plan.dataset.codec.encode(rows), None))  # type: ignore[operator]
        found.append(said[:, : game.prior.categorical[0]].argmax(1))
    return torch.cat(found).numpy()


def assign(said: np.ndarray, labels: np.ndarray, values: int) -> np.ndarray:
    """The class that each value of a code stands for, one to one as far as they go: -1 for one that is left over."""
    counts = np.zeros((values, labels.max() + 1), int)
    np.add.at(counts, (said, labels), 1)
    codes, classes = linear_sum_assignment(counts, maximize=True)
    class_of = np.full(values, -1)
    class_of[codes] = classes
    return class_of


if __name__ == "__main__":
    main()
