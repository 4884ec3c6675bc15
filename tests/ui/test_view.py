"""Links make views and views make links; what a link has wrong is left out and named."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import view
from ui.view import View

LAST = date(2026, 6, 30)
OPTIONS = {"channel": ["Email", "Social"], "region": ["北京", "A&B=c"]}


def lists(link):
    return {name: [value] if isinstance(value, str) else value for name, value in link.items()}


def test_no_parameters_are_the_last_90_days():
    found, wrong = view.read({}, OPTIONS, LAST)
    assert (found.start, found.end, wrong) == (date(2026, 4, 2), LAST, [])
    assert found.link() == {}


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("7d", date(2026, 6, 24), LAST),
        ("30d", date(2026, 6, 1), LAST),
        ("180d", date(2026, 1, 2), LAST),
        ("1y", date(2025, 7, 1), LAST),
        ("month", date(2026, 6, 1), LAST),
        ("last_month", date(2026, 5, 1), date(2026, 5, 31)),
    ],
)
def test_presets(name, start, end):
    assert view.days(name, LAST) == (start, end)


def test_last_month_in_january_is_december():
    assert view.days("last_month", date(2026, 1, 15)) == (date(2025, 12, 1), date(2025, 12, 31))


days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
spans = st.tuples(days, days).map(sorted).map(tuple)


@given(
    span=st.none() | spans,
    preset=st.sampled_from([*view.ROLLING, "month", "last_month"]),
    compare=st.sampled_from(["previous", "year", "none"]),
    against=st.none() | spans,
    channels=st.sets(st.sampled_from(OPTIONS["channel"])),
    regions=st.sets(st.sampled_from(OPTIONS["region"])),
    basis=st.sampled_from(view.BASES),
)
def test_a_link_reproduces_the_view(span, preset, compare, against, channels, regions, basis):
    name, (start, end) = ("custom", span) if span else (preset, view.days(preset, LAST))
    made = View(start, end, name, "custom" if against else compare, against, basis=basis)
    made = view.filtered(view.filtered(made, "channel", sorted(channels)), "region", sorted(regions))
    assert view.read(lists(made.link()), OPTIONS, LAST) == (made, [])


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"range": ["fortnight"]}, ["range"]),
        ({"range": ["custom"]}, ["range"]),
        ({"from": ["2026-06-30"], "to": ["2026-06-01"]}, ["from … to"]),
        ({"from": ["2026-06-31"], "to": ["2026-07-01"]}, ["from … to"]),
        ({"from": ["2026-06-01"]}, ["from … to"]),
        ({"from": ["0001-01-01"], "to": ["9999-12-31"]}, ["from … to"]),
        ({"compare": ["custom"]}, ["compare"]),
        ({"against_from": ["x"], "against_to": [""]}, ["against_from … against_to"]),
        ({"channel": ["Fax", "Email"]}, ["channel=Fax"]),
        ({"device": ["mobile"]}, ["device=mobile"]),
        ({"basis": ["'; drop table"]}, ["basis"]),
    ],
)
def test_what_makes_no_sense_is_left_out_and_named(params, named):
    found, wrong = view.read(params, OPTIONS, LAST)
    assert wrong == named
    assert (found.start, found.end, found.compare, found.basis) == (
        date(2026, 4, 2),
        LAST,
        "previous",
        "order",
    )
    assert dict(found.where) == ({"channel": ("Email",)} if "channel" in params else {})


def test_equal_filters_are_equal_views():
    one = view.filtered(view.filtered(view.default(LAST), "region", ["北京"]), "channel", ["Social", "Email"])
    other = view.filtered(
        view.filtered(view.default(LAST), "channel", ["Email", "Social"]), "region", ["北京"]
    )
    assert one == other
    assert view.filtered(view.filtered(one, "channel", []), "region", []) == view.default(LAST)
