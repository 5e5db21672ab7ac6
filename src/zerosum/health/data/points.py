"""Trouble in points: too few of them, numbers that are not finite, repeated ones, outliers."""

import numpy as np

from zerosum.health.data.looking import FEWEST_LOOKED_AT, choose_rows, share
from zerosum.health.finding import Finding

MOST_VALUES = 2_000_000  # of points that are looked at
FEW_POINTS = 200

# Numbers that were rounded when they were written down repeat without any fault, and so do float32 numbers among
# 100,000 (0.3 % in one dimension). So it takes a majority before repeated points are worth a word.
POINTS_REPEATED = 0.5
FEWEST_DIFFERENT_POINTS = 10
FARTHEST = 1e4  # spreads from the median; beyond about 6e4 half precision is infinite


def point_findings(rows: np.ndarray, generator: np.random.Generator) -> list[Finding]:
    """What is wrong with points (n, coordinates), float32."""
    chosen = choose_rows(len(rows), max(FEWEST_LOOKED_AT, MOST_VALUES // max(1, rows.shape[1])), generator)
    points = np.asarray(rows[chosen], np.float64)
    seen = "" if len(points) == len(rows) else f" Looked at {len(points):,} of {len(rows):,} points."
    finite = np.asarray(np.isfinite(points).all(axis=1))
    findings = [*_few_points(len(rows)), *_not_finite(chosen, finite, seen)]
    chosen, points = chosen[finite], points[finite]
    if len(points) > 1 and points.shape[1]:
        findings += [*_repeated_points(points, seen), *_far_points(chosen, points, seen), *_constant(points, seen)]
    return findings


def _few_points(count: int) -> list[Finding]:
    if count >= FEW_POINTS:
        return []
    return [
        Finding(
            failure="few",
            level="warn",
            what="There are so few points that the discriminator can learn them by heart.",
            evidence=f"{count:,} points; fewer than {FEW_POINTS} is a warning.",
            try_this=(
                "Collect or draw more points.",
                "Stop early: compare the contact sheets, and keep the one where points do not yet sit on the data's.",
            ),
        )
    ]


def _not_finite(chosen: np.ndarray, finite: np.ndarray, seen: str) -> list[Finding]:
    if finite.all():
        return []
    wrong = chosen[~finite]
    return [
        Finding(
            failure="range",
            level="alarm",
            what="Points have coordinates that are not finite numbers, and one of them in a batch ends the training.",
            evidence=f"{share(len(wrong), len(chosen), 'points')} hold NaN or infinity, first row {wrong[0]:,}; none "
            f"is allowed.{seen}",
            try_this=("Remove these rows, or fill in the missing values.",),
        )
    ]


def _repeated_points(points: np.ndarray, seen: str) -> list[Finding]:
    """Repeated points (n, coordinates), all finite."""
    hashed = np.zeros(len(points), np.uint64)
    factors = np.random.Generator(np.random.PCG64(0)).integers(1, 1 << 63, points.shape[1], dtype=np.uint64)
    for coordinate, factor in zip(points.T, factors, strict=True):
        # Multiplying keeps the upper bits from the lower ones, and a float's upper bits are those that differ.
        bits = (np.ascontiguousarray(coordinate) + 0.0).view(np.uint64)  # + 0.0 makes -0.0 the same as 0.0
        hashed = (hashed ^ bits ^ (bits >> np.uint64(29))) * (factor | np.uint64(1))
        hashed ^= hashed >> np.uint64(32)
    count, different = len(points), len(np.unique(hashed))
    repeated = count - different
    if repeated <= POINTS_REPEATED * count:
        return []
    evidence = (
        f"{share(repeated, count, 'points')} repeat another one, which leaves {different:,} different; more than "
        f"{100 * POINTS_REPEATED:.0f} % is "
    )
    if different < FEWEST_DIFFERENT_POINTS:
        level, end = "alarm", f"a warning, fewer than {FEWEST_DIFFERENT_POINTS} different ones an alarm."
    elif all(_is_rounded(coordinate) for coordinate in points.T):
        return [
            Finding(
                failure="duplicates",
                level="note",
                what="The points lie on a grid, as if they were rounded, and a generator's never do.",
                evidence=f"{evidence}worth a note where the steps are even.{seen}",
                try_this=("Add noise as wide as the step of the grid, and round what the generator draws.",),
            )
        ]
    else:
        level, end = "warn", "a warning."
    return [
        Finding(
            failure="duplicates",
            level=level,
            what="The data are a few points, many times over, and the discriminator can learn them by heart.",
            evidence=f"{evidence}{end}{seen}",
            try_this=(
                "Remove the copies, and keep one of each.",
                "If the values are categories, a GAN for points is the wrong tool for them.",
            ),
        )
    ]


def _is_rounded(coordinate: np.ndarray) -> bool:
    """Whether all values (n,) are multiples of their smallest step apart, as whole numbers or cents are."""
    values = np.unique(coordinate)
    if len(values) < 3:
        return True
    steps = np.diff(values)
    multiples = steps / steps.min()
    return bool((np.abs(multiples - multiples.round()) < 0.05).all() and multiples.sum() < 1e5)


def _far_points(chosen: np.ndarray, points: np.ndarray, seen: str) -> list[Finding]:
    """Outliers among the points (n, coordinates), all finite, with their row numbers (n,).

    The spread is half of what the middle 68 % span: a standard deviation would be the outlier's own.
    """
    low, middle, high = np.quantile(points, (0.159, 0.5, 0.841), axis=0)
    spread = (high - low) / 2
    for index in np.flatnonzero(spread == 0):  # most values are equal, as with counts that are mostly 0
        lowest, highest = np.quantile(points[:, index], (0.01, 0.99))
        spread[index] = (highest - lowest) / 2
    known = spread > 0
    distances = np.abs(points[:, known] - middle[known]) / spread[known]
    if not distances.size or distances.max() <= FARTHEST:
        return []
    row, column = np.unravel_index(distances.argmax(), distances.shape)
    name = int(np.flatnonzero(known)[column]) + 1
    far = int((distances > FARTHEST).any(axis=1).sum())
    return [
        Finding(
            failure="range",
            level="warn",
            what="A few points lie so far out that all others look like one to the networks.",
            evidence=f"{share(far, len(points), 'points')} are more than {FARTHEST:,.0f} spreads from the median, "
            f"which is a warning; the farthest is row {chosen[row]:,} with x{name} = {points[row, name - 1]:.4g}, and "
            f"the middle 68 % of x{name} lie between {low[name - 1]:.4g} and {high[name - 1]:.4g}.{seen}",
            try_this=(
                "Remove these rows if they are mistakes or stand for missing values.",
                "Otherwise train on the logarithm of these coordinates.",
            ),
        )
    ]


def _constant(points: np.ndarray, seen: str) -> list[Finding]:
    """Coordinates that never change, among points (n, coordinates), all finite.

    In one or two dimensions the contact sheet shows it, and the toy set "line" is made so on purpose.
    """
    constant = np.flatnonzero(np.ptp(points, axis=0) == 0)
    if points.shape[1] < 3 or not len(constant):
        return []
    names = ", ".join(f"x{index + 1}" for index in constant[:5]) + (", ..." if len(constant) > 5 else "")
    return [
        Finding(
            failure="range",
            level="note",
            what="Coordinates are the same in all points, and a generator never hits a number exactly.",
            evidence=f"{len(constant)} of {points.shape[1]} coordinates never change: {names}.{seen}",
            try_this=("Leave these coordinates out.",),
        )
    ]
