"""Writes requirements.lock and requirements-dev.lock: every package with the version that pip resolves."""

import json
import subprocess
import sys
from pathlib import Path


def resolve(*arguments: str) -> dict[str, str]:
    """Name → version of all that pip would install into an empty environment."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    done = subprocess.run([*command, "--report", "-", *arguments], check=True, stdout=subprocess.PIPE)
    found = [entry["metadata"] for entry in json.loads(done.stdout)["install"]]
    return {entry["name"].lower().replace("_", "-"): entry["version"] for entry in found}


def write(name: str, head: str, versions: dict[str, str]) -> None:
    lines = [f"{package}=={version}" for package, version in sorted(versions.items())]
    Path(name).write_text("\n".join([head, *lines]) + "\n")
    print(f"{name}: {len(lines)} packages")


run = resolve("-r", "requirements.txt")
write("requirements.lock", "# Every package that the app runs with. Made by `make lock`.", run)
both = resolve("-r", "requirements-dev.txt", "-c", "requirements.lock")
only = {package: version for package, version in both.items() if package not in run}
write(
    "requirements-dev.lock",
    "# Every package that the tests and checks need beside. Made by `make lock`.\n-r requirements.lock",
    only,
)
