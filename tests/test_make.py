"""`make run` as a newcomer meets it: first start, taken port, second start; and errors that help."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[1]
SECOND_START = 15  # seconds at most, on a busy machine


@pytest.fixture
def tree(tmp_path):
    """A copy of the project that uses our environment."""
    if not (ROOT / ".venv" / "installed").exists():
        pytest.skip("needs an environment made by make setup; make test runs this")
    copy = tmp_path / "plumbline"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", "store", "__pycache__", ".*_cache", ".hypothesis", "tests"
    )
    shutil.copytree(ROOT, copy, ignore=ignored)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


@contextmanager
def running(tree: Path, port: int):
    """What `make run` prints until its app answers, and the seconds that took."""
    began = time.monotonic()
    log = tree / "run.log"
    environment = {name: value for name, value in os.environ.items() if name != "PLUMBLINE_STORE"}
    with log.open("w") as out:
        make = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=tree,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while True:
            assert make.poll() is None and time.monotonic() - began < 120, log.read_text()
            found = re.search(r"Plumbline opens at (http://localhost:\d+)", log.read_text())
            try:
                if found and urlopen(f"{found[1]}/_stcore/health").status == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        yield log.read_text(), time.monotonic() - began
    finally:
        os.killpg(make.pid, signal.SIGTERM)
        make.wait()


def test_first_and_second_start(tree):
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(tree, port) as (log, _):
            assert "The sample shop: size small, seed 7." in log
            assert f"Port {port} is taken." in log
            assert f"http://localhost:{port}   " not in log
        with running(tree, port) as (log, seconds):
            assert "sample shop" not in log
            assert seconds < SECOND_START


def test_without_a_python_it_says_what_is_needed(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "bin").mkdir()
    for tool in ("bash", "make", "test", "touch"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    environment = {"PATH": str(tmp_path / "bin")}
    done = subprocess.run(["make", "run"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Plumbline needs Python 3.11 or newer" in done.stderr
    assert "make run PYTHON=" in done.stderr
