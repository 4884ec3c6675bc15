"""A metric's card: value, change, target, trend and definition, ready to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from language import numbers, say, together
from language.reasons import tell
from metrics.metric import REGISTRY, Metric
from metrics.target import Attainment
from metrics.value import Value
from stories.asked import Asked
from stories.blocks import Claim, Kpi, Tone

Direction = Literal["up", "down", "flat"]


def card(
    asked: Asked,
    now: Value,
    before: Value | None,
    plan: Attainment | None,
    trend: Sequence[float | None],
    lang: str,
) -> Kpi:
    """before: the comparison's value; plan: the target; either may be unknown. trend: by day or week."""
    metric, currency = REGISTRY[now.metric], asked.shop.currency
    label, meant = say(metric.label, lang), definition(metric, lang)
    if now.value is None:
        missing = tell(now.reason, lang) if now.reason else say("nothing on these days", lang)
        return Kpi(metric.name, label, numbers.NONE, claim(asked, now), missing=missing, definition=meant)
    was = before.value if before else None
    change, direction = changed(metric, now.value, was, lang)
    return Kpi(
        metric.name,
        label,
        numbers.value(now.value, metric.unit, lang, currency),
        claim(asked, now),
        change=change,
        direction=direction,
        tone=tone(metric, direction),
        compared=_was(metric, was, lang, currency) if change else "",
        target=_target(metric, plan, lang, currency),
        attainment=_progress(metric, plan),
        met=plan.met if plan else None,
        beside=_beside(asked, now, before, plan, change, lang),
        trend=trend,
        definition=together([meant, tell(now.note, lang)], lang) if now.note else meant,
    )


def claim(asked: Asked, value: Value, printed: str = "") -> Claim:
    return Claim(
        value.metric,
        value.value,
        value.n,
        value.start.isoformat(),
        value.end.isoformat(),
        dict(asked.where),
        {"basis": asked.basis},
        printed,
    )


def derived(asked: Asked, source: str, value: float | None, printed: str, **settings: object) -> Claim:
    """A claim of a number made from others of the period and of the comparison."""
    days = str(asked.elapsed.start), str(asked.elapsed.end)
    settings["basis"] = asked.basis
    if asked.against:
        settings["against"] = f"{asked.against.start}..{asked.against.end}"
    return Claim(source, value, None, *days, dict(asked.where), settings, printed)


def _beside(
    asked: Asked, now: Value, before: Value | None, plan: Attainment | None, change: str, lang: str
) -> list[Claim]:
    """The claims of the change, of what was and of the target."""
    metric, found = REGISTRY[now.metric], []
    if change and before and before.value is not None and now.value is not None:
        was = numbers.value(before.value, metric.unit, lang, asked.shop.currency)
        found += [claim(asked, before, was)]
        found += [derived(asked, "moved", moved(metric, now.value, before.value), change, metric=metric.name)]
    if plan is not None and plan.target is not None:
        target = numbers.value(plan.target, metric.unit, lang, asked.shop.currency)
        found.append(derived(asked, "target", plan.target, target, metric=metric.name))
        if metric.how == "additive" and plan.attainment is not None:
            share = numbers.percent(plan.attainment, lang)
            found.append(derived(asked, "attainment", plan.attainment, share, metric=metric.name))
    return found


def moved(metric: Metric, now: float, was: float) -> float:
    """A change as it is told: the difference of rates and scores, else relative to what was."""
    return now - was if metric.unit in ("percent", "score") else now / was - 1


def definition(metric: Metric, lang: str) -> str:
    """Meaning and formula."""
    formula = say("Formula: {formula}.", lang, formula=say(metric.formula, lang))
    return together([say(metric.meaning, lang), formula], lang)


def changed(metric: Metric, now: float, was: float | None, lang: str) -> tuple[str, Direction]:
    """The change in words, and its direction: points for rates and scores, else percent of what was."""
    if was is None:
        return "", "flat"
    if metric.unit == "percent":
        return numbers.points(now - was, lang), _direction(now - was, 0.0005)
    if metric.unit == "score":
        return numbers.difference(now - was, "score", lang), _direction(now - was, 0.05)
    if was <= 0:
        return "", "flat"
    return numbers.change(now / was - 1, lang), _direction(now / was - 1, 0.0005)


def tone(metric: Metric, direction: Direction) -> Tone:
    if metric.better == "none" or direction == "flat":
        return "neutral"
    return "good" if (direction == "up") == (metric.better == "higher") else "bad"


def trend(spark: pl.DataFrame, metric: str) -> list[float | None]:
    values = spark[metric].to_list()
    return values if sum(value is not None for value in values) > 1 else []


def _direction(change: float, least: float) -> Direction:
    return "flat" if abs(change) < least else "up" if change > 0 else "down"


def _was(metric: Metric, was: float | None, lang: str, currency: str) -> str:
    return say("was {value}", lang, value=numbers.value(was, metric.unit, lang, currency))


def _target(metric: Metric, plan: Attainment | None, lang: str, currency: str) -> str:
    if plan is None or plan.target is None:
        return ""
    target = numbers.value(plan.target, metric.unit, lang, currency)
    if metric.how == "additive" and plan.attainment is not None:
        return say(
            "{share} of target {target}", lang, share=numbers.percent(plan.attainment, lang), target=target
        )
    if plan.met is None:
        return say("target {target}", lang, target=target)
    if plan.met:
        return say("target {target}: met", lang, target=target)
    return say("target {target}: missed", lang, target=target)


def _progress(metric: Metric, plan: Attainment | None) -> float | None:
    """How much of the way to the target is done: for a metric of which less is better, target ÷ value."""
    if plan is None or plan.attainment is None or plan.target is None:
        return None
    if metric.better == "lower":
        return 1 / plan.attainment if plan.attainment > 0 else 1.0
    return plan.attainment
