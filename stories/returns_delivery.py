"""Returns and delivery on one page: did it come when promised, and what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from charts.chart import Mark
from language import say, together
from language.reasons import tell
from metrics.metric import BadQuestion
from metrics.stars import last_known
from stories import delivery, returns
from stories.answered import Answered, answer
from stories.asked import Asked, Check
from stories.blocks import Block, Heading, Text, Warning
from stories.delivery_findings import strata
from stories.happened import happened
from stories.service_words import clause, sentence
from stories.words import heading

PARTS = ("delivery", "returns")


@dataclass(frozen=True)
class ReturnsDeliveryData:
    """By part, its analysis (found), that of the comparison (earlier), or why there is none (problems)."""

    asked: Asked
    found: Mapping[str, Answered]
    earlier: Mapping[str, Answered]
    problems: Mapping[str, str]
    marks: tuple[Mark, ...] = ()


def gather(
    asked: Asked, checks: Sequence[Check] = (), settings: Mapping[str, Mapping[str, Any]] = {}
) -> ReturnsDeliveryData:
    found: dict[str, Answered] = {}
    earlier: dict[str, Answered] = {}
    problems: dict[str, str] = {}
    for part in PARTS:
        own = settings.get(part, {})
        try:
            now = answer(_to_the_last(asked) if part == "delivery" else asked, part, **own)
        except BadQuestion as problem:
            problems[part] = str(problem)
            continue
        if not now.result.n:
            problems[part] = now.result.warnings[0]
            continue
        found[part] = now
        if asked.against:
            before = answer(replace(asked, period=asked.against, comparison="none"), part, **own)
            earlier |= {part: before} if before.result.n else {}
    marks = happened(asked.tables, asked.elapsed, asked.shop.timezone).marks
    mine = tuple(each for each in marks if each.kind == "incident")
    return ReturnsDeliveryData(asked, found, earlier, problems, mine)


def _to_the_last(asked: Asked) -> Asked:
    """With the days after the last order on which parcels still came, where they are asked for."""
    if asked.period.end <= asked.shop.last:
        return asked
    tables = asked.tables("reviews"), asked.tables("shipments")
    return asked.known_to(asked.once("last arrival", lambda: last_known(*tables, asked.shop.timezone)))


def returns_delivery(data: ReturnsDeliveryData, lang: str) -> list[Block]:
    blocks: list[Block] = [heading(say("Returns and delivery", lang), data.asked, lang)]
    blocks += parts(data, lang)
    if data.found:
        blocks += [Heading(say("How it is counted", lang), level=2), Text(method(data, lang))]
    return blocks


def parts(data: ReturnsDeliveryData, lang: str) -> list[Block]:
    """Delivery and returns, each under its heading."""
    return [
        Heading(say("Delivery", lang), level=2),
        *_delivery(data, lang),
        Heading(say("Returns", lang), level=2),
        *_returns(data, lang),
    ]


def _delivery(data: ReturnsDeliveryData, lang: str) -> list[Block]:
    if "delivery" not in data.found:
        return [Warning(_why(data, "delivery", lang))]
    return delivery.blocks(data.found["delivery"], data.earlier.get("delivery"), data.marks, lang)


def _returns(data: ReturnsDeliveryData, lang: str) -> list[Block]:
    if "returns" not in data.found:
        return [Warning(_why(data, "returns", lang))]
    return returns.blocks(data.found["returns"], data.earlier.get("returns"), lang)


def _why(data: ReturnsDeliveryData, part: str, lang: str) -> str:
    what = say("Delivery", lang) if part == "delivery" else say("Returns", lang)
    return say("{what}: {why}", lang, what=what, why=clause(tell(data.problems[part], lang), lang))


def method(data: ReturnsDeliveryData, lang: str) -> str:
    told = [method_of(data.found[part], part, lang) for part in PARTS if part in data.found]
    told.append(
        say(
            "Groups are compared with others alike (Mantel and Haenszel) and corrected for many comparisons "
            "(Benjamini and Hochberg); groups of few customers are left out. Shares carry Wilson's interval.",
            lang,
        )
    )
    return together(told, lang)


def method_of(found: Answered, part: str, lang: str) -> str:
    warnings = [sentence(tell(each, lang), lang) for each in found.result.warnings]
    if part == "delivery":
        told = [
            say(
                "Parcels count on the day they arrived; exactly when promised is on time. What is on the way "
                "and past its promise is told apart. A carrier's bad days are the days in a row, 28 at most, "
                "on which parcels handed over came late most beside its other days, found by a scan "
                "statistic (Kulldorff).", lang,
            ),
            say(
                "Reviews and later orders look back a year at least and compare within {strata}; what is "
                "overdue is late there. What else differs between late and punctual orders is not held.",
                lang, strata=strata(found, lang),
            ),
        ]  # fmt: skip
    else:
        told = [
            say(
                "Returns count on the day of the order, a product in an order once, whole or part. Cancelled "
                "orders are in nothing. Margin lost is the money given back less the cost of the goods that "
                "came back.", lang,
            ),
            say(
                "Goods can come back for {n} days; until then a rate may rise.", lang,
                n=found.result.window_days,
            ),
        ]  # fmt: skip
    return together([*told, *warnings], lang)
