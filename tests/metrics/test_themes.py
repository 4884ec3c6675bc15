"""Themes from hand-made comments in both languages: words, groups, drivers, scores, weeks, quotations."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import ttest_ind

from loaders.tables import dtypes
from metrics.period import DAY, Period
from metrics.theme_groups import groups
from metrics.theme_movers import weeks
from metrics.theme_sentiment import gap, judge
from metrics.theme_words import languages, words
from metrics.themes import themes

FIRST, LAST = date(2026, 1, 5), date(2026, 4, 26)  # sixteen weeks, Monday to Sunday
YEAR = Period(FIRST, LAST)

# topic → English and Chinese sentences, stars, the driver that is rated apart and by how much
SAID = {
    "late": (
        ["The parcel came late, the courier was slow.", "Slow courier, parcel late by days.", "My parcel was late again, courier slow"],
        ["快递太晚，物流很慢。", "物流慢，快递晚了好几天。"],
        2, "delivery", -2,
    ),
    "cheap": (
        ["Great value and a fair price.", "Fair price, great value for money.", "The price was fair, value great."],
        ["价格实惠，性价比高。", "性价比高，价格划算实惠。"],
        5, "price", 2,
    ),
    "broken": (
        ["The zip broke, poor material.", "Poor material and a broken zip", "Zip broke, material poor quality."],
        ["拉链坏了，材质差。", "材质很差，拉链容易坏。"],
        1, "quality", -2,
    ),
}  # fmt: skip
DRIVERS = ("delivery", "price", "quality", "service")


def told(n=240, surge=(), languages=("en", "zh"), seed=3) -> tuple[list[dict], list[dict]]:
    """Answers to a questionnaire: comments in turn on each topic, with csat and drivers. surge: days on which
    nearly all is about late parcels."""
    random_, rows = random.Random(seed), []
    reviews: list[dict] = []
    for i in range(n):
        day = FIRST + timedelta(days=i * YEAR.days // n)
        topic = "late" if day in surge and i % 5 else list(SAID)[i % 3]
        english, chinese, stars, driver, away = SAID[topic]
        lang = languages[(i // 3) % len(languages)]
        text = random_.choice(english if lang == "en" else chinese)
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        same = {
            "survey": "Delivery", "customer_id": f"C{i}", "order_id": f"O{i}", "method": "online", "asked_at": at,
            "answered_at": at, "scale_min": 1.0, "scale_max": 5.0, "better": "higher",
        }  # fmt: skip
        rows.append({**same, "answer_id": f"{i}-c", "measure": "comment", "comment": text})
        rows.append(
            {
                **same,
                "answer_id": f"{i}-s",
                "measure": "csat",
                "score": float(min(max(stars + random_.choice((-1, 0, 0, 1)), 1), 5)),
            }
        )
        for each in DRIVERS:
            rating = 3 + random_.choice((-1, 0, 0, 1)) + (away if each == driver else 0)
            rows.append(
                {
                    **same,
                    "answer_id": f"{i}-{each}",
                    "measure": "driver",
                    "question": each,
                    "score": float(min(max(rating, 1), 5)),
                }
            )
    return rows, reviews


def table(name: str, rows: list[dict]) -> pl.LazyFrame:
    return pl.DataFrame(rows, schema=dtypes(name), orient="row").lazy()


def frames(name, where=None, by=(), basis="order"):
    assert name == "log"
    return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})


def ask(surveys=None, reviews=None, tickets=None, customers=None, period=YEAR, **settings):
    given = {"surveys": surveys, "reviews": reviews, "tickets": tickets, "customers": customers}
    scans = [None if rows is None else table(name, rows) for name, rows in given.items()]
    return themes(frames, *scans, period=period, as_of=LAST, **settings)


@pytest.fixture(scope="module")
def found():
    return ask(told()[0])


def test_the_language_is_told_by_letters_and_what_is_stated():
    said = [
        "Good parcel",
        "快递慢",
        "とても良い",
        "Bom produto",
        "Tres bien",
        "12345 !!",
        "",
        None,
        "iPhone 手机壳很好",
    ]
    stated = [None, "en", None, "pt", "fr", None, None, None, None]
    assert languages(said, stated) == [None, "zh", None, None, None, None, None, None, "zh"]
    assert languages(["Good parcel", "The zip broke"], [None, None]) == [
        "en",
        "en",
    ]  # half have a function word
    assert languages(["Produto bom"] * 9 + ["The zip broke"], [None] * 10) == [None] * 9 + ["en"]


def test_words_are_plain_in_english_and_cut_in_chinese():
    assert words("The couriers' parcels weren't delivered, courier!", "en") == [
        "courier",
        "parcel",
        "weren't",
        "delivered",
        "courier",
    ]
    assert words("Batteries, boxes and glass status", "en") == ["battery", "boxe", "glass", "status"]
    assert words("快递晚了，物流太慢。", "zh") == ["快递", "晚", "物流", "太慢"]
    assert words("It is not good", "en") == ["good"] and words("It is not good", "en", stop=False) == [
        "it",
        "is",
        "not",
        "good",
    ]


def test_comments_on_the_same_are_one_theme_in_both_languages(found):
    assert set(found.themes["theme"]) == {"delivery low", "price high", "quality low"}
    late = found.themes.row(by_predicate=pl.col("theme") == "delivery low", named=True)
    assert set(late["english"].split(", ")) >= {"late", "courier", "parcel", "slow"}
    assert {"快递", "物流"} <= set(late["chinese"].split("、"))
    assert (late["comments"], late["customers"], found.n, found.without) == (80, 80, 240, 0)
    assert late["share"] == pytest.approx(1 / 3) and late["share_low"] < 1 / 3 < late["share_high"]
    assert (late["call"], found.themes.filter(theme="price high")["call"][0]) == ("worse", "better")
    assert found.verdict.identified and found.auc > 0.9


def test_the_same_comments_give_the_same_themes(found):
    again = ask(told()[0])
    for name in ("themes", "weeks", "examples", "tried"):
        assert getattr(again, name).equals(getattr(found, name))
    part = ask(told()[0], period=Period(FIRST, FIRST + 55 * DAY))
    assert set(part.themes["theme"]) == set(found.themes["theme"])  # other days, the same themes


def test_without_ratings_themes_stay_in_their_language():
    rows = [row for row in told()[0] if row["measure"] != "driver"]
    kept = ask(rows).themes
    assert kept["driver"].null_count() == len(kept) == 6
    assert (kept["english"].is_null() != kept["chinese"].is_null()).all()


def test_the_gap_is_welch_s_where_there_is_one_source():
    random_ = np.random.default_rng(1)
    score, member = random_.normal(60, 20, 90), np.arange(90) < 30
    one = gap(score, member, np.array(["review"] * 90))
    peer = ttest_ind(score[:30], score[30:], equal_var=False)
    ends = peer.confidence_interval(0.95)
    assert one.gap == pytest.approx(score[:30].mean() - score[30:].mean()) and one.p == pytest.approx(
        peer.pvalue
    )
    assert (one.low, one.high) == pytest.approx((ends.low, ends.high))


def test_the_gap_compares_within_sources_alone():
    # Reviews score 40 more than answers; within each, a theme scores 10 less. Pooled it would look better.
    source = np.array(["review"] * 40 + ["survey"] * 40)
    member = np.array([True] * 30 + [False] * 10 + [True] * 10 + [False] * 30)
    noise = np.tile([1.0, -1.0], 40)
    score = np.where(source == "review", 90, 50) - 10.0 * member + noise
    assert score[member].mean() > score[~member].mean()
    assert gap(score, member, source).gap == pytest.approx(-10)
    assert gap(score[:8], member[:8], source[:8]) is None


def test_the_interval_of_the_gap_holds_the_truth():
    random_, held, rounds = np.random.default_rng(5), 0, 400
    for _ in range(rounds):
        member = random_.random(120) < 0.3
        source = np.where(random_.random(120) < 0.5, "review", "survey")
        score = random_.normal(70, 18, 120) - 6 * member + 10 * (source == "review")
        one = gap(score, member, source)
        held += one.low <= -6 <= one.high
    assert 0.92 <= held / rounds <= 0.98


def test_the_classifier_refuses_where_words_tell_nothing():
    random_ = random.Random(2)
    bags = [[random_.choice("abcdefgh")] for _ in range(300)]
    score = np.array([random_.choice((0.0, 100.0)) for _ in bags])
    made = judge(bags, score, [str(i) for i in range(300)])
    assert made.unhappy is None and made.auc < 0.6 and "too badly" in made.reason
    assert judge(bags[:50], score[:50], [str(i) for i in range(50)]).auc is None


def test_comments_without_a_score_are_judged_by_their_words():
    requests = [
        {"ticket_id": f"T{i}", "customer_id": f"X{i}", "opened_at": datetime(2026, 2, 1 + i, tzinfo=UTC),
         "comment": text, "score": 5.0}
        for i, text in enumerate(["The courier was slow and my parcel late"] * 8 + ["Great value, a fair price"] * 8)
    ]  # fmt: skip
    rows = ask(told()[0], tickets=requests).themes
    late, cheap = (
        rows.row(by_predicate=pl.col("theme") == each, named=True) for each in ("delivery low", "price high")
    )
    assert (late["unscored"], cheap["unscored"], late["scored"]) == (8, 8, 80)
    assert late["unhappy"] > 0.75 > 0.25 > cheap["unhappy"]


def test_a_surge_is_found_in_its_week_alone():
    surge = {LAST - k * DAY for k in range(7)}
    rows = ask(told(480, surge)[0]).weeks
    moved = rows.filter(pl.col("moved"), pl.col("change") > 0)
    assert moved.select("theme", "week").rows() == [("delivery low", LAST - 6 * DAY)]
    row = moved.row(0, named=True)
    assert (
        row["change"] == pytest.approx(row["comments"] / row["of"] - row["before"]) and row["change_low"] > 0
    )
    assert rows.filter(pl.col("week") < FIRST + 56 * DAY)["before"].null_count() == len(
        rows.filter(pl.col("week") < FIRST + 56 * DAY)
    )  # eight weeks are not there yet: nothing is known, not 0


def test_weeks_by_hand():
    days = [FIRST + k * DAY for k in range(63)]
    lists = [["a"] if k % 5 == 0 or k >= 56 else [] for k in range(63)]
    rows = weeks(
        pl.DataFrame({"day": days, "themes": pl.Series(lists, dtype=pl.List(pl.String))}),
        Period(days[56], days[62]),
        FIRST,
    )
    (row,) = rows.to_dicts()
    assert (row["comments"], row["of"], row["before"], row["week"]) == (
        7,
        7,
        pytest.approx(12 / 56),
        days[56],
    )
    assert row["moved"] and row["q"] < 0.001


def test_examples_are_masked_and_only_of_themes_of_enough_customers():
    rows, _ = told()
    rows = [
        row | {"comment": row["comment"] + " Call 9123 4567, Grace"} if row.get("comment") else row
        for row in rows
    ]
    found = ask(rows, customers=[{"customer_id": f"C{i}", "name": "Grace Lim"} for i in range(240)])
    assert len(found.examples) and not found.examples["text"].str.contains("Grace|9123").any()
    assert set(found.examples.columns) == {"theme", "lang", "text", "source", "month", "score"}
    few = ask(rows, period=Period(FIRST, FIRST + 4 * DAY))
    assert few.n and few.themes.is_empty() and few.examples.is_empty()
    assert any("fewer than 5 customers" in each for each in few.warnings)


def test_too_few_and_nothing_are_said_plainly():
    assert "needs the table surveys" in ask().warnings[0]
    none = ask(told()[0], period=Period(FIRST - 30 * DAY, FIRST - DAY))
    assert none.n == 0 and "nobody wrote" in none.verdict.reasons[0]
    few = ask(told(40)[0])
    assert (
        few.n == 40 and few.themes.is_empty() and not few.verdict.identified and "too few" in few.warnings[0]
    )
    assert groups([["a", "b"]] * 59) is None


def test_reviews_alone_have_themes():
    wrote = [
        {"review_id": f"R{i}", "customer_id": f"C{i}", "reviewed_at": datetime(2026, 2, 1 + i % 28, tzinfo=UTC),
         "score": float(SAID[topic][2]), "comment": SAID[topic][0][i % 3], "language": "en"}
        for i, topic in enumerate(list(SAID) * 30)
    ]  # fmt: skip
    found = ask(reviews=wrote)
    assert len(found.themes) == 3 and found.themes["call"].to_list().count("worse") >= 1
