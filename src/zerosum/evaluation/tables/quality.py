"""The reports of SDMetrics: how like the real ones columns and pairs of columns are, and whether rows are valid."""

import importlib.util
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zerosum.data.tables.columns.column import Column
from zerosum.drawing.page import Table
from zerosum.evaluation.comparison import Comparison, Metric
from zerosum.evaluation.measure import Found, Measure, Verdict
from zerosum.evaluation.tables.rows import KINDS, columns_of, frame_of, no_table

MOST_ROWS = 50_000
"""Rows of a side that are reported on: of more, SDMetrics would draw some that no seed decides."""

TOGETHER = 40
"""Columns that are paired with one another: of more, groups are drawn, so that the time grows with their number."""

SHOWN = 10
"""Columns and pairs that are shown, the worst ones."""

AS_REAL, POOR = 0.03, 0.8
"""How far below that of real rows a score is as good as theirs, and below which it is called poor."""

_KINDS = {"integer": "numerical", "decimal": "numerical", "duration": "numerical", "date": "datetime"}


@dataclass
class Scores:
    """What the reports say of all groups of columns.

    Attributes:
        shapes: Score of each column by name, 0 to 1; NaN where it has none.
        pairs: Score of each pair of columns that go together among real rows; other pairs do not count.
        valid: The diagnostic score of each group.
    """

    shapes: dict[str, float] = field(default_factory=dict)
    pairs: dict[tuple[str, str], float] = field(default_factory=dict)
    valid: list[float] = field(default_factory=list)

    @property
    def shape(self) -> float:
        """Column Shapes."""
        return _mean(list(self.shapes.values()))

    @property
    def trend(self) -> float:
        """Column Pair Trends; NaN where no pair of columns goes together."""
        return _mean(list(self.pairs.values()))

    @property
    def overall(self) -> float:
        """The score of the quality report."""
        return _mean([self.shape, self.trend])


def quality_scores(columns: Sequence[Column], real: np.ndarray, fake: np.ndarray, seed: int = 0) -> Scores:
    """The quality report and the diagnostic report of SDMetrics on stored rows (n, k) and (m, k)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the report has moved, and that a column of a side does not vary
        scores = Scores()
        for group in _groups(len(columns), seed):
            chosen = [columns[number] for number in group]
            frames = [frame_of(chosen, rows[:MOST_ROWS, group]) for rows in (real, fake)]
            _add(scores, frames[0], frames[1], {"columns": {c.name: {"sdtype": _sdtype(c)} for c in chosen}})
        return scores


def _groups(columns: int, seed: int) -> list[list[int]]:
    """The numbers of columns in groups, drawn by chance where one would be too large."""
    groups = -(-columns // TOGETHER)
    order = np.arange(columns)
    if groups > 1:
        order = np.random.Generator(np.random.PCG64(seed)).permutation(columns)
    return [sorted(part.tolist()) for part in np.array_split(order, groups)]


def _sdtype(column: Column) -> str:
    return _KINDS.get(column.kind, "categorical")


def _add(scores: Scores, real: Any, fake: Any, metadata: dict[str, Any]) -> None:
    """Add what the reports say of one group of columns."""
    from sdmetrics.reports.single_table import DiagnosticReport, QualityReport

    report: Any = QualityReport()
    diagnosis: Any = DiagnosticReport()
    report.generate(real, fake, metadata, verbose=False)
    diagnosis.generate(real, fake, metadata, verbose=False)
    shapes = report.get_details("Column Shapes")
    scores.shapes |= dict(zip(shapes["Column"], shapes["Score"].astype(float), strict=True))
    if len(real.columns) > 1:
        pairs = report.get_details("Column Pair Trends").dropna(subset=["Score"])
        names = zip(pairs["Column 1"], pairs["Column 2"], strict=True)
        scores.pairs |= dict(zip(names, pairs["Score"].astype(float), strict=True))
    scores.valid.append(float(diagnosis.get_score()))


def _quality(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    columns = columns_of(comparison)
    real, other, fake = (side.rows for side in comparison.parts)
    found = quality_scores(columns, real, fake, comparison.seed)
    seconds = time.perf_counter() - begin
    floor = quality_scores(columns, real, other, comparison.seed)
    grouped = f"pairs within groups of {TOGETHER}" if len(columns) > TOGETHER else ""
    common = {"n": comparison.n, "better": "higher", "settings": grouped}
    measures = [
        Measure(metric=metric, title=title, value=value, floor=usual, seconds=spent, **common)
        for metric, title, value, usual, spent in (
            ("quality", "overall score of SDMetrics' quality report", found.overall, floor.overall, seconds),
            ("shapes", "Column Shapes: how like the real ones single columns are", found.shape, floor.shape, 0.0),
            ("trends", "Column Pair Trends: how like the real ones pairs are", found.trend, floor.trend, 0.0),
            ("valid", "SDMetrics' diagnostic score", _mean(found.valid), _mean(floor.valid), 0.0),
        )
    ]
    known = [measure for measure in measures if not np.isnan(measure.value)]
    tables = [
        _table("Columns", "Column", {(name,): score for name, score in found.shapes.items()}, floor.shapes),
        _table("Pairs of columns", "Pair", found.pairs, floor.pairs),
    ]
    return Found(known, [_verdict(measures[0], found)], (), tables)


def _verdict(measure: Measure, found: Scores) -> Verdict:
    worst = min(found.shapes, key=lambda name: found.shapes[name], default="")
    numbers = f"{measure.value:.1%}, where other real rows have {measure.floor or 0:.1%}"
    least = f'; the column least like the real one is "{worst}" with {found.shapes[worst]:.1%}' if worst else ""
    if measure.value >= (measure.floor or 0) - AS_REAL:
        return Verdict("quality", "good", f"Columns and pairs of columns are as in the data ({numbers}).")
    if measure.value < POOR:
        return Verdict("quality", "bad", f"Columns and pairs of columns are not as in the data ({numbers}){least}.")
    return Verdict("quality", "note", f"Columns and pairs of columns are much as in the data ({numbers}){least}.")


def _table(title: str, heading: str, scores: dict, floors: dict) -> Table:
    worst = sorted(scores, key=lambda key: scores[key])[:SHOWN]
    rows = [
        (" and ".join(key), f"{scores[key]:.1%}", f"{floors.get(key, floors.get(key[0], float('nan'))):.1%}")
        for key in worst
    ]
    text = f"{heading} scores of SDMetrics, the worst {len(rows)} of {len(scores)}, beside those of other real rows."
    return Table(title, text, ("", "generated", "real"), rows)


def _mean(scores: Sequence[float]) -> float:
    known = [score for score in scores if not np.isnan(score)]
    return float(np.mean(known)) if known else float("nan")


def _refused(comparison: Comparison) -> str | None:
    refused = no_table(comparison)
    if refused is None and importlib.util.find_spec("sdmetrics") is None:
        return "the package sdmetrics is not installed: pip install 'zerosum[tables]'"
    return refused


METRICS = (
    Metric(
        "quality",
        "SDMetrics' quality and diagnostic reports of a table",
        _refused,
        _quality,
        gives=("shapes", "trends", "valid"),
        usual=KINDS,
    ),
)
