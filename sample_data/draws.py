"""Random numbers that depend on what they are for, not on when they are drawn.

A draw is a hash of the seed, the name of the question ("does she bounce?") and the keys of whom it
concerns (person, month, visit). So the same seed gives the same shop on any number of cores, and a
run without a promotion asks every other question with the same luck (common random numbers).

The hash is splitmix64's finaliser (Steele, Lea and Flood 2014), applied once a key.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = (np.uint64(shift) for shift in (30, 27, 31, 11))


def _stream(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little"))


def _mix(state: Keys) -> Keys:
    state = state + _GOLDEN
    state ^= state >> _S30
    state *= _FIRST
    state ^= state >> _S27
    state *= _SECOND
    state ^= state >> _S31
    return state


class Draws:
    """Answers by (question, keys); the keys are integer arrays that broadcast against each other."""

    def __init__(self, seed: int) -> None:
        self._seed = _mix(np.array([seed], dtype=np.uint64))
        self._questions: dict[str, Keys] = {}

    def key(self, question: str, *keys: np.ndarray | int) -> Keys:
        """A 64-bit hash, one for each element; may itself serve as a key."""
        state = self._questions.get(question)
        if state is None:
            state = self._questions[question] = _mix(self._seed ^ _stream(question))
        for part in keys:
            state = _mix(state ^ np.atleast_1d(np.asarray(part)).astype(np.uint64))
        return state

    def uniform(self, question: str, *keys: np.ndarray | int) -> Floats:
        """In the open interval (0, 1)."""
        return ((self.key(question, *keys) >> _S11).astype(np.float64) + 0.5) * 2.0**-53

    def chance(self, question: str, probability: np.ndarray | float, *keys: np.ndarray | int) -> np.ndarray:
        """True with the given probability."""
        return self.uniform(question, *keys) < probability

    def normal(self, question: str, *keys: np.ndarray | int) -> Floats:
        """Standard normal, by Box and Muller (1958)."""
        radius = np.sqrt(-2 * np.log(self.uniform(question, *keys)))
        return radius * np.cos(2 * np.pi * self.uniform(question + " angle", *keys))

    def lognormal(self, question: str, median: np.ndarray | float, sigma: float, *keys) -> Floats:
        return median * np.exp(sigma * self.normal(question, *keys))

    def exponential(self, question: str, mean: np.ndarray | float, *keys: np.ndarray | int) -> Floats:
        return -mean * np.log(self.uniform(question, *keys))

    def gumbel(self, question: str, *keys: np.ndarray | int) -> Floats:
        """Standard Gumbel: the taste shocks of a multinomial logit."""
        return -np.log(-np.log(self.uniform(question, *keys)))

    def whole(self, question: str, below: int, *keys: np.ndarray | int) -> Ints:
        """A whole number from 0 to below − 1, each as likely."""
        return (self.uniform(question, *keys) * below).astype(np.int64)

    def pick(self, question: str, weights, *keys: np.ndarray | int) -> Ints:
        """An index into `weights`, in proportion to them."""
        edges = np.cumsum(np.asarray(weights, dtype=float))
        return np.searchsorted(edges / edges[-1], self.uniform(question, *keys), side="right").clip(
            0, len(edges) - 1
        )

    def poisson(self, question: str, mean: np.ndarray | float, *keys: np.ndarray | int) -> Ints:
        """Counts with the given means (below about 500), by inversion."""
        luck = self.uniform(question, *keys)
        mean = np.broadcast_to(np.asarray(mean, dtype=float), luck.shape).ravel()
        found = np.zeros(luck.size, dtype=np.int64)
        term, left = np.exp(-mean), luck.ravel()
        at = np.flatnonzero(left > term)
        left, term, step = (left - term)[at], term[at], 0
        while len(at) and step < 1000:
            step += 1
            found[at] = step
            term = term * mean[at] / step
            on = left > term
            at, left, term = at[on], (left - term)[on], term[on]
        return found.reshape(luck.shape)
