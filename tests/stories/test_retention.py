"""Retention's story: its numbers are those of the data, and each can be computed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from language import say
from metrics.period import Period
from reports.claims import shows
from stories.asked import Shop
from stories.blocks import Chart, Finding, Table, Text, Warning
from stories.recompute import recompute
from stories.report import flat
from stories.retention import gather, retention
from tests.loaders.shop import event
from tests.stories.shop import IMPORTED, ask, build, more, orders

LAST = date(2026, 6, 28)


def visits():
    """60 customers first come on the days of 4 May to 14 June; of those before 25 May half are back a week
    later, of the others every sixth. One came long before.
    """
    events = [event("Old", "2026-03-01T10:00", "visit", device="Mobile")]
    for n in range(60):
        day = date(2026, 5, 4) + timedelta(days=n % 42)
        events.append(event(f"V{n}", f"{day}T10:00", "visit", device="Mobile"))
        if n % 2 == 0 if day < date(2026, 5, 25) else n % 6 == 0:
            events.append(event(f"V{n}", f"{day + timedelta(days=7)}T10:00", "view", device="Mobile"))
    return {"events": events}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return build(tmp_path_factory.mktemp("retention"), orders(), more(), visits())


def question(store, **chosen):
    shop = Shop(LAST, imported_at=IMPORTED)
    return ask(store, **{"shop": shop, "period": Period(date(2026, 5, 4), date(2026, 6, 14)), **chosen})


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_number_is_computed_again_and_shown_as_it_is(seen, lang):
    blocks = list(flat(retention(gather(question(seen)), lang)))
    claims = [claim for b in blocks if isinstance(b, Finding) for claim in b.claims]

    def again(period, comparison, where, basis):
        return question(seen, period=period, comparison=comparison, where=where, basis=basis)

    assert len(claims) >= 8
    for claim in claims:
        assert claim.value is not None and claim.value == recompute(claim, again)
        assert shows(claim.printed, claim.value, lang), claim


def test_sixty_customers_by_hand(seen):
    blocks = list(flat(retention(gather(question(seen)), "en")))
    told = "\n".join(b.text for b in blocks if isinstance(b, Finding | Text))
    back = sum(n % 2 == 0 if n % 42 < 21 else n % 6 == 0 for n in range(60))
    assert f"**{back / 60:.1%}** of 60 who came for the first time come back in week 1" in told
    assert "Later cohorts (from " in told and "95% interval" in told
    charts = {b.title: b for b in blocks if isinstance(b, Chart)}
    heat = charts["Share that comes back, by cohort"]
    assert heat.table["period"].unique().len() == 12 and heat.table["cohort"][0] == "4 May 2026"
    tables = {b.name: b for b in blocks if isinstance(b, Table)}
    assert set(tables) == {"retention_cohorts", "retention_medians", "retention_definitions"}
    same = tables["retention_definitions"].frame
    assert same["definition"].to_list()[0] == "Plumbline" and len(same) == 6
    assert (same["n"][0], same["returned"][0]) == (60, back)


def test_nobody_and_no_events(seen, tmp_path):
    early = Period(date(2026, 1, 1), date(2026, 1, 31))
    for asked, told in (
        (question(seen, period=early), "Nobody came for the first time"),
        (question(build(tmp_path, orders())), "needs the table events: import it"),
    ):
        found = [b for b in retention(gather(asked), "en") if isinstance(b, Warning)]
        assert told in found[-1].text
        assert retention(gather(replace(asked)), "zh")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "Cohorts are by the first visit ever, not the first in the chosen days."),
        ({"of": "orders"}, "Cohorts are by the first order ever, not the first in the chosen days."),
        ({"preset": "posthog"}, "A customer enters anew in each period with such an event: cohorts overlap."),
        (
            {"preset": "amplitude"},
            "Days are of 24 hours from the full hour of each customer's entry; weeks are of 7 days and months "
            "of 30, from its day.",
        ),
    ],
    ids=str,
)
def test_the_method_says_what_was_counted(seen, settings, told, lang):
    blocks = list(flat(retention(gather(question(seen), settings=settings), lang)))
    assert any(say(told, lang) in b.text for b in blocks if isinstance(b, Text))
    first = next(b.text for b in blocks if isinstance(b, Finding))
    same = any(b.name == "retention_definitions" for b in blocks if isinstance(b, Table))
    assert same == ("preset" not in settings), "six definitions stand beside rules that are ours only"
    new = {"en": "for the first time", "zh": "首次来访"}[lang]
    assert (new in first) == ("preset" not in settings)
