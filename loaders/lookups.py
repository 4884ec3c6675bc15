"""What a rule's rows are completed by: names of the mapping, columns of other files, items of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from fnmatch import fnmatch

import polars as pl

from loaders import values
from loaders.expression import roots
from loaders.loader import BadInput
from loaders.mapping import Join, Mapping, Rule
from loaders.rows import Table

Lookups = Map[Join, pl.DataFrame]


def named(name: str, patterns: tuple[str, ...] | list[str] | str) -> bool:
    """Whether a file's path, name or sheet fits a pattern, whatever the case."""
    plain = name.lower().removesuffix(".gz")
    forms = (plain, plain.rpartition("/")[2], plain.rpartition("#")[2], name.lower())
    return any(
        fnmatch(form, one.lower())
        for one in ([patterns] if isinstance(patterns, str) else patterns)
        for form in forms
    )


def named_columns(table: Table, one: Mapping) -> list[str]:
    return [
        one.rename.get(name, name) if one.rename.get(name) not in table.columns else name
        for name in table.columns
    ]


def renamed(frame: pl.DataFrame, mapping: Mapping) -> pl.DataFrame:
    """With the mapping's names; a name that is already there stays."""
    names = {
        old: new for old, new in mapping.rename.items() if old in frame.columns and new not in frame.columns
    }
    return frame.rename(names)


def look_up(frame: pl.DataFrame, rule: Rule, lookups: Lookups) -> pl.DataFrame:
    """With the columns that the rule fetches from other files, and one row an item where it explodes.

    `_item` is then the item's place in the list, from 1. Where it unpivots, one row a column that is filled:
    `_name` is what the pattern's groups caught of the column's name, else all of it, `_value` what is in it.
    """
    for join in rule.join:
        if join in lookups:
            here = [name for name, _ in join.on]
            keys = [values.as_text(frame[name]).alias(f"_on_{name}") for name in here]
            frame = frame.with_columns(keys).join(
                lookups[join], on=[f"_on_{name}" for name in here], how="left", maintain_order="left"
            )
            frame = frame.drop([f"_on_{name}" for name in here])
    if rule.explode:
        if isinstance(frame.schema.get(rule.explode), pl.List):
            frame = frame.filter(pl.col(rule.explode).list.len() > 0)
            places = pl.int_ranges(1, pl.col(rule.explode).list.len() + 1)
            return frame.with_columns(_item=places).explode(rule.explode, "_item")
        return frame.clear().with_columns(_item=None)
    return _unpivoted(frame, rule.unpivot) if rule.unpivot else frame


def _unpivoted(frame: pl.DataFrame, pattern: str) -> pl.DataFrame:
    found = {name: one for name in frame.columns if (one := re.search(pattern, name))}
    names = {name: next(filter(None, one.groups()), name).strip() for name, one in found.items()}
    text = frame.with_columns(values.as_text(frame[name]) for name in names)
    rest = [name for name in frame.columns if name not in names]
    rows = text.unpivot(list(names), index=rest, variable_name="_name", value_name="_value")
    filled = rows.filter(pl.col("_value").str.strip_chars() != "")
    return filled.with_columns(pl.col("_name").replace(names))


def fetch(chosen: Mapping, rules: list[Rule], used: list[Table]) -> tuple[dict[Join, pl.DataFrame], set[str]]:
    """The second files that rules fetch columns from, whole, one row a key; and their names."""
    found: dict[Join, pl.DataFrame] = {}
    used_for = set()
    for rule in rules:
        for join in rule.join:
            wanted = [there for _, there in join.on] + list(join.take)
            fitting = [
                table
                for table in used
                if set(wanted) <= set(named_columns(table, chosen))
                and (not join.files or named(table.name, join.files))
            ]
            dependent = [one for one in rule.columns if set(join.take) & {*one.source, *roots(one.sql)}]
            if not fitting:
                if all(one.optional or one.default is not None or len(one.source) > 1 for one in dependent):
                    continue
                raise BadInput(
                    f"{rule.table} needs a file with the columns {', '.join(wanted)} in the same delivery."
                )
            used_for |= {table.name for table in fitting}
            parts = []
            for table in fitting:
                for rows in table.batches():
                    frame = renamed(rows.frame, chosen)
                    parts.append(frame.select(values.as_text(frame[name]) for name in wanted))
            there = [name for _, name in join.on]
            if join.sum:
                numbers = pl.col(join.take).cast(pl.Float64, strict=False).sum()
                whole = pl.concat(parts).group_by(there).agg(numbers)
            else:
                whole = pl.concat(parts).unique(there, keep="first", maintain_order=True)
            found[join] = whole.rename({name: f"_on_{here}" for here, name in join.on})
    return found, used_for
