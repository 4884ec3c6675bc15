"""Questionnaires after delivery and after service: who is asked, who answers, what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_data import opinion
from sample_data.columns import instants, labels, only
from sample_data.days import DAY, HOUR, known
from sample_data.draws import Draws, Floats, Ints, Keys
from sample_data.opinion import Opinions
from sample_data.orders import Orders
from sample_data.parcels import Parcels
from sample_data.people import Traits
from sample_data.run import NOISE, Run
from sample_data.tickets import Tickets

INVITED, INVITED_SERVICE = 0.62, 0.7  # of orders that arrived; of requests that were closed
METHODS = (  # share; share that answers; added to what is felt: people are kinder to a voice or a face
    ("online", 0.84, 0.24, 0.0),
    ("phone", 0.14, 0.55, 0.25),
    ("field", 0.02, 0.88, 0.40),
)
ANSWER_EXTREMES = 0.10  # added to the share that answers, by squared satisfaction
ANSWERS_SERVICE, RATES, WRITES = 0.42, 0.93, 0.35
NOISE_SPREAD = 0.9  # of satisfaction, in a survey of noise
NPS, NPS_STEP = 8.3, 1.55  # at usual satisfaction; by satisfaction
CSAT, CSAT_STEP = 4.3, 0.75
CES, CES_WAIT, CES_STEP = 1.7, 0.5, -0.4  # by log hours of waiting; by satisfaction
LANGUAGES = ("en", "zh")
QUESTIONS = {
    "nps": "How likely are you to recommend us to a friend?",
    "csat": "How satisfied are you with this order?",
    "comment": "Is there anything else?",
    "ces": "How much effort did it take to get your request handled?",  # 1 … 5 (Dixon et al. 2010)
}
SCALES = {
    "nps": (0, 10, "higher"),
    "csat": (1, 5, "higher"),
    "driver": (1, 5, "higher"),
    "ces": (1, 5, "lower"),
}


@dataclass(frozen=True)
class Asked:
    """The people asked in one survey: arrays of one length. order: row in the orders."""

    survey: str
    order: Ints
    method: pl.Series
    asked: Floats
    answered: Floats  # NaN without an answer
    chinese: np.ndarray
    kinder: Floats  # added to what is felt

    @property
    def answers(self) -> np.ndarray:
        return np.isfinite(self.answered)


def survey_rows(
    draws: Draws, run: Run, people: Traits, made: Orders, sent: Parcels, requests: Tickets, felt: Opinions
) -> pl.DataFrame:
    """Rows of the table surveys. Who does not answer keeps the row of the first question, without a score."""
    asked = _after_delivery(draws, people, made, sent, felt)
    key, happy, ratings = made.key[asked.order], felt.satisfaction[asked.order], felt.ratings[asked.order]
    if run.null == NOISE:
        happy = NOISE_SPREAD * draws.normal("noise", key)
        ratings = 1 + draws.whole("noise rating", 5, key[:, None], np.arange(len(opinion.DRIVERS)))
    happy = happy + asked.kinder
    nps = scored(happy)
    csat = np.clip(np.round(CSAT + CSAT_STEP * happy + 0.3 * draws.normal("csat", key)), 1, 5)
    every = np.ones(len(key), bool)
    frames = [_answers(made, asked, "nps", nps, every), _answers(made, asked, "csat", csat, asked.answers)]
    for number, driver in enumerate(opinion.DRIVERS):
        rates = asked.answers & draws.chance("rates driver", RATES, key, number)
        frames.append(_answers(made, asked, "driver", ratings[:, number].astype(float), rates, driver))
    gap = ratings - np.array(opinion.USUAL)
    topic = np.where(happy > 0, gap.argmax(axis=1), gap.argmin(axis=1))
    said = opinion.comment(draws, "survey words", key, topic, happy > 0, asked.chinese)
    writes = asked.answers & draws.chance("writes", WRITES, key)
    frames.append(_answers(made, asked, "comment", said, writes))
    frames.append(_after_service(draws, people, made, requests, felt))
    return pl.concat(frames, how="diagonal_relaxed")


def scored(happy: Floats) -> Floats:
    """The answer to "how likely are you to recommend us", 0 … 10, by satisfaction."""
    return np.clip(np.round(NPS + NPS_STEP * happy), 0, 10)


def _after_delivery(draws: Draws, people: Traits, made: Orders, sent: Parcels, felt: Opinions) -> Asked:
    when = known(sent.home(made) + DAY + 6 * HOUR * draws.uniform("invited when", made.key))
    invited = np.isfinite(when) & people.account[made.row] & draws.chance("invited", INVITED, made.key)
    order = np.flatnonzero(invited)
    key, when = made.key[order], when[order]
    method = draws.pick("survey method", [share for _, share, _, _ in METHODS], key)
    base, kinder = np.array([[answers, kinder] for _, _, answers, kinder in METHODS])[method].T
    extreme = ANSWER_EXTREMES * np.minimum(felt.satisfaction[order] ** 2, 3)
    wait = np.where(method == 0, draws.exponential("answer wait", 20 * HOUR, key), 300.0)
    return Asked(
        survey="After delivery",
        order=order,
        method=labels([name for name, *_ in METHODS], method),
        asked=when,
        answered=_if(draws, "answers", base + extreme, key, when + wait),
        chinese=people.chinese[made.row[order]],
        kinder=kinder,
    )


def _after_service(
    draws: Draws, people: Traits, made: Orders, requests: Tickets, felt: Opinions
) -> pl.DataFrame:
    when, key = known(requests.resolved + HOUR), made.key[requests.order]
    reached = np.flatnonzero(np.isfinite(when) & draws.chance("service invited", INVITED_SERVICE, key))
    order, key, when = requests.order[reached], key[reached], when[reached]
    wait = draws.exponential("service answer wait", 10 * HOUR, key)
    asked = Asked(
        survey="After service",
        order=order,
        method=labels(("online",), np.zeros(len(order), np.int64)),
        asked=when,
        answered=_if(draws, "service answers", ANSWERS_SERVICE, key, when + wait),
        chinese=people.chinese[made.row[order]],
        kinder=np.zeros(len(order)),
    )
    hours = (requests.answered - requests.opened)[reached] / HOUR
    effort = CES + CES_WAIT * np.log1p(hours) + CES_STEP * felt.satisfaction[order]
    effort = np.clip(np.round(effort + 0.6 * draws.normal("effort", key)), 1, 5)
    frame = _answers(made, asked, "ces", effort, np.ones(len(order), bool))
    return frame.with_columns(ticket_id="T" + pl.col("order_id").str.slice(1))


def _if(draws: Draws, question: str, share: np.ndarray | float, key: Keys, when: Floats) -> Floats:
    """The time of an answer where there is one (yet)."""
    return known(np.where(draws.chance(question, share, key), when, np.nan))


def _answers(
    made: Orders, asked: Asked, measure: str, values: Floats | pl.Series, keep: np.ndarray, driver: str = ""
) -> pl.DataFrame:
    """The rows of one question: of those in `keep`. values: scores, or what was written."""
    order, question = made.id.gather(asked.order), driver or QUESTIONS[measure]
    low, high, better = SCALES.get(measure, (None, None, None))
    frame = pl.DataFrame(
        {
            "answer_id": "A" + order.str.slice(1) + f"-{driver or measure}",
            "customer_id": made.customer.gather(asked.order),
            "order_id": order,
            "method": asked.method,
            "asked_at": instants("asked_at", asked.asked),
            "answered_at": instants("answered_at", asked.answered),
            "language": labels(LANGUAGES, asked.chinese.astype(int)),
        }
    )
    if isinstance(values, pl.Series):
        frame = frame.with_columns(values.alias("comment"))
    else:
        frame = frame.with_columns(only(asked.answers, pl.Series("score", values)))
    same = {"survey": asked.survey, "measure": measure, "question": question, "better": better}
    frame = frame.with_columns(pl.lit(value, pl.String).alias(name) for name, value in same.items())
    scale = {"scale_min": low, "scale_max": high}
    frame = frame.with_columns(pl.lit(value, pl.Float64).alias(name) for name, value in scale.items())
    return frame.filter(pl.Series(keep))
