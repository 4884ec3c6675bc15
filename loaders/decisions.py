"""How a file's dates and numbers are written: as the user says, else as its values show, else asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

from loaders import dates, tables, values
from loaders.loader import BadInput
from loaders.mapping import Column, Mapping, Rule

Samples = Callable[[Rule, list[Column]], Iterator[list[pl.Series]]]
Tally = type[dates.OrderTally] | type[values.DecimalTally]
CLEAR = 20  # so many values that say one thing outweigh one typing error that says the other


class Decisions:
    """One answer for each rule and for all of its columns that do not say it themselves.

    samples(rule, columns): the values of the columns, batch by batch, over all files of the rule.
    """

    def __init__(self, mapping: Mapping, zone: str, samples: Samples) -> None:
        self.zone = zone
        self._read = mapping.read
        self._samples = samples
        self._order: dict[int, str] = {}
        self._decimal: dict[int, str] = {}

    def style(self, rule: Rule, column: Column | None = None) -> values.Style:
        order = (column.date_order if column else "") or self._read.get("date_order", "")
        decimal = (column.decimal if column else "") or self._read.get("decimal", "")
        return values.Style(
            self.zone,
            (lambda: order) if order else (lambda: self.order(rule)),
            (lambda text: decimal) if decimal else (lambda text: self.decimal(rule, text)),
        )

    def order(self, rule: Rule) -> str:
        """ "dmy" or "mdy": what one column of the rule's rows shows holds for the others."""
        if id(rule) not in self._order:
            dated = [one for one in rule.columns if _dated(rule, one) and not one.date_order]
            self._order[id(rule)] = self._decide(rule, dated, dates.OrderTally)
        return self._order[id(rule)]

    def decimal(self, rule: Rule, text: pl.Series) -> str:
        """ "." or ",". Values without a comma decide nothing."""
        if id(rule) not in self._decimal:
            if not text.str.contains(",", literal=True).any():
                return "."
            numbers = [one for one in rule.columns if _number(rule, one) and not one.decimal]
            numbers += [Column(name, source=(name,)) for name in self._read.get("numbers", [])]
            self._decimal[id(rule)] = self._decide(rule, numbers, values.DecimalTally)
        return self._decimal[id(rule)]

    def _decide(self, rule: Rule, columns: list[Column], kind: Tally) -> str:
        """Reads on until a column has an answer. Raises BadInput where none has one, or they differ."""
        tallies = {f"{rule.table}.{column.name}": kind() for column in columns}
        for batch in self._samples(rule, columns):
            votes = [0, 0]
            for tally, some in zip(tallies.values(), batch, strict=True):
                tally.add(some)
                votes = [votes[0] + tally.votes[0], votes[1] + tally.votes[1]]
            if max(votes) > CLEAR * min(votes):
                return kind.answers[votes.index(max(votes))]
        told = [
            f"{name} has {example!r}, which is {answer}"
            for name, tally in tallies.items()
            for example, answer in zip(tally.examples, kind.answers, strict=True)
            if example
        ]
        if told:
            raise BadInput(f"The values are written in two ways: {'; '.join(told)}. {kind.ask}")
        for name, tally in tallies.items():
            if tally.open:
                raise BadInput(f"{name}: {tally.doubt()} {kind.ask}")
        return kind.answers[0]


def _dated(rule: Rule, column: Column) -> bool:
    return tables.facts(rule.table, column.name)["unit"] in ("UTC", "day")


def _number(rule: Rule, column: Column) -> bool:
    return tables.dtypes(rule.table)[column.name].is_numeric()
