"""Each arm of a randomised experiment against its control: values, effects, segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from metrics.analysis import Call
from metrics.contrast import Contrast, adjusted, linear, means, shares
from metrics.difference import holm
from metrics.interval import student, wilson
from metrics.privacy import hidden
from metrics.sequential import factor, p_value

Kind = Literal["share", "mean", "ratio"]
LEVEL = 0.05
FEWEST = 30  # units an arm, below which nothing is read
NUMBERS = ("effect", "low", "high", "p", "relative", "relative_low", "relative_high")


def values(rows: pl.DataFrame, kind: Kind) -> np.ndarray | None:
    """What is averaged: the value, or of a ratio the linearised value."""
    value = rows["value"].cast(pl.Float64).to_numpy()
    return linear(value, rows["denominator"].cast(pl.Float64).to_numpy()) if kind == "ratio" else value


def _contrast(one: pl.DataFrame, two: pl.DataFrame, kind: Kind, level: float) -> Contrast | None:
    if kind == "share":
        part, other = (int((each["value"] > 0).sum()) for each in (one, two))
        return shares(part, len(one), other, len(two), level)
    left, right = values(one, kind), values(two, kind)
    return None if left is None or right is None else means(left, right, level)


def effects(
    split: Sequence[pl.DataFrame], arms: Sequence[str], kind: Kind, progress: float, wanted: float
) -> list[dict]:
    """Each arm against the first; none where the goal has no value. See readout.read."""
    level = 1 - LEVEL / (len(arms) - 1)
    known = [values(each, kind) for each in split]
    if any(each is None for each in known):
        return []
    reduced, reduction = _reduced(split, known)  # type: ignore[arg-type]
    found = list[dict]()
    for place, arm in enumerate(arms[1:], 1):
        plain = _contrast(split[place], split[0], kind, level)
        main = means(reduced[place], reduced[0], level) if reduction else plain
        assert plain and main, "arms have at least 30 units"
        half = factor(progress, 1 - level) * main.error
        row = {"arm": arm} | {name: getattr(main, name) for name in NUMBERS}
        row |= {"always_low": main.effect - half, "always_high": main.effect + half}
        row |= {"always_p": p_value(main.effect, main.error, progress)}
        if reduction:
            row |= {"plain": plain.effect, "plain_low": plain.low, "plain_high": plain.high,
                    "reduction": reduction}  # fmt: skip
        found.append(row)
    least = wanted * abs(float(reduced[0].mean()))
    fixed, always = (holm([row[name] for row in found]) for name in ("p", "always_p"))
    for row, one, two in zip(found, fixed, always, strict=True):
        ends = (row["high"], one) if progress >= 1 else (row["always_high"], two)
        row |= {"p_holm": one, "call": decide(row["effect"], *ends, least)}
    return found


def _reduced(split: Sequence[pl.DataFrame], known: list[np.ndarray]) -> tuple[list[np.ndarray], float]:
    if "before" not in split[0].columns:
        return known, 0.0
    return adjusted(known, [each["before"].cast(pl.Float64).fill_null(0.0).to_numpy() for each in split])


def decide(effect: float, high: float, p: float, least: float) -> Call:
    """supported: surely more than the control. not supported: surely less than the effect that matters."""
    if p < LEVEL and effect > 0:
        return "supported"
    return "not supported" if high < least or (p < LEVEL and effect < 0) else "inconclusive"


def levels(split: Sequence[pl.DataFrame], arms: Sequence[str], kind: Kind) -> list[tuple]:
    """Each arm's size and value, with its 95 % interval."""
    rows = list[tuple]()
    for arm, each in zip(arms, split, strict=True):
        if kind == "share":
            part = int((each["value"] > 0).sum())
            rows.append((arm, len(each), part / len(each), *(wilson(part, len(each)) or (None, None))))
            continue
        seen = values(each, kind)
        if seen is None:
            rows.append((arm, len(each), None, None, None))
            continue
        half = student(len(seen) - 1) * float(np.std(seen, ddof=1)) / len(seen) ** 0.5
        mean = float(seen.mean())
        rows.append((arm, len(each), mean, mean - half, mean + half))
    return rows


def segments(split: Sequence[pl.DataFrame], arms: Sequence[str], kind: Kind) -> list[dict]:
    """Each arm against the control within each segment, without what was known before. Left out are segments
    with fewer than 30 units an arm, and those that privacy.hidden names.
    """
    if "segment" not in split[0].columns:
        return []
    names = pl.concat([each["segment"] for each in split]).drop_nulls().unique().sort().to_list()
    parts = {name: [each.filter(segment=name) for each in split] for name in names}
    few = hidden([sum(map(len, parts[name])) for name in names])
    found = list[dict]()
    for name in (name for place, name in enumerate(names) if place not in few):
        for arm, one in zip(arms[1:], parts[name][1:], strict=True):
            base = parts[name][0]
            told = _contrast(one, base, kind, 1 - LEVEL) if min(len(one), len(base)) >= FEWEST else None
            if told is not None:
                numbers = {each: getattr(told, each) for each in NUMBERS}
                found.append({"of": name, "arm": arm, "n": len(one) + len(base)} | numbers)
    for row, chance in zip(found, holm([row["p"] for row in found]), strict=True):
        row["p_holm"] = chance
    return found
