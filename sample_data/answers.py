"""Rows of what people say: tickets, surveys (also those never answered) and reviews."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import days, opinion, words
from sample_data.assortment import Assortment
from sample_data.parcels import DAY, HOUR, Parcels, known
from sample_data.draws import Draws
from sample_data.opinion import Opinions, Tickets
from sample_data.orders import Lines, Orders
from sample_data.people import Traits

LANGUAGES = ("en", "zh")
QUESTIONS = {
    "nps": "How likely are you to recommend us to a friend?",
    "csat": "How satisfied are you with this order?",
    "ces": "How much effort did it take to get your request handled?",
}
SCALES = {
    "nps": (0, 10, "higher"),
    "csat": (1, 5, "higher"),
    "driver": (1, 5, "higher"),
    "ces": (1, 5, "lower"),
}


def ticket_rows(
    draws: Draws,
    people: Traits,
    shop: Assortment,
    made: Orders,
    lines: Lines,
    asked: Tickets,
    felt: Opinions,
    order: pl.Series,
    customer: pl.Series,
) -> pl.DataFrame:
    """Rows of the table tickets. order, customer: ids by order."""
    row, key = asked.order, made.key[asked.order]
    first = np.zeros(len(made.at), np.int64)
    first[lines.order[::-1]] = lines.product[::-1]
    again = known(asked.resolved + draws.exponential("reopened", 2 * DAY, key))
    again = np.where(draws.chance("reopen", 0.07, key), again, np.nan)
    rated = np.isfinite(asked.resolved) & draws.chance("rated", 0.4, key)
    score = np.clip(
        np.round(4.1 + 0.8 * felt.satisfaction[row] + 0.5 * draws.normal("ticket score", key)), 1, 5
    )
    said = opinion.comment(
        draws, "ticket words", key, np.full(len(row), 3), score > 3, people.chinese[made.row[row]]
    )
    late = opinion.comment(
        draws,
        "late words",
        key,
        np.full(len(row), 1),
        np.zeros(len(row), bool),
        people.chinese[made.row[row]],
    )
    complaint = asked.kind == 1
    return pl.DataFrame(
        {
            "ticket_id": "T" + order.gather(row).str.slice(1),
            "customer_id": customer.gather(row),
            "order_id": order.gather(row),
            "product_id": shop.ids(first[row]),
            "kind": pl.Series(opinion.TICKET_KINDS).gather(asked.kind),
            "channel": pl.Series([name for name, _, _ in opinion.CHANNELS]).gather(asked.channel),
            "priority": pl.Series(np.where(complaint, "high", "normal")),
            "agent": pl.Series(words.AGENTS).gather(draws.whole("agent", len(words.AGENTS), key)),
            "opened_at": days.instants("opened_at", asked.opened),
            "first_response_at": days.instants("first_response_at", asked.answered),
            "resolved_at": days.instants("resolved_at", asked.resolved),
            "reopened_at": days.instants("reopened_at", again),
            "score": _known(rated, pl.Series(score)),
            "comment": _known(complaint | rated, _either(complaint, late, said)),
        }
    )


def survey_rows(
    draws: Draws,
    people: Traits,
    made: Orders,
    sent: Parcels,
    asked: Tickets,
    felt: Opinions,
    order: pl.Series,
    customer: pl.Series,
) -> pl.DataFrame:
    """Rows of the table surveys: about orders (nps, csat, drivers, comment) and about tickets (ces)."""
    home = np.where(
        np.isfinite(sent.shipped), sent.delivered, np.where(np.isnan(made.cancelled), made.at, np.nan)
    )
    when = known(home + DAY + 6 * HOUR * draws.uniform("invited when", made.key))
    guest = ~people.account[made.row]
    invited = np.flatnonzero(np.isfinite(when) & ~guest & draws.chance("invited", opinion.INVITED, made.key))
    key = made.key[invited]
    luck = draws.uniform("survey method", key)
    method = np.where(luck < opinion.FIELD, 2, np.where(luck < opinion.FIELD + opinion.PHONE, 1, 0))
    base = np.array(list(opinion.ANSWER.values()))[method]
    happy = felt.satisfaction[invited]
    answers = draws.uniform("answers", key) < base + opinion.ANSWER_EXTREMES * np.minimum(happy**2, 3)
    wait = np.where(method == 0, draws.exponential("answer wait", 20 * HOUR, key), 300.0)
    answered = known(np.where(answers, when[invited] + wait, np.nan))
    answers = np.isfinite(answered)
    nps = np.clip(np.round(opinion.NPS_AT_USUAL + opinion.NPS_STEP * happy), 0, 10)
    csat = np.clip(np.round(4.25 + 0.75 * happy + 0.3 * draws.normal("csat", key)), 1, 5)
    about = {
        "order": order.gather(invited),
        "customer": customer.gather(invited),
        "method": pl.Series(("online", "phone", "field")).gather(method),
        "asked": when[invited],
        "answered": answered,
        "chinese": people.chinese[made.row[invited]],
    }
    frames = [
        _measure("After delivery", "nps", QUESTIONS["nps"], pl.Series(nps), about, np.ones(len(key), bool))
    ]
    frames.append(_measure("After delivery", "csat", QUESTIONS["csat"], pl.Series(csat), about, answers))
    for number, driver in enumerate(opinion.DRIVERS):
        rating = pl.Series(felt.ratings[invited, number].astype(float))
        rates = answers & draws.chance("rates driver", 0.93, key, number)
        frames.append(_measure("After delivery", "driver", driver, rating, about, rates))
    gap = felt.ratings[invited] - np.array(opinion.USUAL)
    good = happy > 0
    topic = np.where(good, gap.argmax(axis=1), gap.argmin(axis=1))
    said = opinion.comment(draws, "survey words", key, topic, good, about["chinese"])
    writes = answers & draws.chance("writes", 0.35, key)
    frames.append(_measure("After delivery", "comment", "Anything else?", said, about, writes))
    frames.append(_effort(draws, people, made, asked, felt, order, customer))
    return pl.concat(frames, how="diagonal_relaxed")


def _effort(
    draws: Draws,
    people: Traits,
    made: Orders,
    asked: Tickets,
    felt: Opinions,
    order: pl.Series,
    customer: pl.Series,
) -> pl.DataFrame:
    """How hard it was to get a request handled: 1 is very low effort, 5 very high (Dixon et al. 2010)."""
    done = np.flatnonzero(np.isfinite(asked.resolved))
    row, key = asked.order[done], made.key[asked.order[done]]
    when = known(asked.resolved[done] + HOUR)
    reach = np.isfinite(when) & draws.chance("effort invited", 0.7, key)
    done, row, key, when = done[reach], row[reach], key[reach], when[reach]
    answers = draws.chance("effort answers", 0.42, key)
    answered = known(np.where(answers, when + draws.exponential("effort wait", 10 * HOUR, key), np.nan))
    hours = (asked.answered[done] - asked.opened[done]) / HOUR
    effort = 1.7 + 0.5 * np.log1p(np.maximum(hours, 0)) - 0.4 * felt.satisfaction[row]
    score = np.clip(np.round(effort + 0.6 * draws.normal("effort", key)), 1, 5)
    about = {
        "order": order.gather(row),
        "customer": customer.gather(row),
        "method": pl.Series(["online"] * len(row), dtype=pl.String),
        "asked": when,
        "answered": answered,
        "chinese": people.chinese[made.row[row]],
    }
    frame = _measure(
        "After service", "ces", QUESTIONS["ces"], pl.Series(score), about, np.ones(len(row), bool)
    )
    return frame.with_columns(ticket_id="T" + pl.col("order_id").str.slice(1))


def _measure(
    survey: str, measure: str, question: str, value: pl.Series, about: dict, keep: np.ndarray
) -> pl.DataFrame:
    """The rows of one question; those without an answer keep their invitation."""
    answered = np.isfinite(about["answered"])
    low, high, better = SCALES.get(measure, (None, None, None))
    words_ = measure == "comment"
    empty = pl.Series([None] * len(value), dtype=pl.String)
    frame = pl.DataFrame(
        {
            "answer_id": "A"
            + about["order"].str.slice(1)
            + f"-{question if measure == 'driver' else measure}",
            "survey": pl.Series([survey] * len(value), dtype=pl.String),
            "measure": pl.Series([measure] * len(value), dtype=pl.String),
            "question": pl.Series([question] * len(value), dtype=pl.String),
            "customer_id": about["customer"],
            "order_id": about["order"],
            "method": about["method"],
            "asked_at": days.instants("asked_at", about["asked"]),
            "answered_at": days.instants("answered_at", about["answered"]),
            "score": pl.Series(np.full(len(value), np.nan)).fill_nan(None)
            if words_
            else _known(answered, value),
            "scale_min": pl.Series([low] * len(value), dtype=pl.Float64),
            "scale_max": pl.Series([high] * len(value), dtype=pl.Float64),
            "better": pl.Series([better] * len(value), dtype=pl.String),
            "comment": value if words_ else empty,
            "language": pl.Series(LANGUAGES).gather(about["chinese"].astype(np.int64)),
        }
    )
    return frame.filter(pl.Series(keep))


def review_rows(
    draws: Draws,
    people: Traits,
    shop: Assortment,
    made: Orders,
    sent: Parcels,
    lines: Lines,
    felt: Opinions,
    order: pl.Series,
    customer: pl.Series,
) -> pl.DataFrame:
    """Rows of the table reviews: of delivered lines, more by the very happy and the very unhappy."""
    key, row = made.key[lines.order], lines.order
    own = (
        0.5 * shop.quality[lines.product]
        + 0.6 * felt.satisfaction[row]
        + 0.4 * draws.normal("review", key, lines.place)
    )
    when = known(sent.delivered[row] + DAY + draws.exponential("review wait", 4 * DAY, key, lines.place))
    share = opinion.REVIEWS + opinion.REVIEW_EXTREMES * np.minimum(own**2, 4)
    writes = (
        draws.chance("reviews", share, key, lines.place) & np.isfinite(when) & people.account[made.row[row]]
    )
    line = np.flatnonzero(writes)
    key, row, own, when = key[line], row[line], own[line], when[line]
    good = own > -0.35
    late = ~good & sent.late[row]
    topic = np.where(late, 1, draws.pick("review topic", (0.6, 0.15, 0.2, 0.05), key))
    chinese = people.chinese[made.row[row]]
    replied = known(when + draws.exponential("review reply", 2 * DAY, key))
    replied = np.where(draws.chance("replied", np.where(good, 0.25, 0.7), key), replied, np.nan)
    said = opinion.comment(draws, "review words", key, topic, good, chinese)
    number = pl.Series(lines.place[line] + 1).cast(pl.String)
    return pl.DataFrame(
        {
            "review_id": "W" + order.gather(row).str.slice(1) + "-" + number,
            "product_id": shop.ids(lines.product[line]),
            "order_id": order.gather(row),
            "customer_id": customer.gather(row),
            "reviewed_at": days.instants("reviewed_at", when),
            "score": np.clip(np.round(4.25 + 1.1 * own), 1, 5),
            "comment": _known(draws.chance("review text", 0.72, key), said),
            "language": pl.Series(LANGUAGES).gather(chinese.astype(np.int64)),
            "answered_at": days.instants("answered_at", replied),
        }
    )


def _known(known_: np.ndarray, values: pl.Series) -> pl.Series:
    return values.alias("x").to_frame().select(pl.when(pl.Series(known_)).then("x")).to_series()


def _either(first: np.ndarray, one: pl.Series, other: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"one": one, "other": other})
    return frame.select(pl.when(pl.Series(first)).then("one").otherwise("other")).to_series()
