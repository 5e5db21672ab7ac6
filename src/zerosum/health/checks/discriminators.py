"""A discriminator that sees too little, too much, or only what it knows by heart."""

import numpy as np

from zerosum.health.finding import Finding
from zerosum.health.timeline import COURSE, LOOKS, Series, Timeline, improving, of_finite

NEAR_CHANCE, SURE_AREA = 0.62, 0.97
"""A discriminator whose AUC is below the first sees hardly anything, and one above the second nearly everything."""

MOSTLY_RIGHT, CERTAIN = 0.97, 0.3
"""An overpowering discriminator judges so much right while the samples stay bad; or it is certain, and not only right:
with more than that share of its logits saturated."""

PLAINLY_NOT_REAL, FAR = 0.9, 0.65
"""A weak discriminator misses what a fresh classifier is so often right about, with that much of the first distance to
the data left."""

OVERFITTED = 0.5
"""Where held-out samples stand further than this on the way to generated ones, the training set is known by heart."""


def weak_discriminator(timeline: Timeline) -> Finding | None:
    """The discriminator cannot tell what a fresh classifier tells at once, though nothing has flattened it."""
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
            "Start again (--new) with lower learning rates for both players.",
        ),
        timeline.now,
    )


class Blindness:
    """A discriminator near chance while the samples are bad: since when, and whether it once had a slope."""

    def __init__(self, flattened: bool, evidence: str) -> None:
        self.flattened, self.evidence = flattened, evidence


def _blind(timeline: Timeline) -> Blindness | None:
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
    fallen, drift = _flattened(timeline, records), probes.median("drift")
    repeated = probes.median("duplicates")
    if repeated > 0.5 and area > 0.4:
        return None  # a few samples over and over: they can be ranked no better than by chance
    # Early on, a discriminator that is held firmly can be near chance for long while the samples move and improve.
    flat = fallen < 0.02 or (fallen < 0.1 and drift < 0.2 and left > 0.3)
    weak = records.highest("discriminator/auc") < NEAR_CHANCE and left > FAR
    bad = latest > 10 * timeline.floor and (fresh > 0.75 if flat else fresh > PLAINLY_NOT_REAL)
    if not (area < NEAR_CHANCE and bad and (flat or weak)):
        return None
    evidence = (
        f"Over the last records the discriminator puts a real sample above a generated one in {area:.0%} of pairs "
        f"(50 % is chance; below {100 * NEAR_CHANCE:g} % is suspicious), while a fresh classifier tells them apart "
        f"with {fresh:.0%} accuracy, and {left:.0%} of the first distance to the data is left."
    )
    if np.isfinite(fallen):
        evidence += f" The discriminator's answers, or their slope, vary {fallen:.2g} times as much as they once did."
    return Blindness(flat, evidence)


def _flattened(timeline: Timeline, records: Series) -> float:
    """How much is left of the discriminator's slope in its input, or of the spread of its logits; the lesser."""
    slopes, spreads = timeline.probes.of("input_slope"), timeline.records.of("discriminator/spread")
    slope = of_finite(np.median, slopes[-LOOKS:]) / max(of_finite(np.max, slopes), 1e-30)
    spread = records.median("discriminator/spread") / max(of_finite(np.max, spreads), 1e-30)
    return of_finite(np.min, np.array([slope, spread]))


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
    quality, course = timeline.probes.of("quality"), timeline.probes.last(COURSE, 2 * LOOKS, after=0.2)
    left = probes.lowest("quality") / max(of_finite(np.max, quality[: LOOKS + 1]), 1e-12)
    # A discriminator that is right but not certain still leads healthy games: only samples that stay bad tell.
    stuck = len(course) > 0 and not improving(course) and left > 0.4 and probes.highest("coverage") < 0.1
    sure = saturation > CERTAIN or (right > MOSTLY_RIGHT and stuck)
    bad = probes.lowest("fresh_accuracy") > (0.8 if left > 0.4 else 0.95)
    if not (area > SURE_AREA and sure and bad):
        return None
    return Finding(
        "overpowering-discriminator",
        "alarm",
        "The discriminator overpowers the generator: it is right about nearly everything, so that all changes look "
        "equally bad to the generator.",
        f"Over the last {len(records)} records it ranks {area:.1%} of pairs right (above {100 * SURE_AREA:g} % is "
        f"suspicious), judges {right:.1%} of samples right (above {100 * MOSTLY_RIGHT:g} % is an alarm if the samples "
        f"do not improve), and {saturation:.0%} of its logits are saturated (above {100 * CERTAIN:g} % is an alarm).",
        (
            "Slow it down: --discriminator-rate 0.25, --discriminator-steps 1.",
            "Hold it with --penalties r1=1,r2=1 (0.05 for points).",
            "Show it less: --augment ada, --instance-noise 0.1, or a smaller discriminator.",
        ),
        timeline.now,
    )


def overfitting(timeline: Timeline) -> Finding | None:
    """The discriminator knows its training samples by heart (Karras et al. 2020, arXiv:2006.06676)."""
    probes = timeline.probes.last(0.06, LOOKS, after=0.1)
    if not len(probes):
        return None
    share, held, seen = (probes.median(n) for n in ("overfitting", "judged_held_out", "judged_real"))
    if not (probes.lowest("overfitting") > 0.4 and share > OVERFITTED and held < 0.5 and seen > 0.75):
        return None
    records = timeline.records.last(0.06, LOOKS)
    r_t = 2 * records.median("discriminator/accuracy_real") - 1
    known = f" r_t is {r_t:.2f}, and adaptive augmentation would hold it near 0.6." if np.isfinite(r_t) else ""
    return Finding(
        "overfitting",
        "alarm",
        "The discriminator has learned its training samples by heart: it takes real ones that it never saw for fakes.",
        f"It takes {seen:.0%} of its training samples for real and {held:.0%} of held-out ones, which stand "
        f"{share:.0%} of the way towards generated samples (r_v; above {100 * OVERFITTED:g} % is an alarm).{known}",
        (
            "Augment what it sees: --augment ada for pictures, and --mirror where left and right do not matter.",
            "Add data: a few thousand samples are a good start.",
            "Make the discriminator smaller, or hold it with --penalties r1.",
        ),
        timeline.now,
    )
