"""`care`: the customers behind a number, for those who look after them."""

from __future__ import annotations

from argparse import Namespace

from commands import question
from commands.show import document, table
from language import phrase, say
from metrics.analysis import ANALYSES
from metrics.metric import BadQuestion
from reports.shop import opened
from stories.behind import BEHIND, behind
from stories.care import care_list


def care(chosen: Namespace) -> int:
    if chosen.name is None:
        lists = (
            (name, say(each.label, chosen.lang), ", ".join(each.chosen)) for name, each in BEHIND.items()
        )
        print(table((phrase("list"), phrase("who"), phrase("needs")), lists, "<<<", chosen.lang))
        return 0
    there = opened(chosen.store)
    asked = there.ask(question.period(chosen, there.store), "none", question.where(chosen.where))  # type: ignore[arg-type]
    own = ANALYSES[chosen.name].settings if chosen.name in BEHIND else {}
    people = behind(asked, chosen.name, own, dict(chosen.set))
    found = care_list(asked, people, "", chosen.lang)
    if found.missing:
        raise BadQuestion(found.missing)
    if chosen.json:
        print(document(found.frame.to_dicts()))
        return 0
    sides = "".join("<" if column.kind == "text" else ">" for column in found.columns)
    rows = ([_cell(cell) for cell in row] for row in found.frame.iter_rows())
    print(table([column.label for column in found.columns], rows, sides))
    print(found.note)
    return 0


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else "–" if value is None else str(value)
