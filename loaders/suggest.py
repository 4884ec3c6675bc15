"""Writes a mapping for files that nobody has mapped: by names, checked against the values.

What it is unsure of is a comment that begins with CHECK, to be looked at and edited.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Map
from dataclasses import dataclass, field

import polars as pl

from loaders import dates, folder, sql, tables, values
from loaders.guesses import NAMED, READABLE, Guess, guesses, likeness, plain, share, synonyms
from loaders.loader import BadInput
from loaders.rows import Table

LOOKED_AT = 5_000  # rows of each file
RIVAL = 0.6  # files that fit a table this much worse than others are something else
PRICES = ("list_price", "unit_cost")  # a line's price is not a product's
HEAD = """\
# How the columns of {source} become ours.
# Suggested from names and values: read it, above all what says CHECK, then edit and keep it.
# Our tables and columns: python cli.py tables

[shop]
# timezone = "Europe/London"   # CHECK: times without a zone are the shop's; left out, they are taken as UTC
# currency = "EUR"             # CHECK
"""


@dataclass
class Group:
    """Files with the same columns. sample: their first rows, as text. numbers: those reckoned with.

    main: the table of ours that they fit best, and how well; "" where none.
    """

    names: list[str]
    sample: pl.DataFrame
    used: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    main: str = ""
    fit: float = 0


def suggest(source: str, options: Map[str, str]) -> str:
    """The text of a mapping for a folder, file or database. Raises BadInput where nothing is recognised."""
    reader = sql if sql.recognises(source, options) else folder
    found, _ = reader.open_tables(source, options)
    by_columns: dict[tuple[str, ...], Group] = {}
    for table in found:
        columns = tuple(table.columns)
        if columns not in by_columns:
            by_columns[columns] = Group([], _sample(table))
        by_columns[columns].names.append(table.name)
    groups = list(by_columns.values())
    for group in groups:
        group.fit, group.main = max((_score(group, table), table) for table in tables.TABLES)
    best = {
        group.main: max(one.fit for one in groups if one.main == group.main) for group in groups if group.fit
    }
    parts = [part for group in groups for part in _group(group, best)]
    if not any(part.startswith("[") for part in parts):
        raise BadInput(f"Nothing in {source!r} looks like one of our tables: {', '.join(tables.TABLES)}.")
    return "\n".join([HEAD.format(source=source), _how(groups), *parts])


def _sample(table: Table) -> pl.DataFrame:
    first = next(iter(table.batches()), None)
    if first is None or not first.frame.height:
        return pl.DataFrame(schema=dict.fromkeys(table.columns, pl.String))
    frame = first.frame.head(LOOKED_AT)
    return pl.DataFrame([values.as_text(frame[name]).rename(name) for name in frame.columns])


def _how(groups: list[Group]) -> str:
    """[read]: how dates and numbers are written, where the values show it or leave it open."""
    order, decimal = dates.OrderTally(), values.DecimalTally()
    for group in groups:
        for name in group.sample.columns:
            if share(group.sample[name], pl.Datetime("us", "UTC")) >= READABLE:
                order.add(group.sample[name])
            if share(group.sample[name], pl.Float64()) == 1:
                decimal.add(group.sample[name])
    lines = ["[read]"]
    for key, tally in (("date_order", order), ("decimal", decimal)):
        place = tally.votes.index(max(tally.votes))
        if max(tally.votes) > 20 * min(tally.votes):
            lines.append(f'{key} = "{tally.answers[place]}"   # as in {tally.examples[place]}')
        elif tally.open:
            lines.append(f'# {key} = "{tally.answers[place]}"   # CHECK: {tally.doubt()}')
    numbers = sorted({name for group in groups for name in group.numbers})
    if numbers:
        lines.append(
            f"numbers = {json.dumps(numbers, ensure_ascii=False)}   # theirs that expressions reckon with"
        )
    return "\n".join(lines) + "\n" if len(lines) > 1 else ""


def _group(group: Group, best: dict[str, float]) -> list[str]:
    """The rules for files with the same columns, the main one first, and what they leave unused.

    best: our tables that some files fit, and how well the best do: nothing is derived for those, and
    files that fit far worse, such as a list of who got a campaign beside the list of campaigns, are not it.
    """
    names = ", ".join(group.names[:3]) + ", …" * (len(group.names) > 3)
    if not group.fit or group.fit < RIVAL * best[group.main]:
        return [f"# {names}: fits none of our tables. Columns: {', '.join(group.sample.columns)}\n"]
    found = guesses(group.sample, group.main)
    if group.main != "order_lines":
        rules = [_rule(group, group.main, found)]
    else:
        if "orders" in best and "ordered_at" in found and found["ordered_at"].likeness < NAMED:
            del found["ordered_at"]
        rules = _lines_and_returns(group, found)
        rules += [_rule(group, *one, derived=True) for one in _derived(group, found) if one[0] not in best]
    left = [f"{name} ({_example(group, name)})" for name in group.sample.columns if name not in group.used]
    return [*rules, f"# Not used of {names}: {', '.join(left)}\n"] if left else rules


def _derived(group: Group, lines: dict[str, Guess]) -> list[tuple[str, dict[str, Guess]]]:
    """Orders, customers and products that files of order lines also tell of."""
    chosen = []
    for other in ("orders", "customers", "products"):
        found = guesses(group.sample, other)
        if other == "products":
            found = {"product_id": lines["product_id"]} | {
                k: v for k, v in found.items() if k != "product_id"
            }
        elif (
            other == "customers"
            and found.get("customer_id", lines["order_id"]).theirs == lines["order_id"].theirs
        ):
            continue
        found = {ours: one for ours, one in found.items() if one.likeness >= NAMED and ours not in PRICES}
        if set(tables.required(other)) <= set(found) and (len(found) > 1 or other == "customers"):
            chosen.append((other, found))
    return chosen


def _score(group: Group, table: str) -> float:
    """How well files fit one of our tables; 0 where a required column is missing or no key is named."""
    found = guesses(group.sample, table)
    required = tables.required(table)
    if set(required) - set(found) or all(found[name].likeness < NAMED for name in required):
        return 0
    words = [table, *synonyms()["tables"].get(table, [])]
    name = plain(re.sub(r"\.\w+$|#|^table ", " ", group.names[0]).strip())
    named = any(re.search(rf"(^|_){word}(s?)(_|$)", name) for word in words) or likeness(name, words) >= NAMED
    extra = sum(guess.likeness for ours, guess in found.items() if ours not in required)
    return (sum(found[name].likeness for name in required) + 0.3 * extra) * (1.6 if named else 1)


def _lines_and_returns(group: Group, found: dict[str, Guess]) -> list[str]:
    """Order lines; where quantities are negative, those rows as returns."""
    units, price, moment = found["units"], found["unit_price"], found.get("ordered_at")
    number = group.sample[units.theirs].cast(pl.Float64, strict=False) if not units.constant else None
    if number is None or not (number < 0).any() or moment is None or price.sql:
        return [_rule(group, "order_lines", found)]
    group.numbers |= {units.theirs, price.theirs}
    quantity, value = f'"{units.theirs}"', f'-"{units.theirs}" * "{price.theirs}"'
    back = {
        "return_id": found["order_id"],
        "product_id": found["product_id"],
        "returned_at": moment,
        "units": Guess(0.8, f"-{quantity}", sql=True),
        "refund_value": Guess(0.8, value, sql=True),
    }
    customer = guesses(group.sample, "orders").get("customer_id")
    back |= {"customer_id": customer} if customer else {}
    why = f"# CHECK: rows with a negative {units.theirs} taken as returns"
    return [
        why + "\n" + _rule(group, "returns", back, where=f"{quantity} < 0"),
        _rule(group, "order_lines", found, where=f"{quantity} IS NULL OR {quantity} >= 0"),
    ]


def _rule(
    group: Group, table: str, found: dict[str, Guess], *, where: str = "", derived: bool = False
) -> str:
    lines = [f"[[{table}]]"]
    if derived:
        lines.append("derived = true   # made from rows that another rule takes")
    if where:
        lines.append(f"where = '{where}'")
    lines.append(f"files = {json.dumps(_patterns(group.names), ensure_ascii=False)}")
    lines.append(f"[{table}.columns]")
    for ours, guess in found.items():
        required = ours in tables.required(table)
        lines.append(f"{ours} = {_value(group, guess, table, ours)}{_comment(group, guess, required)}")
    missing = [name for name in tables.required(table) if name not in found]
    return "\n".join([*lines, *(f"# {name} =   # CHECK: needed" for name in missing)]) + "\n"


def _value(group: Group, guess: Guess, table: str, ours: str) -> str:
    if guess.constant:
        return f"{{ constant = {guess.theirs} }}"
    if guess.sql:
        named = re.findall(r'"([^"]+)"', guess.theirs)
        group.used |= set(named)
        if "||" not in guess.theirs:
            group.numbers |= set(named)
        mark = "'''" if "'" in guess.theirs else "'"
        return f"{{ sql = {mark}{guess.theirs}{mark} }}"
    group.used.add(guess.theirs)
    if guess.theirs not in group.sample.columns:
        return json.dumps(guess.theirs)
    text = group.sample[guess.theirs].drop_nulls()
    name = json.dumps(guess.theirs, ensure_ascii=False)
    if tables.dtypes(table)[ours] == pl.String and len(text) and text.str.contains(r"^\d+\.0$").all():
        return f'{{ from = {name}, strip = ".0" }}'
    return name


def _comment(group: Group, guess: Guess, required: bool) -> str:
    shown = "" if guess.sql or guess.constant else f"e.g. {_example(group, guess.theirs)}"
    check = f"CHECK: {guess.why}" if guess.why else ""
    told = "; ".join(part for part in (check, shown) if part)
    return f"   # {told}" if told else ""


def _example(group: Group, name: str) -> str:
    if name not in group.sample.columns:
        return "the number of the line"
    text = next(iter(group.sample[name].drop_nulls().head(1)), "always empty")
    return re.sub(r"\s+", " ", text)[:40]


def _patterns(names: list[str]) -> list[str]:
    """The names themselves, or one pattern for the daily files of a table."""
    if len(names) == 1:
        return [name.removesuffix(".gz") for name in names]
    plain_names = [name.removesuffix(".gz") for name in names]
    letters = next((at for at, some in enumerate(zip(*plain_names, strict=False)) if len(set(some)) > 1), 0)
    start = re.sub(r"[\d_-]+$", "", plain_names[0][:letters])
    endings = sorted({name.rpartition(".")[2] for name in plain_names})
    return [f"{start}*.{ending}" for ending in endings]
