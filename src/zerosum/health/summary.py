"""What is to be said of a run in one sentence, and in one table: never more than what was measured."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from zerosum.health.checks.discriminators import OVERFITTED
from zerosum.health.checks.samples import COLLAPSED_VARIETY
from zerosum.health.finding import LEVELS, Finding, Level, worst_first
from zerosum.health.timeline import Series, Timeline

WORDS: dict[Level, str] = {"note": "NOTE", "warn": "WARNING", "alarm": "ALARM"}
"""What levels are called."""

HEALTHY = "Nothing is wrong that the doctor knows of."

RECENT = 0.1
"""The last part of a run, over which what jumps from round to round is averaged."""


@dataclass(frozen=True)
class Reading:
    """One line of how things stand.

    Attributes:
        name: What was measured.
        value: The number, for a person.
        meaning: How to read it.
    """

    name: str
    value: str
    meaning: str


def verdict(timeline: Timeline, findings: Sequence[Finding], present: Collection[str]) -> str:
    """The first thing to know, in a sentence or two.

    Args:
        timeline: The run.
        findings: All that was found.
        present: The failures that are still there at the latest look.
    """
    if findings:
        counts = [
            (WORDS[level].lower(), sum(finding.level == level for finding in findings)) for level in reversed(LEVELS)
        ]
        counted = " and ".join(f"{count} {word}{'s' * (count > 1)}" for word, count in counts if count)
        begin, worst = f"{counted}.", worst_first(findings)[0]
        still = worst_first(finding for finding in findings if finding.failure in present)
        if still and still[0].level == worst.level:
            return f"{begin} First of all: {still[0].what}"
        if len(findings) == 1:
            return f"{counted}, which the latest look does not find any more: {worst.what}"
        rest = f" Still there: {still[0].what}" if still else ""
        return f"{begin} The worst, which the latest look does not find any more: {worst.what}{rest}"
    if not len(timeline.probes.last()):
        return "It is too early to say: the doctor needs three closer looks at the game after its first twentieth."
    return HEALTHY


def standing(timeline: Timeline) -> list[Reading]:
    """How the game stands now: what there is to look at, and how to read it."""
    records, probes = timeline.records, timeline.probes
    found: list[Reading] = []

    def add(name: str, number: float, form: str, meaning: str) -> None:
        if np.isfinite(number):
            found.append(Reading(name, format(number, form), meaning))

    quality = probes.of("quality")
    if np.isfinite(quality).any():
        best = int(np.nanargmin(np.where(np.isfinite(quality), quality, np.nan)))
        add("distance to real samples", quality[-1], ".4g", "smaller is better; compare runs on the same data")
        add("smallest distance so far", quality[best], ".4g", f"at {int(probes.samples[best]):,} samples")
    guess = "50% cannot tell, 100% always can"
    if timeline.looked_at:
        guess += f"; \u00b1{1 / np.sqrt(2 * timeline.looked_at):.0%} is chance"
    add("fresh classifier", _latest(probes, "fresh_accuracy"), ".0%", guess)
    add("precision", _latest(probes, "precision"), ".0%", "samples that look like some real one")
    add("recall", _latest(probes, "recall"), ".0%", "real samples that the generator can reach")
    add("coverage", _latest(probes, "coverage"), ".0%", "real samples with a generated one nearby")
    diverse = f"1 is as diverse as the data, below {COLLAPSED_VARIETY} is collapse"
    add("variety", _latest(probes, "variety"), ".2f", diverse)
    add("copies", _latest(probes, "copies"), ".0%", "generated on top of training samples, beyond chance; 0 is right")
    known = f"of the discriminator; 0 is none, above {OVERFITTED} is bad"
    add("overfitting", _latest(probes, "overfitting"), ".2f", known)
    for sort in ("real", "fake"):
        share = _recent(records, f"discriminator/accuracy_{sort}")
        add(f"judged right, {sort}", share, ".0%", "by the discriminator; 50% is not victory")
    for player in ("discriminator", "generator"):
        norm = _recent(records, f"{player}/gradient_norm")
        add(f"gradient, {player}", norm, ".3g", "steady is good, growth without end is not")
    return found


def _latest(series: Series, name: str) -> float:
    return float(series.of(name)[-1]) if len(series) else np.nan


def _recent(series: Series, name: str) -> float:
    """The median over the last part of the record."""
    values = series.of(name)[-max(1, round(RECENT * len(series))) :]
    values = values[np.isfinite(values)]
    return float(np.median(values)) if len(values) else np.nan
