"""Merges events: sorted by (customer, happened_at), with customers as integer codes.

Codes count the customer ids of the events in their alphabetical order, so they depend on the data
alone. The table is cut into files of whole customers, each of which fits in memory, so that the
size of the table does not matter. Rows alike in every column are one event: of two in one source
the second is quarantined as a duplicate, of two sources' the one by name waits in superseded/.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from loaders import tables
from loaders.keys import HIDDEN, ID, SOURCE
from loaders.loader import LINE
from loaders.merge import REPEATS
from loaders.merging import Merging
from loaders.stage import as_given

TABLE = "events"
FILE_ROWS = 1_000_000
TOGETHER = 8  # staged files that are split at once; each has about stage.FLUSH rows
VISIBLE = ["customer", *(name for name in tables.dtypes(TABLE) if name != "customer_id")]


def merge_events(work: Merging) -> None:
    """Writes the new version's events and `prepared/people.parquet`'s part that they need."""
    old_files = list(work.parts(TABLE).values())
    spare = _spare(work)
    if not work.stage.touched(TABLE) and not any(_gone_rows(path, work) for path in old_files):
        for path in old_files:
            work.link(path)
        _link_names(work)
        _write_spare([spare], work)
        return
    work.stage.file(TABLE, spare.with_columns(pl.lit(None, pl.UInt32).alias(ID)), "spare")
    staged = [file for month in work.stage.months(TABLE) for file in work.stage.files(TABLE, month)]
    ids, recode, counts = _codes(work, old_files, staged)
    if not len(ids):
        return
    edges = _edges(counts)
    names = _split(work, staged, ids, edges)
    codes = pl.DataFrame({"customer": np.arange(len(ids), dtype=np.int32), "customer_id": ids})
    (work.room / TABLE).mkdir(exist_ok=True)
    codes.write_parquet(_names(work.room))
    beaten = []
    for number, (first, last) in enumerate(pairwise(edges)):
        pieces = [_old_rows(path, recode, first, last, work) for path in old_files]
        folder = work.stage.folder / "ranges" / str(number)
        pieces += [pl.read_parquet(file) for file in sorted(folder.glob("*.parquet"))]
        schema = pl.Schema({"customer": pl.Int32, **_dtypes(), **HIDDEN})
        rows = pl.concat([piece.select(schema.names()) for piece in pieces if len(piece)])
        rows = rows.join(work.rank, on=SOURCE, how="left")
        rows = rows.sort("customer", "happened_at", "_rank", LINE, maintain_order=True)
        rows, again = _repeats(rows)
        beaten += _settle(again, codes, work)
        events = pl.Enum(sorted(names))
        rows = rows.select(*VISIBLE, *HIDDEN).with_columns(pl.col("event").cast(events))
        work.write(TABLE, f"{number:04d}", [rows])
    _write_spare(beaten, work)


def _dtypes() -> dict:
    return {name: dtype for name, dtype in tables.dtypes(TABLE).items() if name != "customer_id"}


def _names(folder: Path) -> Path:
    return folder / "customers_of_events.parquet"


def _link_names(work: Merging) -> None:
    if work.old is not None and _names(work.old.folder).exists():
        work.link(_names(work.old.folder))


def customers_of_events(folder: Path) -> pl.DataFrame:
    """The codes in a version's events: customer, customer_id; empty where there are none."""
    if not _names(folder).exists():
        return pl.DataFrame(schema={"customer": pl.Int32, "customer_id": pl.String})
    return pl.read_parquet(_names(folder))


def _codes(
    work: Merging, old_files: list[Path], staged: list[Path]
) -> tuple[pl.Series, np.ndarray, np.ndarray]:
    """All customer ids in order, the new code of each old one, and the events of each."""
    old = customers_of_events(work.old.folder) if work.old else customers_of_events(Path())
    kept = np.zeros(len(old), dtype=np.int64)
    for path in old_files:
        alive = pl.scan_parquet(path).filter(work.alive()).select("customer").collect()["customer"]
        kept += np.bincount(alive.to_numpy(), minlength=len(old))
    found = [old.lazy().select("customer_id", events=pl.Series(kept)).filter(pl.col("events") > 0)]
    if staged:
        found.append(pl.scan_parquet(staged).select("customer_id", events=pl.lit(1, pl.Int64)))
    counts = pl.concat(found).group_by("customer_id").agg(pl.col("events").sum()).sort("customer_id")
    counted = counts.collect(engine="streaming")
    ids = counted["customer_id"]
    recode = ids.search_sorted(old["customer_id"])  # ids that are gone keep the order
    return ids, recode.to_numpy(), counted["events"].to_numpy()


def _edges(counts: np.ndarray) -> list[int]:
    """Cuts the codes into runs of about FILE_ROWS events: [0, …, len]."""
    files = (np.cumsum(counts) - 1) // FILE_ROWS
    return [0, *(np.flatnonzero(np.diff(files)) + 1).tolist(), len(counts)]


def _split(work: Merging, staged: list[Path], ids: pl.Series, edges: list[int]) -> set[str]:
    """Moves staged rows, coded, to the file they belong to; returns every event name there is."""
    names = set()
    for path in work.parts(TABLE).values():
        alive = pl.scan_parquet(path).filter(work.alive())
        names |= set(alive.select(pl.col("event").cast(pl.String).unique()).collect()["event"])
    for place in range(0, len(staged), TOGETHER):
        files = staged[place : place + TOGETHER]
        rows = pl.concat([pl.read_parquet(file) for file in files])
        customer = ids.search_sorted(rows["customer_id"]).cast(pl.Int32)
        rows = rows.with_columns(customer.alias("customer"))
        names |= set(rows["event"].unique())
        rows = rows.drop("customer_id").sort("customer", maintain_order=True)
        cuts = np.searchsorted(rows["customer"].to_numpy(), edges)
        for number, (start, stop) in enumerate(pairwise(cuts)):
            if stop > start:
                folder = work.stage.folder / "ranges" / str(number)
                folder.mkdir(parents=True, exist_ok=True)
                rows[int(start) : int(stop)].write_parquet(folder / f"{place:06d}.parquet", compression="lz4")
        for file in files:
            file.unlink()
    return names


def _old_rows(path: Path, recode: np.ndarray, first: int, last: int, work: Merging) -> pl.DataFrame:
    if not len(recode):
        return pl.DataFrame()
    low, high = np.searchsorted(recode, first), np.searchsorted(recode, last)
    wanted = (pl.col("customer") >= int(low)) & (pl.col("customer") < int(high)) & work.alive()
    rows = pl.scan_parquet(path).filter(wanted).collect()
    coded = pl.Series("customer", recode[rows["customer"].to_numpy()], dtype=pl.Int32)
    return rows.with_columns(coded, pl.col("event").cast(pl.String))


def _repeats(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Splits off events alike in every column to an earlier one; `_own`: to one of their own source."""
    close = rows.select("customer", "happened_at", "event").is_duplicated()
    if not close.any():
        return rows, rows.clear().with_columns(_own=pl.lit(False))
    marked = rows.with_row_index(ID)
    own = pl.col(ID) > pl.col(ID).min().over(*VISIBLE, SOURCE)
    suspects = marked.filter(close).with_columns(pl.col(ID).min().over(VISIBLE).alias("_earliest"), _own=own)
    again = suspects.filter(pl.col(ID) > pl.col("_earliest"))
    kept = marked.join(again, on=ID, how="anti", maintain_order="left")
    return kept.drop(ID), again.drop(ID, "_earliest")


def _settle(again: pl.DataFrame, codes: pl.DataFrame, work: Merging) -> list[pl.DataFrame]:
    """Lists the repeats in one source as duplicates; returns those of other sources."""
    again = again.join(codes, on="customer", how="left", maintain_order="left")
    again = again.select(*tables.dtypes(TABLE), *HIDDEN, "_own")
    own = again.filter("_own")
    for (source,), rows in own.group_by(SOURCE):
        number = int(str(source))
        work.stage.counts[number][TABLE].duplicates += len(rows)
        work.stage.bad[number].append(
            rows.select(
                rule=pl.lit("duplicate"),
                column=pl.lit(""),
                found=pl.lit(""),
                reason=pl.lit(REPEATS["duplicate"]),
                table=pl.lit(TABLE),
                line=LINE,
                raw=as_given(TABLE, rows),
            )
        )
    return [again.filter(~pl.col("_own")).drop("_own")]


def _spare(work: Merging) -> pl.DataFrame:
    path = work.old.folder / "superseded" / f"{TABLE}.parquet" if work.old else None
    if path is None or not path.exists():
        return pl.DataFrame(schema=pl.Schema({**tables.dtypes(TABLE), **HIDDEN}))
    return pl.read_parquet(path).filter(work.alive())


def _write_spare(pieces: list[pl.DataFrame], work: Merging) -> None:
    rows = pl.concat(pieces) if pieces else pl.DataFrame()
    if len(rows):
        (work.room / "superseded").mkdir(exist_ok=True)
        rows.write_parquet(work.room / "superseded" / f"{TABLE}.parquet")


def _gone_rows(path: Path, work: Merging) -> bool:
    found = pl.scan_parquet(path).select((~work.alive()).any()).collect()
    return bool(found.item())
