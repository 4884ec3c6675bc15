"""The 27 campaigns of dunnhumby's Complete Journey read out as coupons and as promotions, and its totals.

Skipped where the data is absent: it may be used for education and exploration only, so it is not here.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from metrics.coupons import given
from metrics.period import Period
from metrics.promotions import read_out

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "complete_journey"
pytestmark = pytest.mark.skipif(
    not (FOLDER / "transactions.parquet").exists(),
    reason="needs the Complete Journey data in ../shared/data/complete_journey",
)
YEAR = Period(date(2017, 1, 1), date(2017, 12, 31))
TEXT = pl.String


def table(name: str) -> pl.LazyFrame:
    return pl.scan_parquet(FOLDER / f"{name}.parquet")


@pytest.fixture(scope="module")
def lines() -> pl.DataFrame:
    """A row a product in a basket; what was paid is its price, and quantities of 0 stay one unit."""
    at = pl.col("transaction_timestamp").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    category = table("products").select("product_id", category="product_category")
    rows = table("transactions").join(category, on="product_id", how="left")
    return rows.select(
        pl.col("product_id").cast(TEXT), "category", order_id=pl.col("basket_id").cast(TEXT),
        customer_id=pl.col("household_id").cast(TEXT), ordered_at=at,
        units=pl.lit(1), unit_price="sales_value", discount=pl.lit(0.0), unit_cost=pl.lit(None, pl.Float64),
    ).collect()  # fmt: skip


@pytest.fixture(scope="module")
def orders(lines) -> pl.DataFrame:
    return lines.group_by("order_id").agg(
        pl.col("customer_id").first(), pl.col("ordered_at").min(), channel=pl.lit(None, TEXT),
        region=pl.lit(None, TEXT), status=pl.lit(None, TEXT),
        cancelled_at=pl.lit(None, pl.Datetime("us", "UTC")),
    )  # fmt: skip


@pytest.fixture(scope="module")
def frames(lines):
    days = lines.group_by(
        "product_id", day=pl.col("ordered_at").dt.date(),
    ).agg(
        pl.col("category").first(), units=pl.col("units").sum().cast(pl.Float64),
        net_revenue=pl.col("unit_price").sum(), costed_revenue=pl.lit(None, pl.Float64),
        cost=pl.lit(None, pl.Float64), refunds=pl.lit(None, pl.Float64),
        channel=pl.lit(None, TEXT), region=pl.lit(None, TEXT),
    )  # fmt: skip
    people = lines.select("customer_id").unique().sort("customer_id").with_row_index("customer")

    def serve(name, where=None, by=(), basis="order"):
        if name == "log":
            return pl.LazyFrame(schema={"happened_at": pl.Datetime("us", "UTC")})
        return people.lazy() if name == "people" else days.lazy()

    return serve


@pytest.fixture(scope="module")
def coupons() -> pl.DataFrame:
    """A household that was targeted has a coupon of the campaign; redeemed is the first one it used."""
    start = pl.col("start_date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    used = (
        table("coupon_redemptions")
        .group_by("campaign_id", "household_id")
        .agg(redeemed_at=pl.col("redemption_date").min().cast(pl.Datetime("us")).dt.replace_time_zone("UTC"))
    )
    return (
        table("campaigns")
        .join(table("campaign_descriptions"), on="campaign_id")
        .join(used, on=["campaign_id", "household_id"], how="left")
        .select(
            "redeemed_at", promotion_id=pl.col("campaign_id").cast(TEXT), kind="campaign_type",
            customer_id=pl.col("household_id").cast(TEXT), issued_at=start,
        )
        .collect()
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(frames, coupons, lines, orders):
    early = pl.datetime(2016, 1, 1, time_unit="us", time_zone="UTC")
    people = lines.select("customer_id").unique().with_columns(signed_up_at=early).lazy()
    whole = Period(coupons["issued_at"].min().date(), coupons["issued_at"].max().date())
    return given(
        frames, coupons.lazy(), people, orders.lazy(), lines.lazy(), None, None, period=whole, as_of=YEAR.end
    )


def test_totals_are_the_published_ones(frames, lines, orders, coupons):
    assert frames("daily").select(pl.col("net_revenue").sum()).collect().item() == pytest.approx(4_596_039.58)
    assert lines["customer_id"].n_unique() == 2_469 and len(lines) == 1_469_307
    assert len(orders) == 155_848
    assert coupons["customer_id"].n_unique() == 1_559
    assert coupons.drop_nulls("redeemed_at")["customer_id"].n_unique() == 410
    kinds = coupons.unique("promotion_id")["kind"].value_counts().sort("kind")
    assert kinds.rows() == [("Type A", 4), ("Type B", 17), ("Type C", 6)]


def test_all_27_campaigns_are_read_as_coupons(found, coupons):
    rows = found.rows.filter(by="programme")
    assert len(rows) == 27 and rows["issued"].sum() == len(coupons) == 6_589
    counted = coupons.group_by("promotion_id").agg(pl.len(), pl.col("redeemed_at").count())
    told = rows.select(promotion_id="of", len="issued", redeemed_at="redeemed").sort("promotion_id")
    assert told.rows() == counted.sort("promotion_id").rows()
    known = rows.drop_nulls("orders")
    assert len(known) >= 20  # of the others all households of the same history were targeted
    assert (known["orders_low"] < known["orders"]).all() and (known["orders"] < known["orders_high"]).all()
    assert rows["margin"].null_count() == 27  # nobody knows what the goods cost


def test_the_text_says_why_this_is_no_experiment(found):
    assert any("no experiment unless chance decides" in warning for warning in found.warnings)


def test_matching_takes_away_most_of_what_targeting_chose(found, orders):
    """Targeted households already bought more before: without matching they look won by the campaign."""
    row = found.rows.filter(by="kind", of="Type A").row(0, named=True)
    targeted = found.rows.filter(by="kind", of="Type A")["issued"][0]
    counts = orders["customer_id"].value_counts()["count"]
    assert row["orders_per_coupon_high"] < counts.mean() / 6  # two months of everybody's baskets
    assert targeted > 1_000


def test_all_27_campaigns_are_read_as_promotions(frames):
    plans = table("campaign_descriptions").select(
        promotion_id=pl.col("campaign_id").cast(TEXT), name=pl.col("campaign_id").cast(TEXT), kind="campaign_type",
        starts_at=pl.col("start_date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        ends_at=pl.col("end_date").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
    )  # fmt: skip
    members = table("coupons").select(
        promotion_id=pl.col("campaign_id").cast(TEXT), product_id=pl.col("product_id").cast(TEXT)
    ).unique()  # fmt: skip
    whole = Period(date(2016, 10, 1), YEAR.end)
    found = read_out(frames, plans, members, None, None, None, None, period=whole, as_of=YEAR.end)
    rows = found.promotions
    assert found.n == 27
    assert (rows["lift"].is_not_null() | rows["reason"].is_not_null()).all()
    refused = rows.filter(pl.col("lift").is_null())["reason"].to_list()
    assert all(refused) and any("on the same products on the same days" in reason for reason in refused)
    assert "needs the column unit_cost in the table order_lines: import it" in found.warnings
