"""Large columns: their quantiles, and copies that leave no holes in the heap."""

from __future__ import annotations

import mmap
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


def apart(values: np.ndarray) -> np.ndarray:
    """A copy in pages of its own, for what of a part outlives the work on it: in the heap it would lie among
    what is freed, and hold that back. values: (N,) numbers.
    """
    if not len(values):
        return values[:0].copy()
    found = np.frombuffer(mmap.mmap(-1, values.nbytes), values.dtype)
    found[:] = values
    return found
