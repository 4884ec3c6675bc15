"""Groups of words of both languages that are about the same, as one theme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.theme_drivers import Link, links, own_gaps
from metrics.theme_groups import TRIED, Groups, groups

NAMED = 5  # words of each language that name a theme
Learnt = dict[str, tuple[NDArray[np.int64], Groups]]  # language → where its comments stand, and their groups


def learn(known: pl.DataFrame, bags: Sequence[Sequence[str]]) -> tuple[Learnt, pl.DataFrame]:
    """Language → where its comments stand, and their groups; and what numbers of groups were tried."""
    found, tried = {}, []
    for lang in ("en", "zh"):
        place = np.flatnonzero((known["lang"] == lang).to_numpy())
        made = groups([bags[i] for i in place.tolist()])
        if made:
            found[lang] = place, made
            tried += [(lang, size, stable, size == len(made.strongest)) for size, stable in made.tried]
    return found, pl.DataFrame(tried, TRIED, orient="row")


def merged(
    known: pl.DataFrame,
    bags: Sequence[Sequence[str]],
    ratings: pl.DataFrame,
    learnt: Learnt,
) -> tuple[list[tuple[str, dict]], NDArray[np.bool_], NDArray[np.float64]]:
    """Themes with what is known of them, and whether, and how much, each comment is of them."""
    about: dict[str, dict] = {}
    parts: dict[str, list[tuple[str, int]]] = {}
    for lang, (place, made) in learnt.items():
        rows = known[place]
        drivers, table = own_gaps(rows["answer"].to_list(), ratings)
        for i, link in enumerate(links(made.member, drivers, table, rows["score"].to_numpy())):
            key = _key(link, made.strongest[i], lang)
            if key not in about:
                about[key] = {"driver": link[0] if link else None, "side": link[1] if link else None}
            parts.setdefault(key, []).append((lang, i))
    strength = np.zeros((len(known), len(parts)))
    member = np.zeros((len(known), len(parts)), bool)
    for column, (key, own) in enumerate(parts.items()):
        for lang, i in own:
            place, made = learnt[lang]
            strength[place, column] += made.strength[:, i]
            member[place, column] |= made.member[:, i]
        for lang, name, comma in (("en", "english", ", "), ("zh", "chinese", "、")):
            place = learnt[lang][0] if lang in learnt else np.array([], int)
            named = _names([bags[i] for i in place.tolist()], member[place, column])
            about[key][name] = comma.join(named) or None
    return list(about.items()), member, strength


def _key(link: Link | None, strongest: Sequence[str], lang: str) -> str:
    return f"{link[0]} {link[1]}" if link else f"{lang} {' '.join(strongest[:NAMED])}"


def _names(bags: Sequence[Sequence[str]], member: NDArray[np.bool_]) -> list[str]:
    """The words that set a theme's comments apart: in more of them than of the rest, the widest gap first."""
    inside, outside = (
        Counter(w for i in np.flatnonzero(m).tolist() for w in set(bags[i])) for m in (member, ~member)
    )
    n, rest = max(int(member.sum()), 1), max(int((~member).sum()), 1)
    apart = {word: inside[word] / n - outside[word] / rest for word in inside}
    return sorted((word for word in apart if apart[word] > 0), key=lambda word: (-apart[word], word))[:NAMED]
