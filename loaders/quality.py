"""The data-quality report of a store: what was refused at import, and what looks wrong in what is kept.

`python cli.py check` prints it, the Data page shows it. A check that is "bad" puts a badge on the
numbers that depend on its table; a "note" is worth knowing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from loaders import tables
from loaders.version import Version


@dataclass(frozen=True)
class Check:
    """count of `of` rows (days, for gaps) of a table break a rule.

    detail: an example or what follows, a sentence with places for `values`.
    """

    table: str
    rule: str
    severity: str  # "bad" or "note"
    count: int
    of: int
    detail: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.detail.format(**self.values)

    @property
    def share(self) -> float:
        return self.count / self.of if self.of else 0.0


# Rows whose column names no row of the other table: table, column, other table.
ORPHANS = (
    ("order_lines", "order_id", "orders"),
    ("order_lines", "product_id", "products"),
    ("orders", "customer_id", "customers"),
    ("returns", "order_id", "orders"),
    ("returns", "product_id", "products"),
    ("payments", "order_id", "orders"),
    ("shipments", "order_id", "orders"),
    ("tickets", "order_id", "orders"),
    ("reviews", "product_id", "products"),
    ("products", "merchant_id", "merchants"),
    ("coupons", "promotion_id", "promotions"),
    ("inventory", "product_id", "products"),
)
# What cannot come before what.
SEQUENCES = (
    ("orders", "ordered_at", "cancelled_at"),
    ("shipments", "shipped_at", "delivered_at"),
    ("tickets", "opened_at", "first_response_at"),
    ("tickets", "opened_at", "resolved_at"),
    ("surveys", "asked_at", "answered_at"),
    ("coupons", "issued_at", "redeemed_at"),
    ("promotions", "starts_at", "ends_at"),
    ("returns", "returned_at", "refunded_at"),
)
BAD_FROM = 0.01  # share of rows from which a finding is bad, not a note
FILE = "checks.json"
SLIP = 20  # times the usual: a unit or currency slip


def write(version: Version) -> None:
    """Keeps the findings beside a version, which never changes."""
    found = [asdict(each) for each in examine(version)]
    (version.folder / FILE).write_text(json.dumps(found, indent=1, default=date.isoformat))


def check(version: Version) -> list[Check]:
    """Every finding, the worst first, as kept at import; empty where all is well."""
    file = version.folder / FILE
    if not file.exists():
        return examine(version)
    found = [Check(**each) for each in json.loads(file.read_text())]
    return [replace(each, values=_with_days(each.values)) for each in found]


def _with_days(values: Mapping[str, Any]) -> dict[str, object]:
    return {name: date.fromisoformat(value) if name == "day" else value for name, value in values.items()}


def examine(version: Version) -> list[Check]:
    """Every finding, the worst first, from the rows themselves."""
    found = [*_refused(version), *_undated(version), *_orphans(version), *_sequences(version)]
    found += [*_gaps(version), *_slips(version), *_totals(version)]
    return sorted((each for each in found if each.count), key=lambda each: (each.severity, -each.share))


def _grade(count: int, of: int) -> str:
    return "bad" if of and count / of >= BAD_FROM else "note"


def _refused(version: Version) -> list[Check]:
    found = []
    for table, facts in version.manifest.tables.items():
        of = facts["delivered"]
        for rule, count in facts["quarantined"].items():
            found.append(Check(table, rule, _grade(count, of), count, of, "in quarantine"))
        repeated = facts["duplicates"]
        found.append(Check(table, "duplicate", "note", repeated, of, "counted once; in quarantine"))
    return found


def _undated(version: Version) -> list[Check]:
    lines = version.manifest.tables.get("order_lines", {"undated": 0, "rows": 0})
    detail = "not counted until their order comes"
    severity = _grade(lines["undated"], lines["rows"])
    return [Check("order_lines", "no_order", severity, lines["undated"], lines["rows"], detail)]


def _orphans(version: Version) -> list[Check]:
    found = []
    for table, column, other in ORPHANS:
        if table not in version.tables or other not in version.tables:
            continue
        key = tables.key(other)[0]
        rows = version.scan(table).filter(pl.col(column).is_not_null()).select(column)
        if (table, column) == ("order_lines", "order_id"):
            rows = version.scan(table).filter(pl.col("ordered_at").is_not_null()).select(column)
        lost = rows.join(version.scan(other).select(key), left_on=column, right_on=key, how="anti").collect()
        of = version.manifest.tables[table]["rows"]
        example = {"column": column, "value": lost[column].first(), "table": other}
        detail = "{column} {value} is not in {table}"
        found.append(Check(table, "orphan", _grade(len(lost), of), len(lost), of, detail, example))
    return found


def _sequences(version: Version) -> list[Check]:
    found = []
    for table, first, then in SEQUENCES:
        if table not in version.tables:
            continue
        late = version.scan(table).filter(pl.col(then) < pl.col(first))
        count = late.select(pl.len()).collect().item()
        of = version.manifest.tables[table]["rows"]
        places = {"first": first, "then": then}
        detail = "{then} lies before {first}"
        found.append(Check(table, "sequence", _grade(count, of), count, of, detail, places))
    return found


def _gaps(version: Version) -> list[Check]:
    """Days without a row inside a table that has rows on most days, and days far below the usual."""
    found = []
    for table in ("orders", "events"):
        if table not in version.tables:
            continue
        zone, column = version.manifest.timezone, str(tables.time(table))
        day = pl.col(column).dt.convert_time_zone(zone).dt.date().alias("day")
        days = version.scan(table).group_by(day).len().sort("day").collect()
        if len(days) < 14:
            continue
        first, last = days["day"].first(), days["day"].last()
        assert isinstance(first, date) and isinstance(last, date)
        span = pl.DataFrame({"day": pl.date_range(first, last, eager=True)})
        every = span.join(days, on="day", how="left").with_columns(pl.col("len").fill_null(0))
        usual = pl.col("len").rolling_median(29, center=True, min_samples=7)
        weekday = pl.col("len").median().over(pl.col("day").dt.weekday())
        empty = every.filter((pl.col("len") == 0) & (weekday > 0))
        low = every.filter((pl.col("len") > 0) & (pl.col("len") < usual * 0.2) & (usual > 20))
        for rule, rows in (("gap", empty), ("drop", low)):
            when, severity = {"day": rows["day"].first()}, _grade(len(rows), len(every))
            found.append(Check(table, rule, severity, len(rows), len(every), "first on {day}", when))
    return found


def _slips(version: Version) -> list[Check]:
    """Prices far from the usual of their product: a unit or a currency taken for another."""
    if "order_lines" not in version.tables:
        return []
    usual = pl.col("unit_price").median().over("product_id")
    price = pl.col("unit_price")
    far = (price > 0) & (usual > 0) & ((price > usual * SLIP) | (price < usual / SLIP))
    rows = version.scan("order_lines").select("product_id", "unit_price", far.alias("far"))
    lost = rows.filter("far").collect()
    of = version.manifest.tables["order_lines"]["rows"]
    seen = lost.select(pl.col("unit_price").round_sig_figs(6)).to_series().first()
    example = {"product": lost["product_id"].first(), "price": seen}
    severity = _grade(len(lost), of)
    return [Check("order_lines", "slip", severity, len(lost), of, "product {product} at {price}", example)]


def _totals(version: Version) -> list[Check]:
    """More units sent back than sold; discounts above the price."""
    if "order_lines" not in version.tables:
        return []
    lines = version.scan("order_lines")
    of = version.manifest.tables["order_lines"]["rows"]
    over = lines.filter(pl.col("discount") > pl.col("units") * pl.col("unit_price") + 0.005)
    count = over.select(pl.len()).collect().item()
    found = [Check("order_lines", "discount", _grade(count, of), count, of, "discount above the price")]
    if "returns" in version.tables:
        sold = lines.group_by("order_id", "product_id").agg(sold=pl.col("units").sum())
        back = version.scan("returns").filter(pl.col("order_id").is_not_null())
        back = back.group_by("order_id", "product_id").agg(back=pl.col("units").sum())
        more = back.join(sold, on=["order_id", "product_id"], how="left")
        count = more.filter(pl.col("back") > pl.col("sold").fill_null(0)).select(pl.len()).collect().item()
        rows = version.manifest.tables["returns"]["rows"]
        detail = "more units sent back than the order had"
        found.append(Check("returns", "too_many", _grade(count, rows), count, rows, detail))
    return found
