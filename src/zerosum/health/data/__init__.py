"""Trouble in the data itself, found before training starts.

Every check looks at no more than a fixed amount of data, chosen by the seed alone, so that a million pictures take no
longer than ten thousand. A check that cannot tell says nothing.
"""

from collections.abc import Sequence

import numpy as np

from zerosum.core.seeding import seed_from
from zerosum.health.data.labels import unbalanced, unrelated_labels
from zerosum.health.data.pictures import LOOKED_AT, picture_findings
from zerosum.health.data.points import point_findings
from zerosum.health.finding import Finding, worst_first

__all__ = ["LOOKED_AT", "inspect_data"]


def inspect_data(
    kind: str, rows: np.ndarray, labels: np.ndarray | None, class_names: Sequence[str], seed: int = 0
) -> list[Finding]:
    """What is wrong with the samples and their labels, the worst first.

    Args:
        kind: What a sample is: "image" or "points". Of other kinds only the labels' balance is checked.
        rows: Stored samples: (n, height, width, channels) uint8 of pictures, which may be a memory map;
            (n, coordinates) float32 of points.
        labels: Index of each sample's class in `class_names`, shape (n,); None without classes.
        class_names: Names of the classes.
        seed: Decides which samples are looked at where there are too many.
    """
    if not rows.size:
        return []
    generator = np.random.Generator(np.random.PCG64(seed_from("inspect data", seed)))
    findings = []
    with np.errstate(all="ignore"):  # absurd values may overflow; comparisons with what comes of it are false
        if kind == "image":
            findings += picture_findings(rows, generator)
        elif kind == "points":
            findings += point_findings(rows, generator)
        if labels is not None and len(class_names) > 1:
            findings += unbalanced(labels, class_names)
            if kind in ("image", "points"):
                findings += unrelated_labels(rows, labels, class_names, generator)
    return worst_first(findings)
