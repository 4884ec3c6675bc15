"""Finds every sentence that people read, where language/__init__.py says that it may stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from loaders import loader, tables
from metrics.analysis import ANALYSES
from metrics.metric import REGISTRY
from metrics.recovery import RECOVERIES
from sample_data.truth import DEFINITIONS

ROOT = Path(__file__).parents[2]
SPOKEN = ("language", "charts", "stories", "reports", "commands", "ui", "pages", "app.py", "cli.py")
SILENT = ("metrics", "loaders", "sample_data")  # they import no language, so others say it for them
RAISED = ("BadInput", "BadQuestion", "Reason", "Progress")  # their first argument is read by people


def spoken() -> Iterator[tuple[str, str]]:
    """Each sentence in a call of say or phrase, with its place."""
    for place, call in _calls(SPOKEN):
        if _name(call) in ("say", "phrase") and call.args:
            for sentence in _texts(call.args[0]):
                yield sentence, place


def fstrings() -> list[str]:
    """Places where say or phrase is given a sentence that is filled already, and so cannot be looked up."""
    return [
        place
        for place, call in _calls(SPOKEN)
        if _name(call) in ("say", "phrase") and call.args and isinstance(call.args[0], ast.JoinedStr)
    ]


def raised() -> Iterator[tuple[str, str]]:
    """Each error and reason, with {} for what is filled in."""
    for place, call in _calls(SILENT + SPOKEN):
        if _name(call) in RAISED and call.args:
            for sentence in _texts(call.args[0]):
                if re.search("[a-z]{3}", sentence):  # else it is only made of what is filled in
                    yield sentence, place
        if _name(call) == "Check":
            for argument in call.args[5:6]:
                for sentence in _texts(argument):
                    yield sentence, place
    for path in _files(("loaders",)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "detail":
                for sentence in _texts(node.value):
                    yield sentence, f"{path.name}:{node.lineno}"


def declared() -> Iterator[tuple[str, str]]:
    """What is declared of metrics, recoveries, truths, tables, columns and loaders."""
    for metric in REGISTRY.values():
        for sentence in (metric.label, metric.meaning, metric.formula):
            yield sentence, f"metric {metric.name}"
    for table, schema in tables.TABLES.items():
        yield str(schema.__doc__), f"table {table}"
        for name, column in schema.columns().items():
            yield str(column.description), f"column {table}.{name}"
    for analysis in ANALYSES.values():
        yield analysis.label, f"analysis {analysis.name}"
    for recovery in RECOVERIES.values():
        for sentence in (recovery.label, recovery.meaning):
            yield sentence, f"recovery {recovery.name}"
    for (topic, measure), (_, meaning) in DEFINITIONS.items():
        yield meaning, f"truth {topic}.{measure}"
    for found in loader.loaders().values():
        for sentence in (found.label, *found.options.values()):
            yield sentence, f"loader {found.name}"


def shape(sentence: str) -> str:
    """The sentence with {} for every place that is filled in, whatever it is called."""
    return re.sub(r"\{\w*\}", "{}", sentence)


def _calls(folders: tuple[str, ...]) -> Iterator[tuple[str, ast.Call]]:
    for path in _files(folders):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def _files(folders: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        path = ROOT / folder
        yield from [path] if path.suffix == ".py" and path.exists() else sorted(path.rglob("*.py"))


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _texts(node: ast.expr) -> list[str]:
    """The texts that an expression of literals can be; none for what is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)]
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    if isinstance(node, ast.BinOp):
        return [left + right for left in _texts(node.left) for right in _texts(node.right)]
    return []
