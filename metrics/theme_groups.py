"""Groups of words that go together in comments of one language, and how many of them there are."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FEWEST = 60  # comments of a language that have words; below it no groups are looked for
COMMON = 3  # comments that a word must stand in
WORDS = 800  # most words that are looked at, the commonest
LEARNT, JUDGED = 10_000, 800  # different comments that groups, and their number, are learnt from; the most
# frequent first
SIZES = (2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 24)
EACH = 15  # comments for each group at least
SEED, STEPS, RESAMPLES, LEFT_OUT = 7, 100, 4, 0.2
CLOSE, STABLE = 0.02, 0.5  # of mean Jaccard indices: as good as the best; least of the best
STRONGEST = 10
PART = 1 / 3  # of a comment's loadings, from which on it is of that group

TRIED = {"lang": pl.String, "groups": pl.Int64, "stability": pl.Float64, "chosen": pl.Boolean}


@dataclass(frozen=True)
class Groups:
    """strongest: of each group its words, the strongest first. member: comments × groups.

    strength: the part of each comment that is of the group. tried: see TRIED.
    """

    strongest: list[list[str]]
    member: NDArray[np.bool_]
    strength: NDArray[np.float64]
    tried: list[tuple[int, float]]


def groups(bags: Sequence[Sequence[str]]) -> Groups | None:
    """Non-negative matrix factors (Lee and Seung 1999) of TF-IDF; None where there are too few comments.

    bags: the words of each comment. Equal comments are one row, weighted by the root of how many there are,
    which leaves the least squares as they are. The number of groups is that of which the words change least
    when a fifth of the comments is left out: whose ten strongest words have the highest mean Jaccard index
    with those of the groups that match best (Greene, O'Callaghan and Cunningham 2014, How many topics?), the
    largest of those within CLOSE of it. Where the best is under STABLE there is no group.
    """
    known = [bag for bag in bags if bag]
    if len(known) < FEWEST:
        return None
    rows, place = _distinct(bags)
    vocabulary = _vocabulary(bags)
    if len(vocabulary) < SIZES[0]:
        return None
    counts = np.bincount(place, minlength=len(rows)).astype(float)
    table = _weights(rows, counts, vocabulary)
    learnt = np.flatnonzero(np.diff(table.indptr))
    learnt = learnt[np.argsort(-counts[learnt], kind="stable")][:LEARNT]
    if len(learnt) < SIZES[0]:
        return None
    part, often = table[learnt], counts[learnt]
    most = min(len(known) // EACH, len(learnt), len(vocabulary))
    sizes = sorted({*(size for size in SIZES if size <= most), min(most, SIZES[-1])})
    tried = [(size, _stability(part[:JUDGED], often[:JUDGED], size)) for size in sizes]
    best = max(found for _, found in tried)
    if best < STABLE:
        return Groups([], np.zeros((len(bags), 0), bool), np.zeros((len(bags), 0)), tried)
    chosen = max(size for size, found in tried if found >= best - CLOSE)
    model = _fit(_scaled(part, often), chosen)
    loads = model.transform(table) * model.components_.sum(axis=1)
    whole = loads.sum(axis=1, keepdims=True)
    strength = np.divide(loads, whole, out=np.zeros_like(loads), where=whole > 1e-9)[place]
    strongest = [[vocabulary[i] for i in top] for top in _strongest(model.components_)]
    return Groups(strongest, strength >= PART, strength, tried)


def _distinct(bags: Sequence[Sequence[str]]) -> tuple[list[Counter], NDArray[np.int64]]:
    """Different bags of words, and which of them each comment is."""
    found: dict[tuple, int] = {}
    place = [found.setdefault(tuple(sorted(bag)), len(found)) for bag in bags]
    return [Counter(bag) for bag in found], np.array(place)


def _vocabulary(bags: Sequence[Sequence[str]]) -> list[str]:
    often = Counter(word for bag in bags for word in set(bag))
    kept = sorted((word for word, n in often.items() if n >= COMMON), key=lambda word: (-often[word], word))
    return sorted(kept[:WORDS])


def _weights(rows: Sequence[Counter], counts: NDArray, vocabulary: Sequence[str]) -> csr_array:
    """TF-IDF of unit length a row, with 1 + log frequency, smoothed as scikit-learn does."""
    from scipy.sparse import csr_array, diags_array

    column = {word: i for i, word in enumerate(vocabulary)}
    found = [
        (i, column[word], 1 + log(n))
        for i, bag in enumerate(rows)
        for word, n in bag.items()
        if word in column
    ]
    at, of, value = (np.array(each) for each in zip(*found, strict=True))
    table = csr_array((value, (at, of)), shape=(len(rows), len(column)))
    often = counts @ (table > 0)
    table = table @ diags_array(np.log((1 + counts.sum()) / (1 + often)) + 1)
    length = np.sqrt((table**2).sum(axis=1))
    return csr_array(diags_array(np.divide(1, length, out=np.zeros_like(length), where=length > 0)) @ table)


def _scaled(table: csr_array, counts: NDArray) -> csr_array:
    from scipy.sparse import csr_array, diags_array

    return csr_array(diags_array(np.sqrt(counts)) @ table)


def _fit(table: csr_array, size: int):  # type: ignore[no-untyped-def]
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is close enough for words
        warnings.simplefilter("ignore", RuntimeWarning)  # the error of a perfect fit may round below 0
        return NMF(size, init="nndsvda", max_iter=STEPS, tol=1e-3, random_state=SEED).fit(table)


def _stability(table: csr_array, counts: NDArray, size: int) -> float:
    """The mean agreement of the words with those learnt from four fifths of the comments."""
    from scipy.optimize import linear_sum_assignment

    whole = [set(top) for top in _strongest(_fit(_scaled(table, counts), size).components_)]
    random, found = np.random.default_rng(SEED), []
    for _ in range(RESAMPLES):
        kept = random.binomial(counts.astype(int), 1 - LEFT_OUT)
        if (kept > 0).sum() < size:
            return 0.0
        part = _fit(_scaled(table[kept > 0], kept[kept > 0]), size)
        other = [set(top) for top in _strongest(part.components_)]
        same = np.array([[len(a & b) / max(len(a | b), 1) for b in other] for a in whole])
        found.append(same[linear_sum_assignment(-same)].mean())
    return float(np.mean(found))


def _strongest(components: NDArray) -> list[list[int]]:
    """Of each group the places of its strongest words, those of at least a tenth of the strongest."""
    found = []
    for row in components:
        order = np.argsort(-row, kind="stable")[:STRONGEST]
        found.append([int(i) for i in order if row[i] > 0.1 * row.max() > 0])
    return found
