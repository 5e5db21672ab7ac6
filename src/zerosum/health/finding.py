"""What the doctor says: one failure, how sure it is, the numbers behind it, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["note", "warn", "alarm"]

LEVELS: tuple[Level, ...] = ("note", "warn", "alarm")
"""From what is worth knowing to what must not be ignored."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or may be: never a verdict without the numbers that it rests on.

    The fields are plain, so a finding is a JSON object in the event record: `config.base.to_json` and `from_json`.

    Attributes:
        failure: Short name of the failure, in kebab-case: "duplicates", "mode-collapse".
        level: How much it matters, one of `LEVELS`.
        what: What is wrong, in one sentence for a person.
        evidence: The numbers, with the thresholds beside them, and when they were seen.
        try_this: What to do, the first thing first; short sentences that name flags or actions.
        samples: Samples seen when it was first found; 0 before training.
    """

    failure: str
    level: Level
    what: str
    evidence: str
    try_this: tuple[str, ...]
    samples: int = 0


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """The findings by level, alarms first; within a level they keep their order."""
    return sorted(findings, key=lambda finding: -LEVELS.index(finding.level))
