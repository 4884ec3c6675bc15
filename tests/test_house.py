"""The house keeps its shape: who may import whom, what lies where, what is written down."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]

# folder → what it may import of ours (itself apart) and whether it may import Streamlit
ARROWS = {
    "language": set(),
    "metrics": set(),
    "loaders": set(),
    "sample_data": {"loaders"},
    "charts": {"language", "metrics"},
    "stories": {"language", "metrics", "charts"},
    # charts: their pictures and colours; loaders: the store against which claims are checked
    "reports": {"language", "metrics", "stories", "charts", "loaders"},
    "ui": {"language", "metrics", "loaders", "stories", "charts", "reports", "streamlit"},
    "pages": {"ui", "stories", "metrics", "language", "streamlit"},
    "commands": {"language", "metrics", "loaders", "sample_data", "stories", "reports"},
    "cli.py": {"commands", "language", "loaders", "metrics"},
}
OURS = {name for name in ARROWS if "." not in name} | {"app", "cli", "tests", "benchmarks", "streamlit"}
PRODUCT = sorted(
    path
    for name in [*ARROWS, "app.py"]
    for path in [ROOT / name, *(ROOT / name).rglob("*.py")]
    if path.is_file()
)
PRODUCT = [path for path in PRODUCT if path.suffix == ".py"]
LONG = 260  # lines; a file that is longer does two things
LONG_FOR_A_REASON = {"loaders/tables.py": "one short declaration for each column of each table"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(source: str) -> set[str]:
    """The first names of all modules that a file imports, those inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: write imports in full, not relative"
            found.add(node.module or "")
    return {module.partition(".")[0] for module in found}


def test_imports_are_found_wherever_they_stand():
    source = "import polars as pl\ndef f():\n    from ui.show import show\n    import loaders.store, os\n"
    assert imported(source) == {"polars", "ui", "loaders", "os"}


@pytest.mark.parametrize("path", [path for path in PRODUCT if name(path) != "app.py"], ids=name)
def test_arrows(path):
    folder = path.relative_to(ROOT).parts[0]
    wrong = (imported(path.read_text()) & OURS) - ARROWS[folder] - {folder}
    assert not wrong, f"{folder} may import {', '.join(sorted(ARROWS[folder])) or 'nothing of ours'}"


@pytest.mark.parametrize("path", PRODUCT, ids=name)
def test_files_are_short(path):
    lines = len(path.read_text().splitlines())
    if lines > LONG:
        assert name(path) in LONG_FOR_A_REASON, f"{lines} lines; split it, or say here why not"


def test_no_file_is_excused_for_nothing():
    for path in LONG_FOR_A_REASON:
        assert len((ROOT / path).read_text().splitlines()) > LONG


def test_no_vague_names():
    vague = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common|data2)$")
    assert [name(path) for path in PRODUCT if vague.search(path.stem)] == []


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("needs git and a clone: what counts here is what is committed")
    paths = [ROOT / each for each in listed.stdout.split("\0") if each]
    return [path for path in paths if path.is_file()]


def test_nothing_of_one_machine_is_committed():
    # Written apart, or this file would find itself.
    ours_alone = [
        "/wo" + "rk/",
        "/ro" + "ot/",
        "/ho" + "me/",
        "/op" + "t/",
        "find-" + "links",
        "index-" + "url",
    ]
    found = []
    for path in committed():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{name(path)}: {word}" for word in ours_alone if word in text]
    assert found == []


def test_the_product_knows_no_test_data():
    assert [name(path) for path in PRODUCT if "shared" + "/data" in path.read_text()] == []


def test_every_make_target_says_what_it_does():
    text = (ROOT / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split())
    targets = dict(re.findall(r"^([a-z]+):(?:[^#\n]*)## (.+)$", text, re.M))
    assert targets.keys() == phony
    shown = subprocess.run(
        ["make", "-C", ROOT, "--no-print-directory", "help"], capture_output=True, text=True, check=True
    )
    for target, comment in targets.items():
        assert re.search(rf"make {target} +{re.escape(comment)}", shown.stdout)


def test_ci_runs_the_tests_and_the_checks():
    text = (ROOT / ".ci" / "run").read_text()
    assert "set -euo pipefail" in text
    assert "make test" in text and "make check" in text


def requirements(file: str) -> list[Requirement]:
    lines = (ROOT / file).read_text().splitlines()
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]


def test_requirements_are_bounded_on_both_sides():
    for each in requirements("requirements.txt"):
        kinds = {bound.operator for bound in each.specifier}
        assert kinds == {">=", "<"}, f"{each}: write {each.name}>=…,<…"


def test_the_locks_pin_every_requirement_within_its_bounds():
    pinned = {}
    for file in ("requirements.lock", "requirements-dev.lock"):
        for line in (ROOT / file).read_text().splitlines():
            if line[0] == "#" or line == "-r requirements.lock":
                continue
            package, version = re.fullmatch(r"([a-z0-9.-]+)==([0-9a-z.+!]+)", line).groups()
            assert package not in pinned, f"{package} is locked twice"
            pinned[package] = version
    for file in ("requirements.txt", "requirements-dev.txt"):
        for each in requirements(file):
            assert each.name.lower() in pinned, f"{each.name} is not locked; run make lock"
            assert pinned[each.name.lower()] in each.specifier, (
                f"{each}: locked {pinned[each.name.lower()]}; run make lock"
            )


def test_every_import_is_a_requirement():
    """What the product imports is named in requirements.txt, not only drawn in by another package."""
    from importlib.metadata import packages_distributions
    from sys import stdlib_module_names

    ours = OURS - {"streamlit"}
    named = {each.name.lower() for each in requirements("requirements.txt")}
    distributions = packages_distributions()
    for path in PRODUCT:
        for module in imported(path.read_text()) - ours - set(stdlib_module_names):
            found = {each.lower() for each in distributions.get(module, [module])}
            assert found & named, f"{name(path)} imports {module}: name its package in requirements.txt"


def test_licence():
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text and "Version 2.0, January 2004" in text
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "Apache-2.0"


def test_tests_mirror_the_tree():
    for folder in (ROOT / "tests").iterdir():
        if folder.is_dir() and folder.name not in ("__pycache__", "browser"):
            assert (ROOT / folder.name).is_dir(), f"tests/{folder.name} tests no folder of that name"
