"""Connections to databases, and what goes wrong with them as sentences that never hold a password."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from zerosum.core.errors import DataError, SettingError, nearest_name
from zerosum.data.tables.formats.places import Place
from zerosum.data.tables.formats.streams import first_line

_SECRET = re.compile(r"pass|pwd|secret|token|key", re.IGNORECASE)
"""What the name of a part of a URL's query has in it when its value is nobody's business."""

_READ_ONLY = {"mysql": "set session transaction read only", "mariadb": "set session transaction read only"}

_PACKAGES = {"MySQLdb": "mysqlclient", "psycopg": "'psycopg[binary]'", "psycopg2": "psycopg2-binary"}
"""Drivers whose packages are called otherwise."""

_SKIPPED = re.compile(
    r"""--[^\n]*(?:\n|$) | /\*.*?(?:\*/|$) | '(?:[^']|'')*(?:'|$) | "(?:[^"]|"")*(?:"|$) | `[^`]*(?:`|$)""", re.S | re.X
)
"""Comments, text and quoted names: whatever stands in them is no statement."""


def check_query(query: str) -> None:
    """Refuse everything but one statement that only reads.

    Raises:
        SettingError: The query is not one "select" or "with".
    """
    bare = (
        _SKIPPED.sub(lambda found: " " if found.group()[:2] in ("--", "/*") else "''", query).strip().rstrip("; \n\t")
    )
    word = re.match(r"\w*", bare)
    if word is None or word.group().lower() not in ("select", "with"):
        raise SettingError(
            f'The query begins with "{bare[:20]}"; it must be one that reads: select ..., or with ... select.'
        )
    if ";" in bare:
        raise SettingError('The query holds several statements, parted by ";"; give one alone.')


def shown(place: Place) -> str:
    """Where a database lies, without a password: an absolute path or a URL."""
    if place.engine != "server":
        return str(place.path)
    import sqlalchemy.exc

    scheme, _, rest = place.address.partition("://")
    # Whatever stands before the last "@" may be a part of a password that was not written as it should be.
    if rest.count("@") > 1 or "@" in place.table:
        raise DataError(
            f'The {scheme} URL has several "@", or a "#" before one. Within a password write "@" as %40, "#" as %23, '
            '":" as %3A and "/" as %2F.'
        )
    try:
        url = sqlalchemy.make_url(place.address)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise DataError(
            f"The {scheme} URL cannot be read; it is {scheme}://USER:PASSWORD@HOST:PORT/DATABASE#TABLE, where "
            'a "#" within the password is %23, ":" %3A and "/" %2F.'
        ) from None
    hidden = {name: "***" for name in url.query if _SECRET.search(name)}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)


@contextmanager
def explained_database(place: Place) -> Iterator[None]:
    """Turn what a database or its driver raises within into a `DataError` without a password."""
    import duckdb
    import sqlalchemy.exc

    try:
        yield
    except ImportError as error:
        raise DataError(_no_driver(place, error)) from None
    except sqlalchemy.exc.NoSuchModuleError:
        scheme = place.address.partition("://")[0]
        raise DataError(
            f'SQLAlchemy knows no database "{scheme}"; the package that adds it is not installed.'
        ) from None
    except (sqlalchemy.exc.SQLAlchemyError, duckdb.Error, sqlite3.Error, OSError, RuntimeError) as error:
        cause = getattr(error, "orig", None) or error
        raise DataError(f"{shown(place)}: the database says: {_without_secrets(first_line(cause), place)}.") from None


@contextmanager
def connected(place: Place, writing: bool = False, path: Path | None = None) -> Iterator[Any]:
    """A connection of SQLAlchemy that cannot write unless it is meant to; what is not committed never was.

    Args:
        place: The database.
        writing: Whether it is written to.
        path: The file of an SQLite database, where it is not that of `place`.
    """
    import sqlalchemy

    options: dict[str, Any] = {"poolclass": sqlalchemy.pool.NullPool}
    if place.engine == "sqlite":
        file = f"file:{quote(str(path or place.path))}?mode={'rwc' if writing else 'ro'}"
        # Without an isolation level the driver begins no transactions by itself, and one can hold a new table too.
        options["creator"] = lambda: sqlite3.connect(file, uri=True, isolation_level=None)
    engine = sqlalchemy.create_engine("sqlite://" if place.engine == "sqlite" else place.address, **options)
    with engine.connect() as connection:
        if not writing:
            connection = connection.execution_options(postgresql_readonly=True)
            if engine.dialect.name in _READ_ONLY:
                connection.exec_driver_sql(_READ_ONLY[engine.dialect.name])
        elif place.engine == "sqlite":
            connection.exec_driver_sql("begin immediate")
        yield connection


def tables_of(connection: Any) -> list[str]:
    """Names of the tables and views in the default schema of an SQLAlchemy connection."""
    import sqlalchemy

    inspector = sqlalchemy.inspect(connection)
    return [*inspector.get_table_names(), *inspector.get_view_names()]


def only_table(names: list[str], place: Place) -> str:
    """The table that was named behind "#", or else the only one.

    Raises:
        DataError: There is no table of this name, or none was named and there are several.
    """
    if place.table:
        if place.table not in names:
            raise DataError(f'{shown(place)} has no table "{place.table}". {nearest_name(place.table, names)}.')
        return place.table
    if len(names) != 1:
        listing = ", ".join(sorted(names)[:20]) + (", ..." if len(names) > 20 else "")
        found = f"{len(names)} tables: {listing}" if names else "no tables"
        raise DataError(f'{shown(place)} has {found}. Name one behind a "#", such as shop.db#orders.')
    return names[0]


def _no_driver(place: Place, error: ImportError) -> str:
    scheme = place.address.partition("://")[0]
    if error.name is None:
        return f"The driver of {scheme}:// cannot be used: {first_line(error)}."
    hint = " Another driver can be named in the URL, such as mysql+pymysql://." if scheme == "mysql" else ""
    return (
        f'Databases at {scheme}:// are reached by the Python package "{error.name}", which is not installed: '
        f"pip install {_PACKAGES.get(error.name, error.name)}.{hint}"
    )


def _without_secrets(text: str, place: Place) -> str:
    """A driver's words with every secret of the URL replaced."""
    if place.engine != "server":
        return text
    import sqlalchemy

    url = sqlalchemy.make_url(place.address)
    values = [value for name, value in url.query.items() if _SECRET.search(name)]
    secrets = [url.password, *(part for value in values for part in ((value,) if isinstance(value, str) else value))]
    for secret in filter(None, secrets):
        for spelling in {str(secret), quote(str(secret)), quote(str(secret), safe=""), unquote(str(secret))}:
            text = text.replace(spelling, "***")
    return text
