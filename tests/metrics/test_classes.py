"""Distances and accuracies class by class."""

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import RidgeClassifier
from torch import Tensor

from zerosum.metrics.classes import FEWEST, ClassScores, class_scores, distance_within_classes

Side = tuple[Tensor, Tensor]


def sizes(first: Tensor, second: Tensor, classes: int) -> dict[int, int]:
    return {c: min(int((first == c).sum()), int((second == c).sum())) for c in range(classes)}


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def accuracies(real: Side, fake: Side, other: Side) -> ClassScores:
    """The values alone, as numbers."""
    return ClassScores(*(part.value for part in class_scores(real, fake, other)))  # type: ignore[arg-type]


def labelled(n: int, seed: int, classes: int = 4) -> Side:
    labels = torch.randint(classes, (n,), generator=torch.Generator().manual_seed(100 + seed))
    return 3 * torch.eye(classes, 12)[labels] + normal(n, 12, seed=seed), labels


def heusel(a: np.ndarray, b: np.ndarray) -> float:
    p, q = np.cov(a.T), np.cov(b.T)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(p @ q).real, 0)).sum()
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(p) + np.trace(q) - 2 * roots


def test_each_class_has_its_distance_at_equal_numbers() -> None:
    real, real_labels = labelled(400, 0)
    fake, fake_labels = labelled(300, 1)
    fake = fake + 2.0 * (fake_labels == 2)[:, None]
    found = distance_within_classes(real, real_labels, fake, fake_labels, sizes(real_labels, fake_labels, 4))
    assert sorted(found) == [0, 1, 2, 3]
    for label, distance in found.items():
        a, b = (x.double().numpy()[y.numpy() == label] for x, y in ((fake, fake_labels), (real, real_labels)))
        few = min(len(a), len(b))
        assert distance == pytest.approx(heusel(a[:few], b[:few]), rel=1e-6)
    assert found[2] > 10 * max(found[label] for label in (0, 1, 3))


def test_classes_with_few_samples_on_a_side_are_left_out() -> None:
    features = normal(100, 3)
    labels = torch.zeros(100, dtype=torch.int64)
    labels[:FEWEST] = 1
    labels[FEWEST : 2 * FEWEST - 1] = 2
    assert sorted(distance_within_classes(features, labels, features, labels, sizes(labels, labels, 5))) == [0, 1]
    assert distance_within_classes(features, labels, features[:5], labels[:5], sizes(labels, labels[:5], 5)) == {}


def test_swapped_classes_are_far_apart_though_all_together_are_not() -> None:
    (real, real_labels), (fake, fake_labels) = labelled(800, 0), labelled(800, 1)
    right = distance_within_classes(real, real_labels, fake, fake_labels, sizes(real_labels, fake_labels, 4))
    moved = (fake_labels + 1) % 4
    wrong = distance_within_classes(real, real_labels, fake, moved, sizes(real_labels, moved, 4))
    assert min(wrong.values()) > 10 * max(right.values())


def test_scores_are_accuracies_of_ridge_classifiers() -> None:
    real, other = labelled(300, 0), labelled(250, 1)
    fake = (labelled(200, 2)[0] + normal(200, 12, seed=9), labelled(200, 2)[1])
    middle, spread = real[0].double().mean(0), real[0].double().std(0)
    sides = [(((x - middle) / spread).numpy(), y.numpy()) for x, y in (real, fake, other)]

    def accuracy(train: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray]) -> float:
        model = RidgeClassifier(alpha=0.1 * len(train[0])).fit(*train)
        return float(np.mean(model.predict(test[0]) == test[1]))

    expected = (accuracy(sides[1], sides[0]), accuracy(sides[0], sides[1]), accuracy(sides[2], sides[0]))
    assert accuracies(real, fake, other) == pytest.approx(expected, abs=1e-12)
    assert 0.5 < expected[0] < 1


def test_perfect_fakes_reach_the_ceiling() -> None:
    found = accuracies(labelled(1000, 0), labelled(1000, 1), labelled(1000, 2))
    assert found.on_real == pytest.approx(found.ceiling, abs=0.03)
    assert found.on_fake == pytest.approx(found.ceiling, abs=0.03) and found.ceiling > 0.9


def test_fakes_of_any_class_fall_to_chance() -> None:
    fake, labels = labelled(1000, 1)
    shuffled = labels[torch.randperm(1000, generator=torch.Generator().manual_seed(5))]
    found = accuracies(labelled(1000, 0), (fake, shuffled), labelled(1000, 2))
    assert found.on_fake == pytest.approx(0.25, abs=0.06)
    # What is learnt from noise is anything: each cluster is called by one label, right for one in four on average.
    assert found.on_real < 0.6 and found.ceiling > 0.9


def test_what_classes_lack_and_what_they_show_falsely_are_told_apart() -> None:
    real, other = labelled(1000, 0), labelled(1000, 2)
    fake, labels = labelled(1000, 1)
    dull = 3 * torch.eye(4, 12)[labels] + 0.01 * normal(1000, 12, seed=3)
    sure = accuracies(real, (dull, labels), other)
    assert sure.on_fake == 1
    missing = accuracies(real, (fake[labels < 2], labels[labels < 2]), other)
    assert missing.on_real == pytest.approx(0.5, abs=0.05) and missing.on_fake > 0.9


def test_fakes_of_one_class_are_right_as_often_as_it_occurs() -> None:
    real, other = labelled(1000, 0), labelled(1000, 2)
    fake, _ = labelled(100, 1)
    found = accuracies(real, (fake, torch.full((100,), 3)), other)
    assert found.on_real == float((real[1] == 3).double().mean())
    one = torch.zeros(100, dtype=torch.int64)
    assert accuracies((fake, one), (fake, one), (fake, one)) == (1, 1, 1)


def test_numbers_that_are_not_finite_stay_visible() -> None:
    sides = [labelled(50, s) for s in range(3)]
    sides[1][0][3, 2] = math.nan
    assert all(math.isnan(score) for score in accuracies(sides[0], sides[1], sides[2]))
