"""A waterfall: bars that begin where the one above ends, on the screen and in print."""

import polars as pl

from charts.chart import Chart
from charts.draw import figure
from reports import picture

TABLE = pl.DataFrame({"step": ["a", "b", "left"], "value": [40.0, -60.0, -20.0], "from": [0.0, 40.0, 0.0]})
CHART = Chart("bar", TABLE, "step", "value", low="from", unit="money")


def test_on_the_screen():
    drawn = figure(CHART)
    assert list(drawn.data[0].base) == [0.0, 40.0, 0.0] and list(drawn.data[0].x) == [40.0, -60.0, -20.0]
    assert list(drawn.layout.xaxis.range) == [-20.0, 40.0]


def test_in_print_another_beginning_is_another_picture():
    plain = Chart("bar", TABLE, "step", "value", unit="money")
    assert picture.svg(CHART, 300, "en", "USD") != picture.svg(plain, 300, "en", "USD")
