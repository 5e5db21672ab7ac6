"""Trouble in labels: classes that are too small, and labels that say nothing about the samples."""

from collections.abc import Sequence

import numpy as np
import torch

from zerosum.health.data.looking import parts, pool
from zerosum.health.finding import Finding

SMALLEST_CLASS, SMALLEST_CLASS_SHARE = 10, 1 / 20  # samples; share of the mean class

NEIGHBOURS = 5
COMPARED_SAMPLES, COMPARED_CLASSES = 3_000, 20
SAMPLES_OF_A_CLASS = 100  # at least; smaller classes are left out
# 1,000 cats and dogs of 32 x 32 pixels are seven standard deviations from chance, 500 only three.
FEWEST_COMPARED = 1_000
PERMUTATIONS = 99
CHANCE_BAND = 3.5  # standard deviations; shuffled digits and emoji stayed below 3.2 in 120 draws


def unbalanced(labels: np.ndarray, class_names: Sequence[str]) -> list[Finding]:
    """A note if some classes are far smaller than the others: they keep their share, and are seldom seen."""
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
            level="note",
            what=f"{which} too few samples to be learnt beside the others.",
            evidence=f"{named}{more}, and the mean class has {mean:,.0f}; fewer than {SMALLEST_CLASS}, or than 1/"
            f"{1 / SMALLEST_CLASS_SHARE:.0f} of the mean, is worth knowing.",
            try_this=(
                "Add samples to the small classes, or merge them with similar ones.",
                "Remove these classes if nobody will ask for them.",
                "Train without classes: --no-conditional.",
            ),
        )
    ]


def unrelated_labels(
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
        cells = np.concatenate([pool(np.asarray(rows[part])) for part in parts(chosen[order], rows[0].nbytes or 1)])
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
