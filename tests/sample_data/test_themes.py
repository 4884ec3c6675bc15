"""Themes of the sample shop are the topics that its sentences were written about."""

from datetime import date

import polars as pl
import pytest

from metrics.period import Period
from metrics.themes import themes
from sample_data.days import CARRIER_FORTNIGHT, END, START
from sample_data.words import COMMENTS
from sample_data.world import SHOP

TABLES = ("surveys", "reviews", "tickets", "customers")
TOPICS = {text: (topic, good) for (topic, good), said in COMMENTS.items() for texts in said for text in texts}


def frames(name, where=None, by=(), basis="order"):
    return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", SHOP["timezone"])})


@pytest.fixture(scope="module")
def found(shop):
    return themes(
        frames, *(shop[name].lazy() for name in TABLES), period=Period(START, END), as_of=END, quotes=9
    )


def test_each_theme_is_of_one_planted_topic_and_the_driver_is_it(found):
    quoted = found.examples.with_columns(topic=pl.col("text").replace_strict(
        {text: f"{topic} {'high' if good else 'low'}" for text, (topic, good) in TOPICS.items()}
    ))  # fmt: skip
    assert quoted.group_by("theme").agg(pl.col("topic").n_unique())["topic"].max() == 1
    named = quoted.join(found.themes.drop_nulls("driver").select("theme"), on="theme")
    assert named["theme"].n_unique() >= 9 and (named["theme"] == named["topic"]).all()


def test_bad_topics_score_worse_than_the_rest_and_good_ones_better(found):
    calls = found.themes.drop_nulls("driver").filter(pl.col("scored") >= 20)
    assert len(calls) >= 7
    assert calls.select(((pl.col("side") == "low") == (pl.col("call") == "worse")).all()).item()


def test_the_carrier_s_bad_fortnight_moves_late_delivery_and_nothing_else(shop):
    around = Period(date(2026, 4, 1), date(2026, 5, 19))
    found = themes(frames, *(shop[name].lazy() for name in TABLES), period=around, as_of=END)
    moved = found.weeks.filter("moved")
    assert set(moved["theme"]) == {"delivery low"} and (moved["change_low"] > 0).all()
    assert all(CARRIER_FORTNIGHT.first <= week <= CARRIER_FORTNIGHT.last for week in moved["week"])
