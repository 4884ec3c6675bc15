"""The page Truths as blocks: what was planted, what methods found, and what a real shop is told instead."""

from __future__ import annotations

import polars as pl
import pytest

from charts.chart import Chart
from metrics.recovery import RECOVERIES, ROWS
from sample_data.truth import DEFINITIONS
from stories import recovery, truths
from stories.blocks import Finding, Heading, Row, Table, Text, Warning

REFUSAL = "The price hardly moves."


def document(null: str = "") -> dict:
    planted = [
        ("funnel", "conversion", "Mobile", 0.03, 0.0),
        ("funnel", "conversion", "Mobile 2026-01-05", 0.02, 0.0),
        ("satisfaction", "nps", "", 31.2, 0.0),
        ("promotion", "lift_units", "double11", 161.0, 4.0),
        ("promotion", "lift_units", "yoga", 6.0, 0.0),
        ("promotion", "revenue", "yoga", None, 0.0),
        ("elasticity", "own", "P00001", -1.8, 0.0),
        ("campaign", "roi", "sem-brand", -0.4, 0.0),
        ("news", "rate", "x", 1.0, 0.0),
    ]
    return {
        "seed": 7,
        "null": null,
        "definitions": [
            {"topic": topic, "measure": measure, "unit": unit, "meaning": meaning}
            for (topic, measure), (unit, meaning) in DEFINITIONS.items()
        ],
        "truths": [
            dict(zip(("topic", "measure", "of", "value", "error"), row, strict=True)) for row in planted
        ],
    }


ROWS_FOUND = pl.DataFrame(
    [
        ("conversion", "Mobile", 0.03, 0.0306, 0.029, 0.032, 60_000, ""),
        ("nps_online", "", 31.2, 23.2, 18.4, 27.9, 988, ""),
        ("before_after", "double11", 161.0, 198.4, 179.2, 217.7, 246, ""),
        ("before_after", "yoga", 6.0, 1.7, -12.7, 16.1, 16, ""),
        (
            "before_after",
            "summer",
            44.0,
            None,
            None,
            None,
            0,
            "The four weeks before it are not in the data.",
        ),
        ("price_slope", "P00001", -1.8, None, None, None, 30, REFUSAL),
    ],
    schema=ROWS,
    orient="row",
)
NAMED = {"double11": "11.11", "yoga": "Yoga day", "summer": "Summer clearance"}


def topic(chosen: str, lang: str = "en") -> list:
    return recovery.topic(document(), ROWS_FOUND, chosen, NAMED, lang)


def test_every_topic_that_is_declared_is_named():
    assert {topic for topic, _ in DEFINITIONS} == set(truths.TOPICS)


def test_the_overview_counts_intervals_and_names_the_worst_miss():
    heading, *rest = truths.overview(document(), ROWS_FOUND, "en", "USD")
    assert isinstance(heading, Heading) and "seed 7" in heading.note
    findings = [block for block in rest if isinstance(block, Finding)]
    assert [(each.text, each.tone) for each in findings] == [
        ("Counted: 1 of 1 intervals contain the truth.", "good"),
        ("Naive methods: 1 of 3 intervals contain the truth.", "neutral"),
        ("NPS of those who answered online: 23.2 (18.4 – 27.9), and the truth is 31.2.", "bad"),
    ]
    table = truths.methods(ROWS_FOUND, "en")
    assert table.frame.select("method", "asked", "answered", "inside").rows() == [
        ("Conversion by device", 1, 1, 1.0),
        ("NPS of those who answered online", 1, 1, 0.0),
        ("Promotion: before and after", 3, 2, 0.5),
        ("Units by price, a product at a time", 1, 0, None),
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("null", ["inert", "steady", "noise"])
def test_a_world_without_effects_says_so(null, lang):
    assert isinstance(truths.overview(document(null), ROWS_FOUND, lang, "USD")[1], Warning)


def test_shares_are_drawn_as_multiples_of_the_truth():
    chart, table = topic("funnel")
    assert isinstance(chart, Chart) and (chart.kind, chart.unit) == ("interval", "ratio")
    drawn = chart.table.select("subject", "value", "low", "high", "planted", "tone").row(0)
    assert drawn == ("Mobile", *(pytest.approx(x) for x in (1.02, 29 / 30, 32 / 30, 1.0)), "good")
    assert chart.alt == "Conversion by device: 1 of 1 intervals contain what was planted."
    assert table.frame["value"].to_list() == [0.0306]  # the table keeps the unit


def test_units_are_drawn_as_they_are_and_refusals_counted():
    chart, table = topic("promotion")
    assert chart.unit == "number" and chart.note.endswith("1 of 3 refused.")
    assert chart.table.select("subject", "value", "tone").rows() == [
        ("11.11", 198.4, "bad"),
        ("Yoga day", 1.7, "good"),
    ]
    assert table.frame.select("subject", "planted", "inside").rows() == [
        ("11.11", 161.0, "no"),
        ("Yoga day", 6.0, "yes"),
        ("Summer clearance", 44.0, "The four weeks before it are not in the data."),
    ]
    assert {column.name: column.kind for column in table.columns}["planted"] == "integer"


def test_a_method_that_only_refuses_says_why_in_place_of_its_chart():
    chart, _ = topic("elasticity")
    assert chart.missing == f"Refused: {REFUSAL}"
    assert topic("elasticity", "zh")[0].missing == "拒绝作答：价格几乎不变。"


def test_two_methods_stand_side_by_side_and_units_in_tables_of_their_own():
    more = pl.concat(
        [
            ROWS_FOUND.filter(name="nps_online"),
            ROWS_FOUND.filter(name="nps_online").with_columns(name=pl.lit("nps_answered")),
            ROWS_FOUND.filter(name="conversion").with_columns(
                name=pl.lit("driver_importance"), of=pl.lit("price")
            ),
        ]
    )
    blocks = recovery.topic(document(), more, "satisfaction", {}, "en")
    assert isinstance(blocks[0], Row) and len(blocks[0].blocks) == 2 and isinstance(blocks[1], Chart)
    assert [block.name for block in blocks[2:]] == [
        "recovered_satisfaction_score",
        "recovered_satisfaction_percent",
    ]


def test_a_topic_without_methods_says_so():
    (block,) = topic("campaign")
    assert isinstance(block, Text)


def test_planted_truths_are_told_with_their_meaning():
    table = truths.planted(document(), "promotion", "lift_units", NAMED, "en")
    assert isinstance(table, Table)
    assert (table.title, table.note) == ("Planted: Lift units", DEFINITIONS["promotion", "lift_units"][1])
    assert [column.name for column in table.columns] == ["subject", "value", "error", "of"]
    assert table.frame.rows() == [("11.11", 161.0, 4.0, "double11"), ("Yoga day", 6.0, None, "yoga")]
    table = truths.planted(document(), "funnel", "conversion", {}, "zh")
    assert table.frame["subject"].to_list() == ["手机", "手机 2026-01-05"]
    assert table.title == "真值：转化率"


def test_topics_and_measures_are_those_that_have_truths():
    assert truths.topics(document()) == [
        "funnel",
        "satisfaction",
        "promotion",
        "elasticity",
        "campaign",
        "news",
    ]
    assert truths.measures(document(), "promotion") == ["lift_units", "revenue"]
    assert truths.measured("revenue", "zh") == "净收入"  # of truths it is net of returns


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_method_and_every_truth_is_told_in_both_languages(lang):
    whole = document()
    whole["truths"] = [
        {"topic": topic, "measure": measure, "of": "a", "value": 1.0, "error": 0.0}
        for topic, measure in DEFINITIONS
    ]
    found = pl.DataFrame(
        [(name, "a", 1.0, 1.1, 0.9, 1.3, 10, "") for name in RECOVERIES], schema=ROWS, orient="row"
    )
    for name in truths.topics(whole):
        for measure in truths.measures(whole, name):
            *_, planted, methods = truths.page(whole, found, name, measure, {}, lang, "USD")
            assert (planted.frame.height, methods.frame.height) == (1, len(RECOVERIES))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_real_shop_is_told_where_to_look(lang):
    heading, warning = truths.nothing(lang)
    assert isinstance(heading, Heading) and "make run STORE=sample" in warning.text


def test_figures_have_the_digits_that_matter():
    told = [recovery.told(x, "number", "en", "USD") for x in (0.02192, -1.836, 52.14, 1203.4, None)]
    assert told == ["0.0219", "−1.84", "52.1", "1,203", "–"]
    assert recovery.told(0.0777, "percent", "zh", "USD") == "7.8%"
    assert recovery.told(12_345.6, "money", "en", "USD") == "$12.3K"
