"""The prepared frames: a shop small enough to count by hand, and a slow count of random ones."""

import tempfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from loaders.loader import BadInput
from loaders.store import Store
from tests.loaders.shop import at, event, import_, line, order, source

PRODUCTS = [
    {"product_id": "P1", "category": "tea", "merchant_id": "M1", "unit_cost": 4.0},
    {"product_id": "P2", "category": "cups", "merchant_id": "M2", "unit_cost": None},
]
SHOP = {
    "products": PRODUCTS,
    "orders": [
        order("A", "2026-05-04T15:59", customer_id="C1", channel="web", device="mobile"),
        order("B", "2026-05-04T16:01", customer_id="C1", channel="web", device="desktop"),
        order("C", "2026-05-06T02:00", customer_id="C2", channel="app", status="Cancelled"),
        order("D", "2026-05-06T03:00", channel="app"),
    ],
    "order_lines": [
        line("A", "P1", 2, 10, discount=5.0),
        line("A", "P2", 1, 30),
        line("B", "P1", 1, 10),
        line("C", "P2", 1, 30),
        line("D", "P2", 2, 30),
    ],
    "returns": [
        {"return_id": "R1", "order_id": "A", "product_id": "P1", "returned_at": at("2026-05-20T10:00"),
         "refunded_at": at("2026-05-22T10:00"), "units": 1, "refund_value": 7.5},
        {"return_id": "R2", "order_id": "C", "product_id": "P2", "returned_at": at("2026-05-07T10:00"),
         "units": 1, "refund_value": 30.0},
        {"return_id": "R3", "product_id": "P2", "returned_at": at("2026-05-08T10:00"),
         "units": 1, "refund_value": 30.0, "channel": "web"},
    ],
    "shipments": [
        {"shipment_id": "S1", "order_id": "A", "promised_at": at("2026-05-08"), "delivered_at": at("2026-05-07")},
        {"shipment_id": "S2", "order_id": "B", "promised_at": at("2026-05-08"), "delivered_at": at("2026-05-09")},
        {"shipment_id": "S3", "order_id": "D", "promised_at": at("2026-05-08")},
    ],
    "surveys": [
        {"answer_id": str(place), "measure": measure, "asked_at": at("2026-05-10"), "answered_at": when,
         "score": score, "scale_min": 0.0 if measure == "nps" else 1.0, "scale_max": 10.0 if measure == "nps" else 5.0,
         "better": better, "order_id": "A"}
        for place, (measure, score, better, when) in enumerate(
            [("nps", 9.0, None, at("2026-05-11")), ("nps", 6.0, None, at("2026-05-11")), ("nps", 8.0, None, None),
             ("csat", 4.0, None, at("2026-05-11")), ("csat", 1.0, "lower", at("2026-05-11")),
             ("csat", 3.0, None, at("2026-05-11"))]
        )
    ],
    "spend": [{"day": date(2026, 5, 4), "channel": "web", "spend": 12.0, "clicks": 3}],
    "inventory": [
        {"day": date(2026, 5, 4), "product_id": "P1", "warehouse": house, "on_hand": stock}
        for house, stock in (("north", 0.0), ("south", 3.0))
    ] + [{"day": date(2026, 5, 4), "product_id": "P2", "on_hand": 0.0}],
    "market": [
        {"month": date(2026, month, 1), "category": "tea", "segment": segment, "market_gmv": 500.0}
        for month in (4, 5) for segment in ("mobile", "social")
    ],
    "events": [
        event("C1", "2026-05-04T15:50", "visit", session_id="s", channel="web", device="mobile"),
        event("C1", "2026-05-04T15:55", "cart", session_id="s"),
        event("C1", "2026-05-04T15:59", "purchase", session_id="s"),
        event("C9", "2026-05-04T17:00", "visit", channel="app"),
    ],
}  # fmt: skip


@pytest.fixture
def store(tmp_path):
    import_(tmp_path, source("shop", SHOP), timezone="Asia/Shanghai")
    return Store(tmp_path)


def total(store: Store, measure: str, **asked) -> float | None:
    rows = store.frame("daily", **asked).select(pl.col(measure)).collect()[measure]
    return rows.sum() if rows.count() else None


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("gmv", 150),  # 20 + 30 + 10 + 30 + 60
        ("discount", 5),
        ("cancelled", 30),
        ("revenue", 115),
        ("units", 6),
        ("orders", 3),
        ("new_buyers", 1),  # C2 only cancelled, D is a guest
        ("refunds", 37.5),  # the return of the cancelled order is taken out with the order
        ("net_revenue", 77.5),
        ("units_returned", 2),
        ("costed_revenue", 17.5),  # 15 + 10 − 7.5: only P1's cost is known
        ("cost", 8),  # 3 × 4 − 1 × 4
        ("deliveries", 2),
        ("on_time", 1),
        ("nps_answers", 2),
        ("nps_promoters", 1),
        ("nps_detractors", 1),
        ("csat_answers", 3),
        ("csat_good", 2),
        ("ad_spend", 12),
        ("clicks", 3),
        ("impressions", None),
        ("tickets", None),
        ("stock_days", 2),
        ("stock_out_days", 1),
        ("market_gmv", 1000),  # May is not over in our data; April has none of ours
        ("sessions", 2),
        ("bounced_sessions", 1),
        ("cart_sessions", 1),
        ("buying_sessions", 1),
        ("buying_cart_sessions", 1),
    ],
)
def test_a_shop_counted_by_hand(store, measure, expected):
    if measure == "market_gmv":
        import_(
            store.path, source("june", {"orders": [order("J", "2026-06-02")], "order_lines": [line("J")]})
        )
        store = Store(store.path)
        assert total(store, "gmv_in_market") == 30
    assert total(store, measure) == expected


def test_days_are_cut_in_the_shops_time_zone(store):
    days = (
        store.frame("daily")
        .filter(pl.col("orders").is_not_null())
        .group_by("day")
        .agg(pl.col("orders").sum())
    )
    assert dict(days.collect().rows()) == {date(2026, 5, 4): 1, date(2026, 5, 5): 1, date(2026, 5, 6): 1}


@pytest.mark.parametrize(("basis", "day"), [("order", date(2026, 5, 4)), ("refund", date(2026, 5, 22))])
def test_returns_on_the_day_of_the_order_or_of_the_refund(store, basis, day):
    rows = (
        store.frame("daily", basis=basis).filter(pl.col("refunds") == 7.5).select("day", "channel", "device")
    )
    assert rows.collect().rows() == [(day, "web", "mobile")]


def test_orders_by_category_are_those_that_contain_it(store):
    rows = (
        store.frame("daily", by=["category"])
        .group_by("category")
        .agg(pl.col("orders", "gmv").sum())
        .collect()
    )
    assert {category: (orders, gmv) for category, orders, gmv in rows.rows() if category} == {
        "tea": (2, 30),
        "cups": (2, 120),
    }
    assert total(store, "orders", where={"category": ["tea", "cups"]}) == 3
    assert total(store, "orders", where={"category": ["tea"]}) == 2
    assert total(store, "gmv", where={"category": ["tea", "cups"]}) == 150


def test_columns_of_lines_can_be_asked_for(store):
    assert total(store, "gmv", where={"product_id": ["P2"]}) == 120
    by = store.frame("daily", by=["product_id"]).group_by("product_id").agg(pl.col("net_revenue").sum())
    assert dict(by.collect().rows()) == {"P1": 17.5, "P2": 60}
    sales = (
        store.frame("sales", where={"product_id": ["P1"]}).select(pl.col("order").n_unique()).collect().item()
    )
    assert sales == 2


def test_what_there_is_not_to_ask_for(store):
    with pytest.raises(BadInput, match=r"no column colour to split by. There are: day, channel"):
        store.frame("daily", by=["colour"])
    with pytest.raises(BadInput, match="by order or refund, not by 'hope'"):
        store.frame("daily", basis="hope")


def test_not_recorded_can_be_asked_for(store):
    assert total(store, "orders", where={"device": [None]}) == 1
    assert total(store, "orders", where={"device": ["mobile", None]}) == 2


lines = st.lists(
    st.tuples(
        st.integers(0, 5), st.sampled_from("ab"), st.sampled_from(["P1", "P2", "P3"]), st.integers(1, 3)
    ),
    min_size=1,
    max_size=15,
)


@settings(max_examples=25, phases=[Phase.reuse, Phase.generate])
@given(lines, st.sets(st.sampled_from(["tea", "cups"]), min_size=1))
def test_any_filter_counts_orders_once(drawn, wanted):
    goods = [*PRODUCTS, {"product_id": "P3", "category": "tea", "merchant_id": None, "unit_cost": 1.0}]
    category = {each["product_id"]: each["category"] for each in goods}
    numbers = {number: channel for number, channel, *_ in drawn}
    orders = [
        order(f"O{number}", channel=numbers[number], customer_id=f"C{number % 3}") for number in numbers
    ]
    content = {
        "products": goods,
        "orders": orders,
        "order_lines": [line(f"O{number}", product, units) for number, _, product, units in drawn],
    }
    kept = {}
    for place, (number, _, product, units) in enumerate(drawn):
        like = (number, product, units)
        kept.setdefault(like, place)  # the same row again is a duplicate
    rows = [(number, product, units) for number, product, units in kept if category[product] in wanted]
    with tempfile.TemporaryDirectory() as folder:
        import_(Path(folder), source("shop", content, size=50))
        store = Store(folder)
        where = {"category": sorted(wanted)}
        assert (total(store, "orders", where=where) or 0) == len({number for number, *_ in rows})
        assert (total(store, "units", where=where) or 0) == sum(units for *_, units in rows)
        whole = total(store, "gmv")
        assert total(store, "gmv", by=["category"]) == pytest.approx(whole)
