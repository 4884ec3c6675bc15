"""Themes: what people write about, how they score beside it, and what moved this week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.analysis import Analysis, Verdict
from metrics.causal import LEVEL
from metrics.difference import benjamini_hochberg
from metrics.interval import wilson
from metrics.period import Period
from metrics.privacy import MIN_GROUP
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason
from metrics.theme_comments import comments
from metrics.theme_examples import EXAMPLES, examples
from metrics.theme_groups import TRIED
from metrics.theme_merged import learn, merged
from metrics.theme_movers import WEEKS, weeks
from metrics.theme_sentiment import Judge, expected, gap, judge
from metrics.theme_words import words

THEMES = {
    **dict.fromkeys(("theme", "driver", "side", "english", "chinese"), pl.String),
    **dict.fromkeys(("comments", "customers"), pl.Int64),
    **dict.fromkeys(("share", "share_low", "share_high"), pl.Float64),
    "scored": pl.Int64,
    **dict.fromkeys(("score", "rest", "gap", "gap_low", "gap_high", "q"), pl.Float64),
    "call": pl.String,
    "unscored": pl.Int64,
    **dict.fromkeys(("unhappy", "unhappy_low", "unhappy_high"), pl.Float64),
    **dict.fromkeys(("week", "before", "change", "change_low", "change_high", "change_q"), pl.Float64),
    "moved": pl.Boolean,
}


@dataclass(frozen=True)
class Themes:
    """n: comments of the period in English or Chinese. without: of them, on no theme. other: in any other
    language, which are left out. learnt: comments that themes were learnt from. auc: of the classifier.

    themes, the most frequent first: theme (its key), driver and side (low or high: how its writers rate it;
    null where no driver stands out), english and chinese (its strongest words), comments, customers, share of
    n with its interval, scored, score (mean, 0 to 100), rest, gap (within sources) with its interval and q,
    call (worse, better or same, corrected), unscored, unhappy (share of these expected not to
    be content), week (share
    of the last seven days' comments), before (of the eight weeks before), change, moved.
    weeks, examples, tried: see WEEKS, EXAMPLES, TRIED.
    """

    n: int
    without: int
    other: int
    learnt: int
    scored: int
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    themes: pl.DataFrame
    weeks: pl.DataFrame
    examples: pl.DataFrame
    tried: pl.DataFrame
    warnings: tuple[Reason, ...]
    verdict: Verdict


def themes(
    frames: Frames,
    surveys: pl.LazyFrame | None,
    reviews: pl.LazyFrame | None,
    tickets: pl.LazyFrame | None,
    customers: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    min_group: int = MIN_GROUP,
    quotes: int = 3,
) -> Themes:
    """Unit: a comment of a questionnaire, a review or a service request, by its day; a comment may be on
    several themes, so shares do not add up to 1. Denominator: comments of the period in either language.

    Themes are learnt from all comments to `as_of`, so that other days have the same themes: groups of words
    of each language by itself (theme_groups.groups), of which those are one theme whose writers rate the
    same driver lower, or higher, than all else they rate (theme_drivers.links), whatever their language. A
    group that is about no one driver is a theme of its own. Themes of fewer than `min_group` customers in
    the period are not shown. quotes: examples of each theme and language, masked (masking.mask).
    """
    if surveys is None and reviews is None and tickets is None:
        return _empty(0, (Reason("needs the table {table}: import it", table="surveys"),))
    every, ratings = comments(surveys, reviews, tickets, zone(frames), as_of)
    inside = every["day"].is_between(period.start, period.end)
    other = int((inside & every["lang"].is_null()).sum())
    known = every.filter(pl.col("lang").is_not_null())
    inside = known["day"].is_between(period.start, period.end)
    if not inside.any():
        return _empty(other, (Reason("nobody wrote a comment on these days"),))
    bags = [words(text, lang) for text, lang in known.select("text", "lang").iter_rows()]
    learnt, tried = learn(known, bags)
    if not learnt:
        return _empty(other, (FEW,), int(inside.sum()))
    if not any(made.strongest for _, made in learnt.values()):
        return _empty(other, (LOOSE,), int(inside.sum()))
    named, member, strength = merged(known, bags, ratings, learnt)
    judged = _judged(known)
    now = inside.to_numpy()
    rows = [
        _theme(key, about, known, member[:, i] & now, now, judged) for i, (key, about) in enumerate(named)
    ]
    shown = [row["customers"] >= min_group for row in rows]
    hidden = [row["theme"] for row in rows if row["customers"] < min_group]
    kept = [row for row, is_shown in zip(rows, shown, strict=True) if is_shown]
    _corrected(kept)
    lists = pl.Series(_lists([key for key, _ in named], member), dtype=pl.List(pl.String))
    first: date = known["day"].min()  # type: ignore[assignment]
    by_week = weeks(known.select("day", themes=lists), period, first, hidden)
    _moved(kept, by_week)
    quoted = [i for i, is_shown in enumerate(shown) if is_shown]
    said = examples(known, customers, [named[i][0] for i in quoted], (member & now[:, None])[:, quoted],
                    strength[:, quoted], quotes)  # fmt: skip
    table = pl.DataFrame(kept, schema=THEMES).sort("comments", "theme", descending=[True, False])
    notes = [judged.reason] if judged.reason else []
    few = sum(0 < row["customers"] < min_group for row in rows)
    if few:
        notes.append(
            Reason("{n} themes of fewer than {least} customers are not shown", n=few, least=min_group)
        )
    return Themes(
        int(inside.sum()), int((now & ~member.any(axis=1)).sum()), other, len(known), judged.n,
        judged.auc, judged.low, judged.high, table, by_week, said, tried, tuple(notes), Verdict(True),
    )  # fmt: skip


themes_analysis = Analysis("themes", "What do customers write about, and how do they feel about it?", themes)

LOOSE = Reason("no words go together surely enough to be a theme")
FEW = Reason("there are too few comments to find themes: at least 60 of a language are needed")


def _empty(other: int, why: tuple[Reason, ...], n: int = 0) -> Themes:
    tables = (pl.DataFrame(schema=each) for each in (THEMES, WEEKS, EXAMPLES, TRIED))
    one, two, three, four = tables
    return Themes(n, n, other, 0, 0, None, None, None, one, two, three, four, why, Verdict(False, why))


def _judged(known: pl.DataFrame) -> Judge:
    said = [words(text, lang, stop=False) for text, lang in known.select("text", "lang").iter_rows()]
    return judge(said, known["score"].cast(pl.Float64).to_numpy(), known["customer"].to_list())


def _theme(key: str, about: dict, known: pl.DataFrame, mine: NDArray, now: NDArray, judged: Judge) -> dict:
    n, of = int(mine.sum()), int(now.sum())
    low, high = wilson(n, of) or (None, None)
    score = known["score"].to_numpy()
    row: dict = dict.fromkeys(THEMES) | about | {
        "theme": key, "comments": n, "customers": known["customer"].filter(pl.Series(mine)).n_unique(),
        "share": n / of, "share_low": low, "share_high": high, "moved": False,
        "scored": int((mine & ~np.isnan(score)).sum()), "unscored": int((mine & np.isnan(score)).sum()),
    }  # fmt: skip
    found = gap(score[now], mine[now], known["source"].to_numpy()[now])
    if found:
        row |= {"score": found.score, "rest": found.rest, "gap": found.gap, "gap_low": found.low,
                "gap_high": found.high, "q": found.p}  # fmt: skip
    open_ = mine & np.isnan(score)
    if judged.unhappy is not None and open_.sum() >= MIN_GROUP:
        row |= dict(
            zip(("unhappy", "unhappy_low", "unhappy_high"), expected(judged.unhappy[open_]), strict=True)
        )
    return row


def _corrected(rows: list[dict]) -> None:
    """Changes q to the corrected one, and says which themes surely score worse or better than the rest."""
    tested = [row for row in rows if row["q"] is not None]
    for row, q in zip(tested, benjamini_hochberg([row["q"] for row in tested]), strict=True):
        row |= {"q": q, "call": "same" if q >= LEVEL else "worse" if row["gap"] < 0 else "better"}


def _moved(rows: list[dict], by_week: pl.DataFrame) -> None:
    """Adds the last week's change to each theme."""
    newest = by_week.filter(pl.col("week") == pl.col("week").max())
    last = {row["theme"]: row for row in newest.to_dicts()}
    for row in rows:
        found = last.get(row["theme"])
        if found:
            row |= {name: found[name] for name in ("before", "change", "change_low", "change_high", "moved")}
            row |= {"week": found["share"], "change_q": found["q"]}


def _lists(keys: Sequence[str], member: NDArray[np.bool_]) -> list[list[str]]:
    return [[keys[i] for i in np.flatnonzero(row).tolist()] for row in member]
