"""How soon a reader sees the Overview of the medium shop, beside an empty Streamlit page in the same run.

A real browser (Chromium) measures from the click or the address to the moment it has drawn what is asked
for. Cold is a browser that was never here, warm one that was. Times in milliseconds, medians of several
visits; `ratio` is to the empty page, for a change of filters to its rerun by a button. A change of filter
is a click on another period. Those of the whole shop and of one channel were computed ahead by then, as
they are for every reader; those of two filters together are computed on the click.

PLUMBLINE_BENCHMARK_STORE names a store that is there already, such as the large sample shop's.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import quote
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import sample_data
from loaders.importing import import_delivery

ROOT = Path(__file__).parents[1]
SIZE = os.environ.get("PLUMBLINE_BENCHMARK_SIZE", "medium")
VISITS = 7
REST = 600  # milliseconds between two measurements
PERIODS = ["30d", "180d", "7d", "1y", "90d"]
CHANNELS = ("E-mail", "Social", "Paid search")
TARGETS = {
    "first KPI, cold": 1500,
    "first KPI, warm": 500,
    "all charts, warm": 1000,
    "change of filter, all": 300,
    "change of filter, all, one channel": 300,
}
EMPTY = """
import streamlit as st
st.markdown("Nothing here yet")
st.button("Again", on_click=lambda: st.session_state.update(n=st.session_state.get("n", 0) + 1))
st.markdown(f"Run {st.session_state.get('n', 0)}")
"""

# In the page: notes when each condition first holds, looked at before each frame is drawn.
WATCH = """
window.seen = {};
const KPI = () => document.querySelector('.pl-value');
const CALM = () => document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
  && !document.querySelector('[data-stale=true]');
window.charts = () => [...document.querySelectorAll('[data-testid=stPlotlyChart], .pl-bars')];
window.drawn = chart => chart.querySelector('.main-svg :is(.cartesianlayer, .pielayer) path')
  || [...chart.querySelectorAll('.pl-bar i')].some(bar => bar.getBoundingClientRect().width);
const CHARTS = () => CALM() && window.charts().length >= 4 && window.charts().every(window.drawn);
const EMPTY = () => [...document.querySelectorAll('p')].some(p => p.textContent.startsWith('Run '));
const look = () => {
  for (const [name, holds] of Object.entries({kpi: KPI, charts: CHARTS, empty: EMPTY}))
    if (!(name in window.seen) && holds()) window.seen[name] = performance.now();
  if (!window.seen.charts && !window.seen.empty) requestAnimationFrame(look);
};
look();
"""
# A click, and the times until the figures differ and until all is drawn, every chart with other words in it
# than before, and nothing is stale any more.
CLICK = """([button, sign]) => new Promise((done, fail) => {
  setTimeout(() => fail(new Error('nothing changed within 20 seconds')), 20000);
  const read = () => [...document.querySelectorAll(sign)].map(each => each.textContent).join();
  const before = read(), old = new Set(window.charts().map(chart => chart.textContent));
  const start = performance.now();
  let first = 0;
  [...document.querySelectorAll('button')].find(each => each.textContent.trim() === button).click();
  const look = () => {
    if (!first && read() !== before) first = performance.now() - start;
    if (first && document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
        && !document.querySelector('[data-stale=true]')
        && (!old.size || window.charts().length)
        && window.charts().every(chart => window.drawn(chart) && !old.has(chart.textContent)))
      requestAnimationFrame(() => done([first, performance.now() - start]));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def measure() -> Iterator[dict[str, float | int | str]]:
    with TemporaryDirectory() as folder:
        store = Path(os.environ.get("PLUMBLINE_BENCHMARK_STORE") or Path(folder) / "store")
        if not store.exists():
            shop = sample_data.delivery(SIZE, 7)
            import_delivery(store, shop, loader="sample", now=datetime(2026, 7, 1, tzinfo=UTC))
        peer = Path(folder) / "empty.py"
        peer.write_text(EMPTY)
        with _serving(ROOT / "app.py", store) as ours, _serving(peer, store) as empty, _browser() as browser:
            yield from _rows(_measured(browser, ours, empty))


def _measured(browser: Browser, ours: str, empty: str) -> dict[str, tuple[float, float]]:
    """name → (ours, the empty page's), in milliseconds. Visits to both take turns."""
    first = _visits(browser, ours, 1)[0]  # the server's own first: data and charts are computed
    _visits(browser, empty, 1)
    cold, warm, cold_empty, warm_empty = [], [], [], []
    for _ in range(VISITS):
        for url, new, known in ((ours, cold, warm), (empty, cold_empty, warm_empty)):
            once, again = _visits(browser, url, 2)
            new.append(once)
            known.append(again)
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    clicks = _clicks(context, ours, PERIODS, ".pl-value")
    again = _clicks(context, ours, PERIODS, ".pl-value")
    channel = _filtered(context, ours, "")
    two = _filtered(context, ours, "&device=Mobile")
    rerun = _clicks(context, empty, ["Again"] * 5, "p")
    bare, bare_cold = _median(warm_empty, "empty"), _median(cold_empty, "empty")
    return {
        "first KPI, new server": (first["kpi"], bare_cold),
        "first KPI, cold": (_median(cold, "kpi"), bare_cold),
        "first KPI, warm": (_median(warm, "kpi"), bare),
        "all charts, cold": (_median(cold, "charts"), bare_cold),
        "all charts, warm": (_median(warm, "charts"), bare),
        "change of filter, figures": (_each(clicks, 0), _each(rerun, 0)),
        "change of filter, all": (_each(clicks, 1), _each(rerun, 1)),
        "change of filter, all, seen before": (_each(again, 1), _each(rerun, 1)),
        "change of filter, all, one channel": (_each(channel, 1), _each(rerun, 1)),
        "change of filter, all, two filters": (_each(two, 1), _each(rerun, 1)),
    }


def _rows(found: dict[str, tuple[float, float]]) -> Iterator[dict[str, float | int | str]]:
    for name, (ours, peer) in found.items():
        yield {
            "what": name,
            "ms": round(ours),
            "empty page ms": round(peer),
            "ratio": round(ours / peer, 2),
            "target ms": TARGETS.get(name, "-"),
        }


def _median(visits: list[dict[str, float]], name: str) -> float:
    return median(visit[name] for visit in visits)


def _visits(browser: Browser, url: str, times: int) -> list[dict[str, float]]:
    """Milliseconds from the address to each thing seen, in a browser that was never here, and then again."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, found = context.new_page(), []
    page.add_init_script(WATCH)
    for _ in range(times):
        page.goto("about:blank")
        page.wait_for_timeout(REST)
        page.goto(url)
        page.wait_for_function("() => window.seen.charts || window.seen.empty", timeout=120_000)
        page.wait_for_timeout(REST)
        found.append(page.evaluate("window.seen"))
    context.close()
    return found


def _each(clicks: list[list[float]], which: int) -> float:
    return median(click[which] for click in clicks)


def _filtered(context: BrowserContext, ours: str, further: str) -> list[list[float]]:
    """The clicks in each of several channels."""
    links = [f"{ours}?channel={quote(name)}{further}" for name in CHANNELS]
    return [click for link in links for click in _clicks(context, link, PERIODS, ".pl-value")]


def _clicks(context: BrowserContext, url: str, buttons: list[str], sign: str) -> list[list[float]]:
    """For each click the milliseconds until the figures and until everything has changed."""
    page: Page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_function("() => window.seen.charts || window.seen.empty", timeout=120_000)
    times = []
    for button in buttons:
        page.wait_for_timeout(REST)  # a reader looks before the next click
        times.append(page.evaluate(CLICK, [button, sign]))
    page.close()
    return times


@contextmanager
def _serving(script: Path, store: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1"]
    process = subprocess.Popen(
        command,
        cwd=script.parent,
        env={**os.environ, "PLUMBLINE_STORE": str(store)},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(lambda: _answers(f"http://127.0.0.1:{port}/_stcore/health"))
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("the server did not start within 60 seconds")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextmanager
def _browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("The screen is measured in a browser: install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


if __name__ == "__main__":
    for row in measure():
        print(row)
