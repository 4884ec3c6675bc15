"""Traffic: how many visit, how deep they look, who comes back, and on which days it was unusual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from charts.chart import Chart
from language import phrase, say
from metrics.metric import BadQuestion
from stories import traffic_tables
from stories.answered import Answered, answer, of_events
from stories.asked import Asked, Check, bucket
from stories.blocks import Block, Heading, Kpi, Row, Text, Warning
from stories.figures import figure
from stories.traffic_findings import findings, surge_marks
from stories.traffic_lengths import lengths
from stories.words import heading


@dataclass(frozen=True)
class TrafficData:
    """found: the analysis traffic; surges, bursts, pages, interaction and sessions those of the same name.
    problem: why there is nothing.
    """

    asked: Asked
    found: Answered | None = None
    surges: Answered | None = None
    bursts: Answered | None = None
    pages: Answered | None = None
    interaction: Answered | None = None
    sessions: Answered | None = None
    problem: str = ""


def gather(asked: Asked, checks: Sequence[Check] = (), silence_minutes: float | None = None) -> TrafficData:
    """silence_minutes: where visits are cut for their lengths; see metrics.sessions."""
    mine = of_events(asked, "en")[0]
    if mine.tables("events") is None:
        return TrafficData(asked, problem=phrase("needs the table events: import it"))
    try:
        return TrafficData(
            asked,
            found=answer(mine, "traffic", against=mine.against or "none"),
            surges=answer(mine, "surges"),
            bursts=answer(mine, "bursts"),
            pages=answer(mine, "pages"),
            interaction=answer(mine, "interaction"),
            sessions=answer(mine, "sessions", silence_minutes=silence_minutes),
        )
    except BadQuestion as problem:
        return TrafficData(asked, problem=str(problem))


def traffic(data: TrafficData, lang: str) -> list[Block]:
    title, left_out = heading(say("Traffic", lang), data.asked, lang), of_events(data.asked, lang)[1]
    if data.found is None or data.found.result.n == 0:
        nobody = phrase("Nobody visited on these days. Choose other days or fewer filters.")
        return [title, *left_out, Warning(say(data.problem or nobody, lang))]
    assert data.surges and data.bursts and data.pages and data.interaction
    return [
        title,
        *left_out,
        *_cards(data.found, lang),
        *findings(data.found, data.surges, data.bursts, data.interaction, lang),
        Row([_days(data.found, data.surges, lang), traffic_tables.often(data.found, lang)], [2, 1]),
        traffic_tables.segments(data.found, lang),
        *lengths(data.sessions, lang),
        *traffic_tables.surges(data.surges, lang),
        *traffic_tables.bursts(data.bursts, lang),
        *traffic_tables.pages(data.pages, lang),
        *traffic_tables.interaction(data.interaction, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(
            say(
                "A visit is a session of the source, or ends after 30 minutes of silence; midnight does not "
                "cut it. It counts on the day it began. New is who was never seen before the period. A visit "
                "with one page and nothing in the cart bounced. A visit of one event has no known length and "
                "is in no duration. Intervals hold 95%: Wilson's for shares, Newcombe's for differences.",
                lang,
            )
        ),
    ]


def _cards(found: Answered, lang: str) -> list[Kpi]:
    return [
        figure(found, "traffic_visits", say("Visits", lang), "integer", "summary", "n", "n_before", lang),
        figure(
            found, "traffic_visitors", say("Visitors", lang), "integer", "summary", "visitors",
            "visitors_before", lang,
        ),
        figure(
            found, "traffic_bounce", say("Bounce rate", lang), "percent", "summary", "bounce",
            "bounce_before", lang, "lower",
        ),
        figure(
            found, "traffic_pages", say("Pages a visit", lang), "number", "summary", "pages", "pages_before",
            lang,
        ),
    ]  # fmt: skip


def _days(found: Answered, surges: Answered, lang: str) -> Chart:
    """Visits of new and of returning visitors by day, or by week of longer periods."""
    every = bucket(found.asked.elapsed.days, fine=92)
    rows = found.result.daily
    if every != "day":
        rows = rows.group_by(day=pl.col("day").dt.truncate("1w" if every == "week" else "1mo")).agg(
            pl.col("visits", "new").sum()
        )
    parts = [
        rows.select("day", kind=pl.lit(label), visits=value)
        for label, value in (
            (say("Returning", lang), pl.col("visits") - pl.col("new")),
            (say("New", lang), pl.col("new")),
        )
    ]
    title = say("Visits by day", lang) if every == "day" else say("Visits over time", lang)
    return Chart(
        "stack", pl.concat(parts).sort("day"), "day", "visits", "kind", unit="integer", title=title,
        alt=title, note=say("Of visitors never seen before the period, and of others", lang),
        marks=surge_marks(surges, lang),
    )  # fmt: skip
