"""Arrow files mapped into memory: what is never asked for is never read, and nothing is copied."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa


def mapped(files: Sequence[Path]) -> pl.DataFrame:
    """Uncompressed files that Polars wrote, of the same columns, one after the other.

    Polars' own reader copies them, for each question anew; and what it takes from Arrow, but for the codes of
    its enums, which are therefore handed over as numbers and named here.
    """
    table = pa.concat_tables(pa.ipc.open_file(pa.memory_map(str(file))).read_all() for file in files)
    schema = pl.DataFrame(table.slice(0, 0)).schema
    for place, (name, kind) in enumerate(schema.items()):
        if isinstance(kind, pl.Enum):
            codes = [chunk.indices for chunk in table[name].chunks]
            table = table.set_column(
                place, name, pa.chunked_array(codes, table.schema.field(name).type.index_type)
            )
    found = pl.from_arrow(table)
    assert isinstance(found, pl.DataFrame)
    return found.with_columns(
        pl.col(name).cat.to(kind) for name, kind in schema.items() if isinstance(kind, pl.Enum)
    )
