from datetime import date

import polars as pl
import pytest

from metrics.metric import BadQuestion
from metrics.movers import movers
from metrics.period import Period
from tests.metrics import oracles
from tests.metrics.shop import frames_of

BEFORE, NOW = Period(date(2026, 1, 1), date(2026, 1, 15)), Period(date(2026, 1, 16), date(2026, 1, 30))


def test_contributions_add_up_to_the_change():
    tables = oracles.tables(6)
    found = movers("net_revenue", frames_of(tables), NOW, BEFORE, by="region")
    rows = {
        period: tables["daily"].filter(pl.col("day").is_between(period.start, period.end)).to_dicts()
        for period in (BEFORE, NOW)
    }
    whole = oracles.ORACLES["net_revenue"](rows[NOW]) - oracles.ORACLES["net_revenue"](rows[BEFORE])
    assert found["change"].sum() == pytest.approx(whole) and found["share"].sum() == pytest.approx(1)
    for row in found.to_dicts():
        part = [each for each in rows[NOW] if each["region"] == row["group"]]
        assert row["after"] == pytest.approx(oracles.ORACLES["net_revenue"](part))
    sizes = found["change"].abs().to_list()
    assert sizes == sorted(sizes, reverse=True) and set(found["group"]) == {"north", "south"}


def test_groups_of_one_period_only_and_no_change():
    schema = oracles.tables(6)["daily"].clear()
    rows = pl.DataFrame(
        {
            "day": [BEFORE.start, NOW.start],
            "region": ["old", "new"],
            "revenue": [30.0, 30.0],
            "orders": [1, 1],
        }
    )
    frames = frames_of({"daily": pl.concat([schema, rows], how="diagonal_relaxed")})
    found = movers("net_revenue", frames, NOW, BEFORE, by="region")
    assert found.select("group", "before", "after", "change", "share").rows() == [
        ("new", 0, 30, 30, None),
        ("old", 30, 0, -30, None),
    ]


def test_what_is_not_recorded_is_empty_and_a_ratio_is_refused():
    frames = frames_of(oracles.tables(6))
    assert len(movers("ad_spend", frames, NOW, BEFORE, by="category")) == 0
    long_ago = Period(date(2020, 1, 1), date(2020, 1, 15))
    assert movers("orders", frames, NOW, long_ago, by="region").rows() == []
    with pytest.raises(BadQuestion, match="return_rate does not add up over groups"):
        movers("return_rate", frames, NOW, BEFORE, by="region")
