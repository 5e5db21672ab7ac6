"""How long an evaluation takes beside the bare forward pass of its feature network, and what memory neighbours take.

    python benchmarks/evaluation_speed.py                 writes benchmarks/results/evaluation_speed.md

The evaluation is what `zerosum evaluate` does for the Frechet distance with its interval, KID with its error, and
precision and recall of 10,000 against 10,000 pictures of 64 x 64 in the features of efficientnet-lite0: resizing,
features, distances; once with both sides to describe, and once with the reals' features known from an earlier time, as
the cache has them. The bare forward pass sends as many pictures, already of the network's size, through it and does
nothing else: once through the network as the package runs it, and once through the same layers written plainly, as one
would from the paper. Each cycle times all of them, in turns. Memory is that of a process of its own with 50,000 samples
of 1,280 features on a side.
"""

import argparse
import resource
import subprocess
import sys
from pathlib import Path

import torch
from measuring import Spread, interleaved
from torch import Tensor, nn

from zerosum.core.space import Space
from zerosum.metrics.features import open_network
from zerosum.metrics.frechet import frechet_estimate
from zerosum.metrics.kernels import cubic, discrepancy_estimate
from zerosum.metrics.manifold import manifold_estimates

OUT = Path(__file__).parent / "results" / "evaluation_speed.md"
PICTURES, SIDE = 10_000, 64
AT_ONCE = 16  # pictures in a pass: with more, layers leave the cache, and both networks are slower
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192))
LAST = (1, 3, 1, 6, 320)


def layer(
    width_in: int, width: int, kernel: int, stride: int = 1, groups: int = 1, active: bool = True
) -> nn.Sequential:
    """A convolution with batch normalisation and, if asked, ReLU6."""
    convolution = nn.Conv2d(width_in, width, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(width), *([nn.ReLU6()] if active else []))


class Block(nn.Module):
    """An inverted bottleneck, written plainly."""

    def __init__(self, width_in: int, width: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = width_in * expansion
        wide = [layer(width_in, inner, 1)] if expansion > 1 else []
        narrow = layer(inner, width, 1, active=False)
        self.layers = nn.Sequential(*wide, layer(inner, inner, kernel, stride, inner), narrow)
        self.adds = stride == 1 and width_in == width

    def forward(self, x: Tensor) -> Tensor:
        y = self.layers(x)
        return x + y if self.adds else y


def plain_network() -> nn.Module:
    """The layers of efficientnet-lite0 with random weights, as the paper's table has them."""
    layers: list[nn.Module] = [layer(3, 32, 3, 2)]
    width_in = 32
    for count, kernel, stride, expansion, width in (*STAGES, LAST):
        for number in range(count):
            layers.append(Block(width_in, width, kernel, stride if number == 0 else 1, expansion))
            width_in = width
    return nn.Sequential(*layers, layer(width_in, 1280, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()


@torch.no_grad()
def through(network: nn.Module, pictures: Tensor, times: int) -> None:
    """Send the same pictures through a network so many times."""
    for _ in range(times):
        network(pictures)


def features(network: nn.Module, pictures: Tensor) -> Tensor:
    """Features of all pictures, bytes, some at a time."""
    parts = (part.permute(0, 3, 1, 2).float() / 127.5 - 1 for part in pictures.split(AT_ONCE))
    return torch.cat([network(part) for part in parts])


def evaluation(network: nn.Module, real: Tensor, fake: Tensor, known: Tensor | None = None) -> None:
    """Everything that is timed: features of both sides, unless those of the reals are known, and the three metrics."""
    a, b = features(network, real) if known is None else known, features(network, fake)
    frechet_estimate(a, b)
    discrepancy_estimate(a, b, cubic)
    manifold_estimates(a, b)


def pictures(seed: int, count: int) -> Tensor:
    """Random smooth pictures, so that features are as varied as those of photographs."""
    generator = torch.Generator().manual_seed(seed)
    small = torch.rand(count, 3, 8, 8, generator=generator)
    large = torch.cat([nn.functional.interpolate(part, size=SIDE, mode="bicubic") for part in small.split(500)])
    return large.clamp(0, 1).mul(255).byte().permute(0, 2, 3, 1).contiguous()


def neighbours(count: int) -> None:
    """Precision and recall of so many random features on a side; prints the process's peak memory in GB."""
    generator = torch.Generator().manual_seed(0)
    real, fake = (torch.rand(count, 1280, generator=generator) for _ in range(2))
    manifold_estimates(real, fake)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)


def peak_memory(count: int) -> float:
    """GB of a process that does nothing else."""
    command = [sys.executable, __file__, "--neighbours", str(count)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--neighbours", type=int, help="only measure the memory of this many on a side")
    arguments = parser.parse_args()
    if arguments.neighbours:
        neighbours(arguments.neighbours)
        return
    ours = open_network("efficientnet-lite0", Space(kind="image", shape=(3, SIDE, SIDE)))
    plain, count = plain_network(), arguments.pictures
    real, fake = pictures(0, count), pictures(1, count)
    sized = torch.rand(AT_ONCE, 3, 128, 128) * 2 - 1
    known = features(ours, real)
    passes = 2 * count // AT_ONCE
    contestants = {
        "evaluation": lambda: evaluation(ours, real, fake),
        "evaluation, reals cached": lambda: evaluation(ours, real, fake, known),
        "forward pass": lambda: through(ours, sized, passes),
        "plain forward pass": lambda: through(plain, sized, passes),
    }
    seconds = interleaved(contestants, arguments.cycles)
    memory = peak_memory(50_000)
    what = f"{count:,} against {count:,} pictures of {SIDE} x {SIDE}, {torch.get_num_threads()} threads"
    lines = [
        f"| what ({what}) | seconds |",
        "|---|---|",
        *(f"| {name} | {show(Spread.of(values))} |" for name, values in seconds.items()),
        "",
        "| ratio | measured | asked for |",
        "|---|---|---|",
        *(
            f"| {one} over {other} | {show(Spread.of_ratios(seconds[one], seconds[other]))} | at most 1.2 |"
            for one in ("evaluation", "evaluation, reals cached")
            for other in ("plain forward pass", "forward pass")
        ),
        "",
        f"Precision and recall of 50,000 against 50,000 samples of 1,280 features: {memory:.2f} GB (asked for: 4).",
    ]
    OUT.write_text("\n".join(["# Speed of an evaluation", "", *lines]) + "\n", encoding="utf-8")
    print("\n".join(lines))


def show(spread: Spread) -> str:
    """A median with its quartiles."""
    return f"{spread.median:.2f} ({spread.low:.2f} to {spread.high:.2f})"


if __name__ == "__main__":
    main()
