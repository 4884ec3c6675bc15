"""What visitors do: the stories of the pages under Behaviour, one after the other, as a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from language import phrase, say
from stories import funnel, paths, retention, traffic
from stories.asked import Asked, Check
from stories.blocks import Block, Finding, Heading
from stories.named import Named, last_month
from stories.report import FINDINGS, flat
from stories.words import heading


@dataclass(frozen=True)
class Told:
    """A page's story: what it is called, what it gathers, what it says of that."""

    title: str
    gather: Callable[[Asked, Sequence[Check]], Any]
    blocks: Callable[[Any, str], list[Block]]


STORIES = (
    Told(phrase("Traffic"), traffic.gather, traffic.traffic),
    Told(phrase("Funnel"), funnel.gather, funnel.funnel),
    Told(phrase("Retention"), retention.gather, retention.retention),
    Told(phrase("Paths"), paths.gather, paths.paths),
)
Gathered = tuple[Asked, list[Any]]


def collect(asked: Asked, checks: Sequence[Check] = ()) -> Gathered:
    return asked, [told.gather(asked, checks) for told in STORIES]


def behaviour(data: Gathered, lang: str) -> list[Block]:
    """Each story under its title; its own parts follow."""
    asked, gathered = data
    found: list[Block] = [heading(say("Behaviour", lang), asked, lang)]
    for told, each in zip(STORIES, gathered, strict=True):
        found.append(Heading(say(told.title, lang), level=2))
        found += [b for b in told.blocks(each, lang) if not (isinstance(b, Heading) and b.level == 1)]
    return found


def brief(data: Gathered, lang: str) -> list[Finding]:
    """The first finding of each story, then the second of each, and so on."""
    told = [told.blocks(each, lang) for told, each in zip(STORIES, data[1], strict=True)]
    found = [[b for b in flat(blocks) if isinstance(b, Finding)] for blocks in told]
    return [each for turn in zip_longest(*found) for each in turn if each][:FINDINGS]


REPORT = Named(
    "behaviour",
    phrase("Behaviour"),
    phrase("how visitors come, where they are lost, who stays, and the ways to a purchase"),
    last_month,
    collect,
    behaviour,
    brief,
)
