"""Whether models that learn from generated rows are as good on real ones as models that learn from real rows."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from zerosum.data.tables.columns.column import Column
from zerosum.drawing.page import Table
from zerosum.evaluation.comparison import Comparison, Metric, without_learners
from zerosum.evaluation.measure import Found, Measure, Verdict
from zerosum.evaluation.tables.learning import classifiers, inputs, quietly, regressors
from zerosum.evaluation.tables.rows import KINDS, columns_of, no_table
from zerosum.evaluation.tables.target import find_target
from zerosum.metrics.bootstrap import Estimate, estimate
from zerosum.metrics.tables.scores import f1_score

MOST_TESTED = 10_000
"""Rows that models are tested on."""

FEWEST_TESTED = 100
"""Held-out rows below which the other half of the real ones is taken."""

REPETITIONS = 200
"""Of the bootstrap over tested rows."""

AS_GOOD, USEFUL = 0.95, 0.7
"""Shares of what real rows give from which generated ones are called as good, and useful."""

LEARNABLE = 0.05
"""The score from which on real rows are said to tell anything of the target."""

BLIND = "Not seen: what other columns could be predicted, and rows that models which learn from all rows do not notice."

Scores = dict[str, float]
"""By name, the one that is reported first."""


@dataclass(frozen=True)
class Task:
    """What is predicted, and from what.

    Attributes:
        column: The column that is predicted.
        others: What it is predicted from.
        place: The number of the column.
        positive: Of two classes the rarer one among real rows, as a number; None for more classes, or a number.
    """

    column: Column
    others: tuple[Column, ...]
    place: int
    positive: int | None

    def parted(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (m, k - 1) and targets (m,) of those rows (n, k) that have a target."""
        known = rows[~np.isnan(rows[:, self.place])]
        return inputs(self.others, np.delete(known, self.place, 1)), known[:, self.place]

    @property
    def first(self) -> str:
        """What is reported of a model."""
        if self.column.is_number:
            return "R2"
        return "F1" if self.positive is None else f'F1 of "{self.column.levels[self.positive]}"'

    def scored(self, model: Any, x: np.ndarray, y: np.ndarray) -> tuple[Scores, np.ndarray]:
        """The scores of a trained model on tested rows, and what it says of them (n,)."""
        from sklearn.metrics import accuracy_score

        said = model.predict(x)
        scores = {"score": self.score(y, said)}
        if not self.column.is_number:
            scores |= {"accuracy": float(accuracy_score(y, said)), "ROC AUC": _area(model, x, y)}
        return scores, said

    def score(self, y: np.ndarray, said: np.ndarray) -> float:
        """R2 of a number; F1 of the rarer one of two classes, or the mean F1 of all classes that are tested."""
        from sklearn.metrics import r2_score

        if self.column.is_number:
            return float(r2_score(y, said)) if len(y) > 1 else float("nan")
        return f1_score(y, said, np.unique(y).tolist() if self.positive is None else [self.positive])


@dataclass(frozen=True)
class Rivals:
    """Models that learned from one sort of rows.

    Attributes:
        scores: By model and name of the score.
        best: The model with the best first score.
        said: What that model says of tested rows, (n,).
    """

    scores: dict[str, Scores]
    best: str
    said: np.ndarray

    @property
    def score(self) -> float:
        """The best model's first score."""
        return self.scores[self.best]["score"]


def _utility(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    real, test, where = _real_rows(comparison)
    task = _task(comparison, real)
    if task is None:
        text = "All real rows have the same in the column to predict; name another one with --target."
        return Found(verdicts=[Verdict("use", "note", text)])
    n = min(len(real), comparison.n)
    x, y = task.parted(test)
    with quietly():
        on_fake, on_real = (_trained(task, rows[:n], x, y) for rows in (comparison.fake.rows, real))
        spread = _spread(y, on_fake.said, on_fake.score, task.score)
    measure = Measure.of(
        spread,
        metric="utility",
        title=f"{task.first} on real rows of the best model that learned from generated ones; {where}",
        n=n,
        settings=f"target={task.column.name}",
        floor=on_real.score,
        better="higher",
        seconds=time.perf_counter() - begin,
    )
    return Found([measure], [_verdict(task, measure)], (), [_table(task, on_fake, on_real, len(y), where)])


def _real_rows(comparison: Comparison) -> tuple[np.ndarray, np.ndarray, str]:
    """Real rows to learn from, others to test on, and what these are."""
    sides = comparison.sides
    if sides.trained is not None and sides.held_out is not None and len(sides.held_out) >= FEWEST_TESTED:
        tested = sides.held_out.rows[:MOST_TESTED]
        return sides.trained.rows, tested, "tested on rows that were not trained on"
    return sides.real.rows, sides.other.rows[:MOST_TESTED], "tested on other real rows"


def _task(comparison: Comparison, real: np.ndarray) -> Task | None:
    """What is to be predicted; None where all real rows have the same there."""
    columns = columns_of(comparison)
    place = find_target(columns, comparison.target)
    assert place is not None, "the metric refuses tables without anything to predict"
    column = columns[place]
    known = real[:, place][~np.isnan(real[:, place])]
    classes, counts = np.unique(known, return_counts=True)
    if len(classes) < 2:
        return None
    rarer = int(classes[counts.argmin()]) if len(classes) == 2 and not column.is_number else None
    return Task(column, (*columns[:place], *columns[place + 1 :]), place, rarer)


def _trained(task: Task, rows: np.ndarray, x: np.ndarray, y: np.ndarray) -> Rivals:
    """What models learn from rows (n, k), tested on inputs x and targets y."""
    from sklearn.dummy import DummyClassifier

    own_x, own_y = task.parted(rows)
    classes = len(np.unique(own_y))
    models = regressors(task.others) if task.column.is_number else classifiers(task.others, max(2, classes))
    if classes < 2 and not task.column.is_number:
        models = {"always the same": DummyClassifier()}
    scores, said = {}, {}
    for name, model in models.items():
        if not len(own_y):
            scores[name], said[name] = {"score": float("nan")}, np.zeros(len(y))
            continue
        scores[name], said[name] = task.scored(model.fit(own_x, own_y), x, y)
    best = max(scores, key=lambda name: scores[name]["score"])
    return Rivals(scores, best, said[best])


def _area(model: Any, x: np.ndarray, y: np.ndarray) -> float:
    """The mean over classes of the area under the curve of each against all others; NaN where only one is tested."""
    from sklearn.metrics import roc_auc_score

    shares, known = model.predict_proba(x), list(model.classes_)
    areas = []
    for one in np.unique(y) if len(np.unique(y)) > 1 else ():
        score = shares[:, known.index(one)] if one in known else np.zeros(len(y))
        areas.append(float(roc_auc_score(y == one, score)))
    return float(np.mean(areas)) if areas else float("nan")


def _spread(
    y: np.ndarray, said: np.ndarray, value: float, score: Callable[[np.ndarray, np.ndarray], float]
) -> Estimate:
    """A score with its interval from drawing tested rows anew."""
    generator = np.random.Generator(np.random.PCG64(0))
    drawn = [generator.integers(len(y), size=len(y)) for _ in range(REPETITIONS if np.isfinite(value) else 0)]
    repetitions = [score(y[numbers], said[numbers]) for numbers in drawn]
    return estimate(value, torch.tensor(repetitions, dtype=torch.float64))


def _verdict(task: Task, measure: Measure) -> Verdict:
    value, floor = measure.value, measure.floor or 0.0
    what = f'"{task.column.name}" ({task.first}, the best of several models)'
    numbers = f"{value:.2f} from generated rows, {floor:.2f} from as many real ones"
    if floor < LEARNABLE:
        return Verdict("use", "note", f"Not even real rows tell anything of {what}: {numbers}. Name another --target.")
    if value >= AS_GOOD * floor:
        return Verdict("use", "good", f"Models learn as much of {what} from generated rows: {numbers}.", BLIND)
    if value >= USEFUL * floor:
        return Verdict("use", "note", f"Models learn less of {what} from generated rows: {numbers}.", BLIND)
    return Verdict("use", "bad", f"Models hardly learn {what} from generated rows: {numbers}.", BLIND)


def _table(task: Task, on_fake: Rivals, on_real: Rivals, tested: int, where: str) -> Table:
    names = list(next(iter(on_real.scores.values())))
    shown = {"score": task.first}
    headings = [f"{shown.get(name, name)}, learned from {sort}" for name in names for sort in ("generated", "real")]
    rows = [
        (
            model,
            *(
                "" if model not in rivals.scores else f"{rivals.scores[model].get(name, float('nan')):.3f}"
                for name in names
                for rivals in (on_fake, on_real)
            ),
        )
        for model in {**on_real.scores, **on_fake.scores}
    ]
    text = (
        f'Models that predict "{task.column.name}" from the other columns, trained on generated rows and on as many '
        f"real ones, and {where} ({tested:,})."
    )
    return Table("Use", text, ("model", *headings), rows)


def _nothing_to_predict(comparison: Comparison) -> str | None:
    refused = no_table(comparison) or without_learners(comparison)
    if refused:
        return refused
    columns = columns_of(comparison)
    if len(columns) < 2:
        return "there is only one column, and nothing to predict it from"
    return "no column is to be predicted" if find_target(columns, comparison.target) is None else None


METRICS = (Metric("utility", "what models learn from rows of a table", _nothing_to_predict, _utility, usual=KINDS),)
