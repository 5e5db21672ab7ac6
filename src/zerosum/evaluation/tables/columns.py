"""Pictures of tables: each column, and how columns go together, real beside generated."""

import time
from collections.abc import Sequence

import numpy as np

from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.encoding.panels import panel
from zerosum.drawing.columns import MOST_COLUMNS, Panel, column_sheet
from zerosum.drawing.heatmap import HeatMap, heat_maps
from zerosum.drawing.page import Table
from zerosum.evaluation.comparison import Comparison, Metric
from zerosum.evaluation.measure import Figure, Found, Measure
from zerosum.evaluation.tables.rows import KINDS, columns_of, frame_of, no_table, numbers_of
from zerosum.metrics.tables.associations import associations

MOST_PAIRED = 40
"""Columns whose pairs are looked at, drawn by chance where there are more."""

MOST_ROWS = 10_000
"""Rows that pairs are looked at in."""

SHOWN_ROWS, SHOWN_COLUMNS = 8, 16
"""Generated rows that are shown as they are, and how many of their columns."""


def _columns(comparison: Comparison) -> Found:
    begin = time.perf_counter()
    columns, seed = columns_of(comparison), comparison.seed
    chosen = np.arange(len(columns))
    if len(chosen) > MOST_PAIRED:
        chosen = np.sort(np.random.Generator(np.random.PCG64(seed)).permutation(chosen)[:MOST_PAIRED])
    paired = [columns[number] for number in chosen]
    numbers = numbers_of(paired)
    real, other, fake = (associations(side.rows[:MOST_ROWS, chosen], numbers) for side in comparison.parts)
    figures = [_overlays(columns, comparison.fake.rows, comparison.sides.real.rows)]
    measures = []
    if len(paired) > 1:
        figures.append(_maps(paired, real, fake))
        measures.append(
            Measure(
                metric="associations",
                title="mean difference of the associations of pairs of columns",
                n=comparison.n,
                settings="" if len(paired) == len(columns) else f"columns={len(paired)} of {len(columns)}",
                value=_difference(fake, real),
                floor=_difference(other, real),
                seconds=time.perf_counter() - begin,
            )
        )
    return Found(measures, (), figures, [_rows(columns, comparison.fake.rows[:SHOWN_ROWS])])


def _difference(some: np.ndarray, others: np.ndarray) -> float:
    """Mean difference of two matrices (k, k) below the diagonal."""
    below = np.tril_indices(len(some), -1)
    return float(np.abs(some - others)[below].mean())


def _overlays(columns: Sequence[Column], fake: np.ndarray, real: np.ndarray) -> Figure:
    """Each column's values, or those of the columns that are least like the real ones."""
    panels = [panel(column, fake[:, i], real[:, i]) for i, column in enumerate(columns)]
    caption = "Generated rows are filled, real ones a line; numbers from the 1st to the 99th percentile of real ones."
    if len(panels) > MOST_COLUMNS:
        panels = sorted(panels, key=_apart, reverse=True)[:MOST_COLUMNS]
        caption += f" These are the {MOST_COLUMNS} of {len(columns)} columns that are least like the real ones."
    return Figure("samples", "How often each value comes", caption, column_sheet(panels, len(panels)))


def _apart(shown: Panel) -> float:
    return 0.0 if shown.real is None else float(np.abs(shown.shares - shown.real).sum())


def _maps(columns: Sequence[Column], real: np.ndarray, fake: np.ndarray) -> Figure:
    caption = (
        "Pearson's r between numbers, Cramer's V between choices, the correlation ratio between a number and a choice. "
        "Where the right one is white, pairs of columns go together as in the data."
    )
    maps = [HeatMap("real", real), HeatMap("generated", fake), HeatMap("generated less real", fake - real)]
    return Figure("associations", "How columns go together", caption, heat_maps(maps, [c.name for c in columns]))


def _rows(columns: Sequence[Column], rows: np.ndarray) -> Table:
    """Some generated rows as they are."""
    shown = columns[:SHOWN_COLUMNS]
    frame = frame_of(shown, rows[:, : len(shown)])
    texts = [
        [_text(column, entry) for column, entry in zip(shown, row, strict=True)]
        for row in frame.itertuples(index=False, name=None)
    ]
    more = f" Only the first {len(shown)} of {len(columns)} columns are shown." if len(shown) < len(columns) else ""
    return Table("Generated rows", f"The first ones; none were chosen.{more}", [column.name for column in shown], texts)


def _text(column: Column, entry: object) -> str:
    if entry is None or entry != entry:  # NaN, and the instant that is none
        return ""
    return f"{entry:.{column.decimals or 0}f}" if isinstance(entry, float) and column.step else f"{entry}"


METRICS = (
    Metric(
        "columns",
        "each column of a table, and how columns go together, drawn",
        no_table,
        _columns,
        gives=("associations",),
        usual=KINDS,
    ),
)
