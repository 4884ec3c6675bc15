"""The shop looks like a real one: its distributions against stated targets, its incidents in the data."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from sample_data import days
from sample_data.assortment import viral
from sample_data.plan import AFTER, PROMOTIONS
from sample_data.returns import SIZE_KINDS, sizing_merchant
from sample_data.shop import Shop
from sample_data.world import CARRIERS, CATEGORIES, CHANNELS, COMPETITORS


def during(happening: days.Happening, column: str = "day") -> pl.Expr:
    return pl.col(column).is_between(happening.first, happening.last)


def share(frame: pl.DataFrame, condition: pl.Expr) -> float:
    return float(frame.select(condition.mean()).item())


def test_a_fifth_of_the_products_makes_most_of_the_sales(shop, sold):
    sales = sold.group_by("product_id").agg(pl.col("net").sum())["net"].sort(descending=True)
    assert 0.55 < sales.head(len(shop["products"]) // 5).sum() / sales.sum() < 0.80


def test_a_tenth_of_the_buyers_makes_a_large_part_of_the_sales(sold):
    sales = sold.drop_nulls("customer_id").group_by("customer_id").agg(pl.col("net").sum())["net"]
    sales = sales.sort(descending=True)
    assert 0.30 < sales.head(len(sales) // 10).sum() / sales.sum() < 0.60


def test_people_come_back_but_most_buy_once(sold):
    orders = (
        sold.drop_nulls("customer_id").group_by("customer_id").agg(pl.col("order_id").n_unique())["order_id"]
    )
    assert 0.20 < (orders > 1).mean() < 0.40
    assert orders.max() > 15


def test_the_week_has_its_profile(sessions):
    """Each day beside its own week, so that seasons and campaigns do not matter."""
    sales = [one for one in PROMOTIONS if one.visits != 1]
    odd = {days.BROKEN_TRACKING.first} | {
        day
        for one in [*days.HOLIDAYS, *sales]
        for day in pl.date_range(one.first, one.last + timedelta(days=AFTER), eager=True)
    }
    daily = sessions.group_by("day").len().filter(~pl.col("day").is_in(sorted(odd)))
    weekly = daily.with_columns(
        share=pl.col("len") / pl.col("len").mean().over(pl.col("day").dt.truncate("1w"))
    )
    counts = weekly.group_by(pl.col("day").dt.weekday()).agg(pl.col("share").mean()).sort("day")
    found = counts["share"].to_numpy()
    np.testing.assert_allclose(found / found.mean(), np.array(days.WEEK) / np.mean(days.WEEK), atol=0.05)


@pytest.mark.parametrize(
    "sale", [one for one in days.HOLIDAYS if one.kind == "Sale"], ids=lambda one: one.name
)
def test_sales_days_stand_out(sessions, sale):
    """By what the market, the promotion and its campaigns bring together."""
    daily = sessions.group_by("day").len()
    around = daily.filter(pl.col("day").dt.truncate("1mo") == sale.first.replace(day=1))
    lift = around.filter(during(sale))["len"].mean() / around.filter(~during(sale))["len"].median()
    flow = Shop("small", 7).flow
    logged = np.array([channel.logged for channel in CHANNELS]) * flow.shares
    visits = pl.DataFrame({"day": pl.date_range(days.START, days.END, eager=True)}).with_columns(
        len=logged @ (flow.level * flow.stack)
    )
    month = visits.filter(pl.col("day").dt.truncate("1mo") == sale.first.replace(day=1))
    planned = month.filter(during(sale))["len"].mean() / month.filter(~during(sale))["len"].median()
    assert planned > 1.5
    assert lift == pytest.approx(planned, rel=0.15)


def test_the_shop_grows(sold):
    monthly = sold.group_by(pl.col("day").dt.truncate("1mo")).agg(pl.col("net").sum()).sort("day")["net"]
    assert 1.2 < monthly.tail(3).sum() / monthly.head(3).sum() < 1.8


def test_key_figures_are_those_of_a_shop_of_its_kind(shop, sold, sessions):
    orders = sold["order_id"].n_unique()
    bought = sold["net"].sum()
    cost = (sold["units"] * sold["unit_cost"]).sum()
    assert 60 < bought / orders < 80
    assert 0.35 < 1 - cost / bought < 0.41
    assert 0.028 < sessions["purchase"].mean() < 0.038
    assert 0.40 < share(sessions, pl.col("events") == 1) < 0.50
    assert 0.65 < 1 - sessions.filter("cart")["purchase"].mean() < 0.75
    assert 0.07 < shop["returns"]["units"].sum() / sold["units"].sum() < 0.09
    assert 0.025 < share(shop["orders"], pl.col("cancelled_at").is_not_null()) < 0.045
    assert 0.01 < share(shop["inventory"], pl.col("on_hand") <= 0) < 0.04


def test_market_share_is_a_few_percent_in_each_category(shop, sold):
    market = shop["market"].group_by("category").agg(pl.col("market_gmv").sum())
    gmv = (pl.col("units") * pl.col("unit_price")).sum()
    both = sold.group_by("category").agg(gmv=gmv).join(market, on="category")
    assert len(both) == len(CATEGORIES)
    assert 0.02 < both["gmv"].sum() / both["market_gmv"].sum() < 0.04
    shares = both["gmv"] / both["market_gmv"]
    assert shares.min() > 0.01 and shares.max() < 0.06


def test_parcels_are_late_by_carrier(shop):
    sent = (
        shop["shipments"]
        .drop_nulls("delivered_at")
        .with_columns(late=pl.col("delivered_at") > pl.col("promised_at"))
    )
    usual = sent.filter(~during(days.CARRIER_FORTNIGHT, "day"))
    assert 0.05 < usual["late"].mean() < 0.09
    by = dict(usual.group_by("carrier").agg(pl.col("late").mean()).iter_rows())
    assert set(by) == {carrier.name for carrier in CARRIERS}
    assert by["Palm Logistics"] > 2 * by["Skybridge Express"]


def test_answers_come_from_all_methods_and_fewer_online(shop):
    asked = shop["surveys"].filter(measure="nps")
    rate = dict(asked.group_by("method").agg(pl.col("score").is_not_null().mean()).iter_rows())
    assert 0.2 < rate["online"] < 0.45 < rate["phone"] < rate["field"] <= 1
    assert set(shop["surveys"]["measure"]) == {"nps", "csat", "ces", "driver", "comment"}


def test_people_write_in_english_and_chinese(shop):
    for table in ("surveys", "reviews"):
        said = shop[table].drop_nulls("comment")
        chinese = said["comment"].str.contains(r"\p{Han}")
        assert 0.3 < chinese.mean() < 0.7
        assert (chinese == (said["language"] == "zh")).all()


def test_late_parcels_make_people_unhappy(shop):
    late = shop["shipments"].select("order_id", late=pl.col("delivered_at") > pl.col("promised_at"))
    scores = shop["surveys"].filter(measure="nps").drop_nulls("score").join(late, on="order_id")
    on_time, delayed = (scores.filter(late=state)["score"].mean() for state in (False, True))
    assert on_time - delayed > 0.5
    asked = shop["orders"].join(late, on="order_id").join(shop["tickets"], on="order_id", how="left")
    tickets = dict(asked.group_by("late").agg(pl.col("ticket_id").is_not_null().mean()).iter_rows())
    assert tickets[True] > 3 * tickets[False]


def test_the_last_quarter_moved_up_and_down(shop, sold, sessions):
    def quarter(frame: pl.DataFrame, back: int) -> pl.DataFrame:
        last = days.END - pl.duration(days=90 * back)
        return frame.filter(pl.col("day").is_between(last - pl.duration(days=89), last))

    now, before = quarter(sold, 0), quarter(sold, 1)
    assert now["net"].sum() > 1.03 * before["net"].sum()
    discounts = [frame["discount"].sum() / frame["net"].sum() for frame in (now, before)]
    assert discounts[0] > 1.3 * discounts[1]
    margins = [
        1 - (frame["units"] * frame["unit_cost"]).sum() / frame["net"].sum() for frame in (now, before)
    ]
    assert margins[0] < margins[1] - 0.01
    spent = [quarter(shop["spend"], back)["spend"].sum() for back in (0, 1)]
    assert spent[0] / now["net"].sum() > 0.95 * spent[1] / before["net"].sum()
    social = [
        share(quarter(sessions, back), pl.col("channel").is_in(["Social", "Live stream"])) for back in (0, 1)
    ]
    assert social[0] > social[1]


def test_the_checkout_fault_hurts_mobile_only(sessions):
    reached = sessions.filter("checkout")
    fault = reached.filter(during(days.CHECKOUT_FAULT)).group_by("device").agg(pl.col("purchase").mean())
    usual = reached.filter(~during(days.CHECKOUT_FAULT)).group_by("device").agg(pl.col("purchase").mean())
    hurt, fine = dict(fault.iter_rows()), dict(usual.iter_rows())
    assert hurt["Mobile"] < 0.6 * fine["Mobile"]
    few = len(reached.filter(during(days.CHECKOUT_FAULT), device="Desktop"))
    error = (fine["Desktop"] * (1 - fine["Desktop"]) / few) ** 0.5
    assert abs(hurt["Desktop"] - fine["Desktop"]) < 3 * error


def test_the_carriers_fortnight_is_late(shop):
    sent = shop["shipments"].drop_nulls("delivered_at").filter(during(days.CARRIER_FORTNIGHT))
    late = pl.col("delivered_at") > pl.col("promised_at")
    slow = pl.col("carrier") == CARRIERS[days.SLOW_CARRIER].name
    assert share(sent.filter(slow), late) > 0.3 > 3 * share(sent.filter(~slow), late)


def test_the_video_brings_social_visits_and_views_of_one_product(shop, sessions):
    social = sessions.filter(channel="Social").group_by("day").len()
    month = social.filter(pl.col("day").dt.truncate("1mo") == days.VIRAL.first.replace(day=1))
    lift = month.filter(during(days.VIRAL))["len"].mean() / month.filter(~during(days.VIRAL))["len"].mean()
    assert lift == pytest.approx(days.VIRAL_SOCIAL, rel=0.2)
    found = Shop("small", 7).assortment
    product = found.ids(
        np.array([viral(found.category, found.popularity, found.launched, found.ended)])
    ).item()
    seen = shop["events"].filter(event="view", product_id=product).group_by("day").len()
    assert seen.filter(during(days.VIRAL))["len"].mean() > 5 * seen.filter(~during(days.VIRAL))["len"].mean()


def test_the_rival_cuts_prices_of_electronics(shop):
    prices = shop["competitor_prices"].join(
        shop["products"].select("product_id", "category"), on="product_id"
    )
    rival = prices.filter(competitor=COMPETITORS[days.CUT_COMPETITOR][0], category=days.CUT_CATEGORY)
    by = rival.group_by("product_id").agg(
        cut=pl.col("price").filter(during(days.PRICE_CUT)).mean(),
        usual=pl.col("price").filter(~during(days.PRICE_CUT)).mean(),
    )
    assert (by["cut"] / by["usual"]).mean() == pytest.approx(days.CUT_FACTOR, abs=0.02)


def test_the_tracking_day_lost_visits_but_not_orders(shop, sessions):
    day = days.BROKEN_TRACKING.first
    visits = sessions.group_by("day").len()
    assert visits.filter(day=day)["len"].item() < 0.3 * visits["len"].median()
    orders = shop["orders"].group_by("day").len()
    assert orders.filter(day=day)["len"].item() > 0.5 * orders["len"].median()


def test_wrong_sizes_come_back(shop, sold):
    found = Shop("small", 7).assortment
    wrong = (found.merchant == sizing_merchant(found)) & (found.kind < SIZE_KINDS)
    products = found.ids(np.flatnonzero(wrong))
    lines = sold.filter(pl.col("product_id").is_in(products.implode()))
    back = lines.join(shop["returns"], on=["order_id", "line_id"], how="left", suffix="_back")
    came = pl.col("return_id").is_not_null()
    assert share(back.filter(during(days.SIZING)), came) > 1.3 * share(
        back.filter(~during(days.SIZING)), came
    )


def test_service_answers_late_while_short_of_staff(shop):
    tickets = (
        shop["tickets"]
        .filter(channel="E-mail")
        .with_columns(wait=pl.col("first_response_at") - pl.col("opened_at"))
    )
    short, usual = (
        tickets.filter(state)["wait"].median()
        for state in (during(days.SERVICE_BACKLOG), ~during(days.SERVICE_BACKLOG))
    )
    assert short > 1.5 * usual
