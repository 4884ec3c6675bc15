"""Databases by SQLAlchemy URL: tables named as ours, or tables and queries by a mapping.

Rows are streamed from the server. A source's digest is made from all of its rows in any order, so a
table is read twice: a cheaper sign (count, last change) would miss rows that were corrected in place.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from collections.abc import Mapping as Map
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import polars as pl

from loaders import mapping, tables, values
from loaders.loader import BadInput, Delivery, Loader, unknown_options
from loaders.mapping import Mapping
from loaders.matching import check_options, choose, deliver
from loaders.rows import BATCH, Rows, Table, did_you_mean, unique_names

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Engine
    from sqlalchemy.sql.base import Executable

OPTIONS = {
    "mapping": "a TOML file that says which tables or queries become ours, or a ready one",
    "url_env": "environment variable that holds the address, so that no password is typed",
    "schema": "schema of the tables, where it is not the user's own",
    "timezone": "time zone of the shop, such as Europe/London, and of times without one",
    "currency": "currency of the shop, such as EUR",
    "week_start": "monday or sunday",
    "date_order": "dmy or mdy, where a text column may hold either",
    "decimal": ". or , before the fraction of a number in a text column",
}
DRIVERS = {"postgres": "psycopg", "postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}
PACKAGES = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient"}
DIALECTS = {"duckdb": "duckdb_engine", "snowflake": "snowflake-sqlalchemy", "bigquery": "sqlalchemy-bigquery"}
PLAIN = (str, int, float, bool, datetime, date, Decimal, type(None))


@dataclass(frozen=True)
class Database:
    """An engine, and its address without the password."""

    engine: Engine
    shown: str
    secrets: tuple[str, ...]

    @contextmanager
    def mending(self) -> Iterator[None]:
        """Turns a database's error into BadInput, without any secret that it repeats."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except SQLAlchemyError as error:
            told = " ".join(str(getattr(error, "orig", None) or error).split())[:300]
            for secret in self.secrets:
                told = told.replace(secret, "***")
            raise BadInput(f"The database {self.shown} answers: {told}.") from None


def recognises(source: str, options: Map[str, str]) -> str | None:
    """An address such as postgresql://…, a variable that holds one, or a file of SQLite."""
    if options.get("url_env"):
        return f"the variable {options['url_env']} holds its address"
    if re.match(r"^\w[\w+]*://", source):
        return f"it is the address of a {source.partition(':')[0].partition('+')[0]} database"
    return "it is a SQLite database" if _sqlite(source) else None


def _sqlite(source: str) -> bool:
    path = Path(source)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def open_database(source: str, options: Map[str, str]) -> Delivery:
    """The tables and queries of a database. Raises BadInput where it cannot be reached or nothing fits."""
    unknown_options(LOADER, options)
    chosen = mapping.load(options["mapping"]) if options.get("mapping") else None
    settings = check_options({**(chosen.read if chosen else {}), **options})
    found, notes = open_tables(source, settings, chosen)
    chosen, why = choose(found, settings, chosen)
    delivery = deliver(found, chosen, settings)
    return Delivery(delivery.sources, delivery.shop, [why, *notes, *delivery.notes])


def open_tables(
    source: str, options: Map[str, str], chosen: Mapping | None = None
) -> tuple[list[Table], list[str]]:
    """The tables that a mapping names and its queries, else every table; and notes."""
    database = connect(source, options)
    import sqlalchemy as sa

    schema = options.get("schema")
    with database.mending():
        inspector = sa.inspect(database.engine)
        names = sorted([*inspector.get_table_names(schema), *inspector.get_view_names(schema)])
    found = []
    rules = chosen.rules if chosen else ()
    wanted = {rule.source for rule in rules if rule.source}
    for name in wanted - set(names):
        raise BadInput(f"{database.shown} has no table {name!r}.{did_you_mean(name, names)}")
    if rules and all(rule.source or rule.query for rule in rules):
        names = sorted(wanted)
    elif not rules and any(name.lower() in tables.TABLES for name in names):
        names = [name for name in names if name.lower() in tables.TABLES]
    for name in names:
        clause = sa.select(sa.text("*")).select_from(sa.table(name, schema=schema))
        found.append(_table(database, f"table {name}", clause))
    for rule in rules:
        if rule.query:
            found.append(_table(database, rule.query_name, sa.text(rule.query)))
    if not found:
        raise BadInput(f"{database.shown} holds no table that can be read.")
    return found, [f"read from {database.shown}"]


def connect(source: str, options: Map[str, str]) -> Database:
    """The database at an address, with the driver that we test with. Raises BadInput; opens nothing yet."""
    import sqlalchemy as sa
    from sqlalchemy.pool import NullPool

    address = source
    if name := options.get("url_env"):
        address = os.environ.get(name, "")
        if not address:
            raise BadInput(
                f"The environment variable {name} is not set. It should hold the database's address."
            )
    if _sqlite(address):
        address = f"sqlite:///{address}"
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise BadInput(
            "This is no database address. Write it as postgresql://user@host:5432/database."
        ) from None
    kind, _, driver = url.drivername.partition("+")
    if kind in DRIVERS:
        kind = "postgresql" if kind == "postgres" else kind
        url = url.set(drivername=f"{kind}+{driver or DRIVERS[kind]}")
    if kind == "sqlite" and url.database not in (None, "", ":memory:") and not Path(url.database).is_file():
        raise BadInput(f"There is no SQLite file {url.database!r}. Check the spelling.")
    shown = url.render_as_string(hide_password=True)
    try:
        engine = sa.create_engine(url, poolclass=NullPool)
    except sa.exc.NoSuchModuleError:
        hint = f" Install it: pip install {DIALECTS[kind]}." if kind in DIALECTS else ""
        raise BadInput(f"SQLAlchemy knows no kind of database {kind!r}.{hint}") from None
    except ModuleNotFoundError as error:
        package = PACKAGES.get(error.name or "", error.name)
        raise BadInput(f'{shown} needs a driver that is not installed: pip install "{package}".') from None
    return Database(engine, shown, _secrets(url))


def _secrets(url: URL) -> tuple[str, ...]:
    """The password in every form that a driver may repeat it in, the longest first."""
    if not url.password:
        return ()
    plain = str(url.password)
    forms = {url.render_as_string(hide_password=False), plain, repr(plain), quote(plain), quote_plus(plain)}
    return tuple(sorted(forms, key=len, reverse=True))


def _table(database: Database, name: str, clause: Executable) -> Table:
    with database.mending(), database.engine.connect() as connection:
        streamed = connection.execution_options(stream_results=True)
        with streamed.execute(clause) as result:
            columns = unique_names(result.keys())

    def batches() -> Iterator[Rows]:
        row = 1
        for frame in _frames(database, clause, columns):
            lines = pl.int_range(row, row + frame.height, dtype=pl.UInt32, eager=True)
            yield Rows(frame, lines)
            row += frame.height

    def digest() -> str:
        rows = total = 0
        for frame in _frames(database, clause, columns):
            plain = pl.DataFrame([values.as_text(frame[column]).rename(column) for column in columns])
            rows += frame.height
            for seed in (1, 2):
                total += int(plain.hash_rows(seed).cast(pl.UInt128).sum() or 0) << (64 * (seed - 1))
        return f"{rows} rows {total % (1 << 192):x} {columns}"

    return Table(name, columns, batches, digest)


def _frames(database: Database, clause: Executable, columns: list[str]) -> Iterator[pl.DataFrame]:
    with database.mending(), database.engine.connect() as connection:
        streamed = connection.execution_options(stream_results=True, yield_per=BATCH)
        with streamed.execute(clause) as result:
            for rows in result.partitions(BATCH):
                yield pl.DataFrame(list(map(_column, columns, zip(*rows, strict=True))))


def _column(name: str, found: tuple[Any, ...]) -> pl.Series:
    """A column by its Python values; as text where they are of several kinds, or of one that only SQL has."""
    kinds = {type(value) for value in found} - {type(None)}
    if len(kinds) == 1 and kinds <= set(PLAIN):
        try:
            return pl.Series(name, found, strict=True)
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
            pass
    return pl.Series(name, [_word(value) for value in found], dtype=pl.String)


def _word(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


LOADER = Loader(
    name="sql",
    label="Databases",
    options=OPTIONS,
    recognises=recognises,
    open=open_database,
)
