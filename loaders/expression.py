"""Expressions in a mapping: SQL as Polars reads it, over the columns of one row.

Only columns, constants and functions: nothing that reads a file, another table or other rows. A column is
text, unless `numbers` under [read] names it. `"device.category"`, `"items[0].item_id"` and
`"event_params[page]"` lead into nested data.
"""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from loaders.loader import BadInput


def top(path: str) -> str:
    """The column that a path into nested data starts from: `event_params[page]` → `event_params`."""
    return re.split(r"[.\[]", path, maxsplit=1)[0] if re.fullmatch(r"\w+([.\[][\w.\]]*)+", path) else path


def expression(sql: str, where: str) -> pl.Expr:
    """The Polars expression, or BadInput where it is not SQL or looks at more than one row."""
    try:
        parsed = pl.sql_expr(sql)
        names = parsed.meta.root_names()
        empty = pl.DataFrame(schema=dict.fromkeys(names, pl.String) | {"_row": pl.UInt32})
        numbers = pl.DataFrame(schema=dict.fromkeys(names, pl.Float64) | {"_row": pl.UInt32})
        for frame in (empty, numbers):
            try:
                height = frame.select(parsed).height
            except pl.exceptions.PolarsError:
                continue
            if names and height:
                raise BadInput(
                    f"{where}: {sql!r} sums up several rows; an expression sees one row at a time."
                )
    except pl.exceptions.PolarsError as error:
        first = str(error).splitlines()[0]
        raise BadInput(
            f"{where}: {sql!r} is no expression ({first}). Names with blanks need double quotes."
        ) from None
    return parsed


@cache
def roots(sql: str) -> tuple[str, ...]:
    """Their columns in an expression; none where it is empty."""
    return tuple(dict.fromkeys(pl.sql_expr(sql).meta.root_names())) if sql else ()
