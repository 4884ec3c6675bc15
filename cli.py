"""Plumbline on the command line. This file reads the arguments; commands/ does the work.

Exit codes: 0 done, 1 a check failed, 2 bad input, with one line on standard error that says what to do.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """One line where argparse prints its usage as well."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message[:1].upper()}{message[1:]}. See `python {self.prog} --help`.\n")


def parser() -> Parser:
    """Every command with its options; docs/commands.md is written from it."""
    top = Parser(prog="cli.py", description="Plumbline: an online shop's numbers, with their evidence.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: str, meaning: str) -> Parser:
        made = commands.add_parser(name, help=meaning, description=meaning)
        made.set_defaults(run=run)
        return made

    made = command("import", "shop:bring_in", "Import a shop's files, a folder or a database.")
    made.add_argument("source", metavar="SOURCE", help="a file, a folder, or a database's address")
    made.add_argument("--loader", metavar="NAME", help="use this loader; else the one that knows the source")
    _pairs(made, "--option", "an option of the loader, or the shop's timezone, currency, week_start")
    made.add_argument(
        "--suggest", metavar="FILE", help="import nothing; write a mapping of their columns to FILE, to edit"
    )
    _store(made)

    made = command("check", "shop:check", "Print the data-quality report; exit code 1 where a check failed.")
    _store(made)

    made = command("sample", "shop:sample", "Build the sample shop.")
    made.add_argument("--size", default="small", help="how large a shop (default: small)")
    made.add_argument("--seed", type=int, default=7, help="another seed, another shop (default: 7)")
    made.add_argument(
        "--without",
        metavar="NAME",
        nargs="+",
        default=[],
        help="the same shop without these promotions, coupon programmes, campaigns or incidents",
    )
    made.add_argument(
        "--null",
        metavar="WORLD",
        default="",
        help="a shop where nothing is to be found: inert (promotions), steady (prices), noise (survey)",
    )
    _store(made)

    made = command(
        "tables", "schema:tables", "Print the tables the product can use, or one with its columns."
    )
    made.add_argument("table", metavar="TABLE", nargs="?", help="only this one")
    made.add_argument("--markdown", action="store_true", help="print it as docs/tables.md has it")

    made = command("versions", "shop:versions", "List the versions of the store; each import made one.")
    _store(made)

    made = command("restore", "shop:restore", "Make an earlier version of the store the current one.")
    made.add_argument("version", metavar="N", type=int, help="its number, from `versions`")
    _store(made)

    made = command("metrics", "numbers:metrics", "Print every metric with its unit and formula.")
    made.add_argument("--markdown", action="store_true", help="print it as docs/metrics.md has it")

    made = command("value", "numbers:value", "Compute metrics over days, groups and filters.")
    made.add_argument("metric", metavar="METRIC", nargs="+", help="names, from `metrics`")
    made.add_argument(
        "--by", metavar="COLUMN", nargs="+", default=[], help="one value for each of its values"
    )
    made.add_argument(
        "--basis", choices=("order", "refund"), default="order", help="day that a return counts on"
    )
    _days(made)
    _store(made)
    _json(made)

    made = command("analyse", "analysis:analyse", "Run an analysis; without a name, list them.")
    made.add_argument("name", metavar="NAME", nargs="?", help="the analysis")
    _pairs(made, "--set", "a setting of the analysis")
    _days(made)
    _store(made)
    _json(made)

    made = command(
        "care",
        "care:care",
        "List the customers behind a number who agreed to be written to; without a name, the lists.",
    )
    made.add_argument("name", metavar="NAME", nargs="?", help="the list")
    _pairs(made, "--set", "what chooses the number, and settings of its analysis")
    _days(made)
    _store(made)
    _json(made)

    made = command("plans", "plans:plans", "List the tests that are kept, with their read-outs.")
    made.add_argument("--save", metavar="FILE", help="keep the plan of a JSON file; - is standard input")
    made.add_argument("--start", metavar="DAY", help="with --save: its first day, as 2026-01-31")
    made.add_argument("--forget", metavar="NAME", help="keep it no longer")
    made.add_argument(
        "--calendar", metavar="NAME", help="print as CSV which product asks which price when, turn by turn"
    )
    _store(made)
    _json(made)

    made = command("report", "report:report", "Write a named report as files; without a name, list them.")
    made.add_argument("name", metavar="NAME", nargs="?", help="the report")
    made.add_argument(
        "--promotion", metavar="ID", default="", help="which one a report of one promotion is of (campaign)"
    )
    made.add_argument(
        "--format", metavar="KINDS", default="pdf", help="pdf, pptx, xlsx, html, or several as pdf,xlsx"
    )
    made.add_argument("--out", metavar="DIR", default=".", help="folder for the files (default: this one)")
    made.add_argument("--paper", choices=("a4", "us-letter"), default="a4", help="of the PDF (default: a4)")
    made.add_argument(
        "--compare", metavar="HOW", help="previous, year, none or FROM..TO (default: the report's own)"
    )
    made.add_argument(
        "--basis", choices=("order", "refund"), default="order", help="day that a return counts on"
    )
    _days(made)
    _store(made)

    made = command(
        "verify", "report:verify", "Compute a report file's numbers again; exit code 1 where one is wrong."
    )
    made.add_argument("file", metavar="FILE", help="a PDF, PPTX, XLSX or HTML report")
    _store(made)
    _json(made)

    made = command("deliver", "report:deliver", "Send the reports of a schedule that are due, each once.")
    made.add_argument("--schedule", metavar="FILE", default="schedule.toml", help="(default: schedule.toml)")
    _store(made)

    made = command(
        "improvements",
        "improvements:improvements",
        "List, add, change or remove improvements, with their effects.",
    )
    made.add_argument(
        "action",
        metavar="ACTION",
        nargs="?",
        choices=("list", "add", "change", "remove"),
        default="list",
        help="list, add, change or remove (default: list)",
    )
    made.add_argument("id", metavar="ID", nargs="?", help="which one to change or remove, from `list`")
    _pairs(
        made,
        "--set",
        "finding, metric (or question:NAME), action, owner, due, done, since, status, expected, compare",
    )
    _pairs(made, "--where", "it is measured where a column has this value")
    _store(made)
    _json(made)

    made = command(
        "recover", "recovery:recover", "Measure how well methods find what is planted in sample shops."
    )
    made.add_argument("method", metavar="METHOD", nargs="*", help="only these (default: all)")
    made.add_argument("--seeds", type=int, default=3, help="how many shops, of seeds 1, 2 … (default: 3)")
    made.add_argument("--kept", metavar="DIR", help="keep the shops there, and use those that are there")
    made.add_argument("--markdown", action="store_true", help="print it as docs/recovery.md has it")
    _json(made)

    for made in commands.choices.values():
        made.add_argument(
            "--lang", choices=("en", "zh"), default="en", help="language of what people read (default: en)"
        )
    return top


def pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"write NAME=VALUE, not {text!r}")
    return name.strip(), value.strip()


def _pairs(made: Parser, option: str, meaning: str) -> None:
    made.add_argument(
        option, metavar="NAME=VALUE", nargs="+", action="extend", type=pair, default=[], help=meaning
    )


def _days(made: Parser) -> None:
    made.add_argument(
        "--from", dest="start", metavar="DAY", help="first day, as 2026-01-31 (default: the data's)"
    )
    made.add_argument("--to", dest="end", metavar="DAY", help="last day, counted in (default: the data's)")
    _pairs(made, "--where", "only rows with this value of a column; given twice for a column, either value")


def _store(made: Parser) -> None:
    default = os.environ.get("PLUMBLINE_STORE") or "store"
    made.add_argument(
        "--store", metavar="DIR", default=default, help="the store (default: $PLUMBLINE_STORE or store)"
    )


def _json(made: Parser) -> None:
    made.add_argument("--json", action="store_true", help="print JSON, for programs")


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    module, name = chosen.run.split(":")
    run: Callable[[argparse.Namespace], int] = getattr(import_module(f"commands.{module}"), name)
    from language import say
    from loaders.loader import BadInput
    from metrics.metric import BadQuestion

    try:
        return run(chosen)
    except (BadInput, BadQuestion) as problem:
        print(" ".join(say(str(problem), chosen.lang).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:  # `… | head` has seen enough
        sys.stdout = None  # type: ignore[assignment]
        return 0


if __name__ == "__main__":
    sys.exit(main())
