"""Comments' language and words: rjieba's for Chinese, plain words without stop words for English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from metrics import stop_words

HAN, KANA = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
LATIN = re.compile(r"[^\W\d_]", re.ASCII)
FOREIGN = re.compile(r"[^\W\d_]")
ENGLISH = re.compile(r"[a-z]+(?:'[a-z]+)?")
CHINESE = re.compile(r"[\u3400-\u9fff]+")
MOSTLY = 0.3  # share of a comment's letters that are Chinese, from which on it is Chinese
ENOUGH = 1 / 3  # of comments whose language nobody states: share with an English function word


def languages(texts: Sequence[str | None], stated: Sequence[str | None]) -> list[str | None]:
    """Of each comment "en", "zh" or None for any other, told by its letters and the language stated.

    Chinese is what has Chinese letters and no kana. Of what has Latin letters alone, English is what is
    stated to be; where nothing is stated, what has an English function word, and all of it where at least
    a third of such comments has one.
    """
    scripts = [_script(text or "") for text in texts]
    open_ = [
        not stop_words.FUNCTION.isdisjoint(ENGLISH.findall((text or "").lower()))
        for text, script, said in zip(texts, scripts, stated, strict=True)
        if script == "latin" and not said
    ]
    mostly = bool(open_) and sum(open_) >= ENOUGH * len(open_)
    return [
        _language(text or "", script, said, mostly)
        for text, script, said in zip(texts, scripts, stated, strict=True)
    ]


def _script(text: str) -> str:
    letters = FOREIGN.findall(text)
    if not letters:
        return ""
    if KANA.search(text):
        return "other"
    if len(HAN.findall(text)) >= MOSTLY * len(letters):
        return "zh"
    return "latin" if len(LATIN.findall(text)) >= 0.9 * len(letters) else "other"


def _language(text: str, script: str, stated: str | None, mostly: bool) -> str | None:
    if script == "zh":
        return "zh"
    if script != "latin":
        return None
    if stated:
        return "en" if stated.lower().startswith("en") else None
    return "en" if mostly or not stop_words.FUNCTION.isdisjoint(ENGLISH.findall(text.lower())) else None


@lru_cache(maxsize=1)
def _cutter():  # type: ignore[no-untyped-def]
    import rjieba  # its dictionary takes a while

    return rjieba.Jieba()


def words(text: str, lang: str, stop: bool = True) -> list[str]:
    """Words in order, repeated as they are. stop: only those that may name a theme."""
    if lang == "zh":
        found = (word for word in _cutter().cut(text) if CHINESE.fullmatch(word))
        return [word for word in found if not (stop and word in stop_words.CHINESE)]
    every = ENGLISH.findall(text.lower().replace("’", "'"))
    return [
        _singular(word) for word in every if not stop or (len(word) > 2 and word not in stop_words.ENGLISH)
    ]


def _singular(word: str) -> str:
    """Harman (1991), How effective is suffixing?: the S stemmer."""
    if len(word) < 4:
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")) and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word[:-1] if word.endswith("s") and not word.endswith(("us", "ss")) else word
