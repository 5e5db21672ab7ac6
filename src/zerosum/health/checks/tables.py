"""Rows of tables that lack what the table has."""

from zerosum.core.cells import FREQUENT, SCARCE
from zerosum.health.finding import Finding
from zerosum.health.timeline import COURSE, LOOKS, Timeline, gain

MANY_LOST = 0.25
"""Share of the frequent categories that are lost for an alarm."""


def lost_categories(timeline: Timeline) -> Finding | None:
    """Categories that many rows have are hardly ever made, or never."""
    probes = timeline.probes.last(0.06, LOOKS, after=0.15)
    if not len(probes) or not probes.lowest("lost_categories") > 0:
        return None
    course = timeline.probes.last(COURSE, 2 * LOOKS, after=0.1)
    if not len(course) or gain(course, "lost_categories") < -MANY_LOST / 5:
        return None
    lost, column = probes.lowest("lost_categories"), probes.median("worst_column")
    where = f" It is worst in column number {column + 1:.0f} of those that are learned." if column == column else ""
    advice = (
        ("Train longer, or give the network more units.",)
        if timeline.alone
        else (
            "Take --loss relativistic --penalties r1=0.3,r2=0.3.",
            "Let the discriminator see several rows at once: --pack 10.",
            "Lower the learning rates, and the discriminator's beside the generator's: --discriminator-rate 0.5.",
        )
    )
    return Finding(
        "lost-categories",
        "alarm" if lost >= MANY_LOST else "warn",
        "Rows lack what the table has: categories that many rows have are hardly ever made.",
        f"Over the last {len(probes)} looks at least {lost:.0%} of the categories that {FREQUENT:.0%} of the rows or "
        f"more have come less than {SCARCE:g} times as often as they should (from {MANY_LOST:.0%} on it is an alarm)."
        f"{where}",
        advice,
        timeline.now,
    )
