"""What themes say in sentences: what costs most, what pleases, what moved, and what has no score."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from language import numbers, phrase, say
from metrics.period import DAY
from stories.answered import Answered
from stories.blocks import Finding
from stories.theme_words import TONES, between, gap, label, score
from stories.words import points, shares

MOVED = 3  # weeks that are told


def findings(found: Answered, lang: str) -> list[Finding]:
    best = found.result.themes.filter(pl.col("call") == "better").sort(
        "comments", "theme", descending=[True, False]
    )
    told = [_felt(found, row, lang) for row in (*costly(found)[:2], *best.head(1).to_dicts())]
    moved = found.result.weeks.filter("moved").sort("week", "q", descending=[True, False]).head(MOVED)
    named = {row["theme"]: row for row in found.result.themes.to_dicts()}
    told += [_moved(found, row, named[row["theme"]], lang) for row in moved.to_dicts()]
    if not len(moved):
        told.append(Finding(say("In no week of these days did a theme move surely.", lang)))
    return told + _unscored(found, lang)


def _felt(found: Answered, row: Mapping, lang: str) -> Finding:
    share, low, high = numbers.percent(row["share"], lang), row["share_low"], row["share_high"]
    apart, mean = gap(row["gap"], lang), score(row["score"], lang)
    text = say(
        "**{theme}**: {share} of {n} comments (95% interval {interval}). Their writers score {score} of 100, "
        "**{gap}** against the rest (95% interval {apart}).", lang,
        theme=label(row, lang), share=share, n=numbers.integer(found.result.n, lang),
        interval=shares(low, high, lang), score=mean, gap=apart,
        apart=between(row["gap_low"], row["gap_high"], lang),
    )  # fmt: skip
    key = {"theme": row["theme"]}
    printed = {"share": share, "score": mean, "gap": apart}
    printed |= {end: numbers.percent(row[end], lang) for end in ("share_low", "share_high")}
    printed |= {end: gap(row[end], lang) for end in ("gap_low", "gap_high")}
    claims = [found.claim(told, "themes", column, **key) for column, told in printed.items()]
    claims.append(found.claim(numbers.integer(found.result.n, lang), "summary", "n"))
    return Finding(text, TONES[row["call"]], claims)  # type: ignore[arg-type]


ROSE = phrase(
    "**{theme}** rose in the week of {days}: {now} of the comments, {before} in the eight weeks before "
    "({change}; 95% interval {interval})."
)
FELL = phrase(
    "**{theme}** fell in the week of {days}: {now} of the comments, {before} in the eight weeks before "
    "({change}; 95% interval {interval})."
)


def _moved(found: Answered, row: Mapping, theme: Mapping, lang: str) -> Finding:
    now, before = (numbers.percent(row[each], lang) for each in ("share", "before"))
    change = numbers.points(row["change"], lang)
    rose = row["change"] > 0
    text = say(
        ROSE if rose else FELL, lang, theme=label(theme, lang), now=now, before=before, change=change,
        days=numbers.days(row["week"], row["week"] + 6 * DAY, lang),
        interval=points(row["change_low"], row["change_high"], lang),
    )  # fmt: skip
    printed = {"share": now, "before": before, "change": change}
    printed |= {end: numbers.points(row[end], lang) for end in ("change_low", "change_high")}
    key = {"theme": row["theme"], "week": row["week"]}
    bad = (theme["call"] == "worse") == rose
    tone = "neutral" if theme["call"] in (None, "same") else "bad" if bad else "good"
    return Finding(text, tone, [found.claim(t, "weeks", c, **key) for c, t in printed.items()])  # type: ignore[arg-type]


def _unscored(found: Answered, lang: str) -> list[Finding]:
    """The theme of most comments without a score, and how their writers probably feel."""
    rows = found.result.themes.drop_nulls("unhappy").sort("unscored", "theme", descending=[True, False])
    if rows.is_empty():
        return []
    row = rows.row(0, named=True)
    n, unhappy = numbers.integer(row["unscored"], lang), numbers.percent(row["unhappy"], lang, 0)
    text = say(
        "No score stands beside {n} comments on **{theme}**; by their words, {share} of the writers are not "
        "content.", lang, n=n, theme=label(row, lang), share=unhappy,
    )  # fmt: skip
    key = {"theme": row["theme"]}
    claims = [found.claim(n, "themes", "unscored", **key), found.claim(unhappy, "themes", "unhappy", **key)]
    return [Finding(text, "neutral", claims)]


def costly(found: Answered) -> list[dict]:
    """Themes that surely score worse, by what they take from the mean score: share × difference."""
    rows = found.result.themes.filter(pl.col("call") == "worse")
    return rows.sort(pl.col("share") * pl.col("gap"), "theme").to_dicts()
