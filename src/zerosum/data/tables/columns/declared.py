"""What a person says of columns: on the command line, or in a schema file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zerosum.config.base import from_json
from zerosum.core.errors import SettingError, nearest_name
from zerosum.core.files import read_json
from zerosum.data.tables.columns.column import KINDS, Column, Kind


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a person says of one column; what is None or empty is found in the data.

    Attributes:
        kind: What it is.
        levels: Of a category, its levels; of an ordinal one, in their order.
    """

    kind: Kind | None = None
    levels: tuple[str, ...] = ()

    def applied(self, column: Column) -> Column:
        """The column as it was found, with the levels that were declared.

        Raises:
            SettingError: Its entries are not among these levels.
        """
        if not self.levels or not column.levels:
            return column
        others = [level for level in column.levels if level not in self.levels]
        if others:
            raise SettingError(
                f'The column "{column.name}" has the entry "{others[0]}", which is not among its declared levels.'
            )
        return replace(column, levels=self.levels)


def parse_declared(texts: Sequence[str], schema: str | None, columns: Sequence[str]) -> dict[str, Declared]:
    """What is said of columns, by name: in a schema file, and over it in texts such as "zip=category".

    Args:
        texts: Of `--column`.
        schema: A JSON file, an object with a kind, or an object of `Declared`, for columns by name.
        columns: Names that there are.

    Raises:
        SettingError: A column is not there, or the kind is unknown.
        DataError: The file cannot be read.
    """
    said: dict[str, Declared] = {}
    if schema is not None:
        values = read_json(Path(schema))
        if not isinstance(values, Mapping):
            raise SettingError(f"{schema} must be a JSON object with an entry for columns by name.")
        for name, value in values.items():
            said[name] = from_json(Declared, {"kind": value} if isinstance(value, str) else value, f"{schema}, {name}")
    for text in texts:
        name, _, kind = text.rpartition("=")
        if kind not in KINDS or not name:
            raise SettingError(f'--column is "{text}"; write NAME=KIND, where the kind is one of {", ".join(KINDS)}.')
        said[name] = Declared(kind=kind)
    for name in said:
        if name not in columns:
            raise SettingError(f'There is no column "{name}". {nearest_name(name, columns)}.')
    return said
