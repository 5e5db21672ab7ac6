"""`zerosum inspect DATA`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tyro
from rich.console import Console
from rich.table import Table
from rich.text import Text

from zerosum.cli.train import FLAGS, decoding
from zerosum.config.base import to_json
from zerosum.config.data import DataOptions
from zerosum.core.errors import SettingError
from zerosum.core.files import write_json
from zerosum.data import open_dataset
from zerosum.data.dataset import Dataset
from zerosum.data.tables.columns.column import Column
from zerosum.data.tables.encoding.codec import TableCodec
from zerosum.data.tables.encoding.wording import done
from zerosum.health.data import inspect_data

NARROW = 8
HEADINGS = {"column": 18, "kind": 10, "why": 15, "missing": NARROW, "distinct": NARROW, "done with it": 22}
"""What is said of columns, and how many letters wide; all together fit into 80."""


@dataclass(frozen=True, kw_only=True)
class Inspect:
    """Say what data hold and what is done with it, without training. What is wrong can be set right with flags."""

    data: Annotated[str, tyro.conf.Positional]
    """A table, a folder of pictures, an array file or a built-in set, as for `zerosum train`."""
    save: Path | None = None
    """Write what the columns of a table are to this JSON file, to change it and to give it to --schema."""
    json: bool = False
    """Print it as JSON."""
    reading: tyro.conf.OmitArgPrefixes[DataOptions] = field(default_factory=DataOptions)


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Inspect, prog="zerosum inspect", args=arguments, config=(FLAGS,))
    dataset = open_dataset(command.data, command.reading, decoding)
    codec = dataset.codec
    if command.save is not None:
        if not isinstance(codec, TableCodec):
            raise SettingError(f"--save writes what columns are, and {command.data} is no table; leave it out.")
        write_json(command.save, {column.name: _declared(column) for column in codec.columns})
    if command.json:
        print(json.dumps(_facts(dataset), indent=2))
        return
    for note in dataset.notes:
        print(note)
    space = dataset.space
    print(f"{dataset.source}: {len(dataset):,} samples of kind {space.kind}, told as {space.size:,} numbers each")
    if isinstance(codec, TableCodec):
        Console(highlight=False).print(_table(codec))
    for finding in inspect_data(space.kind, dataset.rows, dataset.labels, space.classes):
        print(f"{finding.level}: {finding.what} {finding.evidence}")


def _facts(dataset: Dataset) -> dict[str, object]:
    facts: dict[str, object] = {
        "source": dataset.source,
        "samples": len(dataset),
        "kind": dataset.space.kind,
        "fingerprint": dataset.fingerprint,
        "notes": list(dataset.notes),
    }
    if isinstance(dataset.codec, TableCodec):
        facts["columns"] = [to_json(column) for column in dataset.codec.columns]
    return facts


def _declared(column: Column) -> dict[str, object]:
    """What a schema file says of a column."""
    return {"kind": column.kind, **({"levels": list(column.levels)} if column.kind == "ordinal" else {})}


def _table(codec: TableCodec) -> Table:
    """A line for each column: what it is, why, and what is done with it."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading, widest in HEADINGS.items():
        table.add_column(heading, overflow="fold", max_width=widest, justify="right" if widest == NARROW else "left")
    cells = dict(zip((column.name for column in codec.learned), codec.cells, strict=True))
    for column in codec.columns:
        missing = f"{column.missing:.2%}" if column.missing else "-"
        choices = cells[column.name].choices if column.name in cells else 0
        known = (column.name, column.kind, column.why, missing, f"{column.distinct:,}", done(column, choices))
        table.add_row(*map(Text, known))  # names may hold what would be taken for markup
    return table
