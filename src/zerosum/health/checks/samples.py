"""Samples that are too alike, too familiar, or carry a lattice."""

import numpy as np

from zerosum.health.finding import Finding
from zerosum.health.timeline import COURSE, LOOKS, Timeline, gain, improving

COLLAPSED_DIVERSITY, COLLAPSED_VARIETY = 0.2, 0.25
"""Samples are nearly the same that lie so many times as far apart as real ones: in a batch, and the shipped ones."""

NEAR_DUPLICATES, FEW_COVERED = 0.3, 0.3
"""Only part is learned where more samples than this repeat another, and fewer real ones than that have one near."""

LOW_COVERAGE = 0.25
"""Where samples do not repeat each other, but recall is low, so few real ones have one near."""

LATTICE = 8
"""A checkerboard's frequencies rise more than this many times as far as in the spectrum of real pictures."""

COPIED, COPYING = 0.1, -3
"""Where the generator repeats its data: the share of copies is above this, and the three-sample test's z below that."""


def mode_collapse(timeline: Timeline) -> Finding | None:
    """All samples are nearly the same."""
    records, probes = timeline.records.last(0.05, 2 * LOOKS, after=0.12), timeline.probes.last(0.06, LOOKS, after=0.12)
    if not len(records) or not len(probes):
        return None
    in_batch, shipped = records.median("discriminator/diversity"), probes.highest("variety")
    course = timeline.probes.last(COURSE, 2 * LOOKS, after=0.1)
    stuck = len(course) > 0 and gain(course, "variety") < 0.03
    if not ((timeline.alone or in_batch < COLLAPSED_DIVERSITY) and shipped < COLLAPSED_VARIETY and stuck):
        return None
    if timeline.alone:
        return Finding(
            "mode-collapse",
            "alarm",
            "The player has collapsed: whatever the latent, its samples are nearly the same.",
            f"Samples lie at most {shipped:.2f} times as far apart as real ones, over the last {len(probes)} looks; "
            f"below {COLLAPSED_VARIETY} is an alarm.",
            ("Of a vae: let the latents say more, with a smaller --beta, or --warm-up 100000.", "Train longer."),
            timeline.now,
        )
    return Finding(
        "mode-collapse",
        "alarm",
        "The generator has collapsed: whatever the latent, its samples are nearly the same.",
        f"Generated samples of one batch lie {in_batch:.2f} times as far apart as real ones, and those of the shipped "
        f"generator at most {shipped:.2f} times, over the last {len(probes)} looks; below {COLLAPSED_DIVERSITY} and "
        f"{COLLAPSED_VARIETY} is an alarm.",
        (
            "Go back and take --loss relativistic --penalties r1=1,r2=1 (0.05 for points): a lack of variety shows.",
            "Let the discriminator see several samples at once: --pack 4 or --batch-statistics standard-deviation.",
            "Lower the learning rates; see that the latents vary.",
        ),
        timeline.now,
    )


def partial_collapse(timeline: Timeline) -> Finding | None:
    """The samples are like real ones, but only like some of them."""
    probes = timeline.probes.last(0.06, LOOKS, after=0.15)
    if not len(probes):
        return None
    precision, recall, coverage, repeated, variety = (
        probes.median(name) for name in ("precision", "recall", "coverage", "duplicates", "variety")
    )
    if not np.isfinite([precision, recall, coverage, repeated]).all():
        return None
    # Early on samples look like a few real ones before they look like all of them, and repeat each other.
    course = timeline.probes.last(COURSE, 2 * LOOKS, after=0.1)
    if not len(course):
        return None
    better = gain(course, "duplicates") < -0.1 or gain(course, "variety") > 0.1 or gain(course, "coverage") > 0.05
    stuck = not improving(course)
    settled = timeline.probes.last(0.1, LOOKS + 1, after=0.25)
    missing = precision > 0.5 and recall < 0.4 and precision - recall > 0.35
    still = settled.median("drift") < 0.25  # else the samples wander, and no kind is missing for good
    dropped = missing and stuck and len(settled) > 0 and still and settled.highest("coverage") < LOW_COVERAGE
    long = timeline.probes.last(0.1, LOOKS + 1, after=0.1)
    few = long.lowest("duplicates") > NEAR_DUPLICATES and long.highest("coverage") < FEW_COVERED
    few = few and (repeated > 0.95 or (stuck and not long.median("drift") > 0.4))
    if better or not ((few and variety > COLLAPSED_VARIETY) or dropped):
        return None
    return Finding(
        "partial-collapse",
        "alarm" if repeated > NEAR_DUPLICATES or recall < 0.1 else "warn",
        "Only part of the data is learned: many samples repeat each other, or whole kinds of real samples are missing.",
        f"Over the last {len(probes)} looks {repeated:.0%} of samples nearly repeat another one (more than "
        f"{100 * NEAR_DUPLICATES:g} % is an alarm), {precision:.0%} lie among real ones (precision) but only "
        f"{recall:.0%} of real ones lie among them (recall), and {coverage:.0%} of real ones have one near (coverage; "
        f"below {100 * FEW_COVERED:g} % is suspicious, below {100 * LOW_COVERAGE:g} % where nothing is repeated).",
        ("Train longer, with labels if the data has any, or take another recipe.",)
        if timeline.alone
        else (
            "Take --loss relativistic --penalties r1=1,r2=1 (0.05 for points).",
            "Let the discriminator see several samples at once: --pack 4 or --batch-statistics standard-deviation.",
            "Show the worst kinds more often: --focus 3. Use a larger --batch, or labels if the data has any.",
        ),
        timeline.now,
    )


def checkerboard(timeline: Timeline) -> Finding | None:
    """A lattice of single pixels that real pictures do not have (Odena et al. 2016, distill.pub)."""
    probes = timeline.probes.last(0.1, LOOKS + 1, after=0.15)
    if not len(probes):
        return None
    peak, variety = probes.lowest("lattice"), probes.median("variety")
    if not (peak > LATTICE and variety > 0.3):
        return None
    return Finding(
        "checkerboard",
        "alarm",
        "The samples carry a checkerboard: a lattice of two or four pixels that real pictures do not have.",
        f"In the power spectrum of the last {len(probes)} looks, frequencies of a period of 2 or 4 pixels rise at "
        f"least {peak:.3g} times as far above their neighbours as in real pictures; more than {LATTICE} is an alarm.",
        (
            "Take networks whose kernels are a multiple of their strides (4 and 2), or that enlarge first and convolve "
            "then: all recipes here do.",
            "Train on: the faint lattice of early training fades.",
        ),
        timeline.now,
    )


def memorisation(timeline: Timeline) -> Finding | None:
    """Samples are copies of training samples (Meehan et al. 2020, arXiv:2004.05675)."""
    probes = timeline.probes.last(0.06, LOOKS, after=0.05)
    if not len(probes) or not np.isfinite(probes.of("copies")).all():
        return None
    share, score = probes.lowest("copies"), probes.highest("copying")
    if not (share > COPIED and score < COPYING):
        return None
    return Finding(
        "memorisation",
        "alarm",
        "The generator copies: many of its samples are training samples.",
        f"Beyond what held-out samples show, {share:.0%} of generated ones are more than three times as near to one "
        f"training sample as to any other (more than {100 * COPIED:g} % is an alarm), and the three-sample test says "
        f"z = {score:.1f} (below {COPYING} is an alarm). Of a large data set only a part is "
        "searched, and copies that were changed in colour or place can go unnoticed.",
        (
            "Do not share this generator before you have looked at its samples beside their nearest training samples.",
            f"Add data{'' if timeline.alone else ' or augment it (--augment ada)'}, and stop earlier.",
            "Remove repeated samples from the data.",
        ),
        timeline.now,
    )
