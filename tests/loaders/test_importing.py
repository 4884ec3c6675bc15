"""The store depends on its sources alone, whatever the order and number of imports."""

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from loaders import merge, pile
from loaders.importing import import_delivery
from loaders.keys import HIDDEN
from loaders.loader import BadInput, choose
from loaders.settings import open_for
from loaders.store import Store
from tests.loaders.shop import NOW, at, event, import_, line, order, source

TIMES = [f"2026-0{month}-1{day}T0{hour}:00" for month in (4, 5) for day in (1, 2) for hour in (1, 2)]
orders = st.builds(
    lambda number, when, channel, updated: order(
        f"O{number}", TIMES[when], channel=channel, updated_at=None if updated is None else at(TIMES[updated])
    ),
    st.integers(1, 4),
    st.integers(0, 7),
    st.sampled_from(["web", "app"]),
    st.none() | st.integers(0, 7),
)
lines = st.builds(
    lambda number, product, units: line(f"O{number}", f"P{product}", units, line_id=None),
    st.integers(1, 5),
    st.integers(1, 2),
    st.integers(0, 3),
)
events = st.builds(
    lambda customer, when, name: event(f"C{customer}", TIMES[when], name),
    st.integers(1, 4),
    st.integers(0, 7),
    st.sampled_from(["view", "cart"]),
)
contents = st.fixed_dictionaries(
    {
        "orders": st.lists(orders, max_size=4),
        "order_lines": st.lists(lines, min_size=1, max_size=6),
        "events": st.lists(events, max_size=6),
    }
).filter(lambda content: any(row["units"] for row in content["order_lines"]))


def rows(store: Store) -> dict[str, list]:
    """Everything a reader sees, and what is kept aside."""
    seen: dict[str, list] = {}
    for table in store.tables:
        seen[table] = store.scan(table).drop(*HIDDEN, "customer", strict=False).collect().rows()
    if "events" in store.tables:
        people = store.prepared("people")
        named = store.scan("events").join(people, on="customer", how="left", maintain_order="left")
        seen["events"] = (
            named.select("customer_id", "happened_at", pl.col("event").cast(pl.String)).collect().rows()
        )
    seen["daily"] = store.prepared("daily").collect().rows()
    seen["bad"] = sorted(store.quarantine().drop("line").collect().rows(), key=str)
    facts = ("rows", "delivered", "duplicates", "quarantined", "superseded", "digest")
    seen["facts"] = [
        (name, *(each[fact] for fact in facts)) for name, each in sorted(store.manifest.tables.items())
    ]
    return seen


@settings(max_examples=60, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(st.dictionaries(st.sampled_from(["b.csv", "a2.csv", "a10.csv"]), contents, min_size=2), st.data())
def test_any_order_and_any_correction_gives_the_same_store(wanted, data):
    def final(name):
        return source(name, wanted[name], derived=("orders",) if name == "b.csv" else ())

    def wrong(name):
        return source(name, data.draw(contents, label=f"first form of {name}"))

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        once, often = Path(folder, "once"), Path(folder, "often")
        import_(once, *map(final, wanted))
        for module, limit in ((pile, "FLUSH"), (pile, "SHARE"), (merge, "RANGE")):
            patch.setattr(module, limit, data.draw(st.integers(1, 4), label=limit))
        steps = data.draw(st.permutations([*wanted, *wanted]), label="order")
        met = set()
        for name in steps:
            early = name not in met and data.draw(st.booleans(), label="wrong first")
            import_(often, wrong(name) if early else final(name))
            met.add(name)
        assert rows(Store(often)) == rows(Store(once))


def test_the_same_file_again_changes_nothing(tmp_path):
    day = source("day.csv", {"orders": [order("A")], "order_lines": [line("A")]})
    first = import_(tmp_path, day)
    again = import_(tmp_path, day)
    assert first.changed and not again.changed
    assert again.version == first.version == Store(tmp_path).version


def test_a_new_day_is_added_and_a_late_row_lands_in_its_place(tmp_path):
    import_(tmp_path, source("2.csv", {"orders": [order("B", "2026-05-02")], "order_lines": [line("B")]}))
    import_(tmp_path, source("3.csv", {"orders": [order("C", "2026-05-03")], "order_lines": [line("C")]}))
    import_(tmp_path, source("4.csv", {"orders": [order("A", "2026-05-01")], "order_lines": [line("A")]}))
    store = Store(tmp_path)
    assert store.scan("orders").collect()["order_id"].to_list() == ["A", "B", "C"]
    assert store.scan("order_lines").collect()["ordered_at"].to_list() == [
        at(f"2026-05-0{day}") for day in (1, 2, 3)
    ]


def test_a_corrected_file_replaces_its_rows(tmp_path):
    kept = source("1.csv", {"orders": [order("A")], "order_lines": [line("A")]})
    import_(tmp_path, kept, source("2.csv", {"orders": [order("B")], "order_lines": [line("B", price=1000)]}))
    report = import_(
        tmp_path, source("2.csv", {"orders": [order("B")], "order_lines": [line("B", price=10)]})
    )
    assert report.sources == {"2.csv": "corrected"}
    assert Store(tmp_path).scan("order_lines").collect()["unit_price"].to_list() == [10, 10]


def test_another_file_under_a_known_name_is_pointed_out(tmp_path):
    import_(tmp_path, source("orders.csv", {"orders": [order("A")], "order_lines": [line("A")]}))
    fixed = import_(
        tmp_path, source("orders.csv", {"orders": [order("A")], "order_lines": [line("A", units=2)]})
    )
    other = import_(tmp_path, source("orders.csv", {"orders": [order("B")], "order_lines": [line("B")]}))
    assert fixed.notes == []
    assert "has none of its rows" in other.notes[0] and "restore version 2" in other.notes[0]


def test_overlapping_exports_count_once_and_a_second_like_line_of_an_order_counts(tmp_path):
    twice = [line("A", units=1), line("A", units=2)]
    import_(tmp_path, source("1.csv", {"orders": [order("A")], "order_lines": twice}, size=1))
    import_(tmp_path, source("2.csv", {"orders": [order("A")], "order_lines": twice}, size=1))
    found = Store(tmp_path).scan("order_lines").collect()
    assert found["units"].to_list() == [1, 2]
    assert found["line_id"].to_list() == ["P1/1", "P1/2"]


def test_every_row_is_accounted_for(tmp_path):
    bad = [line("A", units=0), line("A", units=float("nan")), {**line("A"), "product_id": None}]
    same = [line("A"), line("A")]
    report = import_(tmp_path, source("1.csv", {"orders": [order("A")], "order_lines": bad + same}))
    count = report.counts["order_lines"]
    assert (count.rows, count.loaded, count.duplicates) == (5, 1, 1)
    assert +count.quarantined == {"min": 1, "type": 1, "missing": 1} or +count.quarantined == {
        "min": 1,
        "nan": 1,
        "missing": 1,
    }
    kept = Store(tmp_path).quarantine().collect()
    assert sorted(kept["line"]) == [2, 3, 4, 6]
    assert kept["source"].unique().to_list() == ["1.csv"]


def test_lines_wait_for_their_order(tmp_path):
    import_(tmp_path, source("lines.csv", {"order_lines": [line("A"), line("B")], "orders": [order("A")]}))
    early = Store(tmp_path)
    assert early.manifest.tables["order_lines"]["undated"] == 1
    assert early.frame("daily").select("gmv").sum().collect().item() == 10
    import_(tmp_path, source("orders.csv", {"orders": [order("B")]}))
    assert Store(tmp_path).frame("daily").select("gmv").sum().collect().item() == 20


def test_a_real_shop_takes_the_place_of_the_sample_shop_and_not_the_other_way_round(tmp_path):
    shop = source("x", {"orders": [order("A")], "order_lines": [line("A")]})
    import_(tmp_path, shop, loader="sample", currency="USD")
    report = import_(
        tmp_path, source("y", {"orders": [order("B")], "order_lines": [line("B")]}), currency="GBP"
    )
    assert Store(tmp_path).scan("orders").collect()["order_id"].to_list() == ["B"]
    assert "version 1" in report.notes[-1]
    with pytest.raises(BadInput, match="holds a real shop"):
        import_(tmp_path, shop, loader="sample")


@pytest.mark.parametrize(
    ("shop", "message"),
    [
        ({"timezone": "Mars/Base"}, "no time zone 'Mars/Base'"),
        ({"currency": "dollars"}, "'dollars' is no currency code"),
        ({"week_start": "friday"}, "A week starts on monday or sunday, not on 'friday'"),
    ],
)
def test_settings_that_do_not_exist(tmp_path, shop, message):
    with pytest.raises(BadInput, match=message):
        import_(tmp_path, source("x", {"orders": [order("A")]}), **shop)


def test_a_source_in_another_currency_is_refused(tmp_path):
    import_(tmp_path, source("x", {"orders": [order("A")], "order_lines": [line("A")]}), currency="EUR")
    with pytest.raises(BadInput, match="kept in EUR and this source is in GBP"):
        import_(tmp_path, source("y", {"orders": [order("B")]}), currency="GBP")


def test_nothing_good_leaves_the_store_as_it_was(tmp_path):
    with pytest.raises(BadInput, match="no good row"):
        import_(tmp_path, source("x", {"order_lines": [line("A", units=-1)]}))
    with pytest.raises(BadInput, match="There is no store"):
        Store(tmp_path)


def test_times_without_a_zone_are_in_the_zone_of_the_store(tmp_path):
    folder, store = tmp_path / "files", tmp_path / "store"
    folder.mkdir()
    (folder / "orders.csv").write_text("order_id,ordered_at\nB,2026-05-02 09:00\n")
    (folder / "order_lines.csv").write_text("order_id,product_id,units,unit_price\nB,P1,1,5\n")
    import_(
        store, source("x", {"orders": [order("A")], "order_lines": [line("A")]}), timezone="Asia/Shanghai"
    )
    loader, _ = choose(str(folder), {})
    delivery = open_for(store, loader, str(folder), {})
    import_delivery(store, delivery, loader=loader.name, now=NOW)
    times = dict(Store(store).scan("orders").select("order_id", "ordered_at").collect().rows())
    assert times["B"] == at("2026-05-02T01:00")
    assert Store(store).manifest.timezone == "Asia/Shanghai"
