"""Logs made by hand or by Hypothesis, and the frames that serve them."""

from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import strategies as st

START = datetime(2026, 5, 1, tzinfo=UTC)
NAMES = ["cart", "checkout", "like", "purchase", "view", "visit"]
DEVICES = ["Desktop", "Mobile"]


def log(rows, zone="UTC") -> pl.DataFrame:
    """rows: (customer, seconds since START or a datetime, event, device or None, session), in any order."""
    found = [
        (
            who,
            START + timedelta(seconds=when) if isinstance(when, int | float) else when,
            event,
            device,
            visit,
        )
        for who, when, event, device, visit in ((*row, None, 0)[:5] if len(row) < 5 else row for row in rows)
    ]
    frame = pl.DataFrame(
        found,
        orient="row",
        schema={
            "customer": pl.Int32,
            "happened_at": pl.Datetime("us", "UTC"),
            "event": pl.Enum(NAMES),
            "device": pl.Enum(DEVICES),
            "session": pl.Int64,
        },
    )
    return frame.sort("customer", "happened_at", maintain_order=True).with_columns(
        pl.col("happened_at").dt.convert_time_zone(zone),
        channel=pl.lit(None, pl.Enum(["App"])),
        region=pl.lit(None, pl.Enum(["North"])),
    )


def serve(frame: pl.DataFrame):
    """The frames of a shop that has nothing but this log."""

    def frames(name, where=None, by=(), basis="order"):
        assert name == "log"
        rows = frame.lazy()
        for column, values in (where or {}).items():
            rows = rows.filter(pl.col(column).cast(pl.String).is_in(values))
        return rows

    return frames


@st.composite
def logs(draw, names=("visit", "view", "cart", "like"), people=4, most=24, ties=True):
    """Rows of a log with ties, repeats, gaps and people of one event."""
    seconds = st.integers(0, 30 if ties else 10**6)
    count = draw(st.integers(0, most))
    return [
        (
            draw(st.integers(1, people)),
            draw(seconds),
            draw(st.sampled_from(names)),
            draw(st.sampled_from([None, *DEVICES])),
            draw(st.integers(0, 2)),
        )
        for _ in range(count)
    ]
