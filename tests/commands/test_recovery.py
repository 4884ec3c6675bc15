"""`recover` builds shops, keeps them where asked, and prints or writes how methods do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cli
from metrics.recovery import RECOVERIES

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("kept")


def printed(capsys, *arguments: str) -> str:
    assert cli.main(["recover", *arguments]) == 0
    return capsys.readouterr().out


def test_methods_are_judged_in_the_shop_and_in_their_null_world(kept, capsys):
    asked = ("driver_importance", "late_share", "--seeds", "1", "--kept", str(kept))
    found = json.loads(printed(capsys, *asked, "--json"))
    errors = {(each["name"], each["of"]): each for each in found["errors"]}
    late = errors["late_share", ""]
    assert late["bias"] == pytest.approx(0, abs=0.001) and (late["seeds"], late["coverage"]) == (1, 1.0)
    assert {of for name, of in errors if name == "driver_importance"} == {
        *("quality", "delivery", "price", "service", "assortment")
    }
    assert [(each["world"], each["asked"]) for each in found["verdicts"]] == [("", 5), ("noise", 5)]
    real, noise = found["verdicts"]
    assert real["right"] == 5 and noise["wrong"] + noise["refused"] == 5
    built = {path.name: (path / "CURRENT").stat().st_mtime_ns for path in kept.iterdir()}
    assert len(built) == 2

    table = printed(capsys, *asked, "--lang", "zh")
    assert "迟到的包裹" in table and "满意度驱动因素" in table and "noise" in table
    page = printed(capsys, *asked, "--markdown")
    assert page.startswith("# Recovery") and "| Drivers of satisfaction: quality | 1 |" in page
    assert {path.name: (path / "CURRENT").stat().st_mtime_ns for path in kept.iterdir()} == built


@pytest.mark.parametrize("wrong", [["late_shar"], ["--seeds", "0"]])
def test_bad_input_is_told_in_one_line(wrong, capsys):
    assert cli.main(["recover", *wrong]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_page_has_every_method():
    text = (DOCS / "recovery.md").read_text()
    for each in RECOVERIES.values():
        assert f"| {each.label}" in text and each.meaning in text, f"{each.name}: run make recovery"
