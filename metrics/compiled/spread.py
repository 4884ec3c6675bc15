"""Runs a compiled walk over parts of its groups, on several cores."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from metrics.eventlog import CORES


def spread(walk: Callable[..., None], bounds: np.ndarray, *arguments: object) -> None:
    """walk(bounds, from, to, *arguments). Cut by work, since some groups are far longer than others: those
    before group g have bounds[g] of it.
    """
    groups = len(bounds) - 1
    cuts = np.searchsorted(bounds, np.linspace(0, bounds[-1], 4 * CORES + 1)[1:-1])
    edges = [0, *np.clip(cuts, 0, groups).tolist(), groups]
    with ThreadPoolExecutor(CORES) as pool:
        for done in [
            pool.submit(walk, bounds, low, high, *arguments) for low, high in pairwise(edges) if low < high
        ]:
            done.result()
