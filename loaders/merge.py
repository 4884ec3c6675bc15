"""Makes a table of a new version out of the old version's and the staged rows.

The result depends on the sources alone, not on the order in which they came: where two sources give
the same key, the row wins that is given as such (not derived from another table's rows), then the
one with the later `updated_at`, then the one of the source whose name sorts later (numbers in names
count as numbers). Rows that lose are kept in superseded/ and come back when the winner's source
is corrected. Parts that nothing touches are linked, not copied.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl

from loaders import tables
from loaders.keys import HIDDEN, ID, INDEX, KEY, SOURCE, key_hash, settle
from loaders.loader import LINE
from loaders.merging import Merging
from loaders.stage import UNDATED, Stage, as_given, month_of

RANGE = 2_000_000  # rows merged at once
REPEATS = {"duplicate": "same as an earlier row", "duplicate_key": "another row has the same key"}


def merge(table: str, work: Merging) -> None:
    """Writes a keyed table's parts and superseded rows into the new version."""
    parts, spare = work.parts(table), _spare(table, work)
    new = work.stage.index(table)
    changed = {part for part, path in parts.items() if work.gone and _has(path, work.gone)}
    if not new.rows and not changed:
        for path in parts.values():
            work.link(path)
        _write_superseded(table, [spare], work)
        return
    won, lost = [], []
    for fresh, common in new.shares(by=KEY):
        aside = spare.filter(common)
        before = _old_index(table, parts, pl.concat([fresh[KEY], aside[KEY]]), work)
        rivals = pl.concat([before, fresh.with_columns(part=pl.lit("")), _part_of(aside, "spare")])
        winners, losers = settle(rivals.join(work.rank, on=SOURCE, how="left"), pl.col("_rank"))
        won.append(winners.filter(part="spare").select(KEY, SOURCE))
        lost.append(losers.filter(pl.col("part") != "spare").select(KEY, SOURCE))
        changed |= set(losers["part"]) - {"", "spare"}
    revived = spare.join(pl.concat(won), on=[KEY, SOURCE], how="semi").with_columns(month_of(table))
    gone = pl.concat(lost)
    changed |= set(revived["month"]) | set(work.stage.months(table))
    beaten = [spare.join(revived, on=[KEY, SOURCE], how="anti")]

    def merged(part: str, within: pl.Expr) -> pl.DataFrame:
        rows, dropped = work.stage.rows(table, part, within)
        _list_dropped(table, dropped, work.stage)
        pieces = [revived.filter(within, month=part), rows]
        if part in parts:
            pieces.append(pl.scan_parquet(parts[part]).filter(work.alive(), within).collect())
        rows = _together(table, pieces)
        if len(gone):
            rows = rows.with_columns(key_hash(table, rows).alias(KEY))
            beaten.append(rows.join(gone, on=[KEY, SOURCE], how="semi"))
            rows = rows.join(gone, on=[KEY, SOURCE], how="anti")
        return _ordered(table, rows)

    for part in sorted(set(parts) | changed):
        if part not in changed:
            work.link(parts[part])
        else:
            files = [*work.stage.files(table, part), *([parts[part]] if part in parts else [])]
            work.write(table, part, (merged(part, within) for within in _ranges(table, part, files)))
    _write_superseded(table, beaten, work)


def _ranges(table: str, part: str, files: list[Path]) -> list[pl.Expr]:
    """Conditions that cut a part into pieces that fit in memory, in the order of its rows."""
    name = (tables.time(table) if part != UNDATED else None) or tables.key(table)[0]
    rows = sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files)
    if rows <= RANGE:
        return [pl.lit(True)]
    values = pl.concat([pl.read_parquet(file, columns=[name])[name] for file in files]).sort()
    edges = values.gather_every(RANGE)[1:].unique(maintain_order=True)
    lead = pl.col(name)
    between = [(lead >= first) & (lead < last) for first, last in pairwise(edges)]
    return [lead < edges[0], *between, lead >= edges[-1]]


def _together(table: str, pieces: list[pl.DataFrame]) -> pl.DataFrame:
    schema = {**tables.dtypes(table), **HIDDEN}
    return pl.concat(
        [pl.DataFrame(schema=schema), *(piece.select(*schema) for piece in pieces if len(piece))]
    )


def _ordered(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    time = tables.time(table)
    order = [*([time] if time else []), *tables.key(table)]
    return rows.select(*tables.dtypes(table), *HIDDEN).sort(order, maintain_order=True)


def _write_superseded(table: str, pieces: list[pl.DataFrame], work: Merging) -> None:
    rows = _together(table, pieces)
    if len(rows):
        (work.room / "superseded").mkdir(exist_ok=True)
        _ordered(table, rows).write_parquet(work.room / "superseded" / f"{table}.parquet")


def _has(path: Path, sources: list[int]) -> bool:
    return bool(pl.scan_parquet(path).select(pl.col(SOURCE).is_in(sources).any()).collect().item())


def _part_of(rows: pl.DataFrame, part: str) -> pl.DataFrame:
    """The index of stored rows: as Stage.index, and the part they are in."""
    updated = pl.col("updated_at") if "updated_at" in rows.columns else pl.lit(None)
    index = rows.with_columns(pl.lit(None, pl.UInt32).alias(ID), updated.cast(pl.Int64).alias("_updated"))
    return index.select(*INDEX).with_columns(part=pl.lit(part))


def _old_index(table: str, parts: dict[str, Path], keys: pl.Series, work: Merging) -> pl.DataFrame:
    """Stored rows that have one of the keys."""
    found = [_part_of(pl.DataFrame(schema=INDEX), "")]
    columns = [name for name in tables.dtypes(table) if name in (*tables.key(table), "updated_at")]
    for part, path in parts.items():
        rows = pl.read_parquet(path, columns=[*columns, *HIDDEN])
        rows = rows.with_columns(key_hash(table, rows).alias(KEY))
        found.append(_part_of(rows.filter(work.alive() & pl.col(KEY).is_in(keys.implode())), part))
    return pl.concat(found)


def _spare(table: str, work: Merging) -> pl.DataFrame:
    """Superseded rows of sources that still count, with their key."""
    path = work.old.folder / "superseded" / f"{table}.parquet" if work.old else None
    if path is None or not path.exists():
        return pl.DataFrame(schema={**tables.dtypes(table), **HIDDEN, KEY: pl.UInt64})
    rows = pl.read_parquet(path).filter(work.alive())
    if table == "order_lines":
        rows = _dated(rows, work)
    return rows.with_columns(key_hash(table, rows).alias(KEY))


def _list_dropped(table: str, dropped: pl.DataFrame, stage: Stage) -> None:
    """Duplicates go to quarantine, so that nothing that was delivered is lost."""
    for (source,), rows in dropped.group_by(SOURCE):
        stage.bad[int(str(source))].append(
            rows.select(
                "rule",
                column=pl.lit(""),
                found=pl.lit(""),
                reason=pl.col("rule").replace_strict(REPEATS),
                table=pl.lit(table),
                line=LINE,
                raw=as_given(table, rows),
            )
        )


def date_lines(work: Merging) -> None:
    """Gives order lines the time of their order; those of unknown orders stay undated.

    Stored lines whose order came, went or moved in time are staged again, with their whole part.
    """
    stage, table = work.stage, "order_lines"
    written = {path.name for path in (work.room / "orders").glob("*.parquet")}
    linked = {path.name for path in work.linked.get("orders", [])}
    if written != linked or len(linked) < len(work.parts("orders")):
        for path in work.parts(table).values():
            known = pl.read_parquet(path, columns=["order_id", "ordered_at"])
            if not known["ordered_at"].equals(_dated(known, work)["ordered_at"]):
                stage.put(table, pl.read_parquet(path).filter(work.alive()))
                work.moved.add(path)
        stage.finish(0)
    stage.months(table)
    for file in stage.files(table, UNDATED):
        rows = _dated(pl.read_parquet(file), work)
        file.unlink()
        stage.file(table, rows, file.stem)


def _dated(lines: pl.DataFrame, work: Merging) -> pl.DataFrame:
    return lines.drop("ordered_at").join(work.order_times, on="order_id", how="left", maintain_order="left")
