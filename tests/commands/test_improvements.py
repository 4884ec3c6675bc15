"""`improvements` on the command line: add, list, change, remove, their JSON, and errors that help."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import cli
from loaders.records import keep, new_key, records
from metrics.improvement_record import KIND
from tests.stories.shop import build, more, orders

ADD = ["--set", "finding=Parcels late", "metric=on_time_rate", "action=Second carrier"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan")
    build(path, orders(), more())
    return path


def run(capsys, store, *arguments):
    code = cli.main(["improvements", *map(str, arguments), "--store", str(store)])
    out, err = capsys.readouterr()
    return code, out, err


def test_from_added_to_removed(capsys, store):
    assert "Nothing is planned yet" in run(capsys, store)[1]
    code, out, _ = run(capsys, store, "add", *ADD, "due=2026-05-20", "--where", "region=Kent", "--json")
    made = json.loads(out)
    assert code == 0 and made["where"] == {"region": ["Kent"]} and made["status"] == "open"
    (listed,) = json.loads(run(capsys, store, "list", "--json")[1])
    assert listed["id"] == made["id"] and listed["measured"] is None
    assert "Open, overdue" in run(capsys, store, "list")[1]
    assert "待办，已逾期" in run(capsys, store, "list", "--lang", "zh")[1]
    code, out, _ = run(capsys, store, "change", made["id"], "--set", "done=2026-05-20", "status=done")
    assert code == 0 and made["id"] in out
    (listed,) = json.loads(run(capsys, store, "list", "--json")[1])
    assert listed["measured"]["effect"] is None and listed["measured"]["readable_on"] == "2026-06-17"
    assert "It can be read from 17 Jun 2026" in run(capsys, store, "list")[1]
    assert run(capsys, store, "remove", made["id"])[0] == 0 and records(store, KIND) == {}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "--set", "finding=x", "metric=nps"], "needs its action"),
        (["add", "abc", *ADD], "gets its id by itself"),
        (["change", "--set", "owner=Li"], "Say which improvement"),
        (["change", "zz", "--set", "owner=Li"], "There is no improvement 'zz'"),
        (["add", *ADD, "duo=2026-05-20"], "Did you mean due"),
    ],
)
def test_errors_say_what_to_do(capsys, store, arguments, said):
    code, out, err = run(capsys, store, *arguments)
    assert code == 2 and said in err and not out


def test_a_store_that_is_not_there_is_named(capsys, tmp_path):
    code, _, err = run(capsys, tmp_path / "none", "add", *ADD)
    assert code == 2 and "There is no store" in err


def test_people_who_add_at_once_lose_nothing(store):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda k: keep(store, KIND, new_key(), {"finding": str(k)}), range(30)))
    assert sorted(int(each["finding"]) for each in records(store, KIND).values()) == list(range(30))
    for key in records(store, KIND):
        keep(store, KIND, key, None)
