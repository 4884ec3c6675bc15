"""Tests on the screen: planned, saved, read out, forgotten; proposed where a promotion or a price is unclear."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import pytest

from loaders.records import keep, records
from metrics.experiment import experiment
from tests.ui.test_pages import opened, words


@pytest.fixture
def store(sample_store, tmp_path):
    """The sample shop's data with plans of its own."""
    own = tmp_path / "store"
    own.mkdir()
    shutil.copy(sample_store / "CURRENT", own)
    (own / "versions").symlink_to(sample_store / "versions")
    return own


def test_from_nothing_to_a_plan_that_is_read_out_and_forgotten(store, monkeypatch):
    app = opened(store, monkeypatch, "experiments")
    assert "Nothing is tested yet" in words(app) + "".join(each.value for each in app.markdown)
    app.button(key="start_regions").click().run()
    assert app.selectbox(key="units").value == "regions" and app.query_params["part"] == "plan"
    app = opened(store, monkeypatch, "experiments", part="plan", effect="0.5", goal="revenue")
    assert app.text_input(key="keep_plan_name").value == "Revenue per customer"
    assert len(app.get("plotly_chart")) == 1
    app.text_input(key="keep_plan_name").set_value("Longer returns").run()
    app.date_input(key="keep_plan_start").set_value(date(2026, 3, 1)).run()
    app.button(key="keep_plan").click().run()
    assert not app.exception and len(app.success) == 1
    kept = experiment(records(store, "plans")["Longer returns"])
    assert (kept.goal, kept.start, kept.salt) == ("revenue", date(2026, 3, 1), "Longer returns")
    app = opened(store, monkeypatch, "experiments")
    assert "1 read out" in words(app) and "Sample ratio" in words(app)
    app.button(key="test_forget").click().run()
    assert records(store, "plans") == {} and not app.exception


def test_each_promotion_proposes_its_own_test(store, monkeypatch):
    app = opened(store, monkeypatch, "promotions", range="180d")
    first = app.text_input(key="keep_promotion_name").value
    other = next(each for each in app.selectbox(key="promotion").options if each != first)
    app.selectbox(key="promotion").select(other).run()
    assert app.text_input(key="keep_promotion_name").value == other
    app.button(key="keep_promotion").click().run()
    plan = experiment(records(store, "plans")[other])
    assert [arm.share for arm in plan.arms] == [0.1, 0.9] and plan.why


def test_an_unclear_price_proposes_a_test(store, monkeypatch):
    app = opened(store, monkeypatch, "pricing")
    of = app.selectbox(key="test").value
    assert app.text_input(key=f"keep_price-{of}_name").value == of
    app.button(key=f"keep_price-{of}").click().run()
    (plan,) = (experiment(each) for each in records(store, "plans").values())
    assert plan.turn == 7 and plan.start and plan.why == of
    told = " ".join(frame.value.to_string() for frame in app.dataframe)
    assert str(round(plan.today[plan.arms[1].members[0]] * 0.85, 2)) in told  # the page shows what it keeps
    keep(store, "plans", of, replace(plan, start=date(2026, 4, 1)).record())
    app = opened(store, monkeypatch, "experiments")
    assert "as far as planned" in words(app) and app.get("download_button")


def test_prices_are_planned_turn_by_turn_or_in_halves(store, monkeypatch):
    app = opened(store, monkeypatch, "experiments", part="plan", units="products", of="Home", step="0.1")
    assert app.selectbox(key="design").value == "turns" and "goal" not in [each.key for each in app.selectbox]
    app.button(key="keep_plan").click().run()
    (plan,) = (experiment(each) for each in records(store, "plans").values())
    assert [arm.price for arm in plan.arms] == [None, -0.1, 0.1] and not app.exception
    app.selectbox(key="design").select("halves").run()
    app.button(key="keep_plan").click().run()
    (plan,) = (experiment(each) for each in records(store, "plans").values())
    assert plan.turn == 0 and [arm.price for arm in plan.arms] == [None, -0.1]


def test_a_damaged_file_of_plans_says_so(store, monkeypatch):
    keep(store, "plans", "x", {})
    (store / "saved" / "plans.json").write_text("{", "utf-8")
    app = opened(store, monkeypatch, "experiments")
    assert "not JSON any more" in app.error[0].value
