"""The tables agree with each other, row by row and in sum."""

import polars as pl
from polars.testing import assert_frame_equal

from sample_data import days
from sample_data.world import CHANNELS

LOGGED = [channel.name for channel in CHANNELS if channel.logged]


def value_of_lines(shop) -> pl.DataFrame:
    net = pl.col("units") * pl.col("unit_price") - pl.col("discount")
    return shop["order_lines"].group_by("order_id").agg(net=net.sum())


def test_every_order_has_lines_and_every_line_an_order(shop):
    orders, lines = shop["orders"], shop["order_lines"]
    assert set(orders["order_id"]) >= set(lines.filter(pl.col("order_id").str.starts_with("O"))["order_id"])
    assert orders.join(lines, on="order_id", how="anti").is_empty()
    both = lines.join(orders, on="order_id")
    assert (both["ordered_at"] == both["ordered_at_right"]).all()


def test_payments_add_up_to_their_orders(shop):
    paid = shop["payments"].group_by("order_id").agg(paid=pl.col("amount").sum())
    orders = shop["orders"].join(value_of_lines(shop), on="order_id").join(paid, on="order_id", how="left")
    due = pl.col("net") + pl.col("shipping_fee") + pl.col("tax")
    unpaid = orders.filter(pl.col("paid").is_null())
    assert 0 < len(unpaid) < 0.05 * len(orders)
    assert unpaid["cancelled_at"].null_count() == 0
    wrong = orders.filter((pl.col("paid") - due).abs() > 0.005)
    assert wrong.is_empty()


def test_purchases_and_orders_are_the_same_but_for_the_broken_tracking_day(shop):
    bought = shop["events"].filter(event="purchase")
    assert bought["order_id"].is_unique().all()
    orders = shop["orders"].join(value_of_lines(shop), on="order_id")
    both = bought.join(orders, on="order_id", how="inner")
    assert len(both) == len(bought)
    assert (both["happened_at"] == both["ordered_at"]).all()
    for name in ("channel", "device", "region"):
        assert (both[name] == both[f"{name}_right"]).all(), name
    assert both["campaign_id"].eq_missing(both["campaign_id_right"]).all()
    assert (both["value"] - both["net"]).abs().max() < 0.005
    known = both.filter(pl.col("customer_id_right").is_not_null())
    assert (known["customer_id"] == known["customer_id_right"]).all()
    lost = orders.filter(pl.col("channel").is_in(LOGGED)).join(bought, on="order_id", how="anti")
    assert lost["day"].unique().to_list() == [days.BROKEN_TRACKING.first]
    assert bought["channel"].is_in(LOGGED).all()


def test_a_session_goes_from_visit_to_purchase_in_order(shop):
    steps = {"visit": 0, "view": 1, "cart": 2, "checkout": 3, "purchase": 4}
    events = shop["events"].filter(pl.col("event").is_in(list(steps)))
    events = events.with_columns(step=pl.col("event").replace_strict(steps)).sort(
        "session_id", "happened_at", "step"
    )
    back = events.filter(pl.col("step") < pl.col("step").shift().over("session_id"))
    assert back.is_empty()
    reached = events.group_by("session_id").agg(pl.col("step").unique().sort())
    assert reached.filter(pl.col("step").list.first() != 0).is_empty()
    deep = reached.filter(pl.col("step").list.max() >= 2)
    assert (deep["step"].list.len() == deep["step"].list.max() + 1).all()
    same = (
        shop["events"]
        .group_by("session_id")
        .agg(pl.col("customer_id", "device", "channel", "day").n_unique())
    )
    assert same.select(pl.col("customer_id", "device", "channel", "day").max()).row(0) == (1, 1, 1, 1)


def test_what_is_bought_was_put_in_the_cart(shop):
    carts = shop["events"].filter(event="cart").select("session_id", "product_id")
    bought = shop["events"].filter(event="purchase").select("session_id", "order_id")
    lines = shop["order_lines"].join(bought, on="order_id").select("session_id", "product_id")
    assert lines.join(carts, on=["session_id", "product_id"], how="anti").is_empty()


def test_returns_are_of_lines_that_were_sold_and_never_more(shop):
    back = (
        shop["returns"]
        .drop("day")
        .join(shop["order_lines"], on=["order_id", "line_id", "product_id"], how="left")
    )
    assert back["unit_price"].null_count() == 0
    assert (back["units"] <= back["units_right"]).all()
    paid = (
        (pl.col("units_right") * pl.col("unit_price") - pl.col("discount"))
        * pl.col("units")
        / pl.col("units_right")
    )
    assert back.filter(pl.col("refund_value") > paid + 0.006).is_empty()
    late = back.filter(
        (pl.col("returned_at") < pl.col("ordered_at")) | (pl.col("refunded_at") < pl.col("returned_at"))
    )
    assert late.is_empty()
    cancelled = shop["orders"].filter(pl.col("cancelled_at").is_not_null())
    assert back.join(cancelled, on="order_id").is_empty()


def test_shipments_match_the_orders_that_were_sent(shop):
    sent = shop["shipments"]
    assert sent["order_id"].is_unique().all()
    orders = shop["orders"]
    should = orders.filter(
        pl.col("cancelled_at").is_null()
        & (pl.col("channel") != "Retail store")
        & (pl.col("status") != "paid")
    )
    assert set(sent["order_id"]) == set(should["order_id"])
    both = sent.join(orders, on="order_id")
    arrived = both["delivered_at"].is_not_null()
    assert (both.filter(arrived)["status"] == "delivered").all()
    assert (both.filter(~arrived)["status"] == "shipped").all()
    assert (both["delivered_at"].drop_nulls() > both.filter(arrived)["ordered_at"]).all()
    open_ = orders.filter(status="paid")
    assert open_["day"].min() >= days.END - (days.END - days.END.replace(day=20))


def test_redeemed_coupons_are_those_of_the_orders(shop):
    used = shop["coupons"].filter(pl.col("redeemed_at").is_not_null())
    orders = shop["orders"].filter(pl.col("coupon_id").is_not_null())
    both = used.join(orders, on="coupon_id")
    assert len(both) == len(used) == len(orders) > 100
    assert (both["order_id"] == both["order_id_right"]).all()
    assert (both["customer_id"] == both["customer_id_right"]).all()
    assert (both["seen_at"] < both["redeemed_at"]).all() and (both["issued_at"] < both["seen_at"]).all()
    worth = both.join(value_of_lines(shop), on="order_id")
    off = pl.col("net") / (1 - pl.col("percent_off").fill_null(0)) + pl.col("value_off").fill_null(0)
    assert worth.filter(off < pl.col("threshold") - 0.05).is_empty()


def test_nobody_buys_before_signing_up_or_what_is_not_on_sale(shop, sold):
    orders = shop["orders"].join(shop["customers"], on="customer_id")
    assert orders.filter(pl.col("ordered_at") < pl.col("signed_up_at")).is_empty()
    lines = sold.join(shop["products"], on="product_id")
    assert len(lines) == len(sold)
    assert lines.filter(pl.col("day") < pl.col("launched_on")).is_empty()
    assert lines.filter(pl.col("day") > pl.col("discontinued_on")).is_empty()
    stock = shop["inventory"].select("day", "product_id", "on_hand")
    met = sold.join(stock, on=["day", "product_id"])
    assert len(met) == len(sold) and met.filter(pl.col("on_hand") <= 0).is_empty()


def test_opinions_are_of_real_orders_after_they_arrived(shop):
    orders = shop["orders"].select("order_id", "ordered_at", "customer_id")
    for table, time in (("reviews", "reviewed_at"), ("surveys", "asked_at"), ("tickets", "opened_at")):
        both = shop[table].join(orders, on="order_id", how="left")
        assert both["ordered_at"].null_count() == 0, table
        assert both.filter(pl.col(time) <= pl.col("ordered_at")).is_empty(), table
    answers = shop["surveys"]
    assert answers.filter(pl.col("score").is_not_null() & pl.col("answered_at").is_null()).is_empty()
    assert answers.filter(
        (pl.col("score") < pl.col("scale_min")) | (pl.col("score") > pl.col("scale_max"))
    ).is_empty()


def test_clicks_follow_the_visits_of_their_campaign(shop, sessions):
    events = shop["events"].filter(event="visit", campaign_id="sem-generic")
    visits = events.group_by("day").len()
    both = shop["spend"].filter(campaign_id="sem-generic").join(visits, on="day")
    usual = both.filter(pl.col("day") != days.BROKEN_TRACKING.first)
    assert (usual["clicks"] >= usual["len"]).all()
    assert 1.05 < usual["clicks"].sum() / usual["len"].sum() < 1.3


def test_the_plan_covers_every_month_of_the_year(shop):
    months = shop["targets"].group_by("metric").agg(pl.col("month").sort())
    assert all(set(row) >= set(days.MONTHS) for row in months["month"])
    first = pl.DataFrame({"month": days.MONTHS})
    assert_frame_equal(shop["market"].select("month").unique().sort("month"), first)
