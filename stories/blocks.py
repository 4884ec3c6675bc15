"""The blocks that a story is made of. A page shows them and a report prints them; neither adds any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from charts.chart import Chart

Kind = Literal[
    "text", "number", "integer", "money", "percent", "change", "points", "date", "time", "bar", "trend"
]
Tone = Literal["good", "bad", "neutral"]


@dataclass(frozen=True)
class Claim:
    """Where a printed number comes from, so that it can be computed again (stories/recompute.py).

    printed: the number as it stands in the text, "$1.2M".
    """

    source: str  # a metric or an analysis
    value: float | None
    n: int | None = None
    start: str = ""
    end: str = ""
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    printed: str = ""


@dataclass(frozen=True)
class Heading:
    text: str
    note: str = ""
    level: int = 1


@dataclass(frozen=True)
class Kpi:
    """A metric's card. `value`, `change`, `target` are ready to read; `claim` has the number behind `value`.

    beside: the claims of the numbers in `change`, `compared` and `target`.
    """

    metric: str
    label: str
    value: str
    claim: Claim
    change: str = ""  # "+12.3 %"
    direction: Literal["up", "down", "flat"] = "flat"
    tone: Tone = "neutral"
    compared: str = ""  # "1.1M in the previous 90 days"
    target: str = ""  # "96 % of target 1.3M"
    attainment: float | None = None  # 0.96
    trend: Sequence[float | None] = ()
    missing: str = ""  # why there is no value, and what would give one
    definition: str = ""
    beside: Sequence[Claim] = ()
    met: bool | None = None  # the target; None where there is none, or where none is good


@dataclass(frozen=True)
class Column:
    name: str  # in the frame
    label: str
    kind: Kind = "text"  # points: a difference of shares
    width: Literal["small", "medium", "large"] | None = None


@dataclass(frozen=True)
class Table:
    frame: pl.DataFrame
    columns: Sequence[Column]
    title: str = ""
    note: str = ""
    missing: str = ""
    name: str = "table"  # of the downloaded file
    message: str = ""  # what it says in one sentence: the title of its slide


@dataclass(frozen=True)
class Text:
    text: str
    claims: Sequence[Claim] = ()


@dataclass(frozen=True)
class Finding:
    """One sentence with its number. `action` says what to do about it, where the data says so.

    owner: who would do it. effect: what it would be worth.
    """

    text: str
    tone: Tone = "neutral"
    claims: Sequence[Claim] = ()
    action: str = ""
    owner: str = ""
    effect: str = ""


@dataclass(frozen=True)
class Warning:
    text: str


@dataclass(frozen=True)
class Source:
    """Where the numbers come from and how fresh they are."""

    text: str


@dataclass(frozen=True)
class Row:
    """Blocks side by side; `widths` are shares. On a phone they follow one another."""

    blocks: Sequence[Block]
    widths: Sequence[float] = ()


Block = Heading | Kpi | Chart | Table | Text | Finding | Warning | Source | Row
