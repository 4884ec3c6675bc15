"""All truths of a shop, as they lie beside its tables in the store: truths.json and truths_people.parquet."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from loaders.loader import Progress
from sample_data import days, effects, holds
from sample_data import world as w
from sample_data.again import Year
from sample_data.columns import labels
from sample_data.elasticity import elasticities
from sample_data.shop import Shop
from sample_data.truth import DEFINITIONS, Sample, Truth

PEOPLE = 60_000  # most people whose lives are looked at: all of the small shop
EFFECTS = (
    effects.promotions, effects.coupons, effects.campaigns, effects.channels, effects.incidents,
    effects.service,
)  # fmt: skip
STANDING = (
    holds.funnel, holds.lifetimes, holds.retention, holds.churn, holds.satisfaction, holds.associations,
    holds.market,
)  # fmt: skip


def truths(year: Year, tell: Callable[[Progress], None]) -> list[Truth]:
    """All of a year; where not all people are looked at, totals have standard errors."""
    sample = Sample(len(year.person), year.shop.population.people)

    def without(what: str) -> None:
        tell(Progress(f"living the year without {what}" if what else "living the year without campaigns"))

    found = [truth for each in STANDING for truth in each(year, sample)]
    found += elasticities(year)
    return found + [truth for each in EFFECTS for truth in each(year, sample, without)]


def write(shop: Shop, folder: Path, tell: Callable[[Progress], None], people: int = PEOPLE) -> None:
    """Puts both files into a folder."""
    tell(Progress("living the year again"))
    year = Year.of(shop, shop.population.part(people))
    document(shop, len(year.person), truths(year, tell), folder)
    of_people(year).write_parquet(folder / "truths_people.parquet")


def document(shop: Shop, people: int, found: list[Truth], folder: Path) -> None:
    whole: dict[str, Any] = {
        "generator": w.GENERATOR,
        "size": shop.size,
        "seed": shop.seed,
        "null": shop.run.null,
        "people": people,
        "of": shop.population.people,
        "definitions": [
            {"topic": topic, "measure": measure, "unit": unit, "meaning": meaning}
            for (topic, measure), (unit, meaning) in DEFINITIONS.items()
        ],
        "truths": [asdict(each) for each in found],
    }
    (folder / "truths.json").write_text(json.dumps(whole, ensure_ascii=False, allow_nan=False))


def of_people(year: Year) -> pl.DataFrame:
    """What no table says of each customer: kind, price sensitivity, whether they are still there."""
    people = year.people
    rows = np.flatnonzero(people.account & (people.arrives < days.DAYS))
    return pl.DataFrame(
        {
            "customer_id": year.shop.population.ids(people.person[rows]),
            "group": labels(w.GROUPS, people.group[rows]),
            "visits_a_month": people.rate[rows],
            "beta": people.beta[rows],
            "alive": holds.left(year)[rows] >= days.DAYS,
        }
    )
