"""Databases: SQLite always; PostgreSQL and MariaDB where a server answers (in CI they must)."""

import os
import sqlite3
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from loaders.loader import BadInput, choose
from loaders.sql import LOADER, connect
from tests.loaders.reading import problems, read

SERVERS = {
    "sqlite": "sqlite:///{folder}/shop.db",
    "postgresql": os.environ.get("PLUMBLINE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test"),
    "mysql": os.environ.get("PLUMBLINE_TEST_MYSQL", "mysql://root@127.0.0.1:3306/test"),
}
ROWS = 2_500


@pytest.fixture(params=SERVERS)
def server(request, tmp_path):
    """An address, and an engine with the tables of a small shop in it."""
    address = SERVERS[request.param].format(folder=tmp_path)
    if request.param == "sqlite":
        sqlite3.connect(tmp_path / "shop.db").executescript(
            "CREATE TABLE t (a); DROP TABLE t;"
        ).connection.close()
    engine = connect(address, {}).engine
    try:
        engine.connect().close()
    except sa.exc.OperationalError:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no {request.param} server answers at {engine.url}")
    shop = sa.MetaData()
    orders = sa.Table(
        "orders",
        shop,
        sa.Column("order_id", sa.Integer),
        sa.Column("ordered_at", sa.DateTime),
        sa.Column("customer_id", sa.String(20)),
        sa.Column("shipping_fee", sa.Numeric(10, 2)),
        sa.Column("our_note", sa.Text),
    )
    sold = sa.Table(
        "sold things",
        shop,
        sa.Column("Order No", sa.Integer),
        sa.Column("art", sa.String(20)),
        sa.Column("qty", sa.Integer),
        sa.Column("price", sa.Numeric(10, 2)),
    )
    shop.drop_all(engine)
    shop.create_all(engine)
    when = datetime(2024, 1, 5, 10)
    with engine.begin() as connection:
        connection.execute(
            orders.insert(),
            [
                {"order_id": n, "ordered_at": when, "customer_id": f"C{n}", "shipping_fee": Decimal("4.90")}
                for n in range(ROWS)
            ],
        )
        connection.execute(
            sold.insert(),
            [{"Order No": n, "art": "P", "qty": 2, "price": Decimal("9.50")} for n in range(ROWS)],
        )
    yield address, engine
    shop.drop_all(engine)


def test_tables_named_as_ours_are_found(server, monkeypatch):
    monkeypatch.setattr("loaders.sql.BATCH", 1_000)
    address, _ = server
    delivery = LOADER.open(address, {"timezone": "Asia/Shanghai"})
    assert [source.name for source in delivery.sources] == ["table orders"]
    batches = list(delivery.sources[0].read())
    assert [batch.frame.height for batch in batches] == [1_000, 1_000, 500]
    found = read(delivery)["orders"]
    assert sorted(found["_line"]) == list(range(1, ROWS + 1))
    assert set(found["ordered_at"]) == {datetime(2024, 1, 5, 2, tzinfo=UTC)}
    assert set(found["shipping_fee"]) == {4.9}
    assert problems(found) == {}


def test_tables_and_queries_by_a_mapping(server, tmp_path):
    address, engine = server
    quote = engine.dialect.identifier_preparer.quote
    rules = f"""\
[orders]
table = "orders"
[orders.columns]
order_id = "order_id"
ordered_at = "ordered_at"
[order_lines]
query = '''
SELECT {quote("Order No")} AS nr, art, qty * 2 AS n, price FROM {quote("sold things")}
WHERE {quote("Order No")} < 10'''
[order_lines.columns]
order_id = "nr"
product_id = "art"
units = "n"
unit_price = "price"
"""
    (tmp_path / "m.toml").write_text(rules)
    delivery = LOADER.open(address, {"mapping": str(tmp_path / "m.toml")})
    assert {source.name for source in delivery.sources} == {"table orders", "query order_lines"}
    found = read(delivery)
    assert found["order_lines"].select("units", "unit_price").unique().rows() == [(4, 9.5)]
    assert (found["order_lines"].height, found["orders"].height) == (10, ROWS)
    (tmp_path / "m.toml").write_text(rules.replace('table = "orders"', 'table = "order"'))
    with pytest.raises(BadInput, match=r"has no table 'order'\. Did you mean 'orders'"):
        LOADER.open(address, {"mapping": str(tmp_path / "m.toml")})
    (tmp_path / "m.toml").write_text(rules.replace("SELECT", "SELEKT"))
    with pytest.raises(BadInput, match=r"answers: .*SELEKT"):
        LOADER.open(address, {"mapping": str(tmp_path / "m.toml")})


def test_the_digest_follows_the_rows(server):
    address, engine = server
    before = LOADER.open(address, {}).sources[0].digest
    assert LOADER.open(address, {}).sources[0].digest == before
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE orders SET shipping_fee = 5 WHERE order_id = 7"))
    assert LOADER.open(address, {}).sources[0].digest != before


def test_a_database_with_columns_of_its_own_kind(tmp_path):
    address = f"sqlite:///{tmp_path}/a.db"
    engine = sa.create_engine(address, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE orders (order_id, ordered_at, customer_id, shipping_fee)"))
        values = "(1, '2024-01-05', x'4142', 1), ('A', 1704448800, NULL, 2.5), (3, 'soon', 'c', 'free')"
        connection.execute(sa.text(f"INSERT INTO orders VALUES {values}"))
    found = read(LOADER.open(address, {}))["orders"]
    assert found["order_id"].to_list() == ["1", "A", "3"]
    assert found["customer_id"].to_list() == ["AB", None, "c"]
    assert problems(found) == {3: 'ordered_at: not a date: "soon"; shipping_fee: not a number: "free"'}
    assert choose(str(tmp_path / "a.db"), {})[1] == "it is a SQLite database"


SECRET = "s3cr3t%21"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"postgresql://shop:{SECRET}@127.0.0.1:1/shop", "shop:\\*\\*\\*@127.0.0.1:1/shop answers"),
        (f"mysql://shop:{SECRET}@127.0.0.1:1/shop", "shop:\\*\\*\\*@127.0.0.1:1/shop answers"),
        (f"oracle://shop:{SECRET}@host/shop", 'needs a driver that is not installed: pip install "oracledb"'),
        (f"foo://shop:{SECRET}@host/shop", "knows no kind of database 'foo'"),
        (f"postgresql://shop:{SECRET}@host:port/shop", "no database address. Write it as postgresql://"),
        ("sqlite:////nowhere/shop.db", "There is no SQLite file '/nowhere/shop.db'"),
    ],
)
def test_no_message_shows_a_password(address, told, monkeypatch):
    monkeypatch.setenv("SHOP_DATABASE", address)
    for options in ({}, {"url_env": "SHOP_DATABASE"}):
        with pytest.raises(BadInput, match=told) as raised:
            LOADER.open("db" if options else address, options)
        assert "s3cr3t" not in str(raised.value)
        assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_what_a_driver_repeats_is_scrubbed(monkeypatch):
    def refuse(*_, **__):
        raise sa.exc.OperationalError("connect", {}, Exception(f"bad password s3cr3t! in db://u:{SECRET}@h"))

    monkeypatch.setattr(sa, "inspect", refuse)
    with pytest.raises(BadInput, match=r"bad password \*\*\* in") as raised:
        LOADER.open(f"postgresql://u:{SECRET}@h/d", {})
    assert "s3cr3t" not in str(raised.value)


def test_the_address_may_lie_in_a_variable(server, monkeypatch):
    monkeypatch.setenv("SHOP_DATABASE", server[0])
    loader, why = choose("shop", {"url_env": "SHOP_DATABASE"})
    assert (loader.name, why) == ("sql", "the variable SHOP_DATABASE holds its address")
    assert loader.open("shop", {"url_env": "SHOP_DATABASE"}).sources[0].name == "table orders"
    with pytest.raises(BadInput, match="variable NOT_THERE is not set"):
        LOADER.open("shop", {"url_env": "NOT_THERE"})
