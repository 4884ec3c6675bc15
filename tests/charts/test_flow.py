"""A flow: nodes and bands by hand, and what every flow keeps."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts.chart import Chart
from charts.draw import figure
from charts.flow import GAP, largest, layout

SCHEMA = {"depth": pl.Int64, "source": pl.String, "target": pl.String, "n": pl.Int64}


def flow(rows) -> Chart:
    return Chart(
        "flow", pl.DataFrame(rows, schema=SCHEMA, orient="row"), "source", "n", unit="integer", title="Flow"
    )


ROWS = [
    (1, "visit", "view", 60),
    (1, "visit", None, 40),
    (2, "view", "cart", 20),
    (2, "view", "like", 10),
    (2, "view", None, 30),
]


def test_three_depths_by_hand():
    nodes, bands = layout(flow(ROWS))
    told = {(node.depth, node.name): (node.value, node.top - node.bottom) for node in nodes}
    scale = (1 - 2 * GAP) / 100
    assert {key: value for key, (value, _) in told.items()} == {
        (0, "visit"): 100, (1, "view"): 60, (2, "cart"): 20, (2, "like"): 10,
    }  # fmt: skip
    assert all(high == pytest.approx(value * scale) for value, high in told.values())
    assert [(band.source.name, band.target.name, band.value) for band in bands] == [
        ("visit", "view", 60), ("view", "cart", 20), ("view", "like", 10),
    ]  # fmt: skip
    assert bands[2].start[0] == pytest.approx(bands[1].start[1])  # one below the other
    assert largest(flow(ROWS).table)["link"].to_list()[0] == "1. visit → view"


def test_it_is_drawn_in_both_themes_and_without_anything():
    for dark in (False, True):
        drawn = figure(flow(ROWS), dark)
        assert len(drawn.layout.shapes) == 3 + 4 and "visit 100" in str(drawn.layout.annotations)
    assert figure(flow([])).layout.shapes == ()


links = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "b", "c", None]), st.integers(1, 50)),
    min_size=1,
    max_size=9,
)


@given(links)
def test_bands_stay_inside_their_nodes(first):
    found = {}
    for source, target, n in first:
        found[source, target] = found.get((source, target), 0) + n
    rows = [(1, source, target, n) for (source, target), n in found.items()]
    into = {}
    for (_, target), n in found.items():
        if target:
            into[target] = into.get(target, 0) + n
    rows += [(2, name, None, n) for name, n in into.items()]
    nodes, bands = layout(flow(rows))
    assert all(node.bottom >= -1e-9 and node.top <= 1 + 1e-9 for node in nodes)
    for band in bands:
        assert band.source.bottom - 1e-9 <= band.start[1] <= band.start[0] <= band.source.top + 1e-9
        assert band.target.bottom - 1e-9 <= band.end[1] <= band.end[0] <= band.target.top + 1e-9
