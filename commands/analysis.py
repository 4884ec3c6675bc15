"""`analyse`: runs an analysis on the store."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from commands import question
from commands.show import document, table
from language import phrase, say
from loaders.store import Store
from metrics.analysis import ANALYSES, analysis


def analyse(chosen: Namespace) -> int:
    if chosen.name is None:
        rows = (
            (each.name, say(each.label, chosen.lang), ", ".join(each.settings)) for each in ANALYSES.values()
        )
        heads = (phrase("analysis"), phrase("question"), phrase("settings"))
        print(table(heads, rows, "<<<", chosen.lang))
        return 0
    asked, store = analysis(chosen.name), Store(chosen.store)
    answer = asked.run(
        store.frame,
        lambda table: store.scan(table) if table in store.tables else None,
        period=question.period(chosen, store),
        as_of=store.days()[1],
        where=question.where(chosen.where),
        typed=dict(chosen.set),
    )
    print(document(answer) if chosen.json else _read(answer, chosen.lang))
    return 0


def _read(answer: dict[str, Any], lang: str) -> str:
    """An answer as people read it: n, warnings, verdict, tables."""
    parts = [f"{say(ANALYSES[answer['analysis']].label, lang)}   n = {answer['n']:,}"]
    parts += [say(warning, lang) for warning in answer["warnings"]]
    verdict = answer["verdict"] or {"reasons": (), "needed": ()}
    parts += [say(reason, lang) for reason in (*verdict["reasons"], *verdict["needed"])]
    for title, rows in answer["tables"].items():
        if rows:
            sides = "".join(">" if isinstance(cell, int | float) else "<" for cell in rows[0].values())
            cells = ([_cell(cell) for cell in row.values()] for row in rows)
            parts.append(f"{title}\n{table(list(rows[0]), cells, sides)}")
    return "\n\n".join(parts)


def _cell(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else "–" if value is None else str(value)
