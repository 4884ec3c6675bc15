"""A month in the life of some people: what they do, and the rows that it leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from sample_data import (
    baskets,
    coupons,
    days,
    marketing,
    opinion,
    orders,
    parcels,
    receipts,
    returns,
    reviews,
    surveys,
    tickets,
)
from sample_data import timeline as times
from sample_data import visits as coming
from sample_data.choice import Scene
from sample_data.columns import labels, only
from sample_data.flow import Flow
from sample_data.people import Population
from sample_data.run import INERT

Frames = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Life:
    """Everything that some people did in a month, before it is written down. scene: as it began."""

    scene: Scene
    population: Population
    month: int
    held: coupons.Coupons
    seen: coming.Visits
    known: np.ndarray  # by visit: whether a coupon is known of, and reacted to
    carts: baskets.Baskets
    need: baskets.Need
    made: orders.Orders
    lines: orders.Lines
    sent: parcels.Parcels
    back: returns.Returned
    asked: tickets.Tickets
    felt: opinion.Opinions


def live(scene: Scene, population: Population, flow: Flow, usual: Flow, month: int) -> Life:
    """Changes the scene's memory, at the end; the life keeps it as it was."""
    memory = scene.memory
    scene = replace(scene, memory=memory.copy())
    draws, run, shop, people = scene.draws, scene.run, scene.shop, scene.people
    held = coupons.coupons(draws, run, people, memory, month)
    seen = coming.visits(draws, people, memory, flow, usual, month)
    known = held.known(seen.row, seen.start) & (run.null != INERT)
    carts, need = baskets.browse(scene, seen, known)
    paid = np.flatnonzero(carts.paid)
    few = seen.take(paid)
    paid_at = times.timeline(draws, few, carts.take(paid)).paid_at(few)
    made, lines = orders.orders(draws, run, shop, scene.member, seen, carts, paid_at, held)
    sent = parcels.parcels(draws, run, made)
    back = returns.returned(draws, run, shop, made, sent, lines)
    asked = tickets.tickets(draws, run, shop, made, sent, lines, back)
    felt = opinion.opinions(draws, run, people, shop, made, sent, lines, back, asked.waited(len(made)))
    baskets.remember(memory, scene, seen, carts)
    opinion.remember(memory, made, felt)
    return Life(
        scene, population, month, held, seen, known, carts, need, made, lines, sent, back, asked, felt
    )  # fmt: skip


def rows(life: Life) -> Frames:
    """The rows of each table."""
    draws, run, shop, people = life.scene.draws, life.scene.run, life.scene.shop, life.scene.people
    seen, lines, sent, back, felt = life.seen, life.lines, life.sent, life.back, life.felt
    customer = life.population.ids(people.person)
    visitor = customer.gather(seen.row)
    own = _own(seen, visitor, life.month)
    ids = {
        "customer_id": visitor,
        "session_id": "S" + own,
        "order_id": "O" + own,
        "campaign_id": labels(marketing.IDS, seen.campaign),
    }
    visit = life.made.visit
    buyer = only(people.account[life.made.row], visitor.gather(visit))
    made = replace(life.made, id=ids["order_id"].gather(visit), customer=buyer)
    value = np.zeros(len(seen))
    value[made.visit] = made.net
    used = np.full(len(people.person), -1)
    used[made.row[made.coupon]] = np.flatnonzero(made.coupon)
    line = times.timeline(draws, seen, life.carts)
    campaign = ids["campaign_id"].gather(made.visit)
    return {
        "orders": receipts.order_rows(draws, made, sent, campaign, life.month),
        "order_lines": receipts.line_rows(shop, made, lines),
        "payments": receipts.payment_rows(draws, made),
        "coupons": coupons.coupon_rows(life.held, life.month, customer, used, made.at, made.id),
        "events": times.event_rows(draws, run, line, seen, life.carts, shop, ids, value),
        "shipments": parcels.shipment_rows(draws, made, sent),
        "returns": returns.return_rows(draws, shop, made, lines, back),
        "touches": marketing.touch_rows(draws, run, people, seen, customer, life.month),
        "tickets": tickets.ticket_rows(draws, people, shop, made, lines, life.asked, felt),
        "surveys": surveys.survey_rows(draws, run, people, made, sent, life.asked, felt),
        "reviews": reviews.review_rows(draws, people, shop, made, sent, lines, felt),
    }


def _own(visits: coming.Visits, visitor: pl.Series, month: int) -> pl.Series:
    """Month, person and number of each visit: what makes its session's and its order's id."""
    number = pl.Series(visits.number).cast(pl.String)
    return f"{days.MONTHS[month]:%y%m}-" + visitor.str.slice(1) + "-" + number
