"""Tables in databases: SQLAlchemy for all of them but DuckDB, which gives out Arrow by itself."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas

from zerosum.core.errors import DataError, SettingError
from zerosum.core.files import replacing
from zerosum.data.tables.formats.connections import (
    check_query,
    connected,
    explained_database,
    only_table,
    shown,
    tables_of,
)
from zerosum.data.tables.formats.form import Form, Opened
from zerosum.data.tables.formats.places import Place
from zerosum.data.tables.formats.typed import check_types, pieces_of
from zerosum.data.tables.formats.values import python_values, typed_frame


def open_database(place: Place, query: str | None) -> Opened:
    """A table of a database, or what a query gives; nothing in the database can be changed by it.

    For the types see `typed.pieces_of` with DuckDB and `values.typed_frame` with others; text is str, and decimals,
    dates and times are objects.

    Raises:
        DataError: The database is not there or refuses, or which table is meant is not clear.
        SettingError: The query does more than read, or a table is named as well.
    """
    source = shown(place)
    if query is not None:
        if place.table:
            raise SettingError(f'Both a query and the table "{place.table}" are given; give one of the two.')
        check_query(query)
    with explained_database(place):
        if _is_duckdb(place):
            with _duckdb(place) as connection:
                table, statement = _duckdb_statement(connection, place, query)
            read = partial(_read_duckdb, place, statement)
        else:
            with connected(place) as connection:
                table, statement = _statement(connection, place, query)
            read = partial(_read, place, statement)
    name = table or (place.stem if place.engine != "server" else source.partition("?")[0].rpartition("/")[2]) or "query"
    return Opened(Form("sql"), read, name, f"{source}#{table}" if table else source)


def write_table(frame: pandas.DataFrame, place: Place) -> str:
    """Make a new table of a database, which is made as well where it is a file that is not there.

    Returns:
        The database and the table, without a password.

    Raises:
        DataError: There is such a table, or the database is not there or refuses.
        SettingError: No table is named.
    """
    source = shown(place)
    if not place.table:
        raise SettingError(f'Name the new table behind a "#": {source}#orders.')
    write = _write_duckdb if _is_duckdb(place) else _write
    with explained_database(place):
        if place.engine != "server" and not place.path.exists():
            with replacing(place.path) as path:
                write(frame, place, path)
        else:
            write(frame, place, place.path)
    return f"{source}#{place.table}"


def _statement(connection: Any, place: Place, query: str | None) -> tuple[str, str]:
    """The name of the table, or "", and the statement that reads it."""
    if query is not None:
        return "", query
    schema, _, name = place.table.rpartition(".")
    names = tables_of(connection)
    quoted = connection.dialect.identifier_preparer.quote
    if schema and place.table not in names:
        return place.table, f"select * from {quoted(schema)}.{quoted(name)}"
    table = only_table(names, place)
    return table, f"select * from {connection.dialect.identifier_preparer.quote_identifier(table)}"


def _read(place: Place, statement: str, most: int) -> Iterator[pandas.DataFrame]:
    """The rows of a statement, fetched from the server in pieces of at most `most`."""
    with explained_database(place), connected(place) as connection:
        # Without parameters, a percent sign or a colon in the statement is nothing but that.
        options = connection.execution_options(no_parameters=True, stream_results=True, max_row_buffer=most)
        result = options.exec_driver_sql(statement)
        names = [str(name) for name in result.keys()]
        for rows in result.partitions(most):
            yield typed_frame(rows, names, shown(place))


def _write(frame: pandas.DataFrame, place: Place, path: Any) -> None:
    """Make a table within one transaction; what a database without such transactions has kept is removed."""
    import sqlalchemy

    frame = _plain(frame)
    with connected(place, writing=True, path=path) as connection:
        schema, _, name = place.table.rpartition(".")
        if place.table in tables_of(connection) or sqlalchemy.inspect(connection).has_table(name, schema or None):
            raise _exists(place)
        try:
            frame.to_sql(name, connection, schema=schema or None, index=False, if_exists="fail", chunksize=10_000)
            connection.commit()
        except Exception as error:
            connection.rollback()
            if not sqlalchemy.inspect(connection).has_table(name, schema or None) or "already exists" in str(error):
                raise
            sqlalchemy.Table(name, sqlalchemy.MetaData(), schema=schema or None).drop(connection)
            connection.commit()
            raise


def _plain(frame: pandas.DataFrame) -> pandas.DataFrame:
    """A frame without types that databases do not have: categories become their values, spans of time text."""
    columns: dict[str, pandas.Series] = {name: frame[name] for name in frame.columns}  # type: ignore[misc]
    for name, column in columns.items():
        if isinstance(column.dtype, pandas.CategoricalDtype):
            columns[name] = column.astype(column.cat.categories.dtype)
        elif column.dtype.kind == "m":
            values = [None if value is None else str(value) for value in python_values(column)]
            columns[name] = pandas.Series(values, column.index, dtype=object)
    return pandas.DataFrame(columns)


def _is_duckdb(place: Place) -> bool:
    """Whether a file is one of DuckDB's, whatever its suffix says.

    Raises:
        DataError: A folder is in its place.
    """
    if place.engine == "server":
        return False
    if place.path.is_dir():
        raise DataError(f"{place.path} is a folder; a database is a file.")
    if not place.path.exists():
        return place.engine == "duckdb"
    with open(place.path, "rb") as file:
        return file.read(12)[8:] == b"DUCK" or place.engine == "duckdb"


def _duckdb(place: Place) -> Any:
    """A connection that can read this file and no other."""
    import duckdb

    return duckdb.connect(str(place.path), read_only=True, config={"enable_external_access": "false"})


def _duckdb_statement(connection: Any, place: Place, query: str | None) -> tuple[str, str]:
    if query is not None:
        return "", query
    found = connection.sql("select table_schema, table_name from information_schema.tables").fetchall()
    statements = {
        name if schema == "main" else f"{schema}.{name}": f"select * from {_quoted(schema)}.{_quoted(name)}"
        for schema, name in found
    }
    table = only_table(list(statements), place)
    return table, statements[table]


def _read_duckdb(place: Place, statement: str, most: int) -> Iterator[pandas.DataFrame]:
    with explained_database(place), _duckdb(place) as connection:
        batches = connection.sql(statement).to_arrow_reader(most)
        check_types(batches.schema, shown(place))
        yield from pieces_of(batches, most)


def _write_duckdb(frame: pandas.DataFrame, place: Place, path: Any) -> None:
    import duckdb
    import pyarrow

    rows = pyarrow.Table.from_pandas(frame, preserve_index=False)
    with duckdb.connect(str(path)) as connection:
        found = connection.sql(
            "select table_name from information_schema.tables where table_schema = 'main'"
        ).fetchall()
        if (place.table,) in found:
            raise _exists(place)
        connection.register("zerosum_rows", rows)
        connection.execute(f"create table {_quoted(place.table)} as select * from zerosum_rows")


def _exists(place: Place) -> DataError:
    return DataError(f'{shown(place)} has a table "{place.table}" already, which is never changed. Name another one.')


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
