"""A game that stands still, goes in circles, breaks down, or is over."""

import numpy as np

from zerosum.health.finding import Finding
from zerosum.health.timeline import COURSE, LOOKS, Series, Timeline, gain, improving, of_finite

UNCHANGED, MOTIONLESS = 0.25, 0.08
"""No progress: the distance to the data stays within this part of its first value, and the drift below that."""

DRIFTING, SWINGING, WANDERING = 0.45, 0.15, 0.6
"""Samples do not settle: drift from look to look with a distance that swings so much of its mean, or drift alone."""

BROKEN_DOWN = 4
"""This many times the smallest distance to the data, and the game has broken down."""

PATIENCE = 0.3
"""A plateau is as long as this part of the run."""


def no_progress(timeline: Timeline) -> Finding | None:
    """The samples are where they were at the first look, and do not even move."""
    probes = timeline.probes
    late = probes.last(0.05, LOOKS, after=0.08)
    # Of a player that is alone, nothing tells standing still from a slow beginning.
    if not len(late) or timeline.alone:
        return None
    quality, drift = probes.of("quality"), late.highest("drift")
    reach = of_finite(np.max, np.abs(quality / quality[0] - 1)) if quality[0] else np.inf
    records = timeline.records.last(0.05, LOOKS)
    # Where the discriminator changes, or ranks all fakes alike, it is not for want of learning.
    area, slopes = records.median("discriminator/auc"), probes.of("input_slope")
    lively = abs(slopes[-1] / slopes[0] - 1) > UNCHANGED if slopes[0] > 0 else False
    onesided = len(records) > 0 and not 0.05 < area < 0.95
    far = late.lowest("quality") > 10 * timeline.floor and late.median("fresh_accuracy") > 0.7
    if not (reach < UNCHANGED and drift < MOTIONLESS and far and not lively and not onesided):
        return None
    return Finding(
        "no-progress",
        "alarm",
        "Nothing is learned: the samples are as far from the data as at the start, and they stand still.",
        f"The distance to the data has stayed within {reach:.0%} of its first value ({quality[0]:.3g}) for "
        f"{len(probes)} looks, and the same latents' samples move by {drift:.1%} of the distance between "
        f"real samples from look to look; below {100 * UNCHANGED:g} % and {100 * MOTIONLESS:g} % is an alarm.",
        (
            "Raise the learning rate of both players: --optimizer.rate 1e-3.",
            "See that both players take their turns: --discriminator-steps, --pretrain-samples.",
        ),
        timeline.now,
    )


def oscillation(timeline: Timeline) -> Finding | None:
    """The two players chase each other in circles (Mescheder et al. 2018, arXiv:1801.04406)."""
    probes = timeline.probes.last(COURSE, 2 * LOOKS, after=0.12)
    if not len(probes):
        return None
    quality, drift = probes.of("quality"), probes.median("drift")
    if not np.isfinite(quality).all():
        return None
    level, floor = float(np.mean(quality)), timeline.floor
    swings = float(np.mean(np.abs(np.diff(quality)))) / max(level, 1e-12)
    rises = int((np.diff(quality) > 0).sum())
    fresh = probes.median("fresh_accuracy")
    first = timeline.probes.first(0.0, LOOKS).highest("quality")
    far = level > max(8 * floor, 0.2 * first)
    turning = min(rises, len(quality) - 1 - rises) >= 2 and not improving(probes) and gain(probes, "variety") < 0.2
    wandering = drift > WANDERING or (drift > DRIFTING and swings > SWINGING)
    if not (far and turning and wandering and fresh > 0.88):
        return None
    return Finding(
        "oscillation",
        "alarm",
        "The game goes in circles: the samples keep moving without getting better.",
        f"Over the last {len(probes)} looks the same latents' samples move by {drift:.0%} of the distance between real "
        f"ones from look to look, while the distance to the data goes from {quality.min():.3g} to {quality.max():.3g} "
        f"and back, by {swings:.0%} of its mean from look to look and about once in {period(probes):,} samples, and "
        f"gets no smaller. More than {100 * DRIFTING:g} % with swings above {100 * SWINGING:g} %, or "
        f"{100 * WANDERING:g} % alone, is an alarm.",
        ("Lower the learning rate: --optimizer.rate.",)
        if timeline.alone
        else (
            "Hold the discriminator with R1, under which the game converges: --penalties r1=0.1,r2=0.1.",
            "Lower both learning rates, and the momentum: --optimizer.rate, --optimizer.betas 0 0.99.",
            "Sample from an average of the weights (it is on by default).",
        ),
        timeline.now,
    )


def period(probes: Series) -> int:
    """Samples from one crest of the distance to the data to the next: the strongest wave in its spectrum."""
    quality = probes.of("quality")
    quality = quality[np.isfinite(quality)]
    power = np.abs(np.fft.rfft(quality - quality.mean()))[1:]
    waves = 1 + int(power.argmax())
    return int((probes.samples[-1] - probes.samples[0]) * len(quality) / (len(quality) - 1) / waves)


def late_collapse(timeline: Timeline) -> Finding | None:
    """It was good, and then it broke (Brock et al. 2019, arXiv:1809.11096, Section 4)."""
    probes = timeline.probes
    late = probes.last(0.08, LOOKS, after=0.12)
    if not len(late) or len(probes) < 2 * LOOKS:
        return None
    quality, coverage = probes.of("quality"), probes.of("coverage")
    first, best = quality[0], probes.lowest("quality")
    if not np.isfinite([first, best]).all():
        return None
    when = int(np.nanargmin(quality))
    now = late.lowest("quality")
    floor = timeline.floor
    worse = now > max(BROKEN_DOWN * best, best + 10 * floor) and now > 0.1 * first
    was_good = best < 0.25 * first or coverage[when] > 0.3
    broken = late.lowest("fresh_accuracy") > 0.9 and late.highest("coverage") < 0.5 * probes.highest("coverage")
    if not (worse and was_good and broken):
        return None
    return Finding(
        "late-collapse",
        "alarm",
        "The game was going well and has broken down.",
        f"The distance to the data was {best:.3g} at {probes.samples[when]:,} samples and is {now:.3g} or more in the "
        f"last {len(late)} looks; coverage fell from {probes.highest('coverage'):.0%} to "
        f"{late.highest('coverage'):.0%}. A distance {BROKEN_DOWN} times as large is an alarm.",
        (
            "Take the best snapshot, from before: model/ holds it.",
            "Start again (--new) with a third of the learning rates; --autopilot goes on from the best snapshot.",
            *(() if timeline.alone else ("Hold the discriminator more firmly: --penalties, --spectral-norm.",)),
        ),
        timeline.now,
    )


def plateau(timeline: Timeline) -> Finding | None:
    """It has not become better for a while: time to stop, or to change something."""
    probes = timeline.probes
    if len(probes) < 3 * LOOKS or probes.done[-1] < 0.4:
        return None
    quality, floor = probes.of("quality"), timeline.floor
    recent = np.array(probes.done) >= probes.done[-1] - PATIENCE
    if recent.all() or not recent.any():
        return None
    before, since = of_finite(np.min, quality[~recent]), of_finite(np.min, quality[recent])
    if not np.isfinite([before, since]).all() or since < before - 0.02 * abs(before) or before <= floor:
        return None
    return Finding(
        "plateau",
        "note",
        f"The samples have not come closer to the data for the last {100 * PATIENCE:g} % of the run.",
        f"The smallest distance of the last {int(recent.sum())} looks is {since:.3g}; before it was {before:.3g}, at "
        f"{probes.samples[int(np.nanargmin(np.where(recent, np.inf, quality)))]:,} samples.",
        ("Stop here: model/ holds the best snapshot. A new run with lower learning rates may get further.",),
        timeline.now,
    )
