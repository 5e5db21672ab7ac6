"""What can go wrong with a game, one function a failure: from the timeline to a finding, or to none.

Thresholds were chosen on one half of the trainings of benchmarks/doctor.py and examined on the other; docs/stability.md
has the figures. Each needs several looks in a row, so that a single odd batch says nothing, and none speaks during the
first part of a run.
"""

from collections.abc import Callable

import numpy as np

from zerosum.health.finding import Finding
from zerosum.health.timeline import Timeline, of_finite

Check = Callable[[Timeline], Finding | None]

LOOKS = 3
"""Looks, or records, in a row that a failure must be seen in."""


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
            "Lower both learning rates ten times and clip gradients: --optimizer.rate, --gradient-clip 1.",
            "Compute in --precision fp32.",
            "Look for numbers in the data that are not finite or very large: zerosum diagnose lists them.",
        ),
        timeline.failure["samples"],
    )


def exploding_gradient(timeline: Timeline) -> Finding | None:
    """Gradient norms above 1,000; above 100 is odd already, but the rounds with lazy penalties reach that too."""
    records = timeline.records.last(0.03, 2 * LOOKS)
    if not len(records):
        return None
    found = {}
    for player in ("discriminator", "generator"):
        norm = records.median(f"{player}/gradient_norm")
        if norm > 1000:
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
        + "; more than 1,000 is an alarm.",
        (
            "Hold the discriminator with a penalty: --penalties r1=1,r2=1 (a critic needs gradient-penalty).",
            "Clip gradients: --gradient-clip 1.",
            "Lower the learning rate ten times: --optimizer.rate.",
        ),
        timeline.now,
    )


def no_progress(timeline: Timeline) -> Finding | None:
    """The samples are where they were at the first look, and do not even move."""
    probes = timeline.probes
    late = probes.last(0.05, LOOKS, after=0.08)
    if not len(late):
        return None
    quality, drift = probes.of("quality"), late.highest("drift")
    reach = of_finite(np.max, np.abs(quality / quality[0] - 1)) if quality[0] else np.inf
    if not (reach < 0.25 and drift < 0.08 and late.median("fresh_accuracy") > 0.9):
        return None
    return Finding(
        "no-progress",
        "alarm",
        "Nothing is learned: the samples are as far from the data as at the start, and they stand still.",
        f"The distance to the data has stayed within {reach:.0%} of its first value ({quality[0]:.3g}) for "
        f"{len(probes)} looks, and the same latents' samples move by {drift:.1%} of the distance between "
        "real samples from look to look; below 25 % and 8 % is an alarm.",
        (
            "Raise the learning rate of both players: --optimizer.rate 1e-3.",
            "See that both players take their turns: --discriminator-steps, --pretrain-samples.",
        ),
        timeline.now,
    )


def weak_discriminator(timeline: Timeline) -> Finding | None:
    """The discriminator cannot tell what a fresh classifier tells at once, and never could."""
    state = _blind(timeline)
    if state is None or state.flattened:
        return None
    return Finding(
        "weak-discriminator",
        "alarm",
        "The discriminator is too weak: it guesses, or is wrong, while the samples are plainly not real.",
        state.evidence,
        (
            "Raise the discriminator's learning rate: --discriminator-rate 4, or give it more steps or width.",
            "Weaken what holds it: lower --penalties, --augment-probability (above 0.8 augmentation leaks).",
            "Check that labels and scaling of the data are right.",
        ),
        timeline.now,
    )


def useless_discriminator(timeline: Timeline) -> Finding | None:
    """The discriminator has become flat: its 50 % is no victory of the generator."""
    state = _blind(timeline)
    if state is None or not state.flattened:
        return None
    return Finding(
        "useless-discriminator",
        "alarm",
        "The discriminator's feedback has become useless: it answers 50 % to everything, which is not a victory, since "
        "a fresh classifier still tells real from generated.",
        state.evidence,
        (
            "Stop here and keep the best snapshot, which is what model/ holds.",
            "Weaken what flattens it: penalties that grow (--final-penalty), a learning rate that fell to nothing.",
            "Lower both learning rates and go on from the best snapshot.",
        ),
        timeline.now,
    )


class _Blindness:
    """A discriminator near chance while the samples are bad: since when, and whether it once had a slope."""

    def __init__(self, flattened: bool, evidence: str) -> None:
        self.flattened, self.evidence = flattened, evidence


def _blind(timeline: Timeline) -> _Blindness | None:
    records, probes = timeline.records.last(0.05, 2 * LOOKS, after=0.1), timeline.probes.last(0.05, LOOKS, after=0.1)
    if not len(records) or not len(probes):
        return None
    area = records.median("discriminator/auc")
    fresh = probes.lowest("fresh_accuracy")
    quality = timeline.probes.of("quality")
    first, latest = of_finite(np.max, quality[: LOOKS + 1]), of_finite(np.min, quality[-LOOKS:])
    if not np.isfinite([first, latest]).all():
        return None
    left = latest / first if first > 0 else 1.0
    slopes = timeline.probes.of("input_slope")
    fallen = of_finite(np.median, slopes[-LOOKS:]) / max(of_finite(np.max, slopes), 1e-30)
    repeated = timeline.probes.last(0.05, LOOKS, after=0.1).median("duplicates")
    if repeated > 0.5 and area > 0.4:
        return None  # a few samples over and over: they can be ranked no better than by chance
    # A discriminator that was flattened is useless also where the generator drifts off by its own.
    if not (area < 0.62 and fresh > 0.9 and (left > 0.3 or fallen < 0.02)):
        return None
    evidence = (
        f"Over the last records the discriminator puts a real sample above a generated one in {area:.0%} of pairs "
        f"(50 % is chance; below 62 % is suspicious), while a fresh classifier tells them apart with {fresh:.0%} "
        f"accuracy, and {left:.0%} of the first distance to the data is left."
    )
    if np.isfinite(fallen):
        evidence += f" The discriminator's slope in its input is at {fallen:.2g} of the steepest it had."
    return _Blindness(fallen < 0.1, evidence)


def vanishing_gradient(timeline: Timeline) -> Finding | None:
    """The discriminator is so sure that the generator's loss is flat (Arjovsky and Bottou 2017, arXiv:1701.04862)."""
    records = timeline.records.last(0.04, 2 * LOOKS)
    if not len(records):
        return None
    slope, area = (records.median(f"discriminator/{name}") for name in ("slope", "auc"))
    early = timeline.records.first(0.1, 8).median("generator/gradient_norm")
    fallen = records.median("generator/gradient_norm") / early if early else float("nan")
    if not (area > 0.95 and np.isfinite(slope) and (slope < 0.1 or fallen < 1e-3)):
        return None
    norm = f"its gradient norm is {fallen:.2g} of what it was early on, " if np.isfinite(fallen) else ""
    return Finding(
        "vanishing-gradient",
        "alarm",
        "The generator's gradient has vanished: the discriminator is so sure of its fakes that its loss has no slope "
        "left.",
        f"Over the last {len(records)} records the generator's loss pushes a sample with {slope:.2g} of its full "
        f"strength (below 0.1 is an alarm), {norm}and the discriminator "
        f"ranks {area:.1%} of pairs right.",
        (
            "Take the non-saturating loss: --loss non-saturating.",
            "Hold the discriminator with --penalties r1, and do not train it ahead: leave out --pretrain-samples.",
            "Let real and generated samples overlap for a while: --instance-noise 0.1, --smooth-real 0.1.",
        ),
        timeline.now,
    )


def overpowering_discriminator(timeline: Timeline) -> Finding | None:
    """The discriminator is right about everything for long, and the samples are bad."""
    records, probes = timeline.records.last(0.08, 2 * LOOKS, after=0.15), timeline.probes.last(0.06, LOOKS)
    if not len(records) or not len(probes):
        return None
    area = records.median("discriminator/auc")
    accuracy = (records.of("discriminator/accuracy_real") + records.of("discriminator/accuracy_fake")) / 2
    right, saturation = of_finite(np.median, accuracy), records.median("discriminator/saturation")
    if not np.isfinite([right, saturation]).all():
        return None
    sure = right > 0.97 or saturation > 0.3
    if not (area > 0.97 and sure and probes.lowest("fresh_accuracy") > 0.95):
        return None
    return Finding(
        "overpowering-discriminator",
        "alarm",
        "The discriminator overpowers the generator: it is right about nearly everything, so that all changes look "
        "equally bad to the generator.",
        f"Over the last {len(records)} records it ranks {area:.1%} of pairs right (above 97 % is suspicious), judges "
        f"{right:.1%} of samples right, and {saturation:.0%} of its logits are beyond +-8.",
        (
            "Slow it down: --discriminator-rate 0.25, --discriminator-steps 1.",
            "Hold it with --penalties r1=1,r2=1, or more of them.",
            "Show it less: --augment ada, --instance-noise 0.1, or a smaller discriminator.",
        ),
        timeline.now,
    )


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
        f"generator at most {shipped:.2f} times, over the last {len(probes)} looks; below 0.2 is an alarm.",
        (
            "Go back and take --loss relativistic --penalties r1=1,r2=1, under which a lack of variety shows.",
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
    dropped = missing and len(settled) > 0 and settled.highest("coverage") < 0.4
    if not ((repeated > 0.3 and variety > 0.25) or dropped):
        return None
    return Finding(
        "partial-collapse",
        "alarm" if repeated > 0.3 or recall < 0.1 else "warn",
        "Only part of the data is learned: many samples repeat each other, or whole kinds of real samples are missing.",
        f"Over the last {len(probes)} looks {repeated:.0%} of samples nearly repeat another one (more than 30 % is an "
        f"alarm), {precision:.0%} lie among real ones (precision) but only {recall:.0%} of real ones lie among them "
        f"(recall), and {coverage:.0%} of real ones have one near (coverage; below 40 % is suspicious).",
        (
            "Take --loss relativistic --penalties r1=1,r2=1; it makes every real sample count.",
            "Let the discriminator see several samples at once: --pack 4 or --batch-statistics standard-deviation.",
            "Show the worst kinds more often: --focus 3. Use a larger --batch, or labels if the data has any.",
        ),
        timeline.now,
    )


def oscillation(timeline: Timeline) -> Finding | None:
    """The two players chase each other in circles (Mescheder et al. 2018, arXiv:1801.04406)."""
    probes = timeline.probes.last(0.25, 2 * LOOKS, after=0.12)
    if not len(probes):
        return None
    quality, drift = probes.of("quality"), probes.median("drift")
    if not np.isfinite(quality).all():
        return None
    level, floor = float(np.mean(quality)), timeline.start.get("floor") or 0.0
    swings = float(np.mean(np.abs(np.diff(quality)))) / max(level, 1e-12)
    rises = int((np.diff(quality) > 0).sum())
    fresh = probes.median("fresh_accuracy")
    turning = min(rises, len(quality) - 1 - rises) >= max(2, (len(quality) - 1) // 3)
    half = len(quality) // 2
    turning = turning and quality[half:].min() > 0.75 * quality[:half].min()  # and it does not get better
    first = timeline.probes.first(0.0, LOOKS).highest("quality")
    far = level > max(4 * floor, 0.12 * first)
    if not (far and swings > 0.3 and drift > 0.25 and fresh > 0.88 and turning):
        return None
    return Finding(
        "oscillation",
        "alarm",
        "The game goes in circles: the samples keep moving without getting better.",
        f"Over the last {len(probes)} looks the distance to the data swings by {swings:.0%} of its mean from look to "
        f"look ({quality.min():.3g} to {quality.max():.3g}; more than 30 % is suspicious), up in {rises} of "
        f"{len(quality) - 1}, while the same latents' samples move by {drift:.0%} of the distance between real ones.",
        (
            "Hold the discriminator with R1, under which the game converges: --penalties r1=0.1,r2=0.1.",
            "Lower both learning rates, and the momentum: --optimizer.rate, --optimizer.betas 0 0.99.",
            "Sample from an average of the weights (it is on by default).",
        ),
        timeline.now,
    )


def overfitting(timeline: Timeline) -> Finding | None:
    """The discriminator knows its training samples by heart (Karras et al. 2020, arXiv:2006.06676)."""
    probes = timeline.probes.last(0.06, LOOKS, after=0.1)
    if not len(probes):
        return None
    share, held, seen = (probes.median(n) for n in ("overfitting", "judged_held_out", "judged_real"))
    if not (probes.lowest("overfitting") > 0.4 and share > 0.5 and held < 0.5 and seen > 0.75):
        return None
    records = timeline.records.last(0.06, LOOKS)
    r_t = 2 * records.median("discriminator/accuracy_real") - 1
    known = f" r_t is {r_t:.2f}, and ADA holds it at 0.6." if np.isfinite(r_t) else ""
    return Finding(
        "overfitting",
        "alarm",
        "The discriminator has learned its training samples by heart: it takes real ones that it never saw for fakes.",
        f"It takes {seen:.0%} of its training samples for real and {held:.0%} of held-out ones, which stand "
        f"{share:.0%} of the way towards generated samples (r_v; above 50 % is an alarm).{known}",
        (
            "Augment what it sees: --augment ada for pictures, and --mirror where left and right do not matter.",
            "Add data, or begin from a model of similar data.",
            "Make the discriminator smaller, or hold it with --penalties r1.",
        ),
        timeline.now,
    )


def late_collapse(timeline: Timeline) -> Finding | None:
    """It was good, and then it broke (Brock et al. 2019, arXiv:1809.11096, Section 4)."""
    probes = timeline.probes
    late = probes.last(0.0, 2, after=0.12)
    if not len(late) or len(probes) < 2 * LOOKS:
        return None
    quality, coverage = probes.of("quality"), probes.of("coverage")
    first, best = of_finite(np.max, quality[:LOOKS]), probes.lowest("quality")
    if not np.isfinite([first, best]).all():
        return None
    when = int(np.nanargmin(quality))
    now = late.lowest("quality")
    floor = max(timeline.start.get("floor") or 0.0, 1e-12)
    worse = now > max(4 * best, best + 5 * floor) and now > 0.1 * first
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
        f"{late.highest('coverage'):.0%}. A fourfold distance is an alarm.",
        (
            "Take the best snapshot, from before: model/ holds it.",
            "Go on from there with a third of both learning rates, and none that grows.",
            "Hold the discriminator more firmly: --penalties, --spectral-norm.",
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
        "(below -3 is an alarm). Copies that were changed in colour or place can go unnoticed.",
        (
            "Do not share this generator before you have looked at its samples beside their nearest training samples.",
            "Add data or augment it (--augment ada), and stop earlier.",
            "Remove repeated samples from the data.",
        ),
        timeline.now,
    )


def plateau(timeline: Timeline) -> Finding | None:
    """It has not become better for a while: time to stop, or to change something."""
    probes = timeline.probes
    if len(probes) < 3 * LOOKS or probes.done[-1] < 0.4:
        return None
    quality, floor = probes.of("quality"), timeline.start.get("floor") or 0.0
    recent = np.array(probes.done) >= probes.done[-1] - 0.3
    if recent.all() or not recent.any():
        return None
    before, since = of_finite(np.min, quality[~recent]), of_finite(np.min, quality[recent])
    if not np.isfinite([before, since]).all() or since < before - 0.02 * abs(before) or before <= floor:
        return None
    return Finding(
        "plateau",
        "note",
        "The samples have not come closer to the data for the last 30 % of the run.",
        f"The smallest distance of the last {int(recent.sum())} looks is {since:.3g}; before it was {before:.3g}, at "
        f"{probes.samples[int(np.nanargmin(np.where(recent, np.inf, quality)))]:,} samples.",
        ("Stop here: model/ holds the best snapshot. Or lower both learning rates and go on.",),
        timeline.now,
    )


CHECKS: tuple[Check, ...] = (
    not_finite,
    late_collapse,
    no_progress,
    exploding_gradient,
    weak_discriminator,
    useless_discriminator,
    mode_collapse,
    overfitting,
    vanishing_gradient,
    overpowering_discriminator,
    partial_collapse,
    oscillation,
    checkerboard,
    memorisation,
    plateau,
)
"""Every check, causes before what they cause."""
