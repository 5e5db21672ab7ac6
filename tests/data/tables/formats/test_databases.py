"""Tables in databases: read without being able to change anything, written anew, and no password in any sentence."""

import datetime
import decimal
import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas
import pytest

from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables.formats.connections import check_query
from zerosum.data.tables.formats.form import Form
from zerosum.data.tables.formats.frames import Frames, open_frames
from zerosum.data.tables.formats.writing import write_frame


def read(frames: Frames) -> pandas.DataFrame:
    return pandas.concat(frames.chunks(), ignore_index=True)


def sqlite(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(";".join(statements))
    connection.close()
    return path


def duck(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


MAKERS = [pytest.param((sqlite, "shop.db"), id="sqlite"), pytest.param((duck, "shop.duckdb"), id="duckdb")]
Maker = tuple[Callable[..., Path], str]
ORDERS = ("create table orders (n integer, s text)", "insert into orders values (1, 'x'), (2, null), (3, 'z;')")


@pytest.fixture(params=MAKERS)
def shop(request, tmp_path: Path) -> Path:
    """A database with one table."""
    make, name = request.param
    return make(tmp_path / name, *ORDERS)


@pytest.fixture(params=MAKERS)
def shops(request, tmp_path: Path) -> Path:
    """A database with several tables, one of them with an awkward name."""
    make, name = request.param
    return make(tmp_path / name, *ORDERS, 'create table "two words" (a integer)', 'insert into "two words" values (7)')


def test_the_only_table(shop: Path) -> None:
    scheme = "duckdb" if shop.suffix == ".duckdb" else "sqlite"
    for source in (shop, str(shop), f"{shop}#orders", f"{scheme}:///{shop}", f"{scheme}:///{shop}#orders"):
        frames = open_frames(source)
        assert (frames.name, frames.source, frames.form) == ("orders", f"{shop}#orders", Form("sql"))
        table = read(frames)
        assert frames.columns == ("n", "s") and table["n"].tolist() == [1, 2, 3]
        assert table["s"].tolist() == ["x", None, "z;"] and table["n"].dtype.kind == "i"


def test_a_file_of_duckdb_by_another_name(tmp_path: Path) -> None:
    assert read(open_frames(duck(tmp_path / "shop.db", *ORDERS)))["n"].tolist() == [1, 2, 3]
    write_frame(pandas.DataFrame({"a": [1]}), f"{tmp_path / 'shop.db'}#more")
    assert read(open_frames(f"{tmp_path / 'shop.db'}#more"))["a"].tolist() == [1]


def test_several_tables(shops: Path) -> None:
    with pytest.raises(DataError, match='2 tables: orders, two words. Name one behind a "#"'):
        open_frames(shops)
    assert read(open_frames(f"{shops}#two words"))["a"].tolist() == [7]
    with pytest.raises(DataError, match='no table "order". Did you mean "orders"'):
        open_frames(f"{shops}#order")


def test_no_tables(tmp_path: Path) -> None:
    for path in (sqlite(tmp_path / "a.db", "vacuum"), duck(tmp_path / "a.duckdb")):
        with pytest.raises(DataError, match="has no tables"):
            open_frames(path)


def test_other_schemas(tmp_path: Path) -> None:
    path = duck(tmp_path / "a.duckdb", "create schema sales", "create table sales.t as select 5 as a")
    assert read(open_frames(f"{path}#sales.t"))["a"].tolist() == [5] and open_frames(path).name == "sales.t"


def test_queries(shop: Path) -> None:
    query = "-- the first\nselect n, s || ':b %(x)s' as t from orders where s = 'x' or s = 'z;' order by n;"
    frames = open_frames(shop, query)
    assert read(frames)["t"].tolist() == ["x:b %(x)s", "z;:b %(x)s"] and frames.name == "shop"
    assert read(open_frames(shop, "with o as (select n from orders) select max(n) as m from o"))["m"].tolist() == [3]
    with pytest.raises(SettingError, match="Both a query and the table"):
        open_frames(f"{shop}#orders", "select 1 as a")
    for wrong in ("select nothing from orders", "select n from nowhere", "select from"):
        with pytest.raises(DataError, match=r"the database says: .*\.$"):
            list(open_frames(shop, wrong).chunks())
    with pytest.raises(DataError, match="has no rows"):
        open_frames(shop, "select n from orders where n > 9")


def test_names_that_come_twice(tmp_path: Path) -> None:
    path = sqlite(tmp_path / "a.db", *ORDERS)
    with pytest.raises(DataError, match="several columns with the name 'n'"):
        open_frames(path, "select a.n, b.n from orders a, orders b")


@pytest.mark.parametrize(
    "query",
    [
        "drop table orders",
        "  -- select\n delete from orders",
        "/* select */ update orders set n = 1",
        "insert into orders values (1, 'select')",
        "pragma user_version = 3",
        "attach 'x.db' as x",
        "copy orders to 'x.csv'",
        "selected",
        "",
        "select 1; drop table orders",
        "select ';' ; delete from orders --",
        "select 1 /* ; */ ; select 2",
    ],
)
def test_only_reading_queries(query: str, shop: Path) -> None:
    before = hashlib.sha256(shop.read_bytes()).digest()
    with pytest.raises(SettingError, match="The query (begins with|holds several)"):
        open_frames(shop, query)
    assert hashlib.sha256(shop.read_bytes()).digest() == before


def test_queries_that_are_let_through() -> None:
    for query in ("SELECT 1", "(select 1)"[1:-1], "with a as (select ';' x) select x from a ;\n", 'select ";" -- ; no'):
        check_query(query)


@pytest.mark.parametrize("statement", ["delete from orders", "create table t (a integer)"])
def test_connections_cannot_write(statement: str, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "zerosum.data.tables.formats.databases.check_query", lambda query: None
    )  # were it to let one through
    with pytest.raises(DataError, match=r"read-?only"):
        list(open_frames(shop, statement).chunks())


def test_other_files_are_not_read(tmp_path: Path) -> None:
    path = duck(tmp_path / "a.duckdb", *ORDERS)
    (tmp_path / "other.csv").write_text("a\n1\n")
    with pytest.raises(DataError, match="the database says"):
        open_frames(path, f"select * from '{tmp_path / 'other.csv'}'")


def test_no_database(tmp_path: Path) -> None:
    for name in ("a.db", "a.duckdb"):
        (tmp_path / name).write_bytes(b"junk" * 1000)
        with pytest.raises(DataError, match=f"{tmp_path / name}: the database says"):
            open_frames(tmp_path / name)
        with pytest.raises(DataError, match="There is no file"):
            open_frames(tmp_path / f"no-{name}")
        assert not (tmp_path / f"no-{name}").exists()


def test_types(tmp_path: Path) -> None:
    statement = (
        "create table t as select 9007199254740993 as whole, 1.5::double as number, true as truth, 'ä' as text, "
        "date '2024-02-29' as day, timestamp '2024-02-29 12:30:00' as instant, 2.50::decimal(5, 2) as price, "
        "time '12:30:00' as clock, 'u'::enum('u', 'v') as kind union all select null, null, null, null, null, null, "
        "null, null, null"
    )
    table = read(open_frames(duck(tmp_path / "a.duckdb", statement)))
    assert [str(kind) for kind in table.dtypes] == [
        *("Int64", "float64", "boolean", "object", "object", "datetime64[us]", "object", "object", "category")
    ]
    day, clock = datetime.date(2024, 2, 29), datetime.time(12, 30)
    row = table.iloc[0]
    assert row["whole"] == 9007199254740993 and row["day"] == day and row["clock"] == clock
    assert row["price"] == decimal.Decimal("2.50") and row["instant"] == datetime.datetime.combine(day, clock)
    assert table.iloc[1].isna().all()
    with pytest.raises(DataError, match='column "a" is of the type list'):
        list(open_frames(duck(tmp_path / "b.duckdb", "create table t as select [1, 2] as a")).chunks())
    with pytest.raises(DataError, match='column "a" holds values of the type bytes'):
        open_frames(sqlite(tmp_path / "c.db", "create table t (a)", "insert into t values (x'00')"))


def test_mixed_types_of_sqlite(tmp_path: Path) -> None:
    rows = "insert into t values (1, 1, 9223372036854775807), (2.5, 'x', null), (null, null, -1)"
    table = read(open_frames(sqlite(tmp_path / "a.db", "create table t (a, b, c)", rows)))
    assert [str(kind) for kind in table.dtypes] == ["float64", "object", "Int64"]
    assert table["b"].tolist() == [1, "x", None] and table["c"].tolist() == [2**63 - 1, pandas.NA, -1]


@pytest.mark.parametrize("name", ["new.db", "new.sqlite3", "new.duckdb"])
def test_written_anew(name: str, tmp_path: Path) -> None:
    day, noon = datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 12, 30)
    table = pandas.DataFrame(
        {
            "n": pandas.array([1, None, 3], "Int64"),
            "x": [0.1, None, 1e300],
            "s": ["ä'; drop table", None, ""],
            "b": pandas.array([True, None, False], "boolean"),
            "d": pandas.Series([day, None, day], dtype=object),
            "t": pandas.Series([noon, pandas.NaT, noon], dtype="datetime64[us]"),
            "k": pandas.Categorical(["u", None, "v"]),
            "two words": [1, 2, 3],
        }
    )
    target = f"{tmp_path / name}#my orders"
    assert write_frame(table, target) == target
    assert {path.name for path in tmp_path.iterdir()} == {name}
    again = read(open_frames(target))
    assert list(again.columns) == list(table.columns) and again["n"].dtype.kind == "i"
    assert again["n"].tolist() == [1, pandas.NA, 3] and again["x"].tolist()[::2] == [0.1, 1e300]
    assert again["s"].tolist() == ["ä'; drop table", None, ""] and again["k"].astype(object).tolist()[::2] == ["u", "v"]
    assert again.iloc[1, :7].isna().all()
    assert pandas.to_datetime(again["t"]).tolist()[0] == noon and str(again["d"][0]) == str(day)
    before = (tmp_path / name).read_bytes()
    with pytest.raises(DataError, match='has a table "my orders" already'):
        write_frame(table, target)
    assert (tmp_path / name).read_bytes() == before
    write_frame(table[["n"]], f"{tmp_path / name}#second")
    assert len(read(open_frames(f"{tmp_path / name}#second"))) == 3 and len(read(open_frames(target))) == 3
    with pytest.raises(SettingError, match='Name the new table behind a "#"'):
        write_frame(table, tmp_path / name)


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("name", ["a.db", "a.duckdb"])
def test_written_whole_or_not_at_all(name: str, exists: bool, tmp_path: Path) -> None:
    path = tmp_path / name
    if exists:
        write_frame(pandas.DataFrame({"a": [1]}), f"{path}#first")
    wrong = pandas.DataFrame({"a": [1] * 20_001, "b": ["x"] * 20_000 + [object()]})
    with pytest.raises(DataError):
        write_frame(wrong, f"{path}#second")
    assert path.exists() is exists
    if exists:
        assert open_frames(path).name == "first"


def test_a_view_is_not_replaced(shop: Path) -> None:
    make = duck if shop.suffix == ".duckdb" else sqlite
    make(shop, "create view seen as select n from orders")
    with pytest.raises(DataError, match='has a table "seen" already'):
        write_frame(pandas.DataFrame({"a": [1]}), f"{shop}#seen")
    assert read(open_frames(f"{shop}#seen"))["n"].tolist() == [1, 2, 3]
