"""What the traffic says, each in a sentence with its number, its comparison and its interval."""

from __future__ import annotations

import polars as pl

from charts.chart import Mark
from language import name, numbers, say, together
from stories.answered import Answered
from stories.blocks import Finding
from stories.words import points, shares

UNUSUAL, SURE = 4, 0.05  # findings of unusual days; q


def findings(
    found: Answered, surges: Answered, bursts: Answered, interaction: Answered, lang: str
) -> list[Finding]:
    return [
        *(_surge(surges, row, lang) for row in surges.result.surges.head(UNUSUAL).to_dicts()),
        *(_burst(bursts, row, lang) for row in bursts.result.bursts.head(UNUSUAL).to_dicts()),
        _bounce(found, lang),
        _new(found, lang),
        *_channel(found, lang),
        *_interaction(interaction, lang),
    ]


def surge_marks(surges: Answered, lang: str) -> list[Mark]:
    """Unusual days as marks on the time axis."""
    return [
        Mark(row["start"], _what(row, lang), row["end"], "incident")
        for row in surges.result.surges.to_dicts()
    ]


def _what(row: dict, lang: str) -> str:
    whole = say("All visits", lang)
    of = name(row["channel"], lang) if row["channel"] else whole
    return f"{of} ×{numbers.number(row['times'], lang, 1)}"


def _surge(found: Answered, row: dict, lang: str) -> Finding:
    place = {"kind": row["kind"], "channel": row["channel"], "start": row["start"]}
    visits, usual = numbers.integer(row["visits"], lang), numbers.number(row["usual"], lang, 0)
    low, high = (numbers.number(row[end], lang) for end in ("low", "high"))
    times = numbers.number(row["times"], lang)
    facts = {"days": numbers.days(row["start"], row["end"], lang), "visits": visits, "usual": usual}
    facts |= {"times": times, "low": low, "high": high}
    if row["channel"] is None:
        text = say(
            "**All channels** brought **{visits}** visits on {days}, usually {usual}: {times} times as many "
            "(95% interval {low} to {high}).", lang, **facts,
        )  # fmt: skip
    else:
        text = say(
            "**{channel}** brought **{visits}** visits on {days}, usually {usual}: {times} times as many "
            "(95% interval {low} to {high}).", lang, channel=name(row["channel"], lang), **facts,
        )  # fmt: skip
    printed = {"visits": visits, "usual": usual, "times": times, "low": low, "high": high}
    claims = [found.claim(told, "surges", column, **place) for column, told in printed.items()]
    fewer = row["kind"] == "fewer"
    action = say("Check the tracking of {day} first: orders tell whether people came.", lang,
                 day=numbers.day(row["start"], lang)) if fewer else ""  # fmt: skip
    return Finding(
        text, "bad" if fewer else "neutral", claims, action=action, owner=say("Data", lang) if action else ""
    )


def _burst(found: Answered, row: dict, lang: str) -> Finding:
    share, usual = numbers.percent(row["share"], lang), numbers.percent(row["usual_share"], lang)
    difference = numbers.points(row["difference"], lang)
    text = say(
        "**{event}** came in **{share}** of visits on {days}, usually in {usual}: {difference} (95% interval "
        "{interval}).", lang, event=name(row["event"], lang), share=share, usual=usual,
        days=numbers.days(row["start"], row["end"], lang), difference=difference,
        interval=points(row["low"], row["high"], lang),
    )  # fmt: skip
    printed = {"share": share, "usual_share": usual, "difference": difference}
    printed |= {end: numbers.points(row[end], lang) for end in ("low", "high")}
    claims = [found.claim(told, "bursts", column, event=row["event"]) for column, told in printed.items()]
    return Finding(text, "neutral", claims)


def _bounce(found: Answered, lang: str) -> Finding:
    result = found.result
    share = numbers.percent(result.bounce, lang)
    told = [
        say("**{share}** of visits bounced (95% interval {interval}).", lang, share=share,
            interval=shares(result.bounce_low, result.bounce_high, lang)),
    ]  # fmt: skip
    claims = [found.claim(share, "summary", "bounce"), *_ends(found, "bounce", lang)]
    tone = "neutral"
    if result.bounce_change_low is not None:
        before = numbers.percent(result.bounce_before, lang)
        told.append(
            say("Before it were {before}; 95% interval of the change: {interval}.", lang, before=before,
                interval=points(result.bounce_change_low, result.bounce_change_high, lang))
        )  # fmt: skip
        claims.append(found.claim(before, "summary", "bounce_before"))
        ends = ("bounce_change_low", "bounce_change_high")
        claims += [
            found.claim(numbers.points(getattr(result, end), lang), "summary", end) for end in ends
        ]  # fmt: skip
        tone = (
            "good" if result.bounce_change_high < 0 else "bad" if result.bounce_change_low > 0 else "neutral"
        )
    return Finding(together(told, lang), tone, claims)  # type: ignore[arg-type]


def _new(found: Answered, lang: str) -> Finding:
    result = found.result
    share, n = numbers.percent(result.new_share, lang), numbers.integer(result.visitors, lang)
    text = say(
        "**{share}** of {n} visitors were never seen before (95% interval {interval}).",
        lang, share=share, n=n, interval=shares(result.new_low, result.new_high, lang),
    )  # fmt: skip
    claims = [found.claim(share, "summary", "new_share"), found.claim(n, "summary", "visitors")]
    return Finding(text, "neutral", [*claims, *_ends(found, "new", lang)])


def _channel(found: Answered, lang: str) -> list[Finding]:
    """The channel whose visits buy most often, and the one whose visits do so least."""
    rows = found.result.segments.filter((pl.col("by") == "channel") & pl.col("segment").is_not_null())
    rows = rows.sort("bought", "segment", descending=[True, False])
    if len(rows) < 2:
        return []
    best, worst = rows.row(0, named=True), rows.row(-1, named=True)
    if best["bought_low"] <= worst["bought_high"]:
        return []
    text = say(
        "Visits by **{best}** buy most often: {share} (95% interval {interval}); by **{worst}** least: {low} "
        "({low_interval}).",
        lang,
        best=name(best["segment"], lang),
        share=numbers.percent(best["bought"], lang),
        interval=shares(best["bought_low"], best["bought_high"], lang),
        worst=name(worst["segment"], lang),
        low=numbers.percent(worst["bought"], lang),
        low_interval=shares(worst["bought_low"], worst["bought_high"], lang),
    )
    claims = [
        found.claim(
            numbers.percent(row[column], lang), "segments", column, by="channel", segment=row["segment"]
        )
        for row in (best, worst)
        for column in ("bought", "bought_low", "bought_high")
    ]
    return [Finding(text, "neutral", claims)]


def _interaction(found: Answered, lang: str) -> list[Finding]:
    """The interaction that goes with the most purchases among visits of the same device and channel."""
    sure = found.result.events.filter((pl.col("q") <= SURE) & (pl.col("alike_low") > 0))
    if sure.is_empty():
        return []
    row = sure.sort("alike", descending=True).row(0, named=True)
    share, others = numbers.percent(row["bought"], lang), numbers.percent(row["others_bought"], lang)
    alike = numbers.points(row["alike"], lang)
    text = say(
        "Visits with **{event}** buy more often: {share}, others {others}; of the same device and channel "
        "{alike} (95% interval {interval}). That is an association, no effect.",
        lang, event=name(row["event"], lang), share=share, others=others, alike=alike,
        interval=points(row["alike_low"], row["alike_high"], lang),
    )  # fmt: skip
    printed = {"bought": share, "others_bought": others, "alike": alike}
    printed |= {end: numbers.points(row[end], lang) for end in ("alike_low", "alike_high")}
    claims = [found.claim(told, "events", column, event=row["event"]) for column, told in printed.items()]
    return [Finding(text, "neutral", claims)]


def _ends(found: Answered, what: str, lang: str) -> list:
    return [
        found.claim(
            numbers.percent(found.value("summary", f"{what}_{end}"), lang), "summary", f"{what}_{end}"
        )
        for end in ("low", "high")
    ]
