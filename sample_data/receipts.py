"""Rows of orders, order lines and payments."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import days
from sample_data import world as w
from sample_data.assortment import Assortment
from sample_data.columns import drawn, instants, labels, only
from sample_data.coupons import coupon_ids
from sample_data.draws import Draws
from sample_data.orders import Lines, Orders
from sample_data.parcels import Parcels
from sample_data.plan import DISCOUNTS


def order_rows(draws: Draws, made: Orders, sent: Parcels, campaign: pl.Series, month: int) -> pl.DataFrame:
    """Rows of the table orders. campaign: id by order."""
    reason = drawn(draws, "cancel reason", w.CANCEL_REASONS, made.key)
    return pl.DataFrame(
        {
            "order_id": made.id,
            "ordered_at": instants("ordered_at", made.at),
            "customer_id": made.customer,
            "channel": labels(w.CHANNELS, made.channel),
            "region": labels(w.REGIONS, made.region),
            "device": only(~made.in_store, labels(w.DEVICES, made.device)),
            "status": sent.status(made),
            "cancelled_at": instants("cancelled_at", made.cancelled),
            "cancel_reason": only(~made.stands, reason),
            "campaign_id": campaign,
            "coupon_id": only(made.coupon, coupon_ids(month, made.customer)),
            "shipping_fee": made.fee,
            "tax": made.tax,
            "updated_at": instants("updated_at", sent.updated(made)),
        }
    )


def line_rows(shop: Assortment, made: Orders, lines: Lines) -> pl.DataFrame:
    """Rows of the table order_lines."""
    return pl.DataFrame(
        {
            "order_id": made.id.gather(lines.order),
            "line_id": pl.Series(lines.place + 1).cast(pl.String),
            "product_id": shop.ids(lines.product),
            "ordered_at": instants("ordered_at", made.at[lines.order]),
            "merchant_id": shop.merchant_ids(shop.merchant[lines.product]),
            "category": labels(w.CATEGORIES, shop.category[lines.product]),
            "units": lines.units,
            "unit_price": lines.price,
            "discount": lines.discount,
            "unit_cost": shop.cost[days.MONTH_OF[made.day[lines.order]], lines.product],
            "promotion_id": labels(DISCOUNTS, lines.given_by),
        }
    )


def payment_rows(draws: Draws, made: Orders) -> pl.DataFrame:
    """Rows of the table payments: one an order, a few split in two, some cancelled ones unpaid."""
    unpaid = ~made.stands & draws.chance("unpaid", w.CANCELLED_UNPAID, made.key)
    row = np.flatnonzero(~unpaid)
    amount = np.round(made.net + made.fee + made.tax, 2)[row]
    split = draws.chance("split payment", w.SPLIT_PAYMENTS, made.key[row]) & (amount > 20)
    gift = np.round(amount[split] * 0.3, 2)
    amount[split] -= gift
    rows = np.concatenate([row, row[split]])
    second = np.arange(len(rows)) >= len(row)
    method = drawn(draws, "method", w.PAYMENT_METHODS, made.key[rows])
    return pl.DataFrame(
        {
            "payment_id": "Y" + made.id.gather(rows).str.slice(1) + labels(("-1", "-2"), second.astype(int)),
            "order_id": made.id.gather(rows),
            "paid_at": instants("paid_at", made.at[rows]),
            "method": labels(("Gift card",), np.where(second, 0, -1)).fill_null(method),
            "amount": np.round(np.concatenate([amount, gift]), 2),
        }
    )
