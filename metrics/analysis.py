"""Analyses: questions with an answer of tables, each a function found by itself from its module.

An analysis is declared under its function, at the top of a module in this folder:

    funnel_analysis = Analysis("funnel", "Where do visitors drop out?", funnel)

The function's parameters say what it needs. Positional ones are frames: `frames` is the callable that
serves the prepared ones, any other name is a table of the store (`events`, `orders` …). Keyword-only
ones are what every asker gives (`period`, `where`, `as_of`) and its own settings, which have defaults.
It returns a frozen dataclass: its frames are the answer's tables, its numbers their summary.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Literal, get_type_hints

import polars as pl

from metrics.metric import BadQuestion, did_you_mean
from metrics.period import Period
from metrics.reason import Frames
from metrics.setting import read

ASKED = ("period", "where", "as_of")


Call = Literal["supported", "not supported", "inconclusive"]


@dataclass(frozen=True)
class Verdict:
    """Whether the data can answer. reasons: why, or why not. needed: what would make it possible.

    call: of an analysis that judges a claim, what the data say of it; "" of all others.
    """

    identified: bool
    reasons: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    call: Call | Literal[""] = ""


@dataclass(frozen=True)
class Analysis:
    """name: as typed on the command line. label: the question. function: see above."""

    name: str
    label: str
    function: Callable[..., Any]

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the store's tables that it reads itself."""
        return tuple(
            name for name in self._parameters(inspect.Parameter.POSITIONAL_OR_KEYWORD) if name != "frames"
        )

    @property
    def settings(self) -> dict[str, inspect.Parameter]:
        """Its own settings by name; each has `annotation` and `default`."""
        keywords, hints = self._parameters(inspect.Parameter.KEYWORD_ONLY), get_type_hints(self.function)
        return {
            name: keywords[name].replace(annotation=hints[name]) for name in keywords if name not in ASKED
        }

    def run(
        self,
        frames: Frames,
        scan: Callable[[str], pl.LazyFrame | None],
        *,
        period: Period,
        as_of: date,
        where: Mapping[str, Sequence[str | None]] = {},
        typed: Mapping[str, str] = {},
    ) -> dict[str, Any]:
        """The answer, ready for JSON: analysis, settings, as_of, n, tables, warnings, verdict.

        frames: serves prepared frames. scan: gives a table by its name, None where it was not imported.
        as_of: the last day that has data.
        typed: settings in words, as on the command line. Raises BadQuestion for a setting that there is
        not or that cannot be read, and for a filter where the analysis takes none.
        """
        own = self.settings
        strange = [name for name in typed if name not in own]
        if strange:
            known = f"It has: {', '.join(own)}." if own else "It has none."
            raise BadQuestion(
                f"{self.name} has no setting {', '.join(strange)}. {known}{did_you_mean(strange, own)}"
            )
        settings = {name: setting.default for name, setting in own.items()}
        settings |= {name: read(name, word, own[name].annotation) for name, word in typed.items()}
        result = self.result(frames, scan, settings, period=period, as_of=as_of, where=where)
        return {"analysis": self.name, "settings": _plain(settings), "as_of": as_of.isoformat()} | answer(
            result
        )

    def result(
        self,
        frames: Frames,
        scan: Callable[[str], pl.LazyFrame | None],
        settings: Mapping[str, Any],
        *,
        period: Period,
        as_of: date,
        where: Mapping[str, Sequence[str | None]] = {},
    ) -> Any:
        """What the function returns. Raises BadQuestion for a filter where the analysis takes none."""
        keywords = self._parameters(inspect.Parameter.KEYWORD_ONLY)
        if where and "where" not in keywords:
            raise BadQuestion(f"{self.name} takes no filter; leave out {', '.join(where)}.")
        asked = {"period": period, "where": where, "as_of": as_of}
        given = {name: value for name, value in asked.items() if name in keywords}
        positional = self._parameters(inspect.Parameter.POSITIONAL_OR_KEYWORD)
        sources = [frames if name == "frames" else scan(name) for name in positional]
        return self.function(*sources, **given, **settings)

    def _parameters(self, kind: Any) -> dict[str, inspect.Parameter]:
        parameters = inspect.signature(self.function).parameters
        return {name: parameter for name, parameter in parameters.items() if parameter.kind is kind}


def answer(result: Any) -> dict[str, Any]:
    """A result's n, tables, warnings and verdict; what else it has is the table `summary`."""
    found = {field.name: getattr(result, field.name) for field in fields(result)}
    n, warnings, verdict = found.pop("n"), found.pop("warnings", ()), found.pop("verdict", None)
    tables = {name: value.to_dicts() for name, value in found.items() if isinstance(value, pl.DataFrame)}
    summary = {name: value for name, value in found.items() if name not in tables}
    return {
        "n": n,
        "tables": _plain(({"summary": [summary]} if summary else {}) | tables),
        "warnings": list(map(str, warnings)),
        "verdict": _plain(asdict(verdict)) if verdict else None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Period):
        return f"{value.start}..{value.end}"
    return value.isoformat() if isinstance(value, date) else value


ANALYSES: dict[str, Analysis] = {}  # filled by metrics/__init__.py


def analysis(name: str) -> Analysis:
    """The analysis of that name. Raises BadQuestion with the nearest names."""
    if name not in ANALYSES:
        raise BadQuestion(
            f"There is no analysis {name!r}. Known: {', '.join(ANALYSES)}.{did_you_mean([name], ANALYSES)}"
        )
    return ANALYSES[name]
