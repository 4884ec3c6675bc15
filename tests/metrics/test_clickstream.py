"""A clickstream with stories that were planted in it: a bug at the checkout, cohorts that drift."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from metrics.bursts import bursts
from metrics.drops import drops
from metrics.period import Period
from metrics.retention import retention
from tests.metrics.logs import serve

CLICKS = Path(__file__).parents[3] / "shared" / "data" / "ecom_clickstream" / "ecom.csv.gz"


@pytest.fixture(scope="module")
def clicks():
    if not CLICKS.exists():
        pytest.skip("the clicks of ecom_clickstream are not on this machine")
    return pl.read_csv(CLICKS, try_parse_dates=True).sort("user_id", "timestamp", maintain_order=True)


@pytest.fixture(scope="module")
def frames(clicks):
    kinds = pl.Enum(clicks["platform"].unique().sort()), pl.Enum(clicks["event"].unique().sort())
    rows = clicks.select(
        customer=pl.col("user_id").rle_id().cast(pl.Int32),
        session=pl.col("session_id").rank("dense").cast(pl.Int64),
        happened_at=pl.col("timestamp").dt.replace_time_zone("UTC"),
        event=pl.col("event").cast(kinds[1]),
        device=pl.col("platform").cast(kinds[0]),
    )
    return serve(rows)


def test_a_planted_bug_at_the_checkout_of_mobile(clicks, frames):
    """`checkout_bug` was planted on mobile from 13 April to 9 May 2024."""
    bug = clicks.filter(event="checkout_bug")
    planted = Period(bug["timestamp"].dt.date().min(), bug["timestamp"].dt.date().max())
    assert bug["platform"].unique().to_list() == ["mobile"]
    steps = ("product_view", "cart", "shipping_details", "payment_details", "purchase")
    period = Period(date(2024, 2, 1), date(2024, 6, 29))
    found = drops(frames, period=period, as_of=period.end, steps=steps, longest=28).drops.to_dicts()
    assert len(found) == 1
    assert (found[0]["segment"], found[0]["label"], found[0]["rate"]) == ("mobile", "payment_details", 0.0)
    assert planted.start <= found[0]["start"] <= found[0]["end"] <= planted.end


def test_cohorts_drift(clicks, frames):
    """Later cohorts come back more in their first month, beside a count by hand of both halves."""
    days = clicks.select("user_id", month=pl.col("timestamp").dt.truncate("1mo"))
    last = clicks["timestamp"].max().date()
    period = Period(clicks["timestamp"].min().date(), last)
    found = retention(frames, *[None] * 6, period=period, as_of=last, every="month", periods=3, money=False)
    assert found.drift_low > 0 and found.drift_p < 0.05
    first = days.group_by("user_id").agg(first=pl.col("month").min())
    back = days.join(first, on="user_id").filter(pl.col("month") == pl.col("first").dt.offset_by("1mo"))
    came = first.with_columns(back=pl.col("user_id").is_in(back["user_id"].unique().implode()))
    for half in found.halves.to_dicts():
        months = [date.fromisoformat(half[end]) for end in ("first", "last")]
        mine = came.filter(pl.col("first").dt.date().is_between(*months))
        assert (half["n"], half["returned"]) == (len(mine), mine["back"].sum())


def test_days_of_failing_payments_and_of_questions_to_the_support(clicks, frames):
    """`payment_error` came from 19 May to 8 June 2024 only; the support was asked most on its first days."""
    failed = clicks.filter(event="payment_error")["timestamp"].dt.date()
    period = Period(date(2024, 2, 1), date(2024, 6, 29))
    found = {row["event"]: row for row in bursts(frames, period=period, as_of=period.end).bursts.to_dicts()}
    error, asked = found["payment_error"], found["support_chat"]
    assert (error["start"], error["end"], error["usual_share"]) == (failed.min(), failed.max(), 0.0)
    assert error["visits"] == clicks.filter(event="payment_error")["session_id"].n_unique()
    assert failed.min() <= asked["start"] <= failed.max() and asked["low"] > 0
    assert "checkout_bug" in found
