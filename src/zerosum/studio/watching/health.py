"""What the doctor says of a run as a whole, and what tells runs apart."""

from pathlib import Path
from typing import Any

from zerosum.config.base import to_json
from zerosum.core.files import read_json
from zerosum.core.progress import Progress
from zerosum.diagnosis import diagnose
from zerosum.diagnosis.files import LOOK_AT
from zerosum.health.summary import HEALTHY, standing
from zerosum.health.timeline import Timeline
from zerosum.studio.answers import Refusal
from zerosum.train.asked import asked_of
from zerosum.train.folder import RunFolder
from zerosum.train.treatment import settings_now

QUESTIONS = {
    "not-finite": "Has a loss or a weight become infinite or not a number?",
    "late-collapse": "Was it good, and broke later?",
    "no-progress": "Are the samples still where they were at the first look?",
    "exploding-gradient": "Are gradients far larger than they should be?",
    "weak-discriminator": "Does the discriminator miss what a fresh classifier sees at once?",
    "useless-discriminator": "Has the discriminator become flat?",
    "mode-collapse": "Are samples nearly the same?",
    "overfitting": "Does the discriminator know its training samples by heart?",
    "vanishing-gradient": "Is the discriminator so sure that the generator learns nothing from it?",
    "overpowering-discriminator": "Is the discriminator right about everything for long?",
    "partial-collapse": "Are samples like only some of the real ones?",
    "lost-categories": "Are frequent categories hardly ever made?",
    "oscillation": "Do the players chase each other in circles?",
    "checkerboard": "Is there a lattice of single pixels?",
    "memorisation": "Are samples copies of training samples?",
    "plateau": "Has it stopped becoming better?",
}
"""What each check of the doctor asks, in its order, by failure."""

OF_TWO = frozenset(
    {"weak-discriminator", "useless-discriminator", "overfitting", "vanishing-gradient", "overpowering-discriminator"}
)
"""Checks of a discriminator, where there is one."""

OF_KIND = {"checkerboard": "image", "lost-categories": "table"}
"""Checks for one kind of samples."""

MOST_COMPARED = 4


def examine(held: None, run: Path, progress: Progress) -> dict[str, Any]:
    """All that the doctor says of a run; of a long one it takes seconds.

    Raises:
        DataError: There are no events yet, or they are damaged.
    """
    found = diagnose(run)
    verdict = found.verdict
    names = {finding.failure for finding in found.findings}
    return {
        "verdict": verdict,
        "advice": LOOK_AT if verdict == HEALTHY else None,
        "facts": [list(fact) for fact in found.facts],
        "looks": len(found.timeline.probes),
        "gone": sorted(found.gone),
        "checked": [
            {"failure": failure, "question": question, "found": failure in names}
            for failure, question in QUESTIONS.items()
            if _applies(failure, found.timeline, _kind(found.folder))
        ],
        "standing": [vars(reading) for reading in standing(found.timeline)],
        "treatments": [
            {name: event.get(name) for name in ("samples", "failure", "remedy", "changes", "back_to")}
            for event in found.treatments
        ],
    }


def compare(folders: dict[str, RunFolder]) -> dict[str, Any]:
    """The settings in which runs differ, as treatments have left them.

    Raises:
        Refusal: There are too few runs to compare, or too many.
        ZerosumError: What was asked for in one of them cannot be read.
    """
    if not 2 <= len(folders) <= MOST_COMPARED:
        raise Refusal(422, f"{len(folders)} runs were named; 2 to {MOST_COMPARED} can be compared.")
    sides = [_flat(_whole(folder)) for folder in folders.values()]
    names = dict.fromkeys(name for side in sides for name in side)
    rows = [{"name": name, "values": [side.get(name) for side in sides]} for name in names]
    differing = [row for row in rows if any(value != row["values"][0] for value in row["values"])]
    return {"runs": list(folders), "settings": differing}


def _applies(failure: str, timeline: Timeline, kind: str | None) -> bool:
    if failure in OF_TWO and timeline.alone:
        return False
    return OF_KIND.get(failure, kind) == kind


def _kind(folder: RunFolder) -> str | None:
    return read_json(folder.config)["space"]["kind"] if folder.config.exists() else None


def _whole(folder: RunFolder) -> dict[str, Any]:
    """What a run is played with."""
    asked = asked_of(folder)
    return {
        "recipe": asked.recipe,
        "data": asked.data.name,
        "origin": asked.origin,
        "precision": asked.precision,
        "run": to_json(asked.run),
        "settings": to_json(settings_now(folder)),
        "options": to_json(asked.data.options),
    }


def _flat(values: Any, name: str = "") -> dict[str, Any]:
    """Settings by dotted names; lists as text."""
    if isinstance(values, dict):
        parts = [_flat(value, f"{name}.{key}" if name else key) for key, value in values.items()]
        return {key: value for part in parts for key, value in part.items()}
    return {name: ", ".join(map(str, values)) if isinstance(values, list) else values}
