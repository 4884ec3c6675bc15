"""The pages in docs/ say what the code declares."""

import importlib.util
import re
from pathlib import Path

import pytest

import cli
from metrics.recovery import RECOVERIES
from sample_data.world import GENERATOR

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def written() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("write", DOCS / "write.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


@pytest.mark.parametrize("name", ["tables.md", "metrics.md", "commands.md", "sample.md"])
def test_pages_are_up_to_date(name):
    assert (DOCS / name).read_text() == written()[name], "run make docs"


def test_the_recovery_page_is_of_this_generator_and_has_every_method():
    text = (DOCS / "recovery.md").read_text()
    assert f"generator {GENERATOR}," in text, "run make recovery"
    for recovery in RECOVERIES.values():
        assert recovery.label in text and recovery.meaning in text, f"run make recovery: {recovery.label}"


def test_every_command_and_option_is_documented():
    text = (DOCS / "commands.md").read_text()
    listed = cli.parser().format_help()
    for command in re.findall(r"^    (\w+) ", listed, re.M):
        assert f"\n## {command}\n" in text
        part = text.partition(f"\n## {command}\n")[2].partition("\n## ")[0]
        parser = cli.parser()._subparsers._group_actions[0].choices[command]
        for action in parser._actions:
            for option in action.option_strings:
                assert option in ("-h", "--help") or f"`{option}" in part, f"{command} {option}"


def test_every_environment_variable_is_documented():
    text = (ROOT / "README.md").read_text()
    code = [
        path.read_text() for folder in ("commands", "loaders", "ui") for path in (ROOT / folder).rglob("*.py")
    ]
    code += [(ROOT / "cli.py").read_text(), (ROOT / "app.py").read_text()]
    for name in set(re.findall(r"PLUMBLINE_[A-Z_]+", "".join(code))):
        assert name in text, name


def test_every_mechanism_of_the_sample_shop_is_documented():
    text = (DOCS / "sample.md").read_text()
    plumbing = {"__init__", "columns", "words", "catalogue", "receipts", "life", "shop", "sources", "truth"}
    for path in (ROOT / "sample_data").glob("*.py"):
        assert path.stem in plumbing or f"\n### {path.stem}\n" in text, path.stem


def test_pages_are_linked():
    text = (ROOT / "README.md").read_text()
    for page in DOCS.glob("*.md"):
        assert f"docs/{page.name}" in text, f"the README leads nowhere to docs/{page.name}"
