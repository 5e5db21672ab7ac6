"""Numbers that run away or run dry: losses, weights and gradients."""

import numpy as np

from zerosum.health.finding import Finding
from zerosum.health.timeline import LOOKS, Timeline

EXPLODING, EXPLODED = 100, 1000
"""Gradient norms above the first are odd (Chintala et al. 2016, "How to train a GAN"), but rounds with lazy penalties
reach it too, so only what is above the second is an alarm."""

VANISHED_SLOPE, VANISHED_NORM = 0.1, 0.001
"""The generator learns nothing with less than this of its loss's full slope, or of its early gradient norm."""

USUAL = "Go back to the recipe's own learning rates, loss and penalties: no --optimizer, --loss, --penalties."
SLOWER = "Lower the learning rate ten times: --optimizer.rate."
CLIPPED = "Lower both learning rates ten times and clip gradients: --optimizer.rate, --gradient-clip 1."
"""What to try, of which only the second is for a player without an opponent."""


def not_finite(timeline: Timeline) -> Finding | None:
    """A loss or a weight is infinite or not a number: that is certain, and the end of a game."""
    if timeline.failure is None:
        return None
    norms = timeline.records.of("discriminator/gradient_norm")
    known = len(norms) and np.isfinite(norms[-1])
    last = f" The discriminator's gradient norm was {norms[-1]:.3g} at the last record." if known else ""
    return Finding(
        "not-finite",
        "alarm",
        "A loss or a weight is not a finite number any more.",
        f"{timeline.failure['reason']}{last}",
        (
            *((SLOWER,) if timeline.alone else (USUAL, CLIPPED)),
            "Compute in --precision fp32.",
            "Look for numbers in the data that are not finite or very large: zerosum diagnose lists them.",
        ),
        timeline.failure["samples"],
    )


def exploding_gradient(timeline: Timeline) -> Finding | None:
    """A player's gradients are far larger than penalties account for."""
    records = timeline.records.last(0.03, 2 * LOOKS)
    if not len(records):
        return None
    found = {}
    for player in ("discriminator", "generator"):
        norm = records.median(f"{player}/gradient_norm")
        if norm > EXPLODED:
            found[player] = norm
    if not found:
        return None
    names = " and ".join(found)
    return Finding(
        "exploding-gradient",
        "alarm",
        f"The gradients of the {names} explode: nothing holds the scores back, or the learning rate is far too high.",
        f"Median gradient norm of the last {len(records)} records: "
        + ", ".join(f"{name} {value:.3g}" for name, value in found.items())
        + f"; more than {EXPLODED:,} is an alarm.",
        (SLOWER,)
        if timeline.alone
        else (
            USUAL,
            "Hold the discriminator with a penalty, and clip gradients: --penalties r1=1,r2=1 --gradient-clip 1.",
            SLOWER,
        ),
        timeline.now,
    )


def vanishing_gradient(timeline: Timeline) -> Finding | None:
    """The discriminator is so sure that the generator's loss is flat (Arjovsky and Bottou 2017, arXiv:1701.04862)."""
    records = timeline.records.last(0.04, 2 * LOOKS)
    if not len(records):
        return None
    slope, area = (records.median(f"discriminator/{name}") for name in ("slope", "auc"))
    early = timeline.records.first(0.1, 8).median("generator/gradient_norm")
    fallen = records.median("generator/gradient_norm") / early if early else float("nan")
    if not (area > 0.95 and np.isfinite(slope) and (slope < VANISHED_SLOPE or fallen < VANISHED_NORM)):
        return None
    norm = f"its gradient norm is {fallen:.2g} of what it was early on, " if np.isfinite(fallen) else ""
    return Finding(
        "vanishing-gradient",
        "alarm",
        "The generator's gradient has vanished: the discriminator is so sure of its fakes that its loss has no slope "
        "left.",
        f"Over the last {len(records)} records the generator's loss pushes a sample with {slope:.2g} of its full "
        f"strength (below {VANISHED_SLOPE}, or a gradient norm below {VANISHED_NORM} of the early one, is an "
        f"alarm), {norm}and D ranks {area:.1%} of pairs right.",
        (
            "Take the non-saturating loss: --loss non-saturating.",
            "Hold the discriminator with --penalties r1, and do not train it ahead: leave out --pretrain-samples.",
            "Let real and generated samples overlap for a while: --instance-noise 0.1, --smooth-real 0.1.",
        ),
        timeline.now,
    )
