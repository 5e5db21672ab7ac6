"""Histograms of what the discriminator answers, against numpy's; and as they stand in a run's record."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from zerosum.api import diagnose, make_plan, open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.events import read_events
from zerosum.train.logits import BINS, logit_histograms, round_up
from zerosum.train.session import train


def edges(found: dict) -> np.ndarray:
    return found["logit_middle"] + found["logit_reach"] * np.linspace(-1, 1, BINS + 1)


@pytest.mark.parametrize("middle", [0.0, 3.5])
@pytest.mark.parametrize("scale", [0.013, 1.0, 700.0])
def test_counts_are_those_of_numpy(middle: float, scale: float) -> None:
    generator = torch.Generator().manual_seed(0)
    real = middle + scale * (1 + torch.randn(300, generator=generator, dtype=torch.float64))
    fake = middle - scale * torch.rand(100, generator=generator, dtype=torch.float64)
    found = logit_histograms(middle, trained=real, fake=fake)
    for name, values in (("logits_trained", real), ("logits_fake", fake)):
        inside = np.clip(values.numpy(), edges(found)[0], edges(found)[-1])
        assert found[name] == np.histogram(inside, edges(found))[0].tolist()
    distances = torch.cat([real, fake]).sub(middle).abs()
    assert (distances <= found["logit_reach"]).double().mean() >= 0.99
    assert found["logit_reach"] <= 2.5 * distances.max(), "and the bins are not wasted"


def test_the_middle_is_an_edge() -> None:
    """Counts to its right are what is judged real, as the shares beside them say."""
    found = logit_histograms(0.5, trained=torch.tensor([0.6, 0.7, 0.4]), fake=torch.tensor([0.1, 0.49, 0.9]))
    assert sum(found["logits_trained"][BINS // 2 :]) == 2 and sum(found["logits_fake"][: BINS // 2]) == 2


def test_one_wild_answer_does_not_flatten_the_rest() -> None:
    found = logit_histograms(0.0, trained=torch.cat([torch.linspace(-1, 1, 500), torch.tensor([1e6])]))
    assert found["logit_reach"] == 1.0 and sum(found["logits_trained"]) == 501


@pytest.mark.parametrize(
    ("values", "reach", "counted"),
    [([], 1.0, 0), ([0.0, 0.0], 1.0, 2), ([float("nan"), float("inf"), 3.0], 5.0, 1), ([float("nan")], 1.0, 0)],
)
def test_odd_answers(values: list[float], reach: float, counted: int) -> None:
    found = logit_histograms(0.0, trained=torch.tensor(values))
    assert found["logit_reach"] == reach
    assert len(found["logits_trained"]) == BINS and sum(found["logits_trained"]) == counted
    assert sum(logit_histograms(float("nan"), trained=torch.tensor(values))["logits_trained"]) == 0


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(1.0, 1.0), (1.01, 2.0), (2.5, 5.0), (7.0, 10.0), (0.03, 0.05), (0.05, 0.05), (1e-5, 1e-5), (412.0, 500.0)],
)
def test_scales_are_round(value: float, rounded: float) -> None:
    assert round_up(value) == rounded


def test_they_stand_in_the_record_of_a_run(tmp_path: Path) -> None:
    dataset, recipe, _ = open_for("ring", DataOptions(), "dcgan", "cpu")
    run = Run(samples=256, batch=32, device="cpu", probe_rounds=4)
    plan = make_plan(dataset, DataOptions(), recipe, recipe.settings(dataset.space), run, tmp_path, "mine")
    _, folder = train(plan)
    looks = [event for event in read_events(folder.events) if event["event"] == "probe"]
    assert len(looks) == 2
    for look in looks:
        for name, share, right in (
            ("logits_trained", "judged_real", slice(BINS // 2, None)),
            ("logits_held_out", "judged_held_out", slice(BINS // 2, None)),
            ("logits_fake", "judged_fake", slice(0, BINS // 2)),
        ):
            assert sum(look[name]) == 256
            assert sum(look[name][right]) / 256 == pytest.approx(look[share])
    assert diagnose(folder.path).timeline.probes.of("quality").shape == (2,)
    lines = folder.events.read_text().replace('"logits_fake": [', '"logits_fake": ["x", ')
    folder.events.write_text(lines)
    with pytest.raises(Exception, match='"logits_fake" in its event .* is not a number'):
        diagnose(folder.path)


def test_a_single_player_has_none(tmp_path: Path) -> None:
    dataset, recipe, _ = open_for("ring", DataOptions(), "vae", "cpu")
    settings = dataclasses.replace(recipe.settings(dataset.space), width=8)
    run = Run(samples=64, batch=32, device="cpu")
    _, folder = train(make_plan(dataset, DataOptions(), recipe, settings, run, tmp_path, "mine"))
    looks = [event for event in read_events(folder.events) if event["event"] == "probe"]
    assert looks and not [name for look in looks for name in look if name.startswith("logit")]
