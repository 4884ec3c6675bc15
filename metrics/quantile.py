"""Quantiles of large columns."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np


def quantiles(values: np.ndarray, shares: Sequence[float] = (0.5, 0.9)) -> list[float | None]:
    """The quantile of each of the shares, linear between the two nearest values (Hyndman and Fan 1996,
    type 7); None without values. values: (N,) numbers, whose order is changed in place.

    Partitions at one place at a time, the highest first: NumPy does that with vector instructions, which at
    several places at once it does not, so this is several times as fast as np.quantile.
    """
    found = dict[float, float | None](dict.fromkeys(shares))
    below, top = values, 0.0  # those below the last place, and the value at it
    for share in sorted(shares, reverse=True) if len(values) else ():
        place = share * (len(values) - 1)
        at, above = floor(place), ceil(place)
        if above < len(below):
            below.partition(above)
            below, top = below[:above], below[above]
        lower = top if at == above else below.max()
        found[share] = float(lower + (top - lower) * (place - at))
    return [found[share] for share in shares]
