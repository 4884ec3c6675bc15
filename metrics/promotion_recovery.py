"""How well the read-outs of promotions find what was planted in the sample shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from metrics.analysis import Verdict
from metrics.promotions import read_out
from metrics.reason import Reason
from metrics.recovery import Data, Estimate, Recovery, refused

ALONE = Reason("nothing is surely bought together with its products more often than by chance")
TABLES = ("promotions", "promotion_products", "coupons", "incidents", "tickets", "orders", "order_lines")


def _told(part: str, measure: str) -> Callable[[Data, Sequence[str]], Mapping[str, Estimate]]:
    def told(data: Data, of: Sequence[str]) -> dict[str, Estimate]:
        """By promotion; of a part that a promotion has not (all of its category takes part), none, and of
        one that nothing is bought with, why.
        """
        scans = [data.scan(table) for table in TABLES]
        result = read_out(data.frames, *scans, period=data.period, as_of=data.period.end)  # type: ignore[arg-type]
        found = {
            row["promotion"]: Estimate(None, None, None, 0, Verdict(False, (row["reason"],)))
            for row in result.promotions.to_dicts()
            if row["promotion"] in of and row["lift"] is None and part == "lift"
        }
        sold = dict(result.promotions.select("promotion", "sold").iter_rows())
        for row in result.parts.to_dicts():
            if row["promotion"] in of and row["part"] == part:
                value, low, high = (row[f"{measure}{end}"] for end in ("", "_low", "_high"))
                found[row["promotion"]] = Estimate(value, low, high, round(sold[row["promotion"]]))
        if part == "halo":
            alone = result.promotions.filter(pl.col("lift").is_not_null())["promotion"].to_list()
            found |= {each: refused(0, ALONE) for each in alone if each in of and each not in found}
        return found

    return told


HOW = (
    "Its products against those of other categories, or other places, without promotions; a sale of "
    "everything against the calendar, refused on holidays. The interval is widened by placebos."
)
lift_recovery = Recovery(
    "promotion_lift", "Promotion: read-out", HOW, "promotion", "lift_units", _told("lift", "units"),
    of=".+", null="inert",
)  # fmt: skip
pull_forward_recovery = Recovery(
    "promotion_pull_forward", "Promotion: brought forward", HOW, "promotion", "pull_forward_units",
    _told("pull_forward", "units"), of=".+", null="inert",
)  # fmt: skip
cannibalised_recovery = Recovery(
    "promotion_cannibalised", "Promotion: cannibalised", HOW, "promotion", "cannibalised_units",
    _told("cannibalised", "units"), of=".+", null="inert",
)  # fmt: skip
halo_recovery = Recovery(
    "promotion_halo", "Promotion: halo", "Products that are bought together with its own more often than by "
    "chance, against the same control. The truth counts all other categories too, which are the control "
    "here.", "promotion", "halo_units", _told("halo", "units"), of=".+", null="inert",
)  # fmt: skip
margin_recovery = Recovery(
    "promotion_margin", "Promotion: margin", "As the read-out: what it takes from the control is not seen. "
    "The truth counts it, so a promotion that draws buyers from other categories looks too good here.",
    "promotion", "margin", _told("net", "margin"), of=".+", twin="inert",
)  # fmt: skip
