"""The command line: what it prints, its JSON, its exit codes."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cli
from metrics.analysis import ANALYSES

ROOT = Path(__file__).parents[1]

ORDERS = """order_id,ordered_at,customer_id,channel
o1,2026-05-01 10:00:00,c1,web
o2,2026-05-02 10:00:00,c2,app
o3,2026-05-03 10:00:00,c1,web
o4,2026-05-03 11:00:00,,web
"""
LINES = """order_id,product_id,units,unit_price,discount
o1,p1,2,10.00,1.00
o1,p2,1,5.00,
o2,p1,1,10.00,
o3,p3,3,4.00,2.00
o4,p1,1,10.00,
o4,p2,0,5.00,
"""
# Worked out by hand: o1 19 + 5, o2 10, o3 10, o4 10 (its second line has no units and is refused).
WEB, APP = 24.0 + 10.0 + 10.0, 10.0


def run(capsys, *arguments) -> tuple[int, str, str]:
    capsys.readouterr()
    try:
        code = cli.main([str(each) for each in arguments])
    except SystemExit as end:  # argparse's own
        code = end.code
    out, err = capsys.readouterr()
    return code, out, err


def write_shop(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "orders.csv").write_text(ORDERS)
    (folder / "order_lines.csv").write_text(LINES)
    return folder


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A store with the four orders above."""
    room = tmp_path_factory.mktemp("cli")
    write_shop(room / "exports")
    assert cli.main(["import", str(room / "exports"), "--store", str(room / "store")]) == 0
    return room / "store"


def test_import_says_which_loader_and_counts_first(capsys, tmp_path):
    exports, store = write_shop(tmp_path / "exports"), tmp_path / "store"
    code, out, err = run(capsys, "import", exports, "--store", store)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Loader folder: it is a folder with 2 files to read."
    assert lines[1].split() == [
        "table",
        "rows",
        "found",
        "loaded",
        "exact",
        "duplicates",
        "quarantined",
        "why",
    ]
    assert [line.split() for line in lines[3:5]] == [
        ["order_lines", "6", "5", "0", "1", "min", "1"],
        ["orders", "4", "4", "0", "0"],
    ]
    assert lines[-2] == "Sources: 2 new, 0 corrected, 0 unchanged."
    assert lines[-1] == f"Version 1 of {store} is current."

    code, out, _ = run(capsys, "import", exports, "--store", store)
    assert code == 0
    assert out.splitlines()[-2:] == [
        "Sources: 0 new, 0 corrected, 2 unchanged.",
        f"Version 1 of {store} is current.",
    ]


def test_import_passes_options_and_settings_on(capsys, tmp_path):
    exports, store = write_shop(tmp_path / "exports"), tmp_path / "store"
    options = ("timezone=Asia/Shanghai", "currency=CNY", "week_start=sunday")
    assert run(capsys, "import", exports, "--store", store, "--option", *options)[0] == 0
    code, out, _ = run(capsys, "value", "gmv", "--store", store)
    assert code == 0 and "CN¥57.00" in out


def test_value_for_people(capsys, shop):
    code, out, err = run(capsys, "value", "net_revenue", "orders", "--by", "channel", "--store", shop)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "1–3 May 2026"
    rows = [line.split()[:4] for line in out.splitlines()]
    assert ["Net", "revenue", f"${WEB + APP:.2f}", "4"] in rows
    assert ["web", f"${WEB:.2f}", "3"] in rows and ["app", f"${APP:.2f}", "1"] in rows
    assert "needs the table returns: import it" in out  # what a value that stands lacks is told beside it
    assert ["Orders", "4", "4"] in rows


def test_value_as_json(capsys, shop):
    code, out, _ = run(capsys, "value", "net_revenue", "--by", "channel", "--store", shop, "--json")
    assert code == 0
    assert json.loads(out) == {
        "metric": "net_revenue",
        "value": WEB + APP,
        "n": 4,
        "unit": "money",
        "from": "2026-05-01",
        "to": "2026-05-03",
        "as_of": "2026-05-03T11:00:00+00:00",
        "groups": [
            {"channel": "web", "value": WEB, "n": 3},
            {"channel": "app", "value": APP, "n": 1},
        ],
    }


def test_several_values_are_a_list_in_the_order_asked_for(capsys, shop):
    code, out, _ = run(capsys, "value", "orders", "gmv", "--store", shop, "--json")
    assert code == 0
    assert [(each["metric"], each["value"]) for each in json.loads(out)] == [("orders", 4.0), ("gmv", 57.0)]


@pytest.mark.parametrize(
    ("filters", "orders"),
    [
        (["--where", "channel=web"], 3),
        (["--where", "channel=web", "channel=app"], 4),
        (["--where", "channel=web", "--where", "channel=app"], 4),
        (["--where", "channel="], 0),
        (["--from", "2026-05-02"], 3),
        (["--to", "2026-05-02"], 2),
        (["--from", "2026-05-02", "--to", "2026-05-02"], 1),
    ],
)
def test_days_and_filters(capsys, shop, filters, orders):
    code, out, _ = run(capsys, "value", "orders", "--store", shop, "--json", *filters)
    assert code == 0
    found = json.loads(out)
    assert (found["value"] or 0, found["n"]) == (orders, orders)


def test_what_is_not_there_has_no_value_but_a_reason(capsys, shop):
    code, out, _ = run(capsys, "value", "conversion_rate", "--store", shop)
    assert code == 0
    assert "needs the table events: import it" in out
    code, out, err = run(capsys, "value", "conversion_rate", "--store", shop, "--json")
    assert (code, json.loads(out)["value"]) == (0, None)
    assert err.splitlines() == ["conversion_rate: needs the table events: import it"]


def test_chinese(capsys, shop):
    code, out, _ = run(capsys, "value", "net_revenue", "--store", shop, "--lang", "zh")
    assert code == 0
    assert out.splitlines()[0] == "2026年5月1日至3日"
    assert "US$54.00" in out
    assert "net" not in out.lower()


def test_analyses_are_listed_and_run(capsys, shop):
    code, out, _ = run(capsys, "analyse", "--store", shop)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[2:]] == list(ANALYSES)
    days = ("--from", "2026-05-03", "--to", "2026-05-03")
    code, out, _ = run(capsys, "analyse", "change", "--store", shop, "--json", *days, "--set", "by=channel")
    assert code == 0
    found = json.loads(out)
    assert list(found) == ["analysis", "settings", "as_of", "n", "tables", "warnings", "verdict"]
    assert (found["analysis"], found["as_of"], found["settings"]["by"]) == ("change", "2026-05-03", "channel")
    summary = found["tables"]["summary"][0]
    assert (summary["before"], summary["after"]) == (10.0, 20.0)
    code, out, _ = run(capsys, "analyse", "change", "--store", shop, *days)
    assert code == 0 and "segments" in out


def test_check_fails_when_a_check_does(capsys, shop, tmp_path):
    code, out, _ = run(capsys, "check", "--store", shop)
    assert code == 1  # one of six lines was refused
    assert ["order_lines", "min", "bad", "1", "6", "in", "quarantine"] in [
        line.split() for line in out.splitlines()
    ]
    assert out.splitlines()[-1] == "Checks failed: 1."
    clean = write_shop(tmp_path / "clean")
    (clean / "order_lines.csv").write_text(LINES.replace("o4,p2,0,5.00,\n", ""))
    assert run(capsys, "import", clean, "--store", tmp_path / "store")[0] == 0
    code, out, _ = run(capsys, "check", "--store", tmp_path / "store")
    assert (code, out.strip()) == (0, "No check failed.")


def test_versions_are_listed_and_restored(capsys, tmp_path):
    exports, store = write_shop(tmp_path / "exports"), tmp_path / "store"
    run(capsys, "import", exports, "--store", store)
    (exports / "orders.csv").write_text(ORDERS + "o5,2026-05-04 10:00:00,c3,app\n")
    (exports / "order_lines.csv").write_text(LINES + "o5,p1,1,10.00,\n")
    run(capsys, "import", exports, "--store", store)

    def current() -> str:
        _, out, _ = run(capsys, "versions", "--store", store)
        (line,) = (line for line in out.splitlines() if line.startswith("→"))
        return line.split()[1]

    assert current() == "2"
    assert run(capsys, "restore", "1", "--store", store)[:2] == (0, f"Version 1 of {store} is current.\n")
    assert current() == "1"
    assert json.loads(run(capsys, "value", "orders", "--json", "--store", store)[1])["value"] == 4


def test_the_sample_shop_is_a_shop(capsys, tmp_path):
    code, out, _ = run(capsys, "sample", "--store", tmp_path / "store")
    assert code == 0
    assert "size small, seed 7" in out
    code, out, _ = run(capsys, "value", "orders", "visitors", "nps", "--json", "--store", tmp_path / "store")
    assert code == 0
    assert all(each["value"] > 0 for each in json.loads(out))


def test_tables_and_metrics_are_printed(capsys):
    code, out, _ = run(capsys, "tables")
    assert code == 0 and "order_lines" in out and "always" in out
    code, out, _ = run(capsys, "tables", "orders")
    assert code == 0 and "When the order was placed." in out
    code, out, _ = run(capsys, "metrics")
    assert code == 0 and "net_revenue" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["value"], "arguments are required: METRIC"),
        (["value", "gmvv"], "There is no metric 'gmvv'. Did you mean gmv?"),
        (["value", "gmv", "--by", "chanel"], "no column chanel"),
        (["value", "gmv", "--where", "channel"], "write NAME=VALUE, not 'channel'"),
        (["value", "gmv", "--from", "yesterday"], "A day is written as 2026-01-31; found 'yesterday'."),
        (["value", "gmv", "--from", "2026-05-03", "--to", "2026-05-01"], "ends on or after its first day"),
        (["analyse", "chnage"], "There is no analysis 'chnage'."),
        (["analyse", "change", "--set", "bye=channel"], "Did you mean by?"),
        (["import", "nowhere.csv"], "'nowhere.csv'"),
        (["import", ".", "--loader", "fax"], "There is no loader 'fax'."),
        (["sample", "--size", "gigantic"], "There is no sample shop of size 'gigantic'."),
        (["sample", "--seed", "x"], "invalid int value: 'x'"),
        (["restore", "99"], "There is no version 99"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_line_and_exit_code_2(capsys, shop, arguments, said):
    if len(arguments) > 1:
        arguments = [*arguments, "--store", str(shop)]
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1 and err.endswith("\n")
    assert said in err


def test_bad_input_is_told_in_chinese(capsys, shop):
    code, _, err = run(capsys, "value", "gmv", "--from", "yesterday", "--store", shop, "--lang", "zh")
    assert code == 2 and "yesterday" in err and "A day" not in err


def test_no_store_says_how_to_make_one(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_STORE", str(tmp_path / "elsewhere"))
    code, _, err = run(capsys, "value", "gmv")
    assert code == 2
    assert "elsewhere" in err and "python cli.py sample" in err


def test_from_a_shell():
    """A process of its own: quick to start, quiet when its reader leaves, no traceback."""
    command = [sys.executable, "cli.py"]
    began = time.monotonic()
    shown = subprocess.run([*command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert time.monotonic() - began < 0.7
    assert "value" in shown.stdout
    left = subprocess.run(
        f"{sys.executable} cli.py tables --markdown | head -1",
        cwd=ROOT,
        shell=True,
        capture_output=True,
        text=True,
    )
    assert (left.stdout, left.stderr) == ("# Tables\n", "")
    wrong = subprocess.run([*command, "tables", "chairs"], cwd=ROOT, capture_output=True, text=True)
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1
