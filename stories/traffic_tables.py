"""The traffic's tables: how often, by channel and device, unusual days, pages, interaction."""

from __future__ import annotations

from charts.chart import Chart
from language import name, numbers, say
from language.reasons import tell
from stories.answered import Answered
from stories.blocks import Block, Column, Heading, Table
from stories.kpi import dimension
from stories.words import chance, points, shares, texts


def often(found: Answered, lang: str) -> Chart:
    """Visitors by how often they came."""
    names = [_often(row["visits"], row["to"], lang) for row in found.result.often.to_dicts()]
    rows = found.result.often.with_columns(texts(names).alias("often"))
    title = say("Visitors by number of visits", lang)
    return Chart("bar", rows, "often", "share", unit="percent", title=title, alt=title)


def _often(low: int, high: int | None, lang: str) -> str:
    if high is None:
        return say("{n} or more", lang, n=low)
    return str(low) if low == high else f"{low}–{high}"


def segments(found: Answered, lang: str) -> Table:
    rows = found.result.segments
    told = rows.to_dicts()
    frame = rows.with_columns(
        texts([dimension(each, lang) for each in rows["by"]]).alias("by"),
        texts([name(each, lang) for each in rows["segment"]]).alias("segment"),
        texts([numbers.duration(each, lang) for each in rows["seconds"]]).alias("seconds"),
        texts([shares(row["bounce_low"], row["bounce_high"], lang) for row in told]).alias("bounce_interval"),
        texts([shares(row["bought_low"], row["bought_high"], lang) for row in told]).alias("bought_interval"),
    )
    columns = (
        Column("by", say("By", lang), width="small"),
        Column("segment", say("Segment", lang)),
        Column("n", say("Visits", lang), "integer"),
        Column("share", say("Share", lang), "bar"),
        Column("bounce", say("Bounce rate", lang), "percent"),
        Column("bounce_interval", say("95% interval", lang), width="medium"),
        Column("pages", say("Pages", lang), "number"),
        Column("seconds", say("Median time", lang), width="small"),
        Column("bought", say("Buy", lang), "percent"),
        Column("bought_interval", say("95% interval", lang), width="medium"),
    )
    title = say("By channel, region and device", lang)
    return Table(frame.select(c.name for c in columns), columns, title, name="traffic_segments")


def surges(found: Answered, lang: str) -> list[Block]:
    title = say("Unusual days", lang)
    rows = found.result.surges
    if rows.is_empty():
        why = tell(found.result.warnings[0], lang) if found.result.warnings else ""
        return [
            Heading(title, level=2),
            Table(rows, (), missing=why or say("No day was unusual.", lang), name="traffic_surges"),
        ]
    whole = say("All visits", lang)
    frame = rows.with_columns(
        texts([name(each, lang) if each else whole for each in rows["channel"]]).alias("channel"),
        texts([numbers.days(*each, lang) for each in rows.select("start", "end").iter_rows()]).alias("days"),
        texts([_times(row, lang) for row in rows.to_dicts()]).alias("interval"),
    )
    columns = (
        Column("channel", say("Channel", lang)),
        Column("days", say("Days", lang), width="medium"),
        Column("visits", say("Visits", lang), "integer"),
        Column("usual", say("Usually", lang), "integer"),
        Column("times", say("Times", lang), "number"),
        Column("interval", say("95% interval", lang), width="medium"),
    )
    note = say("Usual is the median of the same weekdays of the four weeks before and after.", lang)
    return [
        Heading(title, level=2),
        Table(
            frame.select(c.name for c in columns),
            columns,
            say("Far from usual", lang),
            note,
            name="traffic_surges",
        ),
    ]


def bursts(found: Answered, lang: str) -> list[Table]:
    """Kinds of events that came unusually often on some days; nothing where none did."""
    rows = found.result.bursts
    if rows.is_empty():
        return []
    frame = rows.with_columns(
        texts([name(each, lang) for each in rows["event"]]).alias("event"),
        texts([numbers.days(*each, lang) for each in rows.select("start", "end").iter_rows()]).alias("days"),
        texts([numbers.points(each, lang) for each in rows["difference"]]).alias("apart"),
        texts([points(row["low"], row["high"], lang) for row in rows.to_dicts()]).alias("interval"),
        texts([chance(each, lang) for each in rows["q"]]).alias("chance"),
    )
    columns = (
        Column("event", say("Event", lang)),
        Column("days", say("Days", lang), width="medium"),
        Column("visits", say("Visits with it", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("usual_share", say("Usually", lang), "percent"),
        Column("apart", say("Difference", lang), width="small"),
        Column("interval", say("95% interval", lang), width="medium"),
        Column("chance", say("q", lang), width="small"),
    )
    note = say("Usual are all other days, those of eight weeks before the period among them.", lang)
    title = say("Events that came unusually often", lang)
    return [Table(frame.select(c.name for c in columns), columns, title, note, name="traffic_bursts")]


def _times(row: dict, lang: str) -> str:
    low, high = (numbers.number(row[end], lang) for end in ("low", "high"))
    return say("{low} to {high}", lang, low=low, high=high)


def pages(found: Answered, lang: str) -> list[Block]:
    rows, title = found.result.pages, say("Pages", lang)
    if rows.is_empty():
        why = tell(found.result.warnings[0], lang) if found.result.warnings else ""
        return [
            Heading(say("Where visits begin and end", lang), level=2),
            Table(rows, (), title, missing=why or say("nothing on these days", lang), name="traffic_pages"),
        ]
    told = rows.to_dicts()
    frame = rows.with_columns(
        texts([shares(row["exit_low"], row["exit_high"], lang) for row in told]).alias("exit_interval"),
        texts([shares(row["bounce_low"], row["bounce_high"], lang) for row in told]).alias("bounce_interval"),
    )
    columns = (
        Column("page", say("Page", lang)),
        Column("visits", say("Visits", lang), "integer"),
        Column("entries", say("Entries", lang), "integer"),
        Column("entry_share", say("Share of entries", lang), "percent"),
        Column("bounce", say("Bounce rate", lang), "percent"),
        Column("bounce_interval", say("95% interval", lang), width="medium"),
        Column("exits", say("Exits", lang), "integer"),
        Column("exit_rate", say("Exit rate", lang), "percent"),
        Column("exit_interval", say("95% interval", lang), width="medium"),
    )
    note = say("Exit rate: of the visits that saw the page, those that ended there.", lang)
    return [
        Heading(say("Where visits begin and end", lang), level=2),
        Table(frame.select(c.name for c in columns), columns, title, note, name="traffic_pages"),
    ]


def interaction(found: Answered, lang: str) -> list[Block]:
    rows = found.result.events
    if rows.is_empty():
        return []
    told = rows.to_dicts()
    frame = rows.with_columns(
        texts([name(each, lang) for each in rows["event"]]).alias("event"),
        texts([numbers.points(each, lang) for each in rows["difference"]]).alias("apart"),
        texts([numbers.points(each, lang) for each in rows["alike"]]).alias("like_apart"),
        texts([points(row["alike_low"], row["alike_high"], lang) for row in told]).alias("interval"),
        texts([chance(each, lang) for each in rows["q"]]).alias("chance"),
    )
    columns = (
        Column("event", say("Interaction", lang)),
        Column("times", say("Times", lang), "integer"),
        Column("n", say("Visits with it", lang), "integer"),
        Column("bought", say("Buy", lang), "percent"),
        Column("others_bought", say("Others buy", lang), "percent"),
        Column("apart", say("Difference", lang), width="small"),
        Column("like_apart", say("Among alike", lang), width="small"),
        Column("interval", say("95% interval", lang), width="medium"),
        Column("chance", say("q", lang), width="small"),
    )
    note = say(
        "Before the purchase. Among alike: within the same device and channel (Mantel–Haenszel). An "
        "association is no effect: who means to buy anyway may also ask or like more.",
        lang,
    )
    return [
        Heading(say("Interaction and purchase", lang), level=2),
        Table(
            frame.select(c.name for c in columns),
            columns,
            say("By visit", lang),
            note,
            name="traffic_interaction",
        ),
    ]
