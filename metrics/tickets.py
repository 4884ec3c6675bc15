"""After-sales service: who asks and why, how long answers take in business hours, and where tickets wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from metrics import ticket_days
from metrics.analysis import Analysis, Verdict
from metrics.business_hours import WEEK, Hours, Weekday
from metrics.contacts import CONTACTS, contacts, sold
from metrics.period import DAY, Period
from metrics.privacy import MIN_GROUP
from metrics.promotion_cells import zone
from metrics.reason import Frames, Reason
from metrics.ticket_groups import GROUPS, SMALL, STAGES, groups, judged, stages
from metrics.ticket_rows import rows


def _empty(schema: Mapping) -> pl.DataFrame:
    return pl.DataFrame(schema=dict(schema))


@dataclass(frozen=True)
class Service:
    """n: tickets opened in the period. conversations: openings and reopenings; customers: known ones who
    asked; orders: that they asked about. open: not
    resolved at the end of the period, whenever opened. opens, closes, workdays (of 7): when service is
    open; respond_hours, resolve_hours: the promises, in
    business hours; day_hours: of a working day.

    groups (ticket_groups.GROUPS): all (by "", of "") and by kind, channel, agent, category, seller and
    product. Of each promise (`response`: opened to first answer, `resolution`: opened to resolved): done,
    open (censored at as_of), median and p90 in business hours with ends (Kaplan–Meier; null: not reached),
    met, missed (also what is open and late by now), pending (open and not yet due: in neither), share met
    with low and high (Wilson), and beside all others (see against_rest). reopen_share: of those
    resolved; score: mean satisfaction after closing (Student's t) of those scored; content: share of 4 and 5
    (Wilson).
    stages (STAGES): business hours between states. small: groups left out.
    backlog, ageing, weeks, slow: see ticket_days. contacts: see contacts.py, of orders placed in the period.
    """

    n: int
    conversations: int = 0
    customers: int = 0
    orders: int = 0
    open: int = 0
    opens: str = ""
    closes: str = ""
    workdays: int = 0
    respond_hours: float = 0.0
    resolve_hours: float = 0.0
    day_hours: float = 0.0
    groups: pl.DataFrame = field(default_factory=lambda: _empty(GROUPS))
    stages: pl.DataFrame = field(default_factory=lambda: _empty(STAGES))
    backlog: pl.DataFrame = field(default_factory=lambda: _empty(ticket_days.BACKLOG))
    ageing: pl.DataFrame = field(default_factory=lambda: _empty(ticket_days.AGEING))
    weeks: pl.DataFrame = field(default_factory=lambda: _empty(ticket_days.WEEKS))
    slow: pl.DataFrame = field(default_factory=lambda: _empty(ticket_days.SLOW))
    contacts: pl.DataFrame = field(default_factory=lambda: _empty(CONTACTS))
    small: pl.DataFrame = field(default_factory=lambda: _empty(SMALL))
    warnings: tuple[Reason, ...] = ()
    verdict: Verdict | None = None


def service(
    frames: Frames,
    tickets: pl.LazyFrame | None,
    orders: pl.LazyFrame | None,
    order_lines: pl.LazyFrame | None,
    products: pl.LazyFrame | None,
    *,
    period: Period,
    as_of: date,
    where: Mapping[str, Sequence[str | None]] = {},
    opens: str = "08:00",
    closes: str = "22:00",
    workdays: tuple[Weekday, ...] = WEEK,
    holidays: tuple[date, ...] = (),
    respond_within: float = 4.0,
    resolve_within: float = 2.0,
    min_group: int = MIN_GROUP,
) -> Service:
    """Tickets opened in the period, followed to the end of as_of. respond_within: business hours to the first
    answer; resolve_within: business days to the end. Business hours run from opens to closes of the workdays
    that are no holidays, by the shop's clock. A ticket that was answered exactly then is in time.
    """
    timezone = zone(frames)
    hours = Hours(timezone, opens, closes, workdays, holidays)
    targets = {"response": respond_within, "resolution": resolve_within * hours.day}
    none = Service(
        0, opens=opens, closes=closes, workdays=len(set(workdays)), respond_hours=respond_within,
        resolve_hours=targets["resolution"], day_hours=hours.day,
    )  # fmt: skip
    if tickets is None:
        reason = Reason("needs the table {table}: import it", table="tickets")
        return replace(none, warnings=(reason,), verdict=Verdict(False, (reason,)))
    every = rows(tickets, orders, products, where, hours, as_of)
    elapsed = Period(period.start, max(min(period.end, as_of), period.start))
    mine = every.filter(pl.col("day").is_between(elapsed.start, elapsed.end))
    if mine.is_empty() or mine["person"].n_unique() < min_group:
        reason = FEW if len(mine) else NOTHING
        return replace(none, warnings=(reason,), verdict=Verdict(False, (reason,)))
    every = judged(every, targets)
    mine = every.filter(pl.col("day").is_between(elapsed.start, elapsed.end))
    table, small = groups(mine, targets, min_group)
    spell = ticket_days.BEFORE * DAY
    around = every.filter(pl.col("day").is_between(elapsed.start - spell, elapsed.end))
    ages = ticket_days.ageing(every, elapsed.end, timezone)
    total = table.row(0, named=True)
    placed = contact = None
    if orders is not None:
        placed = sold(orders, order_lines, products, where, elapsed, as_of, timezone)
        contact = contacts(placed, every, min_group) if len(placed) else None
    return replace(
        none,
        n=len(mine),
        conversations=total["conversations"],
        customers=total["customers"],
        orders=total["orders"],
        open=int(ages["open"].sum()),
        groups=table,
        stages=stages(mine, table, min_group),
        backlog=ticket_days.backlog(every, elapsed, timezone),
        ageing=ages,
        weeks=ticket_days.weeks(mine),
        slow=ticket_days.slow(around, elapsed),
        contacts=_empty(CONTACTS) if contact is None else contact,
        small=small,
        warnings=_warnings(mine, total, contact is not None),
    )


service_analysis = Analysis("service", "How fast does service answer, and where do tickets wait?", service)

NOTHING = Reason("no ticket was opened on these days")
FEW = Reason("too few customers asked to show anything about them")


def _warnings(mine: pl.DataFrame, total: dict, counted: bool) -> tuple[Reason, ...]:
    found = []
    for name in ("response", "resolution"):
        if wrong := int(mine[name].null_count()):
            found.append(Reason("{n} tickets end before they begin: their waits are left out", n=wrong))
            break
    unsaid = mine.filter(pl.col("first_response_at").is_null(), pl.col("first_at").is_not_null())
    if len(unsaid):
        found.append(
            Reason(
                "{n} tickets were resolved without a recorded answer: that is taken as the first",
                n=len(unsaid),
            )
        )
    if mine["agent"].null_count() == len(mine):
        found.append(Reason("who handles a ticket is not recorded"))
    if not total["scored"]:
        found.append(Reason("satisfaction after closing is not recorded"))
    if not counted:
        found.append(Reason("without orders there is no contact rate"))
    elif mine["order_id"].null_count():
        missing = int(mine["order_id"].null_count())
        found.append(Reason("{n} tickets name no order: they are in no contact rate", n=missing))
    return tuple(found)
