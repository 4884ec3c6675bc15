"""Files of every kind, opened as tables of rows: CSV, TSV, JSON Lines, Parquet, Excel."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import polars as pl

from loaders import delimited, jsonlines, lines
from loaders.loader import BadInput
from loaders.rows import BATCH, Empty, Rows, Table, unique_names

Open = Callable[[Path, str, Mapping[str, str]], list[Table]]
MOST_UNPACKED = 2 << 30  # bytes of a workbook; Excel's own limit of rows stays far below
MOST_PACKED = 200  # times smaller than its content: no real sheet packs so well


def kind(path: Path) -> str | None:
    """The last ending that says what a file is: csv, tsv, txt, jsonl, ndjson, parquet, xlsx …; else None."""
    name = path.name.lower().removesuffix(".gz")
    ending = name.rpartition(".")[2]
    return ending if ending in OPENERS and "." in name and not path.name.startswith((".", "~$")) else None


def open_file(path: Path, name: str, options: Mapping[str, str]) -> list[Table]:
    """The tables in a file: one, or one a sheet. `name` is what they are called. Raises BadInput."""
    found = kind(path)
    if found is None:
        raise BadInput(
            f"{name}: not a kind of file that can be read. Known: {', '.join(OPENERS)}, also with .gz."
        )
    try:
        return OPENERS[found](path, name, options)
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror or error}.") from error


def _delimited(path: Path, name: str, options: Mapping[str, str]) -> list[Table]:
    text = lines.survey(path, options.get("encoding"))
    return [delimited.open_table(text, name, options.get("separator"))]


def _json_lines(path: Path, name: str, options: Mapping[str, str]) -> list[Table]:
    return [jsonlines.open_table(lines.survey(path, options.get("encoding")), name)]


def _parquet(path: Path, name: str, options: Mapping[str, str]) -> list[Table]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def opened() -> pq.ParquetFile:
        try:
            return pq.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            why = str(error).splitlines()[0]
            raise BadInput(
                f"{name} is no whole Parquet file ({why}). Was it cut short? Get it again."
            ) from None

    columns = unique_names(opened().schema_arrow.names)

    def batches() -> Iterator[Rows]:
        row = 1
        try:
            with opened() as file:
                for batch in file.iter_batches(batch_size=BATCH):
                    frame = pl.DataFrame(pl.from_arrow(batch))
                    frame.columns = columns
                    yield Rows(frame, _count(row, frame.height))
                    row += frame.height
        except (pa.ArrowException, OSError) as error:
            why = str(error).splitlines()[0]
            raise BadInput(f"{name} is damaged after row {row - 1:,} ({why}). Get it again.") from None

    return [Table(name, columns, batches, partial(lines.digest, path), path.stat().st_size)]


def _excel(path: Path, name: str, options: Mapping[str, str]) -> list[Table]:
    import fastexcel

    if path.suffix.lower() != ".xls":
        _refuse_bomb(path, name)
    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise BadInput(f"{name} is no whole Excel file ({str(error).splitlines()[0]}).") from None
    wanted = options.get("sheet")
    if wanted and wanted not in book.sheet_names:
        raise BadInput(f"{name} has no sheet {wanted!r}. It has: {', '.join(book.sheet_names)}.")
    found = []
    for sheet in [wanted] if wanted else book.sheet_names:
        called = name if len(book.sheet_names) == 1 else f"{name}#{sheet}"
        columns = unique_names(column.name for column in book.load_sheet(sheet, n_rows=0).available_columns())
        if columns:
            read = _sheet(path, sheet, columns)
            found.append(Table(called, columns, read, partial(lines.digest, path), path.stat().st_size))
    if not found:
        raise Empty(f"{name} is empty: no sheet has a header.")
    return found


def _sheet(path: Path, sheet: str, columns: list[str]) -> Callable[[], Iterator[Rows]]:
    """All cells as text, as a column may mix numbers, days and words. Row 1 is the header."""

    def batches() -> Iterator[Rows]:
        import fastexcel

        whole = fastexcel.read_excel(path).load_sheet(sheet, dtypes="string").to_polars()
        whole.columns = columns
        for start in range(0, whole.height, BATCH):
            part = whole.slice(start, BATCH)
            yield Rows(part, _count(start + 2, part.height))

    return batches


def _refuse_bomb(path: Path, name: str) -> None:
    """Raises BadInput for a workbook that would fill the memory, by the sizes that its directory states."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
            small = sum(entry.compress_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise BadInput(f"{name} is no whole Excel file ({error}).") from None
    if size > MOST_UNPACKED or (size > 100 << 20 and size > MOST_PACKED * small):
        raise BadInput(
            f"{name} is refused: {path.stat().st_size:,} bytes that unpack to {size:,}. "
            "If this is a real workbook, save the sheet as CSV."
        )


def _count(start: int, rows: int) -> pl.Series:
    return pl.int_range(start, start + rows, dtype=pl.UInt32, eager=True)


OPENERS: dict[str, Open] = {
    "csv": _delimited,
    "tsv": _delimited,
    "txt": _delimited,
    "jsonl": _json_lines,
    "ndjson": _json_lines,
    "parquet": _parquet,
    "xlsx": _excel,
    "xlsm": _excel,
    "xlsb": _excel,
    "ods": _excel,
    "xls": _excel,
}
