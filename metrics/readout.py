"""The read-out of a randomised experiment: rows a unit in, each arm against the control out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from metrics.against import FEWEST, NUMBERS, Kind, effects, levels, segments
from metrics.metric import BadQuestion
from metrics.reason import Reason

BALANCE = 0.001  # p of the sample ratio below which nothing is read

BALANCED = {"arm": pl.String, "n": pl.Int64, "expected": pl.Float64}
ARMS = {"arm": pl.String, "n": pl.Int64, **dict.fromkeys(("value", "low", "high"), pl.Float64)}
EFFECTS = {
    "arm": pl.String,
    **dict.fromkeys((*NUMBERS, "p_holm", "always_low", "always_high", "always_p"), pl.Float64),
    **dict.fromkeys(("plain", "plain_low", "plain_high", "reduction"), pl.Float64),
    "call": pl.String,
}
SEGMENTS = {
    **dict.fromkeys(("of", "arm"), pl.String),
    "n": pl.Int64,
    **dict.fromkeys((*NUMBERS, "p_holm"), pl.Float64),
}


@dataclass(frozen=True)
class ReadOut:
    """balance: units an arm and as many as planned; balance_p: of its chi-square test. arms: value with its
    95 % interval. effects: each arm − control; plain: without what was known before, where that is used.
    segments: the same within each. refused: why there are no effects.
    """

    n: int
    balance: pl.DataFrame
    balance_p: float | None
    arms: pl.DataFrame
    effects: pl.DataFrame
    segments: pl.DataFrame
    refused: Reason | None = None


def read(
    rows: pl.DataFrame,
    planned: Mapping[str, float],
    *,
    kind: Kind,
    progress: float = 1.0,
    wanted: float = 0.0,
) -> ReadOut:
    """rows: arm, value; denominator (of a ratio); before (what was known of the unit); segment.

    planned: arm → share of the units, the control first. First the sample ratio: a chi-square test against
    the planned shares, below 0.001 nothing is read (Fabijan et al. 2019). Shares are compared by Newcombe's
    interval and the pooled z test, means and ratios by Welch's test; `before` is taken away by CUPED. With
    several arms p is corrected by Holm and intervals hold together (Bonferroni); segments are corrected
    over all segments and arms. wanted: smallest effect that matters, relative; it makes "not supported".
    progress: share of the planned length that has passed; below 1 the always-valid interval decides.
    Raises BadQuestion for missing columns.
    """
    missing = [name for name in ("arm", "value") if name not in rows.columns]
    if kind == "ratio" and "denominator" not in rows.columns:
        missing.append("denominator")
    if missing:
        raise BadQuestion(f"A read-out needs rows of arm, value. Missing: {', '.join(missing)}.")
    kept = rows.filter(pl.col("arm").is_in(list(planned))).drop_nulls(["arm", "value"])
    counts = dict(kept.group_by("arm").len().iter_rows())
    sizes, whole = [counts.get(arm, 0) for arm in planned], sum(planned.values())
    expected = [len(kept) * share / whole for share in planned.values()]
    balance = pl.DataFrame(list(zip(planned, sizes, expected, strict=True)), BALANCED, orient="row")
    chance = sample_ratio(sizes, list(planned.values()))
    refused = _refused(sizes, chance)
    if refused:
        return ReadOut(len(kept), balance, chance, *_empty(), refused)
    split = [kept.filter(arm=arm) for arm in planned]
    arms = list(planned)
    found = effects(split, arms, kind, progress, wanted)
    return ReadOut(
        len(kept), balance, chance, pl.DataFrame(levels(split, arms, kind), ARMS, orient="row"),
        pl.DataFrame(found, EFFECTS), pl.DataFrame(segments(split, arms, kind) if found else [], SEGMENTS),
        None if found else NOTHING,
    )  # fmt: skip


def sample_ratio(sizes: Sequence[int], planned: Sequence[float]) -> float | None:
    """The p-value of arms as large as planned, by Pearson's chi-square; None without units."""
    from scipy.special import chdtrc

    n, whole = sum(sizes), sum(planned)
    if not n or whole <= 0 or min(planned) <= 0:
        return None
    expected = [n * share / whole for share in planned]
    square = sum((seen - due) ** 2 / due for seen, due in zip(sizes, expected, strict=True))
    return float(chdtrc(len(sizes) - 1, square))


def _refused(sizes: Sequence[int], chance: float | None) -> Reason | None:
    if min(sizes) < FEWEST:
        return Reason("an arm has fewer than {n} units: too few to read", n=FEWEST)
    return UNEQUAL if chance is not None and chance < BALANCE else None


UNEQUAL = Reason(
    "the arms are not as large as planned: the assignment or the recording is broken, so nothing is read"
)
NOTHING = Reason("nothing of the goal happened in it")


def _empty() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    return pl.DataFrame(schema=ARMS), pl.DataFrame(schema=EFFECTS), pl.DataFrame(schema=SEGMENTS)
