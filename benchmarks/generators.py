"""How fast generators train and sample on this machine, beside the same networks written plainly.

Writes results/generators.json and .md. What is compared takes turns round by round, so that a slow minute of the
machine slows all of it; numbers are medians with quartiles. `--quick` plays a round or two, to see that it works.
"""

import argparse
import json
import math
import statistics
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

import numpy as np
import torch
from contestants import OurTraining
from measuring import MATRIX_FLOP, Spread, interleaved, machine, matrix_product
from plain_r3gan import PlainR3GAN
from plain_stylegan2 import PlainStyleGAN2
from report import as_table, machine_lines, milliseconds, ratio, warning
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torch.utils.module_tracker import ModuleTracker

from zerosum.train.sampler import evaluating

RESULTS = Path(__file__).parent / "results"
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}

Result = dict[str, Any]


class Plain(Protocol):
    """The same networks under a plain loop, in fp32."""

    def __call__(self) -> None:
        """One round."""
        ...

    def generate(self, latents: Tensor) -> Tensor:
        """Pictures (n, ...) of latents (n, latent_dim)."""
        ...


@dataclass(frozen=True)
class Case:
    """A recipe in the setting in which its reference implementation was measured on this machine, idle.

    Attributes:
        side: Of the pictures, in pixels.
        batch: Real samples per round.
        settings: Of the recipe, where they are not its defaults.
        plain: From a batch, our networks by name and those settings to the plain loop.
        period: Rounds after which the kinds of rounds come again, where penalties come every few.
        reference: Images per second of the reference implementation's training.
        wanted: How many times that our training is to reach.
        sampled: Samples drawn at once.
        reference_sampling: Seconds that the reference implementation takes to draw them, where that is known.
        wanted_sampling: Seconds that ours may take at most.
    """

    side: int
    batch: int
    settings: Mapping[str, Any]
    plain: Callable[[Tensor, dict[str, nn.Module], dict[str, Any]], Plain]
    period: int
    reference: float
    wanted: float
    sampled: int = 16
    reference_sampling: float | None = None
    wanted_sampling: float | None = None


CASES = {
    "stylegan2": Case(
        side=64,
        batch=16,
        settings={
            "latent_dim": 512,
            "style_dim": 512,
            "mapping_depth": 2,
            "channel_base": 8192,
            "largest_width": 256,
            "mixing": 0.9,
            "penalties": "r1=10",
            "penalty_every": 16,
            "penalty_steps": "own",
        },
        plain=PlainStyleGAN2,
        period=16,
        reference=2.2,
        wanted=2.0,
        reference_sampling=0.62,
        wanted_sampling=0.34,
    ),
    "r3gan": Case(
        side=32,
        batch=32,
        settings={"width": 192, "group_width": 16, "blocks": 1, "expansion": 2, "latent_dim": 64},
        plain=PlainR3GAN,
        period=1,
        reference=4.9,
        wanted=2.5,
    ),
}


def main() -> None:
    """Measure every case, or those that are named, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=[*CASES], help=f"which of {', '.join(CASES)}; by default all")
    parser.add_argument("--quick", action="store_true", help="a round or two only: whether it works, not how fast")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the results")
    arguments = parser.parse_args()
    results: Result = {"machine": machine(), "quick": arguments.quick, "cases": {}}
    for recipe in arguments.recipes:
        with tempfile.TemporaryDirectory() as temporary, patch.dict("os.environ", ZEROSUM_CACHE=temporary):
            results["cases"][recipe] = measure(recipe, CASES[recipe], Path(temporary) / "runs", arguments.quick)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "generators.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    text = as_markdown(results)
    (arguments.out / "generators.md").write_text(text, encoding="utf-8")
    print(text)


def measure(recipe: str, case: Case, out: Path, quick: bool) -> Result:
    """Training rounds of ours and of the plain loop by turns, then sampling of both, and their operations."""
    pictures = np.random.default_rng(0).integers(0, 256, (4 * case.batch, case.side, case.side, 3), np.uint8)
    ours, ours_fp32 = (
        OurTraining(pictures, out, precision, recipe, batch=case.batch, settings=case.settings)
        for precision in ("auto", "fp32")
    )
    for each in (ours, ours_fp32):
        each.warm_up(case.period)
    networks = {name: player.module for name, player in ours.engine.game.players.items()}
    settings = asdict(ours.model.settings) | dict(case.settings)
    plain = case.plain(ours.feed.batch(0, 0).x, networks, settings)
    latents = ours.model.prior.latents(range(case.sampled))
    # The same network, or the rest compares nothing; fresh residual blocks would not tell.
    with torch.no_grad(), evaluating(networks):
        made = ours.engine.game.generate(networks, latents, None)
    torch.testing.assert_close(made, plain.generate(latents), rtol=1e-3, atol=1e-3)
    contestants: dict[str, Callable[[], object]] = {"ours": ours, "plain": plain, "ours_fp32": ours_fp32}
    flop = {name: count_flop(step, case.period) for name, step in contestants.items()}
    peak = {f"product_{name}": matrix_product(dtype) for name, dtype in DTYPES.items()}
    rounds = interleaved(contestants | peak, case.period * (1 if quick else max(2, 16 // case.period)))
    samples = interleaved(
        {"ours": lambda: ours.model.generate(latents), "plain": lambda: plain.generate(latents)}, 2 if quick else 20
    )
    seconds = {name: np.reshape(rounds[name], (-1, case.period)).mean(1).tolist() for name in contestants}
    speed = {name: MATRIX_FLOP / statistics.median(rounds[f"product_{name}"]) for name in DTYPES}
    computed_in = {"ours": ours.engine.precision, "plain": "fp32", "ours_fp32": "fp32"}
    return {
        "side": case.side,
        "batch": case.batch,
        "parameters": {name: sum(p.numel() for p in module.parameters()) for name, module in networks.items()},
        "precision": ours.engine.precision,
        "periods": len(seconds["ours"]),
        "reference": case.reference,
        "wanted": case.wanted,
        "sampled": case.sampled,
        "reference_sampling": case.reference_sampling,
        "wanted_sampling": case.wanted_sampling,
        "seconds": {name: asdict(Spread.of(values)) for name, values in seconds.items()},
        "against_plain": {
            name: asdict(Spread.of_ratios(seconds["plain"], seconds[name])) for name in ("ours", "ours_fp32")
        },
        "flop": {name: flop[name] for name in contestants},
        "flop_per_second": speed,
        "floor_seconds": {name: flop[name] / speed[computed_in[name]] for name in contestants},
        "sampling": {name: asdict(Spread.of(values)) for name, values in samples.items()},
        "sampling_against_plain": asdict(Spread.of_ratios(samples["plain"], samples["ours"])),
    }


def count_flop(step: Callable[[], object], rounds: int) -> float:
    """Floating point operations of a round, in matrix products and convolutions, backward passes included."""
    counter = FlopCounterMode(display=False, custom_mapping={torch.ops.aten.convolution_backward: flop_of_gradients})
    # Which module computes what is not asked, and watching modules forbids gradients at their inputs.
    with patch.multiple(ModuleTracker, __enter__=lambda self: self, __exit__=lambda *_: None), counter:
        for _ in range(rounds):
            step()
    return counter.get_total_flops() / rounds


def flop_of_gradients(
    dy: torch.Size, x: torch.Size, weight: torch.Size, *others: Any, out_shape: Any, **named: Any
) -> int:
    """Each gradient of a convolution costs what the convolution does; PyTorch's formula overlooks the groups."""
    transposed, wanted = others[4], others[7]
    return 2 * math.prod(x if transposed else dy) * math.prod(weight[1:]) * sum(wanted[:2])


def as_markdown(results: Result) -> str:
    """The whole page."""
    sections = [
        f"# Generators{warning(results)}\n\nWritten by `benchmarks/generators.py` on {results['machine']['date']}.\n\n"
        f"{machine_lines(results['machine'])}\n\n{NOTES}",
        *(_section(recipe, case) for recipe, case in results["cases"].items()),
    ]
    return "\n\n".join(sections) + "\n"


NOTES = """Numbers are medians with quartiles in brackets. What is compared takes turns round by round. Ours is a whole
round of `zerosum.train.loop.play` with every hook. The plain loop trains the same networks, from the same weights, as
one would write them at first: fp32, contiguous memory, PyTorch's own gradients, and for StyleGAN2 the paper's grouped
convolutions; the resting player is frozen, penalties of every round share the passes of the loss, and its one batch is
in memory from the start. The floor is a round's operations in matrix products and convolutions at the speed of a matrix
product of side 2048 in the precision that the loss is computed in, which penalties need not share."""


def _section(recipe: str, case: Result) -> str:
    titles = {"ours": f"ours, {case['precision']} as chosen", "ours_fp32": "ours, fp32", "plain": "plain loop, fp32"}
    batch, seconds = case["batch"], case["seconds"]
    rows = [
        (
            title,
            f"{batch / seconds[name]['median']:.1f}",
            milliseconds(seconds[name]),
            ratio(case["against_plain"].get(name)),
            f"{case['flop'][name] / 1e9:.0f}",
            f"{1000 * case['floor_seconds'][name]:.0f}",
            f"{case['floor_seconds'][name] / seconds[name]['median']:.0%}",
        )
        for name, title in titles.items()
    ]
    head = ["training", "images/s", "ms a round", "times as fast as plain, pairwise", "GFLOP", "floor in ms", "share"]
    sampling, at_once = case["sampling"], case["sampled"]
    sampled = [
        (name, f"{at_once / sampling[name]['median']:.0f}", milliseconds(sampling[name]), ratio(against))
        for name, against in (("ours", case["sampling_against_plain"]), ("plain", None))
    ]
    million = ", ".join(f"{name} {count / 1e6:.2f} M" for name, count in case["parameters"].items())
    speeds = ", ".join(f"{speed / 1e9:,.0f} GFLOP/s in {name}" for name, speed in case["flop_per_second"].items())
    return f"""## {recipe}, {case["side"]} x {case["side"]}, batch {batch}

Parameters: {million}. Matrix product: {speeds}. Medians of {case["periods"]}.

{as_table(head, rows)}

{_verdict("training", batch / seconds["ours"]["median"] / case["reference"], case["wanted"], case["reference"])}

{as_table([f"sampling {at_once}, fp32", "images/s", "ms", "times as fast as plain, pairwise"], sampled)}\
{_sampling_verdict(case)}"""


def _verdict(what: str, times: float, wanted: float, reference: float) -> str:
    met = "met" if times >= wanted else "**missed**"
    return (
        f"Against the reference implementation's {reference} images/s of {what}, measured before on this machine: "
        f"{times:.1f} x, wanted {wanted} x: {met}."
    )


def _sampling_verdict(case: Result) -> str:
    seconds, wanted = case["sampling"]["ours"]["median"], case["wanted_sampling"]
    if wanted is None:
        return ""
    met = "met" if seconds <= wanted else "**missed**"
    return (
        f"\n\nThe reference implementation took {case['reference_sampling']} s for them, measured before on this "
        f"machine; ours {seconds:.2f} s, wanted at most {wanted} s: {met}."
    )


if __name__ == "__main__":
    main()
