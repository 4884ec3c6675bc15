"""The funnel: how many come through, where they are lost, on which days a step broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from charts.chart import Chart
from language import numbers, phrase, say
from metrics.funnel import DEFAULT
from metrics.metric import BadQuestion
from stories import funnel_tables
from stories.answered import Answered, answer, of_events
from stories.asked import Asked, Check
from stories.blocks import Block, Heading, Kpi, Row, Text, Warning
from stories.figures import figure
from stories.funnel_findings import findings, message
from stories.funnel_words import method, rules_of, step_names
from stories.words import heading


@dataclass(frozen=True)
class FunnelData:
    """found: the funnel. drops: days on which one of its steps broke. same: it under other products' rules;
    only of a funnel that has no other rules than ours. problem: why there is no funnel.
    """

    asked: Asked
    settings: Mapping[str, Any]
    found: Answered | None = None
    drops: Answered | None = None
    same: Answered | None = None
    problem: str = ""


def gather(asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}) -> FunnelData:
    """settings: those of the analysis `funnel` that are not as usual."""
    mine = of_events(asked, "en")[0]
    if mine.tables("events") is None:
        return FunnelData(asked, settings, problem=phrase("needs the table events: import it"))
    usual = {"by": "device", "revenue": True, "against": mine.against or "none"}
    steps = tuple(settings.get("steps", DEFAULT))
    try:
        return FunnelData(
            asked, settings,
            found=answer(mine, "funnel", **{**usual, **settings}),
            drops=answer(mine, "drops", steps=steps),
            same=answer(mine, "definitions", steps=steps) if {*settings} <= {"steps", "by"} else None,
        )  # fmt: skip
    except BadQuestion as problem:
        return FunnelData(asked, settings, problem=str(problem))


def funnel(data: FunnelData, lang: str) -> list[Block]:
    title = heading(say("Funnel", lang), data.asked, lang)
    left_out = of_events(data.asked, lang)[1]
    if data.found is None or data.found.result.n == 0:
        nobody = phrase("Nobody began on these days. Choose other days, fewer filters or another first step.")
        return [title, *left_out, Warning(say(data.problem or nobody, lang))]
    rules = rules_of(data.settings, tuple(data.found.result.steps["label"]))
    return [
        title,
        *left_out,
        *_cards(data.found, lang),
        *findings(data.found, data.drops, lang),
        *_charts(data.found, lang),
        funnel_tables.steps(data.found, lang),
        *funnel_tables.drops(data.drops, lang),
        *funnel_tables.definitions(data.same, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(method(rules, lang, data.settings.get("preset"))),
    ]


def _charts(found: Answered, lang: str) -> list[Block]:
    """The steps, and beside them the segments where there are any."""
    chart, table = _chart(found, lang), funnel_tables.segments(found, lang)
    return [Row([chart, table[0]]), *table[1:]] if table else [chart]


def _chart(found: Answered, lang: str) -> Chart:
    rows = pl.DataFrame({"step": step_names(found, lang), "n": found.result.steps["n"]})
    title = say("People at each step", lang)
    return Chart(
        "funnel", rows, "step", "n", unit="integer", title=title, alt=title, name="steps",
        note=say("Between two steps: the share that goes on", lang), message=message(found, lang),
    )  # fmt: skip


def _cards(found: Answered, lang: str) -> list[Kpi]:
    last, names = len(found.result.steps), step_names(found, lang)
    began = say("Began: {step}", lang, step=names[0])
    through = say("Came through: {step}", lang, step=names[-1])
    cards = [
        figure(found, "funnel_began", began, "integer", "steps", "n", "n_before", lang, step=1),
        figure(found, "funnel_through", through, "integer", "steps", "n", "n_before", lang, step=last),
        figure(
            found, "funnel_conversion", say("Conversion", lang), "percent", "steps", "of_first",
            "of_first_before", lang, step=last,
        ),
    ]  # fmt: skip
    if found.result.revenue is not None:
        money = numbers.money(found.result.revenue, found.asked.shop.currency, lang)
        claim = found.claim(money, "summary", "revenue")
        ends = (found.result.revenue_low, found.result.revenue_high)
        low, high = (numbers.money(end, found.asked.shop.currency, lang) for end in ends)
        about = say("95% interval {low} to {high}", lang, low=low, high=high) if ends[0] is not None else ""
        beside = [found.claim(low, "summary", "revenue_low"), found.claim(high, "summary", "revenue_high")]
        cards.append(
            Kpi(
                "funnel_revenue", say("Revenue of each who began", lang), money, claim, compared=about,
                beside=beside if about else (),
            )
        )  # fmt: skip
    return cards
