"""Which of their columns may be one of ours: by name and known synonyms, checked against the values."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from loaders import tables, values

READABLE = 0.9  # share of a column's values that must be readable as our type
DIFFERENT = 300  # values of a column are looked at
NAMED = 0.6  # a name this close counts as known
COMMON = {
    "date",
    "time",
    "type",
    "name",
    "value",
    "total",
    "count",
    "cost",
    "price",
    "amount",
    "state",
    "source",
}
COMMON |= {
    "group",
    "text",
    "created",
    "timestamp",
    "email",
    "user",
    "order",
    "product",
    "number",
    "day",
    "month",
}


@dataclass(frozen=True)
class Guess:
    """likeness: 0 … 1. theirs: their column, an expression (`sql`) or a constant. why: what to look at."""

    likeness: float
    theirs: str
    sql: bool = False
    constant: bool = False
    why: str = ""


@cache
def synonyms() -> dict[str, dict[str, list[str]]]:
    """tables, columns, totals and parts: our word → theirs."""
    return tomllib.loads((Path(__file__).parent / "synonyms.toml").read_text("utf-8"))


def plain(name: str) -> str:
    """InvoiceNo, "Invoice No." and invoice-no are one name: invoice_no."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.strip())
    return re.sub(r"\W+|_+", "_", spaced.lower()).strip("_")


def likeness(name: str, known: list[str]) -> float:
    """1 for the first of the known names, a little less for the next; 0.7 as an ending; 0.6 where near.

    Endings that go with anything (…_date) say nothing.
    """
    name = plain(name)
    for place, one in enumerate(known):
        if name == one:
            return 1 - 0.001 * place
    if any(name.endswith(f"_{one}") for one in known if len(one) > 2 and one not in COMMON):
        return 0.7
    return NAMED if difflib.get_close_matches(name, known, n=1, cutoff=0.87) else 0.0


def share(text: pl.Series, dtype: pl.DataType) -> float:
    """Share of the different values that can be read as a type, however dates and numbers are written."""
    text = text.drop_nulls().unique(maintain_order=True).head(DIFFERENT)
    if not len(text):
        return 1.0
    best = 0.0
    for order, decimal in (("dmy", "."), ("mdy", ",")):
        style = values.Style("UTC", lambda order=order: order, lambda _, decimal=decimal: decimal)  # type: ignore[misc]
        found, _ = values.read(text, dtype, style)
        best = max(best, 1 - found.null_count() / len(text))
    return best


def guesses(sample: pl.DataFrame, table: str) -> dict[str, Guess]:
    """Our column → the best of theirs; each of theirs once. Only columns that were found."""
    pairs = []
    for ours, dtype in tables.dtypes(table).items():
        known = [ours, f"{table.removesuffix('s')}_{ours}", *_known(table, ours)]
        for theirs in sample.columns:
            close = likeness(theirs, known)
            if plain(theirs) == "id" and ours in tables.key(table)[:1]:
                close = 0.75
            if close and share(sample[theirs], dtype) >= READABLE:
                pairs.append((close, ours in tables.required(table), ours, theirs))
    found: dict[str, Guess] = {}
    taken: set[str] = set()
    for close, _, ours, theirs in sorted(pairs, key=lambda pair: (-pair[0], not pair[1])):
        if ours not in found and theirs not in taken:
            found[ours] = Guess(close, theirs, why="" if close > 0.75 else "the name is only near")
            taken.add(theirs)
    left = [name for name in sample.columns if name not in taken]
    _moment(found, sample, table, left)
    if table == "order_lines":
        _line(found, sample, left)
    return {ours: found[ours] for ours in tables.dtypes(table) if ours in found}


def _known(table: str, ours: str) -> list[str]:
    words = synonyms()["columns"]
    return words.get(f"{table}.{ours}", words.get(ours, []))


def _moment(found: dict[str, Guess], sample: pl.DataFrame, table: str, left: list[str]) -> None:
    """The time of a row: the only column of dates, and a time of day put to a day."""
    moment = tables.time(table)
    if not moment or not isinstance(tables.dtypes(table)[moment], pl.Datetime):
        return
    if moment not in found:
        dated = [name for name in left if sample[name].null_count() < len(sample) and _dates(sample[name])]
        if len(dated) != 1:
            return
        found[moment] = Guess(0.4, dated[0], why="the only column of dates")
    guess = found[moment]
    clock = next((name for name in left if _clock(sample[name])), None)
    if clock and not sample[guess.theirs].str.contains(":").any():
        both = f'"{guess.theirs}" || \' \' || "{clock}"'
        found[moment] = Guess(guess.likeness, both, sql=True, why="day and time of day put together")


def _line(found: dict[str, Guess], sample: pl.DataFrame, left: list[str]) -> None:
    """What an order line lacks: a price out of its value, one piece a row, a name for the product."""
    total = next((name for name in left if likeness(name, synonyms()["totals"]["line_value"])), None)
    if "unit_price" not in found and total and share(sample[total], pl.Float64()) >= READABLE:
        units = found.get("units")
        price = f'"{total}" / "{units.theirs}"' if units else f'"{total}"'
        found["unit_price"] = Guess(0.8, price, sql=True, why=f"{total} taken as the value of the line")
    name = next((one for one in left if likeness(one, ["name", *_known("products", "name")])), None)
    if "product_id" not in found and name:
        found["product_id"] = Guess(NAMED, name, why="no number of the product: its name stands for it")
    if "units" not in found and {"unit_price", "product_id"} <= set(found):
        found["units"] = Guess(0.5, "1", constant=True, why="no column of quantities: one piece a row")
        if "line_id" not in found:
            found["line_id"] = Guess(
                0.5, "_line", why="equal rows are pieces, so the place in the file tells them apart"
            )


def _clock(text: pl.Series) -> bool:
    text = text.drop_nulls()
    return len(text) > 0 and bool(text.str.contains(r"^\d{1,2}:\d{2}(:\d{2})?$").all())


def _dates(text: pl.Series) -> bool:
    """Dates with separators: bare digits may be anything."""
    return share(text, pl.Datetime("us", "UTC")) >= READABLE and bool(
        text.drop_nulls().str.contains(r"[-/.:]").all()
    )
