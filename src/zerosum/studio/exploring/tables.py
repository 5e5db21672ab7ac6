"""Rows of a table as a page shows them, and how often the values of its columns come."""

from copy import copy
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np

from zerosum.core.errors import SettingError
from zerosum.core.progress import Progress
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.data.tables.encoding.panels import bins_of
from zerosum.studio.exploring.open_model import Answer, OpenModel

MOST_SHOWN, MOST_WRITTEN = 1000, 100_000
"""Rows on a page, and in a file."""

MOST_COMPARED = 20_000
"""Rows, generated and real, that columns are compared by."""

TYPES = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}


@dataclass(frozen=True, kw_only=True)
class RowsAsked:
    """Which rows.

    Attributes:
        condition: What they are to be, as for `zerosum sample --where`.
        count: How many.
        seed: Number of the first.
        view: Who wants to see them, and no others any more.
    """

    condition: str | None = None
    count: int = 50
    seed: int = 0
    view: str = "rows"


@dataclass(frozen=True, kw_only=True)
class RowsFileAsked(RowsAsked):
    """Which rows, as a file of which format."""

    format: Literal["csv", "parquet"] = "csv"


@dataclass(frozen=True, kw_only=True)
class ColumnsAsked:
    """Whose columns.

    Attributes:
        condition: What rows are to be.
        count: How many are made.
    """

    condition: str | None = None
    count: int = 2000


def rows(opened: OpenModel, asked: RowsAsked, progress: Progress) -> dict[str, Any]:
    """Numbered rows as text, the names of the columns, and how many rows were made for them.

    Raises:
        SettingError: Too many are asked for, or no row can be as asked.
    """
    from zerosum.data.tables.restoring import restored_frame  # here, since pandas is needed for tables alone

    codec, numbers = codec_of(opened), _numbers(asked.count, asked.seed, MOST_SHOWN)
    model = copy(opened.model)  # which counts its own tries, while another thread has its own
    stored = model.numbered(numbers, asked.condition)
    frame = restored_frame(codec, stored, numbers, spelled=True)
    texts = [frame[name].astype(object).where(frame[name].notna(), "").map(str).tolist() for name in frame.columns]
    return {
        "columns": [str(name) for name in frame.columns],
        "rows": [list(row) for row in zip(*texts, strict=True)],
        "tries": model.tries,
    }


def rows_file(opened: OpenModel, asked: RowsFileAsked, progress: Progress) -> Answer:
    """The same rows as a file: what `zerosum sample` writes."""
    from zerosum.data.tables.restoring import write_rows  # here, since pandas is needed for tables alone

    codec, numbers = codec_of(opened), _numbers(asked.count, asked.seed, MOST_WRITTEN)
    stored = opened.model.numbered(numbers, asked.condition)
    name = f"{opened.folder.name}-{asked.count}-rows.{asked.format}"
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"rows.{asked.format}"
        write_rows(codec, stored, numbers, path)
        return Answer(path.read_bytes(), TYPES[asked.format], name=name)


def columns(opened: OpenModel, asked: ColumnsAsked, progress: Progress) -> dict[str, Any]:
    """How often the values of each column come, in generated rows and in those trained on that are as asked.

    Raises:
        SettingError: Too many are asked for, or no row can be as asked.
    """
    learned = codec_of(opened).learned
    stored = opened.model.numbered(_numbers(asked.count, 0, MOST_COMPARED), asked.condition)
    real = _reals(opened, asked.condition)
    panels = []
    for index, column in enumerate(learned):
        bins = bins_of(column, stored[:, index] if real is None else real[:, index])
        panels.append(
            {
                "name": column.name,
                "kind": column.kind,
                "number": column.is_number,
                "labels": list(bins.labels),
                "real": None if real is None else bins.shares(real[:, index]).tolist(),
                "fake": bins.shares(stored[:, index]).tolist(),
                "low": bins.low,
                "high": bins.high,
            }
        )
    return {"real": None if real is None else len(real), "fake": len(stored), "columns": panels}


def codec_of(opened: OpenModel) -> TableCodec:
    """How a model's rows are stored.

    Raises:
        SettingError: It makes no rows.
    """
    if not isinstance(opened.model.codec, TableCodec):
        raise SettingError(f"This model makes {opened.kind}, and no rows of a table.")
    return opened.model.codec


def _reals(opened: OpenModel, condition: str | None) -> np.ndarray | None:
    """Stored rows that were trained on and are as asked, if they are there and there are any."""
    if opened.trained is None:
        return None
    real = np.asarray(opened.trained)
    if condition is not None and opened.model.known is not None:
        accepted = opened.model.known.asked(condition).accepted(real)
        real = real if accepted is None else real[accepted]
    if len(real) > MOST_COMPARED:
        real = real[np.linspace(0, len(real) - 1, MOST_COMPARED).astype(int)]
    return real if len(real) else None


def _numbers(count: int, seed: int, most: int) -> range:
    if not 1 <= count <= most:
        raise SettingError(f"{count:,} rows were asked for; 1 to {most:,} are allowed here.")
    return range(seed, seed + count)
