"""The truth card of one promotion: from its lift to what it earned, the verdict, and what to do next."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import numbers, phrase, say
from stories.answered import Answered
from stories.blocks import Block, Claim, Column, Finding, Heading, Row, Table
from stories.promotion_words import ADVICE, CALLS, CONTROLS, PARTS, STEPS, TONES, between, plan, why


def card(found: Answered, promotion: str, lang: str, level: int = 2) -> list[Block]:
    row = found.result.promotions.filter(promotion=promotion).row(0, named=True)
    days = numbers.days(row["start"], row["end"], lang)
    title = Heading(row["name"], days, level)
    return [title, *verdict(found, row, lang), *_drawn(found, row, lang)]


def verdict(found: Answered, row: dict, lang: str) -> list[Finding]:
    """What the data say of it, with the numbers that it rests on."""
    said = say(CALLS[row["call"]], lang)
    act = say(ADVICE[row["advice"]], lang)
    test = plan(row, lang)
    action = say("{advice}: {plan}", lang, advice=act, plan=test) if test else act
    reason = why(found, row["promotion"], lang)
    head = Finding(
        say("**{verdict}.** {why}", lang, verdict=said, why=reason),
        TONES[row["call"]],  # type: ignore[arg-type]
        _of_plan(found, row, lang) if test else [],
        action=action,
    )
    if row["lift"] is None:
        return [head]
    return [
        head, _lift(found, row, lang), *_roi(found, row, lang), *_even(found, row, lang),
        *_placebos(found, row, lang),
    ]  # fmt: skip


def _of_plan(found: Answered, row: dict, lang: str) -> list[Claim]:
    told = numbers.percent(row["detectable"], lang, 0)
    return [found.claim(told, "promotions", "detectable", promotion=row["promotion"])]


def _lift(found: Answered, row: dict, lang: str) -> Finding:
    sold, expected = (numbers.integer(row[each], lang) for each in ("sold", "expected"))
    lift = numbers.difference(row["lift"], "integer", lang)
    text = say(
        "It sold {sold} units where {expected} were to be expected: **{lift}** (95% interval {interval}). "
        "Compared with {control}.", lang,
        sold=sold, expected=expected, lift=lift, control=say(CONTROLS[row["control"]], lang),
        interval=between(row["lift_low"], row["lift_high"], "integer", found, lang),
    )  # fmt: skip
    printed = {"sold": sold, "expected": expected, "lift": lift}
    printed |= {end: numbers.difference(row[end], "integer", lang) for end in ("lift_low", "lift_high")}
    claims = [
        found.claim(told, "promotions", name, promotion=row["promotion"]) for name, told in printed.items()
    ]
    return Finding(text, TONES[row["lift_call"]], claims)  # type: ignore[arg-type]


def _roi(found: Answered, row: dict, lang: str) -> list[Finding]:
    """What each unit of money of its costs brought back beyond itself; nothing without costs."""
    if row["roi"] is None:
        return []
    currency = found.asked.shop.currency
    printed = {each: numbers.change(row[each], lang, 0) for each in ("roi", "roi_low", "roi_high")}
    profit = numbers.difference(row["profit"], "money", lang, currency)
    text = say(
        "ROI **{roi}** (95% interval {low} to {high}): {profit} after all costs, by costs of {cost}.", lang,
        roi=printed["roi"], low=printed["roi_low"], high=printed["roi_high"], profit=profit,
        cost=numbers.money(row["cost"], currency, lang),
    )  # fmt: skip
    claims = [
        found.claim(told, "promotions", name, promotion=row["promotion"]) for name, told in printed.items()
    ]
    return [Finding(text, TONES[row["call"]], claims)]  # type: ignore[arg-type]


def _even(found: Answered, row: dict, lang: str) -> list[Finding]:
    if row["margin"] is None:
        return []
    if row["break_even"] is None:
        told = say("At its price a unit brings no margin: no lift would have paid.", lang)
        return [Finding(told, "bad")]
    units = numbers.integer(max(row["break_even"], 0.0), lang)
    text = say("It breaks even from a lift of {units} units.", lang, units=units)
    claims = []
    if row["break_even"] >= 0:
        claims = [found.claim(units, "promotions", "break_even", promotion=row["promotion"])]
    return [Finding(text, "neutral", claims)]


def _placebos(found: Answered, row: dict, lang: str) -> list[Finding]:
    rows = found.result.placebos.filter(promotion=row["promotion"])
    p = numbers.number(row["p"], lang, 3)
    text = say(
        "Placebo test: of {n} readings of weeks and categories without a promotion, this one counted in, a "
        "share of {p} is at least as far off.", lang, n=len(rows) + 1, p=p,
    )  # fmt: skip
    return [Finding(text, "neutral", [found.claim(p, "promotions", "p", promotion=row["promotion"])])]


def _drawn(found: Answered, row: dict, lang: str) -> list[Block]:
    if row["lift"] is None:
        return []
    drawn: list[Block] = [days(found, row, lang)]
    if row["profit"] is not None:
        drawn.insert(0, waterfall(found, row, lang))
    return [Row(drawn) if len(drawn) > 1 else drawn[0], parts(found, row, lang)]


def waterfall(found: Answered, row: dict, lang: str) -> Chart:
    """Each step begins where the one before it ended; the last is what is left."""
    steps = found.result.steps.filter(pl.col("promotion") == row["promotion"], pl.col("amount").round(2) != 0)
    names = [say(STEPS[each], lang) for each in steps["step"]] + [say("Earned after all costs", lang)]
    amounts = [*steps["amount"], row["profit"]]
    begins, level = list[float](), 0.0
    for amount in steps["amount"]:
        begins.append(level)
        level += amount
    table = pl.DataFrame(
        {
            "step": names, "amount": amounts, "begins": [*begins, 0.0],
            "tone": ["good" if amount >= 0 else "bad" for amount in amounts],
        },
        schema_overrides={"amount": pl.Float64, "begins": pl.Float64},
    )  # fmt: skip
    title = say("From the lift to what it earned", lang)
    return Chart(
        "bar", table, "step", "amount", "tone", low="begins", unit="money", title=title, alt=title,
        note=say("Margin: the steps add up to the last", lang),
    )  # fmt: skip


def days(found: Answered, row: dict, lang: str) -> Chart:
    """Units a day, and what was to be expected, on the days that are read and compared with."""
    rows = found.result.days.filter(promotion=row["promotion"]).sort("day")
    table = rows.group_by_dynamic("day", every="1w", start_by="datapoint").agg(
        pl.col("sold", "expected").mean()
    )
    title = say("Units a day, sold and expected", lang)
    return Chart(
        "line", table, "day", "sold", compare="expected", unit="number", title=title, alt=title,
        labels=[say("Sold", lang), say("Expected", lang)],
        note=say("By week; days of other promotions are left out", lang),
    )  # fmt: skip


def parts(found: Answered, row: dict, lang: str) -> Table:
    units = phrase("Units")
    rows = [
        {
            "part": say(PARTS[each["part"]], lang),
            "days": each["days"],
            "units": numbers.difference(each["units"], "integer", lang),
            "units_interval": between(each["units_low"], each["units_high"], "integer", found, lang),
            "revenue": each["revenue"],
            "margin": each["margin"],
            "margin_interval": between(each["margin_low"], each["margin_high"], "money", found, lang),
        }
        for each in found.result.parts.filter(promotion=row["promotion"]).to_dicts()
    ]
    columns = (
        Column("part", say("Part", lang)),
        Column("days", say("Days counted", lang), "integer"),
        Column("units", say(units, lang), width="small"),
        Column("units_interval", say("95% interval", lang)),
        Column("revenue", say("Net revenue", lang), "money"),
        Column("margin", say("Margin more", lang), "money"),
        Column("margin_interval", say("95% interval", lang)),
    )
    shown = [c for c in columns if row["margin"] is not None or not c.name.startswith("margin")]
    frame = pl.DataFrame(rows).select(c.name for c in shown)
    note = say("More than without it: negative was brought forward or taken from others.", lang)
    return Table(frame, shown, say("What it changed", lang), note, name="promotion_parts")
