"""What the command line does with numbers: metrics and values."""

from __future__ import annotations

import sys
from argparse import Namespace
from datetime import date
from typing import Any

from commands import question
from commands.show import document, markdown, table
from language import name, numbers, phrase, say
from loaders.store import Store
from metrics import REGISTRY, Metric
from metrics.value import Value, values

MEASURED = ("value", "n", "low", "high", "reason")


def metrics(chosen: Namespace) -> int:
    if chosen.markdown:
        print(dictionary())
        return 0
    lang = chosen.lang
    rows = (
        (each.name, say(each.label, lang), each.unit, each.better, say(each.formula, lang))
        for each in REGISTRY.values()
    )
    heads = (phrase("name"), phrase("metric"), phrase("unit"), phrase("better"), phrase("formula"))
    print(table(heads, rows, "<<<<<", lang))
    return 0


def dictionary() -> str:
    """docs/metrics.md."""
    parts = [
        "# Metrics\n\nWritten by `make docs` from the declarations in `metrics/`. A percent is a fraction: "
        "0.1 is 10 %. The tests compute every example.",
        markdown(
            ("metric", "name", "unit", "better"),
            (
                (f"[{each.label}](#{_anchor(each)})", f"`{each.name}`", each.unit, each.better)
                for each in REGISTRY.values()
            ),
        ),
    ]
    for each in REGISTRY.values():
        example = markdown(
            tuple(each.example), zip(*(map(str, column) for column in each.example.values()), strict=True)
        )
        parts += [
            f"## {each.label}",
            each.meaning,
            f"`{each.name}` = {each.formula}",
            f"Example, which gives {each.answer}:",
            example,
        ]
    return "\n\n".join(parts)


def _anchor(metric: Metric) -> str:
    return metric.label.lower().replace(" ", "-")


def value(chosen: Namespace) -> int:
    store = Store(chosen.store)
    found = values(
        chosen.metric,
        store.frame,
        question.period(chosen, store),
        by=chosen.by,
        where=question.where(chosen.where),
        basis=chosen.basis,
        week_start="sunday" if store.manifest.week_start == "sunday" else "monday",
    )
    if chosen.json:
        as_of = store.manifest.tables["orders"]["end"].replace(" ", "T")
        for each in found:
            if each.reason:
                print(f"{each.metric}: {say(each.reason, chosen.lang)}", file=sys.stderr)
        facts = [_facts(each, as_of) for each in found]
        print(document(facts[0] if len(facts) == 1 else facts))
        return 0
    print(_shown(found, chosen.lang, store.manifest.currency))
    return 0


def _facts(value: Value, as_of: str) -> dict[str, Any]:
    return {
        "metric": value.metric,
        "value": value.value,
        "n": value.n,
        "unit": value.unit,
        "from": value.start,
        "to": value.end,
        "as_of": as_of,
        "groups": value.groups,
    }


def _shown(found: list[Value], lang: str, currency: str) -> str:
    """Values as a table, and one more for the groups of each."""
    rows = [
        (
            _label(each, lang),
            _amount(each.value, each, lang, currency),
            f"{each.n:,}",
            _said(each.reason or each.note, lang),
        )
        for each in found
    ]
    heads = (phrase("metric"), phrase("value"), phrase("n"), "")
    parts = [numbers.days(found[0].start, found[0].end, lang), table(heads, rows, "<>><", lang)]
    for each in found:
        columns = [column for column in (each.groups or [{}])[0] if column not in MEASURED]
        groups = [
            (
                *(_group(column, group[column], lang) for column in columns),
                _amount(group["value"], each, lang, currency),
                f"{group['n']:,}",
                _said(group.get("reason"), lang),
            )
            for group in each.groups
        ]
        if groups:
            parts.append(table((*columns, _label(each, lang), "n", ""), groups, "<" * len(columns) + ">><"))
    return "\n\n".join(parts)


def _label(value: Value, lang: str) -> str:
    return say(REGISTRY[value.metric].label, lang)


def _amount(number: float | None, value: Value, lang: str, currency: str) -> str:
    return numbers.exact(number, value.unit, lang, currency)


def _said(reason: str | None, lang: str) -> str:
    return say(reason, lang) if reason else ""


def _group(column: str, value: Any, lang: str) -> str:
    if isinstance(value, date):
        return numbers.month(value, lang) if column == "month" else numbers.day(value, lang)
    return name(value, lang)
