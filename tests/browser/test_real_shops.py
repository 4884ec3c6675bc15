"""Real exports through the command line, the published answers, and the same numbers on the screen."""

import json
import random
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader

from cli import main
from loaders.importing import import_delivery
from loaders.keys import HIDDEN
from loaders.loader import Delivery, choose
from loaders.store import Store
from tests.browser.conftest import serving, visiting

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
UCI, OLIST = DATA / "online_retail" / "by-day", DATA / "olist_sample"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the real data are not beside this checkout")
pytestmark = needs_data


def cli(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "cli.py", *map(str, arguments)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def values(store: Path, *metrics: str, **options: str) -> dict[str, float]:
    more = [word for name, value in options.items() for word in (f"--{name}", value)]
    printed = json.loads(cli("value", *metrics, "--store", store, "--json", *more))
    return {each["metric"]: each["value"] for each in (printed if isinstance(printed, list) else [printed])}


@pytest.fixture(scope="module")
def uci(tmp_path_factory) -> Path:
    store = tmp_path_factory.mktemp("uci") / "store"
    cli("import", UCI, "--store", store)
    return store


@pytest.fixture(scope="module")
def olist(tmp_path_factory) -> Path:
    store = tmp_path_factory.mktemp("olist") / "store"
    cli("import", OLIST, "--store", store)
    return store


def test_every_row_of_online_retail_is_accounted_for(uci):
    tables = Store(uci).manifest.tables
    sold, back = tables["order_lines"], tables["returns"]
    assert (sold["rows"], sold["duplicates"], sold["quarantined"]) == (526_052, 5_231, {"min": 1_338})
    assert (back["rows"], back["duplicates"], back["quarantined"]) == (9_251, 37, {})
    assert sold["delivered"] + back["delivered"] == 541_909
    for each in (sold, back):
        assert each["rows"] + each["duplicates"] + sum(each["quarantined"].values()) == each["delivered"]
    assert sold["duplicates"] + back["duplicates"] == 5_268
    assert back["delivered"] == 9_288


def test_invoices_and_customers_of_online_retail(uci):
    store = Store(uci)
    orders = store.scan("orders").select(pl.col("order_id").n_unique()).collect().item()
    returns = store.scan("returns").select(pl.col("return_id").n_unique()).collect().item()
    assert (orders, returns, orders + returns) == (22_064, 3_836, 25_900)
    assert store.scan("customers").collect().height == 4_372
    assert store.scan("products").collect().height <= 4_070


def test_the_sum_over_all_lines_of_online_retail_with_nothing_dropped(uci):
    store = Store(uci)
    sold = store.scan("order_lines").select((pl.col("units") * pl.col("unit_price")).sum()).collect().item()
    back = store.scan("returns").select(pl.col("refund_value").sum()).collect().item()
    bad = store.quarantine().collect()
    assert set(bad["rule"]) == {"min", "duplicate"}
    aside = 0.0
    for rule, table, raw in bad.select("rule", "table", "raw").iter_rows():
        row = json.loads(raw)
        if rule == "min":
            aside += float(row["Quantity"]) * float(row["UnitPrice"])
        elif table == "order_lines":
            aside += row["units"] * row["unit_price"]
        else:
            aside -= row["refund_value"]
    assert sold - back + aside == pytest.approx(9_747_747.93, abs=0.005)


def test_the_headline_figures_of_online_retail_are_those_of_a_plain_count(uci):
    lines = pl.concat([pl.read_csv(file, infer_schema=False) for file in sorted(UCI.glob("*.csv"))]).unique()
    value = pl.col("Quantity").cast(pl.Int64) * pl.col("UnitPrice").cast(pl.Float64)
    lines = lines.with_columns(value=value, back=pl.col("InvoiceNo").str.starts_with("C"))
    sold = lines.filter(~pl.col("back") & (pl.col("Quantity").cast(pl.Int64) > 0) & (pl.col("value") >= 0))
    orders = sold["InvoiceNo"].n_unique()
    found = values(uci, "net_revenue", "orders", "average_order_value")
    assert found["orders"] == orders
    assert found["net_revenue"] == pytest.approx(
        sold["value"].sum() + lines.filter("back")["value"].sum(), abs=0.01
    )
    assert found["average_order_value"] == pytest.approx(sold["value"].sum() / orders)


def test_online_retail_in_any_order_a_day_or_a_week_at_a_time_gives_the_same_store(uci, tmp_path):
    days = sorted(UCI.glob("*.csv"))
    loader, _ = choose(str(UCI), {})
    delivery = loader.open(str(UCI), {})
    sources = {source.name: source for source in delivery.sources}
    order = sorted(sources)
    random.Random(5).shuffle(order)
    assert len(order) == len(days) == 305
    steps = [[name] for name in order[:60]] + [order[at : at + 7] for at in range(60, 305, 7)]
    for names in steps:
        one = Delivery([sources[name] for name in names], delivery.shop)
        import_delivery(tmp_path, one, loader=loader.name, now=datetime(2026, 1, 1, tzinfo=UTC))
    once, often = Store(uci), Store(tmp_path)
    assert once.tables == often.tables
    for table in once.tables:
        assert once.manifest.tables[table] == often.manifest.tables[table]
        assert once.scan(table).drop(*HIDDEN).collect().equals(often.scan(table).drop(*HIDDEN).collect())
    for prepared in ("daily", "sales"):
        one, other = once.prepared(prepared).collect(), often.prepared(prepared).collect()
        assert one.select(pl.selectors.by_dtype(pl.Float64).sum()).rows()[0] == pytest.approx(
            other.select(pl.selectors.by_dtype(pl.Float64).sum()).rows()[0]
        )
        assert one.height == other.height


def test_olist(olist):
    found = values(olist, "on_time_rate", "review_score", "orders")
    assert round(100 * (1 - found["on_time_rate"]), 2) == 8.07
    assert round(found["review_score"], 3) == 4.119
    assert "customers" in Store(olist).tables and "merchants" in Store(olist).tables


def read(visit, card: str) -> str:
    """The figure on a card of the Overview, in full, out of its details."""
    visit.page.get_by_role("button", name=re.compile(f"^{card}:")).click()
    dialog = visit.page.get_by_role("dialog")
    dialog.get_by_text("Value in full").wait_for()
    text = dialog.inner_text()
    visit.page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    found = re.search(r"Value in full:\s*(\S+)", text)
    assert found, text
    return found.group(1)


CARDS = {"net_revenue": "Net revenue", "orders": "Orders", "average_order_value": "Average order value"}


@pytest.mark.parametrize("shop", ["uci", "olist"])
def test_the_overview_shows_what_the_command_line_says(browser, request, tmp_path, shop):
    store = request.getfixturevalue(shop)
    days = (
        Store(store).prepared("daily").select(pl.col("day").min(), last=pl.col("day").max()).collect().row(0)
    )
    said = values(store, *CARDS)
    currency = {"GBP": "£", "BRL": "R$"}[Store(store).manifest.currency]
    with serving(store, tmp_path / "log") as server, visiting(browser, server) as visit:
        visit.open(f"?from={days[0]}&to={days[1]}")
        for name, card in CARDS.items():
            expected = f"{said[name]:,.0f}" if name == "orders" else f"{currency}{said[name]:,.2f}"
            assert read(visit, card) == expected, name


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["board", "overview"])
def test_the_reports_of_online_retail_have_the_figures_of_the_command_line(uci, tmp_path, capsys, name, lang):
    assert main(["report", name, "--store", str(uci), "--lang", lang, "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*.pdf")
    _, start, end, _ = path.stem.split("_")
    capsys.readouterr()
    assert main(["value", *CARDS, "--store", str(uci), "--from", start, "--to", end, "--json"]) == 0
    said = {each["metric"]: each["value"] for each in json.loads(capsys.readouterr().out)}
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(path).pages))
    for metric in CARDS:
        shown = f"{said[metric]:,.0f}" if metric == "orders" else f"£{said[metric]:,.2f}"
        assert shown in text, metric
    assert main(["verify", str(path), "--store", str(uci)]) == 0
