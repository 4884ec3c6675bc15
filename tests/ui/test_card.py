"""Words from the data are shown as written; drawings leave gaps open."""

from urllib.parse import unquote

from stories.blocks import Claim, Finding, Kpi
from ui import card

EVIL = "<img src=x onerror=alert(1)> & $5 `x`"


def kpi(**given):
    return Kpi(**{"metric": "gmv", "label": "GMV", "value": "$5", "claim": Claim("gmv", 5.0)} | given)


def test_text_is_escaped_and_strong_words_stay():
    assert card.rich("**A<b>** & $5\nnext") == "<strong>A&lt;b&gt;</strong> &amp; $5<br>next"
    for html in (
        card.kpi(kpi(label=EVIL, value=EVIL, change=EVIL, compared=EVIL, target=EVIL, missing=EVIL)),
        card.findings([Finding(EVIL, action=EVIL)]),
        card.title(EVIL, EVIL),
        card.empty(EVIL),
        card.badges([("good", EVIL)]),
    ):
        assert "<img" not in html and "&lt;img" in html


def test_labels_hold_no_markup():
    assert card.plain("**$5** [a](b) :red[c]") == r"\*\*\$5\*\* \[a\]\(b\) \:red\[c\]"


def test_a_missing_value_says_why_and_draws_nothing():
    html = card.kpi(kpi(value="–", missing="needs the table spend: import it"))
    assert "needs the table spend: import it" in html
    assert "pl-spark" not in html and "pl-pill" not in html and "pl-target" not in html


def test_attainment_stays_inside_its_track():
    assert "width:100.0%" in card.kpi(kpi(target="140 % of target", attainment=1.4))
    assert "width:0.0%" in card.kpi(kpi(target="-3 % of target", attainment=-0.03))


def test_a_trend_runs_from_the_lowest_to_the_highest():
    drawn = unquote(card.sparkline([0.0, 5.0, 10.0]))
    assert "M0.0,29.0L50.0,15.5L100.0,2.0" in drawn


def test_a_gap_in_a_trend_stays_open():
    drawn = unquote(card.sparkline([1.0, 2.0, None, 4.0, 3.0]))
    line = drawn.split("fill='none'")[1]
    assert line.count("M") == 2 and "50.0," not in line


def test_a_flat_or_short_trend_is_no_error():
    assert "NaN" not in card.sparkline([3.0, 3.0, 3.0]) and card.sparkline([3.0, 3.0])
    assert card.sparkline([3.0]) == card.sparkline([None, 3.0]) == card.sparkline([]) == ""
