"""Events: sorted, coded, in files of whole customers, and sessions out of them, against a slow oracle."""

import tempfile
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from loaders import events as merging
from loaders.store import Store
from tests.loaders.shop import at, event, import_, line, order, source

SHOP = {"orders": [order("A")], "order_lines": [line("A")]}
START = at("2026-05-04T23:30")
NAMES = ["visit", "view", "cart", "purchase", "wave"]
logs = st.lists(
    st.builds(
        lambda person, minutes, name, session: {
            "customer_id": person,
            "happened_at": START + timedelta(minutes=minutes),
            "event": name,
            "session_id": session,
            "device": None if minutes % 2 else "mobile",
        },
        st.sampled_from(["zoe", "adam", "mia"]),
        st.integers(0, 120),
        st.sampled_from(NAMES),
        st.none() | st.sampled_from(["s1", "s2"]),
    ),
    min_size=1,
    max_size=25,
)


def oracle(log: list[dict]) -> list[tuple]:
    """Sessions in plain Python: customer, start, seconds, pages, carted, bought, device."""
    unique = [dict(row) for row in dict.fromkeys(tuple(sorted(each.items(), key=str)) for each in log)]
    order_ = {id(row): place for place, row in enumerate(unique)}
    unique.sort(key=lambda row: (row["customer_id"], row["happened_at"], order_[id(row)]))
    sessions: list[list[dict]] = []
    named: dict[tuple, list[dict]] = {}
    for _, rows in groupby(unique, key=lambda row: row["customer_id"]):
        last, opened = None, False
        for row in rows:
            quiet = last is None or row["happened_at"] - last > timedelta(minutes=30)
            last = row["happened_at"]
            opened = opened and not quiet
            if row["session_id"]:
                key = (row["customer_id"], row["session_id"])
                if key not in named:
                    named[key] = []
                    sessions.append(named[key])
                named[key].append(row)
            else:
                if not opened:
                    sessions.append([])
                    current = sessions[-1]
                    opened = True
                current.append(row)
    found = []
    for rows in sessions:
        names = [row["event"] for row in rows]
        seconds = (rows[-1]["happened_at"] - rows[0]["happened_at"]).total_seconds()
        device = next((row["device"] for row in rows if row["device"]), None)
        pages = sum(name in ("visit", "view", "search") for name in names)
        carted, bought = "cart" in names, "purchase" in names
        found.append(
            (rows[0]["customer_id"], rows[0]["happened_at"].date(), seconds, pages, carted, bought, device)
        )
    return sorted(found, key=str)


@settings(max_examples=40, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(logs)
def test_sessions_are_those_of_a_slow_oracle(log):
    with tempfile.TemporaryDirectory() as folder:
        import_(Path(folder), source("log", {**SHOP, "events": log}, size=7))
        store = Store(folder)
        people = store.prepared("people")
        rows = store.prepared("sessions").join(people, on="customer", how="left").collect()
        columns = ("customer_id", "day", "seconds", "pages", "carted", "bought", "device")
        assert sorted(rows.select(columns).rows(), key=str) == oracle(log)


@pytest.fixture
def small_files(monkeypatch):
    monkeypatch.setattr(merging, "FILE_ROWS", 3)


def test_files_hold_whole_customers_in_order(tmp_path, small_files):
    log = [event(f"C{n % 5}", f"2026-05-04T{n:02d}:00", "view") for n in range(20)]
    import_(tmp_path, source("a", {**SHOP, "events": log}))
    late = [event("B9", "2026-05-04T12:30", "cart"), event("C3", "2026-05-04T00:30", "cart")]
    import_(tmp_path, source("b", {"events": late}))
    store = Store(tmp_path)
    files = sorted((store.folder / "events").glob("*.parquet"))
    assert len(files) > 2
    seen = [set(pl.read_parquet(file)["customer"]) for file in files]
    assert all(not (one & other) for place, one in enumerate(seen) for other in seen[place + 1 :])
    rows = store.scan("events").collect()
    assert rows.equals(rows.sort("customer", "happened_at"))
    assert rows.height == 22
    assert isinstance(rows.schema["event"], pl.Enum)
    people = store.prepared("people").collect()
    assert people["customer_id"].to_list() == ["B9", "C0", "C1", "C2", "C3", "C4"]
    named = rows.join(people, on="customer").filter(pl.col("event").cast(pl.String) == "cart")
    assert sorted(named["customer_id"]) == ["B9", "C3"]


def test_an_event_delivered_twice_counts_once_and_comes_back(tmp_path, small_files):
    log = [event("A", "2026-05-04T10:00", "view"), event("B", "2026-05-04T11:00", "view")]
    import_(tmp_path, source("a", {**SHOP, "events": log}))
    import_(tmp_path, source("b", {"events": [*log, log[0]]}))
    store = Store(tmp_path)
    assert store.scan("events").collect().height == 2
    assert store.manifest.tables["events"]["duplicates"] == 1
    assert store.manifest.tables["events"]["superseded"] == 2
    import_(tmp_path, source("a", {**SHOP, "events": log[1:]}))
    assert Store(tmp_path).scan("events").collect().height == 2


def test_customers_of_orders_have_codes_after_those_of_events(tmp_path):
    shop = {
        "orders": [order("A", customer_id="Anna"), order("B", customer_id="Zoe")],
        "order_lines": [line("A")],
    }
    import_(tmp_path, source("a", {**shop, "events": [event("Zoe", "2026-05-04T10:00")]}))
    people = Store(tmp_path).prepared("people").collect()
    assert people.rows() == [(0, "Zoe"), (1, "Anna")]
