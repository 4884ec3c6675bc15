"""Paths: what visitors do one after the other, and the ways that lead to a purchase more often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from charts.chart import Chart
from language import name, numbers, phrase, say, together
from metrics.metric import BadQuestion
from metrics.path_tables import SIGN
from stories.answered import Answered, answer, of_events
from stories.asked import Asked, Check
from stories.blocks import Block, Column, Finding, Heading, Table, Text, Warning
from stories.words import chance, heading, points, shares

ACROSS, DEPTHS, DIFFERENT = 9, 4, 2  # kinds in the heat map, depths of the flow, findings of paths
LISTED = 15


@dataclass(frozen=True)
class PathsData:
    """found: the analysis. problem: why there is none."""

    asked: Asked
    settings: Mapping[str, Any]
    found: Answered | None = None
    problem: str = ""


def gather(asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Any] = {}) -> PathsData:
    """settings: those of the analysis that are not as usual."""
    mine = of_events(asked, "en")[0]
    if mine.tables("events") is None:
        return PathsData(asked, settings, problem=phrase("needs the table events: import it"))
    try:
        return PathsData(asked, settings, answer(mine, "paths", **settings))
    except BadQuestion as problem:
        return PathsData(asked, settings, problem=str(problem))


def paths(data: PathsData, lang: str) -> list[Block]:
    title, left_out = heading(say("Paths", lang), data.asked, lang), of_events(data.asked, lang)[1]
    if data.found is None or data.found.result.n == 0:
        nobody = phrase("Nobody took a step on these days. Choose other days or fewer filters.")
        return [title, *left_out, Warning(say(data.problem or nobody, lang))]
    goal = name(data.found.words.get("goal", "purchase"), lang)
    return [
        title,
        *left_out,
        *_findings(data.found, goal, lang),
        _flow(data.found, lang),
        _next(data.found, lang),
        _moves(data.found, lang),
        Heading(say("The ways that visitors take", lang), level=2),
        _frequent(data.found, goal, lang),
        *_different(data.found, goal, lang),
        Heading(say("How it is counted", lang), level=2),
        Text(_method(data.found, goal, lang)),
    ]


def step_path(path: str, lang: str) -> str:
    return SIGN.join(_step(each, lang) for each in path.split(SIGN))


def _step(event: str | None, lang: str, missing: str = "") -> str:
    if event is None:
        return missing
    return say("other", lang) if event == "other" else name(event, lang).replace("_", " ")


def _of_customers(found: Answered) -> bool:
    return found.words.get("within") == "customer"


def _unit(found: Answered, lang: str) -> str:
    return say("Customers", lang) if _of_customers(found) else say("Visits", lang)


def _findings(found: Answered, goal: str, lang: str) -> list[Finding]:
    result = found.result
    n, through = numbers.integer(result.n, lang), numbers.integer(result.through, lang)
    came = (
        phrase("**{through}** of {n} customers came to {goal}.")
        if _of_customers(found)
        else phrase("**{through}** of {n} visits came to {goal}.")
    )
    first = say(came, lang, through=through, n=n, goal=goal)
    told = [
        Finding(
            first, "neutral", [found.claim(through, "summary", "through"), found.claim(n, "summary", "n")]
        )
    ]
    if len(result.paths):
        told.append(_most(found, result.paths.row(0, named=True), lang))
    rows = result.differences.to_dicts()
    better = [row for row in rows if row["difference"] > 0][:DIFFERENT]
    # Of a way that nobody took to the goal this says nothing: who went on took a longer one.
    worse = [row for row in rows if row["difference"] < 0 < row["rate"]][:1]
    return told + [_differs(found, row, goal, lang) for row in (*better, *worse)]


def _most(found: Answered, row: dict, lang: str) -> Finding:
    share = numbers.percent(row["share"], lang)
    text = say(
        "The most frequent way is **{path}**: {share} of all.",
        lang,
        path=step_path(row["path"], lang),
        share=share,
    )
    return Finding(text, "neutral", [found.claim(share, "paths", "share", path=row["path"])])


def _differs(found: Answered, row: dict, goal: str, lang: str) -> Finding:
    rate, difference = numbers.percent(row["rate"], lang), numbers.points(row["difference"], lang)
    text = say(
        "After **{path}** {rate} come to {goal}: {difference} to all others (95% interval {interval}).", lang,
        path=step_path(row["path"], lang), rate=rate, goal=goal, difference=difference,
        interval=points(row["low"], row["high"], lang),
    )  # fmt: skip
    printed = {"rate": rate, "difference": difference}
    printed |= {end: numbers.points(row[end], lang) for end in ("low", "high")}
    claims = [found.claim(told, "differences", column, path=row["path"]) for column, told in printed.items()]
    return Finding(text, "good" if row["difference"] > 0 else "bad", claims)


def _flow(found: Answered, lang: str) -> Chart:
    rows = found.result.links.filter(pl.col("depth") < DEPTHS)
    table = rows.with_columns(
        pl.Series("source", [_step(each, lang) for each in rows["source"]], dtype=pl.String),
        pl.Series(
            "target", [_step(each, lang) if each else None for each in rows["target"]], dtype=pl.String
        ),
    )
    title = say("From step to step", lang)
    return Chart(
        "flow", table, "source", "n", unit="integer", title=title, alt=title,
        note=say("From left to right, as wide as how many go on; what ends is left out", lang),
        missing="" if len(rows.drop_nulls("target")) else say("nobody took a second step", lang),
    )  # fmt: skip


def _next(found: Answered, lang: str) -> Chart:
    """What follows each step, as shares."""
    rows, end = found.result.transitions, say("end", lang)
    kinds = rows.group_by("to").agg(pl.col("n").sum()).sort("n", descending=True)["to"].head(ACROSS).to_list()
    kept = rows.filter(pl.col("from").is_not_null() & pl.col("from").is_in([k for k in kinds if k]))
    kept = kept.filter(pl.col("to").is_null() | pl.col("to").is_in([k for k in kinds if k]))
    cell = {(row["from"], row["to"]): row["share"] for row in kept.to_dicts()}
    names = [each for each in kinds if each]
    table = pl.DataFrame(
        [(_step(a, lang), _step(b, lang, end), cell.get((a, b))) for a in names for b in (*names, None)],
        schema={"from": pl.String, "to": pl.String, "share": pl.Float64}, orient="row",
    )  # fmt: skip
    title = say("What comes next", lang)
    return Chart(
        "heat", table, "to", "from", "share", unit="percent", title=title, alt=title,
        note=say("Percent of what follows each step, from row to column", lang),
    )  # fmt: skip


def _moves(found: Answered, lang: str) -> Table:
    rows = found.result.transitions.head(LISTED)
    begin, end = say("beginning", lang), say("end", lang)
    frame = rows.with_columns(
        pl.Series("from", [_step(each, lang, begin) for each in rows["from"]], dtype=pl.String),
        pl.Series("to", [_step(each, lang, end) for each in rows["to"]], dtype=pl.String),
        pl.Series("time", [numbers.duration(each, lang) for each in rows["seconds"]], dtype=pl.String),
    )
    columns = (
        Column("from", say("From", lang)),
        Column("to", say("To", lang)),
        Column("n", say("Times", lang), "integer"),
        Column("share", say("Share", lang), "percent"),
        Column("time", say("Median time", lang), width="small"),
    )
    title = say("Most frequent steps", lang)
    return Table(frame.select(c.name for c in columns), columns, title, name="paths_steps")


def _frequent(found: Answered, goal: str, lang: str) -> Table:
    rows = found.result.paths
    frame = rows.with_columns(
        pl.Series("path", [step_path(each, lang) for each in rows["path"]], dtype=pl.String),
        pl.Series(
            "interval", [shares(row["low"], row["high"], lang) for row in rows.to_dicts()], dtype=pl.String
        ),
    )
    columns = (
        Column("path", say("Path", lang), width="large"),
        Column("n", _unit(found, lang), "integer"),
        Column("share", say("Share", lang), "bar"),
        Column("rate", say("Come to {goal}", lang, goal=goal), "percent"),
        Column("interval", say("95% interval", lang), width="medium"),
    )
    note = say("Steps before {goal}; repeats in a row are one step.", lang, goal=goal)
    return Table(
        frame.select(c.name for c in columns), columns, say("Most frequent paths", lang), note, name="paths"
    )


def _different(found: Answered, goal: str, lang: str) -> list[Block]:
    rows = found.result.differences
    title = say("Paths that lead to {goal} more or less often", lang, goal=goal)
    if rows.is_empty():
        return [
            Text(say("No path surely leads to {goal} more or less often than the others.", lang, goal=goal))
        ]
    told = rows.head(2 * LISTED)
    frame = told.with_columns(
        pl.Series("path", [step_path(each, lang) for each in told["path"]], dtype=pl.String),
        pl.Series("apart", [numbers.points(each, lang) for each in told["difference"]], dtype=pl.String),
        pl.Series(
            "interval", [points(row["low"], row["high"], lang) for row in told.to_dicts()], dtype=pl.String
        ),
        pl.Series("chance", [chance(each, lang) for each in told["q"]], dtype=pl.String),
    )
    columns = (
        Column("path", say("Path", lang), width="large"),
        Column("n", _unit(found, lang), "integer"),
        Column("rate", say("Come to {goal}", lang, goal=goal), "percent"),
        Column("rest", say("Others", lang), "percent"),
        Column("apart", say("Difference", lang), width="small"),
        Column("interval", say("95% interval", lang), width="medium"),
        Column("chance", say("q", lang), width="small"),
    )
    note = say("Corrected for all paths compared. An association: who means to buy takes other ways.", lang)
    return [Table(frame.select(c.name for c in columns), columns, title, note, name="paths_different")]


def _method(found: Answered, goal: str, lang: str) -> str:
    return together(
        [
            say("Paths are of whole customers on these days.", lang)
            if _of_customers(found)
            else say("Paths are of visits, as the source cuts them, or after 30 minutes of silence.", lang),
            say(
                "A path holds the steps before {goal}, so that it does not hold its own outcome.",
                lang,
                goal=goal,
            ),
            say("Intervals hold 95%: Wilson's for shares, Newcombe's for differences of shares.", lang),
        ],
        lang,
    )
