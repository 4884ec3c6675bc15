"""Versions, the one switch, one writer, and kills at many moments."""

import math
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loaders.loader import BadInput
from loaders.store import KEPT, Store, current, restore, versions, writing
from tests.loaders.shop import import_, line, order, source

ROOT = Path(__file__).parents[2]


def day(number: int, lines: int = 1):
    orders = [order(f"O{number}-{place}", f"2026-05-{number:02d}") for place in range(lines)]
    return source(
        f"{number:02d}.csv", {"orders": orders, "order_lines": [line(each["order_id"]) for each in orders]}
    )


def test_a_reader_keeps_its_version_while_another_is_written(tmp_path):
    import_(tmp_path, day(1))
    reader = Store(tmp_path)
    import_(tmp_path, day(2))
    assert reader.scan("orders").collect().height == 1
    assert Store(tmp_path).scan("orders").collect().height == 2


def test_versions_are_listed_and_restored(tmp_path):
    for number in (1, 2, 3):
        import_(tmp_path, day(number))
    assert [version.version for version in versions(tmp_path)] == [3, 2, 1]
    restore(tmp_path, 1)
    assert Store(tmp_path).scan("orders").collect().height == 1
    import_(tmp_path, day(3))
    after = Store(tmp_path)
    assert after.version == 4
    assert after.scan("orders").collect()["order_id"].to_list() == ["O1-0", "O3-0"]
    with pytest.raises(BadInput, match=r"no version 9 .* Kept: 4, 3, 2, 1"):
        restore(tmp_path, 9)


def test_the_oldest_versions_go_and_the_current_one_stays(tmp_path):
    for number in range(1, KEPT + 4):
        import_(tmp_path, day(number))
    kept = [version.version for version in versions(tmp_path)]
    assert kept == list(range(KEPT + 3, 3, -1))
    assert Store(tmp_path).scan("orders").collect().height == KEPT + 3


def test_a_second_writer_is_told_who_writes(tmp_path):
    with writing(tmp_path), pytest.raises(BadInput, match=f"being written by process {os.getpid()} since 20"):
        import_(tmp_path, day(1))
    import_(tmp_path, day(1))


def test_a_table_that_is_not_there(tmp_path):
    import_(tmp_path, day(1))
    store = Store(tmp_path)
    with pytest.raises(BadInput, match="needs the table shipments: import it"):
        store.scan("shipments")
    with pytest.raises(BadInput, match="no table 'shipment'"):
        store.scan("shipment")
    assert store.tables == ["orders", "order_lines"]


def test_the_manifest_tells_what_is_in_a_version(tmp_path):
    import_(tmp_path, day(1, lines=3), timezone="Asia/Shanghai", currency="CNY", week_start="sunday")
    manifest = Store(tmp_path).manifest
    assert (manifest.timezone, manifest.currency, manifest.week_start) == ("Asia/Shanghai", "CNY", "sunday")
    assert manifest.tables["orders"]["rows"] == 3
    assert manifest.tables["orders"]["start"].startswith("2026-05-01 00:00")
    known = manifest.sources["01.csv"]
    assert known["loader"] == "test" and known["tables"]["orders"]["rows"] == 3
    assert not manifest.sample


def test_files_are_read_by_others_as_they_are(tmp_path):
    duckdb = pytest.importorskip("duckdb")
    import_(tmp_path, day(1, lines=3))
    folder = Store(tmp_path).folder
    assert duckdb.sql(f"select count(*) from '{folder}/orders/*.parquet'").fetchall() == [(3,)]
    assert duckdb.sql(f"select sum(gmv) from '{folder}/prepared/daily.parquet'").fetchall() == [(30.0,)]


CHILD = """
import sys
from pathlib import Path
from tests.loaders.shop import import_
from tests.loaders.test_store import day
for number in range(2, 29):
    import_(Path(sys.argv[1]), day(number, lines=40))
"""


def test_a_kill_at_any_moment_leaves_a_whole_version_and_a_clean_next_import(tmp_path):
    """Kills a process that imports one day after the other, at many moments of an import as long as it takes here."""
    import_(tmp_path, day(1, lines=40))
    chance, moments, long, moment = random.Random(1), set(), 0.0, math.inf
    for kill in range(40):
        before = current(tmp_path)
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], cwd=ROOT)
        draft = tmp_path / "versions" / f".new-{child.pid}"
        while not draft.exists() and child.poll() is None:
            time.sleep(0.001)
        began = time.monotonic()
        while draft.exists() and time.monotonic() < began + moment:
            time.sleep(0.001)
        long = max(long, time.monotonic() - began)
        moment = chance.uniform(0, long)
        child.send_signal(signal.SIGKILL)
        child.wait()
        moments.add(tuple(sorted(path.name for path in draft.glob("*"))))
        store = Store(tmp_path)
        assert store.version >= before
        count = store.scan("orders").collect().height
        assert count == 40 * len(store.manifest.sources)
        assert store.frame("daily").select("gmv").sum().collect().item() == 10 * count
        if len(store.manifest.sources) == 28 or (kill >= 15 and len(moments) > 3):
            break
    assert len(moments) > 3, "the kills all fell on the same moment"
    import_(tmp_path, day(30, lines=40))
    assert not list(tmp_path.glob("versions/.new-*"))
    assert Store(tmp_path).manifest.sources["30.csv"]["tables"]["orders"]["rows"] == 40
