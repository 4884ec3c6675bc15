"""Each group's share beside that of all others: how far off it is, and whether that may be chance."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt

import polars as pl

from metrics.difference import benjamini_hochberg, compared, mantel_haenszel, newcombe
from metrics.interval import wilson

RESTED = ("share", "low", "high", "rest", "difference", "difference_low", "difference_high", "p", "q")
FEWEST = 5  # counts expected by all strata together, below which the normal approximation is not used
SURE = 0.05  # q


def against_rest(rows: pl.DataFrame, part: int, n: int) -> pl.DataFrame:
    """rows: `part` of `n` of each group, with part and n of all together. Adds RESTED, of each group:

    share with low and high (Wilson), rest (the share of all others), difference of both with its ends
    (Newcombe), p (equal shares; z, or Fisher's exact test where counts are small), q (corrected over the
    groups by Benjamini and Hochberg). null where there is nothing to compare.
    """
    found = []
    for own, of in rows.select("part", "n").iter_rows():
        others, rest = part - own, n - of
        row: dict[str, float | None] = _share(own, of)
        if of and rest:
            low, high = newcombe(own, of, others, rest) or (None, None)
            row |= {"rest": others / rest, "difference": own / of - others / rest}
            row |= {"difference_low": low, "difference_high": high, "p": compared(own, of, others, rest)[0]}
        found.append(row)
    return _with(rows, found)


def shares(rows: pl.DataFrame) -> pl.DataFrame:
    """rows: part and n. Adds share with low and high (Wilson); null of none."""
    found = [_share(part, n) for part, n in rows.select("part", "n").iter_rows()]
    ends = pl.DataFrame(found, schema=dict.fromkeys(RESTED, pl.Float64)).select("share", "low", "high")
    return rows.hstack(ends)


def against_alike(counts: pl.DataFrame, rows: pl.DataFrame, by: str, stratum: str) -> pl.DataFrame:
    """As against_rest, each group against all others of the same strata, such as products of its category.

    counts: of, part, n of groups of `by`. rows: all that was counted, with `part` and the column `stratum`
    (those without one are a stratum of their own). difference: Mantel and Haenszel's, with its interval; p:
    `cochran`; rest: share − difference.
    """
    named = rows.select(pl.col(by).cast(pl.String).alias("of"), "part", stratum=pl.col(stratum).fill_null(""))
    both = [pl.col("part").sum().cast(pl.Int64), pl.len().cast(pl.Int64).alias("n")]
    whole = {each: (part, n) for each, part, n in named.group_by("stratum").agg(both).iter_rows()}
    cells: dict[str, list[tuple[int, int, int, int]]] = {}
    for of, each, part, n in named.group_by("of", "stratum").agg(both).sort("of", "stratum").iter_rows():
        all_part, all_n = whole[each]
        cells.setdefault(of, []).append((part, n, all_part - part, all_n - n))
    found = []
    for of, part, n in counts.select("of", "part", "n").iter_rows():
        row: dict[str, float | None] = _share(part, n)
        if n and (gap := mantel_haenszel(cells[of])):
            row |= dict(zip(("difference", "difference_low", "difference_high"), gap, strict=True))
            row |= {"rest": min(max(part / n - gap[0], 0.0), 1.0), "p": cochran(cells[of])}
        found.append(row)
    return _with(counts, found)


def cochran(strata: Sequence[tuple[int, int, int, int]]) -> float | None:
    """The two-sided p-value of equal shares within strata: part, n, other, m of each. None where too few are
    expected for the normal distribution (Mantel and Fleiss 1980).

    Cochran (1954) with the hypergeometric variance of Mantel and Haenszel (1959), not corrected for
    continuity.
    """
    gap = variance = expected = least = most = 0.0
    for part, n, other, m in strata:
        total, all_ = part + other, n + m
        if not n or not m:
            continue
        mean = n * total / all_
        gap += part - mean
        variance += n * m * total * (all_ - total) / (all_**2 * max(all_ - 1, 1))
        expected, least, most = expected + mean, least + max(0, total - m), most + min(n, total)
    if not variance or min(expected - least, most - expected) < FEWEST:
        return None
    return erfc(abs(gap) / sqrt(2 * variance))


def _share(part: int, n: int) -> dict[str, float | None]:
    low, high = wilson(part, n) or (None, None)
    return dict.fromkeys(RESTED) | {"share": part / n if n else None, "low": low, "high": high}


def corrected(rows: pl.DataFrame) -> pl.DataFrame:
    """With q of all p together (Benjamini and Hochberg)."""
    known = iter(benjamini_hochberg(rows["p"].drop_nulls().to_list()))
    q = [None if p is None else next(known) for p in rows["p"]]
    return rows.with_columns(pl.Series("q", q, dtype=pl.Float64))


def _with(rows: pl.DataFrame, found: list[dict]) -> pl.DataFrame:
    return corrected(rows.hstack(pl.DataFrame(found, schema=dict.fromkeys(RESTED, pl.Float64))))
