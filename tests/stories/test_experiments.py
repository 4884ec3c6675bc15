"""Experiments on the sample shop: kept plans are read out, told and cited; what cannot be read says why."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date

import pytest

from cli import main
from loaders.records import keep, records
from metrics.experiment import Arm, Experiment
from metrics.period import Period
from reports.claims import shows
from reports.shop import opened
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
