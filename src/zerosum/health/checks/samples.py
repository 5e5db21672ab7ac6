"""Samples that are too alike, too familiar, or carry a lattice."""

import numpy as np

from zerosum.health.finding import Finding
from zerosum.health.timeline import LOOKS, Timeline


def mode_collapse(timeline: Timeline) -> Finding | None:
    """All samples are nearly the same."""
    records, probes = timeline.records.last(0.05, 2 * LOOKS, after=0.12), timeline.probes.last(0.06, LOOKS, after=0.12)
    if not len(records) or not len(probes):
        return None
    in_batch, shipped = records.median("discriminator/diversity"), probes.highest("variety")
    if not (in_batch < 0.2 and shipped < 0.25):
        return None
    return Finding(
        "mode-collapse",
        "alarm",
        "The generator has collapsed: whatever the latent, its samples are nearly the same.",
        f"Generated samples of one batch lie {in_batch:.2f} times as far apart as real ones, and those of the shipped "
        f"generator at most {shipped:.2f} times, over the last {len(probes)} looks; below 0.2 and 0.25 is an alarm.",
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
    # Early on samples look like a few real ones before they look like all of them.
    settled = timeline.probes.last(0.1, LOOKS + 1, after=0.25)
    missing = precision > 0.5 and recall < 0.4 and precision - recall > 0.35
    still = (
        settled.median("drift") < 0.25
    )  # otherwise it is the samples that wander, and not the kinds that are missing
    dropped = missing and len(settled) > 0 and still and settled.highest("coverage") < 0.25
    long = timeline.probes.last(0.1, LOOKS + 1, after=0.1)
    few = long.lowest("duplicates") > 0.3 and long.highest("coverage") < 0.3
    few = few and (repeated > 0.8 or not long.median("drift") > 0.4)
    if not ((few and variety > 0.25) or dropped):
        return None
    return Finding(
        "partial-collapse",
        "alarm" if repeated > 0.3 or recall < 0.1 else "warn",
        "Only part of the data is learned: many samples repeat each other, or whole kinds of real samples are missing.",
        f"Over the last {len(probes)} looks {repeated:.0%} of samples nearly repeat another one (more than 30 % is an "
        f"alarm), {precision:.0%} lie among real ones (precision) but only {recall:.0%} of real ones lie among them "
        f"(recall), and {coverage:.0%} of real ones have one near (coverage; below 25 % is suspicious).",
        (
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
    if not (peak > 8 and variety > 0.3):
        return None
    return Finding(
        "checkerboard",
        "alarm",
        "The samples carry a checkerboard: a lattice of two or four pixels that real pictures do not have.",
        f"In the power spectrum of the last {len(probes)} looks, frequencies of a period of 2 or 4 pixels rise at "
        f"least {peak:.3g} times as far above their neighbours as in real pictures; more than 8 is an alarm.",
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
    if not (share > 0.1 and score < -3):
        return None
    return Finding(
        "memorisation",
        "alarm",
        "The generator copies: many of its samples are training samples.",
        f"Beyond what held-out samples show, {share:.0%} of generated ones are more than three times as near to one "
        f"training sample as to any other (more than 10 % is an alarm), and the three-sample test says z = {score:.1f} "
        "(below -3 is an alarm). At most 4,096 "
        "training samples are searched, and copies that were changed in colour or place can go unnoticed.",
        (
            "Do not share this generator before you have looked at its samples beside their nearest training samples.",
            "Add data or augment it (--augment ada), and stop earlier.",
            "Remove repeated samples from the data.",
        ),
        timeline.now,
    )
