"""Numbers and dates in both languages, by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from babel.numbers import format_decimal

from language import LOCALES, numbers

BOTH = ("en", "zh")


@pytest.mark.parametrize(
    ("x", "en", "zh"),
    [
        (0, "0", "0"),
        (0.5, "0.5", "0.5"),
        (12, "12", "12"),
        (9999, "9,999", "9,999"),
        (9999.7, "10K", "1万"),
        (12_345, "12.3K", "1.23万"),
        (999_949, "999.9K", "100万"),
        (960_000, "960K", "96万"),
        (999_960, "1M", "100万"),
        (99_994_000, "100M", "9,999万"),
        (1_200_000, "1.2M", "120万"),
        (12_345_678, "12.3M", "1,235万"),
        (99_999_999, "100M", "1亿"),
        (1_234_567_890, "1.2B", "12.3亿"),
        (-5_000_000, "−5M", "−500万"),
        (None, "–", "–"),
        (float("nan"), "–", "–"),
        (float("inf"), "–", "–"),
    ],
)
def test_compact(x, en, zh):
    assert (numbers.compact(x, "en"), numbers.compact(x, "zh")) == (en, zh)


def test_money():
    assert [numbers.money(1234.5, "USD", lang) for lang in BOTH] == ["$1,234.50", "US$1,234.50"]
    assert [numbers.money(-1234.5, "CNY", lang) for lang in BOTH] == ["−CN¥1,234.50", "−¥1,234.50"]
    assert [numbers.money(5, "JPY", lang) for lang in BOTH] == ["¥5", "JP¥5"]
    assert numbers.money(5, "CHF", "en") == "CHF 5.00"
    assert numbers.money(-0.001, "USD", "en") == "$0.00"


def test_compact_money():
    shown = [numbers.compact_money(x, "USD", "en") for x in (77.73, 999.999, 1234.4, 16_600_000, None)]
    assert shown == ["$77.73", "$1,000", "$1,234", "$16.6M", "–"]
    assert numbers.compact_money(1_200_000, "CNY", "zh") == "¥120万"


def test_rates_have_one_decimal_and_a_true_minus():
    assert numbers.percent(0.1 + 0.2, "en") == "30.0%"
    assert numbers.percent(-0.0123, "zh") == "−1.2%"
    assert [numbers.change(x, "en") for x in (0.291, -0.05, 0.00001, None)] == [
        "+29.1%",
        "−5.0%",
        "0.0%",
        "–",
    ]
    assert [numbers.change(30, lang) for lang in BOTH] == ["31 times", "31倍"]
    assert [numbers.points(0.004, lang) for lang in BOTH] == ["+0.4 pp", "+0.4个百分点"]
    assert numbers.points(-0.0004, "en") == "0.0 pp"


def test_value_by_unit():
    units = {"money": "$1,200", "percent": "120,000.0%", "ratio": "1,200.00×", "integer": "1,200"}
    assert {unit: numbers.value(1200, unit, "en") for unit in units} == units
    assert numbers.value(4.25, "score", "en") == "4.2"
    assert numbers.exact(12_345.678, "money", "en") == "$12,345.68"
    assert all(numbers.value(None, unit, "en") == "–" for unit in (*units, "number", "score"))


def test_differences_have_a_sign():
    assert numbers.difference(1200, "money", "en") == "+$1,200"
    assert numbers.difference(-0.3, "ratio", "en") == "−0.30×"
    assert numbers.difference(0.0, "money", "en") == "$0.00"
    assert numbers.difference(0.01, "percent", "zh") == "+1.0个百分点"


def test_an_axis_has_one_scale():
    assert numbers.axis([0, 50_000, 100_000], "money", "en") == ["0", "$50K", "$100K"]
    assert numbers.axis([0, 50_000, 100_000], "money", "zh", "CNY") == ["0", "¥5万", "¥10万"]
    assert numbers.axis([0, 0.005, 0.01], "percent", "en") == ["0.0%", "0.5%", "1.0%"]
    assert numbers.axis([0, 200_000, 1_000_000], "integer", "en") == ["0", "0.2M", "1.0M"]
    assert numbers.axis([0, 500_000, 1_500_000], "money", "en", "GBP") == ["0", "£0.5M", "£1.5M"]
    assert numbers.axis([0, 200, 1000], "money", "en") == ["0", "$200", "$1,000"]
    assert numbers.axis([0, 2_500_000, 5_000_000], "integer", "zh") == ["0", "250万", "500万"]
    assert numbers.axis([-0.5, 0, 0.5], "number", "en") == ["−0.5", "0", "0.5"]
    assert numbers.axis([], "money", "en") == []


def test_dates():
    first, last = date(2026, 4, 2), date(2026, 6, 30)
    assert [numbers.day(first, lang) for lang in BOTH] == ["2 Apr 2026", "2026年4月2日"]
    assert [numbers.day(first, lang, year=False) for lang in BOTH] == ["2 Apr", "4月2日"]
    assert [numbers.month(first, lang) for lang in BOTH] == ["Apr 2026", "2026年4月"]
    assert [numbers.days(first, last, lang) for lang in BOTH] == [
        "2 Apr – 30 Jun 2026",
        "2026年4月2日至6月30日",
    ]
    assert numbers.days(first, first, "en") == "2 Apr 2026"
    assert numbers.day(None, "en") == "–"


def test_moments_are_told_in_the_shops_time():
    moment = datetime(2026, 4, 2, 23, 5, tzinfo=UTC)
    assert numbers.moment(moment, "Asia/Shanghai", "en") == "3 Apr 2026, 07:05"
    assert numbers.moment(moment, "UTC", "zh") == "2026年4月2日 23:05"


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0, "0 s", "0秒"),
        (45, "45 s", "45秒"),
        (3600, "1 h", "1小时"),
        (12_000, "3 h 20 min", "3小时 20分钟"),
        (187_200, "2 d 4 h", "2天 4小时"),
        (None, "–", "–"),
    ],
)
def test_durations(seconds, en, zh):
    assert (numbers.duration(seconds, "en"), numbers.duration(seconds, "zh")) == (en, zh)


def test_no_number_shows_many_decimals():
    ugly = 1 / 3
    told = [
        numbers.value(ugly, unit, lang)
        for unit in ("money", "percent", "ratio", "integer", "number", "score")
        for lang in BOTH
    ]
    assert all(len(text.partition(".")[2].rstrip("%×")) <= 2 for text in told), told


@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize(
    "x", [0.0, 0.005, 0.015, 2.675, 1e-7, 999.995, 1234567.125, 31_415_926.535, 7e21, 12]
)
def test_numbers_are_written_as_babel_writes_them(x, lang):
    for digits in range(4):
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        assert numbers.number(x, lang, digits) == format_decimal(x, pattern, LOCALES[lang])


def test_money_that_stands_under_one_another_has_one_scale():
    assert numbers.column([11_274.3, 559.11, None], "money", "en") == ["$11,274", "$559", "–"]
    assert numbers.column([100.92, 11.04], "money", "en") == ["$100.92", "$11.04"]
    assert numbers.column([380_300, -124_100, 52_000], "money", "en", "GBP") == [
        "£380.3K",
        "−£124.1K",
        "£52.0K",
    ]
    assert numbers.column([380_300, -124_100, 52_000], "money", "zh", "GBP") == [
        "£38.0万",
        "−£12.4万",
        "£5.2万",
    ]
    assert numbers.column([1_456_146, 5_204, 0], "money", "en") == ["$1,456.1K", "$5.2K", "$0.0K"]
    assert numbers.column([1_456_146, 12], "money", "en") == ["$1,456,146", "$12"]
    assert numbers.column([0.123], "percent", "en") == ["12.3%"]
