"""Mapped Arrow files hold what was written, enums with their nulls among it."""

import polars as pl

from loaders.mapped import mapped

ROWS = pl.DataFrame(
    {
        "customer": [1, 2, 3, 4],
        "device": pl.Series(
            ["Mobile", None, "Tablet", "Mobile"], dtype=pl.Enum(["Tablet", "Desk", "Mobile"])
        ),
        "channel": pl.Series([None] * 4, dtype=pl.Enum([])),
        "text": ["p", "q", None, "r"],
    }
)


def test_files_one_after_the_other(tmp_path):
    parts = [ROWS, ROWS[:0], ROWS[2:]]
    files = [tmp_path / f"{place}.arrow" for place in range(len(parts))]
    for part, file in zip(parts, files, strict=True):
        part.write_ipc(file, compression="uncompressed")
    found = mapped(files)
    assert found.schema == ROWS.schema
    assert found.equals(pl.concat(parts))
