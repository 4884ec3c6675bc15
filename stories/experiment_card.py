"""One experiment in detail: assignment, effect, how it came about day by day, segments."""

from __future__ import annotations

import polars as pl

from charts.chart import Chart
from language import listing, name, numbers, say
from language.reasons import tell
from metrics.experiment import Experiment
from stories import experiment_tables, turn_tables
from stories.answered import Answered
from stories.blocks import Block, Claim, Finding, Heading, Text
from stories.experiment_words import UNITS, assigned, ends, goal, when
from stories.words import chance, sentence, texts


def card(plan: Experiment, found: Answered, lang: str) -> list[Block]:
    about = " · ".join((say(UNITS[plan.units], lang), goal(plan, lang), when(plan, lang)))
    blocks: list[Block] = [Heading(plan.name, about, 2), *findings(plan, found, lang)]
    result = found.result
    if len(result.effects):
        drawn = [path(plan, found, lang)] if len(result.path) else []
        blocks += [*drawn, experiment_tables.arms(plan, found, lang)]
    if len(result.segments):
        blocks.append(experiment_tables.segments(plan, found, lang))
    if plan.turn:
        if len(result.outcomes):
            blocks.append(turn_tables.outcomes(plan, found, lang))
        names = dict(result.calendar.select("product", "name").iter_rows())
        return [*blocks, *turn_tables.schedule(plan, names, lang)]
    if plan.units == "customers":
        return [*blocks, Text(assigned(plan, lang))]
    return [*blocks, experiment_tables.members(plan, lang)]


def change(found: Answered, row: dict, running: bool, lang: str) -> tuple[str, list[Claim]]:
    """ "treated +12.0% (95% interval +3.1% to +20.9%)", with its claims."""
    low, high = deciding(found, row, running)
    told = numbers.change(row["relative"], lang)
    claims = []
    if row["relative"] is not None:
        printed = {"relative": told}
        if not running:
            printed |= {
                f"relative_{end}": numbers.change(row[f"relative_{end}"], lang) for end in ("low", "high")
            }
        claims = [found.claim(text, "effects", column, arm=row["arm"]) for column, text in printed.items()]
    facts = {"arm": name(row["arm"], lang), "change": told, "interval": ends(low, high, lang)}
    if running:
        return say("{arm} {change} (always-valid interval {interval})", lang, **facts), claims
    return say("{arm} {change} (95% interval {interval})", lang, **facts), claims


def deciding(found: Answered, row: dict, running: bool) -> tuple[float | None, float | None]:
    """The ends, relative, of the interval that decides."""
    if not running:
        return row["relative_low"], row["relative_high"]
    last = found.result.path.filter(arm=row["arm"])
    return (last["low"][-1], last["high"][-1]) if len(last) else (None, None)


def findings(plan: Experiment, found: Answered, lang: str) -> list[Finding]:
    result, told = found.result, list[Finding]()
    if len(result.balance):
        told.append(_balance(found, lang))
    told += [Finding(sentence(text, lang), "bad") for text in _warnings(found, lang)]
    for row in result.effects.to_dicts():
        if row["reduction"]:
            told.append(_reduced(found, row, lang))
        if row["elasticity"] is not None and not plan.turn:
            told.append(_elasticity(found, row, lang))
    if plan.at_risk is not None and result.state in ("planned", "without a date"):
        money = numbers.money(plan.at_risk, found.asked.shop.currency, lang)
        told.append(Finding(say("It may cost a margin of {money}.", lang, money=money)))
    return told


def _warnings(found: Answered, lang: str) -> list[str]:
    return [tell(each, lang) for each in found.result.warnings]


def _balance(found: Answered, lang: str) -> Finding:
    rows, p = found.result.balance.to_dicts(), chance(found.result.balance_p, lang)
    parts, claims = list[str](), list[Claim]()
    for row in rows:
        n = numbers.integer(row["n"], lang)
        parts.append(say("{n} in {arm}", lang, n=n, arm=name(row["arm"], lang)))
        claims.append(found.claim(n, "balance", "n", arm=row["arm"]))
    if found.result.balance_p is not None and not p.startswith("<"):
        claims.append(found.claim(p, "summary", "balance_p"))
    facts = {"parts": listing(parts, lang), "p": p}
    broken = found.result.balance_p is not None and found.result.balance_p < 0.001
    if broken:
        return Finding(
            say("Sample ratio: {parts}; that is not as planned (p {p}).", lang, **facts), "bad", claims
        )
    return Finding(say("Sample ratio: {parts}, as planned (p {p}).", lang, **facts), "good", claims)


def _reduced(found: Answered, row: dict, lang: str) -> Finding:
    share = numbers.percent(row["reduction"], lang, 0)
    text = say("What the same customers did before explains {share} of the scatter.", lang, share=share)
    return Finding(text, "neutral", [found.claim(share, "effects", "reduction", arm=row["arm"])])


def _elasticity(found: Answered, row: dict, lang: str) -> Finding:
    names = ("elasticity", "elasticity_low", "elasticity_high")
    told = {each: numbers.number(row[each], lang) for each in names}
    text = say(
        "Price elasticity: **{value}** (95% interval {low} to {high}).", lang,
        value=told[names[0]], low=told[names[1]], high=told[names[2]],
    )  # fmt: skip
    claims = [found.claim(printed, "effects", each, arm=row["arm"]) for each, printed in told.items()]
    return Finding(text, "neutral", claims)


def slope(found: Answered, lang: str) -> tuple[str, str, list[Claim]]:
    """The elasticity of a test turn by turn, its interval, and their claims."""
    ends_ = ("elasticity", "elasticity_low", "elasticity_high")
    value, low, high = printed = [numbers.number(getattr(found.result, each), lang) for each in ends_]
    claims = [found.claim(told, "summary", each) for each, told in zip(ends_, printed, strict=True)]
    return value, say("{low} to {high}", lang, low=low, high=high), claims


def together(found: Answered, lang: str) -> tuple[str, list[Claim]]:
    """ "price elasticity −2.10 (95% interval −2.60 to −1.60)", of all prices of a test turn by turn."""
    value, interval, claims = slope(found, lang)
    facts = {"value": value, "interval": interval}
    if found.result.state == "running":
        return say("price elasticity {value} (always-valid interval {interval})", lang, **facts), claims
    return say("price elasticity {value} (95% interval {interval})", lang, **facts), claims


def path(plan: Experiment, found: Answered, lang: str) -> Chart:
    """The effect so far, day by day, with the interval that holds however often one looks.

    Turn by turn an effect is what was asked about, whichever way it goes.
    """
    rows = found.result.path
    several = rows["arm"].n_unique() > 1
    labels = [
        numbers.day(row["day"], lang, year=False) + (f" · {name(row['arm'], lang)}" if several else "")
        for row in rows.to_dicts()
    ]
    tones = [
        "good" if low > 0 else ("good" if plan.turn else "bad") if high < 0 else "neutral"
        for low, high in rows.select("low", "high").rows()
    ]
    drawn = rows.with_columns(x=texts(labels), tone=texts(tones), zero=pl.lit(0.0))
    title = say("The change as the days came in", lang)
    return Chart(
        "interval", drawn, "x", "effect", "tone", "zero", low="low", high="high", unit="percent",
        labels=[say("Change against the control", lang), say("no change", lang)], title=title, alt=title,
        note=say("The always-valid interval: it holds however often one looks", lang),
    )  # fmt: skip
