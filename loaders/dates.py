"""Instants and days out of text and numbers, in the styles that exports use.

ISO with and without a zone, day-month-year and month-day-year, names of months, compact digits, Excel's
serial days and epoch seconds to nanoseconds are told apart by their shape. Whether 03/04/2020 is in March
or April is not: the caller says, or an `OrderTally` of the whole column does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import polars as pl

Order = Callable[[], str]  # answers "dmy" or "mdy", called only where it matters

FAST = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$"
)
_SPLIT = r"\s*[-/.年月]\s*"
_SHAPES = {
    "ymd": rf"^(?P<a>\d{{4}}){_SPLIT}(?P<b>\d{{1,2}})(?:{_SPLIT}(?P<c>\d{{1,2}}))?日?{_TIME}",
    "xxy": rf"^(?P<a>\d{{1,2}}){_SPLIT}(?P<b>\d{{1,2}}){_SPLIT}(?P<c>\d{{4}}|\d{{2}}){_TIME}",
    "dby": (
        r"^(?:[A-Za-z]+,?\s+)?(?P<a>\d{1,2})[-\s/]+(?P<b>[A-Za-z]{3,9})\.?[-,\s/]+(?P<c>\d{4}|\d{2})" + _TIME
    ),
    "bdy": (
        r"^(?:[A-Za-z]+,\s+)?(?P<b>[A-Za-z]{3,9})\.?\s+(?P<a>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<c>\d{4})"
        + _TIME
    ),
    "packed": (
        r"^(?P<a>(?:19|20)\d{2})(?P<b>\d{2})(?P<c>\d{2})"
        r"(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?(?P<zone>Z)?$"
    ),
}
_SIDEWAYS = r"^\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*(?:\d{4}|\d{2})\b"
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: str(number) for number, name in enumerate(_NAMES.split(" "), 1)}


def instants(values: pl.Series, zone: str, order: Order) -> tuple[pl.Series, pl.Series]:
    """UTC instants, and why a value is none (null where it is one, or was null).

    Times without a zone are the shop's (`zone`). Of a time that a clock change repeats the earlier is
    taken; one that a clock change leaves out is no time, but for midnight: there the day begins at one.
    """
    naive, utc = _naive_and_utc(values, order)
    local = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    if local.null_count() > naive.null_count():
        midnight = local.is_null() & (naive == naive.dt.truncate("1d"))
        later = naive.dt.offset_by("1h").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        local = local.zip_with(~midnight.fill_null(False), later)
    found = utc.zip_with(utc.is_not_null(), local.dt.convert_time_zone("UTC"))
    text = values.cast(pl.String)
    reasons = pl.DataFrame({"text": text, "found": found, "naive": naive}).select(
        pl.when(pl.col("text").is_null() | pl.col("found").is_not_null())
        .then(None)
        .when(pl.col("naive").is_not_null())
        .then(pl.format(f'no such time in {zone}, the clocks went forward: "{{}}"', "text"))
        .otherwise(pl.format('not a date: "{}"', pl.col("text").str.slice(0, 100)))
    )
    return found, reasons.to_series()


def days(values: pl.Series, zone: str, order: Order) -> tuple[pl.Series, pl.Series]:
    """Calendar days; an instant with a zone gives the shop's day. And why a value is none."""
    naive, utc = _naive_and_utc(values, order)
    found = utc.dt.convert_time_zone(zone).dt.date().zip_with(utc.is_not_null(), naive.dt.date())
    text = values.cast(pl.String)
    reasons = pl.DataFrame({"text": text, "found": found}).select(
        pl.when(pl.col("text").is_not_null() & pl.col("found").is_null()).then(
            pl.format('not a date: "{}"', pl.col("text").str.slice(0, 100))
        )
    )
    return found, reasons.to_series()


def _naive_and_utc(values: pl.Series, order: Order) -> tuple[pl.Series, pl.Series]:
    """Of each value either a local time without a zone or a UTC instant, or neither."""
    none = pl.Series(values.name, [None], dtype=pl.Datetime("us")).new_from_index(0, len(values))
    dtype = values.dtype
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone:
            return none, values.dt.cast_time_unit("us").dt.convert_time_zone("UTC")
        return values.dt.cast_time_unit("us"), none.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if dtype == pl.Date:
        return values.cast(pl.Datetime("us")), none.dt.replace_time_zone("UTC")
    if dtype.is_float():
        values = values.cast(pl.Decimal(38, 9), strict=False)
    text = values.cast(pl.String).str.strip_chars()
    naive = none
    for style in FAST:
        left = naive.is_null() & text.is_not_null()
        if not left.any():
            break
        tried = text.str.to_datetime(style, strict=False, time_unit="us")
        naive = naive.zip_with(naive.is_not_null(), tried.set(tried.dt.year() < 1000, None))
        if naive.null_count() == text.null_count():
            break
    utc = none.dt.replace_time_zone("UTC")
    places = (naive.is_null() & text.is_not_null()).arg_true()
    if len(places):
        slow = _by_shape(text.gather(places), order)
        naive = naive.scatter(places, slow["naive"])
        utc = utc.scatter(places, slow["utc"])
    return naive, utc


def _by_shape(text: pl.Series, order: Order) -> pl.DataFrame:
    """naive, utc: each value taken apart by the shape that it has, numbers last."""
    mixed = order() if sideways(text).any() else "dmy"
    left = text.rename("text").to_frame().with_row_index("place")
    read: list[pl.DataFrame] = []
    for shape, pattern in _SHAPES.items():
        has = left["text"].str.contains(pattern)
        if not has.any():
            continue
        kind = {"xxy": mixed, "ymd": "ymd", "packed": "ymd"}.get(shape, "dmy")
        split = left.filter(has).select("place", pl.col("text").str.extract_groups(pattern)).unnest("text")
        read.append(split.select("place", *_moment(split.columns, kind)))
        left = left.filter(~has)
    read.append(left.select("place", *_number()))
    return pl.concat(read).sort("place")


def _moment(parts: list[str], kind: str) -> list[pl.Expr]:
    """naive, utc out of the columns a, b, c (year, month, day in the order `kind`), hour … zone."""

    def part(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Int64, strict=False).fill_null(0) if name in parts else pl.lit(0)

    names = {"ymd": "abc", "dmy": "cba", "mdy": "cab"}[kind]
    year, month, date = (pl.col(name) for name in names)
    number = year.cast(pl.Int64)
    short = year.str.len_chars() == 2
    number = pl.when(short).then(number + pl.when(number < 70).then(2000).otherwise(1900)).otherwise(number)
    month = month.str.to_lowercase().str.slice(0, 3).replace(_MONTHS)
    day = pl.format("{}-{}-{}", number, month, date.fill_null("1")).str.to_date("%Y-%m-%d", strict=False)
    hour, micro = part("hour"), pl.lit(0)
    if "half" in parts:
        half = pl.col("half").str.to_lowercase().str.slice(0, 1)
        hour = pl.when(half.is_null()).then(hour).otherwise(hour % 12) + pl.when(half == "p").then(
            12
        ).otherwise(0)
        micro = pl.col("part").str.pad_end(9, "0").str.slice(0, 6).cast(pl.Int64).fill_null(0)
    sane = (part("hour") < 24) & (part("minute") < 60) & (part("second") < 61) & (number > 1000)
    clock = pl.duration(hours=hour, minutes=part("minute"), seconds=part("second"), microseconds=micro)
    naive = pl.when(sane).then(day.cast(pl.Datetime("us")) + clock)
    zone = pl.col("zone")
    digits = zone.str.replace_all(r"\D", "").str.pad_end(4, "0")
    away = digits.str.slice(0, 2).cast(pl.Int64) * 60 + digits.str.slice(2, 2).cast(pl.Int64)
    away = pl.when(zone.str.starts_with("-")).then(-away).otherwise(away)
    utc = (naive - pl.duration(minutes=away)).dt.replace_time_zone("UTC")
    return [pl.when(zone.is_null()).then(naive).alias("naive"), utc.alias("utc")]


def _number() -> list[pl.Expr]:
    """Excel's days since 1899-12-30 (five digits, so 1954 to 2119) and seconds … nanoseconds since 1970."""
    text = pl.col("text")
    value = text.cast(pl.Float64, strict=False)
    serial = pl.when(text.str.contains(r"^[2-8]\d{4}(\.\d+)?$")).then(value)
    since = pl.duration(milliseconds=(serial * 86_400_000).round())
    naive = pl.lit(datetime(1899, 12, 30)).cast(pl.Datetime("us")) + since
    whole = text.str.extract(r"^(\d{10}|\d{13}|\d{16}|\d{19})(?:\.\d+)?$", 1)
    exact, length = whole.cast(pl.Int64, strict=False), whole.str.len_chars()
    epoch = (
        pl.when(length == 10)
        .then((value * 1e6).round().cast(pl.Int64, strict=False))
        .when(length == 13)
        .then(exact * 1000)
        .when(length == 16)
        .then(exact)
        .otherwise(exact // 1000)
    )
    return [naive.alias("naive"), epoch.cast(pl.Datetime("us", "UTC")).alias("utc")]


def sideways(text: pl.Series) -> pl.Series:
    """Which values are two small numbers and a year, in an order that must be known."""
    return text.str.contains(_SIDEWAYS).fill_null(False)


class OrderTally:
    """Counts in a column the values that only day-month or only month-day can be."""

    answers = ("dmy", "mdy")
    ask = (
        "Say which: --option date_order=dmy (day first) or date_order=mdy, "
        'or date_order = "dmy" under [read] in a mapping.'
    )

    def __init__(self) -> None:
        self.votes = [0, 0]
        self.examples = ["", ""]
        self.open = ""

    def add(self, values: pl.Series) -> None:
        text = values.cast(pl.String).drop_nulls().str.strip_chars()
        text = text.filter(sideways(text))
        parts = text.str.extract_groups(r"^(\d{1,2})\D+(\d{1,2})")
        first, second = (parts.struct.field(name).cast(pl.Int64) for name in ("1", "2"))
        only = [
            text.filter((first > 12) & (first < 32) & (second <= 12)),
            text.filter((second > 12) & (second < 32) & (first <= 12)),
        ]
        for place, some in enumerate(only):
            self.votes[place] += len(some)
            self.examples[place] = self.examples[place] or next(iter(some.head(1)), "")
        self.open = self.open or next(iter(text.head(1)), "")

    def doubt(self) -> str:
        return f"{self.open!r} may be day/month or month/day, and no value decides which."
