"""Tickets counted by group: waits, promises kept, reopened, and how content people were in the end."""

from __future__ import annotations

from math import sqrt

import polars as pl

from metrics.against_rest import RESTED, against_rest
from metrics.interval import student, wilson
from metrics.privacy import MIN_GROUP, hidden
from metrics.survival import waited

BY = ("kind", "channel", "agent", "category", "seller", "product_id")
ENDS = ("", "_low", "_high")
PROMISES = ("response", "resolution")
WAITING = ("response", "solving")
GROUPS = {
    **dict.fromkeys(("by", "of"), pl.String),
    **dict.fromkeys(("tickets", "conversations", "customers", "orders"), pl.Int64),
    **{
        f"{step}_{name}": kind
        for step in PROMISES
        for name, kind in {
            **dict.fromkeys(("done", "open", "met", "missed", "pending"), pl.Int64),
            **{f"{name}{end}": pl.Float64 for name in ("median", "p90") for end in ENDS},
            **dict.fromkeys(RESTED, pl.Float64),
        }.items()
    },
    **dict.fromkeys(("resolved", "reopened", "scored"), pl.Int64),
    **{f"{name}{end}": pl.Float64 for name in ("reopen_share", "score", "content") for end in ENDS},
}
STAGES = {
    **dict.fromkeys(("by", "of", "stage"), pl.String),
    **dict.fromkeys(("n", "open"), pl.Int64),
    **dict.fromkeys(("hours", "of_hours", "of_tickets"), pl.Float64),
    **{f"{name}{end}": pl.Float64 for name in ("median", "p90") for end in ENDS},
}
SMALL = {"by": pl.String, "groups": pl.Int64, "tickets": pl.Int64}
TOP, BOTTOM, BEST = 4.0, 1.0, 5.0  # content; the ends of the scale, which no mean lies beyond


def groups(
    rows: pl.DataFrame, targets: dict[str, float], min_group: int = MIN_GROUP
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(GROUPS, SMALL) of all tickets (by "", of "") and by each of BY. targets: business hours of each.

    SMALL: groups of fewer than min_group persons, and those that would reveal them, left out. A group
    of which fewer persons gave a score shows none.
    """
    found, small = [pl.DataFrame([_group("", "", rows, targets, min_group)], schema=GROUPS)], []
    for by in BY:
        known = rows.filter(pl.col(by).is_not_null())
        parts = [(str(of), mine) for (of,), mine in known.group_by(by, maintain_order=True)]
        away = hidden([mine["person"].n_unique() for _, mine in parts], min_group)
        if away:
            small.append((by, len(away), sum(len(parts[each][1]) for each in away)))
        shown = [
            _group(by, of, mine, targets, min_group)
            for place, (of, mine) in enumerate(parts)
            if place not in away
        ]
        table = pl.DataFrame(shown, schema=GROUPS)
        for step in PROMISES:
            met, due = (int(known[f"{step}_{name}"].sum()) for name in ("met", "due"))
            table = _rested(table, step, met, due)
        found.append(table.sort("tickets", "of", descending=[True, False]))
    return pl.concat(found), pl.DataFrame(small, schema=SMALL, orient="row")


def judged(rows: pl.DataFrame, targets: dict[str, float]) -> pl.DataFrame:
    """With …_met (in time) and …_due (in time or too late by now) of each promise: what is open and not yet
    due is neither.
    """
    return rows.with_columns(
        each
        for step, target in targets.items()
        for each in (
            (pl.col(f"{step}_done") & (pl.col(step) <= target)).alias(f"{step}_met"),
            (pl.col(f"{step}_done") | (pl.col(step) > target)).fill_null(False).alias(f"{step}_due"),
        )
    )


def _group(by: str, of: str, mine: pl.DataFrame, targets: dict[str, float], min_group: int) -> dict:
    again = int(mine["reopened_at"].count())
    row: dict = {
        "by": by, "of": of, "tickets": len(mine), "conversations": len(mine) + again,
        "customers": mine["customer_id"].drop_nulls().n_unique(),
        "orders": mine["order_id"].drop_nulls().n_unique(),
    }  # fmt: skip
    for step in targets:
        row |= {f"{step}_{name}": value for name, value in _promise(mine, step).items()}
    resolved = int(mine["resolved_at"].count())
    row |= {"resolved": resolved, "reopened": again}
    row |= _three("reopen_share", _wilson(min(again, resolved), resolved))
    scores = mine["score"].drop_nulls()
    if by and mine.drop_nulls("score")["person"].n_unique() < min_group:
        return row | {"scored": len(scores)}
    middle, *ends = mean(scores)
    held = (None if end is None else min(max(end, BOTTOM), BEST) for end in ends)
    row |= {"scored": len(scores)} | _three("score", (middle, *held))
    return row | _three("content", _wilson(int((scores >= TOP).sum()), len(scores)))


def _promise(mine: pl.DataFrame, step: str) -> dict:
    """done, open, met, missed, pending, the share met with its interval, median and P90 of one promise."""
    known = mine.filter(pl.col(step).is_not_null())
    done, met, due = (int(known[f"{step}_{name}"].sum()) for name in ("done", "met", "due"))
    found = {
        "done": done,
        "open": len(known) - done,
        "met": met,
        "missed": due - met,
        "pending": len(known) - due,
    }
    return found | _waits(known, step) | _three("share", _wilson(met, due), sep=True)


def _waits(known: pl.DataFrame, step: str) -> dict:
    times = waited(known[step].to_numpy(), known[f"{step}_done"].to_numpy(), (0.5, 0.9))
    return _three("median", times[0]) | _three("p90", times[1])


def _rested(table: pl.DataFrame, step: str, met: int, due: int) -> pl.DataFrame:
    """With the share met beside that of all others."""
    counts = table.select("of", part=f"{step}_met", n=pl.col(f"{step}_met") + pl.col(f"{step}_missed"))
    rested = against_rest(counts, met, due).select(pl.col(RESTED).name.prefix(f"{step}_"))
    return table.with_columns(rested.get_columns()).select(*GROUPS)


def stages(rows: pl.DataFrame, shown: pl.DataFrame, min_group: int = MIN_GROUP) -> pl.DataFrame:
    """STAGES of all, and by kind and channel where `shown` (GROUPS) has the group: business hours between the
    states of a ticket. response: opened to first answer; solving: from there to resolved, both with what
    waits now counted so far; again: resolved to opened again, of those alone. hours: of all tickets together;
    of_hours: their share of all hours that customers waited; of_tickets: share of the tickets. A stage of a
    group through which fewer than min_group persons went is left out.
    """
    total = sum(float(rows[stage].sum()) for stage in WAITING)
    found = []
    for by, of in shown.filter(pl.col("by").is_in(["", "kind", "channel"])).select("by", "of").iter_rows():
        mine = rows.filter(pl.col(by) == of) if by else rows
        for stage in (*WAITING, "again"):
            waits = stage in WAITING
            known = mine.filter(pl.col(stage).is_not_null(), waits | pl.col(f"{stage}_done"))
            if by and known["person"].n_unique() < min_group:
                continue
            hours = float(known[stage].sum())
            row = {"by": by, "of": of, "stage": stage, "n": len(known), "of_tickets": len(mine) / len(rows)}
            row |= {"open": len(known) - int(known[f"{stage}_done"].sum()), "hours": hours}
            row["of_hours"] = hours / total if total and waits else None
            found.append(row | _waits(known, stage))
    return pl.DataFrame(found, schema=STAGES)


def mean(values: pl.Series) -> tuple[float | None, float | None, float | None]:
    """The mean with its interval by Student's t; no interval of fewer than two."""
    n = len(values)
    middle = float(values.mean()) if n else None  # type: ignore[arg-type]
    if middle is None or n < 2:
        return middle, None, None
    half = student(n - 1) * float(values.std()) / sqrt(n)  # type: ignore[arg-type]
    return middle, middle - half, middle + half


def _wilson(part: int, n: int) -> tuple[float | None, float | None, float | None]:
    ends = wilson(part, n)
    return (part / n, *ends) if ends else (None, None, None)


def _three(name: str, values: tuple, sep: bool = False) -> dict:
    names = (name, "low", "high") if sep else tuple(f"{name}{end}" for end in ENDS)
    return dict(zip(names, values, strict=True))
