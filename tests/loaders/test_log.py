"""The log: what sequence questions read, in the order and with the sessions of the events."""

import shutil

import polars as pl
import pytest

from loaders.loader import BadInput
from loaders.store import Store
from tests.loaders.shop import event, import_, line, order, source

EVENTS = [
    event("C2", "2026-05-04T10:00", "visit", channel="web", device="mobile"),
    event("C1", "2026-05-04T15:50", "visit", session_id="s", channel="web", device="mobile"),
    event("C1", "2026-05-04T15:55", "cart", session_id="t", channel="app"),
    event("C1", "2026-05-04T16:59", "purchase", session_id="s"),
    event("C2", "2026-05-04T10:30", "view", channel="web"),
    event("C2", "2026-05-04T11:01", "view", channel="app"),
]
SHOP = {"orders": [order("A")], "order_lines": [line("A")]}


def test_the_log_is_the_events_with_their_sessions(tmp_path):
    import_(tmp_path, source("shop", {**SHOP, "events": EVENTS}), timezone="Asia/Shanghai")
    store = Store(tmp_path)
    log = store.frame("log").collect()
    assert log["event"].to_list() == ["visit", "cart", "purchase", "visit", "view", "view"]
    assert log["customer"].to_list() == [0, 0, 0, 1, 1, 1]
    # By session id even where two of them interleave, else by 30 minutes of silence.
    assert log["session"].to_list() == [0, 1, 0, 3, 3, 5]
    assert log["device"].to_list() == ["mobile", None, None, "mobile", None, None]
    assert log.schema["happened_at"] == pl.Datetime("us", "Asia/Shanghai")
    assert log["happened_at"][0].isoformat() == "2026-05-04T23:50:00+08:00"
    assert log["session"].n_unique() == store.frame("sessions").collect().height


def test_the_log_is_filtered_by_what_events_are_recorded_by(tmp_path):
    import_(tmp_path, source("shop", {**SHOP, "events": EVENTS}))
    store = Store(tmp_path)
    assert store.frame("log", {"channel": ["app", "never seen"]}).collect().height == 2
    assert store.frame("log", {"channel": ["never seen"]}).collect().is_empty()
    assert store.frame("log", {"device": [None]}).collect().height == 4
    with pytest.raises(BadInput, match=r"not recorded by category\. They are by: channel, region, device"):
        store.frame("log", {"category": ["tea"]})
    with pytest.raises(BadInput, match="not recorded by brand, category"):
        store.frame("log", {"category": ["tea"], "brand": ["x"]})


def test_a_shop_without_events_has_an_empty_log(tmp_path):
    import_(tmp_path, source("shop", SHOP), timezone="Asia/Shanghai")
    log = Store(tmp_path).frame("log").collect()
    assert log.is_empty() and log.schema["happened_at"].time_zone == "Asia/Shanghai"


def test_a_version_of_before_the_log_says_what_to_do(tmp_path):
    import_(tmp_path, source("shop", {**SHOP, "events": EVENTS}))
    store = Store(tmp_path)
    shutil.rmtree(store.folder / "prepared" / "log")
    with pytest.raises(BadInput, match="older Plumbline: import its sources again"):
        store.frame("log")
