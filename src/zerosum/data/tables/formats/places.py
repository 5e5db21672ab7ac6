"""What the name of a file, or a URL, says of the table that lies there or shall lie there."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zerosum.core.errors import DataError
from zerosum.data.tables.formats.form import Kind

_KINDS: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".feather": "feather",
    ".arrow": "arrow",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "excel",
    ".db": "sql",
    ".sqlite": "sql",
    ".sqlite3": "sql",
    ".duckdb": "sql",
}
_COMPRESSIONS = (".gz", ".bz2", ".xz", ".zip", ".zst")
_COMPRESSED = (".csv", ".tsv", ".jsonl", ".ndjson")
_SCHEMES = ("postgresql", "postgres", "mysql", "mariadb", "oracle", "mssql", "sqlite", "duckdb")

ALLOWED = (
    f"{', '.join(_KINDS)}; {', '.join(_COMPRESSED)} followed by {', '.join(_COMPRESSIONS)}; and URLs of databases: "
    f"{', '.join(f'{scheme}://' for scheme in _SCHEMES)}"
)


@dataclass(frozen=True)
class Place:
    """Where a table lies.

    Attributes:
        address: A file's path, or a server's URL with its password.
        kind: The kind of file.
        engine: What speaks with the database, "" for other files; "server" is anything at the end of a URL.
        suffix: The suffix of the name without that of the compression, such as ".csv".
        compression: Suffix of the compression, such as ".gz", or "".
        table: What was said behind a "#".
    """

    address: str
    kind: Kind
    engine: Literal["", "sqlite", "duckdb", "server"] = ""
    suffix: str = ""
    compression: str = ""
    table: str = ""

    @property
    def path(self) -> Path:
        """The absolute path of a file."""
        return Path(os.path.abspath(os.path.expanduser(self.address)))

    @property
    def stem(self) -> str:
        """The file's name without suffixes."""
        return self.path.name[: -len(self.suffix + self.compression) or None]


def place_of(source: str | Path) -> Place | None:
    """What a path or URL says of a table; None where it does not look like one.

    Raises:
        DataError: The URL of a file's database has no path.
    """
    text = str(source)
    scheme, found, rest = text.partition("://")
    if found and isinstance(source, str):
        return _from_url(scheme.lower(), rest, text)
    place = _from_name(text)
    if place is None and "#" in text:
        name, _, table = text.rpartition("#")
        place = _from_name(name, table)
        return place if place is not None and place.kind == "sql" else None
    return place


def is_table(source: str | Path) -> bool:
    """Whether a path's suffix or a URL's scheme is that of a table; nothing is opened."""
    try:
        return place_of(source) is not None
    except DataError:
        return True


def _from_name(name: str, table: str = "") -> Place | None:
    stem, suffix = os.path.splitext(name.lower())
    compression = ""
    if suffix in _COMPRESSIONS:
        compression, suffix = suffix, os.path.splitext(stem)[1]
        if suffix not in _COMPRESSED:
            return None
    if suffix not in _KINDS:
        return None
    kind = _KINDS[suffix]
    engine = ("duckdb" if suffix == ".duckdb" else "sqlite") if kind == "sql" else ""
    return Place(name, kind, engine, suffix, compression, table)


def _from_url(scheme: str, rest: str, text: str) -> Place | None:
    name = scheme.partition("+")[0]
    if name not in _SCHEMES:
        return None
    address, _, table = rest.partition("#")
    if name not in ("sqlite", "duckdb"):
        # SQLAlchemy knows PostgreSQL by its full name alone, while most services give out URLs with the short one.
        full = "postgresql" + scheme.removeprefix("postgres") if name == "postgres" else scheme
        return Place(f"{full}://{address}", "sql", "server", table=table)
    path = address.partition("?")[0].removeprefix("/")
    if not address.startswith("/") or not path:
        raise DataError(
            f"{text} names no file. Write {name}:///shop.db, or {name}:////home/me/shop.db with a full path."
        )
    return Place(path, "sql", name, os.path.splitext(path)[1], table=table)
