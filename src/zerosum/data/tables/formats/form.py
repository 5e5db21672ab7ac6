"""How a table was written, so that another one can be written alike; it travels as JSON beside a model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from zerosum.core.errors import DataError

if TYPE_CHECKING:
    import pandas

Kind = Literal["csv", "parquet", "feather", "arrow", "jsonl", "excel", "sql", "frame"]

DELIMITERS = (",", ";", "\t", "|")
"""What may stand between the values of a line, the most usual first."""


@dataclass(frozen=True)
class Form:
    """How a table was written. All but `kind` and `missing` is said of delimited text alone.

    Attributes:
        kind: The kind of file; "csv" is any delimited text.
        delimiter: What stands between two values.
        quote: What stands around a value that holds the delimiter.
        quoting: Whether quotes stand around values that need them, around all text, or around everything.
        decimal: What stands before the decimals of a number.
        encoding: Name of the encoding, as Python calls it; "utf-8-sig" is UTF-8 with a byte order mark.
        newline: What ends a line.
        blanks: Whether a blank follows each delimiter, which is no part of the value.
        name_blanks: The same for the line of names.
        missing: What stands for a missing value. Readers leave it as it is; whoever learns the word sets it.
    """

    kind: Kind
    delimiter: str = ","
    quote: str = '"'
    quoting: Literal["minimal", "text", "all"] = "minimal"
    decimal: str = "."
    encoding: str = "utf-8"
    newline: str = "\n"
    blanks: bool = False
    name_blanks: bool = False
    missing: str = ""


@dataclass(frozen=True)
class Opened:
    """A table that was found and can be read.

    Attributes:
        form: How it was written.
        read: Called with a number of rows, it reads the table from its beginning in pieces of at most so many.
        name: A short name.
        source: Where it lies, without a password.
        notes: Sentences about what was left out.
    """

    form: Form
    read: "Callable[[int], Iterator[pandas.DataFrame]]"
    name: str
    source: str
    notes: tuple[str, ...] = ()


def check_names(names: list[object], source: str) -> None:
    """Refuse columns that cannot be told apart by their names.

    Raises:
        DataError: There are no columns, or one has no name, or two have the same.
    """
    if not names:
        raise DataError(f"{source} has no columns.")
    for number, name in enumerate(names, 1):
        if not isinstance(name, str) or not name.strip():
            raise DataError(
                f"{source}: column {number} of {len(names)} has no name. The first line or row must name every column."
            )
    doubles = sorted({repr(name) for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if doubles:
        raise DataError(
            f"{source} has several columns with the name {', '.join(doubles)}. Give every column a name of its own; "
            "if the first line is data already, put a line before it that names the columns."
        )
