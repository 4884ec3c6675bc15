"""What an analysis is: a function that answers with more than one number.

It is the function that has the name of its module in this folder, and so is found by itself:

    def funnel(events, *, period: Period, as_of: date, steps: tuple[str, ...], days: int = 7) -> Funnel

Its positional parameters name the frames it reads: tables of the store, or `daily`, `sales`, `sessions`.
Its keyword-only parameters are its settings; `period`, `as_of` and `timezone` are given by the asker.
It returns a frozen dataclass with `n`, small Polars frames, and where they apply `warnings` and `verdict`.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import polars as pl

from metrics.metric import BadQuestion, did_you_mean

Analysis = Callable[..., Any]
GIVEN = ("period", "as_of", "timezone")
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True)
class Verdict:
    """Whether the data can answer: why, and what would be needed where it cannot."""

    identified: bool
    reasons: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()


def analyses() -> dict[str, Analysis]:
    """Every analysis in this folder, by name."""
    names = [found.name for found in pkgutil.iter_modules([str(Path(__file__).parent)])]
    found = {name: vars(importlib.import_module(f"metrics.{name}")).get(name) for name in names}
    return {name: each for name, each in found.items() if inspect.isfunction(each)}


def analysis(name: str) -> Analysis:
    """The analysis of that name. Raises BadQuestion with the nearest names."""
    known = analyses()
    if name not in known:
        hint = did_you_mean([name], known) or f" Known: {', '.join(known) or 'none yet'}."
        raise BadQuestion(f"There is no analysis {name!r}.{hint}")
    return known[name]


def reads(function: Analysis) -> list[str]:
    """The frames that an analysis reads, in the order of its parameters."""
    parameters = inspect.signature(function).parameters.values()
    return [each.name for each in parameters if each.kind is not each.KEYWORD_ONLY]


def settings(
    function: Analysis, asked: Mapping[str, str], given: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """All settings of a run: as asked for in words, as given (only those it takes), else the defaults.

    Raises BadQuestion for a setting that there is not, that is no such value, or that is missing.
    """
    hints = get_type_hints(function)
    parameters = inspect.signature(function).parameters.values()
    known = {each.name: each.default for each in parameters if each.kind is each.KEYWORD_ONLY}
    open_ = [name for name in known if name not in GIVEN]
    strange = [name for name in asked if name not in open_]
    if strange:
        raise BadQuestion(
            f"{function.__name__} has no setting {', '.join(strange)}; it has {', '.join(open_) or 'none'}."
            f"{did_you_mean(strange, open_)}"
        )
    chosen = {name: value for name, value in known.items() if value is not inspect.Parameter.empty}
    chosen |= {name: value for name, value in (given or {}).items() if name in known}
    chosen |= {name: _parsed(text, hints[name], name) for name, text in asked.items()}
    missing = [name for name in known if name not in chosen]
    if missing:
        raise BadQuestion(f"{function.__name__} needs {', '.join(missing)}: add --set {missing[0]}=VALUE.")
    return {name: chosen[name] for name in known}


def tables(result: Any) -> dict[str, pl.DataFrame]:
    """The frames of a result by name; its single numbers and words are one row, `summary`."""
    parts = {each.name: getattr(result, each.name) for each in fields(result)}
    frames = {name: part for name, part in parts.items() if isinstance(part, pl.DataFrame)}
    single = {name: part for name, part in parts.items() if isinstance(part, (int, float, str, date))}
    single.pop("n", None)
    return {"summary": pl.DataFrame([single]), **frames} if single else frames


def _parsed(text: str, hint: Any, name: str) -> Any:
    kind, inner = get_origin(hint), get_args(hint)
    if kind in (Union, UnionType):
        if text.lower() in ("", "none") and type(None) in inner:
            return None
        return _parsed(text, next(each for each in inner if each is not type(None)), name)
    if kind is Literal:
        if text not in inner:
            raise BadQuestion(f"{name} is one of {', '.join(inner)}; found {text!r}.")
        return text
    if kind is not None:  # a tuple, list or sequence of one type
        return tuple(_parsed(part.strip(), inner[0], name) for part in text.split(",") if part.strip())
    try:
        if hint is bool:
            return TRUTH[text.lower()]
        return date.fromisoformat(text) if hint is date else hint(text)
    except (KeyError, ValueError):
        raise BadQuestion(f"{name} is a {hint.__name__}; found {text!r}.") from None
