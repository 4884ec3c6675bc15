"""Themes in words: what they are called, their numbers, and how they are made."""

from __future__ import annotations

from collections.abc import Mapping

from language import listing, name, numbers, phrase, say, together
from language.reasons import tell
from stories.answered import Answered
from stories.words import sentence

CALLS = {
    "worse": phrase("Worse than the rest"),
    "better": phrase("Better than the rest"),
    "same": phrase("No sure difference"),
}
TONES = {"worse": "bad", "better": "good", "same": "neutral"}
SIDES = {"low": phrase("{driver}, rated low"), "high": phrase("{driver}, rated high")}
SOURCES = {
    "survey": phrase("Questionnaire"),
    "review": phrase("Product review"),
    "request": phrase("Service request"),
}
LANGUAGES = {"en": phrase("English"), "zh": phrase("Chinese")}


def label(row: Mapping, lang: str) -> str:
    """ "Delivery, rated low", or its words where it is of no one driver."""
    if row["driver"]:
        driver = name(row["driver"], lang)
        told = (
            say("“{words}”", lang, words=driver)
            if driver[-1:] in "?？"
            else f"{driver[:1].upper()}{driver[1:]}"
        )
        return say(SIDES[row["side"]], lang, driver=told)
    return say("“{words}”", lang, words=words(row, lang))


def words(row: Mapping, lang: str) -> str:
    """Its strongest words, the reader's language first."""
    both = (row["english"], row["chinese"]) if lang == "en" else (row["chinese"], row["english"])
    return " · ".join(each for each in both if each)


def score(x: float | None, lang: str) -> str:
    return numbers.number(x, lang, 0)


def gap(x: float | None, lang: str) -> str:
    """Points of 100: "−27"."""
    return numbers.difference(x, "integer", lang)


def between(low: float | None, high: float | None, lang: str) -> str:
    if low is None or high is None:
        return numbers.NONE
    return say("{low} to {high}", lang, low=gap(low, lang), high=gap(high, lang))


def method(found: Answered, lang: str) -> str:
    result = found.result
    chosen = result.tried.filter("chosen")
    counts = [
        say("{n} groups of words in {language} (agreement {agreement})", lang, n=row["groups"],
            language=say(LANGUAGES[row["lang"]], lang), agreement=numbers.number(row["stability"], lang))
        for row in chosen.to_dicts()
    ]  # fmt: skip
    told = [
        say(
            "Counted are comments of questionnaires, reviews and service requests in English or Chinese, by "
            "the day of writing; a comment may be on several themes, so shares do not add up to 100%.", lang,
        ),
        say(
            "Themes are learnt from all comments so far, so that other days have the same ones: TF-IDF and "
            "non-negative matrix factors of each language, in as many groups as stay most alike when a fifth "
            "of the comments is left out. Here: {counts}.", lang, counts=listing(counts, lang),
        ),
        say(
            "Groups are one theme, in whatever language, where their writers rate the same driver lower, or "
            "higher, than all else that they rate; the test is corrected for their number. Others stand "
            "alone.", lang,
        ),
        say(
            "Scores run from 0 (worst) to 100 (best): stars, or the satisfaction that the same person "
            "stated; the difference from the rest is taken within reviews and within questionnaires.", lang,
        ),
        _judge(found, lang),
        say(
            "A week is compared with the eight before it, corrected for the number of themes; of twenty "
            "quiet weeks, one may still show a move by chance. Quotations are masked, and only of themes "
            "of at least five customers.", lang,
        ),
        *(sentence(tell(each, lang), lang) for each in result.warnings),
    ]  # fmt: skip
    return together(told, lang)


def _judge(found: Answered, lang: str) -> str:
    result = found.result
    if result.auc is None:
        return ""
    return say(
        "Where no score stands beside a comment, a logistic regression on its words tells how likely its "
        "writer is not content; out of fold, its area under the curve is {auc} ({low} to {high}).", lang,
        auc=numbers.number(result.auc, lang), low=numbers.number(result.auc_low, lang),
        high=numbers.number(result.auc_high, lang),
    )  # fmt: skip
