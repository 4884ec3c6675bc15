"""Text files as blocks of whole lines, whatever their encoding, in memory that does not grow.

A block holds at most about 8 MB. It is UTF-8; where the file's bytes could not be decoded it keeps them
as they are, so that the reader of the block finds the broken line and not the whole file.
"""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from loaders.loader import BadInput

BLOCK = 8 << 20
LONGEST = 16 << 20  # bytes of one record; a longer one is reported and skipped
UNCLOSED = "a quote opens and does not close"


@dataclass(frozen=True)
class TextFile:
    """path: the file; encoding: a Python codec name; digest: SHA-256 of its bytes; size: in bytes.

    note: why this encoding, where it was not plain UTF-8; "" where it was.
    """

    path: Path
    encoding: str
    digest: str
    size: int
    note: str = ""


@dataclass(frozen=True)
class Block:
    """line: number of its first line, from 1. broken: why its one record cannot be read, or None."""

    line: int
    data: bytes
    broken: str | None = None


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_bytes(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked where its name ends in .gz."""
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes in pieces of a megabyte. Raises BadInput for a broken gzip file."""
    try:
        with open_bytes(path) as file:
            while piece := file.read(1 << 20):
                yield piece
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(f"{path.name} is a damaged gzip file ({error}). Get it again.") from error


def survey(path: Path, encoding: str | None = None) -> TextFile:
    """Reads the file once: its digest, and its encoding from its bytes where none is given."""
    size = path.stat().st_size
    if encoding:
        try:
            name = codecs.lookup(encoding).name
        except LookupError as error:
            raise BadInput(f"There is no encoding {encoding!r}. Try utf-8, cp1252 or gb18030.") from error
        return TextFile(path, name, digest(path), size)
    found, note = _encoding(path)
    return TextFile(path, found, digest(path), size, note)


def _encoding(path: Path) -> tuple[str, str]:
    """UTF-8 where many lines beyond ASCII are, as few are by chance; else GB18030 or CP1252."""
    good = bad = pairs = high = 0
    rest = b""
    for number, piece in enumerate(chunks(path)):
        if number == 0:
            if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16", "read as UTF-16, as its first bytes say"
            if wide := _utf16(piece[:4096]):
                return wide, f"read as {wide}, as every other byte is empty"
        piece = rest + piece
        cut = piece.rfind(b"\n") + 1
        rest = piece[cut:] if len(piece) - cut < LONGEST else b""
        for line in _not_utf8(piece[:cut]):
            if line is None:
                good += 1
                continue
            bad += 1
            two, every = _doubles(line)
            pairs, high = pairs + two, high + every
        if bad > 50_000:
            break
    for line in _not_utf8(rest):
        good, bad = good + (line is None), bad + (line is not None)
        two, every = _doubles(line or b"")
        pairs, high = pairs + two, high + every
    if 2 * good >= bad:
        return "utf-8", f"{bad:,} lines are not UTF-8 like the rest of it" if bad else ""
    if pairs * 2 > 0.7 * high:
        return "gb18030", "read as GB18030, as Chinese often is; --option encoding=… reads it otherwise"
    return "cp1252", "read as CP1252 (Western European); --option encoding=… reads it otherwise"


def _not_utf8(lines: bytes) -> Iterator[bytes | None]:
    """For each line that is not ASCII: None where it is UTF-8, else the line. A good piece counts once."""
    if lines.isascii():
        return
    try:
        lines.decode()
        yield None
    except UnicodeDecodeError:
        for line in lines.split(b"\n"):
            try:
                line.decode()
                if not line.isascii():
                    yield None
            except UnicodeDecodeError:
                yield line


def _utf16(start: bytes) -> str | None:
    """Western text in UTF-16 without a mark: half of its bytes are zero, all at odd or at even places."""
    half = len(start) // 2
    if half and start[1::2].count(0) > 0.7 * half and start[0::2].count(0) == 0:
        return "utf-16-le"
    if half and start[0::2].count(0) > 0.7 * half and start[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _doubles(line: bytes) -> tuple[int, int]:
    """Pairs of bytes from 0xA1 up, as common Chinese characters are in GB18030; and all bytes above ASCII."""
    pairs = high = place = 0
    while place < len(line):
        if line[place] < 0x80:
            place += 1
        elif line[place] >= 0xA1 and place + 1 < len(line) and line[place + 1] >= 0xA1:
            pairs, high, place = pairs + 1, high + 2, place + 2
        else:
            high, place = high + 1, place + 1
    return pairs, high


def _utf8(text: TextFile) -> Iterator[bytes]:
    """The file as UTF-8 pieces with "\\n" line ends. Bytes that cannot be decoded stay as they are."""
    pieces = chunks(text.path)
    if text.encoding not in ("utf-8", "ascii"):
        pieces = _recode(pieces, text.encoding)
    mac = False
    for number, piece in enumerate(pieces):
        if number == 0:
            piece = piece.removeprefix(codecs.BOM_UTF8)
            mac = b"\r" in piece and b"\n" not in piece
        yield piece.replace(b"\r", b"\n") if mac else piece


def _recode(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    wide = encoding.startswith(("utf-16", "utf-32"))
    decoder = codecs.getincrementaldecoder(encoding)("replace" if wide else "surrogateescape")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "surrogateescape")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogateescape")


def blocks(text: TextFile, *, quotes: bool) -> Iterator[Block]:
    """Blocks that end with a record. `quotes`: a line end inside double quotes does not end a record.

    A record longer than 16 MB, and a quote that is never closed, come as a block of one line that says
    what is broken; reading goes on with the next line.
    """
    line, held, skipping = 1, bytearray(), False
    for piece in _utf8(text):
        if skipping:
            end = piece.find(b"\n") + 1
            if end == 0:
                continue
            piece, skipping, line = piece[end:], False, line + 1
        held += piece
        while len(held) >= BLOCK and not skipping:
            if cut := _end(held, quotes):
                yield Block(line, bytes(held[:cut]))
            elif len(held) < LONGEST:
                break
            elif cut := held.find(b"\n") + 1:
                yield Block(line, bytes(held[:cut]), UNCLOSED)
            else:
                yield Block(line, bytes(held[:1000]), f"a line longer than {LONGEST >> 20} MB")
                cut, skipping = len(held), True
            line += held.count(b"\n", 0, cut)
            del held[:cut]
    while held:
        if not quotes or held.count(b'"') % 2 == 0:
            cut = len(held)
            yield Block(line, bytes(held))
        elif cut := _end(held, quotes):
            yield Block(line, bytes(held[:cut]))
        else:
            cut = held.find(b"\n") + 1 or len(held)
            yield Block(line, bytes(held[:cut]), UNCLOSED)
        line += held.count(b"\n", 0, cut)
        del held[:cut]


def _end(held: bytearray, quotes: bool) -> int:
    """Where the last whole record in `held` ends; 0 where none does."""
    place = held.rfind(b"\n")
    if not quotes or place < 0:
        return place + 1
    odd = held.count(b'"', 0, place) % 2
    while odd:
        before = held.rfind(b"\n", 0, place)
        if before < 0:
            return 0
        odd ^= held.count(b'"', before, place) % 2
        place = before
    return place + 1
