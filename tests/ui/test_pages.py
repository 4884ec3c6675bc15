"""Every page in both languages, without a browser: no exception, its heading, its blocks."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from loaders.records import records
from metrics.recovery import RECOVERIES
from ui import grid

MAIN = str(Path(__file__).parents[2] / "ui" / "main.py")


def opened(store, monkeypatch, page="", **link):
    monkeypatch.setenv("PLUMBLINE_STORE", str(store))
    app = AppTest.from_file(MAIN, default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    if page:
        app.switch_page(str(Path(MAIN).parents[1] / "pages" / f"{page}.py"))
        for name, value in link.items():
            app.query_params[name] = value
        app.run()
    assert not app.exception, app.exception[0].message
    return app


def words(app) -> str:
    return "\n".join(each.proto.body for each in app.get("html") if "<style>" not in each.proto.body)


HEADINGS = {
    "overview": {"en": "Overview", "zh": "总览"},
    "traffic": {"en": "Traffic", "zh": "流量"},
    "retention": {"en": "Retention", "zh": "留存"},
    "paths": {"en": "Paths", "zh": "路径"},
    "pricing": {"en": "Pricing", "zh": "定价"},
    "promotions": {"en": "Promotions", "zh": "促销"},
    "coupons": {"en": "Coupons", "zh": "优惠券"},
    "experiments": {"en": "Experiments", "zh": "实验"},
    "themes": {"en": "Themes", "zh": "评论主题"},
    "improvement": {"en": "Improvement plan", "zh": "改进计划"},
    "satisfaction": {"en": "Satisfaction", "zh": "满意度"},
    "drivers": {"en": "Drivers", "zh": "驱动因素"},
    "service": {"en": "Service", "zh": "客服"},
    "returns_delivery": {"en": "Returns and delivery", "zh": "退货与配送"},
    "funnel": {"en": "Funnel", "zh": "漏斗"},
    "data": {"en": "Data", "zh": "数据"},
    "dictionary": {"en": "Dictionary", "zh": "指标词典"},
    "truths": {"en": "Truths", "zh": "真值"},
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("page", HEADINGS)
def test_every_page_opens(sample_store, monkeypatch, page, lang):
    app = opened(sample_store, monkeypatch, page, lang=lang)
    assert f'<h1 class="pl-title">{HEADINGS[page][lang]}</h1>' in words(app)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("page", [each for each in HEADINGS if each != "truths"])
def test_every_page_opens_without_data(tmp_path, monkeypatch, page, lang):
    app = opened(tmp_path / "none", monkeypatch, page, lang=lang)
    if page != "dictionary":
        assert app.button(key="import_start").disabled


def test_the_overview_fills_every_block(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch)
    assert words(app).count("data-metric=") >= 8
    assert "pl-missing" not in words(app) and "pl-empty" not in words(app)
    assert len(app.get("plotly_chart")) == 1 and len(app.dataframe) == 2
    assert words(app).count('<ul class="pl-bars"') == 3


def test_a_filter_changes_figures_and_link(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch)
    before = words(app)
    app.multiselect(key="where_channel").select("E-mail").run()
    assert app.query_params["channel"] == "E-mail"
    assert words(app) != before
    app.segmented_control(key="range").set_value("30d").run()
    assert app.query_params["range"] == "30d"
    assert app.query_params["channel"] == "E-mail"


def test_a_choice_of_days_that_is_not_finished_changes_nothing(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch, **{"from": "2026-05-01", "to": "2026-05-31"})
    first, last = app.date_input(key="days").value
    app.date_input(key="days").set_value((first,)).run()
    assert (app.query_params["from"], app.query_params["to"]) == ("2026-05-01", "2026-05-31")
    app.date_input(key="days").set_value((first, last.replace(day=10))).run()
    assert app.query_params["to"] == "2026-05-10"


def test_personal_data_is_hidden_until_asked_for(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch, "data", part="tables")
    app.selectbox(key="preview_table").select("customers").run()
    assert not {"customer_id", "name", "email", "phone"} & customers(app)
    app.toggle(key="preview_persons").set_value(True).run()
    assert {"customer_id", "email"} <= customers(app)


def customers(app) -> set[str]:
    shown = [set(table.value.columns) for table in app.dataframe]
    return next(columns for columns in shown if "signed_up_at" in columns)


def test_the_link_keeps_a_topic_and_what_was_planted(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch, "truths", topic="promotion", measure="margin")
    assert (app.selectbox(key="topic").value, app.selectbox(key="measure").value) == ("promotion", "margin")
    methods = [each for each in RECOVERIES.values() if each.topic == "promotion"]
    assert all(each.label in words(app) for each in methods)
    assert "nothing is surely bought together" in words(app), (
        "the halo is refused in this shop, with its reason"
    )
    assert len(app.get("plotly_chart")) == len(methods) - 1 == 5
    app.selectbox(key="topic").select("satisfaction").run()
    assert app.query_params["topic"] == "satisfaction"
    assert app.selectbox(key="measure").value == "weight"  # promotions alone have margins
    methods = [each for each in RECOVERIES.values() if each.topic == "satisfaction"]
    assert len(app.get("plotly_chart")) == len(methods) == 5


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_of_a_shop_that_is_not_the_sample_shop_nothing_is_known(tmp_path, monkeypatch, lang):
    app = opened(tmp_path / "none", monkeypatch, "truths", lang=lang)
    assert "make run STORE=sample" in words(app)
    assert not app.selectbox and not app.get("plotly_chart")


def test_promises_of_service_are_chosen_and_kept_in_the_link(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch, "service")
    before = words(app)
    app.selectbox(key="respond").set_value("1").run()
    assert app.query_params["respond"] == ["1"] or app.query_params["respond"] == "1"
    assert words(app) != before and "within 1 h of business time" in words(app)
    app.selectbox(key="open").set_value("office").run()
    assert "9 h a day" in words(app) and not app.exception


def test_a_page_without_its_frame_refuses():
    app = AppTest.from_file(str(Path(MAIN).parents[1] / "pages" / "overview.py")).run()
    assert "without its frame" in app.error[0].value
    assert not app.get("html")


def test_the_link_keeps_how_people_were_asked(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch, "satisfaction", asked="phone")
    assert app.selectbox(key="asked").value == "phone" and "NPS, by phone" in words(app)
    app.selectbox(key="asked").select("pooled").run()
    assert app.query_params["asked"] == "pooled" and "NPS, all ways together" in words(app)
    assert "Ways of asking are pooled" in words(app)


def test_drivers_of_recommending_are_others(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch, "drivers", range="1y")
    before = words(app)
    app.selectbox(key="outcome").select("nps").run()
    assert app.query_params["outcome"] == "nps" and words(app) != before
    assert "differences in NPS" in words(app) and len(app.get("plotly_chart")) == 2


def test_tables_of_a_story_are_made_ready_once(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch, range="7d")
    first = [each.proto.SerializeToString() for each in app.dataframe]
    monkeypatch.setattr(grid, "_formatted", lambda *_: pytest.fail("a table was formatted again"))
    app.run()
    assert not app.exception, app.exception[0].message
    assert [each.proto.SerializeToString() for each in app.dataframe] == first != []


def test_what_is_beside_a_story_is_drawn_anew(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch, "data")
    seen = []
    for table in ("orders", "returns"):
        app.selectbox(key="preview_table").set_value(table).run()
        assert not app.exception, app.exception[0].message
        seen.append([each.proto.SerializeToString() for each in app.dataframe])
    assert len(seen[0]) == len(seen[1]) > 1 and seen[0][-1] != seen[1][-1] and seen[0][-2] != seen[1][-2]


def test_the_test_of_prices_that_would_tell_can_be_kept(sample_store, tmp_path, monkeypatch):
    store = tmp_path / "store"
    shutil.copytree(sample_store, store)
    app = opened(store, monkeypatch, "pricing")
    category = app.selectbox(key="test").value
    app.button(key=f"keep_price-{category}").click().run()
    assert not app.exception, app.exception[0].message
    (kept,) = records(store, "plans").values()
    assert kept["turn"] == 7 and [each.get("price") for each in kept["arms"]] == [None, -0.15, 0.15]
    assert kept["why"] == category and len(kept["today"]) == sum(
        len(each["members"]) for each in kept["arms"]
    )


def test_the_simulator_follows_its_product_and_its_price(sample_store, monkeypatch):
    app = opened(sample_store, monkeypatch, "pricing")
    first, names = app.selectbox(key="product").value, app.selectbox(key="product").options
    low = float(app.select_slider(key="price").options[0].lstrip("$"))
    app.select_slider(key="price").set_value(low)
    app.run()
    assert not app.exception
    assert app.query_params["price"] == str(low) and f" at ${low:,.2f} instead of" in words(app)
    app.selectbox(key="product").select_index(1).run()
    assert not app.exception and len(names) > 20
    assert app.selectbox(key="product").value != first and "price" not in app.query_params
