"""CSV and its relatives: any separator, quoted line ends, ragged and broken rows.

Polars reads a block where every row has the same number of fields, which is checked by counting the
separators; only a block where that fails is read again row by row.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

import polars as pl

from loaders import lines
from loaders.loader import BadInput
from loaders.rows import Empty, Rows, Table, unique_names

SEPARATORS = (",", ";", "\t", "|")


def open_table(text: lines.TextFile, name: str, separator: str | None = None) -> Table:
    """The columns by the first line, and a reader. Raises BadInput for a file without a header."""
    content = lines.blocks(text, quotes=True)
    first = next(content, None)
    if first is None or not first.data.strip():
        raise Empty(f"{name} is empty: it has no header and no rows.")
    sample = first.data[: 1 << 16].decode("utf-8", "surrogateescape")
    skipped, declared = 0, ""
    if sample[:4].lower() == "sep=":  # Excel's own first line
        declared, skipped = sample[4:5], 1
        sample = sample.partition("\n")[2]
    sample = _one_kind_of_end(sample)
    mark = separator or declared or _separator(sample, name)
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise BadInput(f"{name} is no CSV file: its first line cannot be taken apart ({error}).") from None
    if not any(field.strip() for field in header):
        raise BadInput(f"{name}: the first line should hold the names of the columns, and is empty.")
    columns = unique_names(header)
    start = skipped + reader.line_num
    bare = not first.data.strip().count(b"\n", len(b"\n".join(first.data.split(b"\n", start)[:start])))
    note = text.note
    if bare and next(content, None) is None:
        note = "; ".join(filter(None, ["a header and no rows", note]))

    def batches() -> Iterator[Rows]:
        for number, block in enumerate(lines.blocks(text, quotes=True)):
            data, line = block.data, block.line
            if number == 0:
                for _ in range(start):
                    data = data.partition(b"\n")[2]
                line += start
            if data:
                yield _read(lines.Block(line, data, block.broken), columns, mark, text.encoding)

    return Table(name, columns, batches, lambda: text.digest, text.size, note)


def _one_kind_of_end(text: str) -> str:
    """A carriage return that stands alone is a blank, as lines are counted by their line feeds."""
    return re.sub(r"\r(?!\n)", " ", text) if "\r" in text else text


def _separator(sample: str, name: str) -> str:
    """The one that most rows agree on with the header; tabs where the name ends in .tsv."""
    if ".tsv" in name.lower():
        return "\t"
    best, score = ",", (0.0, 0)
    for mark in SEPARATORS:
        try:
            rows = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=mark) if row][
                :200
            ]
        except csv.Error:
            continue
        if rows and rows[0] > 1:
            agree = Counter(rows)[rows[0]] / len(rows)
            if (round(agree, 1), rows[0]) > score:
                best, score = mark, (round(agree, 1), rows[0])
    return best


def _read(block: lines.Block, columns: list[str], mark: str, encoding: str) -> Rows:
    if block.broken is None:
        rows = _read_fast(block, columns, mark)
        if rows is not None:
            return rows
    return _read_slowly(block, columns, mark, encoding)


def _read_fast(block: lines.Block, columns: list[str], mark: str) -> Rows | None:
    """All rows by Polars, or None where a row is ragged, blank, badly quoted or badly encoded."""
    data = block.data
    try:
        frame = pl.read_csv(
            data, has_header=False, schema=dict.fromkeys(columns, pl.String), separator=mark, quote_char='"'
        )
    except pl.exceptions.PolarsError:
        return None
    ends = data.count(b"\n") + (not data.endswith(b"\n"))
    marks = data.count(mark.encode())
    inside = None
    if b'"' in data:
        counted = frame.select(
            marks=pl.sum_horizontal(pl.all().str.count_matches(mark, literal=True).fill_null(0)),
            ends=pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0)),
        )
        inside = counted["ends"]
        marks, ends = marks - int(counted["marks"].sum()), ends - int(inside.sum())
    if marks != frame.height * (len(columns) - 1) or ends != frame.height:
        return None
    if len(columns) == 1 and frame.to_series().null_count():
        return None
    numbers = pl.int_range(block.line, block.line + frame.height, dtype=pl.UInt32, eager=True)
    if inside is not None and inside.sum():
        numbers = (numbers + inside.cast(pl.UInt32).cum_sum().shift(1, fill_value=0)).cast(pl.UInt32)
    return Rows(frame, numbers)


def _read_slowly(block: lines.Block, columns: list[str], mark: str, encoding: str) -> Rows:
    whole = _one_kind_of_end(block.data.decode("utf-8", "surrogateescape"))
    text = io.StringIO(whole, newline="").readlines()
    csv.field_size_limit(lines.LONGEST * 2)
    good: list[list[str | None]] = []
    numbers: list[int] = []
    broken: list[tuple[int, str, str]] = []
    place = 0
    while place < len(text):
        for fields, here, after in _records(text, place, mark):
            place = after
            problem = block.broken or _problem(fields, len(columns), encoding)
            if block.broken == lines.UNCLOSED and fields and _problem(fields, len(columns), encoding) is None:
                problem = None  # the quote stands inside a field: 5" pipe
            if problem and after - here > 1:
                problem, place = block.broken or lines.UNCLOSED, here + 1
            if problem:
                shown = text[here][:2000].rstrip("\r\n").encode("utf-8", "surrogateescape")
                broken.append((block.line + here, problem, shown.decode("utf-8", "replace")))
                if place != after:
                    break
            else:
                numbers.append(block.line + here)
                good.append([field or None for field in fields[: len(columns)]])
        else:
            break
    frame = pl.DataFrame(good, schema=dict.fromkeys(columns, pl.String), orient="row")
    return Rows(frame, pl.Series(numbers, dtype=pl.UInt32), broken)


def _records(text: list[str], start: int, mark: str) -> Iterator[tuple[list[str], int, int]]:
    """The fields of each record from line `start`, its first line, and the line after it.

    Where a quoted field goes on after its quote, or never ends, the last record has no fields.
    """
    reader = csv.reader(islice(text, start, None), delimiter=mark, strict=True)
    here = start
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield [], here, here + max(2, reader.line_num)
            return
        if fields:
            yield fields, here, start + reader.line_num
        here = start + reader.line_num


def _problem(fields: list[str], width: int, encoding: str) -> str | None:
    """Why a row cannot be taken. Empty fields beyond the header are let pass."""
    if len(fields) < width or any(fields[width:]):
        return f"{len(fields)} fields where the header has {width}"
    if any(not field.isascii() and _undecoded(field) for field in fields):
        return f"not readable as {encoding}"
    return None


def _undecoded(field: str) -> bool:
    return "\ufffd" in field or any("\udc80" <= letter <= "\udcff" for letter in field)
