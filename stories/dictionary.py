"""The dictionary: every metric with its meaning, formula, worked example and where it is used."""

from __future__ import annotations

from language import listing, name, numbers, say
from metrics.metric import REGISTRY, Metric
from metrics.reason import words
from stories.blocks import Block, Heading, Text, Warning
from stories.gather import CARDS, GROUPED

CURRENCY = "USD"  # examples are in any currency; one has to be shown


def dictionary(lang: str, search: str = "") -> list[Block]:
    """search: part of a name, label, meaning or formula; all metrics without it."""
    names = dict.fromkeys([*CARDS, *REGISTRY])  # those of the Overview first
    found = [REGISTRY[each] for each in names if search.lower() in _searched(REGISTRY[each], lang)]
    note = say("{n} metrics. Every number of the app is one of them.", lang, n=len(REGISTRY))
    blocks: list[Block] = [Heading(say("Dictionary", lang), note)]
    if not found:
        return [
            *blocks,
            Warning(say("No metric has “{search}” in its name or meaning.", lang, search=search)),
        ]
    for metric in found:
        blocks += [Heading(say(metric.label, lang), metric.name, level=3), Text(entry(metric, lang))]
    return blocks


def entry(metric: Metric, lang: str) -> str:
    """One metric in lines of text."""
    answer = numbers.exact(metric.answer, metric.unit, lang, CURRENCY)
    lines = [
        say(metric.meaning, lang),
        say("**Formula:** {formula}", lang, formula=say(metric.formula, lang)),
        say("**Example:** {columns} → {answer}", lang, columns=_example(metric, lang), answer=answer),
        _better(metric, lang),
        say("**Used in:** {places}", lang, places=listing(_used(metric.name, lang), lang)),
    ]
    return "\n".join(line for line in lines if line)


def _searched(metric: Metric, lang: str) -> str:
    told = (metric.label, metric.meaning, metric.formula)
    return " ".join([metric.name, *told, *(say(text, lang) for text in told)]).lower()


def _example(metric: Metric, lang: str) -> str:
    columns = []
    for column, values in metric.example.items():
        told = ", ".join(numbers.NONE if value is None else f"{value}" for value in values)
        columns.append(f"{name(words(column), lang)} {told}")
    return "; ".join(columns)


def _better(metric: Metric, lang: str) -> str:
    if metric.better == "higher":
        return say("**Better:** higher", lang)
    return say("**Better:** lower", lang) if metric.better == "lower" else ""


def _used(metric: str, lang: str) -> list[str]:
    places = [say("the command line", lang), say("targets", lang)]
    if metric in CARDS:
        places.insert(0, say("a card of the Overview", lang))
    for by, names in GROUPED.items():
        if metric in names:
            told = (
                say("the table of channels", lang)
                if by == "channel"
                else say("the table of categories", lang)
            )
            places.insert(0, told)
    if metric == "net_revenue":
        places.insert(0, say("the reasons for its change", lang))
    return places
