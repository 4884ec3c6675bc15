"""What people keep in a store beside its versions."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from loaders.loader import BadInput
from loaders.records import keep, records


def test_records_are_kept_replaced_and_forgotten(tmp_path):
    assert records(tmp_path, "plans") == {}
    keep(tmp_path, "plans", "b", {"weeks": 4})
    keep(tmp_path, "plans", "a", {"name": "涨价"})
    keep(tmp_path, "plans", "b", {"weeks": 6})
    assert list(records(tmp_path, "plans").items()) == [("a", {"name": "涨价"}), ("b", {"weeks": 6})]
    keep(tmp_path, "plans", "a", None)
    keep(tmp_path, "plans", "never", None)
    assert records(tmp_path, "plans") == {"b": {"weeks": 6}}
    assert records(tmp_path, "funnel") == {}


def test_two_people_who_keep_at_once_lose_nothing(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: keep(tmp_path, "plans", f"{number:02}", number), range(40)))
    assert list(records(tmp_path, "plans").values()) == list(range(40))


def test_a_damaged_file_and_a_strange_kind_are_named(tmp_path):
    keep(tmp_path, "plans", "a", 1)
    (tmp_path / "saved" / "plans.json").write_text("{", "utf-8")
    with pytest.raises(BadInput, match=r"plans\.json is not JSON any more .* move it away"):
        keep(tmp_path, "plans", "b", 2)
    with pytest.raises(BadInput, match=r"small letters, not '\.\./x'"):
        keep(tmp_path, "../x", "b", 2)
