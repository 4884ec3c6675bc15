"""The plan: which targets are met, and which are missed by how much."""

from __future__ import annotations

from language import inside, listing, numbers, say
from metrics.metric import REGISTRY
from metrics.target import Attainment, attain
from stories.asked import Asked
from stories.blocks import Claim, Finding, Tone
from stories.cards import claim, derived
from stories.gather import CARDS, OverviewData

TOLD = 3  # of the targets missed


def judged(asked: Asked) -> dict[str, Attainment]:
    """How each metric of the cards stands against its target, as gather knows it."""
    targets = asked.tables("targets")
    if targets is None:
        return {}
    plan, now = targets.select("metric", "month", "target").collect(), asked.values(CARDS, asked.elapsed)
    return {name: attain(now[name], plan, filtered=bool(asked.where)) for name in CARDS}


def on_plan(data: OverviewData, lang: str) -> Finding | None:
    """How many targets are met, and those missed by most; None without targets."""
    known = {name: plan.met for name, plan in data.plan.items() if plan.met is not None}
    if not known:
        return None
    met, of = sum(known.values()), len(known)
    claims = [
        derived(data.asked, "targets", number, numbers.integer(number, lang), part=part)
        for part, number in (("met", met), ("of", of))
    ]
    counts = {"met": numbers.integer(met, lang), "of": numbers.integer(of, lang)}
    if met == of:
        return Finding(say("Targets met: **{met} of {of}**.", lang, **counts), "good", claims)
    missed = sorted(
        (name for name, is_met in known.items() if not is_met), key=lambda each: -_miss(data, each)
    )
    parts = []
    for name in missed[:TOLD]:
        text, more = _missed(data, name, lang)
        parts.append(text)
        claims += more
    told = listing(parts, lang)
    if len(missed) > TOLD:
        text = say("Targets met: **{met} of {of}**. Missed most: {missed}.", lang, **counts, missed=told)
    else:
        text = say("Targets met: **{met} of {of}**. Missed: {missed}.", lang, **counts, missed=told)
    tone: Tone = "bad" if 2 * met < of else "neutral"
    return Finding(text, tone, claims)


def _missed(data: OverviewData, name: str, lang: str) -> tuple[str, list[Claim]]:
    metric, now, target = REGISTRY[name], data.now[name], data.plan[name].target
    value, plan = (numbers.value(x, metric.unit, lang, data.asked.shop.currency) for x in (now.value, target))
    claims = [claim(data.asked, now, value), derived(data.asked, "target", target, plan, metric=name)]
    label = inside(say(metric.label, lang), lang)
    return say("{metric} {value} (target {target})", lang, metric=label, value=value, target=plan), claims


def _miss(data: OverviewData, name: str) -> float:
    """The part of the target that is missing."""
    attainment = data.plan[name].attainment
    return abs(1 - attainment) if attainment is not None else 0.0
