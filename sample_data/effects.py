"""What each promotion, coupon, campaign and incident really did: the year as it was, less without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from sample_data import days, flow
from sample_data import world as w
from sample_data.again import Change, Sold, Year, change
from sample_data.plan import CAMPAIGNS, PROGRAMMES, PROMOTIONS, Promotion
from sample_data.timeline import tracked
from sample_data.truth import AFTERMATH, SOON, Sample, Truth, ratio

Tell = Callable[[str], None]  # what is left out now
LAST = days.DAYS - 1


def _until(last: int) -> int:
    return min(last + AFTERMATH, LAST)


def _sums(topic: str, of: str, found: Change, sample: Sample) -> list[Truth]:
    named = {"orders": "first", "revenue": "revenue", "margin": "margin"}
    return [sample.total(topic, measure, of, found.more(column)) for measure, column in named.items()]


def promotions(year: Year, sample: Sample, tell: Tell) -> Iterator[Truth]:
    for number, one in enumerate(PROMOTIONS):
        if not year.shop.run.promotions[number].depth:
            continue
        tell(one.name)
        first, last = days.of(one.first), days.of(one.last)
        everyone = one.visits != 1  # a sale is missed by people who would have come after it
        rows = None if everyone else year.visited(first, last)
        found = change(year, year.shop.run.but(one.id), first, _until(last), rows)
        yield from _parts(year, number, one, found, sample)
        sums = _sums("promotion", one.id, found, sample)
        yield from sums
        cost = one.cost * year.shop.factor
        yield Truth("promotion", "cost", one.id, cost)
        margin = sums[2].value or 0.0
        yield ratio("promotion", "roi", one.id, margin - cost, cost)


def _parts(year: Year, number: int, one: Promotion, found: Change, sample: Sample) -> Iterator[Truth]:
    """Units by product and time; the parts add up to the whole."""
    shop, member = year.shop.assortment, year.shop.member[number]
    partner = np.zeros(shop.products, bool)
    partner[shop.complement[member]] = True
    inside = np.isin(shop.category, np.unique(shop.category[member]))
    last = days.of(one.last)
    soon = last + SOON
    kinds: dict[str, Callable[[Sold], np.ndarray]] = {
        "lift_units": lambda lines: member[lines.product] & (lines.day <= last),
        "pull_forward_units": lambda lines: member[lines.product] & (lines.day > last) & (lines.day <= soon),
        "cannibalised_units": lambda lines: (
            (inside & ~member & ~partner)[lines.product] & (lines.day <= soon)
        ),
        "halo_units": lambda lines: (~member & (partner | ~inside))[lines.product] & (lines.day <= soon),
        "later_units": lambda lines: lines.day > soon,
        "net_units": lambda lines: np.ones(len(lines.day), bool),
    }
    for measure, of in kinds.items():
        units = found.more("units", of(found.fact), of(found.other))
        yield sample.total("promotion", measure, one.id, units)


def coupons(year: Year, sample: Sample, tell: Tell) -> Iterator[Truth]:
    """By kind, and by kind and group of customers."""
    group = year.people.group
    for kind in dict.fromkeys(plan.kind for plan in PROGRAMMES):
        tell(kind)
        numbers = [n for n, plan in enumerate(PROGRAMMES) if plan.kind == kind]
        issued = np.zeros(len(year.person))
        for life in year.lives:
            issued += np.isin(life.held.programme, numbers)
        run = year.shop.run.but(*(PROGRAMMES[n].id for n in numbers))
        found = change(year, run, 0, LAST, np.flatnonzero(issued))
        used = found.fact.first & np.isin(found.fact.coupon, numbers)
        anyway = used & np.isin(found.fact.visit, found.other.visit[found.other.first])
        for code, name in [(None, kind), *((n, f"{kind} · {one.name}") for n, one in enumerate(w.GROUPS))]:
            mine = np.ones(len(group)) if code is None else (group == code).astype(float)
            parts = {
                "issued": issued,
                "redeemed": np.bincount(found.fact.person[used], minlength=len(group)),
                "orders": found.more("first"),
                "revenue": found.more("revenue"),
                "margin": found.more("margin"),
            }
            sums = [sample.total("coupon", measure, name, mine * each) for measure, each in parts.items()]
            yield from sums
            yield ratio("coupon", "orders_per_coupon", name, sums[2].value or 0.0, sums[0].value or 0.0)
            both = [mine[found.fact.person[rows]].sum() for rows in (anyway, used)]
            yield ratio("coupon", "bought_anyway", name, *both)


def campaigns(year: Year, sample: Sample, tell: Tell) -> Iterator[Truth]:
    spent = flow.spend(year.shop.draws, year.shop.run).sum(axis=1) * year.shop.factor
    for number, one in enumerate(CAMPAIGNS):
        tell(one.name)
        first, last = days.of(one.first), days.of(one.last)
        run, rows = year.shop.run.but(one.id), year.visited(first, last, (number,))
        came = np.zeros(len(year.person))
        for life in year.lives:
            came += np.bincount(life.seen.row[life.seen.campaign == number], minlength=len(came))
        yield sample.total("campaign", "visits", one.id, (1 - one.anyway) * came)
        sums = _sums("campaign", one.id, change(year, run, first, _until(last), rows), sample)
        yield from sums
        yield Truth("campaign", "spend", one.id, float(spent[number]))
        yield ratio("campaign", "roi", one.id, (sums[2].value or 0.0) - spent[number], spent[number])
        yield Truth("campaign", "anyway", one.id, one.anyway)


def channels(year: Year, sample: Sample, tell: Tell) -> Iterator[Truth]:
    """Averages and margins of spend, and the credit that attribution tries to find."""
    spent = flow.spend(year.shop.draws, year.shop.run).sum(axis=1) * year.shop.factor
    orders = sample.total("", "", "", np.bincount(year.sold.person, year.sold.first, len(year.person)))
    everything = orders.value or 0.0
    for channel in dict.fromkeys(one.channel for one in CAMPAIGNS):
        tell(channel)
        numbers = tuple(n for n, one in enumerate(CAMPAIGNS) if one.channel == channel)
        names, rows = [CAMPAIGNS[n].id for n in numbers], year.visited(0, LAST, numbers)
        none = change(year, year.shop.run.but(*names), 0, LAST, rows)
        gained = sample.total("channel", "orders", channel, none.more("first"))
        yield gained
        yield ratio("channel", "credit", channel, gained.value or 0.0, everything)
        money = float(spent[list(numbers)].sum())
        if money:
            less = change(year, year.shop.run.spending(dict.fromkeys(names, 0.9)), 0, LAST, rows)
            lost = sample.total("", "", "", less.more("first")).value or 0.0
            yield ratio("channel", "orders_per_1000", channel, 1000 * (gained.value or 0.0), money)
            yield ratio("channel", "next_orders_per_1000", channel, 1000 * lost, 0.1 * money)
            yield Truth("channel", "carry_over", channel, flow.CARRY[channel])
            yield Truth("channel", "half_saturation", channel, flow.HALF)
    tell("")
    names = [one.id for one in CAMPAIGNS]
    none = change(year, year.shop.run.but(*names), 0, LAST)
    all_gained = sample.total("", "", "", none.more("first")).value or 0.0
    yield ratio("channel", "credit_of_none", "", everything - all_gained, everything)


def incidents(year: Year, sample: Sample, tell: Tell) -> Iterator[Truth]:
    for one in days.INCIDENTS:
        if not year.shop.run.happens(one):
            continue
        tell(one.name)
        if one is days.BROKEN_TRACKING:
            lost = np.zeros(len(year.person))
            for life in year.lives:
                seen = life.seen
                missing = ~tracked(year.shop.draws, year.shop.run, seen) & days.within(one, seen.day)
                missing &= np.array([channel.logged for channel in w.CHANNELS])[seen.channel]
                lost += np.bincount(seen.row[missing], minlength=len(lost))
            yield sample.total("incident", "visits_lost", one.name, lost)
            continue
        first, last = days.of(one.first), days.of(one.last)
        begins = max(first - 40, 0) if one.kind in ("Carrier", "Service") else first  # of orders before it
        yield from _sums(
            "incident", one.name, change(year, year.shop.run.but(one.name), begins, _until(last)), sample
        )


def service(year: Year, sample: Sample, tell: Tell) -> Iterator[Truth]:
    """What late parcels and slow answers cost in later orders."""
    late, requests, sent = (np.zeros(len(year.person)) for _ in range(3))
    for life in year.lives:
        late += np.bincount(life.made.row[life.sent.late], minlength=len(late))
        sent += np.bincount(life.made.row[np.isfinite(life.sent.delivered)], minlength=len(late))
        requests += np.bincount(life.made.row[life.asked.order], minlength=len(late))
    yield ratio("service", "late_share", "", late.sum(), sent.sum())
    for measure, run, met, what in (
        ("orders_per_late", year.shop.run.punctually(), late, "late parcels"),
        ("orders_per_ticket", year.shop.run.promptly(), requests, "slow answers"),
    ):
        tell(what)
        found = change(year, run, 0, LAST, np.flatnonzero(met))
        total = sample.total("", "", "", found.more("first"))
        count = sample.total("", "", "", met).value or 0.0
        error = total.error / count if count else 0.0
        yield Truth("service", measure, "", (total.value or 0.0) / count if count else None, error)
