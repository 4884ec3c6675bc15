"""A server with the sample shop and a browser, for the tests that look at the screen.

The browser is the machine's own. Where there is none the tests are skipped, except in CI.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import sample_data
from loaders.importing import import_delivery

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Streamlit, whose threads can be asked where they are.
START = """
import faulthandler, signal
from streamlit.web.cli import main
faulthandler.register(signal.SIGUSR1)
main()
"""


@dataclass
class Server:
    url: str
    store: Path
    log: Path
    process: subprocess.Popen

    def said(self) -> str:
        return self.log.read_text()


@contextmanager
def serving(store: Path, log: Path) -> Iterator[Server]:
    """The app on a free port, with `store` as its store."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", START, "run", "app.py", "--server.port", str(port)]
    options = [
        "--server.headless",
        "true",
        "--server.address",
        "127.0.0.1",
        "--server.fileWatcherType",
        "none",
    ]
    environment = {**os.environ, "PLUMBLINE_STORE": str(store)}
    environment.pop("PYTEST_CURRENT_TEST", None)
    with log.open("w") as out:
        process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=out, stderr=out, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process, log)
        yield Server(url, store, log, process)
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, f"the server stopped: {log.read_text()}"
        try:
            with urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(log.read_text())


@pytest.fixture(scope="package")  # its event loop would be in the way of other tests in this process
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"CI needs a browser: one of {', '.join(NAMES)} on the PATH")
        pytest.skip(f"no browser here: none of {', '.join(NAMES)} is on the PATH")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    now = datetime(2026, 7, 1, tzinfo=UTC)
    import_delivery(folder / "store", sample_data.delivery("small", 7), loader="sample", now=now)
    with serving(folder / "store", folder / "log") as running:
        yield running


@dataclass
class Visit:
    """One reader's tab, and what went wrong in it."""

    page: Page
    server: Server
    asked: list[str]
    problems: list[str]

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server.url}/{path}")
        self.settle()

    def settle(self) -> None:
        """Waits until the script has run and nothing more is drawn."""
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=30_000)
        self.page.wait_for_function(SETTLED, timeout=30_000)


# No skeletons, no stale blocks, and every chart that a script draws is there.
SETTLED = """() => !document.querySelector('[data-testid="stSkeleton"], [data-stale="true"]')
  && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')].every(
       chart => chart.querySelector('.main-svg'))"""


@contextmanager
def visiting(browser: Browser, server: Server, **options) -> Iterator[Visit]:
    """A new tab. `options` are those of a Playwright context: locale, color_scheme, viewport …"""
    context = browser.new_context(
        **{"viewport": {"width": 1440, "height": 900}, "locale": "en-US", **options}
    )
    page = context.new_page()
    visit = Visit(page, server, [], [])
    page.on("request", lambda request: visit.asked.append(request.url))
    page.on("pageerror", lambda error: visit.problems.append(str(error)))
    page.on(
        "console",
        lambda said: visit.problems.append(said.text) if said.type == "error" and _ours(said) else None,
    )
    before = len(server.said())
    try:
        yield visit
    except Exception as failure:
        shown = page.locator("body").inner_text(timeout=2000)
        server.process.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        failure.add_note(f"At {page.url} stood:\n{shown}\nThe server said:\n{server.said()[before:]}")
        raise
    finally:
        context.close()
    log = server.said()[before:]
    assert "Traceback" not in log, log
    assert visit.problems == []


def _ours(said) -> bool:
    """Streamlit tries its own addresses below a page's before those at the root."""
    return "/_stcore/" not in (said.location or {}).get("url", "")
