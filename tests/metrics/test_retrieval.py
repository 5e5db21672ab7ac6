"""Own captions among the first: matched pairs come first, unmatched ones as often as chance has it."""

import pytest
import torch
from torch import Tensor

from zerosum.metrics.retrieval import CAPTIONS, FIRST, Pairs, retrieval


def normal(*shape: int, seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def pairs(n: int, seed: int, noise: float = 0.5, width: int = 40) -> Pairs:
    captions = normal(n, 12, seed=seed)
    return Pairs(captions @ normal(12, width, seed=99) + noise * normal(n, width, seed=1000 + seed), captions)


@pytest.mark.parametrize("width", [40, 600], ids=["more-samples-than-features", "fewer"])
def test_matching_samples_come_first_and_others_by_chance(width: int) -> None:
    learned, asked = pairs(400, 0, width=width), pairs(300, 1, width=width)
    assert retrieval(learned, asked, pairs(500, 2).captions).value > 0.99
    shuffled = Pairs(asked.features, asked.captions.roll(7, 0))
    chance = retrieval(learned, shuffled, pairs(500, 2).captions)
    assert chance.value == pytest.approx(FIRST / CAPTIONS, abs=0.05)
    assert chance.low < chance.value < chance.high


def test_noise_costs_matches() -> None:
    learned, others = pairs(400, 0), pairs(500, 2).captions
    found = [retrieval(learned, pairs(300, 1, noise), others).value for noise in (1.0, 8.0, 20.0, 60.0)]
    assert all(a > b + 0.02 for a, b in zip(found, found[1:], strict=False))


def test_ranks_are_those_of_a_plain_count() -> None:
    """With just 99 other captions there is nothing to draw, and the share can be counted by hand."""
    learned, asked = pairs(200, 0), pairs(50, 1, noise=6.0)
    others = normal(CAPTIONS - 1, 12, seed=5)
    center, spread = learned.features.double().mean(0), learned.features.double().std(0)
    x, z = (learned.features.double() - center) / spread, (asked.features.double() - center) / spread
    middle = learned.captions.double().mean(0)
    weights = torch.linalg.lstsq(
        torch.cat([x, 200**0.5 * torch.eye(40, dtype=torch.float64)]),
        torch.cat([learned.captions.double() - middle, torch.zeros(40, 12, dtype=torch.float64)]),
    ).solution
    hits = 0
    for features, caption in zip(z, asked.captions.double(), strict=True):
        near = [torch.cosine_similarity(features @ weights, c.double() - middle, 0) for c in (caption, *others)]
        hits += sum(other >= near[0] for other in near[1:]) < FIRST
    assert retrieval(learned, asked, others).value == pytest.approx(hits / 50)


def test_the_same_caption_is_no_other_caption() -> None:
    learned, asked = pairs(400, 0), pairs(200, 1, noise=0.1)
    doubled = torch.cat([asked.captions] * 3)
    assert retrieval(learned, asked, doubled).value > 0.99
