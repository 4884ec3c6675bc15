"""What every report tells beside its story: about itself, method, definitions, suggestions, appendix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from language import listing, name, numbers, phrase, say, together
from metrics.metric import REGISTRY
from metrics.privacy import MIN_GROUP
from stories import data
from stories.asked import Asked, Check
from stories.blocks import Block, Column, Finding, Heading, Kpi, Row, Table, Text
from stories.data import RULES, Loaded

LATE = 7  # days by which a table lies behind, from which that is told
METHOD = (
    phrase("A change of a rate or a score is in points; any other is relative to the comparison."),
    phrase(
        "An interval of a share is Wilson's at 95%. That of a change is at 95% too and rests on how much the "
        "days of both periods differ: sums by Welch's t, ratios by the variance of a ratio of sums over days."
    ),
    phrase(
        "Why net revenue changed is split exactly by the logarithmic mean Divisia index (Ang 2004): the "
        "effects add up to the change, whatever their order."
    ),
    phrase(
        "An expected effect is what closing the gap to the target, or else to the comparison, would bring if "
        "nothing else changed. It is arithmetic, not a forecast."
    ),
)


def about(asked: Asked, loaded: Sequence[Loaded], checks: Sequence[Check], lang: str) -> dict[str, str]:
    """Period, comparison, filters, as-of and sources, each in a line."""
    found = {say("Period", lang): _period(asked, lang)}
    if asked.against:
        found[say("Compared with", lang)] = numbers.days(asked.against.start, asked.against.end, lang)
    else:
        found[say("Compared with", lang)] = say("nothing", lang)
    told = [
        f"{say(label.capitalize(), lang)}: {listing([name(value, lang) for value in values], lang)}"
        for label, values in asked.where.items()
    ]
    found[say("Filters", lang)] = "; ".join(told) or say("none: the whole shop", lang)
    day = numbers.day(asked.shop.last, lang)
    basis = (
        say("returns by refund date", lang) if asked.basis == "refund" else say("returns by order date", lang)
    )
    facts = {"day": day, "timezone": asked.shop.timezone, "basis": basis}
    found[say("As of", lang)] = say("{day} ({timezone}); {basis}", lang, **facts)
    found[say("Data sources", lang)] = _sources(asked, loaded, checks, lang)
    return found


def _period(asked: Asked, lang: str) -> str:
    days = numbers.days(asked.period.start, asked.period.end, lang)
    if asked.elapsed.days == asked.period.days:
        return days
    facts = {"n": asked.elapsed.days, "of": asked.period.days}
    return f"{days} {say('({n} of {of} days so far)', lang, **facts)}"


def _sources(asked: Asked, loaded: Sequence[Loaded], checks: Sequence[Check], lang: str) -> str:
    there = [table for table in loaded if table.rows]
    parts = [
        say(
            "{n} tables, {rows} rows.",
            lang,
            n=len(there),
            rows=numbers.compact(sum(t.rows for t in there), lang),
        )
    ]
    if asked.shop.imported_at:
        moment = numbers.moment(asked.shop.imported_at, asked.shop.timezone, lang)
        parts.append(say("Last import {moment}.", lang, moment=moment))
    behind = [
        say("{table} ({days})", lang, table=data.called(table.name, lang), days=say("{n} d", lang, n=age))
        for table in there
        if (age := data.age(table, asked.shop)) is not None and age > LATE
    ]
    if behind:
        parts.append(
            say("Behind the orders by more than a week: {tables}.", lang, tables=listing(behind, lang))
        )
    bad = sorted({check.table for check in checks if check.severity == "bad" and check.count})
    if bad:
        parts.append(
            say(
                "Checks failed in {tables}: see the appendix.",
                lang,
                tables=listing([data.called(each, lang) for each in bad], lang),
            )
        )
    else:
        parts.append(say("Every check passed.", lang))
    if asked.shop.sample:
        parts.append(say("This is the sample shop: its customers, merchants and orders are made up.", lang))
    return together(parts, lang)


def in_full(cards: Sequence[Kpi], currency: str, lang: str) -> list[Block]:
    """The key figures once more, not shortened, with what each rests on."""
    known = [card for card in cards if card.claim.value is not None and card.metric in REGISTRY]
    if not known:
        return []
    rows = []
    for card in known:
        unit, by = REGISTRY[card.metric].unit, {claim.source: claim.value for claim in card.beside}
        full = [
            numbers.exact(value, unit, lang, currency) for value in (card.claim.value, by.get(card.metric))
        ]
        target = numbers.exact(by.get("target"), unit, lang, currency)
        rows.append((card.label, *full, card.change or numbers.NONE, target, card.claim.n))
    names = ("label", "value", "before", "change", "target")
    frame = pl.DataFrame(rows, schema={**dict.fromkeys(names, pl.String), "n": pl.Int64}, orient="row")
    columns = [
        Column("label", say("Metric", lang)),
        Column("value", say("Value", lang), "number"),
        Column("before", say("Comparison", lang), "number"),
        Column("change", say("Change", lang), "number"),
        Column("target", say("Target", lang), "number"),
        Column("n", say("Rests on", lang), "integer"),
    ]
    return [Table(frame, columns, title=say("Key figures in full", lang), name="figures_in_full")]


def method(asked: Asked, blocks: Sequence[Block], lang: str) -> list[Block]:
    """Notes, then what each metric used means."""
    notes = [say(note, lang) for note in METHOD]
    notes.insert(0, say(
        "Days are those of {timezone}. Net revenue is after discounts, cancelled goods and returns, without "
        "tax and shipping.", lang, timezone=asked.shop.timezone,
    ))  # fmt: skip
    notes.append(say("Figures of fewer than {n} people are hidden.", lang, n=MIN_GROUP))
    used = [REGISTRY[each] for each in dict.fromkeys(_used(blocks)) if each in REGISTRY]
    rows = pl.DataFrame(
        {
            "metric": [say(metric.label, lang) for metric in used],
            "meaning": [say(metric.meaning, lang) for metric in used],
            "formula": [say(metric.formula, lang) for metric in used],
        },
        schema=dict.fromkeys(("metric", "meaning", "formula"), pl.String),
    )
    columns = [
        Column("metric", say("Metric", lang), width="medium"),
        Column("meaning", say("Meaning", lang), width="large"),
        Column("formula", say("Formula", lang), width="large"),
    ]
    found: list[Block] = [Text("\n".join(f"• {note}" for note in notes))]
    return (
        [*found, Table(rows, columns, title=say("Definitions", lang), name="definitions")] if used else found
    )


def _used(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Row):
            yield from _used(block.blocks)
        elif isinstance(block, Kpi) and not block.missing:
            yield block.metric
        elif isinstance(block, Table):
            yield from block.frame.columns
        elif isinstance(block, Finding | Text):
            yield from (claim.source for claim in block.claims)


def suggestions(findings: Sequence[Finding], lang: str) -> list[Block]:
    """What the findings advise, with who would do it and what it would bring."""
    if not findings:
        return [Text(say("Nothing stands out that would call for action.", lang))]
    rows = pl.DataFrame(
        {
            "what": [finding.action for finding in findings],
            "why": [finding.text for finding in findings],
            "owner": [finding.owner or say("Management", lang) for finding in findings],
            "effect": [finding.effect or say("not measured", lang) for finding in findings],
        }
    )
    columns = [
        Column("what", say("Suggestion", lang), width="large"),
        Column("why", say("Because", lang), width="large"),
        Column("owner", say("Owner", lang), width="medium"),
        Column("effect", say("Expected effect", lang), width="medium"),
    ]
    return [Table(rows, columns, name="suggestions")]


def appendix(
    asked: Asked,
    loaded: Sequence[Loaded],
    checks: Sequence[Check],
    refused: Mapping[tuple[str, str], int],
    lang: str,
) -> list[Block]:
    """Rows refused at import, the quality report, the sources with their freshness."""
    found: list[Block] = []
    if refused:
        rows = pl.DataFrame(
            {
                "table": [data.called(table, lang) for table, _ in refused],
                "rule": [say(RULES[rule], lang) if rule in RULES else rule for _, rule in refused],
                "rows": list(refused.values()),
            }
        )
        columns = [
            Column("table", say("Table", lang), width="medium"),
            Column("rule", say("Why it was refused", lang), width="large"),
            Column("rows", say("Rows", lang), "integer"),
        ]
        total = numbers.integer(sum(refused.values()), lang)
        note = say("{n} rows were refused at import and are in no number.", lang, n=total)
        found.append(Table(rows, columns, title=say("Quarantined rows", lang), note=note, name="quarantine"))
    else:
        found.append(Text(say("No row was refused at import.", lang)))
    found += [block for block in data.quality(checks, lang) if not isinstance(block, Heading)]
    if loaded:
        sources = data.tables(loaded, asked.shop, lang)[0]
        assert isinstance(sources, Table)
        columns = [column for column in sources.columns if column.name != "meaning"]
        frame = sources.frame.select(column.name for column in columns).with_columns(
            pl.Series("name", [data.called(each, lang) for each in sources.frame["name"]], dtype=pl.String)
        )
        title = say("Sources and their freshness", lang)
        found.append(Table(frame, columns, title=title, note=sources.note, name="sources"))
    return found
