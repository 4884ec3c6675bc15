"""Experiments on the sample shop: kept plans are read out, told and cited; what cannot be read says why."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from cli import main
from loaders.records import keep, records
from metrics.experiment import Arm, Experiment, experiment
from metrics.period import Period
from metrics.turns import calendar
from reports.claims import shows
from reports.shop import opened
from stories.answered import answer
from stories.blocks import Chart, Finding, Table, Text
from stories.experiments import experiments, gather
from stories.recompute import recompute
from stories.report import flat
from stories.test_plans import gather as gather_plan
from stories.test_plans import proposal

HALVES = (Arm("control", 0.5), Arm("treated", 0.5))
OVER = Experiment("Free shipping", "customers", "orders", HALVES, 60, date(2026, 4, 1), "free")
PLANS = {
    "Free shipping": OVER.record(),
    "Longer returns": replace(OVER, name="Longer returns", start=date(2026, 6, 1), days=84).record(),
    "Autumn": replace(OVER, name="Autumn", start=date(2026, 9, 1)).record(),
    "Broken": {"name": "Broken"},
}


@pytest.fixture(scope="module")
def asked(sample):
    """All days of the sample shop."""
    return sample.ask(Period(sample.first, sample.last), "none", {})


def texts(blocks) -> str:
    return "\n".join(b.text for b in flat(blocks) if isinstance(b, Finding | Text))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_kept_plans_are_read_out_and_every_number_is_computed_again(asked, sample, lang):
    data = gather(asked, plans=PLANS)
    blocks = list(flat(experiments(data, lang)))
    assert [each.state for each in data.kept] == ["over", "running", "planned", ""]
    claims = [claim for b in blocks if isinstance(b, Finding) for claim in b.claims]
    assert len(claims) > 3

    def again(period, comparison, where, basis):
        return sample.ask(period, comparison, where)

    for claim in claims:
        assert claim.value is not None and claim.value == recompute(claim, again)
        assert shows(claim.printed, claim.value, lang), claim
    assert {b.kind for b in blocks if isinstance(b, Chart)} == {"interval"}
    table = next(b for b in blocks if isinstance(b, Table) and b.name == "experiments")
    assert table.frame["name"].to_list() == ["Free shipping", "Longer returns", "Autumn", "Broken"]


def test_nobody_reacts_to_what_nobody_did(asked):
    """The split is by code, and no arm was treated: the interval holds no effect."""
    (kept,) = gather(asked, plans={"Free shipping": PLANS["Free shipping"]}).kept
    (row,) = kept.effects
    assert row["low"] < 0 < row["high"] and kept.found.result.verdict.call != "supported"


def test_without_plans_it_says_how_to_begin(asked):
    assert "Plan a test" in texts(experiments(gather(asked, plans={}), "en"))
    assert "计划" in texts(experiments(gather(asked, plans={}), "zh"))


@pytest.mark.parametrize(
    "settings", [{"units": "customers"}, {"units": "regions"}, {"units": "products", "category": "Beauty"}]
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_proposal_tells_days_and_what_it_would_find(asked, settings, lang):
    data = gather_plan(asked, settings)
    assert data.plan is not None and data.plan.units == settings["units"] and data.plan.detectable > 0
    assert any(isinstance(b, Table) for b in flat(proposal(data, lang)))


def turned(asked, name="Home", start=date(2026, 2, 4)):
    """The category's test that pricing proposes, and the shop as if its prices had been asked."""
    tests = answer(asked, "pricing").result.tests
    plan = replace(experiment(tests.filter(category=name)["plan"][0]), days=126, start=start)
    rows = calendar(plan).select("product", "first", "last", "price")

    def tables(table):
        found = asked.tables(table)
        if table != "order_lines":
            return found
        day = pl.col("ordered_at").dt.date()
        planned = found.with_row_index("row").join(rows.lazy(), left_on="product_id", right_on="product")
        planned = planned.filter(day.is_between("first", "last")).select("row", planned="price")
        whole = found.with_row_index("row").join(planned, on="row", how="left")
        return whole.with_columns(unit_price=pl.coalesce("planned", "unit_price")).drop("row", "planned")

    return plan, replace(asked, tables=tables, results=None)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("start", [date(2026, 2, 4), date(2026, 4, 1)])
def test_prices_turn_by_turn_are_told(asked, lang, start):
    """Nobody reacts, for only what was asked was changed: near 0, and every number is computed again."""
    plan, shop = turned(asked, start=start)
    data = gather(shop, plans={plan.name: plan.record()})
    blocks = list(flat(experiments(data, lang)))
    (kept,) = data.kept
    assert kept.state == ("running" if start.month == 4 else "over") and kept.found.result.verdict.identified
    assert kept.found.result.elasticity_low < 0.5 and kept.found.result.elasticity_high > -1
    claims = [claim for b in blocks if isinstance(b, Finding) for claim in b.claims]
    assert {claim.settings["cell"][1] for claim in claims} >= {"elasticity", "elasticity_low"}
    for claim in claims:
        assert shows(claim.printed, claim.value, lang), claim
        assert claim.value == recompute(claim, lambda period, *_: replace(shop, period=period))
    shown = {b.name: b.frame for b in blocks if isinstance(b, Table)}
    assert len(shown["test_outcomes"]) == 6 and len(shown["test_calendar"]) == 18
    prices, product = shown["test_prices"], plan.arms[0].members[0]
    assert prices.height == len(plan.today) and plan.today[product] in prices["price_0"]
    said = texts(blocks)
    assert ("price elasticity" if lang == "en" else "价格弹性") in said
    never = gather(asked, plans={plan.name: plan.record()})
    assert ("prices moved" if lang == "en" else "价格变动仅为") in texts(experiments(never, lang))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_proposal_of_prices_tells_each_price_and_the_risk(asked, lang):
    data = gather_plan(asked, {"units": "products", "category": "Home", "settle": 1})
    blocks = list(flat(proposal(data, lang)))
    assert ("At risk" if lang == "en" else "风险") in texts(blocks)
    shown = {b.name: b for b in blocks if isinstance(b, Table)}
    assert [c.kind for c in shown["test_prices"].columns] == ["text", "text", "money", "money", "money"]
    assert shown["test_calendar"].frame["days"][0] == ("Turn 1" if lang == "en" else "第 1 轮")
    halves = gather_plan(asked, {"units": "products", "category": "Beauty", "design": "halves"})
    assert halves.plan.turn == 0 and any(b.name == "test_members" for b in flat(proposal(halves, lang))
                                         if isinstance(b, Table))  # fmt: skip


def test_the_command_line_prints_the_calendar_of_prices(asked, sample, tmp_path, capsys):
    store = tmp_path / "store"
    shutil.copytree(sample.store.path, store)
    plan, _ = turned(asked)
    keep(store, "plans", "Home", plan.record())
    assert main(["plans", "--calendar", "Home", "--store", str(store)]) == 0
    rows = pl.read_csv(io.StringIO(capsys.readouterr().out), try_parse_dates=True)
    assert rows.columns == ["product_id", "first", "last", "arm", "price"]
    assert len(rows) == 18 * len(plan.today) and rows["last"].max() == plan.end
    keep(store, "plans", "Home", replace(plan, start=None).record())
    assert main(["plans", "--calendar", "Home", "--store", str(store)]) == 2
    assert "no calendar of prices" in capsys.readouterr().err


def test_the_command_line_keeps_reads_and_forgets(sample, tmp_path, capsys):
    store = tmp_path / "store"
    shutil.copytree(sample.store.path, store)
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(replace(OVER, start=None).record()), "utf-8")
    there = ["--store", str(store)]
    assert main(["plans", *there]) == 0 and "No test is kept" in capsys.readouterr().out
    assert main(["plans", "--save", str(file), "--start", "2026-04-01", *there]) == 0
    assert records(store, "plans")["Free shipping"]["start"] == "2026-04-01"
    capsys.readouterr()
    assert main(["plans", *there]) == 0 and "Free shipping" in capsys.readouterr().out
    assert main(["plans", "--json", *there]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["state"] == "over" and told["n"] > 1000
    assert main(["plans", "--forget", "Free shiping", *there]) == 2
    assert "Did you mean Free shipping" in capsys.readouterr().err
    assert main(["plans", "--forget", "Free shipping", *there]) == 0 and not records(store, "plans")
    keep(store, "plans", "Broken", {"name": "Broken"})
    assert main(["plans", "--lang", "zh", *there]) == 0
    assert opened(store).last == sample.last
