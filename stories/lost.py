"""Who is lost at a step of the funnel: which kinds of customers more often than the others."""

from __future__ import annotations

from dataclasses import asdict

import polars as pl

from language import name, numbers, say
from metrics.rules import Rules
from stories.answered import Answered, answer
from stories.asked import Asked
from stories.blocks import Block, Column, Finding, Table
from stories.funnel_words import step_name
from stories.kpi import dimension
from stories.words import chance, points, shares, texts

SURE = 0.05  # q


def who(asked: Asked, rules: Rules, step: int, lang: str) -> list[Block]:
    """step: the last one that they took, from 1."""
    found = answer(asked, "lost", step=step, **asdict(rules))
    result, at = found.result, step_name(rules.steps[step - 1], lang)
    rows = result.segments.sort("q", "difference", descending=[False, True], nulls_last=True)
    frame = rows.with_columns(
        by=texts([dimension(each, lang) for each in rows["by"]]),
        segment=texts([name(each, lang) for each in rows["segment"]]),
        interval=texts([shares(row["low"], row["high"], lang) for row in rows.to_dicts()]),
        apart=texts([numbers.points(each, lang) for each in rows["difference"]]),
        between=texts(
            [points(row["difference_low"], row["difference_high"], lang) for row in rows.to_dicts()]
        ),
        chance=texts([chance(each, lang) for each in rows["q"]]),
    )
    columns = (
        Column("by", say("By", lang), width="small"),
        Column("segment", say("Segment", lang)),
        Column("n", say("Came to it", lang), "integer"),
        Column("lost", say("Lost", lang), "integer"),
        Column("share", say("Share lost", lang), "percent"),
        Column("interval", say("95% interval", lang), width="medium"),
        Column("apart", say("To the others", lang), width="small"),
        Column("between", say("95% interval", lang), width="medium"),
        Column("chance", say("q", lang), width="small"),
    )
    title = say("Who is lost after {step}", lang, step=at)
    note = say("Those whose time is not over are left out.", lang)
    table = Table(frame.select(c.name for c in columns), columns, title, note, name="funnel_lost")
    n, lost = (numbers.integer(each, lang) for each in (result.n, result.lost))
    text = say("**{lost}** of {n} came to {step} and no further.", lang, lost=lost, n=n, step=at)
    claims = [found.claim(lost, "summary", "lost"), found.claim(n, "summary", "n")]
    sure = rows.filter((pl.col("q") <= SURE) & (pl.col("difference") > 0)).sort("q", "segment")
    told = [_more(found, row, lang) for row in sure.head(3).to_dicts()]
    nothing = say("No kind of customer is surely lost more often than the others.", lang)
    return [Finding(text, "neutral", claims), *(told or [Finding(nothing, "neutral")]), table]


def _more(found: Answered, row: dict, lang: str) -> Finding:
    place = {"by": row["by"], "segment": row["segment"]}
    printed = {
        column: numbers.points(row[column], lang)
        for column in ("difference", "difference_low", "difference_high")
    }
    text = say(
        "**{segment}** is lost more often: {difference} to all others (95% interval {interval}).",
        lang,
        segment=name(row["segment"], lang),
        difference=printed["difference"],
        interval=points(row["difference_low"], row["difference_high"], lang),
    )
    claims = [found.claim(told, "segments", column, **place) for column, told in printed.items()]
    return Finding(text, "bad", claims)
