"""Takes docs/overview.png of the sample shop in a real browser: `make screenshot`."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def served(store: Path) -> Iterator[str]:
    """The app on a store; its address."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    address = ["--server.address", "localhost", "--server.port", str(port), "--server.headless", "true"]
    app = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", *address],
        cwd=ROOT,
        env={**os.environ, "PLUMBLINE_STORE": str(store)},
    )
    try:
        url = f"http://localhost:{port}"
        for _ in range(300):
            try:
                urlopen(f"{url}/_stcore/health").close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        app.terminate()
        app.wait()


def main() -> None:
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser_path:
        sys.exit(f"A browser is needed: one of {', '.join(BROWSERS)} on the PATH.")
    with TemporaryDirectory() as room, sync_playwright() as playwright:
        store = Path(room) / "store"
        subprocess.run([sys.executable, "cli.py", "sample", "--store", str(store)], cwd=ROOT, check=True)
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        page = browser.new_page(
            viewport={"width": 1440, "height": 1000}, color_scheme="light", locale="en-GB"
        )
        with served(store) as url:
            page.goto(url, wait_until="networkidle")
            page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
            page.wait_for_selector(".js-plotly-plot .main-svg")
            page.evaluate("document.fonts.ready")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=ROOT / "docs" / "overview.png", animations="disabled")
            browser.close()


if __name__ == "__main__":
    main()
