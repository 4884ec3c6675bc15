"""The tables the product can use, printed: `tables`, and docs/tables.md."""

from __future__ import annotations

import inspect
from argparse import Namespace
from collections.abc import Iterator

from commands.show import markdown, table
from language import phrase, say
from loaders import tables as schema
from loaders.loader import BadInput

KINDS = {
    "String": "text",
    "Datetime": "instant",
    "Date": "day",
    "Float64": "number",
    "Int64": "integer",
    "Boolean": "yes or no",
}
COLUMNS = (
    phrase("column"),
    phrase("type"),
    phrase("unit"),
    phrase("needed"),
    phrase("person"),
    phrase("meaning"),
)


def tables(chosen: Namespace) -> int:
    if chosen.table and chosen.table not in schema.TABLES:
        raise BadInput(f"There is no table {chosen.table!r}. Known: {', '.join(schema.TABLES)}.")
    names, lang = [chosen.table] if chosen.table else list(schema.TABLES), chosen.lang
    if chosen.markdown:
        print(document(names))
    elif chosen.table:
        print(f"{chosen.table}: {say(meaning(chosen.table), lang)}\n")
        print(table(COLUMNS, columns(chosen.table, lang), "<<<<<<", lang))
    else:
        always = {True: say("always", lang), False: ""}
        rows = ((name, always[name in schema.REQUIRED], say(meaning(name), lang)) for name in names)
        print(table((phrase("table"), phrase("needed"), phrase("meaning")), rows, "<<<", lang))
        print("\n" + say("The columns of one: `python cli.py tables TABLE`.", lang))
    return 0


def meaning(name: str) -> str:
    return inspect.getdoc(schema.TABLES[name]) or ""


def columns(name: str, lang: str = "en") -> Iterator[tuple[str, ...]]:
    """column, type, unit, needed, person, meaning; one for each column of a table."""
    for column, declared in schema.TABLES[name].columns().items():
        facts = schema.facts(name, column)
        said = say(declared.description or "", lang)
        if facts["choices"]:
            said += " " + say("One of: {choices}.", lang, choices=", ".join(facts["choices"]))
        yield (
            column,
            KINDS[str(declared.dtype).partition("(")[0]],
            facts["unit"] if facts["unit"] not in ("UTC", "day") else "",
            "key" if facts["key"] is True else "" if declared.nullable else "yes",
            "yes" if facts["person"] else "",
            said,
        )


def document(names: list[str]) -> str:
    """docs/tables.md."""
    parts = [
        "# Tables\n",
        "Written by `make docs` from `loaders/tables.py`. Only "
        + " and ".join(f"`{name}`" for name in schema.REQUIRED)
        + " are needed to start; every other table switches on what it enables.\n",
        "Instants are stored in UTC, days are the shop's calendar days, money is in the shop's currency, "
        "fractions are 0.1 for 10 %. A *key* column is needed and identifies the row; *person* marks "
        "columns that point at a person.",
    ]
    for name in names:
        parts.append(f"\n## {name}\n\n{meaning(name)}\n")
        parts.append(markdown(COLUMNS, columns(name)))
    return "\n".join(parts)
