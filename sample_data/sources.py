"""The sample shop as a delivery: one source for each table that stands still, one for each month of life."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256

import numpy as np
import polars as pl

from loaders import tables
from loaders.loader import LINE, PROBLEM, BadInput, Batch, Delivery, Source
from sample_data import background, catalogue, content, days, marketing, people, promotions, truths
from sample_data import world as w
from sample_data.run import FACTUAL, Run
from sample_data.shop import Shop


def delivery(size: str = "small", seed: int = 7, run: Run = FACTUAL) -> Delivery:
    """A shop of that size (small, medium, large). The same size and seed give the same rows.

    Raises BadInput for another size.
    """
    if size not in w.SIZES:
        raise BadInput(f"There is no sample shop of size {size!r}. Known: {', '.join(w.SIZES)}.")
    shop = Shop(size, seed, run)
    sources = [
        Source(f"sample/{table}", _digest(shop, table), partial(_batches, table, make))
        for table, make in standing(shop).items()
    ]
    sources += [
        Source(f"sample/{month:%Y-%m}", _digest(shop, f"{month:%Y-%m}"), partial(_life, shop, number))
        for number, month in enumerate(days.MONTHS)
    ]
    notes = [f"The sample shop: size {size}, seed {seed}."]
    if run.text:
        notes.append(f"It is another run of the year: {run.text}.")
    return Delivery(
        sources,
        shop=dict(w.SHOP),
        notes=notes,
        beside=partial(truths.write, Shop(size, seed, run)),
    )


def standing(shop: Shop) -> dict[str, Callable[[], Iterator[pl.DataFrame]]]:
    """The tables that do not come from the life of a month, and how to make them."""

    def of_promotions() -> pl.DataFrame:
        ids = shop.assortment.ids(np.arange(shop.assortment.products))
        return promotions.promotion_product_rows(shop.run, shop.member, ids, shop.assortment.usual)

    makers: dict[str, Callable[[], pl.DataFrame]] = {
        "products": lambda: catalogue.product_rows(shop.draws, shop.assortment),
        "merchants": lambda: catalogue.merchant_rows(shop.draws, shop.assortment),
        "promotions": lambda: promotions.promotion_rows(shop.run),
        "promotion_products": of_promotions,
        "campaigns": lambda: marketing.campaign_rows(shop.run, shop.factor),
        "content": lambda: content.content_rows(shop.draws, shop.factor),
        "competitor_prices": lambda: background.competitor_rows(shop.draws, shop.assortment),
        "market": lambda: background.market_rows(shop.draws, shop.factor),
        "listing_audits": lambda: background.audit_rows(shop.draws, shop.assortment),
        "targets": lambda: background.target_rows(shop.factor),
        "incidents": lambda: background.incident_rows(shop.run),
    }
    found: dict[str, Callable[[], Iterator[pl.DataFrame]]] = {"customers": partial(_customers, shop)}
    return found | {table: partial(_one, make) for table, make in makers.items()}


def _one(make: Callable[[], pl.DataFrame]) -> Iterator[pl.DataFrame]:
    yield make()


def _customers(shop: Shop) -> Iterator[pl.DataFrame]:
    for block in shop.blocks(shop.population.customers):
        yield people.customers(shop.draws, shop.population, shop.traits(block))


def _digest(shop: Shop, name: str) -> str:
    return sha256(f"sample {w.GENERATOR} {shop.size} {shop.seed} {shop.run.text} {name}".encode()).hexdigest()


def _batches(table: str, make: Callable[[], Iterator[pl.DataFrame]]) -> Iterator[Batch]:
    line = 1
    for frame in make():
        yield _batch(table, frame, line)
        line += len(frame)


def _life(shop: Shop, month: int) -> Iterator[Batch]:
    lines: dict[str, int] = {}
    for frames in shop.month(month):
        for table, frame in frames.items():
            if len(frame):
                first = lines.get(table, 1)
                yield _batch(table, frame, first)
                lines[table] = first + len(frame)


def _batch(table: str, frame: pl.DataFrame, line: int) -> Batch:
    """line: of its first row in the source, counted for each table by itself."""
    raw = frame.select(name for name in tables.dtypes(table) if name in frame.columns)
    numbers = pl.int_range(line, line + pl.len(), dtype=pl.UInt32).alias(LINE)
    return Batch(table, raw.with_columns(numbers, pl.lit(None, pl.String).alias(PROBLEM)), raw)
