"""Names of marks never overlap, however many there are; what finds no room is not lost."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from charts.chart import Mark
from charts.marks import WIDTH, drawn, place, room, shortened
from charts.sheet import width
from charts.theme import theme

FIRST, LAST = date(2026, 4, 1), date(2026, 6, 30)
days = st.dates(FIRST - timedelta(days=20), LAST + timedelta(days=20))
marks = st.builds(
    lambda start, length, label, kind: Mark(start, label, start + timedelta(days=length), kind),
    days,
    st.integers(0, 60),
    st.text(min_size=1, max_size=40),
    st.sampled_from(["incident", "promotion", "holiday", ""]),
)


@given(st.lists(marks, max_size=25))
def test_names_never_overlap_and_stay_inside(found):
    placed = place(found, FIRST, LAST)
    named = [each for each in placed if each.text]
    assert all(each.left >= -1e-9 and each.right <= WIDTH + 1e-9 for each in named)
    for a, b in combinations(named, 2):
        assert a.lane != b.lane or a.right < b.left or b.right < a.left


@given(st.lists(marks, max_size=25))
def test_every_mark_in_the_period_is_drawn(found):
    placed = place(found, FIRST, LAST)
    inside = [mark for mark in found if mark.start <= LAST and mark.end >= FIRST]
    assert sorted(map(repr, (each.mark for each in placed))) == sorted(map(repr, inside))
    shapes, names = drawn(placed, theme(False), 250)
    assert len(shapes) >= len(placed)
    assert len(names) == sum(bool(each.text) for each in placed)


def test_incidents_get_room_before_promotions():
    many = [Mark(FIRST + timedelta(days=40), f"Promotion {i}", kind="promotion") for i in range(9)]
    outage = Mark(FIRST + timedelta(days=41), "Checkout down", kind="incident")
    placed = place([*many, outage], FIRST, LAST)
    assert next(each for each in placed if each.mark == outage).text == "Checkout down"
    assert sum(not each.text for each in placed) > 0


def test_a_long_incident_does_not_shade_the_whole_chart():
    short = Mark(FIRST, "Outage", FIRST + timedelta(days=2), "incident")
    long = Mark(FIRST, "Strike", LAST, "incident")
    assert [len(drawn(place([mark], FIRST, LAST), theme(False), 250)[0]) for mark in (short, long)] == [2, 1]


def test_room_grows_with_the_lanes():
    one = place([Mark(FIRST, "A")], FIRST, LAST)
    two = place([Mark(FIRST, "A"), Mark(FIRST, "B")], FIRST, LAST)
    assert 0 == room([]) < room(one) < room(two)


def test_chinese_takes_more_room():
    assert width("大促") > width("ab")
    assert shortened("春季大促开始了各位", 60).endswith("…")
    assert width(shortened("A very long name indeed", 80)) <= 80
    assert shortened("Sale", 80) == "Sale"


def test_paper_has_room_for_longer_names():
    long = Mark(FIRST, "Wrong sizes from one fashion merchant", LAST, "incident")
    assert place([long], FIRST, LAST)[0].text == long.label  # its strip is as long as the chart
    short = Mark(FIRST, "Wrong sizes from one fashion merchant", FIRST, "incident")
    assert place([short], FIRST, LAST)[0].text.endswith("…")
    assert place([short], FIRST, LAST, 700, 400)[0].text == short.label
    many = [Mark(FIRST, f"Promotion {i}", kind="promotion") for i in range(4)]
    assert [sum(bool(each.text) for each in place(many, FIRST, LAST, lanes=n)) for n in (3, 4)] == [3, 4]
