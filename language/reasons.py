"""Sentences made where nothing could be said: metrics and loaders give a pattern and its facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from language import name, say
from language.numbers import day, integer


def tell(reason: str, lang: str) -> str:
    """A reason in the reader's language: a text that carries `sentence` and `facts` (metrics.reason.Reason),
    or a plain sentence."""
    facts: Mapping[str, object] = getattr(reason, "facts", {})
    return say(
        getattr(reason, "sentence", reason),
        lang,
        **{key: _fact(key, fact, lang) for key, fact in facts.items()},
    )


def _fact(key: str, fact: object, lang: str) -> object:
    """Tables and columns keep the names by which they are imported."""
    if key in ("table", "column"):
        return fact
    if isinstance(fact, date):
        return day(fact, lang)
    if isinstance(fact, int) and not isinstance(fact, bool):
        return integer(fact, lang)
    return name(fact, lang) if isinstance(fact, str) else fact
