"""The improvement plan on the screen: add, change, finish, delete, and what a link hands over."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from loaders.records import keep, records
from metrics.improvement_record import KIND
from tests.ui.test_pages import opened, words

LATE = {"finding": "Parcels late", "metric": "on_time_rate", "action": "Second carrier", "owner": "Logistics",
        "due": "2026-05-10"}  # fmt: skip


@pytest.fixture
def store(sample_store, tmp_path):
    """The sample shop's data with records of its own."""
    own = tmp_path / "store"
    own.mkdir()
    shutil.copy(sample_store / "CURRENT", own)
    (own / "versions").symlink_to(sample_store / "versions")
    return own


def test_an_empty_plan_says_how_to_begin_and_adds(store, monkeypatch):
    app = opened(store, monkeypatch, "improvement")
    assert "Nothing is planned yet" in "".join(each.value for each in app.markdown) + words(app)
    app.button(key="improvement_add").click().run()
    app.text_area(key="improvement_finding").set_value("Payments on mobile failed").run()
    app.button(key="improvement_save").click().run()
    assert "needs its action" in app.error[0].value and records(store, KIND) == {}
    app.text_area(key="improvement_action").set_value("Roll the update back")
    app.selectbox(key="improvement_metric").set_value("conversion_rate")
    app.selectbox(key="improvement_column").set_value("device").run()
    app.multiselect(key="improvement_values").set_value(["Mobile"])
    app.number_input(key="improvement_expected").set_value(0.5)
    app.date_input(key="improvement_due").set_value(date(2026, 6, 1)).run()
    app.button(key="improvement_save").click().run()
    assert not app.exception
    ((key, kept),) = records(store, KIND).items()
    assert (
        kept["where"] == {"device": ["Mobile"]} and kept["expected"] == 0.005 and kept["due"] == "2026-06-01"
    )
    assert app.query_params["improvement"] == key and "edit" not in app.query_params
    assert "Overdue" in words(app) and "Roll the update back" in words(app)


def test_what_was_found_elsewhere_is_handed_over(store, monkeypatch):
    app = opened(
        store, monkeypatch, "improvement", finding="Delivery is rated low", metric="question:delivery"
    )
    assert app.text_area(key="improvement_finding").value == "Delivery is rated low"
    assert app.selectbox(key="improvement_metric").value == "question:delivery"
    assert app.selectbox(key="improvement_column").options[1:] == ["Survey", "Way of asking", "Language"]
    app.button(key="improvement_cancel").click().run()
    assert "finding" not in app.query_params and not app.text_area


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_one_is_changed_done_and_deleted(store, monkeypatch, lang):
    keep(store, KIND, "a", LATE)
    keep(store, KIND, "b", LATE | {"finding": "另一个发现"})
    app = opened(store, monkeypatch, "improvement", improvement="a", lang=lang)
    assert not app.get("plotly_chart")
    app.button(key="improvement_edit").click().run()
    assert app.text_area(key="improvement_action").value == "Second carrier"
    app.text_input(key="improvement_owner").set_value("Li").run()
    keep(store, KIND, "c", LATE)  # somebody else adds one meanwhile
    app.button(key="improvement_save").click().run()
    assert records(store, KIND)["a"]["owner"] == "Li" and len(records(store, KIND)) == 3
    app.date_input(key="improvement_day").set_value(date(2026, 5, 3)).run()
    app.button(key="improvement_finished").click().run()
    kept = records(store, KIND)["a"]
    assert (kept["status"], kept["done"]) == ("done", "2026-05-03")
    assert len(app.get("plotly_chart")) == 1  # its measure before and after
    assert {"en": "On-time delivery", "zh": "准时率"}[lang] in words(app)
    app.button(key="improvement_delete").click().run()
    assert set(records(store, KIND)) == {"b", "c"} and not app.exception
    assert not app.get("plotly_chart")


def test_a_theme_becomes_an_improvement(store, monkeypatch):
    app = opened(store, monkeypatch, "themes", **{"from": "2026-04-01", "to": "2026-05-19"})
    assert app.selectbox(key="theme").value == "delivery low"
    app.button(key="theme_plan").click().run()
    assert not app.exception and "Improvement plan" in words(app)
    assert app.text_area(key="improvement_finding").value.startswith("Delivery, rated low: 3")
    assert app.selectbox(key="improvement_metric").value == "question:delivery"
