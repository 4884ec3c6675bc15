"""What the README says is true: its steps are followed literally in a copy of the tree."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
NOT_COPIED = (".git", ".venv", "store", "__pycache__", ".*_cache", ".hypothesis", "tests")


def section(title: str) -> str:
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.M | re.S)[1]


def files(text: str) -> dict[str, str]:
    """The blocks that follow a line "`path`:", by path."""
    return dict(re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```", text, re.M | re.S))


def commands(text: str) -> list[list[str]]:
    """The lines of the sh blocks, python being this one."""
    lines = "".join(re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S)).splitlines()
    words = [shlex.split(line, comments=True) for line in lines]
    return [[sys.executable, *line[1:]] for line in words if line[0] == "python"]


def insert(file: Path, before: str, text: str) -> None:
    old = file.read_text()
    assert old.count(before) == 1, f"{file.name}: {before!r} is where the README's lines go"
    file.write_text(old.replace(before, text + before))


def chinese(tree: Path, text: str) -> None:
    """Adds the README's toml block to zh.toml."""
    with (tree / "language" / "zh.toml").open("a") as file:
        file.write(re.search(r"^```toml\n(.*?)^```", text, re.M | re.S)[1])


def run(tree: Path, command: list[str], code: int = 0) -> str:
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def tree(tmp_path):
    """A copy of the project, without what is not part of it."""
    copy = tmp_path / "plumbline"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
    return copy


def follow(tree: Path, text: str) -> list[str]:
    """Writes the files of a section and runs its commands; returns what they print."""
    for name, content in files(text).items():
        path = tree / name
        assert not path.exists(), f"the README's example {name} is a file of ours"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return [run(tree, command) for command in commands(text)]


def numbers(printed: str, first: str) -> list[str]:
    """The cells of the row that begins so."""
    (line,) = (line for line in printed.splitlines() if line.startswith(first))
    return line.removeprefix(first).split()


def test_own_data(tree):
    text = section("Load your own data")
    assert set(files(text)) == {"exports/orders.csv", "exports/order_lines.csv"}
    imported, value, checked = follow(tree, text)
    assert "Loader folder: it is a folder with 2 files to read." in imported
    # 2 × 9.50 + 12 − 2, 9.50 and 30
    assert numbers(value, "Net revenue")[:2] == ["€68.50", "3"]
    assert numbers(value, "Average order value")[:2] == ["€22.83", "3"]
    assert "2 May 2026       €30.00" in value
    assert "No check failed." in checked
    assert (tree / "store" / "CURRENT").exists()


def test_a_metric(tree, sample):
    text = section("Add a metric")
    chinese(tree, text)
    shutil.copytree(sample, tree / "store")
    (value,) = follow(tree, text)
    assert numbers(value, "Revenue per session")[0].startswith("$")
    assert "Organic search" in value
    listed = run(tree, [sys.executable, "cli.py", "metrics"])
    assert "revenue_per_session" in listed and "revenue before returns ÷ sessions" in listed
    assert "每次访问收入" in run(tree, [sys.executable, "cli.py", "metrics", "--lang", "zh"])


def test_a_loader(tree):
    imported, value = follow(tree, section("Add a loader"))
    assert "Loader till: it is a till roll." in imported
    assert numbers(value, "GMV") == ["$61.00", "2"]  # 2 × 9.50 + 12 + 30, in two orders


OPEN = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("ui/main.py", default_timeout=60)
app.query_params["lang"] = "{lang}"
app.run()
app.switch_page("../pages/returns.py").run()
assert not app.exception, app.exception
for each in app.get("html"):
    print(each.proto.body)
"""


@pytest.mark.parametrize(("lang", "heading"), [("en", "Returns by category"), ("zh", "各品类退货情况")])
def test_a_page(tree, sample, lang, heading):
    text = section("Add a page")
    (entry,) = re.findall(r"^```python\n(\(\"returns\".*?)\n```", text, re.M | re.S)
    insert(tree / "ui" / "frame.py", '        ("dictionary", ', f"        {entry},\n")
    chinese(tree, text)
    shutil.copytree(sample, tree / "store")
    follow(tree, text)
    shown = run(tree, [sys.executable, "-c", OPEN.format(lang=lang)])
    assert heading in shown


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    store = tmp_path_factory.mktemp("readme") / "store"
    run(ROOT, [sys.executable, "cli.py", "sample", "--store", str(store)])
    return store


def test_the_tree_is_the_tree():
    lines = re.search(r"^```\n(.*?)^```", section("Where things are"), re.M | re.S)[1]
    told = {line.split()[0] for line in lines.splitlines()}
    ignored = set((ROOT / ".gitignore").read_text().split()) | {".git/", ".gitignore"}
    there = {f"{path.name}/" if path.is_dir() else path.name for path in ROOT.iterdir()}
    there = {name for name in there if not {name, name.rstrip("/"), f"/{name}"} & ignored}
    assert told == there


def test_the_package_table_is_requirements_txt():
    rows = re.findall(r"^\| ([\w-]+) \| (.+?) \| ([\w.-]+) \|$", section("Packages"), re.M)
    assert all(reason and licence for _, reason, licence in rows)
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    named = [re.match(r"[\w-]+", line)[0] for line in lines if line and not line.startswith("#")]
    assert [package for package, _, _ in rows[1:]] == named


def test_every_link_and_picture_is_there():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_every_make_target_named_is_there():
    named = set(re.findall(r"`?make ([a-z]+)", README + (ROOT / "CHANGELOG.md").read_text()))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert named <= targets
