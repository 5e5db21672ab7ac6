"""Connections to servers: what goes wrong is a sentence, and none of them has a password in it."""

import sqlite3
import sys
import traceback
from pathlib import Path

import pandas
import pytest
import sqlalchemy

from zerosum.core.errors import DataError, ZerosumError
from zerosum.data.tables.formats import connections
from zerosum.data.tables.formats import frames as module
from zerosum.data.tables.formats.frames import Frames, open_frames
from zerosum.data.tables.formats.writing import write_frame

SECRET = "s3cr3t/w%rd"
SPELLED = "s3cr3t%2Fw%25rd"
URL = f"postgresql://ann:{SPELLED}@localhost:1/shop"
ORDERS = "create table orders (n integer, s text); insert into orders values (1, 'x'), (2, null), (3, 'z;')"


def read(frames: Frames) -> pandas.DataFrame:
    return pandas.concat(frames.chunks(), ignore_index=True)


def made(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(ORDERS)
    connection.close()
    return path


def test_a_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    for address in (URL, URL.replace("postgresql", "postgres")):
        with pytest.raises(DataError, match='"psycopg", which is not installed: pip install .psycopg'):
            open_frames(address)
    with pytest.raises(DataError, match="knows no database"):
        open_frames(URL.replace("postgresql", "postgresql+nonsense"))


@pytest.mark.parametrize(
    "address",
    [
        URL,
        f"{URL}#orders",
        f"{URL}?sslpassword={SPELLED}",
        f"postgresql+nonsense://ann:{SPELLED}@h/shop",
        f"postgresql://ann:{SPELLED}@h:port/shop",
        "postgresql://ann:s3cr3t@w%rd@h/shop",
        "postgresql://ann:s3cr3t#w%rd@h/shop",
        f"mysql+pymysql://ann:{SPELLED}@localhost:1/shop",
    ],
)
@pytest.mark.parametrize("fails", ["driver", "host", "query"])
def test_passwords_are_never_shown(address: str, fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def engine(url: str, **options):
        if fails == "driver":
            raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")

        def connect() -> sqlite3.Connection:
            if fails == "host":
                raise sqlite3.OperationalError(f"could not reach {url} with {SECRET} or {SPELLED}\nmore of {SECRET}")
            return sqlite3.connect(":memory:")

        return make("sqlite://", creator=connect, **options)

    make = sqlalchemy.create_engine
    monkeypatch.setattr(sqlalchemy, "create_engine", engine)
    table = pandas.DataFrame({"a": [1]})
    for attempt in (
        lambda: open_frames(address),
        lambda: open_frames(address.partition("#")[0], f"select '{SECRET}' from nowhere"),
        lambda: write_frame(table, address.partition("#")[0]),
    ):
        with pytest.raises(ZerosumError) as caught:
            attempt()
        shown = "".join(traceback.format_exception(caught.value)) if "nowhere" not in str(caught.value) else ""
        for part in ("s3cr3t", "w%rd", "w%25rd"):
            assert part not in str(caught.value) and part not in shown


def test_a_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server's way, with SQLite at the end of it."""
    path = made(tmp_path / "a.db")
    make = sqlalchemy.create_engine
    monkeypatch.setattr(
        sqlalchemy,
        "create_engine",
        lambda url, **options: make("sqlite://", creator=lambda: sqlite3.connect(path), **options),
    )
    monkeypatch.setattr(module, "CHUNK_ROWS", 2)
    frames = open_frames(f"{URL}?sslmode=require&sslpassword={SPELLED}#orders")
    hidden = "postgresql://ann:***@localhost:1/shop"
    assert frames.source.startswith(f"{hidden}?") and frames.source.endswith("#orders")
    assert "s3cr3t" not in repr(frames) and "sslmode=require" in frames.source
    assert [len(piece) for piece in frames.chunks()] == [2, 1]
    assert open_frames(URL, "select n from orders").name == "shop"
    assert write_frame(pandas.DataFrame({"a": [1]}), f"{URL}#new") == f"{hidden}#new"
    assert read(open_frames(f"{URL}#new"))["a"].tolist() == [1]
    with pytest.raises(DataError, match=r'shop has a table "new" already') as caught:
        write_frame(pandas.DataFrame({"a": [1]}), f"{URL}#new")
    assert hidden in str(caught.value)
    with pytest.raises(DataError):
        write_frame(pandas.DataFrame({"a": [1, 2], "b": ["x", object()]}), f"{URL}#broken")
    with pytest.raises(DataError, match='no table "broken"'):
        open_frames(f"{URL}#broken")


def test_servers_are_asked_to_be_read_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = made(tmp_path / "a.db")
    make, seen = sqlalchemy.create_engine, []

    def engine(url: str, **options):
        made = make("sqlite://", creator=lambda: sqlite3.connect(path), **options)
        made.dialect.name = "mysql"
        sqlalchemy.event.listen(made, "before_cursor_execute", before, retval=True)
        return made

    def before(connection, cursor, statement, parameters, context, executemany):
        seen.append(statement)
        return ("select 1" if statement.startswith("set session") else statement), parameters

    monkeypatch.setattr(sqlalchemy, "create_engine", engine)
    open_frames("mysql+pymysql://h/shop#orders")
    assert seen[0] == connections._READ_ONLY["mysql"]
