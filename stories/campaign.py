"""The report of one promotion: its truth card, and in the appendix how it was read."""

from __future__ import annotations

from collections.abc import Sequence

from language import phrase, say
from language.reasons import tell
from metrics.metric import BadQuestion, did_you_mean
from stories import promotion_card
from stories.asked import Asked, Check
from stories.blocks import Block, Column, Finding, Heading, Table, Text, Warning
from stories.named import Named, last_month
from stories.promotion_words import method
from stories.promotions import PromotionsData, calendar, gather
from stories.report import FINDINGS
from stories.words import heading


def collect(asked: Asked, checks: Sequence[Check] = (), promotion: str = "") -> PromotionsData:
    """That promotion; by default the last one of the days that can be read, else the last one.

    Raises BadQuestion where none of that id began on the days.
    """
    data = gather(asked, checks)
    if data.found is None:
        return data
    rows = data.found.result.promotions
    if promotion:
        known = rows["promotion"].to_list()
        if promotion not in known:
            raise BadQuestion(
                f"No promotion {promotion!r} began on these days. There are: {', '.join(known)}."
                f"{did_you_mean([promotion], known)}"
            )
        return PromotionsData(asked, data.found, chosen=promotion)
    known = rows.drop_nulls("lift")["promotion"].to_list() or rows["promotion"].to_list()
    return PromotionsData(asked, data.found, chosen=known[-1])


def campaign(data: PromotionsData, lang: str) -> list[Block]:
    title = heading(say("Campaign", lang), data.asked, lang)
    if data.found is None:
        return [title, Warning(tell(data.problem, lang))]
    found = data.found
    return [
        title,
        *promotion_card.card(found, data.chosen, lang),
        Heading(say("Appendix", lang), level=2),
        Text(method(found, lang)),
        *_placebos(data, lang),
        calendar(found, lang, reasons=False),
    ]


def _placebos(data: PromotionsData, lang: str) -> list[Table]:
    assert data.found
    rows = data.found.result.placebos.filter(promotion=data.chosen, kind="unit")
    if rows.is_empty():
        return []
    columns = (
        Column("of", say("Not promoted", lang)),
        Column("expected", say("Expected units", lang), "integer"),
        Column("effect", say("Units more", lang), "integer"),
        Column("z", say("In standard errors", lang), "number"),
    )
    title = say("Placebos while it lasted", lang)
    note = say("What the same reading finds where there was no promotion", lang)
    return [Table(rows.select(c.name for c in columns), columns, title, note, name="placebos")]


def brief(data: PromotionsData, lang: str) -> list[Finding]:
    if data.found is None:
        return []
    row = data.found.result.promotions.filter(promotion=data.chosen).row(0, named=True)
    return promotion_card.verdict(data.found, row, lang)[:FINDINGS]


REPORT = Named(
    "campaign",
    phrase("Campaign"),
    phrase("one promotion: what it brought, what it cost, and whether to run it again"),
    last_month,
    collect,
    campaign,
    brief,
    promotion=True,
)
