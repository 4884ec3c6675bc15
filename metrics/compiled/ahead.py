"""Compiles the passes before anybody waits for them: a few seconds once a machine, then kept on disk."""

from __future__ import annotations

from datetime import date

import polars as pl

from metrics.analysis import ANALYSES
from metrics.period import Period

DAY = date(2026, 5, 1)
QUESTIONS = (
    ("funnel", {"steps": ("visit", "view", "cart")}),
    ("funnel", {"steps": ("visit", "view[device!=x]", "cart")}),
    ("funnel", {"steps": ("visit", "view", "cart"), "count": "totals"}),
    ("funnel", {"steps": ("visit", "view", "cart"), "order": "any"}),
    ("paths", {"goal": "cart"}),
    ("paths", {"goal": "cart", "within": "customer"}),
)


def compile_ahead() -> None:
    """Asks each question of a log of a few events."""
    names, none = ["visit", "view", "cart"], pl.lit(None, pl.Enum([]))
    rows = pl.DataFrame(
        {"customer": [1, 1, 1, 2, 2, 2], "session": [0, 0, 0, 3, 3, 3], "event": names * 2},
        schema={"customer": pl.Int32, "session": pl.Int64, "event": pl.Enum(names)},
    ).with_columns(
        happened_at=pl.lit(DAY).cast(pl.Datetime("us", "UTC")) + pl.duration(seconds=pl.int_range(6)),
        channel=none,
        region=none,
        device=none,
    )  # fmt: skip
    for name, settings in QUESTIONS:
        declared = ANALYSES[name]
        usual = {each: setting.default for each, setting in declared.settings.items()}
        declared.result(
            lambda table, **_: rows.lazy(), lambda table: None, usual | settings,
            period=Period(DAY, DAY), as_of=DAY,
        )  # fmt: skip
