"""The doctor: looks at a run's timeline and says what is wrong with it, if anything is."""

from collections.abc import Iterable

from zerosum.core.events import Event
from zerosum.health.checks import CHECKS
from zerosum.health.finding import LEVELS, Finding, worst_first
from zerosum.health.timeline import Timeline

BAD_SAMPLES = frozenset(
    {"mode-collapse", "partial-collapse", "lost-categories", "checkerboard", "oscillation", "plateau"}
)

CONSEQUENCES: dict[str, frozenset[str]] = {
    "not-finite": BAD_SAMPLES
    | {"exploding-gradient", "overpowering-discriminator", "vanishing-gradient", "late-collapse", "no-progress"},
    "late-collapse": BAD_SAMPLES
    | {"exploding-gradient", "overpowering-discriminator", "weak-discriminator", "useless-discriminator"},
    "no-progress": BAD_SAMPLES
    | {"weak-discriminator", "useless-discriminator", "overpowering-discriminator", "vanishing-gradient"},
    "exploding-gradient": BAD_SAMPLES
    | {"overpowering-discriminator", "weak-discriminator", "vanishing-gradient", "overfitting"},
    "weak-discriminator": BAD_SAMPLES,
    "useless-discriminator": BAD_SAMPLES | {"exploding-gradient"},
    "mode-collapse": frozenset(
        {"overpowering-discriminator", "vanishing-gradient", "partial-collapse", "lost-categories", "checkerboard"}
    ),
    "overfitting": frozenset({"overpowering-discriminator"}),
    "vanishing-gradient": BAD_SAMPLES - {"mode-collapse"} | {"overpowering-discriminator"},
    "overpowering-discriminator": frozenset({"partial-collapse", "lost-categories", "oscillation", "plateau"}),
    "partial-collapse": frozenset({"lost-categories", "oscillation", "plateau"}),
    "lost-categories": frozenset({"oscillation", "plateau"}),
}
"""Findings that need no name of their own where the first is found: it explains them."""


def diagnose(timeline: Timeline) -> list[Finding]:
    """What is wrong now, the worst first; failures that another one explains are left out."""
    found = [finding for check in CHECKS if (finding := check(timeline))]
    explained = {name for finding in found for name in CONSEQUENCES.get(finding.failure, ())}
    return worst_first(finding for finding in found if finding.failure not in explained)


def history(events: Iterable[Event]) -> list[Finding]:
    """Everything that the doctor would have said while these events came, each failure at its worst and first."""
    timeline, worst = Timeline(), {}
    for event in events:
        timeline.add(event)
        if event["event"] in ("probe", "failed"):
            for finding in diagnose(timeline):
                known = worst.get(finding.failure)
                if known is None or LEVELS.index(finding.level) > LEVELS.index(known.level):
                    worst[finding.failure] = finding
    return worst_first(worst.values())
