"""The ready mappings on real data, and on small files in the documented layouts."""

import csv
import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.loaders.reading import DATA, opened, problems, put, read


def data(name: str):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real data {name} is not on this machine")
    return path


def table(rows: list[dict]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_uci_online_retail():
    delivery = opened(data("online_retail/by-day"))
    assert delivery.shop == {"timezone": "Europe/London", "currency": "GBP"}
    assert len(delivery.sources) == 305
    found = read(delivery)
    lines, returns = found["order_lines"], found["returns"]
    assert set(found) == {"order_lines", "returns", "orders", "customers", "products"}
    assert (lines.height, returns.height, lines.height + returns.height) == (532_621, 9_288, 541_909)
    assert all(frame["_problem"].null_count() == frame.height for frame in found.values())
    value = (lines["units"] * lines["unit_price"]).sum() - returns["refund_value"].sum()
    assert value == pytest.approx(9_747_747.93, abs=0.01)
    assert lines["units"].sum() - returns["units"].sum() == 5_176_450
    invoices = lines["order_id"].n_unique() + returns["return_id"].n_unique()
    assert (invoices, returns["return_id"].n_unique()) == (25_900, 3_836)
    assert found["customers"]["customer_id"].n_unique() == 4_372
    assert found["orders"]["order_id"].n_unique() == lines["order_id"].n_unique()
    assert pl.concat([lines["product_id"], returns["product_id"]]).n_unique() == 4_070
    assert found["customers"]["country"].n_unique() <= 38 == found["orders"]["region"].n_unique()


@pytest.fixture(params=["sample", "original"])
def olist(request, tmp_path):
    """The sample as it is, and rewritten to the columns and dates of the original on Kaggle."""
    sample = data("olist_sample")
    if request.param == "sample":
        return sample
    for path in sample.glob("*.csv"):
        frame = pl.read_csv(path, infer_schema=False)
        moments = [name for name in frame.columns if name.endswith(("_date", "_at", "_timestamp"))]
        frame = frame.with_columns(
            pl.col(moments).str.to_datetime("%m/%d/%Y %H:%M").dt.strftime("%Y-%m-%d %H:%M:%S")
        )
        frame = frame.rename(
            {"review_pk": "review_id", "product_category_namept": "product_category_name"}, strict=False
        )
        if "review_id" in frame.columns:
            frame = frame.with_columns(
                pl.lit("T").alias("review_comment_title"), pl.lit("M").alias("review_comment_message")
            )
        frame.select(name for name in frame.columns if not name.endswith("_pk")).write_csv(
            tmp_path / path.name
        )
    return tmp_path


def test_olist(olist):
    delivery = opened(olist)
    assert delivery.shop == {"timezone": "America/Sao_Paulo", "currency": "BRL"}
    found = read(delivery)
    assert all(frame["_problem"].null_count() == frame.height for frame in found.values())
    rows = {name: frame.height for name, frame in found.items()}
    assert rows["orders"] == 5_000
    assert (rows["order_lines"], rows["payments"], rows["reviews"]) == (5_603, 5_160, 4_988)
    arrived = found["shipments"].filter(pl.col("delivered_at").is_not_null())
    late = (arrived["delivered_at"] > arrived["promised_at"]).mean()
    assert (arrived.height, round(100 * late, 2)) == (4_858, 8.07)
    assert round(found["reviews"]["score"].mean(), 3) == 4.119
    first = found["orders"].filter(order_id="e481f51cbdc54678b7cc49136f2d6af7").row(0, named=True)
    assert first["ordered_at"] == datetime(2017, 10, 2, 13, 56, tzinfo=UTC)
    assert (first["customer_id"][:8], first["region"], first["shipping_fee"]) == ("7c396fd4", "SP", 8.72)
    assert found["order_lines"]["unit_price"].sum() == pytest.approx(
        pl.read_csv(olist / "olist_order_items_dataset.csv", infer_schema_length=None)["price"].sum()
    )
    assert {"health_beauty", "watches_gifts"} <= set(found["products"]["category"])
    assert found["customers"]["customer_id"].n_unique() == found["orders"]["customer_id"].n_unique()


SHOPIFY = {
    "Name": "#1001", "Email": "Ann@Example.com", "Financial Status": "paid",
    "Paid at": "2024-03-01 10:05:00 -0500", "Fulfillment Status": "fulfilled",
    "Fulfilled at": "2024-03-02 09:00:00 -0500", "Accepts Marketing": "yes", "Currency": "USD",
    "Subtotal": "90.00", "Shipping": "5.00", "Taxes": "7.60", "Total": "102.60", "Discount Code": "SPRING",
    "Discount Amount": "10.00", "Shipping Method": "Standard", "Created at": "2024-03-01 10:00:00 -0500",
    "Lineitem quantity": "2", "Lineitem name": "Tea pot", "Lineitem price": "30.00",
    "Lineitem compare at price": "35.00", "Lineitem sku": "POT", "Lineitem requires shipping": "true",
    "Lineitem taxable": "true", "Lineitem fulfillment status": "fulfilled", "Billing Name": "Ann Lee",
    "Billing City": "Boston", "Billing Country": "US", "Billing Phone": "", "Shipping Province": "MA",
    "Shipping Country": "US", "Cancelled at": "", "Payment Method": "Shopify Payments",
    "Refunded Amount": "0.00", "Vendor": "Acme", "Id": "5", "Source": "web", "Lineitem discount": "0.00",
}  # fmt: skip


def test_shopify(tmp_path, monkeypatch):
    second = {"Name": "#1001", "Email": "Ann@Example.com", "Lineitem quantity": "4", "Lineitem name": "Cup",
              "Lineitem price": "10.00", "Created at": "2024-03-01 10:00:00 -0500", "Lineitem discount": "0.00"}  # fmt: skip
    other = SHOPIFY | {
        "Name": "#1002",
        "Discount Amount": "0.00",
        "Cancelled at": "2024-03-03 08:00:00 -0500",
    }
    put(tmp_path, {"orders_export_1.csv": table([SHOPIFY, second, other | {"Lineitem discount": "1.50"}])})
    delivery = opened(tmp_path)
    assert "mapping shopify_orders" in delivery.notes[0]
    assert any("refunds per order" in note for note in delivery.notes)
    found = read(delivery)
    assert all(frame["_problem"].null_count() == frame.height for frame in found.values())
    lines = found["order_lines"]
    assert lines.select("order_id", "product_id", "units", "unit_price", "discount").rows() == [
        ("#1001", "POT", 2, 30.0, 6.0),
        ("#1001", "Cup", 4, 10.0, 4.0),
        ("#1002", "POT", 2, 30.0, 1.5),
    ]
    assert lines["ordered_at"][1] == datetime(2024, 3, 1, 15, tzinfo=UTC)
    orders = found["orders"].sort("order_id")
    assert (
        orders.select("customer_id", "region", "channel", "coupon_id", "shipping_fee", "tax").rows()
        == [("ann@example.com", "MA", "web", "SPRING", 5.0, 7.6)] * 2
    )
    assert orders["cancelled_at"].to_list() == [None, datetime(2024, 3, 3, 13, tzinfo=UTC)]
    assert found["customers"].select("email", "marketing_consent").rows() == [("Ann@Example.com", True)]
    assert found["payments"]["amount"].to_list() == [102.6, 102.6]
    assert found["shipments"]["shipped_at"][0] == datetime(2024, 3, 2, 14, tzinfo=UTC)
    assert set(found["products"]["product_id"]) == {"POT", "Cup"}
    monkeypatch.setattr("loaders.lines.BLOCK", 300)  # the rows of an order come in different blocks
    assert read(opened(tmp_path))["order_lines"].equals(lines)


WOO = {
    "order_id": "727", "order_number": "727", "date": "2024-03-01 10:00:00", "status": "completed",
    "shipping_total": "5.00", "tax_total": "2.10", "discount_total": "2.00", "order_total": "35.10",
    "refunded_total": "-9.00", "order_currency": "EUR", "payment_method": "stripe", "customer_id": "0",
    "billing_first_name": "Ben", "billing_last_name": "Roy", "billing_email": "Ben@Example.com",
    "billing_phone": "1", "billing_city": "Lyon", "billing_state": "", "billing_country": "FR",
    "shipping_state": "", "shipping_country": "FR", "item_id": "11", "item_product_id": "37",
    "item_name": "Mug", "item_sku": "MUG", "item_quantity": "2", "item_subtotal": "20.00",
    "item_total": "18.00", "item_refunded": "9.00", "item_refunded_qty": "-1", "item_meta": "",
}  # fmt: skip


@pytest.mark.parametrize("when", ["date", "order_date"])
def test_woocommerce(tmp_path, when):
    second = WOO | {"item_id": "12", "item_product_id": "38", "item_name": "Jar", "item_quantity": "1",
                    "item_subtotal": "10", "item_total": "10", "item_refunded": "0", "item_refunded_qty": "0"}  # fmt: skip
    rows = [{when if key == "date" else key: value for key, value in row.items()} for row in (WOO, second)]
    put(tmp_path, {"orders-export.csv": table(rows)})
    delivery = opened(tmp_path, timezone="Europe/Paris")
    assert "mapping woocommerce" in delivery.notes[0]
    found = read(delivery)
    assert all(frame["_problem"].null_count() == frame.height for frame in found.values())
    assert found["order_lines"].select("line_id", "product_id", "units", "unit_price", "discount").rows() == [
        ("11", "37", 2, 10.0, 2.0),
        ("12", "38", 1, 10.0, 0.0),
    ]
    assert found["orders"].select("order_id", "customer_id", "region", "shipping_fee").rows() == [
        ("727", "ben@example.com", "FR", 5.0)
    ]
    assert found["orders"]["ordered_at"][0] == datetime(2024, 3, 1, 9, tzinfo=UTC)
    assert found["returns"].select("order_id", "product_id", "units", "refund_value").rows() == [
        ("727", "37", 1, 9.0)
    ]


def ga4(name: str, second: int, params: dict | None = None, **more) -> dict:
    keyed = [
        {
            "key": key,
            "value": {"int_value": str(value)} if isinstance(value, int) else {"string_value": value},
        }
        for key, value in ({"ga_session_id": 77} | (params or {})).items()
    ]
    return {
        "event_date": "20240301", "event_timestamp": str(1709287200000000 + second * 1_000_000),
        "event_name": name, "event_params": keyed, "user_pseudo_id": "123.456",
        "device": {"category": "mobile", "web_info": {"browser": "Chrome"}},
        "geo": {"country": "France", "region": "Brittany"},
        "traffic_source": {"medium": "(none)", "name": "(direct)", "source": "(direct)"}, **more,
    }  # fmt: skip


GA4 = [
    ga4("session_start", 0, collected_traffic_source={"manual_medium": "cpc", "manual_campaign_name": "spring"}),
    ga4("page_view", 1, {"page_location": "https://shop/a", "engagement_time_msec": 1500}),
    ga4("view_item", 2, items=[{"item_id": "P1", "item_name": "Mug", "price": 10.0}]),
    ga4("view_search_results", 3, {"search_term": "mug"}, user_id="U9"),
    ga4("purchase", 4, {"transaction_id": "T1"}, ecommerce={"transaction_id": "T1", "purchase_revenue": 30.0},
        items=[{"item_id": "P1", "item_name": "Mug", "price": 10.0, "quantity": 2},
               {"item_id": "P2", "item_name": "Jar", "price": 10.0, "quantity": 1}]),
]  # fmt: skip


def test_ga4(tmp_path):
    put(tmp_path, {"events_20240301.jsonl": "\n".join(map(json.dumps, GA4))})
    found = read(opened(tmp_path))
    assert set(found) == {"events"}
    events = found["events"]
    assert problems(events) == {}
    assert events["event"].to_list() == ["visit", "page", "view", "search", "purchase"]
    assert events["happened_at"][0] == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert events["customer_id"].to_list() == ["123.456"] * 3 + ["U9", "123.456"]
    assert events.select("session_id", "device", "region").unique().rows() == [
        ("123.456.77", "mobile", "Brittany")
    ]
    assert events["channel"].to_list() == ["paid search", "direct", "direct", "direct", "direct"]
    assert events["campaign_id"].to_list() == ["spring", None, None, None, None]
    assert events.row(1, named=True)["page"] == "https://shop/a"
    assert events.row(1, named=True)["duration"] == 1.5
    assert events["product_id"].to_list() == [None, None, "P1", None, "P1"]
    assert events["query"][3] == "mug"
    assert events.select("order_id", "value").row(4) == ("T1", 30.0)


def test_ga4_with_orders(tmp_path):
    put(tmp_path, {"events_20240301.jsonl": "\n".join(map(json.dumps, [*GA4, GA4[-1]]))})
    found = read(opened(tmp_path, mapping="ga4_with_orders"))
    assert found["events"].height == 6
    assert found["orders"].select("order_id", "customer_id", "device").rows() == [("T1", "123.456", "mobile")]
    assert found["order_lines"].select("order_id", "line_id", "product_id", "units", "unit_price").rows() == [
        ("T1", "1", "P1", 2, 10.0),
        ("T1", "2", "P2", 1, 10.0),
    ]
    assert set(found["products"]["name"]) == {"Mug", "Jar"}
