"""Analyses as stories tell them: run once, and each number cited with what it takes to compute it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from language import listing, say
from metrics.analysis import analysis
from metrics.rules import DIMENSIONS
from metrics.setting import read, word
from stories.asked import Asked, Where
from stories.blocks import Claim, Warning
from stories.kpi import dimension


@dataclass(frozen=True)
class Answered:
    """words: the settings that were given, as typed on the command line. result: the analysis' dataclass."""

    asked: Asked
    name: str
    words: Mapping[str, str]
    result: Any

    def value(self, table: str, column: str, **row: object) -> float | None:
        """A number of the result: the column of the row that has those values; see `cell`."""
        return cell(self.result, table, column, row)

    def claim(self, printed: str, table: str, column: str, **row: object) -> Claim:
        """That number as it is printed, with its evidence."""
        days = str(self.asked.elapsed.start), str(self.asked.elapsed.end)
        row = {name: _plain(value) for name, value in row.items()}
        settings = {"words": dict(self.words), "cell": [table, column, row]}
        value = self.value(table, column, **row)
        return Claim(self.name, value, self.result.n, *days, dict(self.asked.where), settings, printed)


def answer(asked: Asked, name: str, **settings: object) -> Answered:
    """Runs an analysis over what has elapsed of the period. Raises BadQuestion for what cannot be asked."""
    return answer_words(asked, name, {each: word(value) for each, value in settings.items()})


def answer_words(asked: Asked, name: str, words: Mapping[str, str]) -> Answered:
    where: Where = tuple(sorted((column, tuple(values)) for column, values in asked.where.items()))
    asking = (name, asked.elapsed, where, tuple(sorted(words.items())))
    return Answered(asked, name, words, asked.results(*asking) if asked.results else run(asked, *asking))


def run(asked: Asked, name: str, period: Any, where: Where, words: tuple[tuple[str, str], ...]) -> Any:
    """The result of an analysis, computed. period and the rest are what is asked; `asked` has the data."""
    declared = analysis(name)
    own = declared.settings
    as_of = max(asked.shop.last, period.end)  # days asked for have data, of parcels after the last order
    given = {each: read(each, text, own[each].annotation) for each, text in words}
    return declared.result(asked.frames, asked.tables, given, period=period, as_of=as_of, where=dict(where))


def cell(result: Any, table: str, column: str, row: Mapping[str, object]) -> float | None:
    """A number of an analysis' result. table: one of its frames, or "summary" for its own fields.

    row: column → value of the row meant. None where there is no such row.
    """
    if table == "summary":
        found = getattr(result, column)
        return None if found is None else float(found)
    rows = getattr(result, table).filter(
        pl.lit(True),
        *(
            pl.col(name).is_null() if value is None else pl.col(name).cast(pl.String) == _text(value)
            for name, value in row.items()
        ),
    )
    return float(rows[column][0]) if len(rows) and rows[column][0] is not None else None


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def of_events(asked: Asked, lang: str) -> tuple[Asked, list[Warning]]:
    """The question without filters that events do not have, and a warning that names them."""
    strange = [name for name in asked.where if name not in DIMENSIONS]
    if not strange:
        return asked, []
    kept = {name: values for name, values in asked.where.items() if name in DIMENSIONS}
    names = listing([dimension(name, lang) for name in strange], lang)
    told = say("Visits are not recorded by {names}: that filter is left out here.", lang, names=names)
    return replace(asked, where=kept), [Warning(told)]
