"""Who is behind a number: the pages' lists and the command line's, and what cannot be asked."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from cli import main
from metrics.analysis import ANALYSES
from metrics.metric import BadQuestion
from stories.behind import BEHIND, behind
from tests.loaders.shop import event
from tests.stories.shop import ask, build, more, orders

LAST = date(2026, 6, 28)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """12 customers visit; the first 8 look, the first 4 of them come back in the next week."""
    events, accounts = [], []
    for n in range(12):
        day = date(2026, 5, 4) + timedelta(days=n % 3)
        events.append(event(f"V{n}", f"{day}T10:00", "visit", device="Mobile"))
        if n < 8:
            events.append(event(f"V{n}", f"{day}T10:01", "view", device="Mobile"))
        if n < 4:
            events.append(event(f"V{n}", f"{day + timedelta(days=7)}T10:00", "visit", device="Mobile"))
        accounts.append({"customer_id": f"V{n}", "marketing_consent": n != 11})
    tables = {"events": events, "customers": accounts}
    return build(tmp_path_factory.mktemp("behind"), orders(), more(), tables)


def listed(shop, name, **typed) -> list[str]:
    asked = ask(shop)
    codes = behind(asked, name, ANALYSES[name].settings, typed)
    people = asked.frames("people").collect()
    names = dict(people.iter_rows())
    return sorted(names[code] for code in codes)


def test_each_list_by_hand(shop):
    assert listed(shop, "funnel", steps="visit,view,cart", at="1") == ["V10", "V11", "V8", "V9"]
    weekly = {"every": "week", "of_cohort": "2026-05-04", "in_period": "1"}
    assert listed(shop, "retention", **weekly) == ["V10", "V11", *(f"V{n}" for n in range(4, 10))]
    assert listed(shop, "retention", **{**weekly, "return_event": "view"}) == sorted(
        f"V{n}" for n in range(12)
    )
    took = listed(shop, "paths", path="visit", goal="view")
    assert {"V10", "V11", "V8", "V9"} <= set(took) and "V5" not in took


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("funel", {}, "Did you mean funnel"),
        ("funnel", {}, "needs at"),
        ("funnel", {"at": "9"}, "from 1 to"),
        ("funnel", {"at": "1", "stpes": "visit"}, "Did you mean steps"),
        ("retention", {"of_cohort": "2026-05", "in_period": "1"}, "Did you mean 2026-05-01"),
        ("retention", {"of_cohort": "2026-05-01", "in_period": "0"}, "from 1 to 12"),
    ],
)
def test_what_cannot_be_asked(shop, name, typed, message):
    with pytest.raises(BadQuestion, match=message):
        behind(ask(shop), name, ANALYSES[name].settings if name in BEHIND else {}, typed)


def test_the_command_line_lists_those_who_agreed(shop, capsys):
    weekly = ["every=week", "of_cohort=2026-05-04", "in_period=1"]
    asked = ["care", "retention", "--set", *weekly, "--store", str(shop.path)]
    assert main(["care"]) == 0 and "Who came to a step and no further" in capsys.readouterr().out
    assert main(asked) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told[2:-1]] == ["V10", *(f"V{n}" for n in range(4, 10))]
    assert told[-1].startswith("7 of 8 agreed to be written to"), "V11 did not"
    assert main([*asked, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 7
    assert main([*asked, "--set", "in_period=3", "--lang", "zh"]) == 0
    few = ["care", "funnel", "--set", "steps=visit,view,cart", "at=1", "--store", str(shop.path)]
    assert main(few) == 2 and "Fewer than 5" in capsys.readouterr().err
