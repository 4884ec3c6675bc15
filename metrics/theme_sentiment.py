"""How people who wrote on a theme score, against the rest, and a classifier where no score stands beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from metrics.causal import two_sided
from metrics.interval import student
from metrics.reason import Reason

FEWEST = 5  # scores on either side
CONTENT = 50.0  # of the scale from 0 to 100: above its middle is content, as in a top-two box
SCORED, FOLDS, SEED = 100, 5, 7  # scores of each kind that a classifier needs together; parts of its test
GOOD = 0.7  # least area under its curve, by the lower end of the interval


@dataclass(frozen=True)
class Gap:
    """Mean score of a theme less the rest's, within sources. score, rest: the plain means."""

    score: float
    rest: float
    gap: float
    low: float
    high: float
    p: float


def gap(score: NDArray, member: NDArray, source: NDArray) -> Gap | None:
    """None where no source has five scores on either side.

    Stars and answers to questionnaires are different scales, so only scores of one source are compared;
    sources are weighted by n m ÷ (n + m) (Cochran 1954), each with Welch's variance, and with Student's t
    of Satterthwaite's degrees of freedom.
    """
    known = ~np.isnan(score)
    parts = []
    for each in np.unique(source[known]):
        mine, others = (score[known & (source == each) & (member == side)] for side in (True, False))
        n, m = len(mine), len(others)
        if min(n, m) >= FEWEST:
            parts.append((n * m / (n + m), mine.mean() - others.mean(), mine.var(ddof=1) / n, n,
                          others.var(ddof=1) / m, m))  # fmt: skip
    if not parts:
        return None
    whole = sum(part[0] for part in parts)
    value = sum(weight * difference for weight, difference, *_ in parts) / whole
    pieces = [
        ((weight / whole) ** 2 * spread, count - 1)
        for weight, _, one, n, other, m in parts
        for spread, count in ((one, n), (other, m))
    ]
    variance = sum(piece for piece, _ in pieces)
    freedom = variance**2 / sum(piece**2 / count for piece, count in pieces) if variance else 1.0
    half = student(freedom) * sqrt(variance)
    mine, rest = float(score[known & member].mean()), float(score[known & ~member].mean())
    chance = two_sided(value, sqrt(variance), freedom) if variance else float(value == 0)
    return Gap(mine, rest, float(value), float(value - half), float(value + half), float(chance))


@dataclass(frozen=True)
class Judge:
    """unhappy: of each comment, the chance that its score would not be above the middle; None if it refuses.

    auc: the area under the curve out of fold, with its interval. reason: why there is none.
    """

    unhappy: NDArray[np.float64] | None
    n: int
    auc: float | None = None
    low: float | None = None
    high: float | None = None
    reason: Reason | None = None


def judge(bags: Sequence[Sequence[str]], score: NDArray, customer: Sequence[str]) -> Judge:
    """Logistic regression on TF-IDF of words, learnt from the comments with a score.

    The area is that of five folds, no customer in two of them, with the interval of Hanley and McNeil
    (1982). It refuses below 100 scores or 20 of either kind, and where the area may be under GOOD.
    """
    learnt = np.flatnonzero(~np.isnan(score) & np.array([bool(bag) for bag in bags]))
    bad = score[learnt] <= CONTENT
    worse = int(bad.sum())
    if len(learnt) < SCORED or min(worse, len(learnt) - worse) < SCORED // 5:
        return Judge(None, len(learnt), reason=FEW)
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    reader = TfidfVectorizer(analyzer=_same, min_df=2, sublinear_tf=True)
    model = make_pipeline(reader, LogisticRegression(C=3.0, max_iter=500))
    kept = np.array(bags, dtype=object)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    groups = np.array(customer)[learnt]
    outside = cross_val_predict(model, kept[learnt], bad, groups=groups, cv=folds, method="predict_proba")
    auc = float(roc_auc_score(bad, outside[:, 1]))
    half = 1.959963984540054 * _error(auc, worse, len(learnt) - worse)
    low, high = max(auc - half, 0.0), min(auc + half, 1.0)
    if low < GOOD:
        return Judge(None, len(learnt), auc, low, high, POOR)
    return Judge(model.fit(kept[learnt], bad).predict_proba(kept)[:, 1], len(learnt), auc, low, high)


FEW = Reason("there are too few scored comments to learn from")
POOR = Reason("words tell too badly whether its writer is content")


def expected(chances: NDArray) -> tuple[float, float, float]:
    """The mean of chances, and the 95 % interval of the share that comes true where they are right."""
    mean = float(chances.mean())
    half = 1.959963984540054 * sqrt(float((chances * (1 - chances)).sum())) / len(chances)
    return mean, max(mean - half, 0.0), min(mean + half, 1.0)


def _same(bag: Sequence[str]) -> Sequence[str]:
    return bag


def _error(auc: float, n: int, m: int) -> float:
    """Hanley and McNeil (1982), The meaning and use of the area under a ROC curve."""
    one, two = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (n - 1) * (one - auc * auc) + (m - 1) * (two - auc * auc)
    return sqrt(max(spread, 0.0) / (n * m))
