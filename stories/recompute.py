"""A claim's number computed again from the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import cast

import polars as pl

from metrics.change import Change, change
from metrics.interval import wilson
from metrics.metric import REGISTRY
from metrics.period import Period
from metrics.target import Attainment, attain
from metrics.value import Value
from stories import effects, sure
from stories.answered import answer_words
from stories.asked import Asked, Check, How
from stories.blocks import Claim
from stories.cards import moved
from stories.plan import judged
from stories.worries import late_carriers, out_of_stock

Ask = Callable[[Period, How, Mapping[str, Sequence[str]], str], Asked]


class Unknown(ValueError):
    """A claim that nothing here can compute."""


def recompute(claim: Claim, ask: Ask, checks: Sequence[Check] = ()) -> float | None:
    """The number now. Raises Unknown for a source that there is not.

    The claim's days are those that had data then, so later orders do not lengthen them.
    """
    settings = dict(claim.settings)
    period = Period(date.fromisoformat(claim.start), date.fromisoformat(claim.end))
    against = settings.get("against")
    other: How = Period(*map(date.fromisoformat, str(against).split(".."))) if against else "none"
    asked = ask(period, other, claim.where, str(settings.get("basis", "order")))
    if "cell" in settings:
        table, column, row = cast(tuple[str, str, dict], settings["cell"])
        asked = asked.known_to(period.end)
        found = answer_words(asked, claim.source, cast(dict[str, str], settings["words"]))
        return found.value(table, column, **row)
    if claim.source in REGISTRY:
        return asked.values([claim.source], period)[claim.source].value
    if claim.source not in SOURCES:
        raise Unknown(f"There is no way to compute {claim.source!r} again.")
    if claim.source == "failed_checks":
        return float(sum(check.severity == "bad" and check.count > 0 for check in checks))
    return SOURCES[claim.source](asked, settings)


def _both(asked: Asked, settings: Mapping) -> tuple[Value, Value | None]:
    metric = str(settings["metric"])
    now = asked.values([metric], asked.elapsed)[metric]
    return now, asked.values([metric], asked.against)[metric] if asked.against else None


def _moved(asked: Asked, settings: Mapping) -> float | None:
    now, before = _both(asked, settings)
    if before is None or now.value is None or not before.value:
        return None
    return moved(REGISTRY[now.metric], now.value, before.value)


def _end(place: int) -> Callable[[Asked, Mapping], float | None]:
    def end(asked: Asked, settings: Mapping) -> float | None:
        if asked.against is None:
            return None
        if "segment" in settings:
            by = str(settings["by"])
            daily = asked.by_day([sure.MAIN], (by,))[sure.MAIN]
            found = sure.segments(asked, daily, by).get(settings["segment"])
        else:
            metric = str(settings["metric"])
            now, before = (asked.values([metric], side) for side in (asked.elapsed, asked.against))
            found = sure.metrics(asked, now, before).get(metric)
        return found[place] if found else None

    return end


def _plan(asked: Asked, settings: Mapping) -> Attainment:
    targets = asked.tables("targets")
    if targets is None:
        return Attainment(None)
    plan = targets.select("metric", "month", "target").collect()
    return attain(_both(asked, settings)[0], plan, filtered=bool(asked.where))


def _change(asked: Asked, settings: Mapping) -> float | None:
    """All of a change, or that of a segment or factor; as an amount or relative to what was."""
    found = _changed(asked, str(settings["by"]))
    if found is None or found.before is None or found.after is None:
        return None
    after, before = found.after, found.before
    if "segment" in settings:
        row = found.segments.filter(pl.col("segment").eq_missing(settings["segment"]))
        if not len(row):
            return None
        after, before = row["after"][0], row["before"][0]
    if "factor" in settings:
        row = found.effects.filter(pl.col("factor") == settings["factor"])
        return row["effect"][0] if len(row) else None
    if settings.get("part") == "rate":
        return (after - before) / before if before else None
    return after - before


def _changed(asked: Asked, by: str) -> Change | None:
    if asked.against is None:
        return None
    return change(
        asked.frames, period=asked.elapsed, as_of=asked.shop.last, where=asked.where,
        against=asked.against, by=by, basis=asked.basis,
    )  # fmt: skip


def _stock(asked: Asked, settings: Mapping) -> float | None:
    found = out_of_stock(asked, date.fromisoformat(str(settings["day"])))
    return None if found is None else float(getattr(found, str(settings["part"])))


def _late(asked: Asked, settings: Mapping) -> float | None:
    rows = late_carriers(asked)
    row = rows.filter(pl.col("carrier") == settings["carrier"])
    if not len(row):
        return None
    late, parcels = float(row["late"][0]), float(row["parcels"][0])
    low, high = wilson(int(late), int(parcels)) or (None, None)
    parts = {"late": late, "parcels": parcels, "share": late / parcels, "low": low, "high": high}
    return parts[str(settings["part"])]


def _share(place: str) -> Callable[[Asked, Mapping], float | None]:
    return lambda asked, settings: getattr(_both(asked, settings)[0], place)


def _targets(asked: Asked, settings: Mapping) -> float:
    """How many targets there are, or were met."""
    found = [plan.met for plan in judged(asked).values() if plan.met is not None]
    return float(sum(found) if settings["part"] == "met" else len(found))


def _effect(asked: Asked, settings: Mapping) -> float | None:
    metric = str(settings["metric"])
    now = asked.values([*effects.OWNERS], asked.elapsed)
    reference = _plan(asked, settings).target if settings["to"] == "target" else None
    if settings["to"] == "before":
        before = _both(asked, settings)[1]
        reference = before.value if before else None
    return None if reference is None else effects.gap(metric, reference, now)


SOURCES: dict[str, Callable[[Asked, Mapping], float | None]] = {
    "moved": _moved,
    "moved_low": _end(0),
    "moved_high": _end(1),
    "low": _share("low"),
    "high": _share("high"),
    "n": _share("n"),
    "targets": _targets,
    "target": lambda asked, settings: _plan(asked, settings).target,
    "attainment": lambda asked, settings: _plan(asked, settings).attainment,
    "change": _change,
    "stock": _stock,
    "late": _late,
    "effect": _effect,
    "failed_checks": lambda asked, settings: None,
}
