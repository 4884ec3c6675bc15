"""What is kept in memory gives the same answers as the store itself."""

import pytest

from metrics.metric import REGISTRY
from metrics.period import Period
from metrics.value import values
from ui import ahead, data, view
from ui.screen import Screen

DAILY = [metric.name for metric in REGISTRY.values() if metric.table == "daily"]


@pytest.fixture
def key(sample_store, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_STORE", str(sample_store))
    return data.key()


def close(value):
    return value if value is None or isinstance(value, str) else pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("where", [{}, {"channel": ["E-mail"]}, {"category": ["Home", "Toys"]}], ids=str)
@pytest.mark.parametrize("by", [(), *((name,) for name in view.DIMENSIONS)], ids=str)
@pytest.mark.parametrize("basis", view.BASES)
def test_the_frames_kept_answer_like_the_store(key, basis, by, where):
    last = data.days(key)[1]
    period = Period(*view.days("90d", last))
    kept = values(DAILY, data.opened(key).frames, period, by=by, where=where, basis=basis)
    whole = values(DAILY, data.store(key).frame, period, by=by, where=where, basis=basis)
    for ours, theirs in zip(kept, whole, strict=True):
        assert (ours.n, ours.reason, ours.note) == (theirs.n, theirs.reason, theirs.note), ours.metric
        assert ours.value == close(theirs.value), ours.metric
        order = [{name: close(told) for name, told in group.items()} for group in theirs.groups]
        assert ours.groups == order, ours.metric


def test_the_other_periods_are_computed_once_ahead(key, monkeypatch):
    monkeypatch.setattr(ahead, "REST", 0.0)
    told = []
    for where in ((), (("channel", ("E-mail",)),)):
        now = view.View(*view.days("90d", data.days(key)[1]), where=where)
        for _ in range(2):
            screen = Screen("overview", "en", False, (key, data.store(key)), now)
            ahead.compute(screen, "a story of the test", lambda asked: told.append(asked) or [])
        ahead.WORKER.submit(lambda: None).result(20)
    wheres = [(), *((("channel", (name,)),) for name in data.options(key)["channel"])]
    assert [(asked.where, asked.range) for asked in told] == [
        (where, name) for where in wheres for name in view.ROLLING
    ]
    kept = (key, "a story of the test", told[0], "en")
    assert data.blocks(kept, lambda: pytest.fail("was computed already")) == []
