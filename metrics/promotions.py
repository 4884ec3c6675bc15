"""Promotions: what each sold beyond what would have been sold without it, what it cost, whether it paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from metrics.analysis import Analysis, Verdict
from metrics.causal import call
from metrics.complements import Baskets, baskets
from metrics.period import DAY, Period
from metrics.promotion_cells import Cells, cells, whole, zone
from metrics.promotion_expected import (
    LEAST_PLACEBOS,
    LEAST_UNITS,
    MARGIN,
    REVENUE,
    TICKETS,
    UNITS,
    Panel,
    panel,
)
from metrics.promotion_holdout import holdout, wanted
from metrics.promotion_panel import Overlap, design
from metrics.promotion_parts import break_even, parts, steps
from metrics.promotion_plan import Plan, plans, short_incidents
from metrics.promotion_tables import ENDS, SUMMARY, TABLES, Promotions
from metrics.reason import Frames, Reason, needs


def read_out(
    frames: Frames,
    promotions: pl.LazyFrame | None,
    promotion_products: pl.LazyFrame | None,
    coupons: pl.LazyFrame | None,
    incidents: pl.LazyFrame | None,
    tickets: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None = None,
    *,
    period: Period,
    as_of: date,
    only: str = "",
    ticket_cost: float = 0.0,
) -> Promotions:
    """Each price promotion that began in the period, against what its products would have sold without it.

    Expected units are those of the base days (56 before it and 28 from two weeks after it, without days of
    other promotions on the same products) times how the control moved: products of other categories that no
    promotion touched; the same products in other places, where it is limited to a place; or the calendar
    (weekday and growth), where everything takes part. The calendar is refused on days of a holiday or a sale
    of all shops. Days of the two weeks after it that cannot be read, as other promotions or holidays fall on
    them, count as the nearest that can. Complements, products that orders hold together with its own more
    often than by chance, are no control but its halo. Intervals: of a new count (Poisson), of the base and of
    the control, widened by placebos over time and units; see promotion_expected.panel. Two promotions that
    share a tenth of their units on the same days are refused. only: one promotion's id. ticket_cost: of a
    service request, in money.
    """
    timezone = zone(frames)
    if promotions is None:
        return _empty((Reason("needs the table {table}: import it", table="promotions"),))
    span = whole(frames, as_of)
    data = cells(frames, tickets, orders, span)
    known = plans(promotions, promotion_products, coupons, data, timezone)
    chosen = [
        each for each in known if (each.id == only if only else period.start <= each.first <= period.end)
    ]
    seasons = short_incidents(incidents, timezone)
    rows: dict[str, list] = {name: [] for name in TABLES}
    together = baskets(order_lines, orders, data, timezone)
    why = {plan.id: _read(plan, known, seasons, data, together, ticket_cost, rows) for plan in chosen}
    tables = {name: pl.DataFrame(rows[name], schema, orient="row") for name, schema in TABLES.items()}
    warnings = [] if data.costed else [needs("daily", "cost")]
    late = [each.name for each in chosen if each.last <= as_of < each.last + 30 * DAY]
    if late:
        warnings.append(Reason("returns may still come in for {names}", names=", ".join(late)))
    return Promotions(
        len(chosen), **tables, why=why, warnings=tuple(warnings), verdict=_verdict(tables["promotions"], why)
    )


def _empty(warnings: tuple[Reason, ...]) -> Promotions:
    empty: dict[str, Any] = {name: pl.DataFrame(schema=schema) for name, schema in TABLES.items()}
    verdict = Verdict(False, warnings, call="inconclusive")
    return Promotions(0, **empty, warnings=warnings, verdict=verdict)


def _verdict(rows: pl.DataFrame, why: dict[str, Reason]) -> Verdict | None:
    if len(rows) != 1:
        return None
    one = rows.row(0, named=True)
    reasons = (why[one["promotion"]],)
    needed = wanted(one["detectable"]) if one["advice"] == "test" else ()
    return Verdict(one["lift"] is not None, reasons, needed, call=one["call"])


def _read(
    plan: Plan,
    known: Sequence[Plan],
    seasons: Sequence,
    data: Cells,
    together: Baskets | None,
    ticket_cost: float,
    rows: dict[str, list],
) -> Reason:
    """Adds its rows to the tables; returns the reason of its verdict."""
    row: dict = dict.fromkeys(SUMMARY) | {
        "promotion": plan.id, "name": plan.name, "kind": plan.kind, "start": plan.first, "end": plan.last,
        "cost": plan.cost, "call": "inconclusive", "lift_call": "inconclusive", "advice": "test",
    }  # fmt: skip
    found = design(plan, known, seasons, data, together)
    if isinstance(found, tuple):
        row["reason"], met = found
        row |= _proposed(plan, data, rows)
        rows["promotions"].append([row[name] for name in SUMMARY])
        _overlaps(plan, met, rows)
        return row["reason"]
    _overlaps(plan, found.overlaps, rows)
    made = panel(found, data)
    row |= {"base_days": len(found.base), **_proposed(plan, data, rows)}
    reason = _too_little(made)
    if reason:
        row["reason"] = reason
    else:
        row |= _numbers(plan, made, data, ticket_cost, rows)
    rows["promotions"].append([row[name] for name in SUMMARY])
    return row["reason"]


def _proposed(plan: Plan, data: Cells, rows: dict[str, list]) -> dict:
    test = holdout(plan, data).plan
    if test is None:
        return {}
    rows["tests"].append((plan.id, test.text()))
    return {"detectable": test.detectable}


def _overlaps(plan: Plan, met: Sequence[Overlap], rows: dict[str, list]) -> None:
    rows["overlaps"] += [(plan.id, each.other, each.name, each.share, each.refused) for each in met]


def _too_little(made: Panel) -> Reason | None:
    if len(made.placebos) < LEAST_PLACEBOS:
        return Reason("there are too few days without promotions to tell chance")
    if made.expect("own", made.design.during).expected[UNITS] < LEAST_UNITS:
        return Reason(
            "fewer than {n} units were to be expected: too few to tell chance", n=round(LEAST_UNITS)
        )
    return None


def _numbers(plan: Plan, made: Panel, data: Cells, ticket_cost: float, rows: dict[str, list]) -> dict:
    told, net = parts(made)
    lift = told[0]
    cost = plan.cost or 0.0
    service = max(float(net.effect[TICKETS]), 0.0) * ticket_cost
    for part in (*told, net):
        numbers = [
            float(value)
            for measure in (UNITS, REVENUE, MARGIN)
            for value in _ends(part.effect[measure], part.half[measure])
        ]
        rows["parts"].append((plan.id, part.name, part.days, *numbers))
    rows["steps"] += [(plan.id, name, amount) for name, amount in steps(lift, told, cost, service)]
    where = made.design.pseudo
    for kind, of, effect, expected, z in made.placebos:
        named = str(data.span.start + of * DAY) if kind == "time" else _named(where[of], data)
        rows["placebos"].append((plan.id, kind, named, effect, expected, z))
    _days(plan, made, data, rows)
    profit = float(net.effect[MARGIN]) - service - cost
    ends = _ends(profit, net.half[MARGIN])
    lift_ends, own_z = _ends(lift.effect[UNITS], lift.half[UNITS]), _z(made)
    calls = {
        "lift_call": call(*lift_ends[1:], "more"),
        "call": call(*ends[1:], "more") if data.costed else "inconclusive",
    }
    far = sum(abs(each[4]) >= abs(own_z) for each in made.placebos)
    found = {
        "control": made.design.control, "sold": lift.observed[UNITS], "expected": lift.expected[UNITS],
        "p": (1 + far) / (1 + len(made.placebos)), "tickets": net.effect[TICKETS], "service": service,
        "break_even": break_even(lift, net, cost + service) if data.costed else None,
        **calls, "advice": _advice(calls["lift_call"], calls["call"]),
        "reason": WHY[calls["call"]] if data.costed else needs("daily", "cost"),
    }  # fmt: skip
    money = (("margin", _ends(net.effect[MARGIN], net.half[MARGIN])), ("profit", ends)) if data.costed else ()
    for name, values in (
        ("lift", lift_ends), ("net_units", _ends(net.effect[UNITS], net.half[UNITS])),
        ("revenue", _ends(net.effect[REVENUE], net.half[REVENUE])), *money,
        *((("roi", tuple(each / cost for each in ends)),) if cost and money else ()),
    ):  # fmt: skip
        found |= {f"{name}{end}": float(value) for end, value in zip(ENDS, values, strict=True)}
    return found


WHY = {
    "supported": Reason("the 95% interval of what it earned after all costs lies above 0"),
    "not supported": Reason("the 95% interval of what it earned after all costs lies below 0"),
    "inconclusive": Reason("the 95% interval of what it earned after all costs holds gain and loss"),
}


def _advice(lift: str, profit: str) -> str:
    """A sure lift that lost money was too deep or too dear; a loss without a sure lift was in vain."""
    if profit == "supported":
        return "run again"
    if profit == "not supported":
        return "change depth" if lift == "supported" else "stop"
    return "test"


def _ends(value: float, half: float) -> tuple[float, float, float]:
    return float(value), float(value - half), float(value + half)


def _z(made: Panel) -> float:
    lift = made.expect("own", made.design.during)
    return float(lift.effect[UNITS] / lift.spread) if lift.spread else 0.0


def _named(group: object, data: Cells) -> str:
    product = group.product  # type: ignore[attr-defined]
    place = group.place  # type: ignore[attr-defined]
    if place is None:
        return str(data.category[int(product.argmax())])
    regions, channels = ({code[place][0]} if place.any() else set() for code in (data.region, data.channel))
    one_region = len(set(data.region[place].tolist())) == 1
    names = data.regions if one_region else data.channels
    return str(names[int(next(iter(regions if one_region else channels)))])


def _days(plan: Plan, made: Panel, data: Cells, rows: dict[str, list]) -> None:
    own, design_ = made.daily["own"][:, UNITS], made.design
    rate = own[design_.base].sum() / made.scale[design_.base].sum()
    for part, numbers in (("base", design_.base), ("during", design_.during), ("after", design_.after)):
        for day in numbers.tolist():
            rows["days"].append(
                (plan.id, data.span.start + day * DAY, own[day], float(rate * made.scale[day]), part)
            )


promotions_analysis = Analysis("promotions", "Which promotions paid?", read_out)
