"""docs/sample.md: how the sample shop works, from docstrings, constants and definitions in sample_data/."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

from commands.show import markdown
from sample_data.run import NULLS
from sample_data.truth import DEFINITIONS

FOLDER = Path(__file__).parents[1] / "sample_data"
MECHANISMS = {  # chapter → modules, in the order that a reader needs them
    "The world": ("world", "days", "plan"),
    "Who comes": ("people", "flow", "visits", "marketing", "content"),
    "What is on offer": ("assortment", "views", "prices", "promotions", "coupons"),
    "What is chosen and bought": ("choice", "baskets", "timeline", "orders", "elasticity"),
    "What follows": ("parcels", "returns", "tickets", "opinion", "surveys", "reviews", "improvements"),
    "What is around it": ("background", "dirt"),
    "Chance, and other runs": ("draws", "run", "again", "effects", "holds", "truths"),
}
INTRODUCTION = """# How the sample shop works

Written by `make docs` from `sample_data/`. The shop is simulated from people, not from totals: each one
comes, looks, chooses, pays, is content or not, comes back or does not. What is planted is stated here;
what follows from it is measured by living the same year again, with the same luck, without a promotion, a
campaign, a fault. Both lie in the store as `truths.json`, and the page Truths puts estimates beside them.

```sh
python cli.py sample --store shop                      # the shop, with its truths
python cli.py sample --store other --without double11  # the same year without 11.11
python cli.py sample --store null --null inert         # a year in which promotions do nothing
```"""


def sample() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    nulls = [(f"`{name}`", meaning) for name, meaning in NULLS.items()]
    parts.append(f"Worlds with nothing to find:\n\n{markdown(('world', 'what is so'), nulls)}")
    rows = [
        (topic, f"`{measure}`", unit, meaning) for (topic, measure), (unit, meaning) in DEFINITIONS.items()
    ]
    parts.append(f"## What is known to be true\n\n{markdown(('topic', 'measure', 'unit', 'meaning'), rows)}")
    for chapter, modules in MECHANISMS.items():
        parts.append(f"## {chapter}")
        parts += [_mechanism(name) for name in modules]
    return "\n\n".join(parts)


def _mechanism(name: str) -> str:
    """A module's docstring and the constants that it declares, as they are written."""
    text = (import_module(f"sample_data.{name}").__doc__ or "").strip()
    title, _, rest = text.partition("\n\n")
    head = f"### {name}\n\n{' '.join(title.split())}"
    if rest:
        head += f"\n\n```text\n{rest}\n```"
    constants = _constants((FOLDER / f"{name}.py").read_text())
    return f"{head}\n\n```python\n{constants}\n```" if constants else head


def _constants(source: str) -> str:
    """Top-level assignments to names in capitals, with their comments and those right above them."""
    lines, found, last = source.splitlines(), [], -1
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [each.id for each in ast.walk(targets[0]) if isinstance(each, ast.Name)]
        if not names[0].isupper() or names[0].startswith("_"):
            continue
        first = node.lineno - 1
        while lines[first - 1].startswith("#") and "fmt:" not in lines[first - 1]:
            first -= 1
        if found and first > last:
            found.append("")
        found += [line.replace("  # fmt: skip", "") for line in lines[first : node.end_lineno]]
        last = node.end_lineno or last
    return "\n".join(found)
