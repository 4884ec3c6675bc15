"""What satisfaction says, each in a sentence with its number, its comparison and its interval."""

from __future__ import annotations

from language import listing, numbers, phrase, say
from stories.answered import Answered
from stories.blocks import Finding, Kpi
from stories.satisfaction_words import (
    BETTER,
    MARGINS,
    SHORT,
    between,
    change,
    changes,
    group,
    inside_way,
    value,
    way,
)
from stories.words import chance, shares

SURE = 0.05
GROUPS = 3  # told at most


def cards(found: Answered, lang: str) -> list[Kpi]:
    """A card a measure: its score, its interval, how many answered, by the way of asking shown."""
    made = []
    for row in found.result.scores.to_dicts():
        measure = row["measure"]
        label = say("{measure}, {mode}", lang, measure=SHORT[measure], mode=inside_way(row["mode"], lang))
        printed = value(row["value"], measure, lang)
        claim = found.claim(printed, "scores", "value", measure=measure)
        n = numbers.integer(row["n"], lang)
        if row["value"] is None:
            few = say("{n} answers are too few to tell a score", lang, n=n)
            made.append(Kpi(f"satisfaction_{measure}", label, numbers.NONE, claim, missing=few))
            continue
        ends = {"low": row["low"], "high": row["high"]}
        compared = say("95% interval {interval}; {n} answers", lang,
                       interval=between(row["low"], row["high"], measure, lang), n=n)  # fmt: skip
        beside = [
            found.claim(value(x, measure, lang), "scores", end, measure=measure) for end, x in ends.items()
        ]
        beside.append(found.claim(n, "scores", "n", measure=measure))
        points = found.result.trend.filter(measure=measure)["value"].to_list()
        made.append(
            Kpi(
                f"satisfaction_{measure}",
                label,
                printed,
                claim,
                compared=compared,
                beside=beside,
                trend=points,
            )
        )
    return made


def findings(found: Answered, lang: str) -> list[Finding]:
    return [*_weighted(found, lang), *_modes(found, lang), *_trend(found, lang), *_groups(found, lang)]


def _weighted(found: Answered, lang: str) -> list[Finding]:
    """The first measure for all customers, and how far the silent could move it."""
    row = found.result.scores.row(0, named=True)
    measure = row["measure"]
    if row["weighted"] is None:
        return []
    ends = (row["weighted_low"], row["weighted_high"])
    told, design = value(row["weighted"], measure, lang), numbers.number(row["design"], lang)
    text = say(
        "Weighted to all customers, {measure} is **{value}** (95% interval {interval}; design effect "
        "{design}).", lang,
        measure=SHORT[measure], value=told, interval=between(*ends, measure, lang), design=design,
    )  # fmt: skip
    key = {"measure": measure}
    claims = [found.claim(told, "scores", "weighted", **key), found.claim(design, "scores", "design", **key)]
    claims += [
        found.claim(value(x, measure, lang), "scores", column, **key)
        for x, column in zip(ends, ("weighted_low", "weighted_high"), strict=True)
    ]
    return [Finding(text, "neutral", claims), *_silent(found, row["mode"], lang)]


def _silent(found: Answered, mode: str | None, lang: str) -> list[Finding]:
    """How many answered of the largest survey, and what it would take for the others to matter."""
    rows = found.result.response.drop_nulls("value").sort("asked", descending=True).to_dicts()
    row = next((each for each in rows if each["mode"] == mode), None)
    if row is None:
        return []
    rate, asked = numbers.percent(row["value"], lang), numbers.integer(row["asked"], lang)
    moved = numbers.number(10 * (1 - row["value"]), lang, 1)
    text = say(
        "{mode}, **{rate}** of {n} who were asked answered (95% interval {interval}): each 10 points by "
        "which the others feel differently would move the score of all by {moved}.", lang,
        rate=rate, n=asked, mode=way(mode, lang), interval=shares(row["low"], row["high"], lang), moved=moved,
    )  # fmt: skip
    key = {"survey": row["survey"], "mode": mode}
    claims = [found.claim(rate, "response", "value", **key), found.claim(asked, "response", "asked", **key)]
    claims += [
        found.claim(numbers.percent(row[end], lang), "response", end, **key) for end in ("low", "high")
    ]
    return [Finding(text, "neutral", claims)]


def _modes(found: Answered, lang: str) -> list[Finding]:
    """Ways of asking whose first measure is surely another."""
    measure = found.result.scores["measure"][0]
    told = []
    for row in found.result.modes.filter(measure=measure).drop_nulls("q").to_dicts():
        if row["q"] > SURE:
            continue
        said = change(row["change"], measure, lang)
        text = say(
            "{mode} against {than}: {measure} differs by {change} (95% interval {interval}; q {q}), so they "
            "are not pooled.", lang,
            mode=way(row["mode"], lang), than=inside_way(row["than"], lang),
            measure=SHORT[measure], change=said,
            interval=changes(row["change_low"], row["change_high"], measure, lang), q=chance(row["q"], lang),
        )  # fmt: skip
        key = {"measure": measure, "mode": row["mode"]}
        claims = [
            found.claim(change(row[each], measure, lang), "modes", each, **key)
            for each in ("change", "change_low", "change_high")
        ]
        told.append(Finding(text, "neutral", claims))
    return told


def _trend(found: Answered, lang: str) -> list[Finding]:
    """Points that surely differ from the one before; else that none does."""
    rows = found.result.trend.drop_nulls("q")
    if rows.is_empty():
        return []
    sure = rows.filter(rows["q"] <= SURE)
    if sure.is_empty():
        measures = listing(
            [SHORT[each] for each in found.result.scores["measure"] if each in rows["measure"]], lang
        )
        text = say(
            "No month of the year differs surely from the one before in {measures}: what goes up and down "
            "may be chance.", lang, measures=measures,
        )  # fmt: skip
        return [Finding(text)]
    told = []
    for row in sure.to_dicts():
        measure, up = row["measure"], row["change"] * BETTER[row["measure"]] > 0
        text = say(
            "In {month} {measure} changed by **{change}** from the month before (95% interval {interval}; "
            "q {q}).", lang,
            month=numbers.month(row["start"].replace(day=1), lang), measure=SHORT[measure],
            change=change(row["change"], measure, lang),
            interval=changes(row["change_low"], row["change_high"], measure, lang), q=chance(row["q"], lang),
        )  # fmt: skip
        key = {"measure": measure, "start": row["start"]}
        claims = [
            found.claim(change(row[each], measure, lang), "trend", each, **key)
            for each in ("change", "change_low", "change_high")
        ]
        told.append(Finding(text, "good" if up else "bad", claims))
    return told


def _groups(found: Answered, lang: str) -> list[Finding]:
    """The groups that surely stand below all others in the first measure, the lowest first."""
    measure = found.result.scores["measure"][0]
    rows = found.result.segments.filter(measure=measure).drop_nulls("q")
    rows = rows.filter(rows["q"] <= SURE)
    worse = [row for row in rows.sort("change").to_dicts() if row["change"] * BETTER[measure] < 0]
    told: list[Finding] = []
    for row in worse[:GROUPS]:
        text = say(
            "{by}, {group}: {measure} **{value}** of {n} answers, {change} from all others (95% interval "
            "{interval}; q {q}).", lang,
            by=say(MARGINS[row["by"]], lang), group=group(row["by"], row["of"], lang), measure=SHORT[measure],
            value=value(row["value"], measure, lang), n=numbers.integer(row["n"], lang),
            change=change(row["change"], measure, lang),
            interval=changes(row["change_low"], row["change_high"], measure, lang), q=chance(row["q"], lang),
        )  # fmt: skip
        key = {"measure": measure, "by": row["by"], "of": row["of"]}
        claims = [found.claim(value(row["value"], measure, lang), "segments", "value", **key)]
        claims += [
            found.claim(change(row[each], measure, lang), "segments", each, **key)
            for each in ("change", "change_low", "change_high")
        ]
        told.append(Finding(text, "bad", claims, action="" if told else say(ACTION, lang)))
    return told


ACTION = phrase("Read what they wrote, and what goes with it, under Drivers and Themes.")
