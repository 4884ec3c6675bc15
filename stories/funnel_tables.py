"""The funnel's tables: steps, segments, days on which a step broke, other products' rules."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import name, numbers, say, together
from stories.answered import Answered
from stories.blocks import Block, Column, Heading, Table, Text
from stories.funnel_words import PRODUCTS, step_name, step_names, window
from stories.kpi import dimension
from stories.words import chance, points, shares, texts


def steps(found: Answered, lang: str) -> Table:
    rows = found.result.steps
    frame = rows.with_columns(
        label=pl.Series(step_names(found, lang), dtype=pl.String),
        interval=texts([shares(*ends, lang) for ends in _pairs(rows, "of_previous_low", "of_previous_high")]),
        time=texts([numbers.duration(h and h * 3600, lang) for h in rows["hours"]]),
        slow=texts([numbers.duration(h and h * 3600, lang) for h in rows["hours_p90"]]),
    )
    compared = found.result.against is not None
    columns = (
        Column("label", say("Step", lang)),
        Column("n", say("People", lang), "integer"),
        Column("of_previous", say("Of the step before", lang), "percent"),
        Column("interval", say("95% interval", lang), width="medium"),
        Column("of_first", say("Of the first", lang), "percent"),
        *([Column("of_first_before", say("Before", lang), "percent")] if compared else []),
        Column("lost", say("Lost after it", lang), "integer"),
        Column("time", say("Median time", lang), width="small"),
        Column("slow", say("Slowest tenth", lang), width="small"),
    )
    title = say("Steps", lang)
    note = say("Time since the step before; a tenth takes longer than the last column says.", lang)
    return Table(frame.select(c.name for c in columns), columns, title, note, name="funnel_steps")


def segments(found: Answered, lang: str) -> list[Block]:
    """A chart and a table of the segments' share that comes through, and of the difference to the others."""
    by, rows = found.words.get("by", "none"), found.result.segments
    if by == "none" or rows.is_empty():
        return []
    tests = found.result.tests.rename({"low": "apart_low", "high": "apart_high"})
    told = rows.join(tests, on="segment", how="left", nulls_equal=True)
    names = pl.Series("segment", [name(each, lang) for each in told["segment"]], dtype=pl.String)
    tones = [
        "neutral" if q is None or q > 0.05 else "good" if difference > 0 else "bad"
        for q, difference in told.select("q", "difference").iter_rows()
    ]
    frame = told.with_columns(
        names,
        tone=texts(tones),
        interval=texts([shares(*ends, lang) for ends in _pairs(told, "low", "high")]),
        apart=texts([points(*ends, lang) for ends in _pairs(told, "apart_low", "apart_high")]),
        chance=texts([chance(each, lang) for each in told["q"]]),
        to_others=texts([numbers.points(each, lang) for each in told["difference"]]),
    )
    title = say("Share that comes through, by {what}", lang, what=dimension(by, lang).lower())
    note = say("With 95% intervals; coloured where it surely differs from all others together.", lang)
    chart = Chart(
        "interval", frame, "segment", "share", low="low", high="high", color="tone", unit="percent",
        title=title, note=note, alt=title,
    )  # fmt: skip
    columns = (
        Column("segment", dimension(by, lang)),
        Column("n", say("Began", lang), "integer"),
        Column("through", say("Through", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("to_others", say("To the others", lang), width="small"),
        Column("apart", say("95% interval", lang), width="medium"),
        Column("chance", say("q", lang), width="small"),
    )
    about = say("q is the chance of such a difference without cause, corrected for all segments.", lang)
    table = Table(
        frame.select(c.name for c in columns), columns, say("Segments", lang), about, name="funnel_segments"
    )
    return [chart, table]


def drops(found: Answered | None, lang: str) -> list[Block]:
    """Days on which a step broke; nothing where there are none."""
    title = say("Days on which a step broke", lang)
    if found is None:
        return []
    rows = found.result.drops
    if rows.is_empty():
        calm = say("On no days in a row was a step taken much less often than usual.", lang)
        return [Heading(title, level=2), Text(calm)]
    frame = rows.with_columns(
        segment=texts([name(each, lang) for each in rows["segment"]]),
        label=texts([step_name(each, lang) for each in rows["label"]]),
        days=texts([numbers.days(*each, lang) for each in rows.select("start", "end").iter_rows()]),
        lost=texts([_about(row, lang) for row in rows.to_dicts()]),
        chance=texts([chance(each, lang) for each in rows["q"]]),
    )
    columns = (
        Column("segment", say("Segment", lang)),
        Column("label", say("Step", lang)),
        Column("days", say("Days", lang), width="medium"),
        Column("n", say("Came to it", lang), "integer"),
        Column("rate", say("Took it", lang), "percent"),
        Column("usual_rate", say("Usually", lang), "percent"),
        Column("lost", say("Orders lost", lang), width="medium"),
        Column("chance", say("q", lang), width="small"),
    )
    note = say(
        "Usual are the other days and the eight weeks before. q: the chance of such days without "
        "cause, corrected for all steps and segments; of ten such alarms one is false.",
        lang,
    )
    return [
        Heading(title, level=2),
        Table(
            frame.select(c.name for c in columns), columns, say("By visits", lang), note, name="funnel_drops"
        ),
    ]


def definitions(found: Answered | None, lang: str) -> list[Block]:
    """The same data under six rules."""
    if found is None:
        return []
    rows = found.result.definitions
    frame = rows.with_columns(
        definition=texts([PRODUCTS[each] for each in rows["definition"]]),
        window=texts([window(each, lang) for each in rows["window_days"]]),
        inside=texts([say("yes", lang) if each else say("no", lang) for each in rows["inside"]]),
        interval=texts([shares(*ends, lang) for ends in _pairs(rows, "low", "high")]),
    )
    columns = (
        Column("definition", say("Rules of", lang)),
        Column("window", say("Time for all steps", lang), width="small"),
        Column("inside", say("All within the days", lang), width="small"),
        Column("n", say("Began", lang), "integer"),
        Column("through", say("Through", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("interval", say("95% interval", lang), width="medium"),
        Column("more", say("Only here", lang), "integer"),
        Column("fewer", say("Only by ours", lang), "integer"),
    )
    title = say("Same data, six definitions", lang)
    note = say("Only here, only by ours: customers who are through under one of the two rules alone.", lang)
    if rows["share"].n_unique() == 1:
        note = together([say("All agree on these days.", lang), note], lang)
    return [
        Heading(title, level=2),
        Table(
            frame.select(c.name for c in columns),
            columns,
            say("Rules of other tools", lang),
            note,
            name="funnel_definitions",
        ),
    ]


def _about(row: dict, lang: str) -> str:
    n, low, high = (numbers.number(row[f"orders_{each}"], lang, 0) for each in ("lost", "low", "high"))
    return say("{n} ({low} to {high})", lang, n=n, low=low, high=high)


def _pairs(rows: pl.DataFrame, low: str, high: str) -> list[tuple[float | None, float | None]]:
    return [(row[low], row[high]) for row in rows.to_dicts()]
