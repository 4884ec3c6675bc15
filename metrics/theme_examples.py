"""Examples of themes that say nothing of who wrote them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.masking import mask

LONGEST = 200  # letters of a quotation

EXAMPLES = {
    **dict.fromkeys(("theme", "lang", "text", "source"), pl.String),
    "month": pl.Date,
    "score": pl.Float64,
}


def examples(
    known: pl.DataFrame,
    customers: pl.LazyFrame | None,
    keys: Sequence[str],
    member: NDArray[np.bool_],
    strength: NDArray[np.float64],
    quotes: int,
) -> pl.DataFrame:
    """The most typical different comments of each theme and language, each of another customer; see EXAMPLES.

    Only the month is told, and nothing of the customer. The writer's own name is masked with the rest.
    """
    names = _names(customers)
    rows = []
    columns = known.select("customer", "text", "lang", "source", "day", "score").rows()
    for column, key in enumerate(keys):
        place = np.flatnonzero(member[:, column])
        place = place[np.argsort(-strength[place, column], kind="stable")]
        for lang in ("en", "zh"):
            seen: set[str] = set()
            writers: set[str] = set()
            for i in place:
                customer, text, own, source, day, score = columns[i]
                if own != lang or customer in writers or len(writers) >= quotes:
                    continue
                told = mask(text, names.get(customer, ()))
                if told.lower() in seen:
                    continue
                seen.add(told.lower())
                writers.add(customer)
                short = told if len(told) <= LONGEST else f"{told[:LONGEST].rstrip()}…"
                rows.append((key, lang, short, source, day.replace(day=1), score))
    return pl.DataFrame(rows, EXAMPLES, orient="row")


def _names(customers: pl.LazyFrame | None) -> dict[str, tuple[str, ...]]:
    if customers is None:
        return {}
    rows = customers.select("customer_id", "name").drop_nulls().collect().iter_rows()
    return {customer: (name,) for customer, name in rows}
