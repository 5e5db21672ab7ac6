"""Quality as SDMetrics has it, the column to predict, and rows as frames."""

import warnings
from typing import Any

import numpy as np
import pandas
import pytest

from zerosum.core.errors import SettingError
from zerosum.data import open_dataset
from zerosum.data.tables.columns.column import Column, Kind
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.evaluation.tables.quality import quality_scores
from zerosum.evaluation.tables.rows import frame_of
from zerosum.evaluation.tables.target import find_target

from .conftest import drawn

KINDS = {"age": "numerical", "pay": "numerical", "joined": "datetime"}


def columns_and_rows() -> tuple[tuple[Column, ...], np.ndarray, np.ndarray]:
    real = open_dataset(drawn(0, 500))
    assert isinstance(real.codec, TableCodec)
    return real.codec.learned, real.rows, open_dataset(drawn(1, 500), like=real.codec).rows


def test_scores_are_those_of_sdmetrics_called_plainly() -> None:
    pytest.importorskip("sdmetrics")
    columns, real, fake = columns_and_rows()
    found = quality_scores(columns, real, fake)
    plain = [drawn(seed, 500).astype({"joined": "datetime64[us]"}) for seed in (0, 1)]
    metadata = {"columns": {name: {"sdtype": KINDS.get(name, "categorical")} for name in plain[0]}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sdmetrics.reports.single_table import DiagnosticReport, QualityReport

        report: Any = QualityReport()
        report.generate(*plain, metadata, verbose=False)
        diagnosis: Any = DiagnosticReport()
        diagnosis.generate(*plain, metadata, verbose=False)
    parts = dict(report.get_properties().values)
    assert found.overall == pytest.approx(report.get_score(), abs=1e-12)
    assert found.shape == pytest.approx(parts["Column Shapes"], abs=1e-12)
    assert found.trend == pytest.approx(parts["Column Pair Trends"], abs=1e-12)
    assert found.valid == [pytest.approx(diagnosis.get_score(), abs=1e-12)]


def test_all_columns_of_a_wide_table_are_reported_on_in_groups() -> None:
    pytest.importorskip("sdmetrics")
    random = np.random.RandomState(0)
    columns = [Column(name=f"c{i}", kind="decimal") for i in range(50)]
    shared = random.randn(100, 1)
    real, fake = (shared + 0.1 * random.randn(100, 50) for _ in range(2))
    found = quality_scores(columns, real, fake)
    assert len(found.shapes) == 50 and len(found.pairs) == 2 * 25 * 24 // 2 and len(found.valid) == 2
    assert found.overall > 0.9
    assert quality_scores(columns, real, fake).pairs == found.pairs


def test_rows_are_frames_with_levels_and_instants() -> None:
    columns, rows, _ = columns_and_rows()
    frame, table = frame_of(columns, rows), drawn(0, 500)
    pandas.testing.assert_series_equal(frame["pay"], table["pay"])
    assert frame["joined"].tolist() == pandas.to_datetime(table["joined"]).tolist()
    assert frame["town"].isna().sum() == table["town"].isna().sum()
    gone = frame_of([Column(name="when", kind="date")], np.array([[0.0], [np.nan]]))
    assert gone["when"].isna().tolist() == [False, True]


def column(name: str, kind: Kind = "category", levels: int = 0) -> Column:
    return Column(name=name, kind=kind, levels=tuple(map(str, range(levels))))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([column("Income", levels=2), column("town", levels=5), column("x", "decimal")], 0),
        ([column("a", levels=2), column("b", levels=20), column("c", levels=21), column("x", "decimal")], 1),
        ([column("c", levels=21), column("x", "decimal"), column("y", "integer"), column("z", "decimal")], 2),
        ([column("c", levels=21), column("x", "decimal"), column("z", "integer")], 2),
        ([column("c", levels=21)], None),
    ],
)
def test_the_column_to_predict_is_a_likely_one(columns: list[Column], expected: int | None) -> None:
    assert find_target(columns, None) == expected
    assert find_target(columns, columns[0].name) == 0
    with pytest.raises(SettingError, match="Allowed: "):
        find_target(columns, "nothing")
