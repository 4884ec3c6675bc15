"""The improvement plan as a story and a report: what is overdue, what helped, and every claim recomputed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from metrics.improvement_record import KIND
from metrics.period import DAY
from stories import improvement
from stories.blocks import Chart, Finding, Heading, Table, Text, Warning
from stories.improvement import brief, gather, improvements, section
from stories.named import named_report
from stories.recompute import recompute
from stories.report import flat
from tests.stories.shop import LAST, ask

BASE = {"metric": "on_time_rate", "finding": "Parcels late", "action": "Second carrier", "owner": "Logistics"}


def shaken(k: int) -> float:
    """Between −0.02 and 0.02, without an order that repeats."""
    return ((k * 7919) % 41 - 20) / 1000


DONE = LAST - 35 * DAY
DAYS = pl.DataFrame({"day": [LAST - k * DAY for k in range(200)]}).with_columns(
    deliveries=pl.lit(1000),
    on_time=pl.Series([
        round(1000 * (0.8 + 0.1 * (LAST - k * DAY > DONE) + shaken(k))) for k in range(200)
    ]),
)  # fmt: skip


def frames(name, where=None, by=(), basis="order"):
    return DAYS.lazy()


def planned(whole, records, **chosen):
    """records: key → facts."""
    asked = replace(
        ask(whole), frames=frames, results=None, records=lambda kind: records if kind == KIND else {}
    )
    return gather(asked, **chosen)


PLAN = {
    "a": BASE | {"done": str(DONE), "expected": 0.05},
    "b": BASE
    | {"finding": "尺码不准", "action": "换尺码表", "due": str(LAST - DAY), "status": "in progress"},
    "c": BASE | {"finding": "Slow answers", "action": "Two more agents", "done": str(LAST - 7 * DAY)},
    "d": BASE | {"finding": "Old idea", "status": "dropped"},
    "e": BASE | {"finding": "Not late yet", "due": str(LAST)},
}


def test_overdue_ones_come_first_and_the_rest_by_status(whole):
    plan = planned(whole, PLAN)
    assert [item.improvement.key for item in plan.items] == ["b", "e", "c", "a", "d"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_overdue_and_what_helped_is_told_and_every_claim_holds(whole, lang):
    plan = planned(whole, PLAN, chosen="a")
    told = improvements(plan, lang)
    found = [block for block in flat(told) if isinstance(block, Finding)]
    assert {"en": "Of 5 improvements, 1 overdue, 2 open or under way in all, 2 done. Of 1 that can be read so far, 1 helped",
            "zh": "共 5 项改进：逾期 1 项，进行中或待办共 2 项，已完成 2 项。目前可以判断的 1 项中，1 项见效"}[lang] in found[0].text  # fmt: skip
    assert (found[1].action, found[1].owner, found[1].tone) == ("换尺码表", "Logistics", "bad")
    helped = next(each for each in found if "Second carrier" in each.text)
    assert helped.tone == "good" and {"en": "It helped", "zh": "见效"}[lang] in helped.text
    assert len(helped.claims) == 3
    asked = plan.asked
    for claim in helped.claims:
        again = recompute(claim, lambda period, how, where, basis: replace(asked, period=period, where=where))
        assert again == pytest.approx(claim.value), claim
    early = next(each for each in found if "Two more agents" in each.text)
    assert {"en": "It can be read from 20 Jun 2026 on", "zh": "2026年6月20日"}[lang] in early.text
    (chart,) = [block for block in told if isinstance(block, Chart)]
    assert chart.marks[0].start == DONE + DAY and chart.unit == "percent"
    listed, effects = [block for block in told if isinstance(block, Table)]
    assert len(listed.frame) == 5
    assert effects.frame["effect"][0] == "–" and effects.frame["effect"][1].startswith("+")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_planned_and_a_damaged_record_are_said(whole, lang):
    _, text, *begin = improvements(planned(whole, {}), lang)
    assert len(begin) == 4
    assert isinstance(text, Text) and len(text.text) > 20 and brief(planned(whole, {}), lang) == []
    told = improvements(planned(whole, {"x": {"finding": "?"}, "a": PLAN["a"]}), lang)
    (warning,) = [block for block in told if isinstance(block, Warning)]
    assert "x" in warning.text
    wrong = planned(whole, {"a": PLAN["a"] | {"where": {"planet": ["Mars"]}}})
    assert "planet" in wrong.broken["a"] and improvements(wrong, lang)


def test_other_reports_have_those_of_their_metrics(whole):
    plan = planned(whole, PLAN | {"q": BASE | {"metric": "question:delivery"}})
    title, *rest = section(plan, "en", ("on_time_rate",))
    assert isinstance(title, Heading) and title.level == 2
    assert next(block for block in rest if isinstance(block, Table)).frame.height == 5
    assert section(plan, "en", ("nps",)) == [] and len(section(plan, "en", ("question:",))) == 3


def test_the_report_is_named_and_short(whole):
    assert named_report("improvements") is improvement.REPORT
    plan = planned(whole, PLAN)
    assert 1 <= len(brief(plan, "en")) <= 6
    charts = [block for block in improvement.REPORT.blocks(plan, "en") if isinstance(block, Chart)]
    assert len(charts) == 1  # of the one that can be read
    assert date(2026, 5, 30) == LAST
