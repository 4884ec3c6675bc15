"""What holds of everybody, seen by one who sees everything: also what no table says."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sample_data import background, days, opinion, surveys
from sample_data import world as w
from sample_data.again import Year
from sample_data.draws import Floats
from sample_data.truth import Sample, Truth, ratio

STEPS = ("view", "cart", "checkout", "purchase")
AGES = (30, 60, 90, 180)  # days after the first visit
LOGGED = np.array([channel.logged for channel in w.CHANNELS])
PAIRS = 40  # associations told: those of the products bought first most often


def funnel(year: Year, sample: Sample) -> Iterator[Truth]:
    """By device, and by device and day, of visits that the shop itself sees."""
    counts = np.zeros((len(STEPS) + 1, len(w.DEVICES), days.DAYS))
    for life in year.lives:
        ours, carts = LOGGED[life.seen.channel], life.carts
        reached = (
            np.ones(len(ours), bool), ~carts.bounced, carts.lines[:, 0] >= 0, carts.checkout, carts.paid,
        )  # fmt: skip
        for step, there in enumerate(reached):
            np.add.at(counts[step], (life.seen.device[ours & there], life.seen.day[ours & there]), 1)
    for code, device in enumerate(w.DEVICES):
        yield from _rates(device, counts[:, code].sum(axis=1))
    for day in range(days.DAYS):
        for code, device in enumerate(w.DEVICES):
            yield from _rates(f"{device} {days.day(day)}", counts[:, code, day])


def _rates(of: str, counts: Floats) -> Iterator[Truth]:
    for step, name in enumerate(STEPS, start=1):
        yield ratio("funnel", f"{name}_rate", of, counts[step], counts[step - 1])
    yield ratio("funnel", "conversion", of, counts[-1], counts[0])


def lifetimes(year: Year, sample: Sample) -> Iterator[Truth]:
    """How long customers stay, how often they buy, what drives them away."""
    people, ends = year.people, left(year)
    mine = people.account & (people.arrives < days.DAYS)
    yield Truth("lifetime", "shape", "", w.LIFETIME_TAIL)
    yield Truth("lifetime", "scale_days", "", w.LIFETIME)
    for age in AGES:
        new = mine & (people.arrives >= 0) & (people.arrives + age < days.DAYS)
        stay = (ends - people.arrives)[new] > age
        yield ratio("lifetime", "survival", str(age), stay.sum(), new.sum())
    yield ratio("lifetime", "alive", "", (ends[mine] >= days.DAYS).sum(), mine.sum())
    here = (np.minimum(ends, days.DAYS) - np.maximum(people.arrives, 0)).clip(0) * mine
    orders = np.bincount(year.sold.person, year.sold.first, minlength=len(mine)) * mine
    yield ratio("repeat", "orders_a_month", "", 30 * orders.sum(), here.sum())
    yield Truth("repeat", "visits_a_month", "", float(people.rate[mine].mean() * 30 / 30.4))
    for code, group in enumerate(w.GROUPS):
        kind = people.group == code
        yield ratio("repeat", "orders_a_month", group.name, 30 * orders[kind].sum(), here[kind].sum())
        yield ratio("group", "share", group.name, (kind & mine).sum(), mine.sum())
        yield ratio("group", "orders", group.name, orders[kind].sum(), orders.sum())


def retention(year: Year, sample: Sample) -> Iterator[Truth]:
    """By month of the first visit: the share of customers who came again in each later month."""
    people = year.people
    came, seen = np.zeros((2, len(year.person), 12), bool)
    for life in year.lives:
        came[life.seen.row, life.month] = True
        seen[life.seen.row[LOGGED[life.seen.channel]], life.month] = True
    new = people.account & (people.arrives >= 0) & (people.arrives < days.DAYS)
    cohort = days.MONTH_OF[people.arrives.clip(0, days.DAYS - 1).astype(np.int64)]
    for first in range(12):
        mine = new & (cohort == first)
        for month in range(first + 1, 12):
            of = f"{days.MONTHS[first]:%Y-%m} + {month - first}"
            for measure, there in (("visited", came), ("seen", seen)):
                yield ratio("retention", measure, of, there[mine, month].sum(), mine.sum())


def left(year: Year) -> Floats:
    """By person, the day after which nothing brings them back: the end of a lifetime, or of patience."""
    ends = year.people.leaves.copy()
    for month, life in enumerate(year.lives):
        gone = life.made.row[life.made.stands & life.felt.quits]
        ends[gone] = np.minimum(ends[gone], days.BOUNDS[month + 1])
    return ends


def churn(year: Year, sample: Sample) -> Iterator[Truth]:
    """Leaving for good after an order is a logit of satisfaction, and so of what makes it."""
    weights = opinion.DRIVERS
    felt = {
        "late parcel": opinion.LATE_FELT * weights["delivery"],
        "return": opinion.RETURN_FELT * weights["quality"],
        "ten percent off": 0.1 * opinion.DISCOUNT_FELT * weights["price"],
    }
    yield Truth("churn", "log_odds", "satisfaction", opinion.QUITS_FELT)
    for driver, change in felt.items():
        yield Truth("churn", "log_odds", driver, opinion.QUITS_FELT * change)
    quits = [life.felt.quits[life.made.stands] for life in year.lives]
    yield ratio("churn", "leaving", "", sum(each.sum() for each in quits), sum(map(len, quits)))


def satisfaction(year: Year, sample: Sample) -> Iterator[Truth]:
    felt = np.concatenate([life.felt.felt for life in year.lives])
    satisfied = np.concatenate([life.felt.satisfaction for life in year.lives])
    shares = relative_weights(felt, satisfied)
    for (driver, weight), share in zip(opinion.DRIVERS.items(), shares, strict=True):
        yield Truth("satisfaction", "weight", driver, weight)
        yield Truth("satisfaction", "importance", driver, float(share))
    asked, quarter = [], []
    for life in year.lives:
        base = np.isfinite(life.sent.home(life.made)) & life.scene.people.account[life.made.row]
        asked.append(life.felt.satisfaction[base])
        quarter.append(np.full(int(base.sum()), life.month // 3))
    happy, part = np.concatenate(asked), np.concatenate(quarter)
    yield Truth("satisfaction", "nps", "", nps(happy))
    for number in range(4):
        yield Truth("satisfaction", "nps", f"{days.MONTHS[3 * number]:%Y-%m} ~ 3", nps(happy[part == number]))
    for method, _, _, kinder in surveys.METHODS[1:]:
        yield Truth("satisfaction", "nps_kinder", method, nps(happy + kinder) - nps(happy))


def nps(happy: Floats) -> float:
    """Promoters (9, 10) less detractors (0 … 6), in points of 100."""
    score = surveys.scored(happy)
    return float(100 * ((score >= 9).mean() - (score <= 6).mean()))


def relative_weights(x: Floats, y: Floats) -> Floats:
    """Share of the explained variance of y by each column of x (Johnson 2000): x is replaced by its
    closest orthogonal variables Z, y is regressed on these, and their shares are given back to x.
    """
    correlation = np.corrcoef(x, rowvar=False)
    values, vectors = np.linalg.eigh(correlation)
    loading = vectors @ np.diag(np.sqrt(values)) @ vectors.T  # of x on Z
    with_y = np.array([np.corrcoef(column, y)[0, 1] for column in x.T])
    beta = np.linalg.solve(loading, with_y)
    raw = loading**2 @ beta**2
    return np.asarray(raw / raw.sum())


def associations(year: Year, sample: Sample) -> Iterator[Truth]:
    """How often a product's complement is in the basket that begins with it."""
    shop = year.shop.assortment
    begins, both = np.zeros(shop.products), np.zeros(shop.products)
    for life in year.lives:
        lines, first = life.lines, life.lines.first(len(life.made))
        begins += np.bincount(first, minlength=shop.products)
        there = lines.product == shop.complement[first[lines.order]]
        with_it = np.unique(lines.order[there & (lines.place > 0)])
        both += np.bincount(first[with_it], minlength=shop.products)
    ids = shop.ids(np.arange(shop.products)).to_list()
    for product in np.argsort(-begins, kind="stable")[:PAIRS]:
        pair = f"{ids[product]} + {ids[shop.complement[product]]}"
        yield ratio("association", "share", pair, both[product], begins[product])


def market(year: Year, sample: Sample) -> Iterator[Truth]:
    """All placed orders at full price, by what the market table says of the month."""
    whole = background.market_rows(year.shop.draws, year.shop.factor)
    scale = sample.everybody / sample.people
    for month, life in enumerate(year.lives):
        gmv = float((life.lines.units * life.lines.price).sum())
        sold = float(whole.filter(month=days.MONTHS[month])["market_gmv"].sum())
        yield ratio("market", "share", f"{days.MONTHS[month]:%Y-%m}", gmv * scale, sold)
