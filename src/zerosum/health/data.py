"""Trouble in the data itself, found before training starts.

Every check looks at no more than a fixed amount of data, chosen by the seed alone, so that a million pictures take no
longer than ten thousand. A check that cannot tell says nothing.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from zerosum.core.seeding import seed_from
from zerosum.health.finding import Finding, Level, worst_first

LOOKED_AT = 10_000  # pictures; a share of 1 % is then known to 0.1 %
MOST_BYTES = 1 << 28  # of pictures that are looked at, however large each is,
FEWEST_LOOKED_AT = 400  # but never fewer than these
MOST_VALUES = 2_000_000  # of points that are looked at
NEIGHBOURING_ROWS = 8  # are looked at together: reads from disk are longer, and copies often lie side by side

SHARE_WARN, SHARE_ALARM = 0.01, 0.2  # of repeated, and of blank, pictures
NEARLY_REPEATED = 0.02  # share of pictures above which near-duplicates are worth a note
NEARLY = 0.05  # how far near-duplicates may differ in any cell, in standard deviations of all cells
NEARBY = 16  # how many pictures of similar brightness each one is compared with
POOLED = 8  # side of the grid that pictures are averaged to before they are compared

BLANK_RANGE = 8  # of 255 levels: what compression leaves of a picture of one colour stays below
NARROW_RANGE = 16  # of 255 levels, over all pictures

FEW_PICTURES_WARN, FEW_PICTURES_ALARM, FEW_POINTS = 1_000, 50, 200
SMALLEST_CLASS, SMALLEST_CLASS_SHARE = 10, 1 / 20  # samples; share of the mean class

# Numbers that were rounded when they were written down repeat without any fault, and so do float32 numbers among
# 100,000 (0.3 % in one dimension). So it takes a majority before repeated points are worth a word.
POINTS_REPEATED = 0.5
FEWEST_DIFFERENT_POINTS = 10
FARTHEST = 1e4  # spreads from the median; beyond about 6e4 half precision is infinite

NEIGHBOURS = 5
COMPARED_SAMPLES, COMPARED_CLASSES = 3_000, 20
SAMPLES_OF_A_CLASS = 100  # at least; smaller classes are left out
FEWEST_COMPARED = (
    1_000  # 1,000 cats and dogs of 32 x 32 pixels are seven standard deviations from chance, 500 only three
)
PERMUTATIONS = 99
CHANCE_BAND = 3.5  # standard deviations; shuffled digits and emoji stayed below 3.2 in 120 draws


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
            findings += _picture_findings(rows, generator)
        elif kind == "points":
            findings += _point_findings(rows, generator)
        if labels is not None and len(class_names) > 1:
            findings += _unbalanced(labels, class_names)
            if kind in ("image", "points"):
                findings += _unrelated_labels(rows, labels, class_names, generator)
    return worst_first(findings)


@dataclass(frozen=True)
class _Look:
    """What one pass over pictures keeps of them.

    Attributes:
        rows: Numbers of the pictures that were looked at, ascending, shape (n,).
        total: How many pictures there are.
        digests: Hash of each picture's bytes, shape (n,), uint64.
        cells: Each picture averaged to a small grid, shape (n, channels * POOLED * POOLED), float32.
        blank: Which pictures have one colour, nearly, shape (n,).
        low: Smallest byte of all.
        high: Largest byte of all.
    """

    rows: np.ndarray
    total: int
    digests: np.ndarray
    cells: np.ndarray
    blank: np.ndarray
    low: int
    high: int

    @property
    def seen(self) -> str:
        """A sentence about what was left out, to be appended to the evidence; empty when nothing was."""
        count = len(self.rows)
        return "" if count == self.total else f" Looked at {count:,} of {self.total:,} pictures."


def _picture_findings(rows: np.ndarray, generator: np.random.Generator) -> list[Finding]:
    look = _look_at_pictures(rows, generator)
    return [*_few_pictures(len(rows)), *_repeated_pictures(look, generator), *_blank(look), *_narrow(look)]


def _look_at_pictures(rows: np.ndarray, generator: np.random.Generator) -> _Look:
    size = max(1, rows[0].nbytes)
    chosen = _choose_rows(len(rows), min(LOOKED_AT, max(FEWEST_LOOKED_AT, MOST_BYTES // size)), generator)
    digests, cells, blank, low, high = [], [], [], 255, 0
    for part in _parts(chosen, size):
        pictures = np.ascontiguousarray(rows[part])
        digests += [hashlib.blake2b(picture, digest_size=8).digest() for picture in pictures]
        cells.append(_pool(pictures))
        blank.append(_is_blank(pictures, cells[-1]))
        low, high = min(low, int(pictures.min())), max(high, int(pictures.max()))
    return _Look(
        rows=chosen,
        total=len(rows),
        digests=np.frombuffer(b"".join(digests), np.uint64),
        cells=np.concatenate(cells),
        blank=np.concatenate(blank),
        low=low,
        high=high,
    )


def _choose_rows(count: int, most: int, generator: np.random.Generator) -> np.ndarray:
    """Numbers of at most `most` of `count` rows, ascending: all of them, or random runs of neighbours."""
    if count <= most:
        return np.arange(count)
    runs = generator.choice(count // NEIGHBOURING_ROWS, size=most // NEIGHBOURING_ROWS, replace=False)
    return (np.sort(runs)[:, None] * NEIGHBOURING_ROWS + np.arange(NEIGHBOURING_ROWS)).ravel()


def _parts(chosen: np.ndarray, row_bytes: int) -> list[np.ndarray]:
    """Row numbers in groups that are read at once: about 4 MiB each, which stays in the processor's cache."""
    step = max(1, (1 << 22) // row_bytes)
    return [chosen[start : start + step] for start in range(0, len(chosen), step)]


def _pool(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, height, width, channels) averaged to a small grid: (n, channels * POOLED * POOLED), float32."""
    # Eight pixels to a side of each cell are enough of a large picture.
    down, across = (max(1, side // (8 * POOLED)) for side in pictures.shape[1:3])
    thinned = torch.from_numpy(np.ascontiguousarray(pictures[:, ::down, ::across].transpose(0, 3, 1, 2)))
    return functional.adaptive_avg_pool2d(thinned.float(), POOLED).flatten(1).numpy()


def _is_blank(pictures: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Which pictures (n, height, width, channels) have nearly one colour, given their cells; shape (n,)."""
    by_channel = cells.reshape(len(pictures), pictures.shape[-1], -1)
    # Averages differ by less than pixels do, so only pictures with even cells need to be looked at more closely.
    blank = (np.ptp(by_channel, axis=2) < BLANK_RANGE).all(axis=1)
    # One axis after the other: numpy reduces whole lines ten times as fast as single pixels.
    high, low = pictures[blank].max(axis=1).max(axis=1), pictures[blank].min(axis=1).min(axis=1)
    blank[blank] = (high - low < BLANK_RANGE).all(axis=1)
    return blank


def _few_pictures(count: int) -> list[Finding]:
    if count >= FEW_PICTURES_WARN:
        return []
    return [
        Finding(
            failure="few",
            level="alarm" if count < FEW_PICTURES_ALARM else "warn",
            what="There are so few pictures that the discriminator can learn them by heart.",
            evidence=f"{count:,} pictures; fewer than {FEW_PICTURES_WARN:,} is a warning, fewer than "
            f"{FEW_PICTURES_ALARM} an alarm.",
            try_this=(
                "Train with --augment ada, which shows the discriminator changed pictures once it learns by heart.",
                "Give --mirror if a picture and its mirror image are equally good; it doubles the data.",
                "Start from a model that was trained on many similar pictures.",
                "Collect more pictures: a few thousand of one subject are a good start.",
            ),
        )
    ]


def _repeated_pictures(look: _Look, generator: np.random.Generator) -> list[Finding]:
    count = len(look.rows)
    _, first, inverse = np.unique(look.digests, return_index=True, return_inverse=True)
    repeated = count - len(first)
    level = _share_level(repeated, count)
    if level is not None:
        copy = int(np.flatnonzero(first[inverse] != np.arange(count))[0])
        original = int(first[inverse[copy]])
        different = "picture" if len(first) == 1 else "different pictures"
        return [
            Finding(
                failure="duplicates",
                level=level,
                what="Pictures are in the data more than once, and the generator learns to draw these more often.",
                evidence=f"{_share(repeated, count, 'pictures')} repeat another one, e.g. rows "
                f"{look.rows[original]:,} and {look.rows[copy]:,}; that leaves {len(first):,} {different}. "
                f"{_share_limits()}{look.seen}",
                try_this=(
                    "Remove the copies, and keep one of each.",
                    "Check the script that collected the data: did it save one source twice?",
                ),
            )
        ]
    return _nearly_repeated(look, np.sort(first), generator)


def _nearly_repeated(look: _Look, different: np.ndarray, generator: np.random.Generator) -> list[Finding]:
    """A note on pictures that are others after small changes, such as another compression.

    Pictures are put in order of a random projection of their cells, where near-duplicates come to lie side by side, and
    each is compared with the next few. Some pairs are missed, so the share is a lower bound.
    """
    # Even textures differ in details that the cells do not show.
    different = different[np.ptp(look.cells[different], axis=1) >= NARROW_RANGE]
    cells = look.cells[different]
    if len(cells) < 2:
        return []
    order = np.argsort(cells @ generator.standard_normal(cells.shape[1]).astype(np.float32), kind="stable")
    cells, tolerance = cells[order], NEARLY * float(cells.std())
    partner = np.full(len(cells), -1)
    for ahead in range(1, min(NEARBY, len(cells) - 1) + 1):
        # Most pairs differ in the first few cells already, so that all of them are compared for the rest only.
        pairs = np.flatnonzero((np.abs(cells[ahead:, ::7] - cells[:-ahead, ::7]) <= tolerance).all(axis=1))
        close = (np.abs(cells[pairs + ahead] - cells[pairs]) <= tolerance).all(axis=1)
        partner[pairs[close] + ahead] = pairs[close]
    near = np.flatnonzero(partner >= 0)
    if len(near) <= NEARLY_REPEATED * len(look.rows):
        return []
    one, other = sorted(int(look.rows[different[order[place]]]) for place in (near[0], partner[near[0]]))
    return [
        Finding(
            failure="duplicates",
            level="note",
            what="Some pictures are nearly the same as others, as if they were copies that were saved again.",
            evidence=f"At least {_share(len(near), len(look.rows), 'pictures')} are another one up to small changes, "
            f"e.g. rows {one:,} and {other:,}; more than {100 * NEARLY_REPEATED:.0f} % is worth a note.{look.seen}",
            try_this=("Look at these rows, and keep one of each if they are copies.",),
        )
    ]


def _blank(look: _Look) -> list[Finding]:
    count, blank = len(look.rows), np.flatnonzero(look.blank)
    level = _share_level(len(blank), count)
    if level is None:
        return []
    which = "All" if len(blank) == count else "Some"
    return [
        Finding(
            failure="blank",
            level=level,
            what=f"{which} pictures show nothing but one colour, and the generator learns to draw these too.",
            evidence=f"{_share(len(blank), count, 'pictures')} span fewer than {BLANK_RANGE} of 255 levels in each "
            f"channel, e.g. row {look.rows[blank[0]]:,}. {_share_limits()}{look.seen}",
            try_this=(
                "Look at these pictures, and remove them if they are failed downloads, empty pages or missing tiles.",
                "If they are drawn in transparency alone, give another --background or --channels 4.",
            ),
        )
    ]


def _narrow(look: _Look) -> list[Finding]:
    if look.high - look.low >= NARROW_RANGE:
        return []
    return [
        Finding(
            failure="range",
            level="warn",
            what="The pictures use only a sliver of the range from black to white.",
            evidence=f"All bytes lie between {look.low} and {look.high}; a span below {NARROW_RANGE} of 255 is a "
            f"warning.{look.seen}",
            try_this=(
                "Stretch the values to 0 to 255 before saving.",
                "If they were fractions from 0 to 1, multiply by 255 before converting them to bytes.",
            ),
        )
    ]


def _point_findings(rows: np.ndarray, generator: np.random.Generator) -> list[Finding]:
    chosen = _choose_rows(len(rows), max(FEWEST_LOOKED_AT, MOST_VALUES // max(1, rows.shape[1])), generator)
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
            evidence=f"{_share(len(wrong), len(chosen), 'points')} hold NaN or infinity, first row {wrong[0]:,}; none "
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
        f"{_share(repeated, count, 'points')} repeat another one, which leaves {different:,} different; more than "
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
            evidence=f"{_share(far, len(points), 'points')} are more than {FARTHEST:,.0f} spreads from the median, "
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


def _unbalanced(labels: np.ndarray, class_names: Sequence[str]) -> list[Finding]:
    known = labels[(labels >= 0) & (labels < len(class_names))]
    counts = np.bincount(known, minlength=len(class_names))
    mean = len(known) / len(class_names)
    least = max(SMALLEST_CLASS, mean * SMALLEST_CLASS_SHARE)
    small = [int(index) for index in np.argsort(counts, kind="stable") if counts[index] < least]
    if not small:
        return []
    named = ", ".join(f'"{class_names[index]}" has {counts[index]:,}' for index in small[:3])
    more = f" and {len(small) - 3:,} more classes" if len(small) > 3 else ""
    which = f'The class "{class_names[small[0]]}" has' if len(small) == 1 else f"{len(small):,} classes have"
    return [
        Finding(
            failure="unbalanced",
            level="warn",
            what=f"{which} too few samples to be learnt beside the others.",
            evidence=f"{named}{more}, and the mean class has {mean:,.0f}; fewer than {SMALLEST_CLASS}, or than 1/"
            f"{1 / SMALLEST_CLASS_SHARE:.0f} of the mean, is a warning.",
            try_this=(
                "Add samples to the small classes, or merge them with similar ones.",
                "Remove these classes if nobody will ask for them.",
                "Train without classes: --no-conditional.",
            ),
        )
    ]


def _unrelated_labels(
    rows: np.ndarray, labels: np.ndarray, class_names: Sequence[str], generator: np.random.Generator
) -> list[Finding]:
    """An alarm if labels say no more about samples than shuffled labels do.

    Two questions are asked of as many samples of each class, and both must be answered by chance: do the nearest
    neighbours know the class (Lopez-Paz & Oquab 2016, arXiv:1610.06545, leaving one out), and do the classes differ in
    their means? The second finds faint differences that the first does not. What chance gives is measured, by
    shuffling the labels.
    """
    chosen = _balanced_rows(labels, len(class_names), generator)
    if len(chosen) < FEWEST_COMPARED:
        return []
    _, classes = np.unique(labels[chosen], return_inverse=True)
    features = _features(rows, chosen)
    if len(np.unique(features, axis=0)) < SAMPLES_OF_A_CLASS:
        return []  # a few samples many times over: nothing can be told from them
    shuffled = np.stack([classes, *(generator.permutation(classes) for _ in range(PERMUTATIONS))])
    accuracies = _neighbour_accuracies(_nearest(features), shuffled)
    for scores in (accuracies, _explained(features, shuffled)):
        if scores[0] > scores[1:].mean() + CHANCE_BAND * scores[1:].std():
            return []
    band = accuracies[1:].mean() + CHANCE_BAND * accuracies[1:].std()
    count = int(classes.max()) + 1
    return [
        Finding(
            failure="labels",
            level="alarm",
            what="The labels look as if they were shuffled: they say nothing about the samples.",
            evidence=f"Among {len(chosen):,} samples of {count} classes the {NEIGHBOURS} nearest neighbours name the "
            f"right class for {100 * accuracies[0]:.1f} %; chance is {100 / count:.1f} %, and shuffled labels "
            f"reach up to {100 * band:.1f} %. The means of the classes differ by no more than chance either.",
            try_this=(
                "Check that labels and samples are in the same order: sorted by the same key, and shuffled together.",
                "Train without classes: --no-conditional.",
                "If the classes differ only in fine details that a picture of 8 x 8 pixels does not show, go on.",
            ),
        )
    ]


def _balanced_rows(labels: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """Rows of as many samples of each class that has enough, in random order; empty for fewer than two such classes."""
    counts = np.bincount(labels[(labels >= 0) & (labels < count)], minlength=count)
    large = np.flatnonzero(counts >= SAMPLES_OF_A_CLASS)
    if len(large) < 2:
        return np.zeros(0, np.int64)
    large = np.sort(generator.permutation(large)[:COMPARED_CLASSES])
    each = int(min(counts[large].min(), COMPARED_SAMPLES // len(large)))
    picked = [generator.choice(np.flatnonzero(labels == index), each, replace=False) for index in large]
    return generator.permutation(np.concatenate(picked))


def _features(rows: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """What samples are compared by: small pictures, or standardised coordinates; shape (n, features), float32."""
    if rows.ndim == 4:
        order = np.argsort(chosen)  # a disk is read in ascending order
        cells = np.concatenate([_pool(np.asarray(rows[part])) for part in _parts(chosen[order], rows[0].nbytes or 1)])
        features = np.empty_like(cells)
        features[order] = cells
        return features - features.mean(axis=0)
    points = np.asarray(rows[chosen], np.float64)
    points = np.where(np.isfinite(points), points, 0.0)
    return _standardised(points)


def _standardised(features: np.ndarray) -> np.ndarray:
    """Features (n, k) with mean 0 and variance 1 each, float32; constant ones become 0."""
    centered = features - features.mean(axis=0)
    deviation = centered.std(axis=0)
    return (centered / np.where(deviation > 0, deviation, 1)).astype(np.float32)


def _nearest(features: np.ndarray) -> np.ndarray:
    """The nearest others of each sample, by rows of features (n, k); shape (n, NEIGHBOURS), the nearest first."""
    x = torch.from_numpy(features)
    squares = x.square().sum(1)
    closeness = torch.addmm(-squares[None], x, x.T, alpha=2)  # minus the squared distance, up to a constant of the row
    closeness.fill_diagonal_(-torch.inf)
    return closeness.topk(NEIGHBOURS, dim=1).indices.numpy()


def _neighbour_accuracies(nearest: np.ndarray, labellings: np.ndarray) -> np.ndarray:
    """Share of samples whose neighbours (n, k) vote for their class, for each labelling (m, n); shape (m,)."""
    count, classes = len(nearest), int(labellings.max()) + 1
    weights = np.tile(1 - 0.01 * np.arange(nearest.shape[1]), count)  # among equal votes, the nearest decide
    ballots = np.arange(count)[:, None] * classes
    accuracies = []
    for labels in labellings:
        votes = np.bincount((ballots + labels[nearest]).ravel(), weights, minlength=count * classes)
        accuracies.append((votes.reshape(count, classes).argmax(axis=1) == labels).mean())
    return np.array(accuracies)


def _explained(features: np.ndarray, labellings: np.ndarray) -> np.ndarray:
    """Variance of features (n, k) that classes explain, summed, for each labelling (m, n) into equal parts; (m,)."""
    standard = torch.from_numpy(_standardised(features))
    one_hot = torch.from_numpy(labellings[:, None] == np.arange(int(labellings.max()) + 1)[:, None]).float()
    return (one_hot @ standard).square().sum((1, 2)).numpy()


def _share_level(part: int, whole: int) -> Level | None:
    share = part / whole
    return "alarm" if share > SHARE_ALARM else "warn" if share > SHARE_WARN else None


def _share_limits() -> str:
    return f"More than {100 * SHARE_WARN:.0f} % is a warning, more than {100 * SHARE_ALARM:.0f} % an alarm."


def _share(part: int, whole: int, things: str) -> str:
    return f"{part:,} of {whole:,} {things} ({100 * part / whole:.3g} %)"
