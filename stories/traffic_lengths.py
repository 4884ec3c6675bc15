"""How long visits last, wherever the reader lets one end."""

from __future__ import annotations

from charts.chart import Chart
from language import numbers, say
from stories.answered import Answered
from stories.blocks import Block, Finding, Heading
from stories.words import shares, texts


def lengths(found: Answered | None, lang: str) -> list[Block]:
    """A sentence and the distribution; nothing of no visits."""
    if found is None or not found.result.n:
        return []
    result = found.result
    ends = [_span(row["from"], row["to"], lang) for row in result.lengths.to_dicts()]
    title = say("How long visits last", lang)
    chart = Chart(
        "bar", result.lengths.with_columns(length=texts(ends)), "length", "share", unit="percent", alt=title,
        title=say("Visits by their length", lang), note=say("Of those with two events or more", lang),
        missing="" if result.measured else say("no visit has two events", lang),
    )  # fmt: skip
    return [Heading(title, _cut(found, lang), 2), *_told(found, lang), chart]


def _told(found: Answered, lang: str) -> list[Finding]:
    result = found.result
    if not result.measured:
        return []
    alone = numbers.percent(result.one_event, lang)
    text = say(
        "Of visits with two events or more half last longer than **{median}**, a tenth longer than {late}. "
        "{alone} of all (95% interval {interval}) have one event only: nobody knows how long they last.",
        lang,
        median=numbers.duration(result.seconds, lang), late=numbers.duration(result.seconds_p90, lang),
        alone=alone, interval=shares(result.one_event_low, result.one_event_high, lang),
    )  # fmt: skip
    return [Finding(text, claims=[found.claim(alone, "summary", "one_event")])]


def _cut(found: Answered, lang: str) -> str:
    """Where a visit ends."""
    minutes = found.words.get("silence_minutes", "none")
    if minutes == "none":
        return say("As the source cuts them, or after 30 minutes of silence", lang)
    return say("A visit ends after {n} minutes of silence", lang, n=numbers.number(float(minutes), lang, 0))


def _span(low: float, high: float | None, lang: str) -> str:
    begin = numbers.duration(low, lang) if low else "0"
    if high is None:
        return say("{length} or longer", lang, length=begin)
    return say("{low} to {high}", lang, low=begin, high=numbers.duration(high, lang))
