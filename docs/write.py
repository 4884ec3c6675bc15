"""Writes the pages of docs/ that come from what the code declares: `make docs`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))

from cli import parser  # noqa: E402
from commands.numbers import dictionary  # noqa: E402
from commands.schema import document  # noqa: E402
from commands.show import markdown  # noqa: E402
from docs.sample import sample  # noqa: E402
from loaders import tables  # noqa: E402
from loaders.loader import loaders  # noqa: E402


def pages() -> dict[str, str]:
    """File → text."""
    found = {
        "tables.md": document(list(tables.TABLES)),
        "metrics.md": dictionary(),
        "commands.md": commands(),
        "sample.md": sample(),
    }
    return {name: text.rstrip() + "\n" for name, text in found.items()}


def commands() -> str:
    """Every command with its arguments and options, and every loader with its options."""
    parts = [
        "# Commands\n\nWritten by `make docs` from `cli.py`. Exit code 0: done; 1: a check failed; 2: bad "
        "input, with one line on standard error that says what to do."
    ]
    (found,) = (action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    for name, made in found.choices.items():
        options = [
            (f"`{' '.join([*action.option_strings, metavar(action)]).strip()}`", action.help or "")
            for action in made._actions
            if "--help" not in action.option_strings
        ]
        parts.append(f"## {name}\n\n{made.description}\n\n{markdown(('argument', 'meaning'), options)}")
    parts.append("## Loaders\n\nTheir options are given as `--option NAME=VALUE …`.")
    for name, loader in loaders().items():
        options = [(f"`{option}`", meaning) for option, meaning in loader.options.items()]
        parts.append(f"### {name}\n\n{loader.label}.\n\n{markdown(('option', 'meaning'), options)}")
    return "\n\n".join(parts)


def metavar(action: argparse.Action) -> str:
    if action.choices:
        return " or ".join(map(str, action.choices))
    word = (
        action.metavar
        if isinstance(action.metavar, str)
        else (action.dest.upper() if action.nargs != 0 else "")
    )
    return f"{word} …" if action.nargs == "+" else f"[{word}]" if action.nargs == "?" else word


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text)
        print(f"docs/{name}")
