"""Service drawn and listed: the backlog, its age, promises kept over time and by group."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart, Mark
from language import numbers, say, together
from stories.answered import Answered
from stories.asked import bucket
from stories.blocks import Block, Column, Table
from stories.called import GROUPED, KINDS, called
from stories.service_words import STAGES, between, hours, tones
from stories.words import chance, shares, texts

SHOWN = 10  # bars of a group
BY = ("kind", "channel", "agent", "category", "seller", "product_id")


def backlog(found: Answered, marks: tuple[Mark, ...], lang: str) -> Chart:
    """Open at the end of each day, or of each week of longer periods, and what of it has no answer."""
    every = bucket(found.asked.elapsed.days, fine=190)
    rows = found.result.backlog
    if every != "day":
        rows = rows.group_by(day=pl.col("day").dt.truncate("1w")).agg(pl.col("open", "unanswered").last())
    title = say("Open tickets", lang)
    return Chart(
        "line", rows.sort("day"), "day", "open", compare="unanswered", unit="integer", title=title, alt=title,
        labels=[title, say("Not answered yet", lang)], marks=marks,
        note=say("At the end of each day", lang) if every == "day" else say("At the end of each week", lang),
    )  # fmt: skip


def ageing(found: Answered, lang: str) -> Chart:
    rows = found.result.ageing
    labels = [
        say("{low} days and more", lang, low=low) if high is None
        else say("under a day", lang) if low == 0
        else say("{low} to {high} days", lang, low=low, high=high)
        for low, high in rows.select("from_days", "to_days").iter_rows()
    ]  # fmt: skip
    title = say("How old they are", lang)
    return Chart(
        "bar", rows.select("open", label=texts(labels)), "label", "open", unit="integer", title=title,
        alt=title, note=say("Open tickets at the end, by days since they were opened", lang),
        missing="" if rows["open"].sum() else say("nothing is open", lang),
    )  # fmt: skip


def weeks(found: Answered, lang: str) -> Chart:
    """Share of first answers in time by week of opening."""
    rows = found.result.weeks.filter(pl.col("due") > 0)
    title = say("First answer in time, by week", lang)
    return Chart(
        "line", rows, "week", "share", low="low", high="high", unit="percent", title=title, alt=title,
        labels=[say("First answer in time", lang)],
        note=say("Within {hours} of business time, by week of opening; the band holds 95%", lang,
                 hours=hours(found.result.respond_hours, lang)),
        missing="" if len(rows) > 1 else say("there are no two weeks to draw", lang),
    )  # fmt: skip


def promise(found: Answered, by: str, step: str, title: str, lang: str) -> Chart:
    """The share kept by group with its interval, beside that of all others."""
    rows = found.result.groups.filter(pl.col("by") == by, pl.col(f"{step}_share").is_not_null()).head(SHOWN)
    names = ("share", "low", "high", "rest", "q", "difference", "difference_low", "difference_high")
    table = rows.select(
        *(pl.col(f"{step}_{name}").alias(name) for name in names),
        x=texts([called(found.asked, by, of, lang) for of in rows["of"]]),
    ).select("share", "low", "high", "rest", "x", tone=tones(worse_below=True))  # fmt: skip
    return Chart(
        "interval", table, "x", "share", "tone", "rest", low="low", high="high", unit="percent",
        labels=[say("Share in time", lang), say("all others", lang)], title=title, alt=title,
        note=say("Lines are 95% intervals; green: surely better than all others, hollow red: worse", lang),
        missing="" if len(table) else say("no group has enough customers", lang),
    )  # fmt: skip


def stages(found: Answered, lang: str) -> Table:
    """Business hours between states, of all and by kind and channel."""
    rows = found.result.stages.filter(pl.col("n") > 0)
    frame = pl.DataFrame(
        [
            {
                "of": called(found.asked, row["by"], row["of"], lang)
                if row["by"]
                else say("All tickets", lang),
                "stage": say(STAGES[row["stage"]], lang),
                "n": row["n"],
                "open": row["open"],
                "median": row["median"],
                "median_interval": between(row["median_low"], row["median_high"], lang),
                "p90": row["p90"],
                "of_hours": row["of_hours"],
                "of_tickets": row["of_tickets"],
            }
            for row in rows.to_dicts()
        ],
        schema_overrides=dict.fromkeys(("median", "p90", "of_hours", "of_tickets"), pl.Float64),
    )
    columns = (
        Column("of", say("Tickets", lang)),
        Column("stage", say("Stage", lang)),
        Column("n", say("Went through", lang), "integer", width="small"),
        Column("open", say("Still waiting", lang), "integer", width="small"),
        Column("median", say("Median, h", lang), "number"),
        Column("median_interval", say("95% interval", lang)),
        Column("p90", say("P90, h", lang), "number"),
        Column("of_hours", say("Of all hours", lang), "percent", width="small"),
        Column("of_tickets", say("Of tickets", lang), "percent"),
    )
    title = say("Where tickets wait", lang)
    note = say("Business hours; those of tickets that still wait are counted so far.", lang)
    return Table(frame, columns, title, note, name="service_stages")


def groups(found: Answered, by: str, lang: str) -> list[Table]:
    rows = found.result.groups.filter(pl.col("by") == by)
    if rows.is_empty():
        return []
    frame = pl.DataFrame([_row(found, row, lang) for row in rows.to_dicts()], infer_schema_length=None)
    columns = (
        Column("of", say(KINDS[by], lang), width="medium"),
        Column("tickets", say("Tickets", lang), "integer"),
        Column("customers", say("Customers", lang), "integer", width="small"),
        Column("response", say("First answer, h", lang), "number", width="medium"),
        Column("in_time", say("In time", lang), "percent"),
        Column("in_time_interval", say("95% interval", lang)),
        Column("resolution", say("Resolved, h", lang), "number", width="small"),
        Column("resolved_in_time", say("In time", lang), "percent"),
        Column("resolved_interval", say("95% interval", lang)),
        Column("reopened", say("Reopened", lang), "percent"),
        Column("score", say("Score", lang), "number"),
        Column("score_interval", say("95% interval", lang)),
        Column("conversations", say("Conversations", lang), "integer", width="medium"),
    )
    small = found.result.small.filter(by=by)
    note = say("Waits are medians in business hours; the score is that after closing.", lang)
    if len(small):
        n, tickets = small.select("groups", "tickets").row(0)
        left_out = say(
            "{n} groups of few customers, with {tickets} tickets, are left out.", lang,
            n=numbers.integer(n, lang), tickets=numbers.integer(tickets, lang),
        )  # fmt: skip
        note = together([note, left_out], lang)
    title = say("Tickets {by}", lang, by=say(GROUPED[by], lang))
    return [Table(frame, columns, title, note, name=f"service_{by}")]


def _row(found: Answered, row: dict, lang: str) -> dict:
    return {
        "of": called(found.asked, row["by"], row["of"], lang),
        "tickets": row["tickets"],
        "conversations": row["conversations"],
        "customers": row["customers"],
        "response": row["response_median"],
        "in_time": row["response_share"],
        "in_time_interval": shares(row["response_low"], row["response_high"], lang),
        "resolution": row["resolution_median"],
        "resolved_in_time": row["resolution_share"],
        "resolved_interval": shares(row["resolution_low"], row["resolution_high"], lang),
        "reopened": row["reopen_share"],
        "score": row["score"],
        "score_interval": _scores(row, lang),
    }


def _scores(row: dict, lang: str) -> str:
    if row["score_low"] is None:
        return numbers.NONE
    low, high = (numbers.number(row[f"score_{end}"], lang, 1) for end in ("low", "high"))
    return say("{low} to {high}", lang, low=low, high=high)


def contacts(found: Answered, lang: str) -> list[Block]:
    """Orders about which customers turned to service, by category."""
    rows = found.result.contacts.filter(by="category").head(SHOWN)
    if rows.is_empty():
        return []
    table = rows.sort("share", descending=True).with_columns(tone=tones(worse_below=False))
    table = table.with_columns(x=texts([called(found.asked, "category", of, lang) for of in table["of"]]))
    title = say("Orders with a request, by category", lang)
    return [
        Chart(
            "interval", table.select("x", "share", "low", "high", "rest", "tone"), "x", "share", "tone",
            "rest", low="low", high="high", unit="percent", title=title, alt=title,
            labels=[say("Share of orders", lang), say("all others", lang)],
            note=say("Of orders placed on these days; requests may still come", lang),
        )
    ]  # fmt: skip


def contacts_by(found: Answered, lang: str) -> list[Table]:
    """Contact rates of products, sellers and regions, those that stand out first."""
    rows = found.result.contacts.filter(pl.col("by").is_in(["product_id", "seller", "region"]))
    rows = rows.sort("q", "part", "of", descending=[False, True, False], nulls_last=True)
    if rows.is_empty():
        return []
    frame = rows.select(
        "n", "part", "share", "rest", "difference", "per_order",
        by=texts([say(KINDS[each], lang) for each in rows["by"]]),
        of=texts([called(found.asked, by, of, lang) for by, of in rows.select("by", "of").iter_rows()]),
        interval=texts([shares(low, high, lang) for low, high in rows.select("low", "high").iter_rows()]),
        q=texts([chance(each, lang) for each in rows["q"]]),
    )  # fmt: skip
    columns = (
        Column("by", say("By", lang), width="small"),
        Column("of", say("Name", lang), width="medium"),
        Column("n", say("Orders", lang), "integer"),
        Column("part", say("With a request", lang), "integer", width="medium"),
        Column("share", say("Share", lang), "percent"),
        Column("interval", say("95% interval", lang)),
        Column("rest", say("Others", lang), "percent"),
        Column("difference", say("Difference", lang), "points"),
        Column("q", say("Corrected p", lang), width="small"),
        Column("per_order", say("Tickets per order", lang), "number", width="medium"),
    )
    title = say("Orders with a request, by product, seller and region", lang)
    note = say("Of orders placed on these days; requests may still come", lang)
    return [Table(frame.select(c.name for c in columns), columns, title, note, name="service_contacts")]
