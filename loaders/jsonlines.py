"""JSON Lines: one object a line. Nested values stay nested; a line that is no object is a problem."""

from __future__ import annotations

import json
from collections.abc import Iterator

import polars as pl

from loaders import lines
from loaders.loader import BadInput
from loaders.rows import Empty, Rows, Table

FIRST = 1000  # lines that show which columns there are


def open_table(text: lines.TextFile, name: str) -> Table:
    """The columns that the first lines name, in order. Raises BadInput where there is no object."""
    first = next(lines.blocks(text, quotes=False), None)
    if first is None or not first.data.strip():
        raise Empty(f"{name} is empty.")
    columns: dict[str, None] = {}
    for line in first.data.split(b"\n")[:FIRST]:
        found = _object(line)
        columns |= dict.fromkeys(found if isinstance(found, dict) else ())
    if not columns:
        raise BadInput(f'{name}: no line is a JSON object such as {{"order_id": "1", …}}.')

    def batches() -> Iterator[Rows]:
        for block in lines.blocks(text, quotes=False):
            yield _read(block)

    return Table(name, list(columns), batches, lambda: text.digest, text.size, text.note)


def _object(line: bytes) -> dict | str:
    """The object of a line, or why it is none. An infinite or undefined number is none either."""
    try:
        found = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return f"not JSON ({error})"
    return found if isinstance(found, dict) else "not a JSON object"


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _read(block: lines.Block) -> Rows:
    if block.broken is None:
        try:
            frame = pl.read_ndjson(block.data, infer_schema_length=None)
            ends = block.data.count(b"\n") + (not block.data.endswith(b"\n"))
            if frame.height == ends:
                numbers = pl.int_range(block.line, block.line + ends, dtype=pl.UInt32, eager=True)
                return Rows(frame, numbers)
        except pl.exceptions.PolarsError:
            pass
    return _read_slowly(block)


def _read_slowly(block: lines.Block) -> Rows:
    good: list[dict] = []
    numbers: list[int] = []
    broken: list[tuple[int, str, str]] = []
    for number, line in enumerate(block.data.split(b"\n"), block.line):
        if not line.strip():
            continue
        found = block.broken or _object(line)
        if isinstance(found, dict):
            good.append(found)
            numbers.append(number)
        else:
            broken.append((number, found, line[:2000].decode("utf-8", "replace")))
    whole = "\n".join(json.dumps(found) for found in good).encode()
    try:
        frame = pl.read_ndjson(whole, infer_schema_length=None) if good else pl.DataFrame()
    except pl.exceptions.PolarsError:  # the same name holds an object here and a number there
        words = [
            {key: None if value is None else _words(value) for key, value in one.items()} for one in good
        ]
        frame = pl.DataFrame(words, infer_schema_length=None)
    return Rows(frame, pl.Series(numbers, dtype=pl.UInt32), broken)


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
