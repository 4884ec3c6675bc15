"""A mapping says in TOML how their columns become ours."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loaders import tables
from loaders.expression import expression, roots, top
from loaders.loader import BadInput
from loaders.rows import did_you_mean

READY = Path(__file__).parent / "mappings"
SHOP = ("timezone", "currency", "week_start")
READ = ("separator", "encoding", "decimal", "date_order", "sheet", "numbers", "fill", "ignore")
RULE = ("files", "query", "table", "where", "join", "explode", "unpivot", "derived", "columns")
COLUMN = (
    *("from", "sql", "constant", "default", "optional", "strip", "map"),
    *("date_order", "decimal", "end_of_day"),
)
JOIN = ("on", "take", "files", "sum")
TOP = ("label", "about", "extends", "notes", "recognise", "shop", "read", "rename")


@dataclass(frozen=True)
class Column:
    """One of our columns: from the first of `source` that is there, or an expression, or a constant.

    default: where theirs is empty or absent. optional: theirs may be absent. strip: ending to cut off.
    map: their value → ours; other values stay. end_of_day: a day means its last moment.
    """

    name: str
    source: tuple[str, ...] = ()
    sql: str = ""
    constant: Any = None
    default: Any = None
    optional: bool = False
    strip: str = ""
    map: dict[str, str] = field(default_factory=dict)
    date_order: str = ""
    decimal: str = ""
    end_of_day: bool = False


@dataclass(frozen=True)
class Join:
    """Columns `take` of another file of the delivery, matched by `on`: (column here, column there).

    sum: add up the numbers of all its rows that match; else the first of them stands.
    """

    on: tuple[tuple[str, str], ...]
    take: tuple[str, ...]
    files: tuple[str, ...] = ()
    sum: bool = False


@dataclass(frozen=True)
class Rule:
    """Rows of a file (or query) that become rows of `table`.

    files: patterns of names; none means every file that has the columns. query, source: of a database,
    a query (and what it is called) or a table. where: which rows. explode: a column of lists, one row an
    item. unpivot: a regular expression for names of columns, one row a column that is filled.
    derived: made from rows that another rule takes.
    """

    table: str
    columns: tuple[Column, ...]
    files: tuple[str, ...] = ()
    query: str = ""
    query_name: str = ""
    source: str = ""
    where: str = ""
    join: tuple[Join, ...] = ()
    explode: str = ""
    unpivot: str = ""
    derived: bool = False

    def needs(self) -> list[tuple[str, ...]]:
        """Their columns without which the rule cannot work; one of each tuple is enough."""
        taken = {name for join in self.join for name in join.take}
        wanted: list[tuple[str, ...]] = [(name,) for join in self.join for name, _ in join.on]
        wanted += [(name,) for name in roots(self.where)]
        for column in self.columns:
            if not column.optional and column.default is None:
                wanted += [column.source] if column.source else [(name,) for name in roots(column.sql)]
        taken |= {"_line", "_item", "_name", "_value"}  # made while reading
        found = [tuple(top(name) for name in names) for names in wanted if names and not set(names) & taken]
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Mapping:
    """rules: in the order of the file. read: separator, encoding, decimal, date_order, sheet, numbers,
    fill, ignore. rename: their names → the names used here. recognise: columns by which it is chosen.
    notes: what a user of it should know."""

    name: str
    label: str
    rules: tuple[Rule, ...]
    shop: dict[str, str] = field(default_factory=dict)
    read: dict[str, Any] = field(default_factory=dict)
    rename: dict[str, str] = field(default_factory=dict)
    recognise: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


def ready() -> list[str]:
    """Names of the mappings that come with the app."""
    return sorted(path.stem for path in READY.glob("*.toml"))


def load(name: str) -> Mapping:
    """A mapping by the name of a ready one, or by the path of a TOML file. Raises BadInput."""
    content = _content(name)
    if base := content.pop("extends", None):
        content = {key: value for key, value in _content(base).items() if key != "recognise"} | content
    return parse(content, Path(name).stem)


def _content(name: str) -> dict[str, Any]:
    path = READY / f"{name}.toml" if name in ready() else Path(name)
    if not path.is_file():
        near = did_you_mean(name, ready())
        raise BadInput(
            f"There is no mapping {name!r}: no such file, and ready are {', '.join(ready())}.{near}"
        )
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} is no TOML file: {error}.") from None


def parse(content: dict[str, Any], name: str) -> Mapping:
    """A mapping from the content of its TOML file. Raises BadInput for what it does not know."""
    unknown(content, (*TOP, *tables.TABLES), f"mapping {name}")
    shop, read = content.get("shop", {}), content.get("read", {})
    unknown(shop, SHOP, f"mapping {name}, [shop]")
    unknown(read, READ, f"mapping {name}, [read]")
    recognise = content.get("recognise", [])
    groups = recognise if recognise and isinstance(recognise[0], list) else [recognise] if recognise else []
    rules = []
    for table in tables.TABLES:
        found = content.get(table, [])
        for number, one in enumerate(found if isinstance(found, list) else [found], 1):
            called = f"query {table}" + (f" {number}" if number > 1 else "")
            rules.append(_rule(table, one, f"mapping {name}, [{table}]", called))
    if not rules:
        raise BadInput(f"mapping {name} names none of our tables. Start with [orders] and [order_lines].")
    return Mapping(
        name=name,
        label=content.get("label", name),
        rules=tuple(rules),
        shop={key: str(value) for key, value in shop.items()},
        read=read,
        rename=content.get("rename", {}),
        recognise=tuple(tuple(group) for group in groups),
        notes=tuple(content.get("notes", ())),
    )


def _rule(table: str, found: dict[str, Any], where: str, query_name: str) -> Rule:
    unknown(found, RULE, where)
    given = found.get("columns", {})
    unknown(given, tables.TABLES[table].column_names(), f"{where} columns")
    missing = [name for name in tables.required(table) if name not in given]
    if missing:
        raise BadInput(f"{where} lacks {', '.join(missing)}, which every row of {table} needs.")
    columns = tuple(_column(name, spec, f"{where} {name}") for name, spec in given.items())
    if found.get("where"):
        expression(found["where"], f"{where} where")
    joins = found.get("join", [])
    return Rule(
        table=table,
        columns=columns,
        files=(f"table {found['table']}",) if "table" in found else _names(found.get("files", ())),
        query=found.get("query", ""),
        query_name=query_name,
        source=found.get("table", ""),
        where=found.get("where", ""),
        join=tuple(_join(join, f"{where} join") for join in (joins if isinstance(joins, list) else [joins])),
        explode=found.get("explode", ""),
        unpivot=_pattern(found.get("unpivot", ""), where),
        derived=bool(found.get("derived", False)),
    )


def _pattern(pattern: str, where: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise BadInput(f"{where} unpivot: {pattern!r} is no regular expression ({error}).") from None
    return pattern


def _column(name: str, spec: Any, where: str) -> Column:
    if isinstance(spec, str):
        return Column(name, source=(spec,))
    if not isinstance(spec, dict):
        raise BadInput(f"{where}: write the name of their column, or constant = {spec!r} in braces.")
    unknown(spec, COLUMN, where)
    if sum(key in spec for key in ("from", "sql", "constant")) != 1:
        raise BadInput(f"{where} needs one of from, sql or constant.")
    if spec.get("date_order", "dmy") not in ("dmy", "mdy"):
        raise BadInput(f'{where}: date_order is "dmy" or "mdy", not {spec["date_order"]!r}.')
    if "sql" in spec:
        expression(spec["sql"], where)
    rest = {key: value for key, value in spec.items() if key != "from"}
    return Column(name, source=_names(spec.get("from", ())), **rest)


def _join(spec: dict[str, Any], where: str) -> Join:
    unknown(spec, JOIN, where)
    if "on" not in spec or "take" not in spec:
        raise BadInput(f"{where} needs on (the column that both files have) and take (what to fetch).")
    on = spec["on"]
    pairs = ((on, on),) if isinstance(on, str) else tuple(on.items())
    return Join(pairs, _names(spec["take"]), _names(spec.get("files", ())), bool(spec.get("sum")))


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def unknown(found: Iterable[str], known: Iterable[str], where: str) -> None:
    """Raises BadInput for a key that is not known."""
    known = list(known)
    for key in found:
        if key not in known:
            near = did_you_mean(key, known)
            raise BadInput(f"{where}: there is no {key!r}.{near} Known: {', '.join(known)}.")
